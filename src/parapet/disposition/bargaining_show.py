"""A `Bargain` for a person: what is stable, what is reached, who gains by a package, and what it hangs on."""

from __future__ import annotations

from collections.abc import Sequence
from io import StringIO
from typing import TYPE_CHECKING, Any, Final

from rich.console import Console, Group, RenderableType
from rich.text import Text

from parapet.disposition.graph_model import COALITION_CONCEPTS, CONCEPTS
from parapet.tables import table_of

if TYPE_CHECKING:
    from parapet.disposition.bargaining_result import Bargain, Package, Shares, StateResult

WIDTH: Final = 118
MAX_STATES: Final = 12
"""Rows of the table of states, unless more are stable under R or SEQ."""
MIN_SHARE: Final = 0.01
MAX_PACKAGES: Final = 10
MAX_HINGES: Final = 12
WARNING: Final = (
    "Preferences are assumptions unless the file says otherwise; the result holds under them only. "
    "No forecast, no legal advice."
)


def as_text(found: Bargain) -> str:
    """The result as plain text."""
    stream = StringIO()
    Console(file=stream, width=WIDTH, no_color=True, highlight=False).print(render(found))
    return stream.getvalue()


def render(found: Bargain, has_sources: bool = False) -> RenderableType:
    """The result for a terminal."""
    parts: list[RenderableType] = [*_head(found), _states(found), *_reach(found), *_packages(found)]
    if found.shares is not None:
        parts += _hinges(found, found.shares)
    parts += [Text(), _wants(found, has_sources)]
    if found.pressure:
        parts += [Text("Pressure without a move of its own:", style="bold")]
        parts += [Text(f"  {one}", style="dim") for one in found.pressure]
    parts += [Text(), Text(WARNING, style="italic")]
    return Group(*parts)


def _head(found: Bargain) -> list[RenderableType]:
    parts: list[RenderableType] = [Text(found.title, style="bold")]
    if found.question:
        parts.append(Text(found.question, style="italic"))
    line = f"{', '.join(found.makers)}: {found.n_combinations:,} combinations, {len(found.states)} can be. "
    parts.append(
        Text(f"{line}Status quo: {found.status_quo}." + (f" As of {found.as_of}." if found.as_of else ""))
    )
    if found.readings:
        shown = ", ".join(f"{name}={'true' if value else 'false'}" for name, value in found.readings.items())
        parts.append(Text(f"Readings: {shown}", style="dim"))
    if not found.is_assumed_order:
        parts.append(
            Text(f"Shown under the plausible order {found.order:,}, not the assumed one.", style="yellow")
        )
    return [*parts, Text()]


def _states(found: Bargain) -> RenderableType:
    shares = found.shares
    shown, n_left = _worth_showing(found)
    table = table_of("What is stable for everybody, and whether anything leads there")
    table.add_column("state", overflow="fold")
    has_coalitions = "CR" in found.states[0].is_equilibrium
    for name in CONCEPTS:
        table.add_column(name, justify="center")
    if has_coalitions:
        table.add_column("coalitions", overflow="fold")
    table.add_column("from the\nstatus quo")
    if shares is not None:
        table.add_column("R", justify="right")
        table.add_column("SEQ", justify="right")
        table.add_column("SEQ and\nreached", justify="right")
    for state in shown:
        is_here = state.label == found.status_quo
        row: list[Any] = [Text(state.label, style="bold" if is_here else "")]
        row += ["x" if state.is_equilibrium[name] else Text("-", style="dim") for name in CONCEPTS]
        if has_coalitions:
            row.append(_coalitions(state))
        row.append(_way(state, is_here))
        if shares is not None:
            row += [
                _percent(shares.equilibrium["R"][state.label].value),
                _percent(shares.equilibrium["SEQ"][state.label].value),
                _percent(shares.reached_and_stable[state.label].value),
            ]
        table.add_row(*row)
    notes = [
        "x: stable for everybody under the assumed order. Coalitions: for every coalition as well.",
        "-: no sequence of moves leads there in which each improves it for the one who makes it.",
    ]
    if n_left:
        notes.append(f"{n_left} more are stable under GMR or SMR only: see --json.")
    if shares is not None and shares.n_all > 1:
        of = f"all {shares.n:,}" if shares.is_all else f"{shares.n:,} drawn of {shares.n_all:,}"
        width = max(e.half_width for row in shares.equilibrium.values() for e in row.values())
        exact = "" if shares.is_all else f", each +- {100.0 * width:.0f} points at most"
        notes.append(f"On the right: share of the plausible orders ({of}{exact}).")
        notes.append("Every order counts the same; a share is no probability.")
    return Group(table, *(Text(note, style="dim") for note in notes))


