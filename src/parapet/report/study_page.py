"""The report of a stored study: the answer with its intervals, how it depends on what was varied, what drives it."""

from __future__ import annotations

import math
import shlex
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from matplotlib import rc_context

from parapet.errors import InputError, ParapetError
from parapet.report import assumptions, maps
from parapet.report.battle_page import described, facts, limits, many, source_list
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
    Table,
    from_rich,
)
from parapet.scenario.names import member_names
from parapet.study import compare, show
from parapet.study.design import Cell as DesignCell
from parapet.study.design import Checked, checked
from parapet.study.statistics import Estimate

if TYPE_CHECKING:
    from parapet.study.beside import Beside
    from parapet.study.result import Study

NOT_SHOWN = (
    "The intervals hold what chance does in the model, not what the model leaves out. A narrow interval is no proof "
    "that the model is right.",
    "Where the figures themselves are in doubt, only what was drawn from their ranges is in the spread; all other "
    "figures stand at their nominal values.",
    "Differences smaller than the doubt in the figures behind them mean nothing, however many battles were played.",
    "The defence does better here than it would: communication is perfect, crews make no mistakes, and nothing breaks "
    "but rounds.",
    "It is no forecast of a real engagement, and no advice in real time.",
)
_CAPTIONS = {
    "response": (
        "How the answer depends on what was varied; bands and whiskers are 95 % intervals.",
        "Response curves.",
    ),
    "heat-map": ("The answer over the two factors.", "Table of coloured cells."),
    "tornado": ("What the answer becomes when one input at a time goes to its ends.", "Bars, widest on top."),
    "ranking": (
        "What drives the answer, strongest first, with 95 % intervals.",
        "Points with whiskers, one row per input.",
    ),
    "convergence": (
        "How the estimate of the cell with the widest interval settled with the number of battles.",
        "Curve.",
    ),
}


def interval(estimate: Estimate) -> tuple[str, str]:
    """``2.3`` and ``1.4 to 3.1``, with as many digits as the interval deserves; the second empty without one."""
    width = estimate.high - estimate.low
    if not math.isfinite(estimate.value):
        return "–", ""
    is_known = math.isfinite(width)
    digits = 1 - math.floor(math.log10(width)) if is_known and width > 0.0 else 1
    digits = min(max(0 if abs(estimate.value) >= 100.0 else 1, digits), 3)
    ends = f"{estimate.low:,.{digits}f} to {estimate.high:,.{digits}f}" if is_known else ""
    return f"{estimate.value:,.{digits}f}", ends


def page(study: Study) -> Page:
    """The report of a study with at least one run.

    Raises
    ------
    InputError
        If no run is stored yet. Pinned by ``tests/report/test_study_page.py``.
    """
    if not study.runs.height:
        raise InputError(f"{study.folder}: no run is stored yet; there is nothing to report.")
    asked, cells, _ = study.plan()
    ready = [checked(asked, cell) for cell in cells]
    rows = show.cell_rows(study)
    stood_on, sources = assumptions.blocks(
        [(one.scenario, one.catalogue) for one in ready[:60]], _driving_figures(study)
    )
    pictures = _figures(study)
    sections = [
        Section("setup", "Set-up", _setup(study, ready, cells)),
        Section("answer", "The answer", [*pictures["answer"], *_answer_blocks(study)]),
        Section("sure", "What drives it, and how sure it is", pictures["sure"]),
        Section("assumptions", "What it stands on", stood_on),
        Section("limits", "What it does not show", limits(NOT_SHOWN)),
        Section("repeat", "How to repeat it", _repeat(study)),
    ]
    if sources:
        sections.append(Section("sources", "Sources", [source_list(sources)]))
    text = str(study.manifest.get("study_text") or "")
    if text:
        sections.append(Section("file", "The study file", [Listing(text)]))
    return Page(
        kicker=f"Report of a study of {study.runs.height:,} battles", title=study.title,
        question=str(study.manifest["question"] or ""), numbers=_numbers(study, rows), answer=_answer(study, rows),
        caution="Intervals hold 95 %: Student's for means, Clopper-Pearson's for shares.", sections=sections,
        facts=facts(study.seed, None, _Identity(study.manifest)),
    )  # fmt: skip


