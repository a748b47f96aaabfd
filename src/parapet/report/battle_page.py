"""The report of one battle: what was asked, set up, what came of it, why things leaked, and what it stands on."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from parapet import __version__
from parapet.analysis import outcomes, summary
from parapet.analysis.outcomes import ThreatRow
from parapet.analysis.timeline import telling_threats
from parapet.analysis.why import Why, threat_ladder, why
from parapet.catalogue import Catalogue
from parapet.engine import codes
from parapet.report import assumptions, charts, maps
from parapet.report.page import (
    Block,
    Bullets,
    Cell,
    Listing,
    Number,
    Page,
    Picture,
    Prose,
    Section,
    Story,
    Table,
    from_rich,
    from_table,
)
from parapet.scenario.describe import describe
from parapet.scenario.names import member_names
from parapet.scenario.schema import Scenario

if TYPE_CHECKING:
    from parapet.analysis.battle_result import Battle
    from parapet.export.model import Scene

STORIES_MAX = 6
"""Leakers whose whole story is told."""
NAMED_MAX = 6

NOT_SHOWN = (
    "One battle is an anecdote: with other draws the same scenario ends otherwise. How often, and how surely, is what "
    "a study says.",
    "The defence does better here than it would: communication is perfect, crews make no mistakes, and nothing breaks "
    "but rounds.",
    "Single-shot kill probabilities of real missiles, or what a given battery can do on a given day, are not in here.",
    "Differences smaller than the doubt in the figures behind them mean nothing.",
    "It is no forecast, and no advice in real time. Tactics against, or weak spots of, real equipment cannot be read "
    "off notional figures.",
)


def and_(words: Sequence[str]) -> str:
    """Words as a person lists them."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else ""


def named(names: Sequence[str]) -> str:
    """The first few names, and how many more."""
    if len(names) <= NAMED_MAX:
        return and_(list(names))
    return f"{', '.join(names[:NAMED_MAX])} and {len(names) - NAMED_MAX} more"


def many(n: float, word: str) -> str:
    """``1 round``, ``2 rounds``."""
    return f"{n:,.0f} {word}{'' if n == 1 else 's'}"


def page(battle: Battle, scenario: Scenario, catalogue: Catalogue, scene: Scene, command: str) -> Page:
    """The report of one battle, recorded in full.

    Parameters
    ----------
    command : what plays this battle again, without the program's name, e.g. ``run FILE --seed 7``.

    Pinned by ``tests/report/test_battle_page.py``.
    """
    totals = battle.totals
    leakers = [row for row in battle.threat_rows if row.outcome == "leaked"]
    stood_on, sources = assumptions.blocks([(scenario, catalogue)])
    names = {entry.id: entry.name for entry in catalogue.entries(None)}
    sections = [
        Section("setup", "Set-up", _setup(scenario, catalogue, scene)),
        Section("outcome", "What came of it", _outcome(battle, scene, names)),
        Section("chains", "Kill chains", _chains(battle)),
        Section("leaked", "Why threats leaked", _leaked(battle, leakers, command, names)),
        Section("assumptions", "What it stands on", stood_on),
        Section("limits", "What it does not show", limits(NOT_SHOWN)),
        Section("repeat", "How to repeat it", _repeat(battle, scenario, command)),
    ]
    if sources:
        sections.append(Section("sources", "Sources", [source_list(sources)]))
    text = scenario_text(scenario)
    if text:
        sections.append(Section("file", "The scenario file", [Listing(text)]))
    return Page(
        kicker="Report of one battle", title=battle.title, question=scenario.question or "", numbers=_numbers(totals),
        answer=_answer(battle, leakers), sections=sections, facts=facts(battle.seed, battle.run, battle.played),
        caution="This is one battle of many that could be. It shows how things happen, not how often.",
    )  # fmt: skip


def facts(seed: int, run: int | None, played: Any) -> list[tuple[str, str]]:
    """Seed, run, engine and platform, for the foot of the first page."""
    made = [("seed", str(seed))] + ([] if run is None else [("run", str(run))])
    return [*made, ("engine", played.engine_id), ("platform", played.platform_id), ("Parapet", __version__)]