def _worth_showing(found: Bargain) -> tuple[list[StateResult], int]:
    """States for the table, and how many that are only just stable are left out."""
    just, shown = [], []
    for state in found.states:
        stable = {name for name, holds in state.is_equilibrium.items() if holds}
        share = 0.0 if found.shares is None else found.shares.reached_and_stable[state.label].value
        share = max(
            share, 0.0 if found.shares is None else found.shares.equilibrium["SEQ"][state.label].value
        )
        if stable - {"GMR", "SMR"} or state.improvements is not None or share >= MIN_SHARE:
            shown.append(state)
        elif stable:
            just.append(state)
    if len(shown) + len(just) > MAX_STATES:
        return shown, len(just)
    return [state for state in found.states if state in shown or state in just], 0


def _coalitions(state: StateResult) -> Text:
    names = [name[1:] for name in COALITION_CONCEPTS if state.is_equilibrium[name]]
    return Text("all" if len(names) == len(COALITION_CONCEPTS) else " ".join(names) or "-")


def _way(state: StateResult, is_here: bool) -> str:
    if is_here:
        return "here"
    if state.improvements is not None:
        n = len(state.improvements)
        return f"{n} improvement{'s' * (n > 1)}"
    return "-"


def _percent(share: float) -> Text:
    if share == 0.0:
        return Text("0 %", style="dim")
    text = f"{100.0 * share:.0f} %"
    return Text("<1 %" if text == "0 %" else ">99 %" if text == "100 %" and share < 1.0 else text)


def _reach(found: Bargain) -> list[RenderableType]:
    reached = found.reached("SEQ")
    others = [label for label in reached if label != found.status_quo]
    parts: list[RenderableType] = [Text()]
    if others:
        for label in others:
            steps = found.state(label).improvements or ()
            way = ", then ".join(f"{step.maker} to {step.state}" for step in steps)
            parts.append(Text(f"Improvements lead to {label}: {way}."))
    elif found.status_quo in reached:
        parts.append(
            Text("No sequence of improvements leads out of the status quo to another equilibrium (SEQ).")
        )
    else:
        parts.append(Text("No sequence of improvements leads from the status quo to an equilibrium (SEQ)."))
    if found.shares is not None and found.shares.n_all > 1:
        there = sorted(
            ((e.value, label) for label, e in found.shares.reached_and_stable.items()
             if label != found.status_quo and e.value > 0.0), reverse=True,
        )  # fmt: skip
        shown = "; ".join(f"{label} {_percent(value)}" for value, label in there[:4])
        line = (
            f"In {_percent(found.shares.elsewhere.value)} of the plausible orders improvements lead elsewhere"
        )
        parts.append(Text(line + (f": {shown}." if shown else ".")))
        if "CR" in found.shares.equilibrium:
            alone = found.shares.equilibrium["R"][found.status_quo].value
            joint = found.shares.equilibrium["CR"][found.status_quo].value
            parts.append(
                Text(
                    f"Nobody alone would leave the status quo in {_percent(alone)} of them, "
                    f"no coalition in {_percent(joint)}."
                )
            )
    return parts