class _Identity:
    """Engine and platform of a study, as a battle tells them."""

    def __init__(self, manifest: dict[str, Any]) -> None:
        self.engine_id = str(manifest["engine_id"])
        self.platform_id = ", ".join(str(one) for one in manifest["platform_ids"])


def _numbers(study: Study, rows: Sequence[dict[str, Any]]) -> list[Number]:
    if len(rows) > 1:
        made = [Number(f"{study.runs.height:,}", "battles"), Number(str(len(rows)), "cells")]
        return made + ([Number(str(study.n_samples), "readings of the data")] if study.n_samples else [])
    found = rows[0]["estimates"]
    threats = study.values("threats", 0)
    made = [Number(f"{threats.mean():,.0f}", "threats", "hostile")]
    for key, word, style in (
        ("leaked", "leaked on average", "leaked"), ("p_no_leaker", "chance that none leaks", "killed"),
        ("rounds", "rounds on average", "friend"),
    ):  # fmt: skip
        value, ends = interval(found[key])
        made.append(Number(value, word, style, ends))
    return made


def _answer(study: Study, rows: Sequence[dict[str, Any]]) -> list[str]:
    """The answer in sentences: the mean of one cell, the best and the worst of several, differences, doubt."""
    if len(rows) == 1:
        found = rows[0]["estimates"]
        (leaked, ends), (none, none_ends) = interval(found["leaked"]), interval(found["p_no_leaker"])
        text = f"On average {leaked} threats leak" + (f" ({ends})" if ends else "") + "."
        text += f" The chance that none does is {none}" + (f" ({none_ends})." if none_ends else ".")
        made = [text]
    else:
        ordered = sorted(rows, key=lambda row: row["estimates"]["leaked"].value)
        best, worst = ordered[0], ordered[-1]
        words = []
        for row in (best, worst):
            value, ends = interval(row["estimates"]["leaked"])
            words.append(f"{value}" + (f" ({ends})" if ends else "") + f" in {row['name']}")
        made = [f"Mean leakers range from {words[0]} to {words[1]}."]
        made += _differences(study)
    for row in show.sample_rows(study)[:3]:
        where = f"in {row['name']} " if len(rows) > 1 else ""
        made.append(
            f"Over {row['samples']} readings of the disputed figures the mean {where}lies between {row['p10']:.1f} and "
            f"{row['p90']:.1f} in eight of ten (median {row['median']:.1f})."
        )
    return made


def _differences(study: Study) -> list[str]:
    """Up to three sentences on the pairs that the study compares first."""
    if not any(cell["variant"] for cell in study.manifest["cells"]):
        return []
    try:
        rows = [row for row in compare.compare_rows(study) if row["column"] == "leaked"]
    except InputError:
        return []
    made = []
    for row in rows[:3]:
        d = row["difference"]
        has_ends = d["low"] is not None and d["high"] is not None
        is_clear = has_ends and (d["low"] > 0.0 or d["high"] < 0.0)
        more = "more" if d["value"] > 0 else "fewer"
        verb = f"leaks {abs(d['value']):.1f} {more}" if is_clear else "is not told apart"
        ends = f" (difference {d['low']:+.1f} to {d['high']:+.1f})" if has_ends else ""
        text = f"{row['b']} {verb} {'than' if is_clear else 'from'} {row['a']}{ends}"
        doubt = row.get("doubt")
        if doubt and doubt["samples"]:
            same = doubt["below_0"] if d["value"] < 0 else doubt["above_0"]
            text += f"; in {same} of {doubt['samples']} readings of the data the sign is the same"
        made.append(text + ".")
    return made


