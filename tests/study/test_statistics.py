"""Statistics against numbers from books and tables, and against plain simulation."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from parapet.errors import InputError
from parapet.study import statistics
from parapet.study.statistics import Until, parse_until


def test_mean_of_a_textbook_sample() -> None:
    """Student's sleep data, the differences of 1908: mean 1.58, 95 % from 0.70 to 2.46."""
    gains = [1.2, 2.4, 1.3, 1.3, 0.0, 1.0, 1.8, 0.8, 4.6, 1.4]
    found = statistics.mean(gains)
    assert (found.value, found.low, found.high) == pytest.approx((1.58, 0.7001, 2.4599), abs=1e-4)
    assert found.half_width == pytest.approx(0.8799, abs=1e-4)
    assert statistics.half_width(gains, "mean") == found.half_width


def test_mean_of_few_or_equal_runs() -> None:
    none = statistics.mean([])
    assert math.isnan(none.value) and none.low == -math.inf and none.n == 0
    one = statistics.mean([3.0])
    assert (one.value, one.high) == (3.0, math.inf)
    zeros = statistics.mean([0] * 20)
    # rule of three: no event in 20 runs leaves up to 1 - 0.025 ** (1 / 20)
    assert (zeros.value, zeros.low, zeros.high) == pytest.approx((0.0, 0.0, 0.168433), abs=1e-6)
    assert statistics.mean([2.5] * 20).half_width == 0.0
    assert math.isinf(statistics.half_width([1.0], "mean"))
    assert json.loads(json.dumps(none.as_dict(), allow_nan=False))["value"] is None


@pytest.mark.parametrize(
    ("successes", "n", "method", "low", "high"),
    [
        (0, 10, "clopper-pearson", 0.0, 0.3085),
        (1, 10, "clopper-pearson", 0.0025, 0.4450),
        (5, 10, "clopper-pearson", 0.1871, 0.8129),
        (81, 263, "wilson", 0.2553, 0.3662),  # Newcombe 1998, table I
        (15, 148, "wilson", 0.0624, 0.1605),
        (0, 20, "wilson", 0.0, 0.1611),
        (1, 29, "wilson", 0.0061, 0.1718),
    ],
)
def test_proportions_of_tables(
    successes: int, n: int, method: statistics.Method, low: float, high: float
) -> None:
    found = statistics.proportion(successes, n, method)
    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)
    assert found.value == successes / n


def test_proportions_that_cannot_be() -> None:
    assert (statistics.proportion(0, 0).low, statistics.proportion(0, 0).high) == (0.0, 1.0)
    with pytest.raises(InputError, match="between 0 and the number of runs; got 3 of 2"):
        statistics.proportion(3, 2)
    with pytest.raises(InputError, match="Known: clopper-pearson, wilson"):
        statistics.proportion(1, 2, "wald")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="0 or 1 in every run; got 2"):
        statistics.share([0, 1, 2])


def test_ranks_of_the_median() -> None:
    """Ten values: the ranks 2 and 9 hold the median with 97.9 % (a classic of the sign test)."""
    found = statistics.median(np.arange(10, 0, -1))
    assert (found.low, found.value, found.high) == (2.0, 5.5, 9.0)
    few = statistics.median([1.0, 2.0, 3.0])
    assert few.low == -math.inf and few.high == math.inf
    assert statistics.quantile(range(36), 0.9).high == 35.0
    assert statistics.quantile(range(35), 0.9).high == math.inf


@pytest.mark.parametrize("q", [0.1, 0.5, 0.9])
def test_quantiles_cover_for_counts_too(q: float) -> None:
    rng = np.random.default_rng(5)
    truth = stats.poisson.ppf(q, 3.0)
    found = [statistics.quantile(rng.poisson(3.0, 60), q) for _ in range(400)]
    assert np.mean([e.low <= truth <= e.high for e in found]) > 0.945


def test_bootstrap_repeats() -> None:
    values = np.random.default_rng(1).normal(10.0, 2.0, 200)
    first, second = (statistics.bootstrap(values, np.std, "spread") for _ in range(2))
    assert first == second
    assert statistics.bootstrap(values, np.std, "another name") != first
    # chi-square interval of a normal spread, which the bootstrap must come near
    low, high = (math.sqrt(199 * values.var(ddof=1) / stats.chi2.ppf(p, 199)) for p in (0.975, 0.025))
    assert (first.low, first.high) == pytest.approx((low, high), rel=0.06)
    assert statistics.bootstrap(np.tile(values, 20), np.std).method == "bootstrap percentile"
    assert statistics.bootstrap([4.0, 4.0, 4.0], np.std).half_width == 0.0
    assert math.isinf(statistics.bootstrap([4.0], np.mean).high)


