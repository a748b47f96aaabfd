"""What a column of runs says, with an honest interval: means, quantiles, proportions and paired differences.

Everything here is a function of plain numbers, one per run, in the order of the run index. Nothing is random but the
bootstrap, whose resamples come from a fixed address: the same numbers give the same interval, always.
"""

from __future__ import annotations

import hashlib
import math
import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special, stats

from parapet.errors import InputError

LEVEL: Final = 0.95
"""Confidence of every interval that does not say otherwise."""

Kind = Literal["mean", "proportion"]
Method = Literal["clopper-pearson", "wilson"]
Numbers: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number with its interval.

    Attributes
    ----------
    value
        The point estimate; not a number if there are no runs.
    low, high
        Ends of the interval. Infinite where the runs are too few to say anything: an extreme quantile of few runs,
        a mean of one run.
    n
        Runs behind it.
    method
        How the interval was made, in words.
    level
        Its confidence, e.g. 0.95.
    """

    value: float
    low: float
    high: float
    n: int
    method: str
    level: float = LEVEL

    @property
    def half_width(self) -> float:
        """Distance from the value to the farther end, so that ``value +- half_width`` holds the interval."""
        return max(self.high - self.value, self.value - self.low)

    def as_dict(self) -> dict[str, float | int | str | None]:
        """Plain values for JSON; what is infinite or not a number is None."""
        numbers = {key: getattr(self, key) for key in ("value", "low", "high")}
        shown: dict[str, float | int | str | None] = {
            key: number if math.isfinite(number) else None for key, number in numbers.items()
        }
        return shown | {"n": self.n, "method": self.method, "level": self.level}

    def __str__(self) -> str:
        return f"{self.value:.4g} ({self.low:.4g} to {self.high:.4g})"


@dataclass(frozen=True, slots=True)
class PairedDifference:
    """First minus second variant, run by run, with what the pairing gained.

    Attributes
    ----------
    difference
        Mean of ``a - b`` with its interval.
    variance_reduction
        (variance of a + variance of b) / variance of (a - b): how many times the runs independent variants would
        have needed for the same interval. Above 1 the common random numbers helped. Infinite when all differences
        are equal although a and b vary; not a number when nothing varies.
    correlation
        Of a and b over the runs; not a number if one of them does not vary.
    """

    difference: Estimate
    variance_reduction: float
    correlation: float

    @property
    def is_clear(self) -> bool:
        """Whether the interval leaves zero out."""
        return self.difference.low > 0.0 or self.difference.high < 0.0

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON; what is infinite or not a number is None."""
        gains = {"variance_reduction": self.variance_reduction, "correlation": self.correlation}
        plain = {key: number if math.isfinite(number) else None for key, number in gains.items()}
        return self.difference.as_dict() | plain


@dataclass(frozen=True, slots=True)
class Summary:
    """One column of a study in a few numbers.

    Attributes
    ----------
    mean, median, p10, p90
        With intervals; `p10` and `p90` are the 10 % and 90 % quantiles.
    std, least, most
        Standard deviation (n - 1), smallest and largest value.
    p_none
        Share of runs in which the column is 0, e.g. P(no leaker); None if the column is no count.
    """

    name: str
    n: int
    mean: Estimate
    median: Estimate
    p10: Estimate
    p90: Estimate
    std: float
    least: float
    most: float
    p_none: Estimate | None

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        plain: dict[str, Any] = {"name": self.name, "n": self.n}
        for key in ("mean", "median", "p10", "p90", "p_none"):
            estimate: Estimate | None = getattr(self, key)
            plain[key] = None if estimate is None else estimate.as_dict()
        for key in ("std", "least", "most"):
            number: float = getattr(self, key)
            plain[key] = number if math.isfinite(number) else None
        return plain


def numbers(values: ArrayLike) -> Numbers:
    """The values as one row of finite floats, booleans as 0 and 1.

    Raises
    ------
    InputError
        If there is more than one dimension, or a value that is infinite or not a number (the message says at which
        run): a mean that left them out silently would not be the mean.
    """
    row = np.asarray(values, dtype=np.float64)
    if row.ndim != 1:
        raise InputError(f"Statistics need one number per run; got an array with {row.ndim} dimensions.")
    wrong = np.flatnonzero(~np.isfinite(row))
    if wrong.size:
        raise InputError(
            f"{wrong.size} of {row.size} values are missing or infinite, the first at place {wrong[0]} "
            f"({row[wrong[0]]}). Leave those runs out, or choose a column that every run has."
        )
    return row


def _checked(level: float) -> float:
    if not 0.0 < level < 1.0:
        raise InputError(f"A confidence level lies between 0 and 1, e.g. 0.95; got {level:g}.")
    return level


def is_count(row: Numbers) -> bool:
    """Whether all values are whole numbers from 0 up."""
    return bool(row.size and (row >= 0.0).all() and (row == np.floor(row)).all())