def _setup(study: Study, ready: Sequence[Checked], cells: Sequence[DesignCell]) -> list[Block]:
    first = ready[0]
    blocks: list[Block] = []
    factors = study.manifest["factors"]
    if len(ready) > 1:
        variants = list(dict.fromkeys(cell.variant for cell in cells if cell.variant))
        parts = [f"{factor['label']} ({_levels(study, factor['path'])})" for factor in factors]
        text = f"{many(len(ready), 'scenario')} were played"
        text += f", varying {', '.join(parts)}" if parts else ""
        text += f", as variants {', '.join(variants)}" if variants else ""
        blocks.append(Prose(f"{text}. The first one is described here."))
    blocks += described(first.scenario, first.catalogue, is_alone=False)
    picture = _map_of_first(study, first)
    if picture is not None:
        n_prose = next(n for n, block in enumerate([*blocks, None]) if not isinstance(block, Prose))
        blocks.insert(n_prose, picture)
    return blocks


def _levels(study: Study, path: str) -> str:
    levels = list(dict.fromkeys(str(cell["levels"].get(path)) for cell in study.manifest["cells"]))
    return ", ".join(levels) if len(levels) <= 8 else f"{levels[0]} to {levels[-1]}, {len(levels)} levels"


def _map_of_first(study: Study, first: Checked) -> Picture | None:
    """The raid as it flew in run 0 of the first cell; none where today's engine is not the stored one."""
    from parapet.analysis.replay import replay
    from parapet.export.making import scene

    try:
        battle, _ = replay(study, 0, 0, 0, "full")
    except ParapetError:
        return None
    made = scene(battle)
    if not made.of("threat"):
        return None
    groups = [(group.name, group.count, member_names(group)) for group in first.scenario.raid]
    return Picture(
        maps.raid(made, groups),
        "The raid as it flew in run 0 of the first scenario. Coastlines and borders: Natural Earth, as held on the "
        "ground; no position is taken on them.",
        f"Map of the raid: paths of {len(made.of('threat'))} threats.",
    )


def _answer_blocks(study: Study) -> list[Block]:
    """The table of cells, and where there are pairs or doubt, those too."""
    blocks: list[Block] = [_cells(study)]
    if study.n_samples:
        rows = [
            [Cell(row["name"]), Cell(str(row["samples"])),
             *(Cell("–" if row[key] is None else f"{row[key]:.2f}")
               for key in ("nominal", "p10", "median", "p90", "sd_between_samples", "sd_within_sample"))]
            for row in show.sample_rows(study)
        ]  # fmt: skip
        head = [
            "cell",
            "readings",
            "nominal",
            "10 %",
            "median",
            "90 %",
            "sd between readings",
            "sd of runs in one",
        ]
        caption = "Mean leakers over readings of the disputed figures: does the answer survive the doubt in the data?"
        blocks.append(Table(caption, head, rows, frozenset(range(1, 8))))
    if any(cell["variant"] for cell in study.manifest["cells"]):
        try:
            blocks += [
                block
                for block in from_rich(compare.render_comparison(study, compare.compare_rows(study)[:48]))
                if isinstance(block, Table)
            ]
            blocks.append(
                Prose(
                    "Differences are second minus first, with the same draws for both. 'Saved' says how many times "
                    "more battles independent draws would need.", style="note",
                )
            )  # fmt: skip
        except InputError:
            pass
    elif study.n_cells == 1:
        for one in show.closed_forms(study, show.cell_rows(study)).values():
            blocks += closed_form(one)
    return blocks


def closed_form(one: Beside) -> list[Block]:
    """The closed form of a study's only cell beside its battles: a paragraph, and where they differ a list."""
    mean, ends = interval(one.simulated)
    text = f"Closed form: {one.leakers:.1f} leakers. Simulated: {mean}" + (f" ({ends})" if ends else "")
    text += f", {one.simulated.n:,} runs."
    if one.agrees:
        return [Prose(f"{text} They agree.", style="note")]
    gap = one.leakers - one.simulated.value
    text += f" The closed form lies {'above' if gap > 0.0 else 'below'} by {abs(gap):.1f}."
    if one.leakers_with_rounds is not None:
        text += (
            f" Rounds: {one.battle_rounds_per_kill:.2f} for each kill in the battles, {one.rounds_per_kill:.2f} in the "
            f"closed form. With as many it would say {one.leakers_with_rounds:.1f}."
        )
    if not one.reasons:
        return [Prose(text, style="note")]
    return [Prose(f"{text} It leaves out:", style="note"), Bullets(one.reasons)]


