"""How good the tracks were: delay, continuity, errors and pattern distances, from a battle recorded in full.

Truth and tracks are compared once a second, where the record has both; tracks are carried forward to that second in a
straight line. Sources: Bar-Shalom, Li, Kirubarajan 2001 (errors); Rahmathullah 2017, Schuhmacher 2008 (distances).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from parapet.analysis.outcomes import Played, median
from parapet.engine import codes
from parapet.engine.recording import FAMILY_SEARCH_TRACK, FAMILY_THREAT
from parapet.engine.scoring import STRAY_M
from parapet.engine.state import TOTAL_NEES_N, TOTAL_NEES_SUM
from parapet.errors import InputError

if TYPE_CHECKING:
    import polars as pl

Floats = NDArray[np.float64]

CUTOFF_M = STRAY_M
"""Farther off than this a track is not of that truth: a missed truth and a false track instead."""
ORDER = 1.0


@dataclass(frozen=True, slots=True)
class ThreatQuality:
    """The tracks of one threat. None where there is nothing to measure."""

    name: str
    type: str
    delay_s: float | None
    """First plot to first firm track."""
    n_tracks: int
    """Different firm search tracks it had; more than one in a picture: the track was lost and begun anew."""
    seconds: int
    """Seconds from the first firm track to the end of the threat (or of the battle)."""
    seconds_tracked: int
    """Of these, with a firm track of it within the cut-off in some picture."""
    rmse_m: float | None
    """Root mean square of the position error of its tracks within the cut-off."""
    strays: int
    """Track-seconds farther off than the cut-off: its tracks, but lost in a turn or mixed up with a neighbour."""

    @property
    def continuity(self) -> float | None:
        """Share of the time from the first firm track to the end in which a firm track of it exists."""
        return self.seconds_tracked / self.seconds if self.seconds else None


@dataclass(frozen=True)
class Quality:
    """Track quality of one battle; printed, a table by type of threat."""

    threats: tuple[ThreatQuality, ...]
    rmse_m: float | None
    """Root mean square position error, over all seconds and tracks of flying threats, within the cut-off."""
    strays: int
    """Track-seconds of flying threats beyond the cut-off."""
    nees: float | None
    """Mean normalised estimation error squared of tracks with a plot in the last 2 s and within 5 km, each capped at
    1,000; six if consistent."""
    gospa_m: float | None
    """Mean over the seconds in which there is something to see. Truths: what flies and has been seen once."""
    ospa_m: float | None
    missed: float | None
    """Truths without a track within the cut-off, mean over these seconds."""
    false: float | None
    """Tracks without a truth within the cut-off, mean over these seconds."""
    cutoff_m: float
    order: float

    @property
    def delay_s(self) -> float | None:
        """Median initiation delay of the threats that were tracked."""
        return delay_of(self.threats)

    @property
    def continuity(self) -> float | None:
        """Over all threats that were tracked, weighted by their time."""
        return continuity_of(self.threats)

    @cached_property
    def table(self) -> pl.DataFrame:
        """One row per threat of the raid."""
        import polars as pl

        names = [field.name for field in fields(ThreatQuality)]
        schema = {
            "name": pl.String, "type": pl.String, "delay_s": pl.Float64, "n_tracks": pl.Int64, "seconds": pl.Int64,
            "seconds_tracked": pl.Int64, "rmse_m": pl.Float64, "strays": pl.Int64, "continuity": pl.Float64,
        }  # fmt: skip
        rows = [{name: getattr(one, name) for name in (*names, "continuity")} for one in self.threats]
        return pl.DataFrame(rows, schema=schema)

    def by_type(self) -> list[tuple[str, list[ThreatQuality]]]:
        """The threats by type, in the order in which types first appear."""
        groups: dict[str, list[ThreatQuality]] = {}
        for one in self.threats:
            groups.setdefault(one.type, []).append(one)
        return list(groups.items())

    def __str__(self) -> str:
        lines = [f"{'type':<18}{'tracked':>10}{'delay':>9}{'continuity':>12}{'RMSE':>9}{'strays':>9}"]
        groups = [*self.by_type(), ("all", list(self.threats))]
        for name, group in groups:
            tracked = sum(one.seconds > 0 for one in group)
            lines.append(
                f"{name:<18}{f'{tracked} of {len(group)}':>10}{number(delay_of(group), 1, ' s'):>9}"
                f"{percent(continuity_of(group)):>12}{number(rmse_of(group), 0, ' m'):>9}"
                f"{f'{sum(one.strays for one in group)} s':>9}"
            )
        lines.append(
            f"NEES {number(self.nees, 1)} (consistent: 6); GOSPA {number(self.gospa_m, 0, ' m')}, OSPA "
            f"{number(self.ospa_m, 0, ' m')} (cut-off {self.cutoff_m:,.0f} m, order {self.order:g}); on average "
            f"{number(self.missed, 2)} missed, {number(self.false, 2)} false; strays: seconds of tracks farther off"
        )
        return "\n".join(lines)


def number(value: float | None, digits: int, unit: str = "") -> str:
    """A number for people, ``-`` for none."""
    return "-" if value is None else f"{value:,.{digits}f}{unit}"


def percent(value: float | None) -> str:
    """A share for people."""
    return "-" if value is None else f"{100.0 * value:.0f} %"


def delay_of(threats: Iterable[ThreatQuality]) -> float | None:
    """Median initiation delay."""
    return median([one.delay_s for one in threats if one.delay_s is not None])


def continuity_of(threats: Sequence[ThreatQuality]) -> float | None:
    """Seconds with a firm track over seconds since the first one."""
    seconds = sum(one.seconds for one in threats)
    return sum(one.seconds_tracked for one in threats) / seconds if seconds else None


def rmse_of(threats: Iterable[ThreatQuality]) -> float | None:
    """Root of the mean of squares, each threat weighted by the seconds it was tracked."""
    known = [(one.rmse_m, one.seconds_tracked) for one in threats if one.rmse_m is not None]
    n = sum(seconds for _, seconds in known)
    return math.sqrt(sum(rmse * rmse * seconds for rmse, seconds in known) / n) if n else None


def quality(played: Played, cutoff_m: float = CUTOFF_M, order: float = ORDER, picture: int = 0) -> Quality:
    """Track quality of a battle recorded in full.

    Parameters
    ----------
    cutoff_m, order
        Of GOSPA and OSPA, above 0.
    picture
        Whose picture GOSPA and OSPA look at: 0 is the first command post's. Everything else looks at all pictures.

    Raises
    ------
    InputError
        If the battle was not recorded in full, or cut-off or order are not above 0.
    """
    if int(played.world.clock.record) < codes.RECORD_FULL:
        raise InputError(
            "Track quality needs positions, and this battle was not recorded in full. Play it again with "
            'record="full": parapet.run(FILE, record="full").quality().'
        )
    if not (cutoff_m > 0.0 and order > 0.0):
        raise InputError(f"cutoff_m and order must be above 0, got {cutoff_m} and {order}.")
    seconds = _seconds(played.log.sample)
    tracks: dict[int, set[tuple[int, int]]] = {}
    since: dict[int, int] = {}
    covered: dict[int, int] = {}
    errors: dict[int, list[float]] = {}
    strays: dict[int, int] = {}
    score = played.log.score
    distances = []
    for t_s, truth, track in seconds:
        where = {int(row["i"]): row for row in truth}
        near = set()
        for row in track:
            i = int(row["b"])
            if i >= 0:
                tracks.setdefault(i, set()).add((int(row["a"]), int(row["i"])))
            if i not in where:
                continue
            error2 = float(np.sum((_place(row) - _place(where[i])) ** 2))
            if error2 <= cutoff_m * cutoff_m:
                near.add(i)
                errors.setdefault(i, []).append(error2)
            else:
                strays[i] = strays.get(i, 0) + 1
        for i in where:
            if float(score[i]["first_track_s"]) <= t_s:
                since[i] = since.get(i, 0) + 1
                covered[i] = covered.get(i, 0) + (i in near)
        seen = [_place(row) for i, row in where.items() if float(score[i]["first_detection_s"]) <= t_s]
        mine = [_place(row) for row in track if int(row["a"]) == picture]
        if seen or mine:
            distances.append(pattern_distances(_stack(seen), _stack(mine), cutoff_m, order))
    names = played.names
    threats = tuple(
        ThreatQuality(
            names.threats[i],
            names.threat_types[i],
            _delay(score[i]),
            len(tracks.get(i, ())),
            since.get(i, 0),
            covered.get(i, 0),
            math.sqrt(sum(errors[i]) / len(errors[i])) if i in errors else None,
            strays.get(i, 0),
        )
        for i in range(names.n_raid)
    )
    every = [error for one in errors.values() for error in one]
    n_scored = float(played.log.total[TOTAL_NEES_N])
    means = [float(value) for value in np.mean(distances, axis=0)] if distances else [None] * 4
    gospa_m, ospa_m, missed, false = means
    return Quality(
        threats,
        math.sqrt(sum(every) / len(every)) if every else None,
        sum(strays.values()),
        float(played.log.total[TOTAL_NEES_SUM]) / n_scored if n_scored else None,
        gospa_m,
        ospa_m,
        missed,
        false,
        cutoff_m,
        order,
    )


def pattern_distances(
    truths: Floats, tracks: Floats, cutoff_m: float = CUTOFF_M, order: float = ORDER
) -> tuple[float, float, int, int]:
    """GOSPA (alpha 2) and OSPA of two sets of places, m, and how many truths are missed and tracks false.

    Parameters
    ----------
    truths, tracks
        (n, 3) and (m, 3), m; either may be empty.
    """
    from scipy.optimize import linear_sum_assignment

    from parapet.physics.estimation import gospa, ospa

    n, m = len(truths), len(tracks)
    cost, n_pairs = 0.0, 0
    if n and m:
        apart = np.linalg.norm(truths[:, None, :] - tracks[None, :, :], axis=2)
        rows, cols = linear_sum_assignment(np.minimum(apart, cutoff_m) ** order)
        near = apart[rows, cols]
        near = near[near < cutoff_m]
        cost, n_pairs = float((near**order).sum()), len(near)
    return (
        float(gospa(cost, n_pairs, n, m, cutoff_m, order)),
        float(ospa(cost, n_pairs, n, m, cutoff_m, order)),
        n - n_pairs,
        m - n_pairs,
    )


def _seconds(sample: Any) -> list[tuple[float, Any, Any]]:
    """Times of the record, in order, with the samples of threats and of search tracks at each."""
    order = np.argsort(sample["t_s"], kind="stable")
    table = sample[order]
    times, starts = np.unique(table["t_s"], return_index=True)
    result = []
    for t_s, part in zip(times, np.split(table, starts[1:]), strict=True):
        family = part["family"]
        result.append((float(t_s), part[family == FAMILY_THREAT], part[family == FAMILY_SEARCH_TRACK]))
    return result


def _place(row: Any) -> Floats:
    return np.array([row["x_m"], row["y_m"], row["z_m"]], dtype=np.float64)


def _stack(places: list[Floats]) -> Floats:
    return np.array(places, dtype=np.float64).reshape(-1, 3)


def _delay(score: Any) -> float | None:
    delay = float(score["first_track_s"]) - float(score["first_detection_s"])
    return delay if math.isfinite(delay) else None
