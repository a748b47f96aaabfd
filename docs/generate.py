"""Pages of the documentation that are made from schema, data and code.

MkDocs calls `on_files` at every build, so these pages are never typed, never stored and never out of date.
``python docs/generate.py FOLDER`` writes them into a folder, to look at. Nothing here imports a compiler.
"""

from __future__ import annotations

import ast
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results.jsonl"

#: Pages that other commands write into docs/; until they have, the site says how to make them.
WRITTEN_ELSEWHERE = {"trust.md": "How far to trust it", "claims.md": "Claims"}

EVENT_FIELDS = {
    "THREAT_LAUNCHED": "a: threat",
    "FIRST_DETECTION": "a: threat, b: radar, value: slant range in m",
    "TRACK_BEGUN": "a: picture, b: track number, c: majority threat of its plots",
    "TRACK_FIRM": "as track begun; value: seconds since the first plot",
    "TRACK_DROPPED": "as track begun; value: seconds since the first plot",
    "DESIGNATED": "a: fire unit, b: channel, c: threat, value: number of the search track",
    "ACQUIRED": "a: fire unit, b: channel, c: threat, value: seconds since designation",
    "ACQUISITION_FAILED": "a: fire unit, b: channel, c: threat",
    "FIRE_TRACK_LOST": "a: fire unit, b: channel, c: threat",
    "ROUND_LAUNCHED": "a: fire unit, b: shot, c: threat, value: seconds to the predicted intercept",
    "ROUND_HOMING": "a: fire unit, b: shot, c: threat, value: seconds to go",
    "INTERCEPT": "a: shot, b: threat the round went for, c: outcome of the shot, value: miss distance in m",
    "KILL_ASSESSED": "a: fire unit, b: channel, c: threat, value: 1 believed killed, 0 believed alive",
    "THREAT_KILLED": "a: threat, b: shot, c: fire unit, value: miss distance in m",
    "THREAT_LEAKED": "a: threat, b: asset it aimed at",
    "ASSET_DAMAGED": "a: asset, b: threat, value: share of the asset that is left",
    "REASON": "a: fire unit, b: threat, c: reason, value: slant range in m from the engagement radar",
    "THREAT_CRASHED": "a: threat (a spent body that came down)",
    "THREAT_LEFT": "a: threat",
    "CHANNEL_RELEASED": "a: fire unit, b: channel, c: threat, value: seconds it was held",
    "POST_LOST": "a: command post",
    "RELOADED": "a: launcher",
    "READY": "a: fire unit",
    "CLASSIFIED": "a: picture, b: track number, c: threat, value: class (1 air, 2 ballistic)",
    "TURNED_AWAY": "a: threat, b: fire unit it turns from",
    "RADAR_TURNED": "a: fire unit, b: its engagement radar; value: new boresight, rad clockwise from north",
    "RADAR_FULL": "a: radar; value: tracks it keeps",
}

