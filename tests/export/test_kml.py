"""KML and KMZ read back by `fastkml`, held against the OGC schema, and by `lxml`."""

from __future__ import annotations

import html
import io
import re
import zipfile

import fastkml
import fastkml.validator
import numpy as np
from lxml import etree
from tests.export.conftest import NASTY

from parapet.export import export
from parapet.export.model import EPOCH, FOLDERS

NS = {"k": "http://www.opengis.net/kml/2.2", "gx": "http://www.google.com/kml/ext/2.2"}


def test_kml_says_what_the_log_says(battle, made, logged, tmp_path):
    written = export(battle, "kml", tmp_path / "x.kml")
    (document,) = fastkml.KML.parse(tmp_path / "x.kml").features
    folders = {folder.name: folder.features for folder in document.features}
    assert set(folders) == set(FOLDERS.values())
    n = n_tracks = 0
    for family in ("threat", "round", "search track", "fire-control track"):
        for placemark in folders[FOLDERS[family]]:
            items = placemark.kml_geometry.track_items
            times = [(item.when.dt - EPOCH).total_seconds() for item in items]
            place = np.array([item.coord.coords[0] for item in items])
            n += logged.compare(placemark.id, times, place[:, 0], place[:, 1], place[:, 2])
            n_tracks += 1
    assert n == len(battle.played.log.sample) == written.samples
    assert n_tracks == len(made.tracks)
    assert len(folders[FOLDERS["site"]]) == len(made.sites)
    assert len(folders[FOLDERS["mark"]]) == len(made.marks)
    assert document.name.startswith(" ".join(NASTY.split()))


def test_schema(battle, tmp_path):
    export(battle, "kml", tmp_path / "x.kml")
    assert fastkml.validator.validate(file_to_validate=tmp_path / "x.kml")


def test_kmz_holds_the_same_document(battle, tmp_path):
    export(battle, "kml", tmp_path / "x.kml")
    export(battle, "kmz", tmp_path / "x.kmz")
    with zipfile.ZipFile(io.BytesIO((tmp_path / "x.kmz").read_bytes())) as archive:
        assert archive.namelist() == ["doc.kml"]
        assert archive.read("doc.kml") == (tmp_path / "x.kml").read_bytes()


def test_names_are_no_markup(battle, tmp_path):
    """Neither as XML nor in a balloon, which a viewer reads as HTML; a name is never put into a balloon."""
    export(battle, "kml", tmp_path / "x.kml")
    tree = etree.parse(tmp_path / "x.kml")
    assert not tree.findall(".//{*}script") and not tree.findall(".//{*}img")
    texts = [one.text or "" for one in tree.findall(".//k:description", NS)]
    assert texts and all(set(re.findall(r"<[^>]*>", text)) <= {"<br/>"} for text in texts)
    assert any("<img src=x onerror=y>" in html.unescape(text) for text in texts)  # told, and escaped
    balloons = tree.findall(".//k:BalloonStyle/k:text", NS)
    assert len(balloons) == 5 and {one.text for one in balloons} == {"$[description]"}