def _numbers(totals: dict[str, int]) -> list[Number]:
    numbers = [
        Number(str(totals["threats"]), "threats", "hostile"),
        Number(str(totals["killed"]), "killed", "killed"),
        Number(str(totals["leaked"]), "leaked", "leaked"),
    ]
    other = sum(totals[word] for word in ("crashed", "left", "airborne", "not_launched"))
    if other:
        numbers.append(Number(str(other), "ended otherwise", "quiet"))
    return [*numbers, Number(str(totals["rounds_fired"]), "rounds fired", "friend")]


def _answer(battle: Battle, leakers: Sequence[ThreatRow]) -> list[str]:
    """The answer in a few sentences."""
    totals, played = battle.totals, battle.played
    n = totals["threats"]
    text = f"Of {many(n, 'threat')} {totals['killed']} were killed and {totals['leaked']} leaked"
    text += f", at the cost of {many(totals['rounds_fired'], 'round')}."
    if leakers:
        text += (
            f" Through came {_who([row.name for row in leakers], [row.name for row in battle.threat_rows])}."
        )
    paragraphs = [text]
    hit = [row for row in outcomes.asset_rows(played) if row.health < 1.0]
    if hit:
        words = [f"{row.name} ({100.0 * row.health:.0f}\u00a0% left)" for row in hit]
        paragraphs.append(f"Hit: {named(words)}.")
    elif totals["leaked"]:
        paragraphs.append("Nothing that is defended was damaged all the same.")
    else:
        paragraphs.append("Nothing that is defended was damaged.")
    if leakers:
        held = [f"{reason} ({seconds:,.0f} s)" for reason, seconds in _held_up(battle, leakers)[:3]]
        if held:
            paragraphs.append(
                f"What kept the leakers from being shot at longest, taken together: {and_(held)}."
            )
    capacity, peaks = outcomes.capacity(played), battle.peaks
    if capacity["fire_units"]:
        paragraphs.append(
            f"At its busiest the defence engaged {peaks['targets_engaged']} targets of the "
            f"{capacity['target_channels']} it can hold, and guided {peaks['missiles_guided']} rounds of the "
            f"{capacity['missile_channels']} it can guide at once."
        )
    else:
        paragraphs.append("No fire unit was ready: this is the undefended baseline.")
    return paragraphs


def _who(names: Sequence[str], raid: Sequence[str]) -> str:
    """Names, those of a group together where it has three or more: ``all 4 of kalibr and som-03``."""
    groups: dict[str, list[str]] = {}
    for name in names:
        groups.setdefault(name.rpartition("-")[0] or name, []).append(name)
    parts: list[str] = []
    for group, mine in groups.items():
        n = sum((other.rpartition("-")[0] or other) == group for other in raid)
        if len(mine) < 3:
            parts += mine
        else:
            parts.append(f"all {n} of {group}" if len(mine) == n else f"{len(mine)} of the {n} of {group}")
    return named(parts)


def _held_up(battle: Battle, rows: Sequence[ThreatRow]) -> list[tuple[str, float]]:
    """What kept these threats from being shot at, longest first, in threat-seconds."""
    index = {row.name: i for i, row in enumerate(battle.threat_rows)}
    spent: dict[str, float] = {}
    for row in rows:
        for part in threat_ladder(battle.played, index[row.name]):
            if part.code != codes.WHY_ENGAGED:
                spent[part.reason] = spent.get(part.reason, 0.0) + part.end_s - part.start_s
    return sorted(((r, s) for r, s in spent.items() if s >= 0.5), key=lambda item: -item[1])


def described(scenario: Scenario, catalogue: Catalogue, is_alone: bool = True) -> list[Block]:
    """What `parapet describe` says, as blocks, without the title and the question; see there for `is_alone`."""
    said = {scenario.title, scenario.question or "", scenario.notes.strip() if scenario.notes else ""}
    found = [
        block
        for block in from_rich(describe(scenario, catalogue, is_alone))
        if not (isinstance(block, Prose) and block.text in said)
    ]
    prose = [block for block in found if isinstance(block, Prose)]
    tables = [block for block in found if not isinstance(block, Prose)]
    notes = [Prose(scenario.notes.strip(), style="note")] if scenario.notes else []
    return [*prose[:1], *notes, *prose[1:], *tables]


