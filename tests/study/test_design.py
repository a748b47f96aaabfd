"""Study files: paths, variants, factors and designs; and what is said about those that are wrong."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import numpy as np
import pytest

from parapet.errors import ScenarioError
from parapet.study import design
from parapet.study.factors import PathError, changed, labels, leaves, value_at
from parapet.study.read import read

_spec = importlib.util.spec_from_file_location("small", Path(__file__).with_name("small.py"))
assert _spec is not None and _spec.loader is not None
small = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(small)
written, STUDY, BASE = small.written, small.STUDY, small.BASE


def findings(file: Path) -> list[str]:
    def checked() -> None:
        study = read(file)
        design.check_cells(study, design.cells(study))

    with pytest.raises(ScenarioError) as caught:
        checked()
    return [str(finding) for finding in caught.value.findings]


DATA = {
    "title": "x",
    "systems": [
        {"name": "ankara", "system": "s400-fire-unit"},
        {"name": "izmir", "system": "s400-fire-unit"},
    ],
    "raid": [{"name": "cruise", "count": 4, "aim": "Town", "route": [{"agl": "50 m"}]}],
}


def test_paths_go_by_name_number_and_star() -> None:
    assert leaves(DATA, "raid[cruise].count")[0].place == ("raid", 0, "count")
    assert leaves(DATA, "raid.cruise.count")[0].is_whole
    assert not leaves(DATA, "raid[0].interval")[0].is_whole
    assert [leaf.place[1] for leaf in leaves(DATA, "systems[*].status")] == [0, 1]
    assert value_at(DATA, "raid[cruise].count") == 4
    assert value_at(DATA, "systems[izmir].doctrine.salvo") is None


def test_changes_make_blocks_and_spell_out_short_forms() -> None:
    data = changed(
        DATA,
        {"systems[*].doctrine.salvo": 1, "raid[cruise].aim.altitude": "2 km", "raid[0].route[0].agl": "80 m"},
    )
    assert [system["doctrine"] for system in data["systems"]] == [{"salvo": 1}, {"salvo": 1}]
    assert data["raid"][0]["aim"] == {"of": "Town", "altitude": "2 km"}
    assert data["raid"][0]["route"][0]["agl"] == "80 m"
    assert DATA["raid"][0]["aim"] == "Town"  # the base is left alone


def test_the_last_word_on_a_figure_counts() -> None:
    data = changed(
        {**DATA, "catalogue_overrides": {"a.b.c": 1}}, {"catalogue.a.b.d": 2, "catalogue.a.b.c": 3}
    )
    assert list(data["catalogue_overrides"].items()) == [("a.b.d", 2), ("a.b.c", 3)]


@pytest.mark.parametrize(
    "path, said",
    [
        ("raid[cruse].count", "Did you mean 'cruise'"),
        ("raid[cruise].cont", "Did you mean 'count'"),
        ("sytems[ankara].status", "Did you mean 'systems'"),
        ("raid[7].count", "There are: cruise"),
        ("raid[cruise].count.x", "is a value"),
        ("raid[cruise", "expected a path"),
        ("assets[*].value", "is empty"),
    ],
)
def test_a_path_that_leads_nowhere_says_so(path: str, said: str) -> None:
    with pytest.raises(PathError, match=said.replace("[", r"\[")):
        leaves(DATA, path)


def test_labels_are_short_and_tell_paths_apart() -> None:
    assert labels(["raid[a].count", "systems[b].doctrine.salvo"]) == {
        "raid[a].count": "count", "systems[b].doctrine.salvo": "salvo",
    }  # fmt: skip
    assert labels(["raid[a].count", "raid[b].count"]) == {
        "raid[a].count": "a.count",
        "raid[b].count": "b.count",
    }


def test_a_grid_has_variants_outside_and_levels_inside(tmp_path: Path) -> None:
    study = read(written(tmp_path))
    cells = design.cells(study)
    assert [cell.name for cell in cells] == [
        "salvo, count=1",
        "salvo, count=3",
        "look, count=1",
        "look, count=3",
    ]
    ready = design.check_cells(study, cells)
    assert [one.scenario.raid[0].count for one in ready] == [1, 3, 1, 3]
    assert [one.scenario.systems[0].doctrine.mode for one in ready] == ["salvo"] * 2 + [
        "shoot_look_shoot"
    ] * 2
    assert [one.scenario.systems[0].doctrine.salvo for one in ready] == [2, 2, 1, 1]


def test_a_plain_scenario_is_a_study_with_one_cell(tmp_path: Path) -> None:
    written(tmp_path)
    study = read(tmp_path / "base.yaml")
    assert study.seed == 3 and study.is_plain
    assert [cell.name for cell in design.cells(study)] == ["base"]


def test_catalogue_figures_are_factors(tmp_path: Path) -> None:
    text = STUDY.replace(
        "raid[jet].count: [1, 3]",
        "catalogue.interceptors.48n6e3.p_reliability: {low: 0.5, high: 0.9, count: 3}",
    )
    study = read(written(tmp_path, text))
    ready = design.check_cells(study, design.cells(study))
    got = [one.catalogue.interceptors["48n6e3"].si("p_reliability") for one in ready[:3]]
    assert got == pytest.approx([0.5, 0.7, 0.9])


RANGES = """\
parapet-study: 1
base: base.yaml
factors:
  raid[jet].count: {low: 1, high: 4}
  raid[jet].interval: {low: 1 s, high: 100 s, scale: log}
  systems[guard].status: [operational, dormant]