def _packages(found: Bargain) -> list[RenderableType]:
    if not found.packages:
        return [Text(), Text("No joint move improves the status quo for all but one or two.")]
    one = min(len(package.loses) for package in found.packages)
    table = table_of(f"Joint moves by which {('nobody', 'one', 'two')[one]} {'lose' if one == 2 else 'loses'}")
    of_one = [package for package in found.packages if len(package.loses) == one]
    for name in ("to", "gains", "loses", "must act", "stable (SEQ)"):
        table.add_column(
            name, overflow="fold", ratio=2 if name == "to" else 1 if name != "stable (SEQ)" else None
        )
    for package in of_one[:MAX_PACKAGES]:
        table.add_row(
            package.state,
            *_who(package, found),
            ", ".join(package.acts),
            "yes" if package.is_stable else "no",
        )
    parts: list[RenderableType] = [Text(), table]
    left = len(found.packages) - len(of_one[:MAX_PACKAGES])
    if left:
        parts.append(Text(f"{left} more, by which up to two lose, in --json.", style="dim"))
    note = "Who loses and must act as well (*) holds the key and has to be paid."
    if found.shares is not None and found.shares.n_all > 1:
        note += " In brackets: in how many orders, if not in all."
    return [*parts, Text(note, style="dim")]


def _who(package: Package, found: Bargain) -> tuple[str, str]:
    is_open = found.shares is not None and found.shares.n_all > 1

    def told(makers: Sequence[str], shares: Any) -> str:
        return ", ".join(
            maker + ("*" if maker in package.holders else "")
            + (f" ({_percent(shares[maker])})" if is_open and 0.0 < shares[maker] < 1.0 else "") for maker in makers
        ) or "nobody"  # fmt: skip

    return told(package.gains, package.p_gains), told(package.loses, package.p_loses)


def _hinges(found: Bargain, shares: Shares) -> list[RenderableType]:
    if not shares.hinges:
        return []
    table = table_of("What the answer hangs on")
    table.add_column("decision maker")
    table.add_column("open question: answer", overflow="fold", ratio=1)
    table.add_column("status quo holds (R)", justify="right")
    table.add_column("leads elsewhere", justify="right")
    for hinge in shares.hinges[:MAX_HINGES]:
        table.add_row(hinge.maker, hinge.question, _percent(hinge.p_status_quo), _percent(hinge.p_elsewhere))
    return [Text(), table]


def _wants(found: Bargain, has_sources: bool) -> RenderableType:
    lines: list[RenderableType] = [Text("What each wants, most important first:", style="bold")]
    for maker in found.makers:
        mine = [want for want in found.wants if want.maker == maker]
        mark = "assumed" if mine[0].is_assumption else "as published"
        lines.append(Text(f"  {maker} ({mark})"))
        for want in mine:
            other = f"  [or: {'; '.join(want.readings[1:])}]" if len(want.readings) > 1 else ""
            lines.append(Text(f"    {want.place}. {want.readings[0]}{other}"))
            if has_sources:
                lines.append(
                    Text(f"       {want.source}" + (f" ({want.note})" if want.note else ""), style="dim")
                )
    return Group(*lines)


def render_readings(results: Sequence[Bargain]) -> RenderableType:
    """State by state: under how many combinations of readings it is stable or reached, and what those share."""
    first = results[0]
    switched = [name for name in first.readings if len({one.readings[name] for one in results}) > 1]
    labels = list(dict.fromkeys(state.label for one in results for state in one.states))
    table = table_of(f"{first.title}: under {len(results)} combinations of readings")
    table.add_column("state", overflow="fold")
    for head in ("feasible", "Nash (R)", "SEQ", "SEQ and\nreached"):
        table.add_column(head, justify="right")
    table.add_column("where it is Nash, always", overflow="fold", ratio=1)
    for label in labels:
        there = [one for one in results if any(state.label == label for state in one.states)]
        nash = [one for one in there if one.state(label).is_equilibrium["R"]]
        seq = [one for one in there if one.state(label).is_equilibrium["SEQ"]]
        reached = [one for one in seq if one.state(label).improvements is not None]
        if not nash and not seq:
            continue
        common = [
            f"{name}={'true' if nash[0].readings[name] else 'false'}" for name in switched
            if nash and len({one.readings[name] for one in nash}) == 1
        ]  # fmt: skip
        table.add_row(label, *(str(len(group)) for group in (there, nash, seq, reached)), "\n".join(common))
    return Group(table, Text(), Text(WARNING, style="italic"))