def _setup(scenario: Scenario, catalogue: Catalogue, scene: Scene) -> list[Block]:
    blocks = described(scenario, catalogue)
    if scene.of("threat"):
        groups = [(group.name, group.count, member_names(group)) for group in scenario.raid]
        n_prose = next(n for n, block in enumerate([*blocks, None]) if not isinstance(block, Prose))
        blocks.insert(
            n_prose,
            Picture(
                maps.raid(scene, groups),
                "The raid as it flew, from launch (dots) to end. Coastlines and borders: Natural Earth, as held on the "
                "ground; no position is taken on them.",
                f"Map of the raid: paths of {len(scene.of('threat'))} threats towards "
                f"{named([asset.name for asset in scenario.assets])}.",
            ),
        )
    return blocks


def _outcome(battle: Battle, scene: Scene, names: dict[str, str]) -> list[Block]:
    played, totals = battle.played, battle.totals
    types = outcomes.type_rows(battle.threat_rows)
    rounds = outcomes.rounds_rows(played, battle.shot_rows)
    blocks: list[Block] = []
    if types:
        blocks.append(
            Picture(
                charts.outcome_bars(battle, names),
                "What became of the threats of each type, and of the rounds of each type.",
                f"Bars: {totals['killed']} of {totals['threats']} threats killed, {totals['leaked']} leaked.",
            )
        )  # fmt: skip
        blocks += from_table(summary.types_table(types), "Threats along the kill chain, by type", names=names)
    if outcomes.capacity(played)["fire_units"]:
        blocks += from_table(summary.rounds_table(rounds), "Rounds, by type", names=names)
        blocks += from_table(
            summary.channels_table(battle.peaks, outcomes.capacity(played)), "Channels in use at one time"
        )
    n_defended = sum(int(kind) == codes.ASSET_DEFENDED for kind in played.world.assets.kind)
    blocks += from_rich(summary.damage_table(outcomes.asset_rows(played), n_defended), "Damage")
    where = maps.fought(scene)
    if where is not None:
        blocks.append(
            Picture(
                where, "Where rounds met threats, and where threats came through.",
                f"Map: {totals['killed']} kills, {totals['leaked']} leaks.",
            )
        )  # fmt: skip
    if types:
        blocks.append(
            Picture(
                charts.over_time(battle),
                "The battle over time: threats in the air, killed and leaked, and rounds in the air. Rounds that home "
                "by themselves may free their channel.",
                "Curves of threats and rounds over the seconds of the battle.",
            )
        )  # fmt: skip
    return blocks


def _chains(battle: Battle) -> list[Block]:
    lanes = charts.swim_lanes(battle)
    if lanes is None:
        return [Prose("No threat was launched.")]
    which = f"{lanes.left_out} more are left out: those that tell least." if lanes.left_out else ""
    return [
        Prose(
            "One lane per threat, from launch to end. The colour says what the fire unit that came furthest could do "
            f"about it at that time. {which}".strip(), style="intro",
        ),
        Picture(
            lanes.svg, "Kill chains. Names and lanes of leakers are marked.",
            f"Swim lanes of {lanes.shown} threats: first seen, track, rounds, and end.",
        ),
    ]  # fmt: skip


def _seconds(value: float | None) -> str:
    return "–" if value is None else f"{value:,.0f} s"