def _cells(study: Study) -> Table:
    rows = show.cell_rows(study)
    closed = show.closed_forms(study, rows)
    columns = list(rows[0]["estimates"])
    head = [*(["scenario"] if study.n_cells > 1 else []), "battles"]
    right = [len(head) - 1]
    for name in columns:
        right.append(len(head))
        head += [show.TITLES.get(name, name.replace("_", " ")).replace("\n", " "), "95 %"]
    right.append(len(head))
    head.append("closed form")
    body = []
    for row in rows[: show.MAX_ROWS]:
        cells = [Cell(row["name"])] if study.n_cells > 1 else []
        cells.append(Cell(f"{row['runs']:,}"))
        for name in columns:
            value, ends = interval(row["estimates"][name])
            cells += [Cell(value, "leaked" if name == "leaked" else ""), Cell(ends, "quiet")]
        one = closed.get(row["cell"])
        cells.append(Cell("–" if one is None else f"{one.leakers:.1f}", "quiet"))
        body.append(cells)
    more = len(rows) - show.MAX_ROWS
    note = f"{more} more: parapet show --json." if more > 0 else ""
    caption = "Means with their intervals" + (" at nominal figures." if study.n_samples else ".")
    return Table(caption, head, body, frozenset(right), note=note, is_small=True)


def _figures(study: Study) -> dict[str, list[Block]]:
    """The figures that fit the study's design: those that answer, and those that say how surely."""
    from parapet.study.pictures import draw, drivers

    blocks: dict[str, list[Block]] = {"answer": [], "sure": []}
    with tempfile.TemporaryDirectory() as folder, rc_context({"text.parse_math": False}):
        for path in draw(study, Path(folder)):
            if path.suffix == ".svg":
                caption, alt = _CAPTIONS.get(path.stem, (path.stem.replace("-", " "), "Figure."))
                where = "sure" if path.stem in ("ranking", "convergence") else "answer"
                blocks[where].append(Picture(path.read_text(encoding="utf-8"), caption, alt))
    try:
        drivers(study)
    except InputError as error:
        blocks["sure"].append(Prose(f"What drives the answer cannot be said yet: {error}", style="note"))
    if not blocks["sure"]:
        blocks["sure"] = [Prose("So few battles do not show how the estimate settles; more would.")]
    return blocks


def _driving_figures(study: Study) -> list[str]:
    """Figures that the study found to drive the answer, strongest first."""
    from parapet.study.pictures import drivers

    if not study.n_samples:
        return []
    try:
        ranked = drivers(study)
    except InputError:
        return []
    if ranked is None:
        return []
    found: list[str] = []
    for group in ranked["input"].to_list():
        found += (
            study.inputs.filter(study.inputs["group"] == group)["figure"]
            .unique(maintain_order=True)
            .to_list()
        )
    return found


def _repeat(study: Study) -> list[Block]:
    m = study.manifest
    first = m["sessions"][0]
    command = str(first["command"]).partition(" ")[2]
    where = shlex.quote(str(study.folder))
    packages = ", ".join(f"{name} {version}" for name, version in first["packages"].items())
    rows = [
        ("study file", str(m["study_file"])), ("seed", str(m["seed"])), ("stopping rule", str(m["until"] or "none")),
        ("catalogue", str(m["catalogue"]["hash"])), ("engine", str(m["engine_id"])),
        ("platforms (arithmetic)", ", ".join(str(one) for one in m["platform_ids"])), ("packages", packages),
        ("begun", str(first["date"])),
    ]  # fmt: skip
    again = f"parapet run {where} --run 0" + (" --cell 0" if study.n_cells > 1 else "")
    return [
        Prose("The same file, seed and engine give the same battles to the bit:"),
        Listing(f"parapet {command}\nparapet report {where}"),
        Prose("Any one of them can be played and watched again:"),
        Listing(f"{again}\n{again.replace('parapet run', 'parapet report')}"),
        Table(
            "Identity of this study", ["what", "value"], [[Cell(name), Cell(value)] for name, value in rows]
        ),
    ]
