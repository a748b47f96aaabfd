"""Doubt in the data: the median stays at nominal, groups move together, alternatives are counts, sample 0 is the catalogue."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from parapet import catalogue as catalogue_module
from parapet.errors import ScenarioError
from parapet.study import design, doubt
from parapet.study.read import read

_spec = importlib.util.spec_from_file_location("small", Path(__file__).with_name("small.py"))
assert _spec is not None and _spec.loader is not None
small = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(small)


def drawn_from(folder: Path, text: str):  # type: ignore[no-untyped-def]
    study = read(small.written(folder, text))
    ready = design.check_cells(study, design.cells(study))
    figures = doubt.figures_drawn(study, [(one.scenario, one.catalogue) for one in ready])
    return study, figures, doubt.samples(study, figures, ready[0].catalogue)


@pytest.mark.parametrize(
    "low, nominal, high", [(1.0, 2.0, 4.0), (1.0, 1.0, 4.0), (-2.0, 0.0, 0.5), (3.0, 4.0, 4.0)]
)
def test_the_median_is_nominal_and_nothing_leaves_the_range(low: float, nominal: float, high: float) -> None:
    u = np.linspace(0.0, 1.0, 4001)
    x = np.array([doubt.quantile(low, nominal, high, float(v)) for v in u])
    assert doubt.quantile(low, nominal, high, 0.5) == nominal
    assert x[0] == low and x[-1] == high and (np.diff(x) >= 0.0).all()
    # two triangles: a quarter of each side's width holds a sixteenth of its half (the density rises from zero)
    if low < nominal:
        assert (x < low + 0.25 * (nominal - low)).mean() == pytest.approx(0.5 / 16.0, abs=1e-3)
    if nominal < high:
        assert (x > high - 0.25 * (high - nominal)).mean() == pytest.approx(0.5 / 16.0, abs=1e-3)


def test_a_symmetric_range_is_the_triangular_distribution() -> None:
    u = np.linspace(0.01, 0.99, 99)
    x = [doubt.quantile(2.0, 3.0, 4.0, float(v)) for v in u]
    assert x == pytest.approx(stats.triang(0.5, loc=2.0, scale=2.0).ppf(u))


def test_wide_figures_are_drawn_in_the_logarithm() -> None:
    x = [doubt.quantile(0.01, 0.1, 1.0, v, is_log=True) for v in (0.125, 0.5, 0.875)]
    assert x == pytest.approx([0.01 * 10.0**0.5, 0.1, 10.0**-0.5])


def test_disputed_counts_are_alternatives_with_half_the_weight_on_nominal() -> None:
    u = (np.arange(1000) + 0.5) / 1000
    three = [doubt.count_at(16, 20, 32, float(v)) for v in u]
    assert {n: three.count(n) for n in (16, 20, 32)} == {16: 250, 20: 500, 32: 250}
    two = [doubt.count_at(36, 80, 80, float(v)) for v in u]
    assert {n: two.count(n) for n in (36, 80)} == {36: 500, 80: 500}


def test_which_figures_are_drawn_and_how(tmp_path: Path) -> None:
    text = small.DOUBT.replace(
        "figures: [",
        "figures: [systems.*, radars.91n6e.modes.*, interceptors.48n6e3.boost_time, interceptors.48n6e3.range_air, ",
    )
    _, figures, _ = drawn_from(tmp_path, text)
    by_path = {figure.path: figure for figure in figures}
    catalogue = catalogue_module.load()
    for path, one in by_path.items():
        section, name, key = path.split(".", 2)
        assert catalogue.section(section)[name].figure(key) == one.figure and one.figure.low < one.figure.high
    signature = [one for path, one in by_path.items() if ".signature." in path]
    assert signature and all(one.is_log for one in signature) and len({one.group for one in signature}) == 1
    assert by_path["threats.f-16c-block-70.unit_cost"].is_log
    assert not by_path["interceptors.48n6e3.p_reliability"].is_log
    motor = {by_path[f"interceptors.48n6e3.{key}"].group for key in ("boost_time", "range_air")}
    assert len(motor) == 1
    channels = by_path["systems.s400-fire-unit.fire_units.n_missile_channels"]
    assert channels.is_count
    # an alternative of the study's own takes the place of the draw
    assert "systems.s400-fire-unit.fire_units.n_target_channels" not in by_path
    # a body that no battle uses is not drawn
    assert not any(path.startswith("threats.som") for path in by_path)


def test_groups_share_one_draw_and_sample_0_is_the_catalogue(tmp_path: Path) -> None:
    text = small.DOUBT.replace(
        "samples: 3",
        "samples: 40\n  groups: {mine: [interceptors.48n6e3.p_reliability, threats.f-16c-block-70.size]}",
    )
    study, _, (settings, rows, _) = drawn_from(tmp_path, text)
    assert settings[0] == {} and len(settings) == 41
    by_sample: dict[int, dict[str, doubt.Input]] = {}
    for row in rows:
        by_sample.setdefault(row.sample, {})[row.figure] = row
    mine = [
        (s["interceptors.48n6e3.p_reliability"].u, s["threats.f-16c-block-70.size"].u)
        for s in by_sample.values()
    ]
    assert all(a == b for a, b in mine) and len({a for a, _ in mine}) == 40
    other = [s["threats.f-16c-block-70.signature.X.front"].u for s in by_sample.values()]
    assert abs(np.corrcoef([a for a, _ in mine], other)[0, 1]) < 0.5
    chosen = [
        settings[k]["catalogue.systems.s400-fire-unit.fire_units.n_target_channels"] for k in range(1, 41)
    ]
    assert 14 <= chosen.count(1) <= 26 and set(chosen) == {1, 10}
    # a drawn value reaches the catalogue of the cell
    cell = design.cells(study)[0]
    got = design.checked(study, cell, settings[7]).catalogue.interceptors["48n6e3"].si("p_reliability")
    assert got == by_sample[7]["interceptors.48n6e3.p_reliability"].value
    assert (
        design.checked(study, cell, settings[7])
        .catalogue.systems["s400-fire-unit"]
        .si("fire_units.n_target_channels")
        == chosen[6]
    )


def test_more_samples_keep_the_first_ones(tmp_path: Path) -> None:
    _, _, (few, _, _) = drawn_from(tmp_path, small.DOUBT)
    _, _, (many, _, _) = drawn_from(tmp_path, small.DOUBT.replace("samples: 3", "samples: 50"))
    assert many[:4] == few


def test_what_was_drawn_comes_back_from_the_table(tmp_path: Path) -> None:
    study, _, (settings, rows, _) = drawn_from(tmp_path, small.DOUBT)
    assert doubt.settings_in(doubt.inputs_frame(rows), study.doubt) == settings


def test_all_doubt_of_a_whole_system_can_be_played(tmp_path: Path) -> None:
    text = "parapet-study: 1\nbase: base.yaml\ndoubt: {samples: 12}\n"
    study, figures, (settings, _, n_refused) = drawn_from(tmp_path, text)
    assert len(figures) > 80 and n_refused <= 12
    cell = design.cells(study)[0]
    for setting in settings:
        design.checked(study, cell, setting)


@pytest.mark.parametrize(
    "old, new, said",
    [
        ("interceptors.48n6e3.p_reliability", "interceptors.48n6e3.p_relaibility", "Did you mean 'interceptors.48n6e3.p_reliability'"),
        ("samples: 3", "samples: 0", "at least 1"),
        ("[1, 10]", "[1]", "two or more values"),
        ("  alternatives", "  alternatvies", "Did you mean 'alternatives'"),
        ("figures: [", "except: ['*']\n  figures: [", "nothing is in doubt"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_doubt_is_said(tmp_path: Path, old: str, new: str, said: str) -> None:
    text = small.DOUBT.replace(old, new)
    if "nothing" in said:
        text = text[: text.index("  alternatives")] + "runs: 3\n"
    with pytest.raises(ScenarioError) as caught:
        drawn_from(tmp_path, text)
    assert said in str(caught.value) and "study.yaml:" in str(caught.value)