def _leaked(battle: Battle, leakers: Sequence[ThreatRow], command: str, names: dict[str, str]) -> list[Block]:
    if not leakers:
        close = telling_threats(battle.threat_rows, battle.shot_rows, battle.played, 2)
        blocks: list[Block] = [Prose("Nothing leaked. The closest shaves:" if close else "Nothing leaked.")]
        return blocks + [_story(why(battle.played, battle.threat_rows[i].name)) for i in close]
    rows = []
    for row in leakers:
        held = _held_up(battle, [row])[:3]
        seen = "never" if row.first_detection_s is None else _seconds(row.first_detection_s)
        far = "" if row.first_detection_range_m is None else f"{row.first_detection_range_m / 1000.0:,.0f} km"
        last = threat_ladder(battle.played, [r.name for r in battle.threat_rows].index(row.name))
        rows.append(
            [
                Cell(row.name, "leaked"), Cell(names.get(row.type, row.type)), Cell(seen), Cell(far),
                Cell(_seconds(row.first_track_s)),
                Cell(str(row.n_rounds), "" if row.n_rounds else "full"),
                Cell("; ".join(f"{reason} {seconds:,.0f} s" for reason, seconds in held)),
                Cell(last[-1].reason if last else ""), Cell(_seconds(row.end_s)),
            ]
        )  # fmt: skip
    head = [
        "threat",
        "type",
        "first seen",
        "at",
        "track firm",
        "rounds",
        "held up longest by",
        "at the end",
        "leaked",
    ]
    table = Table(
        "What leaked, and what kept it from being shot at",
        head,
        rows,
        frozenset({2, 3, 4, 5, 8}),
        is_small=True,
    )
    told = telling_threats(battle.threat_rows, battle.shot_rows, battle.played, len(battle.threat_rows))
    known = {row.name for row in leakers}
    first = [battle.threat_rows[i].name for i in told if battle.threat_rows[i].name in known][:STORIES_MAX]
    made: list[Block] = [table]
    made.append(
        Prose(
            "Step by step, for "
            + ("each of them" if len(leakers) <= len(first) else f"the {len(first)} that tell most")
            + ". Reasons are those of the fire unit that came furthest at that time. Any other threat: parapet why "
            + command.removeprefix("run ").partition(" ")[0] + " THREAT"
        )
    )  # fmt: skip
    return made + [_story(why(battle.played, name)) for name in first]


def _story(found: Why) -> Story:
    """The ladder of one threat with its key events."""
    lines = []
    merged: list[tuple[float, int, str, str]] = []
    for part in found.intervals:
        away = f", {part.start_range_m / 1000.0:,.1f} km away" if part.start_range_m else ""
        unit = f" ({part.fire_unit})" if part.fire_unit else ""
        merged.append((part.start_s, 1, "why", f"{part.reason}{away}{unit}"))
    merged += [(m.t_s, 0 if m.t_s < found.end_s else 2, "event", m.text) for m in found.moments]
    for t_s, _, kind, text in sorted(merged, key=lambda line: line[:2]):
        lines.append((f"{t_s:,.1f} s", kind, text))
    return Story(f"{found.threat} ({found.type}): {found.outcome}", lines)


def limits(sentences: Sequence[str]) -> list[Block]:
    """What is not modelled, and what follows for reading the result."""
    return [Prose(summary.NOT_MODELLED, style="warning"), Bullets(list(sentences))]


def source_list(sources: Sequence[tuple[str, str]]) -> Table:
    """The sources cited, numbered."""
    rows = [[Cell(f"[{n}]"), Cell(text), Cell(url, "url")] for n, (text, url) in enumerate(sources, start=1)]
    return Table("Pages that were opened, and textbooks", ["", "source", "address"], rows, is_small=True)


def _repeat(battle: Battle, scenario: Scenario, command: str) -> list[Block]:
    played = battle.played
    file = command.removeprefix("run ").partition(" ")[0]
    blocks: list[Block] = [
        Prose("The same file, seed and engine give the same battle to the bit:"),
        Listing(f"parapet {command}\nparapet report {command.removeprefix('run ')}"),
        Table(
            "Identity of this battle", ["what", "value"],
            [
                [Cell("scenario"), Cell(file)], [Cell("scenario hash"), Cell(played.scenario_hash)],
                [Cell("seed, run"), Cell(f"{battle.seed}, {battle.run}")],
                [Cell("engine"), Cell(played.engine_id)], [Cell("platform (arithmetic)"), Cell(played.platform_id)],
                [Cell("Parapet"), Cell(__version__)],
            ],
        ),
    ]  # fmt: skip
    if scenario_text(scenario):
        out = shlex.quote(file.rpartition("/")[2].rpartition(".")[0] or "study")
        blocks.insert(2, Prose("How often it ends like this, with intervals:"))
        blocks.insert(3, Listing(f"parapet study {file} --runs 100 --out {out}\nparapet report {out}"))
    return blocks


def scenario_text(scenario: Scenario) -> str:
    """The scenario's file as it was written; nothing if it has none."""
    from pathlib import Path

    path = Path(scenario.file) if scenario.file else None
    try:
        return path.read_text(encoding="utf-8") if path is not None and path.is_file() else ""
    except (OSError, UnicodeDecodeError):
        return ""