def student(n_degrees: int, level: float) -> float:
    """How many standard errors a two-sided Student interval reaches to each side."""
    return float(special.stdtrit(n_degrees, 0.5 + level / 2.0))


def mean(values: ArrayLike, level: float = LEVEL) -> Estimate:
    """The mean with its Student interval.

    No runs give not a number, one run an infinite interval. Runs that are all equal show no spread, and Student's
    interval would have no width, which is not honest for counts: there, a share of runs that could have been missed
    (Clopper-Pearson for none of n) is allowed to differ by one unit, below 0 excepted. Holds for n of some 30 and up,
    or for less when the values are not far from normal; strongly skewed columns need more, see the trust page.

    Source: Student 1908. Pinned by ``test_statistics.test_mean_of_a_textbook_sample``.
    """
    row = numbers(values)
    n = row.size
    _checked(level)
    if n == 0:
        return Estimate(math.nan, -math.inf, math.inf, 0, "no runs", level)
    value = float(row.mean())
    if n == 1:
        return Estimate(value, -math.inf, math.inf, 1, "Student", level)
    if np.ptp(row) == 0.0:
        value = float(row[0])
        unseen = proportion(0, n, level=level).high if (row == np.floor(row)).all() else 0.0
        low = max(value - unseen, 0.0) if value >= 0.0 else value - unseen
        return Estimate(value, low, value + unseen, n, "Student, no spread seen", level)
    half = student(n - 1, level) * float(row.std(ddof=1)) / math.sqrt(n)
    return Estimate(value, value - half, value + half, n, "Student", level)


_METHODS: Final[dict[str, str]] = {"clopper-pearson": "exact", "wilson": "wilson"}


def proportion(successes: int, n: int, method: Method = "clopper-pearson", level: float = LEVEL) -> Estimate:
    """The share of successes with its interval.

    Parameters
    ----------
    successes : 0 to n. n : 0 and up; 0 gives the interval from 0 to 1.
    method : ``clopper-pearson`` never covers less than it says; ``wilson`` is narrower and covers what it says on
        average, single cases 92 to 98 %.

    Raises
    ------
    InputError
        If `successes` is not in 0 to n, or the method is unknown.

    Source: Clopper and Pearson 1934; Wilson 1927; both as in `scipy.stats`. Pinned by
    ``test_statistics.test_proportions_of_tables``; coverage on the trust page.
    """
    _checked(level)
    if method not in _METHODS:
        raise InputError(f"Unknown interval {method!r} for a proportion. Known: {', '.join(_METHODS)}.")
    if not 0 <= successes <= n:
        raise InputError(f"Successes lie between 0 and the number of runs; got {successes} of {n}.")
    title = "Clopper-Pearson" if method == "clopper-pearson" else "Wilson"
    if n == 0:
        return Estimate(math.nan, 0.0, 1.0, 0, title, level)
    low, high = _ends(int(successes), int(n), method, level)
    return Estimate(successes / n, low, high, int(n), title, level)


@lru_cache(maxsize=100_000)
def _ends(successes: int, n: int, method: Method, level: float) -> tuple[float, float]:
    found = stats.binomtest(successes, n).proportion_ci(level, method=_METHODS[method])
    return float(found.low), float(found.high)


def share(values: ArrayLike, method: Method = "clopper-pearson", level: float = LEVEL) -> Estimate:
    """The share of runs in which something holds, from values that are 0 or 1 (or False or True).

    Raises `InputError` if another value is among them.
    """
    row = numbers(values)
    if not np.isin(row, (0.0, 1.0)).all():
        other = row[~np.isin(row, (0.0, 1.0))][0]
        raise InputError(
            f"A proportion needs 0 or 1 in every run; got {other:g}. Compare first, e.g. leaked == 0."
        )
    return proportion(int(row.sum()), row.size, method, level)


def quantile(values: ArrayLike, q: float, level: float = LEVEL) -> Estimate:
    """A quantile with its order-statistic interval, which assumes nothing about the distribution.

    The ends are values of the sample whose ranks hold the quantile with at least `level` by the binomial
    distribution; an end that would need more runs is infinite (the 90 % quantile needs 36 runs for an upper
    end). Right for counts too, where it covers more than it says. The value is numpy's linear one.

    Raises `InputError` unless 0 < q < 1. Source: David and Nagaraja, Order Statistics. Pinned by
    ``test_statistics.test_ranks_of_the_median``.
    """
    row = np.sort(numbers(values))
    n = row.size
    _checked(level)
    if not 0.0 < q < 1.0:
        raise InputError(f"A quantile lies between 0 and 1, e.g. 0.9; got {q:g}.")
    if n == 0:
        return Estimate(math.nan, -math.inf, math.inf, 0, "no runs", level)
    tail = (1.0 - level) / 2.0
    first = int(stats.binom.ppf(tail, n, q))
    last = int(stats.binom.ppf(1.0 - tail, n, q)) + 1
    low = float(row[first - 1]) if first >= 1 else -math.inf
    high = float(row[last - 1]) if last <= n else math.inf
    return Estimate(float(np.quantile(row, q)), low, high, n, "order statistics", level)


