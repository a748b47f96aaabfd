"""Who is engaged when, with so many channels and so many rounds: a loss system whose arrivals are known, in the mean.

A raid comes in minutes, far from any steady state, so the share that finds no channel is no formula of averages. Here
every threat is offered to the channels at its own time, waits while it can still be met, keeps a channel for reaction,
fly-out and assessment, and is alive afterwards with the probability that the salvo missed. That share of it is offered
again. Nothing is drawn: shares of threats take shares of channels and of rounds, so the answer is a mean.
The closed form's own arithmetic (`parapet.study.estimate`), nothing of it is used in a battle.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from parapet.study.windows import Window

Numbers = NDArray[np.float64]

_SMALLEST: Final = 1e-6
"""A share of a threat that is not worth a channel."""


@dataclass(frozen=True, slots=True)
class Battery:
    """One system's means and rules.

    Attributes
    ----------
    channels
        Targets that each fire unit can engage at once.
    rounds
        Rounds of each fire unit.
    waste
        Engagements made for each one that is needed (two tracks of one threat); 1 without waste.
    is_once
        A salvo is all a threat gets, whatever came of it.
    """

    channels: Sequence[int]
    rounds: Sequence[float]
    reaction_s: float
    assessment_s: float
    salvo: int
    waste: float = 1.0
    is_once: bool = False


@dataclass(frozen=True, slots=True)
class Timetable:
    """What came of it: per threat the share alive and the share engaged at least once, and the rounds.

    `is_short`: some fire unit had no whole salvo left at the end.
    """

    alive: Numbers
    engaged: Numbers
    rounds: float
    is_short: bool


@dataclass(slots=True)
class _Piece:
    """A share of a threat that is to be engaged."""

    threat: int
    share: float
    is_first: bool


class _Desk:
    """The channels and rounds of a system as time goes on."""

    def __init__(self, battery: Battery, windows: Sequence[Window | None], alive: Numbers) -> None:
        self.battery = battery
        self.windows = windows
        self.free = [float(n) for n in battery.channels]
        self.left = [float(n) for n in battery.rounds]
        self.alive = alive
        self.engaged = np.zeros(len(windows))
        self.fired = 0.0
        self.waiting: list[_Piece] = []
        self.n_pushed = 0
        self.events: list[tuple[float, int, int, float, _Piece | None]] = []
        """(time, order, unit whose channel is free, share of a channel, who is offered)."""

    def push(self, time_s: float, unit: int, share: float, piece: _Piece | None) -> None:
        self.n_pushed += 1  # earlier ones first at equal times
        heapq.heappush(self.events, (time_s, self.n_pushed, unit, share, piece))

    def play(self) -> None:
        while self.events:
            now_s = self.events[0][0]
            while self.events and self.events[0][0] <= now_s:
                _, _, unit, share, piece = heapq.heappop(self.events)
                if unit >= 0:
                    self.free[unit] += share
                if piece is not None:
                    self.waiting.append(piece)
            if max(self.left) <= _SMALLEST:
                return  # nobody is engaged any more
            if max(self.free) <= _SMALLEST:
                continue
            # who can be met for the shortest time goes first
            self.waiting.sort(key=lambda piece: self._window(piece).last_launch_s)
            self.waiting = [piece for piece in self.waiting if self._begin(now_s, piece)]

    def _window(self, piece: _Piece) -> Window:
        window = self.windows[piece.threat]
        assert window is not None
        return window

    def _begin(self, now_s: float, piece: _Piece) -> bool:
        """Engage a piece if there are a channel and rounds; True if what is left of it goes on waiting."""
        battery, window = self.battery, self._window(piece)
        launch_s = now_s + (battery.reaction_s if piece.is_first else 0.0)
        k = int(np.searchsorted(window.launch_s, launch_s - 1e-9))
        if k >= window.launch_s.size:
            return False  # too late: it leaks
        while piece.share > _SMALLEST:
            able = [u for u in window.units if self.left[u] > _SMALLEST and self.free[u] > _SMALLEST]
            if not able:
                return True
            unit = max(able, key=lambda u: (min(self.free[u], piece.share), self.left[u], -u))
            if self.free[unit] < min(piece.share * battery.waste, 1.0) - _SMALLEST:
                return True  # a threat is not shared out among channels that are nearly full
            share = min(piece.share, self.left[unit] / (battery.salvo * battery.waste))
            self._engage(unit, share, piece, float(window.meet_s[k]) + battery.assessment_s)
            piece.share -= share
        return False

    def _engage(self, unit: int, share: float, piece: _Piece, end_s: float) -> None:
        battery, window = self.battery, self._window(piece)
        rounds = share * battery.salvo * battery.waste
        held = min(share * battery.waste, self.free[unit])
        self.left[unit] -= rounds
        self.fired += rounds
        self.free[unit] -= held
        if piece.is_first:
            self.engaged[piece.threat] += share
        missed = (1.0 - window.p_kill_shot) ** battery.salvo
        self.alive[piece.threat] -= share * (1.0 - missed)
        again = None
        if not battery.is_once and share * missed > _SMALLEST:
            again = _Piece(piece.threat, share * missed, is_first=False)
        self.push(end_s, unit, held, again)


def timetable(battery: Battery, windows: Sequence[Window | None], shares: Numbers) -> Timetable:
    """The mean course of a raid against one system.

    Parameters
    ----------
    windows
        Of each threat; None where it is never met.
    shares
        Of each threat, how much of it is left by others, 0 to 1.

    With one threat and one channel it is shoot-look-shoot; with more threats at one time than channels, the first ones
    are served and the others wait; with no patience and arrivals far apart nobody is lost. Pinned by
    ``test_estimate.test_timetable_*``.
    """
    desk = _Desk(battery, windows, np.array(shares, np.float64))
    for i, window in enumerate(windows):
        if window is not None and shares[i] > _SMALLEST:
            offered_s = window.first_launch_s - battery.reaction_s
            desk.push(offered_s, -1, 0.0, _Piece(i, float(shares[i]), is_first=True))
    desk.play()
    is_short = min(desk.left) < battery.salvo * battery.waste
    return Timetable(np.maximum(desk.alive, 0.0), desk.engaged, desk.fired, is_short)