REASONS = {
    "NOT_LAUNCHED": "The threat is not in the air yet.",
    "BELOW_HORIZON": "No radar that feeds this fire unit has a line of sight over the smooth earth.",
    "TERRAIN_MASKED": "Kept for terrain; not used yet.",
    "OUTSIDE_SECTOR": "In the line of sight, but outside the sector or the elevation limits of every radar asked.",
    "BELOW_NOISE": "Geometrically visible; the echo has not been strong enough for a single plot, or lies beyond the "
    "instrumented range.",
    "JAMMED": "Kept for jamming; not used yet.",
    "NO_FIRM_TRACK": "Plots there were, but no confirmed track: too few of them in time, or they were lost again.",
    "NOT_HOSTILE": "There is a track, but the rules of engagement do not call it hostile, or it threatens nothing.",
    "OUT_OF_RADAR_RANGE": "Beyond the instrumented range of the unit's engagement radar, or it would be met beyond "
    "the uplink's.",
    "NOT_ACQUIRED": "Designated to this unit, whose engagement radar is searching for it or did not find it.",
    "FIRE_TRACK_LOST": "The engagement radar had it and lost it.",
    "NO_SOLUTION": "No round of the unit can meet it: too far, too high, too low, too fast or too late.",
    "NO_LINE_OF_SIGHT": "The engagement radar would not see the predicted intercept point.",
    "NO_CHANNEL": "All target channels (or, at launch, all missile channels) of the unit are in use.",
    "NO_ROUND": "No round left that could be sent (the reserve is kept).",
    "LAUNCHER_BUSY": "A round is there, but every launcher that has one is in its launch interval.",
    "REACTION_TIME": "Designated and on its way to a launch: the unit's reaction time has not passed.",
    "DOCTRINE": "Held back on purpose: hold fire, engaged by another channel, waiting for the kill assessment, too "
    "little expected effect.",
    "ENGAGED": "At least one round of this unit is in flight to it.",
    "KILLED": "It was killed.",
    "LEAKED": "It reached its aim.",
    "UNIT_NOT_READY": "The fire unit is dormant, not ready or out of action, or no radar works for it.",
    "OVER": "It ended otherwise: left, crashed, or flew away.",
}

OUTCOMES = {
    "WAITING": "never launched within the duration",
    "FLYING": "still in the air when the battle ended",
    "KILLED": "killed by a round",
    "LEAKED": "reached its aim",
    "CRASHED": "a spent body that came down",
    "LEFT": "flew out of the battle",
}

SHOTS = {
    "FLYING": "still in flight when the battle ended",
    "KILLED": "the round killed what it went for",
    "MISSED": "it passed, and the warhead did not kill",
    "FAILED": "motor, link, seeker or fuze failed (the reliability draw)",
    "LOST_TRACK": "nothing to guide on when it arrived",
    "NO_TARGET": "its receiver found nothing where the target was expected",
    "SELF_DESTRUCTED": "flight time over",
    "DEAD_TARGET": "the target was dead before the round arrived",
}


# ------------------------------------------------------------------------------------------------------ pages ----


