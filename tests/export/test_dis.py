"""DIS read back by `opendis` out of a capture file that `dpkt` reads, and held against the log."""

from __future__ import annotations

import math
from datetime import UTC, datetime

import dpkt
import numpy as np
import pytest
from opendis.PduFactory import createPdu
from tests.export.conftest import ecef

from parapet.engine import codes
from parapet.errors import InputError
from parapet.export import dis, export
from parapet.export.model import EPOCH


@pytest.fixture(scope="module")
def pdus(battle, tmp_path_factory):
    """(second of the battle, PDU) in the order of the file."""
    path = tmp_path_factory.mktemp("dis") / "x.pcap"
    written = export(battle, "dis", path)
    assert written.n_bytes == path.stat().st_size
    found = []
    with path.open("rb") as file:
        reader = dpkt.pcap.Reader(file)
        assert reader.datalink() == dpkt.pcap.DLT_EN10MB
        for t_s, data in reader:
            packet = dpkt.ethernet.Ethernet(data)
            assert dpkt.in_cksum(bytes(packet.ip)[:20]) == 0  # the header's own sum holds
            assert packet.ip.udp.dport == dis.PORT and len(packet.ip.udp.data) == packet.ip.udp.ulen - 8
            pdu = createPdu(bytes(packet.ip.udp.data))
            assert pdu.length == len(packet.ip.udp.data) and pdu.protocolVersion == 7 and pdu.exerciseID == 1
            found.append((float(t_s) - EPOCH.timestamp(), pdu))
    assert len(found) == written.messages
    return found


def of(pdus, kind):
    return [(t, pdu) for t, pdu in pdus if pdu.pduType == kind]


def number(entity):
    return entity.entityID if hasattr(entity, "entityID") else entity.entityNumber


def xyz(vector):
    return np.array([vector.x, vector.y, vector.z])


def test_every_sample_is_a_state_at_its_place(pdus, battle, made, logged):
    numbers = dis.entity_numbers(made)
    states = {}
    for t, pdu in of(pdus, 1):
        states.setdefault(number(pdu.entityID), []).append((t, pdu))
    n = 0
    for track in made.of("threat", "round"):
        mine = states[numbers[track.key]]
        t_s = np.array([t for t, _ in mine])
        where = np.array([xyz(pdu.entityLocation) for _, pdu in mine])
        want = logged.rows.get(track.key, np.empty((0, 4)))
        assert len(mine) == len(track.t_s) and (np.diff(t_s) > 0).all()
        row = [int(np.argmin(np.abs(t_s - t))) for t in want[:, 0]]
        assert np.abs(t_s[row] - want[:, 0]).max(initial=0.0) < 1e-3
        assert np.abs(where[row] - want[:, 1:]).max(initial=0.0) < 1e-6  # ECEF as logged
        n += len(want)
        for t, pdu in mine:
            assert pdu.forceId == (2 if track.family == "threat" else 1)
            assert (pdu.timestamp >> 1) * 3600.0 / 2**31 == pytest.approx(t % 3600.0, abs=1e-3)
            assert pdu.timestamp & 1 == 0  # relative
    log = battle.played.log.sample
    assert n == int(((log["family"] == 0) | (log["family"] == 3)).sum()) > 3_000
    assert len(states) == len(made.of("threat", "round")) + len(made.sites)  # belief is left out


def test_states_fly_nose_first_and_belly_down(pdus, made):
    moving = [pdu for _, pdu in of(pdus, 1) if np.linalg.norm(xyz(pdu.entityLinearVelocity)) > 20.0]
    assert len(moving) > 3_000
    for pdu in moving[::20]:
        psi, theta, phi = (getattr(pdu.entityOrientation, name) for name in ("psi", "theta", "phi"))
        z = np.array([[math.cos(psi), -math.sin(psi), 0], [math.sin(psi), math.cos(psi), 0], [0, 0, 1]])
        y = np.array(
            [[math.cos(theta), 0, math.sin(theta)], [0, 1, 0], [-math.sin(theta), 0, math.cos(theta)]]
        )
        x = np.array([[1, 0, 0], [0, math.cos(phi), -math.sin(phi)], [0, math.sin(phi), math.cos(phi)]])
        body = z @ y @ x  # columns: nose, right wing, belly
        velocity = xyz(pdu.entityLinearVelocity)
        up = xyz(pdu.entityLocation) / np.linalg.norm(xyz(pdu.entityLocation))
        assert body[:, 0] @ velocity == pytest.approx(np.linalg.norm(velocity), rel=1e-5)
        assert abs(body[:, 1] @ up) < 1e-5 and body[:, 2] @ up < 1e-5