def test_pairs() -> None:
    """Two correlated normals: Var(a - b) = 2 (1 - r), so the gain is 1 / (1 - r)."""
    rng = np.random.default_rng(3)
    common, x, y = rng.normal(size=(3, 20_000))
    a, b = 3.0 * common + x + 0.1, 3.0 * common + y
    found = statistics.paired_difference(a, b)
    assert found.correlation == pytest.approx(0.9, abs=0.01)
    assert found.variance_reduction == pytest.approx(10.0, rel=0.05)
    assert found.difference.low <= 0.1 <= found.difference.high and found.is_clear
    apart = statistics.paired_difference(a, rng.permutation(b))
    assert apart.variance_reduction == pytest.approx(1.0, abs=0.05)


def test_pairs_of_proportions() -> None:
    """Bonett and Price 2012 by hand: 12 and 2 of 40 disagree, (13 - 3) / 42 +- 1.96 sqrt(...)."""
    a = [1] * 12 + [0] * 2 + [1] * 26
    b = [0] * 12 + [1] * 2 + [1] * 26
    found = statistics.paired_difference(a, b).difference
    half = 1.959964 * math.sqrt((16 / 42 - (10 / 42) ** 2) / 42)
    assert (found.value, found.low, found.high) == pytest.approx(
        (0.25, 10 / 42 - half, 10 / 42 + half), abs=1e-6
    )
    same = statistics.paired_difference(a, a)
    assert same.difference.low < 0.0 < same.difference.high  # no difference seen is not no difference
    assert math.isinf(same.variance_reduction) and not same.is_clear
    with pytest.raises(InputError, match="got 3 and 2 runs"):
        statistics.paired_difference([1, 0, 1], [1, 0])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("leaked +- 0.5", Until("leaked", "mean", 0.5)),
        ("leakers +/- 1e-1", Until("leaked", "mean", 0.1)),
        ("rounds_fired±3", Until("rounds_fired", "mean", 3.0)),
        ("p(no leaker) +- 0.02", Until("leaked", "proportion", 0.02)),
        ("P( leaked = 0 ) +- 2 %", Until("leaked", "proportion", 0.02)),
        ("p(no false_tracks) +- 0.1", Until("false_tracks", "proportion", 0.1)),
    ],
)
def test_until(text: str, found: Until) -> None:
    assert parse_until(text) == pytest.approx(found)
    assert parse_until(str(found)) == found


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("leaked", "expected a column, the sign"),
        ("leaked +- few", "'few' is no number"),
        ("leaked +- 0", "must be above 0"),
        ("leaked +- -1", "must be above 0"),
        ("leaked +- nan", "must be above 0"),
        ("p(no leaker) +- 0.7", "asks for nothing"),
        ("p(leaker) +- 0.1", "neither a column nor"),
        ("leaked +- 2 %", "of what"),
        ("2 leaked +- 2", "neither a column nor"),
    ],
)
def test_until_refused(text: str, message: str) -> None:
    with pytest.raises(InputError, match=message) as error:
        parse_until(text)
    assert "p(no leaker) +- 0.02" in str(error.value)
    assert error.value.exit_code == 2


def test_until_values() -> None:
    assert parse_until("p(no leaker) +- 0.1").values([0, 3, 0, 1]).tolist() == [1.0, 0.0, 1.0, 0.0]
    assert parse_until("leaked +- 0.1").values([0, 3]).tolist() == [0.0, 3.0]


def test_summary() -> None:
    found = statistics.summary([0, 0, 1, 3] * 25, "leaked")
    assert (found.n, found.mean.value, found.median.value, found.least, found.most) == (
        100,
        1.0,
        0.5,
        0.0,
        3.0,
    )
    assert found.p_none is not None and found.p_none.value == 0.5
    assert found.std == pytest.approx(math.sqrt(1.5 * 100 / 99))
    assert statistics.summary([0.5, 1.5], "share").p_none is None
    empty = statistics.summary([])
    assert json.dumps(empty.as_dict(), allow_nan=False) and empty.n == 0


def test_missing_values_are_not_left_out_silently() -> None:
    with pytest.raises(InputError, match="1 of 3 values are missing or infinite, the first at place 1"):
        statistics.mean([1.0, math.nan, 2.0])
    with pytest.raises(InputError, match="2 dimensions"):
        statistics.mean([[1.0]])


def test_the_pages_example_prints_what_it_says(capsys: pytest.CaptureFixture[str]) -> None:
    page = (Path(__file__).resolve().parents[2] / "docs/statistics.md").read_text(encoding="utf-8")
    code = page.split("```python\n")[1].split("```")[0]
    exec(compile(code, "docs/statistics.md", "exec"), {})
    said = [line.split("# ")[1].strip() for line in code.splitlines() if "  # " in line]
    printed = capsys.readouterr().out.splitlines()
    assert len(said) == 2 and printed[:2] == said