def pages() -> dict[str, str]:
    """Every generated page: path below docs/ -> Markdown."""
    made = {
        "reference/scenario.md": scenario_page(),
        "reference/catalogue.md": catalogue_page(),
        "reference/codes.md": codes_page(),
        "reference/draws.md": draws_page(),
        "reference/battle-json.md": battle_json_page(),
        "reference/law.md": law_page(),
        "benchmarks.md": benchmarks_page(),
        "changelog.md": (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"),
    }
    made |= entry_pages()
    for name, title in WRITTEN_ELSEWHERE.items():
        if not (ROOT / "docs" / name).exists():
            made[name] = f"# {title}\n\nThis page is computed: `make validate` writes it.\n"
    return made


def law_page() -> str:
    from parapet.disposition.reference import law_page as made

    return made()


def scenario_page() -> str:
    """The scenario format, block by block."""
    from parapet.scenario.json_schema import reference

    return reference().replace("`PydanticUndefined`", "") + (
        "\nThe same as a JSON Schema for editors: `parapet schema`, or "
        "[scenario.schema.json](../schemas/scenario.schema.json).\n"
    )


def catalogue_page() -> str:
    """Kinds, grades and keys of the catalogue."""
    from parapet import catalogue
    from parapet.catalogue.entries import SECTIONS
    from parapet.catalogue.reference import keys_of

    known = catalogue.load()
    shares = known.grades_share()
    parts = [
        "# Catalogue reference",
        "",
        "Generated from `parapet.catalogue`. Every figure has a low, a nominal and a high value, a unit, a grade and a",
        "source. The battle uses the nominal values; the spread is what is printed about them, or our doubt.",
        "",
        "## Grades",
        "",
        "| grade | what it means | share of all figures |",
        "|---|---|---|",
    ]
    meaning = {
        "read": "printed on a page that was opened; `source` names it in `sources.bib`",
        "second-hand": "quoted by a document that cites the page; the page itself was not opened (`pointer`)",
        "general knowledge": "usually printed, no text found (`pointer`)",
        "derived": "arithmetic on other figures",
        "model": "from somebody else's model or estimate",
        "notional": "chosen here because the engine needs a number and none is public; the note says why",
    }
    parts += [f"| {grade} | {meaning[grade]} | {shares[grade]:.0%} |" for grade in catalogue.GRADES]
    parts += ["", "Figures that hold by definition are not counted in the shares.", "", "## Entries", ""]
    parts += table(
        ("kind", "ids"),
        (
            (
                f"[{section}]({section}.md)",
                ", ".join(f"[`{i}`]({section}.md#{i})" for i in known.section(section)),
            )
            for section in SECTIONS
        ),
    )
    parts += ["", "## Keys", ""]
    for section in SECTIONS:
        parts += [f"### {section}", ""]
        parts += table(
            ("key", "", "measures", "meaning"),
            (
                (f"`{key.path}`", "required" if key.is_required else "", key.dimension, one_line(key.meaning))
                for key in keys_of(section)
            ),
        )
        parts.append("")
    return "\n".join(parts) + "\n"


def entry_pages() -> dict[str, str]:
    """One page per kind: every entry with every figure."""
    from parapet import catalogue
    from parapet.catalogue.entries import SECTIONS

    known = catalogue.load()
    made = {}
    for section in SECTIONS:
        parts = [f"# {section.capitalize()}", "", "Generated from the catalogue's data files.", ""]
        for entry in known.section(section).values():
            parts += [f"## {entry.id}", "", f"**{entry.name}**", ""]
            parts += [one_line(entry.note), ""] if entry.note else []
            rows = []
            for path, figure in entry.figures():
                low, nominal, high = (number(value) for value in figure.written)
                spread = nominal if low == high else f"{low} to **{nominal}** to {high}"
                unit = "" if figure.unit == "1" else f" {figure.unit}"
                fit = f" ({figure.fit})" if figure.fit else ""
                rows.append((f"`{path}`", spread + unit, figure.grade + fit, origin(figure, known)))
            parts += [*table(("figure", "low to nominal to high", "grade", "source and note"), rows), ""]
        made[f"reference/{section}.md"] = "\n".join(parts) + "\n"
    return made


def codes_page() -> str:
    """Numbers that stand for words: events, reasons, outcomes."""
    from parapet.engine import codes

    parts = [
        "# Codes",
        "",
        "Generated from `parapet.engine.codes`. Numbers are append-only: an old result stays readable.",
        "",
        "## Events",
        "",
        "The columns `event` and `code` of `battle.events`. Fields a, b and c are rows of the tables that they name,",
        "-1 for none; `battle.events` puts names beside them.",
        "",
        *code_table(vars(codes), "EVENT_", codes.EVENT_WORDS, EVENT_FIELDS, "fields"),
        "",
        "## Reasons",
        "",
        "The ladder that `parapet why` prints, per fire unit and threat, in the order in which a threat climbs it. The",
        "reasons of one threat tile its life from launch to end without gap or overlap.",
        "",
        *code_table(vars(codes), "WHY_", codes.WHY_WORDS, REASONS, "meaning"),
        "",
        "## How a threat ends",
        "",
        *code_table(vars(codes), "", codes.OUTCOME_WORDS, OUTCOMES, "meaning"),
        "",
        "## How a shot ends",
        "",
        *code_table(vars(codes), "SHOT_", codes.SHOT_WORDS, SHOTS, "meaning"),
        "",
        "## Why a battle cannot be trusted",
        "",
        "`parapet run` stops with exit code 1 and names the run, the seed and the command that repeats it.",
        "",
        *code_table(vars(codes), "STATUS_", codes.STATUS_WORDS, {}, ""),
    ]
    return "\n".join(parts) + "\n"


def draws_page() -> str:
    """The address of every random draw, from the module that makes them (read, not imported)."""
    source = (ROOT / "src/parapet/engine/draws.py").read_text(encoding="utf-8")
    tree = ast.parse(source)
    words = (ast.get_docstring(tree) or "").splitlines()
    rows = []
    for name, value, text in documented_constants(tree):
        if name.startswith("STREAM_"):
            used = "" if used_in_engine(name) else " *Kept free: nothing draws from it yet.*"
            rows.append((f"`{name.removeprefix('STREAM_').lower()}`", str(value), one_line(text) + used))
    first, rest = words[0], words[1:]
    parts = ["# Draws", "", first, "", *as_markdown(rest), "", "## Streams", ""]
    parts += [
        "A stream is a purpose. The pair in brackets is (id_a, id_b), then comes the ordinal, then what each lane is.",
        "",
        *table(("stream", "number", "address and lanes"), rows),
        "",
        "So a detection belongs to (radar, threat) and a kill to (threat, n-th shot at it): with another radar beside",
        "it, or one fire unit less, everything else that is drawn stays the same, and two variants of a scenario can",
        "be compared pair by pair.",
        "",
        "```python",
        "from parapet.engine.draws import STREAM_KILL, name_id, uniforms",
        "",
        'threat = name_id("threat:som-07")',
        "first = uniforms(7, 0, STREAM_KILL, threat, 0, 1)   # seed, run, stream, id_a, id_b, ordinal",
        "again = uniforms(7, 0, STREAM_KILL, threat, 0, 1)",
        "assert first == again",
        "assert all(0.0 < lane < 1.0 for lane in first)",
        "```",
    ]
    return "\n".join(parts) + "\n"


def battle_json_page() -> str:
    """The JSON of a battle, from its schema file."""
    schema = json.loads((ROOT / "docs/schemas/battle.schema.json").read_text(encoding="utf-8"))
    parts = [
        "# JSON of a battle",
        "",
        "Generated from [battle.schema.json](../schemas/battle.schema.json), which `parapet schema battle` prints too.",
        "`parapet run FILE --json` and `battle.to_json()` write it. Times are seconds since the start of the battle,",
        "lengths metres, speeds metres per second; `null` stands for what did not happen.",
        "",
    ]
    parts += schema_tables(schema, schema, "Top level")
    return "\n".join(parts) + "\n"


def benchmarks_page() -> str:
    """What `make bench` has measured: the newest engine on every machine in full, the ones before it a line each."""
    parts = [
        "# Benchmarks",
        "",
        "Generated from `benchmarks/results.jsonl`, one JSON line per run of `make bench` and machine; nothing on this",
        "page is typed. The battle is `examples/raid-80.yaml`: 80 mixed threats against eight fire units, ten minutes.",
        "",
    ]
    lines = []
    if RESULTS.exists():
        lines = [
            json.loads(line) for line in RESULTS.read_text(encoding="utf-8").splitlines() if line.strip()
        ]
    if not lines:
        return "\n".join([*parts, "Nothing has been measured yet: run `make bench`.", ""])
    merged: dict[tuple[str, str], dict[str, Any]] = {}
    for line in lines:  # a later line of the same engine and machine replaces what it measured again
        key = (line["engine_id"], line["machine"]["name"])
        merged.setdefault(key, {}).update({k: v for k, v in line.items() if v is not None})
    newest = list(reversed(merged.values()))
    latest = newest[0]["engine_id"]
    for line in (one for one in newest if one["engine_id"] == latest):
        machine = line["machine"]
        parts += [f"## {line['date'][:10]}, engine {line['engine_id']}", ""]
        seen = f"{machine['name']}, {machine['n_cores']} cores seen, Python {machine['python']}."
        parts += [f"{seen} {machine['note']}".rstrip(), ""]
        parts += [*table(("what", "measured", "goal"), measured_rows(line)), ""]
    before = [earlier_row(one) for one in newest if one["engine_id"] != latest]
    if before:
        head = ("engine", "battles/s", "leaked", "tracker", "first battle", "warm run", "leaked, steps halved: change")
        parts += ["## Engines before it", "", "Newest first; the machine's own speed drifts by half.", ""]
        parts += [*table(head, before), ""]
    return "\n".join(parts) + "\n"


def earlier_row(line: dict[str, Any]) -> tuple[str, ...]:
    """One engine of the past in a few figures; ``-`` for what was not measured on it."""

    def told(value: Any, spec: str, unit: str = "") -> str:
        return "-" if value is None else f"{value:{spec}}{unit}"

    raid, tracker, halving = (line.get(key) or {} for key in ("raid_80", "tracker", "step_halving"))
    change = "-"
    if halving:
        change = f"{halving['change']:+.3f}, own ±{halving['interval_leakers']:.3f}, {halving['n_runs']:,} runs"
    return (
        f"{line['engine_id'][:8]}, {line['date'][:16].replace('T', ' ')}",
        told(raid.get("battles_per_s"), ".1f"),
        told(raid.get("leaked"), ".2f"),
        told(tracker.get("scan_ms"), ".2f", " ms"),
        told(line.get("cold_start_s"), ".0f", " s"),
        told(line.get("warm_run_s"), ".1f", " s"),
        change,
    )


def measured_rows(line: dict[str, Any]) -> list[tuple[str, str, str]]:
    """The rows of one measurement that are there."""
    rows: list[tuple[str, str, str]] = []
    raid = line.get("raid_80")
    if raid:
        processor_s = raid.get("one_battle_processor_s")
        on_processor = f", {processor_s:.2f} s of it on the processor" if processor_s else ""
        speed = f"{raid['battles_per_s']:.3g} battles/s = {raid['times_real_time']:,.0f} times real time"
        rows += [
            (
                f"raid-80, {raid['n_threads']} threads, {raid['n_battles']} battles",
                speed,
                "12 battles/s, aim 40",
            ),
            ("one battle on one thread", f"{raid['one_battle_s']:.2f} s{on_processor}", ""),
            ("rounds fired per battle", f"{raid['rounds']:.1f}", ""),
            ("plots, looks per battle", f"{raid['plots']:,.0f}, {raid['looks']:,.0f}", ""),
            ("killed, leaked per battle", f"{raid['killed']:.1f}, {raid['leaked']:.2f}", ""),
            ("rates", raid["rates"], "catalogue rates, every link on"),
        ]
    halving = line.get("step_halving")
    if halving:
        rows.append(
            (
                f"halving every step, {halving['n_runs']} paired runs",
                f"mean leakers {halving['mean_leakers']:.3f} become {halving['mean_leakers_halved']:.3f}: change "
                f"{halving['change']:+.3f} ±{halving['interval_change']:.3f}, 95 % interval of mean leakers "
                f"±{halving['interval_leakers']:.3f}: {'inside' if halving['is_inside'] else '**outside**'}",
                "change inside the interval (2,000 runs)",
            )
        )
    tracker = line.get("tracker")
    if tracker:
        rows.append(
            (f"tracker, {tracker['n_targets']} targets in one scan", f"{tracker['scan_ms']:.3f} ms", "1 ms")
        )
        if tracker.get("stone_soup_scan_s"):
            rows.append(("Stone Soup, the same plots", f"{tracker['stone_soup_scan_s']:.2f} s", ""))
        if tracker.get("largest_difference") is not None:
            rows.append(
                (
                    "states against Stone Soup, same assignment",
                    f"{tracker['largest_difference']:.1e} of the spread of the state",
                    "1e-6",
                )
            )
        rows.append(
            (
                "crossing pairs where nearest-first is wrong",
                f"{tracker['n_crossing_right']} of {tracker['n_crossing']} right "
                f"(nearest-first: {tracker['n_greedy_right']})",
                "all",
            )
        )
    rows += scale_rows(line.get("scale"))
    for key, words, goal in (
        ("cold_start_s", "first battle ever, compiling", "60 s"),
        ("warm_run_s", "`parapet run examples/ankara.yaml`, warm", "3 s"),
        ("help_s", "`parapet --help`", "0.5 s"),
        ("check_s", "`parapet check examples/ankara.yaml`", "0.5 s"),
        ("check_examples_s", "`parapet check examples/*.yaml`", ""),
        ("describe_s", "`parapet describe examples/ankara.yaml`", "0.5 s"),
    ):
        if line.get(key) is not None:
            rows.append((words, f"{line[key]:.2f} s", goal))
    if line.get("peak_memory_mb") is not None:
        rows.append(("largest memory of that run", f"{line['peak_memory_mb']:.0f} MB", "1,000 MB"))
    return rows


def scale_rows(scale: dict[str, Any] | None) -> list[tuple[str, str, str]]:
    """What studies cost besides their battles."""
    if not scale:
        return []
    per_run, threads, cluster = scale["overhead"], scale["threads"], scale.get("cluster")
    goal = "10,000 in 60 s, aim 15 s" if scale["runs"] == 10_000 else ""
    rows = [
        (
            f"study of {scale['runs']:,} runs, one fire unit, ten threats, two threads",
            f"{scale['wall_s']:.0f} s, {scale['runs_per_s']:.0f} runs/s",
            goal,
        ),
        (
            "its cost besides the engine, processor time",
            f"{per_run['run_ms']:.2f} ms a run beside {per_run['engine_ms']:.1f} ms of battle; "
            f"{per_run['block_ms']:.0f} ms a block of {per_run['runs_per_block']:.0f}; "
            f"{per_run['study_ms']:.0f} ms a study",
            "",
        ),
        ("that cost beside a battle of 100 ms", f"{100.0 * per_run['share_of_100_ms']:.1f} %", "10 %"),
        (
            "two threads against one",
            f"{threads['two']:.0f} and {threads['one']:.0f} runs/s, efficiency {threads['efficiency']:.2f}",
            "",
        ),
    ]
    if cluster:
        rows.append(
            (
                "two worker processes (Dask) against one",
                f"{cluster['two']:.0f} and {cluster['one']:.0f} runs/s, efficiency {cluster['efficiency']:.2f}; "
                f"a block there and back {cluster['ms_per_block']:.0f} ms",
                "",
            )
        )
    memory = {int(n): mb for n, mb in scale["memory_mb"].items()}
    if len(memory) > 1:
        few, many = min(memory), max(memory)
        what = f"largest memory of studies of {few:,} and {many:,} runs"
        rows.append((what, f"{memory[few]:.0f} and {memory[many]:.0f} MB", "flat"))
    return rows


# ---------------------------------------------------------------------------------------------------- helpers ----


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
    """A Markdown table; bars inside cells are escaped."""
    names = list(head)
    lines = ["| " + " | ".join(names) + " |", "|" + "---|" * len(names)]
    return lines + ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]


