"""How often the intervals of a study hold the truth: summed exactly from the binomial distribution, or simulated.

`python -m validation.coverage` prints the section of the trust page and draws its figure.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray
from scipy import stats

from parapet.study import sequential, statistics
from parapet.study.figures import COLOURS, axes_of, save
from parapet.study.statistics import Method

PROPORTIONS = (0.02, 0.1, 0.5, 0.9, 0.98)
RUNS = (20, 50, 200, 1000)
WIDTHS = (0.2, 0.1, 0.05, 0.02)
N_MOST = 5000

METHODS: tuple[Method, ...] = ("clopper-pearson", "wilson")


@cache
def bounds(n: int, method: Method, level: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Low and high end for 0 to n successes, by the formulas (a test compares them with the study's own)."""
    x, tail = np.arange(n + 1), (1.0 - level) / 2.0
    if method == "clopper-pearson":
        low = stats.beta.ppf(tail, np.maximum(x, 1), n - x + 1)
        high = stats.beta.ppf(1.0 - tail, x + 1, np.maximum(n - x, 1))
        return np.where(x == 0, 0.0, low), np.where(x == n, 1.0, high)
    z, share = stats.norm.ppf(1.0 - tail), x / n
    middle = (share + z * z / (2 * n)) / (1.0 + z * z / n)
    half = z / (1.0 + z * z / n) * np.sqrt(share * (1.0 - share) / n + z * z / (4.0 * n * n))
    return middle - half, middle + half


def fixed(p: float, n: int, method: Method) -> float:
    """Coverage of the 95 % interval after exactly n runs, by the binomial distribution."""
    low, high = bounds(n, method, statistics.LEVEL)
    return float(stats.binom.pmf(np.arange(n + 1), n, p)[(low <= p) & (p <= high)].sum())


@dataclass(frozen=True)
class Stopped:
    """Coverage and mean number of runs of a study that stops by itself."""

    coverage: float
    n_runs: float


@cache
def _looks(
    half_width: float, n_max: int
) -> list[tuple[int, NDArray[np.bool_], NDArray[np.float64], NDArray[np.float64]]]:
    """At each checkpoint: for every count whether it stops there, and its interval."""
    found = []
    for n in sequential.checkpoints(n_max):
        low, high = bounds(n, "clopper-pearson", sequential.LOOK_LEVEL)
        share = np.arange(n + 1) / n
        stops = np.maximum(high - share, share - low) <= half_width
        found.append((n, stops if n < n_max else np.ones(n + 1, dtype=bool), low, high))
        if stops.all():
            break  # whatever came out, nobody goes on
    return found


def stopped(p: float, half_width: float, n_max: int) -> Stopped:
    """Coverage with stopping: the random walk of successes, cut off wherever a checkpoint stops it.

    Exact up to rounding: the distribution of the count among studies still running is carried from checkpoint to
    checkpoint. A study that has not stopped at `n_max` reports what it has.
    """
    running = np.ones(1)
    before, coverage, runs = 0, 0.0, 0.0
    for n, stops, low, high in _looks(half_width, n_max):
        running = np.convolve(running, stats.binom.pmf(np.arange(n - before + 1), n - before, p))
        before = n
        coverage += float(running[stops & (low <= p) & (p <= high)].sum())
        runs += n * float(running[stops].sum())
        running = np.where(stops, 0.0, running)
    return Stopped(coverage, runs)


def simulated(p: float, half_width: float, n_max: int, n_studies: int = 2000) -> Stopped:
    """The same by playing studies through `sequential.stops_at`: checks the exact sum, and the code itself."""
    rng = statistics.generator(f"parapet/validation/coverage/{p}/{half_width}/{n_max}")
    hits, runs = 0, 0
    for _ in range(n_studies):
        values = (rng.random(n_max) < p).astype(float)
        n = sequential.stops_at(values, "proportion", half_width) or n_max
        found = sequential.estimate(values[:n], "proportion")
        hits += found.low <= p <= found.high
        runs += n
    return Stopped(hits / n_studies, runs / n_studies)


Draw = Callable[[np.random.Generator, int], NDArray[np.float64]]
COLUMNS: tuple[tuple[str, float, float, Draw], ...] = (
    ("10 threats, each leaks with 0.02", 0.2, 0.443, lambda g, n: g.binomial(10, 0.02, n).astype(float)),
    ("10 threats, each leaks with 0.1", 1.0, 0.949, lambda g, n: g.binomial(10, 0.1, n).astype(float)),
    ("10 threats, each leaks with 0.5", 5.0, 1.581, lambda g, n: g.binomial(10, 0.5, n).astype(float)),
    ("10 threats, each leaks with 0.98", 9.8, 0.443, lambda g, n: g.binomial(10, 0.98, n).astype(float)),
    ("one threat, leaks with 0.1", 0.1, 0.3, lambda g, n: g.binomial(1, 0.1, n).astype(float)),
    ("exponential", 1.0, 1.0, lambda g, n: g.exponential(1.0, n)),
    ("all 20 leak in one run of 20", 1.0, 4.359, lambda g, n: 20.0 * g.binomial(1, 0.05, n)),
)
"""Name, true mean, true standard deviation, and how a run is drawn."""


def simulated_mean(
    draw: Draw, truth: float, half_width: float, n_max: int = 2000, n_studies: int = 2000
) -> Stopped:
    """Coverage of a mean with stopping, by playing studies."""
    rng = statistics.generator(f"parapet/validation/coverage/mean/{truth}/{half_width}")
    hits, runs = 0, 0
    for _ in range(n_studies):
        values = draw(rng, n_max)
        n = sequential.stops_at(values, "mean", half_width) or n_max
        found = sequential.estimate(values[:n], "mean")
        hits += found.low <= truth <= found.high
        runs += n
    return Stopped(hits / n_studies, runs / n_studies)


