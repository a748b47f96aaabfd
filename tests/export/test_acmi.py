"""ACMI read back by the `pyacmi` package, text and zipped.

`pyacmi` reads no events, and what it makes of removals is not enough here, so both are held against the public
description of the format (Tacview, Technical Reference, ACMI 2.2) with a few lines of our own.
"""

from __future__ import annotations

import contextlib
import io
import re
import zipfile
from datetime import UTC

import numpy as np
import pytest
from pyacmi import Acmi

from parapet.export import export
from parapet.export.acmi import COALITION, COLOUR, escaped
from parapet.export.model import EPOCH


def read(path):
    acmi = Acmi()
    with contextlib.redirect_stdout(io.StringIO()):
        acmi.load_acmi(filepath=str(path))
    return acmi


@pytest.mark.parametrize("name", ["x.acmi", "x.zip.acmi"])
def test_acmi_says_what_the_log_says(name, battle, made, logged, tmp_path):
    written = export(battle, "acmi", tmp_path / name)
    acmi = read(tmp_path / name)
    assert acmi.file_type == "text/acmi/tacview" and acmi.file_version == 2.2
    assert acmi.reference_time.replace(tzinfo=UTC) == EPOCH
    assert len(acmi.objects) == len(made.tracks) + len(made.sites)
    n = 0
    for number, track in enumerate(made.tracks, start=1):
        one = acmi.objects[f"{number:x}"]
        lon, lat, height = (one.data[what] for what in ("Longitude", "Latitude", "Altitude"))
        times = np.array(list(lon.keys()))
        n += logged.compare(
            track.key, times, np.array(list(lon.values())), list(lat.values()), list(height.values())
        )
        assert one.color() == COLOUR[track.family] and one.coalition() == COALITION[track.family]
        assert one.name == escaped(track.name)
    assert n == len(battle.played.log.sample) == written.samples


def test_events_and_removals_follow_the_description(battle, made, tmp_path):
    export(battle, "acmi", tmp_path / "x.acmi")
    data = (tmp_path / "x.acmi").read_bytes()
    assert data.startswith(b"\xef\xbb\xbfFileType=text/acmi/tacview\nFileVersion=2.2\n")
    lines = data.decode("utf-8-sig").splitlines()
    allowed = re.compile(
        r"(FileType|FileVersion)=.*|#\d+(\.\d+)?|-[0-9a-f]+|0,\w+=.*|[0-9a-f]+,T=[^,]*(,\w+=.*)?"
    )
    assert [line for line in lines if not allowed.fullmatch(line)] == []
    now, seen, gone, destroyed, left = -1.0, set(), {}, set(), set()
    for line in lines[2:]:
        if line[0] == "#":
            assert float(line[1:]) > now  # frames rise
            now = float(line[1:])
        elif line[0] == "-":
            gone[line[1:]] = now
        elif line.startswith("0,Event="):
            kind, number = line[len("0,Event=") :].split("|")[:2]
            assert kind in ("Destroyed", "LeftArea", "Message", "Bookmark")
            assert (
                number in seen or kind == "Bookmark"
            )  # declared before it is told of; a bookmark is text only
            if kind in ("Destroyed", "LeftArea"):
                assert number not in gone
                (destroyed if kind == "Destroyed" else left).add(number)
        elif line[0] != "0" or line[1] != ",":
            number = line.split(",")[0]
            assert number not in gone  # nothing is said of what is gone
            seen.add(number)
    threats = {f"{n:x}": t for n, t in enumerate(made.tracks, start=1) if t.family == "threat"}
    ended = {number for number, t in threats.items() if t.end in ("killed", "leaked", "crashed")}
    assert (
        destroyed & set(threats) == ended and len(ended) == battle.totals["killed"] + battle.totals["leaked"]
    )
    assert len(left) == battle.totals["left"]
    for number, track in threats.items():
        if track.is_over:
            assert abs(gone[number] - track.end_s) < 1e-3


def test_zip_holds_the_text(battle, tmp_path):
    export(battle, "acmi", tmp_path / "x.acmi")
    export(battle, "acmi", tmp_path / "x.zip.acmi")
    with zipfile.ZipFile(tmp_path / "x.zip.acmi") as archive:
        (name,) = archive.namelist()
        assert name.endswith(".txt.acmi") and archive.read(name) == (tmp_path / "x.acmi").read_bytes()


def test_a_name_cannot_break_out_of_its_property():
    assert escaped("a,b\nT=1|2|3\\") == "a\\,b T=1|2|3/"