def test_fire_and_detonation_are_the_shots(pdus, battle, made):
    numbers = dis.entity_numbers(made)
    fires, bursts = of(pdus, 2), of(pdus, 3)
    shots = battle.played.log.shot
    assert len(fires) == len(shots) == battle.totals["rounds_fired"]
    over = [n for n, shot in enumerate(shots) if shot["outcome"] != codes.SHOT_FLYING]
    by_round = {number(pdu.explodingEntityID): (t, pdu) for t, pdu in bursts}
    assert len(bursts) == len(over) + battle.totals["leaked"] == len(by_round)
    sites = {site.key: site for site in made.sites}
    names = {track.name: numbers[track.key] for track in made.of("threat")}
    for t, pdu in fires:
        n = number(pdu.munitionExpendableID) - numbers["round-0"]
        row = battle.shot_rows[n]
        assert t == pytest.approx(row.launch_s, abs=1e-3)
        (key,) = [key for key, site in sites.items() if site.name == row.launcher]
        assert number(pdu.firingEntityID) == numbers[key]
        assert number(pdu.targetEntityID) == names.get(row.threat, 0)
        place = sites[key]
        want = ecef(np.array([place.lon_deg]), np.array([place.lat_deg]), np.array([place.height_m]))[0]
        assert np.linalg.norm(xyz(pdu.location) - want) < 1.0
    kills = 0
    for n in over:
        t, pdu = by_round[numbers[f"round-{n}"]]
        row = battle.shot_rows[n]
        assert t == pytest.approx(row.intercept_s, abs=1e-3)
        assert pdu.eventID.eventNumber == numbers[f"round-{n}"]
        assert pdu.detonationResult == {"killed": 2, "missed": 5, "round failed": 6}.get(row.outcome, 5)
        if row.outcome == "killed":
            kills += 1
            assert number(pdu.targetEntityID) == names[row.hit_threat]
    assert kills == battle.totals["killed"] > 5
    leaks = [pdu for _, pdu in bursts if pdu.detonationResult == 3]
    assert len(leaks) == battle.totals["leaked"] > 0
    assert any(number(pdu.targetEntityID) for pdu in leaks)  # something was hit


def test_what_ends_is_deactivated_and_what_is_hit_shows_it(pdus, battle, made):
    numbers = dis.entity_numbers(made)
    last = {number(pdu.entityID): pdu.entityAppearance for _, pdu in of(pdus, 1)}
    for track in made.of("threat", "round"):
        assert bool(last[numbers[track.key]] >> 23 & 1) == track.is_over
        assert (last[numbers[track.key]] >> 3 & 3 == 3) == (track.is_over and track.end != "left")
    marked = {m.subject: m.value for m in made.marks if m.kind == "damage"}  # the last one of each
    assert marked
    for site in made.sites:
        left = marked.get(site.key, 1.0)
        want = 3 if left <= 0 else 2 if left < 0.5 else 1 if left < 1 else 0
        assert last[numbers[site.key]] >> 3 & 3 == want


def test_heartbeats_of_sites(pdus, battle, made):
    numbers = dis.entity_numbers(made)
    times = [t for t, pdu in of(pdus, 1) if number(pdu.entityID) == numbers["site-0"]]
    assert times[0] == 0.0 and max(np.diff(times)) <= dis.HEARTBEAT_S + 1e-6
    assert battle.played.duration_s - times[-1] <= dis.HEARTBEAT_S


def test_order_and_markings(pdus, made):
    assert [t for t, _ in pdus] == sorted(t for t, _ in pdus)
    seen = set()
    for _, pdu in pdus:
        if pdu.pduType == 1:
            seen.add(number(pdu.entityID))
        elif pdu.pduType == 2:  # declared before it is told of
            assert {number(pdu.munitionExpendableID), number(pdu.firingEntityID)} <= seen
    assert dis.marking("tomahawk-14") == "tomahawk-14"
    assert dis.marking("Mürted launcher 12") == "M?rted~r 12"
    marks = {bytes(pdu.marking.characters).rstrip(b"\0").decode() for _, pdu in of(pdus, 1)}
    assert {dis.marking(track.name) for track in made.of("threat")} <= marks


def test_too_many_for_dis(made, monkeypatch):
    class Crowd:
        sites = [made.sites[0]] * 70_000

        @staticmethod
        def of(*families):
            return []

    with pytest.raises(InputError, match="at most 65,534"):
        dis.entity_numbers(Crowd())


def test_epoch_is_what_the_file_counts_from(pdus):
    assert datetime(2026, 1, 1, tzinfo=UTC) == EPOCH and pdus[0][0] == 0.0