def _percent(share: float) -> str:
    return f"{100.0 * share:.1f}"


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def text(n_studies: int = 2000) -> str:
    """The section of the trust page, as markdown."""
    head = [_row(["n", *(f"p = {p:g}" for p in PROPORTIONS)]), "|---" * (len(PROPORTIONS) + 1) + "|"]
    out = [
        "## Do the intervals hold what they say",
        "",
        "Share of studies, in %, whose 95 % interval holds the true proportion, summed over the binomial distribution "
        "(exact, not simulated).",
        "",
    ]
    for method, title in zip(METHODS, ("Clopper-Pearson", "Wilson"), strict=True):
        table = [[fixed(p, n, method) for p in PROPORTIONS] for n in RUNS]
        every = np.array(table)
        out += [f"### {title}, n runs", "", *head]
        out += [_row([str(n), *map(_percent, row)]) for n, row in zip(RUNS, table, strict=True)]
        out += [
            "",
            f"Least {_percent(every.min())}, most {_percent(every.max())}, on average {_percent(every.mean())}.",
            "",
        ]
    out += [
        "### With stopping",
        "",
        "The study stops at the first checkpoint whose interval reaches no farther than the half width, and at n runs "
        f"at the latest; each look's interval is made at {100 * sequential.LOOK_LEVEL:g} %. Cells hold the least over "
        f"half widths {', '.join(f'{w:g}' for w in WIDTHS)}.",
        "",
        *head,
    ]
    cells = {
        (n, p): min(stopped(p, w, n).coverage for w in WIDTHS) for n in (*RUNS, N_MOST) for p in PROPORTIONS
    }
    out += [_row([str(n), *(_percent(cells[n, p]) for p in PROPORTIONS)]) for n in (*RUNS, N_MOST)]
    grid = np.linspace(0.005, 0.5, 100)
    least = min(
        (stopped(float(p), w, n).coverage, float(p), w, n) for p in grid for w in WIDTHS for n in RUNS
    )
    out += [
        "",
        f"Least of the table {_percent(min(cells.values()))}. Over 100 values of p from 0.005 to 0.5 the least is "
        f"{100.0 * least[0]:.2f} (p = {least[1]:.3f}, half width {least[2]:g}, n = {least[3]}). By playing {n_studies} "
        "studies of up to 1000 runs with the code itself, half width 0.05, beside the exact sum:",
        "",
        _row(["", *(f"p = {p:g}" for p in PROPORTIONS)]),
        "|---" * (len(PROPORTIONS) + 1) + "|",
    ]
    played = [simulated(p, 0.05, 1000, n_studies) for p in PROPORTIONS]
    summed = [stopped(p, 0.05, 1000) for p in PROPORTIONS]
    out += [
        _row(["exact", *(_percent(s.coverage) for s in summed)]),
        _row(["played", *(_percent(s.coverage) for s in played)]),
        _row(["runs it took", *(f"{s.n_runs:.0f}" for s in summed)]),
        "",
        "### Means with stopping",
        "",
        f"Simulated, {n_studies} studies each (standard error up to {_percent(0.5 / np.sqrt(n_studies))} points), half "
        "width in standard deviations of a run. The last row shows the limit: where all of the mean comes from one run "
        "in twenty, fifty runs may not have seen it, and no rule that looks at the runs alone can know.",
        "",
        _row(["column", *(f"{w:g} sd" for w in (0.4, 0.2, 0.1))]),
        "|---|---|---|---|",
    ]
    for name, truth, sd, draw in COLUMNS:
        found = [simulated_mean(draw, truth, w * sd, n_studies=n_studies) for w in (0.4, 0.2, 0.1)]
        out.append(_row([name, *(f"{_percent(s.coverage)} ({s.n_runs:.0f} runs)" for s in found)]))
    return "\n".join([*out, "", "![Coverage of intervals](figures/coverage.png)", ""])


def draw(folder: Path, name: str = "coverage") -> list[Path]:
    """The figure: coverage against the proportion, fixed n left and with stopping right."""
    figure = Figure(figsize=(9.5, 3.8), layout="constrained")
    left, right = axes_of(figure, 1, 2, sharey=True)
    grid = np.linspace(0.005, 0.995, 199)
    for k, method in enumerate(METHODS):
        for n, style in ((50, "-"), (1000, ":")):
            label = f"{'Clopper-Pearson' if k == 0 else 'Wilson'}, {n:,} runs"
            left.plot(
                grid, [fixed(float(p), n, method) for p in grid], style, color=COLOURS[k], lw=1.2, label=label
            )
    for k, width in enumerate((0.1, 0.05, 0.02)):
        covered = [stopped(float(p), width, N_MOST).coverage for p in grid]
        right.plot(
            grid, covered, color=COLOURS[k], lw=1.2, label=f"until ± {width:g}, at most {N_MOST:,} runs"
        )
    for axis, title in ((left, "A fixed number of runs"), (right, "Stopped when narrow enough")):
        axis.axhline(0.95, color="#30343b", lw=0.8, ls="--")
        axis.set(xlabel="true proportion", xlim=(-0.02, 1.02), ylim=(0.85, 1.002))
        axis.set_title(title, fontsize=11, loc="left")
        axis.legend(fontsize=8, loc="lower center")
    left.set_ylabel("share of intervals that hold it")
    return save(figure, folder, name)


if __name__ == "__main__":
    import sys

    target = Path(sys.argv[1]) if len(sys.argv) > 1 else Path("docs/figures")
    draw(target)
    print(text())
