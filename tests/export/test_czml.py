"""CZML read back by the `czml3` package, which refuses keys and values that the format does not know."""

from __future__ import annotations

import json
import re
from datetime import datetime

import numpy as np
from czml3.core import Document

from parapet.export import export
from parapet.export.czml import symbol_code
from parapet.export.model import EPOCH, FOLDERS


def seconds(text: str) -> float:
    return (datetime.fromisoformat(text) - EPOCH).total_seconds()


def test_czml_says_what_the_log_says(battle, made, logged, tmp_path):
    written = export(battle, "czml", tmp_path / "x.czml")
    packets = {p.id: p for p in Document.load(tmp_path / "x.czml").packets}
    n = 0
    for track in made.tracks:
        packet = packets[track.key]
        assert packet.parent == FOLDERS[track.family]
        assert seconds(str(packet.position.to_dict()["epoch"])) == 0.0
        row = np.array(packet.position.to_dict()["cartographicDegrees"]).reshape(-1, 4)
        n += logged.compare(track.key, row[:, 0], row[:, 1], row[:, 2], row[:, 3])
        begin, end = (seconds(part) for part in packet.to_dict()["availability"].split("/"))
        assert abs(begin - row[0, 0]) < 2e-3 and abs(end - row[-1, 0]) < 2e-3
        if track.is_belief:
            sigma = np.array(packet.properties["sigma_m"]["number"]).reshape(-1, 2)
            np.testing.assert_allclose(sigma[:, 1], track.sigma_m, atol=0.051)
    assert n == len(battle.played.log.sample) == written.samples
    kinds = [p.properties["family"] for p in packets.values() if p.properties]
    assert kinds.count("site") == len(made.sites)
    assert kinds.count("mark") == sum(m.kind in ("intercept", "leak", "crash") for m in made.marks)
    clock = packets["document"].to_dict()["clock"]
    begin, end = (seconds(part) for part in clock["interval"].split("/"))
    assert (begin, end) == (0.0, battle.played.duration_s)


def test_truth_and_belief_differ_in_colour(battle, made, tmp_path):
    export(battle, "czml", tmp_path / "x.czml")
    packets = {p["id"]: p for p in json.loads((tmp_path / "x.czml").read_text(encoding="utf-8"))}
    colours = {t.family: tuple(packets[t.key]["point"]["outlineColor"]["rgba"][:3]) for t in made.tracks}
    assert len({colours["threat"], colours["round"], colours["search track"]}) == 3


def test_names_are_no_markup(battle, tmp_path):
    export(battle, "czml", tmp_path / "x.czml")
    packets = json.loads((tmp_path / "x.czml").read_text(encoding="utf-8"))
    tags = {tag for p in packets for tag in re.findall(r"<[^>]*>", p.get("description", ""))}
    assert tags == {"<table>", "</table>", "<tr>", "</tr>", "<th>", "</th>", "<td>", "</td>"}


def test_symbol_codes(made):
    """Twenty digits of APP-6(D): version, context, identity, set, status, headquarters, echelon, entity, modifiers."""
    codes = {track.key: symbol_code(track) for track in made.tracks}
    for track in made.tracks:
        code = codes[track.key]
        if track.is_belief:
            assert (code is None) == (track.about is not None)
            assert code in (None, "10010100000000000000")
        else:
            assert re.fullmatch(r"100[36]0[12]0000\d{10}", code)
            assert code[3] == ("6" if track.family == "threat" else "3")
    ballistic = [codes[t.key] for t in made.of("threat") if "ballistic missile" in t.type]
    assert ballistic and set(ballistic) == {"10060200001100000600"}
    assert {symbol_code(site)[4:6] for site in made.sites} == {"10", "15", "20"}
    assert all(re.fullmatch(r"1003\d{16}", symbol_code(site)) for site in made.sites)