def one_line(text: str) -> str:
    """Text without line ends, double backquotes made single."""
    return " ".join(text.split()).replace("``", "`")


def number(value: float) -> str:
    """A number as a person writes it."""
    return f"{value:,.0f}" if value == int(value) and abs(value) < 1e9 else f"{value:g}"


def origin(figure: Any, known: Any) -> str:
    """Where a figure comes from, and its note."""
    words = []
    if figure.source:
        url = url_of(known, figure.source)
        words.append(f"[{figure.source}]({url})" if url else figure.source)
    if figure.pointer:
        words.append(f"pointer: <{figure.pointer}>")
    if figure.note:
        words.append(one_line(figure.note))
    return "; ".join(words)


def url_of(known: Any, key: str) -> str:
    """URL of a bibliography entry, empty if it has none."""
    return str(getattr(known.sources.get(key), "url", "") or "")


def code_table(
    names: dict[str, Any], prefix: str, words: dict[int, str], meanings: dict[str, str], title: str
) -> list[str]:
    """Number, word and meaning of one group of codes."""
    by_number = {
        value: name.removeprefix(prefix)
        for name, value in names.items()
        if isinstance(value, int) and name.startswith(prefix) and (prefix or name in meanings)
    }
    if not meanings:
        return table(("code", "words"), ((str(code), word) for code, word in words.items()))
    rows = ((str(code), word, meanings.get(by_number.get(code, ""), "")) for code, word in words.items())
    return table(("code", "words", title), rows)