design: {kind: KIND, size: 16}
"""


@pytest.mark.parametrize("kind", ["latin_hypercube", "sobol"])
def test_sampled_designs_fill_their_ranges_evenly(tmp_path: Path, kind: str) -> None:
    study = read(written(tmp_path, RANGES.replace("KIND", kind)))
    points = design.design_points(study)
    assert len(points) == 16 and points == design.design_points(study)
    counts = [point["raid[jet].count"] for point in points]
    assert sorted(set(counts)) == [1, 2, 3, 4] and all(counts.count(n) == 4 for n in (1, 2, 3, 4))
    seconds = np.array([float(point["raid[jet].interval"].split()[0]) for point in points])
    assert (seconds < 10.0).sum() == 8  # half of the points in each half of the logarithm
    assert {point["systems[guard].status"] for point in points} == {"operational", "dormant"}
    assert points != design.design_points(read_with_seed(tmp_path, 99))


def read_with_seed(folder: Path, seed: int):  # type: ignore[no-untyped-def]
    file = folder / "study.yaml"
    file.write_text(file.read_text(encoding="utf-8") + f"seed: {seed}\n", encoding="utf-8")
    return read(file)


def test_saltelli_points_change_one_factor_at_a_time() -> None:
    points = design.unit_points("saltelli", 8, 3, seed=1)
    assert points.shape == (8 * 5, 3)
    for block in points.reshape(8, 5, 3):
        a, b = block[0], block[-1]
        for i in range(3):
            expected = a.copy()
            expected[i] = b[i]
            assert (block[1 + i] == expected).all()


def test_one_at_a_time_starts_from_the_base(tmp_path: Path) -> None:
    text = STUDY.replace("[1, 3]", "[1, 2, 5]\n  systems[guard].doctrine.salvo: [1, 2]").replace(
        "variants:\n  salvo:\n    systems[guard].doctrine.mode: salvo\n  look:\n    systems[guard].doctrine.salvo: 1\n",
        "",
    )
    study = read(written(tmp_path, text + "design: one_at_a_time\n"))
    points = [tuple(point.values()) for point in design.design_points(study)]
    assert points == [(2, 1), (1, 1), (5, 1), (2, 2)]  # the file says 2 jets; it does not say a salvo


@pytest.mark.parametrize(
    "old, new, said",
    [
        ("raid[jet].count: [1, 3]", "raid[jte].count: [1, 3]", ["study.yaml:10", "Did you mean 'jet'"]),
        ("raid[jet].count: [1, 3]", "raid[jet].cuont: [1, 3]", ["study.yaml:10", "Did you mean 'count'"]),
        ("doctrine.salvo: 1", "doctrine.slavo: 1", ["study.yaml:8", "Did you mean 'salvo'"]),
        ("doctrine.salvo: 1", "doctrine.salvo: 30", ["study.yaml:8", "2 cells cannot be played ('look, count=1' and others)", "got 30, expected at most 8"]),
        ("raid[jet].count: [1, 3]", "raid[jet].threat: [generic-target, scud]", ["study.yaml:10", "the catalogue has no threat 'scud'"]),
        ("[1, 3]", "[1, 0]", ["study.yaml:10", "count=0", "got 0, expected at least 1"]),
        ("[1, 3]", "[]", ["study.yaml:10", "at least one level"]),
        ("[1, 3]", "[1, 1]", ["study.yaml:10", "stands here twice"]),
        ("[1, 3]", "{low: 1 km, high: 2}", ["study.yaml:10", "use one"]),
        ("[1, 3]", "{low: 1, hihg: 2}", ["study.yaml:10", "Did you mean 'high'"]),
        ("raid[jet].count: [1, 3]", "catalogue.interceptors.48n6e4.p_reliability: [0.5]", ["study.yaml:10", "Did you mean '48n6e3'"]),
        ("base: base.yaml", "base: bsae.yaml", ["study.yaml:3", "no such file", "Did you mean"]),
        ("variants:", "varaints:", ["study.yaml:4", "Did you mean 'variants'"]),
        ("parapet-study: 1", "parapet-study: 7", ["study.yaml:1", "got format 7"]),
        ("runs: 6", "runs: 0", ["study.yaml:11", "at least 1"]),
        ("runs: 6", "design: sobol", ["study.yaml:11", "needs a size"]),
        ("runs: 6", "design: {kind: sobol, size: 12}", ["study.yaml:11", "powers of two"]),
        ("runs: 6", "design: gird", ["study.yaml:11", "Did you mean 'grid'"]),
        ("systems[guard].doctrine.mode: salvo", "raid[jet].count: 4", ["study.yaml:6", "is a factor as well"]),
        ("raid[jet].count: [1, 3]", "seed: [1, 3]", ["study.yaml:10", "cannot be varied"]),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_where_it_stands(tmp_path: Path, old: str, new: str, said: list[str]) -> None:
    assert old in STUDY
    text = "\n".join(findings(written(tmp_path, STUDY.replace(old, new, 1))))
    for part in said:
        assert part in text, text


@pytest.mark.parametrize("name", ["saturation", "doctrine", "doubt"])
def test_the_example_studies_can_be_played(root: Path, name: str) -> None:
    study = read(root / "studies" / f"{name}.yaml")
    cells = design.cells(study)
    assert len(cells) == {"saturation": 20, "doctrine": 9, "doubt": 2}[name]
    assert all(f.severity != "error" for one in design.check_cells(study, cells) for f in one.findings)
    assert study.title and study.question


def test_the_study_files_in_the_documentation_can_be_played(root: Path, tmp_path: Path) -> None:
    blocks = re.findall(
        r"^```yaml\n(.*?)^```", (root / "docs" / "studies.md").read_text(encoding="utf-8"), re.S | re.M
    )
    assert len(blocks) == 2
    (tmp_path / "city.yaml").write_text(
        (root / "studies" / "city.yaml").read_text(encoding="utf-8"), encoding="utf-8"
    )
    whole = tmp_path / "whole.yaml"
    whole.write_text(blocks[0], encoding="utf-8")
    study = read(whole)
    assert len(design.check_cells(study, design.cells(study))) == 24
    whole.write_text(f"parapet-study: 1\nbase: city.yaml\n{blocks[1]}", encoding="utf-8")
    doubt = read(whole).doubt
    assert doubt is not None and doubt.samples == 32 and "warheads" in doubt.groups


def test_a_wrong_base_is_told_in_its_own_file(tmp_path: Path) -> None:
    text = "\n".join(
        findings(written(tmp_path, base=BASE.replace("threat: generic-target", "threat: generic-tagret")))
    )
    assert "Did you mean 'generic-target'" in text and "study.yaml" in text


@pytest.mark.parametrize(
    "factor, base, others",
    [
        ("p_reliability: [0.5, 0.6]", "{reliability[1]}", [0.5, 0.6]),
        ("p_reliability: {low: 0.5, high: 0.7, count: 2}", "{reliability[1]}", [0.5, 0.7]),
        ("p_reliability: [0.5, NOMINAL]", "{reliability[1]}", [0.5]),
        ("p_reliability.low: [0.1, 0.2]", "{reliability[0]}", [0.1, 0.2]),
        ("boost_time: [3 s, 4 s]", "{boost[1]} s", ["3 s", "4 s"]),
        ("boost_time: [3, 4]", "{boost[1]}", [3, 4]),
    ],
)
def test_one_at_a_time_starts_at_the_catalogues_nominal_figure(
    tmp_path: Path, factor: str, base: str, others: list[object]
) -> None:
    from parapet import catalogue

    figures = dict(catalogue.load().interceptors["48n6e3"].figures())
    reliability, boost = figures["p_reliability"].written, figures["boost_time"].written
    factor = factor.replace("NOMINAL", str(reliability[1]))
    text = f"parapet-study: 1\nbase: base.yaml\ndesign: one_at_a_time\nfactors:\n  catalogue.interceptors.48n6e3.{factor}\n"
    points = design.design_points(read(written(tmp_path, text)))
    found = [next(iter(point.values())) for point in points]
    assert [str(found[0]), *found[1:]] == [base.format(reliability=reliability, boost=boost), *others]


def test_one_at_a_time_starts_at_what_the_base_scenario_says_of_a_figure(tmp_path: Path) -> None:
    text = (
        "parapet-study: 1\nbase: base.yaml\ndesign: one_at_a_time\n"
        "factors:\n  catalogue.interceptors.48n6e3.p_reliability: [0.5]\n"
    )
    base = BASE + "catalogue_overrides: {interceptors.48n6e3.p_reliability: 0.77}\n"
    study = read(written(tmp_path, text, base))
    assert [cell.levels for cell in design.cells(study)] == [
        {"catalogue.interceptors.48n6e3.p_reliability": value} for value in (0.77, 0.5)
    ]
    design.check_cells(study, design.cells(study))


def test_levels_are_compared_as_numbers_where_they_are_numbers() -> None:
    from parapet.study.factors import is_same, number_of

    assert is_same("1 km", "1000 m") and is_same(2, 2.0) and is_same("salvo", "salvo")
    assert not is_same("1 km", "1 m") and not is_same("salvo", "look") and not is_same(1, "1 km")
    assert number_of("0.5 min") == 30.0 and number_of("3") == 3.0
    assert [number_of(value) for value in ("two", "3 turnips", True, None, [1])] == [None] * 5


def test_what_is_no_figure_has_a_base_too() -> None:
    from parapet import catalogue
    from parapet.study.factors import nominal_at

    known = catalogue.load()
    path = "systems.s400-fire-unit.fire_units.n_target_channels"
    assert nominal_at(known, path) == (
        dict(known.systems["s400-fire-unit"].figures())["fire_units.n_target_channels"].written[1], ""
    )  # fmt: skip
    assert nominal_at(known, "interceptors.48n6e3.name") == (known.interceptors["48n6e3"].name, "")
    for nothing in (
        "interceptors.48n6e3.no_such_thing",
        "interceptors.no-such.p_reliability",
        "nothing.at.all",
    ):
        assert nominal_at(known, nothing) is None