def median(values: ArrayLike, level: float = LEVEL) -> Estimate:
    """The median with its order-statistic interval; see `quantile`."""
    return quantile(values, 0.5, level)


def generator(address: str) -> np.random.Generator:
    """Random numbers that belong to a name: the same name gives the same numbers on any machine."""
    return np.random.default_rng(np.frombuffer(hashlib.sha256(address.encode()).digest(), dtype="<u4"))


def bootstrap(
    values: ArrayLike,
    statistic: Callable[..., Any],
    name: str = "statistic",
    level: float = LEVEL,
    n_resamples: int = 1999,
) -> Estimate:
    """Any other statistic with its bootstrap interval (bias-corrected and accelerated; percentile above 2,000 runs).

    Parameters
    ----------
    values : one number per run. statistic : function of an array and ``axis``, e.g. `numpy.std`.
    name : address of the resamples; the same name and values give the same interval.

    Fewer than two runs give an infinite interval; runs that are all equal give an interval without width. Source:
    Efron 1987, as in `scipy.stats.bootstrap`. Pinned by ``test_statistics.test_bootstrap_repeats``.
    """
    row = numbers(values)
    _checked(level)
    if row.size == 0:
        return Estimate(math.nan, -math.inf, math.inf, 0, "no runs", level)
    value = float(statistic(row, axis=-1))
    if row.size == 1:
        return Estimate(value, -math.inf, math.inf, 1, "bootstrap", level)
    if np.ptp(row) == 0.0:
        return Estimate(value, value, value, row.size, "bootstrap, no spread seen", level)
    # The jackknife of BCa costs n squared; where there are many runs the two intervals are the same.
    methods = ("BCa", "percentile") if row.size <= 2000 else ("percentile",)
    for method in methods:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a BCa interval that cannot be made warns and is nan
            found = stats.bootstrap(
                (row,),
                statistic,
                n_resamples=n_resamples,
                confidence_level=level,
                method=method,
                vectorized=True,
                rng=generator(f"parapet/study/bootstrap/{name}"),
                batch=max(1, 2_000_000 // row.size),
            ).confidence_interval
        title = f"bootstrap {method}"
        if math.isfinite(found.low) and math.isfinite(found.high):
            break
    return Estimate(value, float(found.low), float(found.high), row.size, title, level)


def paired_difference(a: ArrayLike, b: ArrayLike, level: float = LEVEL) -> PairedDifference:
    """The mean of ``a - b`` over runs that share their random numbers, with its interval and the pairing's gain.

    Parameters
    ----------
    a, b : shape (n,), the same runs in the same order.

    Values that are all 0 or 1 are compared as paired proportions (Bonett and Price's adjusted Wald interval, which
    stays honest when few runs differ); all others by Student on the differences.

    Raises `InputError` if the lengths differ. Source: Law, Simulation Modeling and Analysis, chapter 11; Bonett and
    Price 2012. Pinned by ``test_statistics.test_pairs``.
    """
    first, second = numbers(a), numbers(b)
    if first.size != second.size:
        raise InputError(
            f"A paired comparison needs the same runs on both sides; got {first.size} and {second.size} runs."
        )
    d = first - second
    n = d.size
    is_binary = n > 0 and bool(np.isin(first, (0.0, 1.0)).all() and np.isin(second, (0.0, 1.0)).all())
    found = _paired_proportions(d, level) if is_binary else mean(d, level)
    if n < 2:
        return PairedDifference(found, math.nan, math.nan)
    spread = float(d.var(ddof=1))
    alone = float(first.var(ddof=1) + second.var(ddof=1))
    gain = alone / spread if spread > 0.0 else (math.inf if alone > 0.0 else math.nan)
    has_both = np.ptp(first) > 0.0 and np.ptp(second) > 0.0
    correlation = float(np.corrcoef(first, second)[0, 1]) if has_both else math.nan
    return PairedDifference(found, gain, correlation)


def _paired_proportions(d: Numbers, level: float) -> Estimate:
    n = d.size
    z = float(stats.norm.ppf(0.5 + _checked(level) / 2.0))
    up = (float((d > 0).sum()) + 1.0) / (n + 2.0)
    down = (float((d < 0).sum()) + 1.0) / (n + 2.0)
    middle = up - down
    half = z * math.sqrt((up + down - middle * middle) / (n + 2.0))
    return Estimate(
        float(d.mean()), max(-1.0, middle - half), min(1.0, middle + half), n, "Bonett-Price", level
    )


def half_width(values: ArrayLike, kind: Kind, level: float = LEVEL) -> float:
    """How far the interval reaches from the value at most; infinite for fewer than two runs (mean) or none.

    Parameters
    ----------
    kind : ``mean`` (Student) or ``proportion`` (Clopper-Pearson, values 0 or 1).
    """
    estimate = estimated(values, kind, level)
    return math.inf if math.isnan(estimate.value) else estimate.half_width


def estimated(values: ArrayLike, kind: Kind, level: float = LEVEL) -> Estimate:
    """The mean or the proportion of a column."""
    if kind == "mean":
        return mean(values, level)
    if kind == "proportion":
        return share(values, level=level)
    raise InputError(f"Unknown kind of estimate {kind!r}. Known: mean, proportion.")


class Until(NamedTuple):
    """When a study has enough runs: the interval of a column is as narrow as `half_width`."""

    column: str
    kind: Kind
    half_width: float

    def values(self, column: ArrayLike) -> Numbers:
        """What is estimated, one number per run: the column, or for a proportion whether it is 0."""
        row = numbers(column)
        return row if self.kind == "mean" else (row == 0.0).astype(np.float64)

    @property
    def name(self) -> str:
        """What is estimated, as people write it: ``leaked``, ``p(no leaker)``."""
        if self.kind == "mean":
            return self.column
        return f"p(no {'leaker' if self.column == 'leaked' else self.column})"

    def __str__(self) -> str:
        return f"{self.name} +- {self.half_width:g}"


_UNTIL = re.compile(r"^\s*(?P<what>.+?)\s*(?:\+/-|\+-|±)\s*(?P<number>.+?)\s*$")
_NONE = re.compile(r"^p\s*\(\s*(?:no\s+(?P<no>[\w.-]+)|(?P<zero>[\w.-]+)\s*={1,2}\s*0)\s*\)$", re.IGNORECASE)
_COLUMN = re.compile(r"^[A-Za-z_][\w.-]*$")
_SYNONYMS = {"leaker": "leaked", "leakers": "leaked", "kill": "killed", "kills": "killed"}


def parse_until(text: str) -> Until:
    """Column, kind and half width of a stopping rule.

    ``leaked +- 0.5`` asks for the mean of a column, ``p(no leaker) +- 0.02`` (or ``p(leaked = 0) +- 2 %``) for the
    share of runs in which it is 0. The sign may be ``+-``, ``+/-`` or ``±``; ``leaker`` means the column ``leaked``.

    Raises
    ------
    InputError
        With what was got and what would be right. Whether the column exists is for the caller to say. Pinned by
        ``test_statistics.test_until``.
    """
    example = 'Write, for example, "leaked +- 0.5" or "p(no leaker) +- 0.02".'
    found = _UNTIL.match(text)
    if found is None:
        raise InputError(f"until {text!r}: expected a column, the sign +- and a number. {example}")
    what, number = found["what"], found["number"]
    is_percent = number.endswith("%")
    try:
        width = float(number.removesuffix("%")) / (100.0 if is_percent else 1.0)
    except ValueError:
        raise InputError(f"until {text!r}: {number!r} is no number. {example}") from None
    if not (math.isfinite(width) and width > 0.0):
        raise InputError(f"until {text!r}: the half width must be above 0, got {number}. {example}")
    none = _NONE.match(what)
    if none is not None:
        column = none["no"] or none["zero"]
        if width >= 0.5:
            raise InputError(
                f"until {text!r}: a proportion lies between 0 and 1, so {number} asks for nothing. {example}"
            )
        return Until(_SYNONYMS.get(column.lower(), column), "proportion", width)
    if not _COLUMN.match(what):
        raise InputError(f"until {text!r}: {what!r} is neither a column nor p(no ...). {example}")
    if is_percent:
        raise InputError(
            f"until {text!r}: {number} of what? A mean needs a number in its own unit. {example}"
        )
    return Until(_SYNONYMS.get(what.lower(), what), "mean", width)


def summary(values: ArrayLike, name: str = "", level: float = LEVEL) -> Summary:
    """Mean, median, 10 % and 90 % quantiles, spread and, for counts, the share of runs with none.

    No runs give not a number everywhere. Pinned by ``test_statistics.test_summary``.
    """
    row = numbers(values)
    n = row.size
    return Summary(
        name=name,
        n=n,
        mean=mean(row, level),
        median=median(row, level),
        p10=quantile(row, 0.1, level),
        p90=quantile(row, 0.9, level),
        std=float(row.std(ddof=1)) if n > 1 else math.nan,
        least=float(row.min()) if n else math.nan,
        most=float(row.max()) if n else math.nan,
        p_none=proportion(int((row == 0.0).sum()), n, level=level) if is_count(row) else None,
    )