def documented_constants(tree: ast.Module) -> list[tuple[str, Any, str]]:
    """Module constants with the text under them: (name, value, text)."""
    found = []
    for line, under in zip(tree.body, tree.body[1:], strict=False):
        if (
            isinstance(line, ast.Assign)
            and isinstance(line.targets[0], ast.Name)
            and isinstance(line.value, ast.Constant)
            and isinstance(under, ast.Expr)
            and isinstance(under.value, ast.Constant)
        ):
            found.append((line.targets[0].id, line.value.value, str(under.value.value)))
    return found


def used_in_engine(name: str) -> bool:
    """Whether any stage of the engine draws from a stream."""
    engine = ROOT / "src/parapet/engine"
    return any(
        name in path.read_text(encoding="utf-8") for path in engine.glob("*.py") if path.name != "draws.py"
    )


def as_markdown(lines: list[str]) -> list[str]:
    """A docstring as Markdown: underlined headings and simple tables are turned, the rest is kept."""
    made: list[str] = []
    i = 0
    while i < len(lines):
        line = lines[i]
        if i + 1 < len(lines) and lines[i + 1] and set(lines[i + 1]) == {"-"}:
            made.append(f"## {line}")
            i += 2
        elif line.startswith("==="):
            rows: list[tuple[str, str]] = []
            split = line.index(" ") + 2
            i += 1
            while not lines[i].startswith("===") or lines[i + 1].strip():
                if not lines[i].startswith("==="):
                    rows.append((lines[i][:split].strip(), lines[i][split:].strip()))
                i += 1
            i += 1
            made += table(rows[0], rows[1:])
        else:
            made.append(line.replace("``", "`"))
            i += 1
    return made


