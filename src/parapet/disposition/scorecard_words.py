"""What a cell of the scorecard says, from its table and the readings. The page's script follows the same rules."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations, product
from typing import Any, Final

from parapet.disposition.scorecard_bargain import Outcome, Standing
from parapet.disposition.scorecard_law import ANSWERS, Answer, Table
from parapet.disposition.truth import NO, UNKNOWN, YES, Truth
from parapet.study.statistics import Estimate

SETTLING: Final = 2
"""At most so many readings are named as opening a gate together."""
CONSENT: Final = {YES: "needed", NO: "not needed", UNKNOWN: "perhaps"}


@dataclass(frozen=True)
class Cell:
    """What stands in a cell: the value decides its colour."""

    value: str
    text: str


def opening(
    table: Table, chosen: Mapping[str, str], wanted: Truth = YES
) -> list[tuple[tuple[str, str], ...]]:
    """Fewest answers to open readings that alone turn an unknown cell into yes, or no: single ones, or else pairs."""
    free = [name for name in table.readings if chosen.get(name, "open") == "open"]
    for n in range(1, SETTLING + 1):
        found = []
        for names in combinations(free, n):
            for number in range(2**n):
                answers = tuple("no" if number >> (n - 1 - k) & 1 else "yes" for k in range(n))
                pick = tuple(zip(names, answers, strict=True))
                if table.look_up({**chosen, **dict(pick)}).value is wanted:
                    found.append(pick)
        if found:
            return found
    return []


def condition(
    table: Table, chosen: Mapping[str, str], letters: Mapping[str, str], wanted: Truth = YES
) -> str:
    """``if A no`` or ``if A no, H no`` or nothing."""
    ways = [
        ", ".join(f"{letters[name]} {answer}" for name, answer in pick)
        for pick in opening(table, chosen, wanted)
    ]
    return f"if {' or '.join(ways[:2])}" + (" ..." if len(ways) > 2 else "") if ways else ""


def otherwise(table: Table, chosen: Mapping[str, str]) -> Truth:
    """What a cell that opens under some answers is under all others: no, or unknown where it is not always no."""
    ways = [dict(pick) for pick in opening(table, chosen)]
    free = [name for name in table.readings if chosen.get(name, "open") == "open"]
    every = (dict(zip(free, row, strict=True)) for row in product(ANSWERS[1:], repeat=len(free)))
    rest = {
        table.look_up({**chosen, **answers}).value
        for answers in every
        if not any(way.items() <= answers.items() for way in ways)
    }
    return NO if rest == {NO} else UNKNOWN


def unsettled(table: Table, chosen: Mapping[str, str], letters: Mapping[str, str]) -> str:
    """``if A no, else ?`` in two lines, or ``?``."""
    found = condition(table, chosen, letters)
    return f"{found},\nelse {'no' if otherwise(table, chosen) is NO else '?'}" if found else "?"


def caveat(dealing: Table | None, chosen: Mapping[str, str], letters: Mapping[str, str]) -> str:
    """What stands behind open relief where the same act is a new dealing: ``but new ones if G yes``."""
    if dealing is None:
        return ""
    if dealing.look_up(chosen).value is NO:
        return ",\nbut new ones"
    found = condition(dealing, chosen, letters, NO)
    return f",\nbut new ones\n{found}" if found else ""


def unbroken(text: str) -> str:
    """The same with reading and answer, ``A no``, on one line."""
    return re.sub(r"\b([A-Z]) (yes|no)\b", "\\1\N{NO-BREAK SPACE}\\2", text)


def gate(
    table: Table,
    chosen: Mapping[str, str],
    letters: Mapping[str, str],
    is_in_force: bool = True,
    dealing: Table | None = None,
) -> Cell:
    """A gate of the law; with a table of new dealings what those make of relief."""
    if not is_in_force:
        return Cell("none", "not law yet")
    value = table.look_up(chosen).value
    text = str(value) if value is not UNKNOWN else unsettled(table, chosen, letters)
    return Cell(str(value), text + (caveat(dealing, chosen, letters) if value is not NO else ""))


def consent(table: Table, chosen: Mapping[str, str], letters: Mapping[str, str]) -> Cell:
    """Whether somebody must consent."""
    value = table.look_up(chosen).value
    hint = condition(table, chosen, letters) if value is UNKNOWN else ""
    return Cell(str(value), hint or CONSENT[value])


def given(
    table: Table, chosen: Mapping[str, str], letters: Mapping[str, str], dealing: Table | None = None
) -> Cell:
    """Something given in return: the first lawful day, or what it hangs on; see `gate`."""
    answer = table.look_up(chosen)
    more = caveat(dealing, chosen, letters)
    if answer.value is NO:
        return Cell("no", "no")
    if answer.value is YES:
        return Cell("yes", day(answer.earliest) + more)
    return Cell("unknown", f"{unsettled(table, chosen, letters)}\n{day(answer.possible)}{more}")


def day(when: date | None) -> str:
    """``2 Oct 2026`` that no line break parts, or nothing."""
    return f"{when.day}\N{NO-BREAK SPACE}{when:%b}\N{NO-BREAK SPACE}{when.year}" if when else ""


def whole_percent(values: Iterable[float]) -> str:
    """``51 %``, or ``0 to 49 %`` where it hangs on open readings."""
    rounded = sorted({int(100.0 * value + 0.5) for value in values})
    if not rounded:
        return "-"
    return f"{rounded[0]} %" if len(rounded) == 1 else f"{rounded[0]} to {rounded[-1]} %"


def values_of(outcomes: Sequence[Outcome], kind: str) -> list[float]:
    """The share of the state that stands for each outcome: ``lasting`` or ``reached``; 0 where no state is feasible."""
    field = "stable" if kind == "lasting" else "reached"
    found: list[Standing | None] = [getattr(one, kind) for one in outcomes]
    return [0.0 if one is None else getattr(one, field).value for one in found]


def losers(outcomes: Sequence[Outcome]) -> str:
    """Who loses by the best joint move, where nothing else leads there and open readings leave no doubt of it."""
    if any(one.is_status_quo for one in outcomes) or max(values_of(outcomes, "reached"), default=0.0) > 0.0:
        return ""
    found = {one.package.loses if one.package else None for one in outcomes}
    if found == {None}:
        return "no joint move"
    if len(found) > 1:
        return "losers hang on readings"
    names = found.pop() or ()
    return "loses: " + ", ".join(names) if names else "nobody loses"


def range_of(low: float, high: float) -> str:
    """``0 to 38,222``, or ``0``."""
    ends = dict.fromkeys((number(low), number(high)))
    return " to ".join(ends)


def number(value: float, digits: int = 0) -> str:
    """A number with thousands set apart."""
    return f"{value:,.{digits}f}"


def mean_of(estimate: Estimate, digits: int = 1) -> str:
    """``6.6``, or ``44`` where all runs agree on a whole number."""
    text = f"{estimate.value:.{digits}f}"
    return text.removesuffix("." + "0" * digits) if digits else text


def interval_of(estimate: Estimate, digits: int = 1, is_constant: bool = False) -> str:
    """``4.9 to 8.4``; "the same in every run" where nothing varies."""
    if is_constant:
        return "the same in every run"
    return f"{estimate.low:.{digits}f} to {estimate.high:.{digits}f}"


def share_of(estimate: Estimate) -> str:
    """``80 %``."""
    return f"{100.0 * estimate.value:.0f} %"


def compact(table: Table, names: Sequence[str]) -> dict[str, Any]:
    """A table for the page's script: readings by number, distinct answers, and a letter for each combination."""
    distinct = list(dict.fromkeys(table.answers))
    return {
        "r": [names.index(name) for name in table.readings],
        "a": [_answer(answer) for answer in distinct],
        "i": "".join(chr(48 + distinct.index(answer)) for answer in table.answers),
    }


def _answer(answer: Answer) -> list[str]:
    return [str(answer.value)[0], day(answer.earliest), day(answer.possible)]


def pruned(table: Table) -> Table:
    """The same table without readings that change nothing."""
    for k in range(len(table.readings)):
        rest = table.readings[:k] + table.readings[k + 1 :]
        size = len(ANSWERS) ** (len(table.readings) - 1 - k)
        block = size * len(ANSWERS)
        parts = [
            [
                table.answers[i + d * size + j]
                for i in range(0, len(table.answers), block)
                for j in range(size)
            ]
            for d in range(len(ANSWERS))
        ]
        if parts[0] == parts[1] == parts[2]:
            return pruned(Table(rest, tuple(parts[0])))
    return table
