"""Which input drives the answer: Sobol indices of a Saltelli design, or a ranking of any sampled study.

Sobol indices say which share of the answer's variance an input makes alone (first order) and with all its
interactions (total); they need a design of their own. A ranking takes the runs there are.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

import numpy as np
import polars as pl
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from parapet.errors import InputError
from parapet.study.statistics import LEVEL, generator, numbers

RankMethod = Literal["auto", "regression", "rank correlation"]
_R2_LINEAR: Final = 0.7
_N_RESAMPLES: Final = 499
Numbers = NDArray[np.float64]


def bounds_table(factors: pl.DataFrame | Mapping[str, tuple[float, float]]) -> pl.DataFrame:
    """Factor bounds as a table with the columns ``input``, ``low``, ``high`` and ``scale``.

    Parameters
    ----------
    factors : such a table (``scale`` may be left out: ``linear``; the other scale is ``log``), or low and high by name.

    Raises `InputError` for no factors, a repeated name, low not below high, or a logarithm of what is not above 0.
    """
    if isinstance(factors, pl.DataFrame):
        table = factors
        missing = [key for key in ("input", "low", "high") if key not in table.columns]
        if missing:
            raise InputError(
                f"Factor bounds need the columns input, low and high; {', '.join(missing)} is missing."
            )
    else:
        names = list(factors)
        ends = [factors[name] for name in names]
        table = pl.DataFrame({"input": names, "low": [e[0] for e in ends], "high": [e[1] for e in ends]})
    if "scale" not in table.columns:
        table = table.with_columns(scale=pl.lit("linear"))
    if table.is_empty():
        raise InputError("Sensitivity needs at least one factor with a low and a high value; got none.")
    if table["input"].is_duplicated().any():
        repeated = table.filter(pl.col("input").is_duplicated())["input"][0]
        raise InputError(f"Factor {repeated!r} stands twice in the table of bounds.")
    for row in table.iter_rows(named=True):
        if not (math.isfinite(row["low"]) and math.isfinite(row["high"]) and row["low"] < row["high"]):
            raise InputError(
                f"Factor {row['input']!r}: low must be below high; got {row['low']:g} and {row['high']:g}."
            )
        if row["scale"] not in ("linear", "log"):
            raise InputError(f"Factor {row['input']!r}: unknown scale {row['scale']!r}. Known: linear, log.")
        if row["scale"] == "log" and row["low"] <= 0.0:
            raise InputError(
                f"Factor {row['input']!r}: a logarithmic scale needs low above 0; got {row['low']:g}."
            )
    return table.select("input", pl.col("low", "high").cast(pl.Float64), "scale")


def _problem(table: pl.DataFrame) -> dict[str, Any]:
    return {
        "num_vars": table.height,
        "names": table["input"].to_list(),
        "bounds": [[0.0, 1.0]] * table.height,
    }


def saltelli_design(
    factors: pl.DataFrame | Mapping[str, tuple[float, float]], n_base: int, seed: int = 1
) -> pl.DataFrame:
    """The sample points Sobol indices need: ``n_base * (inputs + 2)`` rows, one column per input, in their units.

    Parameters
    ----------
    n_base : a power of two (the balance of the Sobol sequence), 64 and up to be of use.
    seed : scrambles the sequence; the same seed gives the same points.

    The order of the rows matters to `sobol_indices`. Raises `InputError` like `bounds_table`, and if `n_base` is no
    power of two. Source: Saltelli 2002, by SALib. Pinned by ``test_sensitivity.test_design``.
    """
    from SALib.sample import sobol as sampling

    table = bounds_table(factors)
    if n_base < 2 or n_base & (n_base - 1):
        raise InputError(f"A Saltelli design needs a power of two as its base, e.g. 256; got {n_base}.")
    points = sampling.sample(_problem(table), n_base, calc_second_order=False, seed=seed)
    columns = {}
    for k, (name, low, high, scale) in enumerate(table.iter_rows()):
        unit = points[:, k]
        columns[name] = low * (high / low) ** unit if scale == "log" else low + (high - low) * unit
    return pl.DataFrame(columns)


def sobol_indices(
    factors: pl.DataFrame | Mapping[str, tuple[float, float]], answer: ArrayLike, level: float = LEVEL
) -> pl.DataFrame:
    """First-order and total Sobol indices with intervals, largest total first.

    Parameters
    ----------
    factors : the bounds the design was made from.
    answer : shape (n_base * (inputs + 2),), in the order of `saltelli_design`: one number per row, e.g. the mean over
        its runs. Rows must share their random numbers, or battle luck counts as an interaction of everything.

    Returns
    -------
    Columns ``input``, ``first``, ``first_low``, ``first_high``, ``total``, ``total_low``, ``total_high``, ``method``.
    An answer that never changes has no variance to share out: all zero. Intervals by bootstrap; indices are estimates
    and may come out slightly below 0.

    Raises `InputError` if the length does not fit the design. Source: Saltelli et al. 2010, by SALib. Pinned by
    ``test_sensitivity.test_ishigami``.
    """
    from SALib.analyze import sobol as analysis

    table = bounds_table(factors)
    row = numbers(answer)
    block = table.height + 2
    n_base, rest = divmod(row.size, block)
    if rest or n_base < 2 or n_base & (n_base - 1):
        raise InputError(
            f"{row.size} answers are no Saltelli design of {table.height} inputs: it has a power of two times {block} "
            f"rows. Was the study stopped before its end?"
        )
    method = f"Sobol indices, Saltelli design of {n_base}"
    names = table["input"].to_list()
    if np.ptp(row) == 0.0:
        found = {key: np.zeros(table.height) for key in ("S1", "S1_conf", "ST", "ST_conf")}
    else:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = analysis.analyze(
                _problem(table),
                row,
                calc_second_order=False,
                conf_level=level,
                num_resamples=_N_RESAMPLES,
                seed=1,
                print_to_console=False,
            )
    first, total = np.asarray(found["S1"], dtype=float), np.asarray(found["ST"], dtype=float)
    about_first, about_total = np.asarray(found["S1_conf"]), np.asarray(found["ST_conf"])
    result = pl.DataFrame(
        {
            "input": names,
            "first": first,
            "first_low": first - about_first,
            "first_high": first + about_first,
            "total": total,
            "total_low": np.maximum(total - about_total, 0.0),
            "total_high": total + about_total,
            "method": [method] * len(names),
        }
    )
    return result.sort("total", descending=True, maintain_order=True)


def ranking(
    table: pl.DataFrame,
    inputs: Sequence[str],
    output: str,
    method: RankMethod = "auto",
    level: float = LEVEL,
) -> pl.DataFrame:
    """What drives the answer, from any study whose inputs were sampled: strongest input first.

    Parameters
    ----------
    table : one row per run or per sampled cell, with the inputs and the output as columns.
    method : ``regression`` (standardised coefficients of a linear fit; their squares share out the explained variance
        when inputs are independent), ``rank correlation`` (Spearman's; right for any rising or falling answer), or
        ``auto``: regression if a straight fit explains 70 % of the variance, else rank correlation.

    Returns
    -------
    Columns ``input``, ``strength`` (-1 to 1; its sign says whether more of the input is more of the output), ``low``,
    ``high`` (bootstrap over rows), ``is_clear`` (not to be had by chance: the interval leaves 0 out), ``explained``
    (share of the variance that the fit behind the method explains) and ``method``. Inputs that are words are set
    apart: their strength is the correlation ratio, 0 to 1, above 0 by chance alone, so `is_clear` is by the F test.
    Inputs that never change come last with strength 0.

    Raises `InputError` for an unknown column, or fewer rows than inputs + 3. An answer that goes up and down again
    with an input is missed by both: see ``explained``, and use Sobol indices if it is low. Source: Saltelli et al.,
    Sensitivity Analysis in Practice. Pinned by ``test_sensitivity.test_ranking_of_a_line``.
    """
    unknown = [name for name in (*inputs, output) if name not in table.columns]
    if unknown:
        raise InputError(f"No column {unknown[0]!r} in the study; it has {', '.join(table.columns)}.")
    if not inputs:
        raise InputError("A ranking needs at least one input; this study sampled none.")
    if table.height < len(inputs) + 3:
        raise InputError(
            f"A ranking of {len(inputs)} inputs needs at least {len(inputs) + 3} rows; the study has {table.height}."
        )
    y = numbers(table[output].cast(pl.Float64).to_numpy())
    straight = [k for k in inputs if table[k].dtype.is_numeric() or table[k].dtype == pl.Boolean]
    words = [k for k in inputs if k not in straight]
    rows: list[dict[str, Any]] = []
    if straight:
        x = np.column_stack([numbers(table[k].cast(pl.Float64).to_numpy()) for k in straight])
        r2 = _explained(x, y)
        chosen = method
        if chosen == "auto":
            chosen = "regression" if r2 >= _R2_LINEAR else "rank correlation"
        strengths = _standardised if chosen == "regression" else _spearman
        if chosen == "rank correlation":
            r2 = _explained(_ranked(x), _ranked(y[:, None])[:, 0])
        title = "standardised regression" if chosen == "regression" else "rank correlation"
        at = strengths(x, y)
        drawn = _resampled(strengths, x, y, output)
        low, high = np.quantile(drawn, [0.5 - level / 2.0, 0.5 + level / 2.0], axis=0)
        rows += [
            _row(name, at[k], min(low[k], at[k]), max(high[k], at[k]), r2, title)
            for k, name in enumerate(straight)
        ]
    for name in words:
        codes = np.unique(table[name].cast(pl.String).fill_null("").to_numpy(), return_inverse=True)[1][
            :, None
        ]
        ratio = _ratio(codes, y)
        low, high = np.quantile(_resampled(_ratio, codes, y, output), [0.5 - level / 2.0, 0.5 + level / 2.0])
        row = _row(
            name, ratio[0], min(low, ratio[0]), max(high, ratio[0]), ratio[0] ** 2, "correlation ratio"
        )
        rows.append(row | {"is_clear": _p_by_chance(ratio[0], int(codes.max()) + 1, len(y)) < 1.0 - level})
    found = pl.DataFrame(rows)
    return found.sort(pl.col("strength").abs(), descending=True, maintain_order=True)


def _row(
    name: str, strength: float, low: float, high: float, explained: float, method: str
) -> dict[str, Any]:
    return {
        "input": name,
        "strength": float(strength),
        "low": float(low),
        "high": float(high),
        "is_clear": bool(low > 0.0 or high < 0.0),
        "explained": float(explained),
        "method": method,
    }


def _scaled(x: Numbers) -> Numbers:
    """Columns with mean 0 and variance 1; constant ones all 0."""
    spread = x.std(axis=0)
    return np.asarray(
        (x - x.mean(axis=0)) / np.where(spread > 0.0, spread, 1.0) * (spread > 0.0), dtype=np.float64
    )


def _ranked(x: Numbers) -> Numbers:
    return np.asarray(stats.rankdata(x, axis=0), dtype=np.float64)


def _standardised(x: Numbers, y: Numbers) -> Numbers:
    # least squares of smallest norm: inputs that move together share their weight instead of exploding
    return np.asarray(np.linalg.lstsq(_scaled(x), _scaled(y[:, None])[:, 0], rcond=1e-8)[0], dtype=np.float64)


def _spearman(x: Numbers, y: Numbers) -> Numbers:
    return np.asarray(_scaled(_ranked(x)).T @ _scaled(_ranked(y[:, None]))[:, 0] / len(y), dtype=np.float64)


def _ratio(codes: NDArray[Any], y: Numbers) -> Numbers:
    """Correlation ratio: root of the variance between groups over all variance."""
    total = float(((y - y.mean()) ** 2).sum())
    if total == 0.0:
        return np.zeros(1)
    sizes = np.bincount(codes[:, 0].astype(int))
    sums = np.bincount(codes[:, 0].astype(int), weights=y)
    means = sums[sizes > 0] / sizes[sizes > 0]
    return np.array([math.sqrt(float((sizes[sizes > 0] * (means - y.mean()) ** 2).sum()) / total)])


def _p_by_chance(ratio: float, n_groups: int, n: int) -> float:
    """Probability of a correlation ratio this large when the groups are all alike (F test)."""
    if n_groups < 2 or n <= n_groups:
        return 1.0
    if ratio >= 1.0:
        return 0.0
    f = ratio * ratio / (n_groups - 1) / ((1.0 - ratio * ratio) / (n - n_groups))
    return float(stats.f.sf(f, n_groups - 1, n - n_groups))


def _explained(x: Numbers, y: Numbers) -> float:
    """Adjusted share of the variance that a linear fit explains, 0 to 1."""
    a, b = _scaled(x), _scaled(y[:, None])[:, 0]
    if not b.any():
        return 0.0
    rest = float(((b - a @ np.linalg.lstsq(a, b, rcond=1e-8)[0]) ** 2).sum() / (b * b).sum())
    n, k = x.shape
    return float(min(1.0, max(0.0, 1.0 - rest * (n - 1) / max(n - k - 1, 1))))


def _resampled(strengths: Any, x: NDArray[Any], y: Numbers, name: str) -> Numbers:
    rng = generator(f"parapet/study/ranking/{name}")
    picks = (rng.integers(0, len(y), len(y)) for _ in range(_N_RESAMPLES))
    return np.array([strengths(x[pick], y[pick]) for pick in picks])
