"""When a study has enough runs, decided so that the interval still covers what it says.

Looking at an interval again and again and stopping when it looks good makes it cover less than it claims. Three things
keep it honest here. The looks are at fixed checkpoints, always the same prefixes of the run index, so the number of
runs depends on the seed only: not on workers, an interrupted study or who finished first. The interval that decides,
and that is reported, is made at `LOOK_LEVEL` instead of 95 %. And a mean is judged as if two more runs had come out as
far off as the farthest one yet, because an early lucky streak without spread is what ends a study too soon.
The coverage that results stands on the trust page (`validation/coverage.py`).
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator
from itertools import count
from typing import Final

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from parapet.errors import InputError
from parapet.study.statistics import LEVEL, Estimate, Kind, numbers, share, student

LOOK_LEVEL: Final = 0.96
"""Confidence of each look's interval. With it, nowhere was the coverage of a stopped proportion found below 94.9 %."""

N_LEAST: Final[dict[Kind, int]] = {"proportion": 20, "mean": 50}
"""Runs before the first look."""

_STEPS: Final = (10, 15, 20, 30, 50, 70)
_N_PSEUDO: Final = 2


def _series(kind: Kind) -> Iterator[int]:
    for power in count():
        for step in _STEPS:
            n = step * 10**power
            if n >= N_LEAST[kind]:
                yield n


def checkpoints(n_max: int, kind: Kind = "proportion") -> list[int]:
    """Run counts at which a study is looked at, up to and with `n_max`: 20, 30, 50, 70, 100, 150, 200, 300 ...

    A mean begins at 50. Each is some 1.4 times the one before. All but the last do not depend on `n_max`, so a study
    that is given more runs later looks at the same places. `n_max` itself ends a study whether or not its interval is
    narrow enough. Nothing below 1 run. Pinned by ``test_sequential.test_checkpoints``.

    Raises `InputError` if `n_max` is below 1.
    """
    if n_max < 1:
        raise InputError(f"A study needs at least one run; got {n_max}.")
    looks: list[int] = []
    for n in _series(kind):
        if n >= n_max:
            break
        looks.append(n)
    return [*looks, n_max]


def estimate(values: ArrayLike, kind: Kind, look_level: float = LOOK_LEVEL) -> Estimate:
    """The estimate with the interval that holds although it was looked at before: 95 % with stopping.

    A proportion gets Clopper-Pearson, a mean Student with two runs more that lie as far from the mean as the farthest
    one (for whole numbers at least one unit). Wider than `statistics.mean` by about 5 % in a large sample. Fewer than
    two runs give an infinite interval of a mean. Pinned by ``test_sequential.test_estimate_is_wider``.
    """
    if kind == "proportion":
        found = share(values, level=look_level)
        return Estimate(found.value, found.low, found.high, found.n, "Clopper-Pearson, with stopping", LEVEL)
    row = numbers(values)
    n = row.size
    method = "Student, with stopping"
    if n < 2:
        return Estimate(float(row[0]) if n else math.nan, -math.inf, math.inf, n, method, LEVEL)
    value = float(row.mean())
    farthest = float(np.abs(row - value).max())
    if (row == np.floor(row)).all():
        farthest = max(farthest, 1.0)
    squares = float(((row - value) ** 2).sum()) + _N_PSEUDO * farthest * farthest
    half = student(n - 1, look_level) * math.sqrt(squares / (n - 1) / n)
    return Estimate(value, value - half, value + half, n, method, LEVEL)


def stops_at(values: ArrayLike, kind: Kind, half_width: float) -> int | None:
    """The first checkpoint at which the interval reaches no farther than `half_width` from its value, or None.

    Parameters
    ----------
    values : shape (n,), by run index from 0, no gaps; 0 or 1 for a proportion. Only whole prefixes up to a checkpoint
        are looked at, so giving more values never changes the answer once there is one.
    half_width : above 0, in the unit of the values.

    Raises `InputError` if `half_width` is not above 0. Pinned by ``test_sequential.test_more_runs_change_nothing``.
    """
    if not half_width > 0.0:
        raise InputError(f"The half width to stop at must be above 0; got {half_width:g}.")
    row = numbers(values)
    for n in _series(kind):
        if n > row.size:
            return None
        if estimate(row[:n], kind).half_width <= half_width:
            return n
    return None


def next_checkpoint(n_done: int, n_max: int, kind: Kind = "proportion") -> int:
    """Runs to have at the next look; `n_max` at the end. What a study plays before it decides again."""
    looks = checkpoints(n_max, kind)
    i = bisect_right(looks, n_done)
    return looks[min(i, len(looks) - 1)]


def runs_needed(values: ArrayLike, kind: Kind, half_width: float) -> int:
    """About how many runs the width will take, from the spread so far; for a progress line, never for deciding.

    Never less than the first checkpoint. Fewer than two values give the first checkpoint.
    """
    row = numbers(values)
    least = N_LEAST[kind]
    if row.size < 2 or not half_width > 0.0:
        return least
    z = float(stats.norm.ppf(0.5 + LOOK_LEVEL / 2.0))
    if kind == "proportion":
        p = (float(row.sum()) + 2.0) / (row.size + 4.0)
        spread = p * (1.0 - p)
    else:
        spread = float(row.var(ddof=1))
    wanted = math.ceil(spread * (z / half_width) ** 2)
    return next(n for n in _series(kind) if n >= max(wanted, least))
