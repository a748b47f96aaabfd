"""Which figures and rankings a stored study gets, and that they say what its tables say."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import parapet
from parapet.errors import InputError
from parapet.study import pictures
from parapet.study.show import cell_rows, closed_forms

_spec = importlib.util.spec_from_file_location("small", Path(__file__).with_name("small.py"))
assert _spec is not None and _spec.loader is not None
small = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(small)

HEAD = "parapet-study: 1\ntitle: Sampled\nbase: base.yaml\nseed: 2\n"


def played(folder: Path, text: str, runs: int = 3) -> parapet.Study:
    return parapet.study(small.written(folder, text), runs=runs, out=folder / "out", say=lambda text: None)


def names(paths: list[Path]) -> set[str]:
    assert all(path.stat().st_size > 1000 for path in paths)
    return {path.name for path in paths}


def test_a_grid_has_curves_and_a_heat_map(tmp_path: Path) -> None:
    text = HEAD + "factors:\n  raid[jet].count: [1, 2, 4]\n  systems[guard].doctrine.salvo: [1, 2]\n"
    study = played(tmp_path, text, runs=24)
    assert names(pictures.draw(study, tmp_path / "figures")) == {
        f"{name}.{kind}" for name in ("response", "heat-map", "convergence") for kind in ("svg", "png")
    }
    table = pictures.estimates(study)
    assert table["count"].to_list() == [1, 1, 2, 2, 4, 4]
    assert table["value"].to_list() == [study.values("leaked", k).mean() for k in range(6)]
    settled = pictures.settling(study, 5)
    assert settled["n"].to_list() == [5, 7, 10, 15, 20, 24]
    assert settled["value"][4] == study.values("leaked", 5)[:20].mean()


def test_variants_are_curves(tmp_path: Path) -> None:
    study = played(tmp_path, small.STUDY)
    assert "response.svg" in names(pictures.draw(study, tmp_path / "figures"))


def test_one_at_a_time_is_a_tornado(tmp_path: Path) -> None:
    text = (
        HEAD
        + "factors:\n  raid[jet].count: [1, 4]\n  raid[jet].interval: [1 s, 20 s]\ndesign: one_at_a_time\n"
    )
    study = played(tmp_path, text)
    assert study.n_cells == 5
    assert "tornado.png" in names(pictures.draw(study, tmp_path / "figures"))
    swings = pictures._swings(study, pictures.estimates(study))
    assert swings["input"].to_list() == ["count", "interval"]
    assert swings["low_text"].to_list() == ["1", "1 s"] and swings["high_text"].to_list() == ["4", "20 s"]
    assert swings["at_high"][0] == study.values("leaked", 2).mean()


@pytest.mark.parametrize(
    "factor, low, high",
    [
        ("raid[jet].count: [8, 1, 4]", "1", "8"),  # not rising
        ("raid[jet].count: [4, 2, 3]", "2", "4"),  # the base, 2, is a level and the lowest
        ("raid[jet].count: [1, 2]", "1", "2"),  # the base is a level and the highest
        ("raid[jet].count: [4, 3]", "3", "4"),  # the base is no level
        ("raid[jet].interval: [20 s, 1 s]", "1 s", "20 s"),
        ("raid[jet].interval: [0.5 min, 3 s, 5 s]", "3 s", "0.5 min"),  # 3 s is the base
        ("systems[guard].doctrine.mode: [shoot_look_shoot, salvo]", "shoot_look_shoot", "salvo"),
    ],
)  # fmt: skip
def test_a_tornado_goes_from_the_lowest_to_the_highest_level(
    tmp_path: Path, factor: str, low: str, high: str
) -> None:
    study = played(tmp_path, HEAD + f"factors:\n  {factor}\ndesign: one_at_a_time\n", runs=1)
    table = pl.DataFrame({"cell": range(study.n_cells), "value": [10.0 * k for k in range(study.n_cells)]})
    (row,) = pictures._swings(study, table).to_dicts()
    assert (row["low_text"], row["high_text"]) == (low, high)
    levels = [str(next(iter(cell["levels"].values()))) for cell in study.manifest["cells"]]
    assert (row["at_low"], row["at_high"]) == (10.0 * levels.index(low), 10.0 * levels.index(high))


def test_every_variant_has_its_heat_map_and_its_tornado(tmp_path: Path, monkeypatch) -> None:
    from parapet.study import figures

    text = small.STUDY.replace(
        "  raid[jet].count: [1, 3]", "  raid[jet].count: [1, 3]\n  raid[jet].interval: [1 s, 9 s]"
    )
    study = played(tmp_path, text, runs=3)
    drawn: list[tuple[pl.DataFrame, str, tuple[float, float]]] = []
    real = figures.heat_map

    def heat_map(table, *rest, **more):  # type: ignore[no-untyped-def]
        drawn.append((table, more["title"], more["ends"]))
        return real(table, *rest, **more)

    monkeypatch.setattr(figures, "heat_map", heat_map)
    found = names(pictures.draw(study, tmp_path / "figures"))
    assert {"heat-map-salvo.svg", "heat-map-look.png", "response.svg"} <= found
    assert [table["variant"].unique().to_list() for table, _, _ in drawn] == [["salvo"], ["look"]]
    assert drawn[1][1] == "A small study (look)" and drawn[0][2] == drawn[1][2]  # one scale of colours
    (tmp_path / "one").mkdir()
    study = played(tmp_path / "one", text + "design: one_at_a_time\n", runs=2)
    assert {"tornado-salvo.svg", "tornado-look.svg"} <= names(pictures.draw(study, tmp_path / "figures"))
    table = pictures.estimates(study).with_columns(value=pl.col("cell").cast(pl.Float64))
    assert pictures._swings(study, table, "look")["at_high"].to_list() == [7.0, 9.0]


def test_no_figure_says_what_is_missing(tmp_path: Path) -> None:
    small.written(tmp_path)
    study = parapet.study(tmp_path / "base.yaml", runs=3, out=tmp_path / "out", say=lambda text: None)
    assert pictures.draw(study, tmp_path / "figures") == []
    assert "from 6 runs of a cell on, it has 3; curves" in pictures.why_none(study)
    study = parapet.study(tmp_path / "base.yaml", runs=6, out=tmp_path / "out", say=lambda text: None)
    assert names(pictures.draw(study, tmp_path / "figures")) == {"convergence.svg", "convergence.png"}


def test_the_band_of_a_count_stays_above_zero(tmp_path: Path, monkeypatch) -> None:
    study = played(tmp_path, small.STUDY, runs=7)
    counts = np.array([0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0])
    monkeypatch.setattr(type(study), "values", lambda *arguments: counts)
    assert pictures.settling(study, 0)["low"].to_list() == [0.0, 0.0]
    monkeypatch.setattr(type(study), "values", lambda *arguments: counts - 1.0)
    assert min(pictures.settling(study, 0)["low"].to_list()) < -1.0


def test_sampled_designs_rank_what_drives_the_answer(tmp_path: Path) -> None:
    factors = "factors:\n  raid[jet].count: {low: 1, high: 6}\n  raid[jet].interval: {low: 1 s, high: 3 s}\n"
    study = played(tmp_path, HEAD + factors + "design: {kind: latin_hypercube, size: 16}\n", runs=2)
    ranked = pictures.drivers(study, "rounds")
    assert ranked is not None and ranked["input"][0] == "count" and ranked["strength"][0] > 0.5
    assert "ranking.svg" in names(pictures.draw(study, tmp_path / "figures", "rounds"))


def test_saltelli_designs_give_sobol_indices(tmp_path: Path) -> None:
    factors = "factors:\n  raid[jet].count: {low: 1, high: 6}\n  raid[jet].interval: {low: 1 s, high: 3 s}\n"
    study = played(tmp_path, HEAD + factors + "design: {kind: saltelli, size: 8}\n", runs=1)
    assert study.n_cells == 8 * 4
    ranked = pictures.drivers(study, "threats")  # the answer is the count itself
    assert ranked is not None and ranked["input"][0] == "count"
    by_input = {row["input"]: row for row in ranked.iter_rows(named=True)}
    assert by_input["count"]["total"] > 0.5
    assert by_input["interval"]["total"] == pytest.approx(0.0, abs=1e-9)


def test_saltelli_points_stand_in_the_order_that_the_indices_expect() -> None:
    from parapet.study.design import unit_points
    from parapet.study.sensitivity import sobol_indices

    u = unit_points("saltelli", 512, 3, seed=4)
    answer = 3.0 * u[:, 0] + 4.0 * u[:, 1] + 0.0 * u[:, 2]  # variances 9 and 16 of 25
    found = sobol_indices({"a": (0.0, 1.0), "b": (0.0, 1.0), "c": (0.0, 1.0)}, answer)
    first = dict(zip(found["input"], found["first"], strict=True))
    assert first == pytest.approx({"a": 0.36, "b": 0.64, "c": 0.0}, abs=0.03)


def test_doubt_needs_more_samples_than_groups(tmp_path: Path) -> None:
    study = played(tmp_path, small.DOUBT, runs=1)
    with pytest.raises(InputError, match="ranking them needs"):
        pictures.drivers(study)
    assert "ranking them needs" in " ".join(study.summary().split())
    one = small.DOUBT.split("figures:")[0].replace("samples: 3", "samples: 8") + (
        "figures: [interceptors.*.p_reliability]\n  groups: {reliability: [interceptors.*.p_reliability]}\n"
    )
    (tmp_path / "one").mkdir()
    study = played(tmp_path / "one", one, runs=1)
    ranked = pictures.drivers(study, "rounds")
    assert ranked is not None and ranked["input"].to_list() == ["reliability"]


def test_the_closed_form_stands_beside_the_simulation(tmp_path: Path) -> None:
    few = played(tmp_path, small.STUDY)
    assert "4 of 4 cells have fewer than 10 runs" in few.summary()
    study = parapet.study(tmp_path / "study.yaml", runs=10, out=few.folder, say=lambda text: None)
    closed = closed_forms(study, cell_rows(study))
    assert list(closed) == [0, 1, 2, 3] and all(0.0 <= one.leakers <= 3.0 for one in closed.values())
    assert "The closed form agrees with the battles in all of 4 cells" in study.summary()
    # a battle that needs two rounds where the closed form needs one, and kills nobody: told cell by cell, with reasons
    study._tables["runs"] = study.runs.with_columns(
        leaked=pl.col("threats"), killed=pl.lit(1), rounds=pl.lit(4)
    )
    text = " ".join(study.summary().split())
    assert "agrees with the battles in 0 of 4 cells" in text and "What the closed form leaves out" in text
    assert "look, count=3 3.0 0.0 4.00" in text
    single = parapet.study(tmp_path / "base.yaml", runs=10, out=tmp_path / "single", say=lambda text: None)
    assert "Closed form:" in single.summary() and np.isfinite(single.values("leaked")).all()


def test_unknown_columns_are_refused(tmp_path: Path) -> None:
    study = played(tmp_path, small.STUDY, runs=1)
    with pytest.raises(InputError, match="Did you mean 'leaked'"):
        pictures.draw(study, tmp_path, "laeked")
