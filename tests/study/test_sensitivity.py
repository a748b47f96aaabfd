"""Sensitivities against functions whose answer is known in closed form."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest

from parapet.errors import InputError
from parapet.study import sensitivity

CIRCLE = {"x1": (-math.pi, math.pi), "x2": (-math.pi, math.pi), "x3": (-math.pi, math.pi)}


def ishigami(design: pl.DataFrame) -> np.ndarray:
    x1, x2, x3 = (design[key].to_numpy() for key in ("x1", "x2", "x3"))
    return np.sin(x1) + 7.0 * np.sin(x2) ** 2 + 0.1 * x3**4 * np.sin(x1)


def test_ishigami() -> None:
    """Analytic indices for a = 7, b = 0.1: first 0.3139, 0.4424, 0; total 0.5576, 0.4424, 0.2437."""
    variance = 7**2 / 8 + 0.1 * math.pi**4 / 5 + 0.1**2 * math.pi**8 / 18 + 0.5
    first = {"x1": 0.5 * (1 + 0.1 * math.pi**4 / 5) ** 2 / variance, "x2": 7**2 / 8 / variance, "x3": 0.0}
    shared = 0.1**2 * math.pi**8 * (1 / 18 - 1 / 50) / variance
    total = {"x1": first["x1"] + shared, "x2": first["x2"], "x3": shared}
    assert (first["x1"], total["x1"], total["x3"]) == pytest.approx((0.3139, 0.5576, 0.2437), abs=1e-4)
    design = sensitivity.saltelli_design(CIRCLE, 1024)
    found = sensitivity.sobol_indices(CIRCLE, ishigami(design))
    assert found["input"].to_list() == ["x1", "x2", "x3"]  # by total, largest first
    for row in found.iter_rows(named=True):
        assert row["first"] == pytest.approx(first[row["input"]], abs=0.03)
        assert row["total"] == pytest.approx(total[row["input"]], abs=0.03)
        assert row["first_low"] <= first[row["input"]] <= row["first_high"]
        assert row["total_low"] <= total[row["input"]] <= row["total_high"]
    assert found.equals(sensitivity.sobol_indices(CIRCLE, ishigami(design)))


def test_design() -> None:
    bounds = pl.DataFrame(
        {"input": ["range", "power"], "low": [10.0, 0.1], "high": [20.0, 10.0], "scale": ["linear", "log"]}
    )
    design = sensitivity.saltelli_design(bounds, 256, seed=3)
    assert design.shape == (256 * 4, 2)
    assert design["range"].min() >= 10.0 and design["range"].max() <= 20.0
    assert design["range"].mean() == pytest.approx(15.0, abs=0.05)
    assert design["power"].median() == pytest.approx(1.0, rel=0.05)  # the middle of the logarithm
    assert design.equals(sensitivity.saltelli_design(bounds, 256, seed=3))
    assert not design.equals(sensitivity.saltelli_design(bounds, 256, seed=4))


def test_an_answer_that_never_changes() -> None:
    found = sensitivity.sobol_indices(CIRCLE, np.full(64 * 5, 3.0))
    assert found.select("first", "total").sum().row(0) == (0.0, 0.0)


def sampled(n: int = 400) -> pl.DataFrame:
    rng = np.random.default_rng(2)
    x = rng.uniform(size=(n, 3))
    side = np.where(rng.random(n) < 0.5, "north", "south")
    noise = rng.normal(0.0, 0.1, n)
    return pl.DataFrame(
        {"a": x[:, 0], "b": x[:, 1], "c": x[:, 2], "side": side, "noise": noise, "same": np.ones(n)}
    )


def test_ranking_of_a_line() -> None:
    """y = 3 a - 1.5 b: standardised coefficients 3 / s and -1.5 / s with s = sqrt(9 + 2.25 + 12 * 0.01)."""
    table = sampled().with_columns(y=3 * pl.col("a") - 1.5 * pl.col("b") + pl.col("noise"))
    found = sensitivity.ranking(table, ["same", "c", "b", "a"], "y")
    assert found["input"].to_list()[:2] == ["a", "b"]
    assert set(found["method"]) == {"standardised regression"}
    s = math.sqrt(9.0 + 2.25 + 12 * 0.01)
    assert found["strength"].to_list()[:2] == pytest.approx([3 / s, -1.5 / s], abs=0.04)
    assert found["is_clear"].to_list() == [True, True, False, False]
    assert found["strength"][-1] == 0.0 and found["input"][-1] == "same"
    assert found["explained"][0] == pytest.approx(1.0 - 0.12 / s**2, abs=0.01)


def test_ranking_of_a_curve_uses_ranks_and_says_so() -> None:
    table = sampled().with_columns(y=(12 * pl.col("a")).exp() + 50.0 * pl.col("b"))
    found = sensitivity.ranking(table, ["a", "b", "c"], "y")
    assert set(found["method"]) == {"rank correlation"}
    assert found["input"][0] == "a" and found["strength"][0] > 0.9
    pure = sensitivity.ranking(
        table.with_columns(y=-((12 * pl.col("a")).exp())), ["a"], "y", "rank correlation"
    )
    assert pure["strength"][0] == pytest.approx(-1.0)


def test_ranking_admits_what_it_cannot_see() -> None:
    table = sampled().with_columns(y=(pl.col("a") - 0.5) ** 2)
    found = sensitivity.ranking(table, ["a", "b"], "y")
    assert found["explained"].max() < 0.1


def test_ranking_of_words() -> None:
    table = sampled().with_columns(
        y=pl.when(pl.col("side") == "north").then(2.0).otherwise(0.0) + pl.col("a")
    )
    found = sensitivity.ranking(table, ["a", "side"], "y")
    assert found["input"].to_list() == ["side", "a"]
    # between groups 1 (two equal groups 2 apart), within 1/12
    assert found["strength"][0] == pytest.approx(math.sqrt(1 / (1 + 1 / 12)), abs=0.01)
    assert found["method"].to_list() == ["correlation ratio", "rank correlation"]
    assert found["is_clear"].to_list() == [True, True]
    luck = sensitivity.ranking(table, ["side"], "noise")
    assert luck["strength"][0] > 0.0 and not luck["is_clear"][0]


def test_refusals() -> None:
    table = sampled()
    with pytest.raises(InputError, match="No column 'd'"):
        sensitivity.ranking(table, ["d"], "a")
    with pytest.raises(InputError, match="needs at least 5 rows; the study has 4"):
        sensitivity.ranking(table.head(4), ["b", "c"], "a")
    with pytest.raises(InputError, match="power of two"):
        sensitivity.saltelli_design(CIRCLE, 100)
    with pytest.raises(InputError, match="stopped before its end"):
        sensitivity.sobol_indices(CIRCLE, np.arange(64 * 5 - 1))
    with pytest.raises(InputError, match="low must be below high"):
        sensitivity.bounds_table({"x": (1.0, 1.0)})
    with pytest.raises(InputError, match="needs low above 0"):
        sensitivity.bounds_table(
            pl.DataFrame({"input": ["x"], "low": [0.0], "high": [1.0], "scale": ["log"]})
        )