def schema_tables(schema: dict[str, Any], top: dict[str, Any], title: str) -> list[str]:
    """Tables of an object of a JSON Schema and of what lies inside it."""
    rows, inner = [], []
    required = set(schema.get("required", []))
    for key, described in schema.get("properties", {}).items():
        told = resolved(described, top)
        item = resolved(told.get("items", {}), top)
        kind = told.get("type", "")
        kind = " or ".join(kind) if isinstance(kind, list) else kind
        if item.get("properties"):
            kind = "list of objects"
            inner.append((f"{key}[]", item))
        elif told.get("properties"):
            inner.append((key, told))
        words = described.get("description", told.get("description", ""))
        rows.append((f"`{key}`", kind, "yes" if key in required else "", one_line(words)))
    parts = [f"## {title}", "", *table(("key", "type", "always", "meaning"), rows), ""]
    for name, block in inner:
        parts += schema_tables(block, top, f"`{name}`")
    return parts


def resolved(schema: Any, top: dict[str, Any]) -> dict[str, Any]:
    """A schema with its reference followed."""
    if isinstance(schema, dict) and "$ref" in schema:
        found: Any = top
        for part in schema["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        return dict(found)
    return schema if isinstance(schema, dict) else {}


# ----------------------------------------------------------------------------------------------------- MkDocs ----


def on_files(files: Any, config: Any) -> Any:
    """Hook of MkDocs: add the generated pages to the site."""
    from mkdocs.structure.files import File

    for name, text in pages().items():
        files.append(File.generated(config, name, content=text))
    return files


if __name__ == "__main__":
    target = Path(sys.argv[1] if len(sys.argv) > 1 else "out/docs")
    for page, content in pages().items():
        path = target / page
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    print(f"wrote {len(pages())} pages to {target}")
