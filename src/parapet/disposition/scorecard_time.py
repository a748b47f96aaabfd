"""The ledger as a time line for the scorecard: a lane for each actor, a mark for each statement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from parapet.disposition.statements import Ledger

LEFT: Final = 116.0
WIDTH: Final = 1240.0
RIGHT: Final = 14.0
LANE: Final = 34.0
TOP: Final = 22.0
NEAR: Final = 9.0
"""Marks closer than this are put one above the other."""
LEVELS: Final = (0.0, -10.0, 10.0)


@dataclass(frozen=True)
class Mark:
    """One statement."""

    id: str
    x: float
    y: float
    status: str
    known: str
    title: str
    is_denied: bool


@dataclass(frozen=True)
class TimeLine:
    """Marks, lanes and years in the units of the picture."""

    width: float
    height: float
    marks: tuple[Mark, ...]
    lanes: tuple[tuple[str, float], ...]
    years: tuple[tuple[int, float], ...]
    first: date
    last: date

    def x(self, day: date) -> float:
        """Where a day stands."""
        share = (day - self.first).days / max((self.last - self.first).days, 1)
        return LEFT + share * (self.width - LEFT - RIGHT)


def time_line(ledger: Ledger) -> TimeLine:
    """Every statement of a ledger, at the day it became known."""
    days = [one.known.last for one in ledger.statements]
    first, last = date(min(days).year, 1, 1), date(max(days).year, 12, 31)
    names = list(dict.fromkeys(actor.lane for actor in ledger.vocabulary.actors.values()))
    lanes = tuple((name, TOP + LANE * (k + 0.5)) for k, name in enumerate(names))
    empty = TimeLine(WIDTH, TOP + LANE * len(names) + 8.0, (), lanes, (), first, last)
    height = dict(lanes)
    taken: dict[tuple[str, float], float] = {}
    marks = []
    for one in sorted(ledger.statements, key=lambda s: (s.known.last, s.id)):
        lane = ledger.vocabulary.actors[one.actor].lane
        x = empty.x(one.known.last)
        level = next((lv for lv in LEVELS if x - taken.get((lane, lv), -NEAR) >= NEAR), None)
        if level is None:
            level = min(LEVELS, key=lambda lv: taken[lane, lv])
            x = max(x, taken[lane, level] + NEAR * 0.6)
        taken[lane, level] = x
        title = f"{one.known.short} {ledger.speaker(one)}: {one.text}"
        marks.append(
            Mark(
                one.id,
                round(x, 1),
                height[lane] + level,
                one.status,
                one.known.last.isoformat(),
                title,
                one.denied,
            )
        )
    years = tuple((year, round(empty.x(date(year, 1, 1)), 1)) for year in range(first.year, last.year + 1))
    return TimeLine(empty.width, empty.height, tuple(marks), lanes, years, first, last)
