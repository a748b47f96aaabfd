"""Figures in a report are those of the catalogue, with their grade and their source."""

from __future__ import annotations

from tests.report.conftest import ROOT

from parapet.catalogue.figure import GRADES
from parapet.report import assumptions
from parapet.report.page import Table
from parapet.scenario import check as checks


def load(name="ankara.yaml"):
    scenario, catalogue, _ = checks.load(ROOT / "examples" / name)
    return scenario, catalogue


def test_every_deciding_figure_is_told_with_its_grade():
    scenario, catalogue = load()
    blocks, sources = assumptions.blocks([(scenario, catalogue)])
    (table,) = [block for block in blocks if isinstance(block, Table)]
    told = [
        one
        for one in assumptions.used(scenario, catalogue)
        if one.decides and one.figure.written != (0.0, 0.0, 0.0)
    ]
    assert len(table.rows) == len(told) > 30
    for cells, one in zip(table.rows, told, strict=True):
        assert cells[5].text == one.figure.grade in GRADES
        assert cells[3].text.split()[0] == f"{one.figure.written[1]:.6g}"
        if one.figure.grade == "read":
            number = int(cells[6].text.split("]")[0].strip("["))
            title, url = sources[number - 1]
            source = catalogue.sources[one.figure.source]
            assert source.fields["title"] in title and url == source.url
    channels = next(c for c in table.rows if c[1].text == "how many targets at once")
    assert (
        channels[3].text.startswith("10") and channels[4].text == "6 to 10" and channels[5].text == "derived"
    )


def test_shares_are_counted():
    scenario, catalogue = load("low-flyer.yaml")
    blocks, _ = assumptions.blocks([(scenario, catalogue)])
    figures = assumptions.used(scenario, catalogue)
    notional = sum(one.figure.grade == "notional" for one in figures)
    assert f"stands on {len(figures)} figures" in blocks[0].text and f"{notional} notional" in blocks[0].text
    assert f"{notional / len(figures):.0%} are notional" in blocks[0].text


def test_what_a_study_found_to_drive_comes_first():
    scenario, catalogue = load()
    path = "threats.som.speed"
    blocks, _ = assumptions.blocks([(scenario, catalogue)], [path])
    (table,) = [block for block in blocks if isinstance(block, Table)]
    assert table.rows[0][0].text == "SOM" and table.rows[0][2].text == "speed"


def test_keys_for_people():
    assert assumptions._key("fire_units.n_target_channels") == "target channels"
    assert assumptions._key("reaction_time") == "reaction time"
    assert assumptions._key("modes.air.reference_range") == "air reference range"
    assert assumptions._key("signature.X.front") == "signature X front"
