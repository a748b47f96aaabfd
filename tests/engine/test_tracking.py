"""Tracking: confirmation, deletion, association against the naive twin, consistency, class, fire-control tracks."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import pytest
from tests.engine import naive_tracking, worlds

from parapet._jit import entry
from parapet.engine import codes, scoring, sensing, state, tracking
from parapet.physics.earth import rotating_acceleration

STRONG_M2 = 1e5
"""Seen at every look."""


score_tracks, look, update = entry(scoring.score_tracks), entry(sensing.look), entry(tracking.update)


class Chain:
    """Look and update, tick after tick, with targets that fly straight unless told otherwise."""

    def __init__(self, radars: list[dict[str, Any]], threats: list[dict[str, Any]], **more: Any) -> None:
        self.world = worlds.make_world(radars, threats, **more)
        self.battle = worlds.make_state(self.world, threats)
        self.log = worlds.make_log(self.world)
        self.tick = 0

    def run(self, seconds: float, seed: int = 3, *, is_moving: bool = True) -> None:
        b, dt_s = self.battle, self.world.clock.dt_s
        for _ in range(round(seconds / dt_s)):
            if is_moving:
                worlds.fly_straight(b, dt_s)
            look(self.world, b.truth, b.belief, b.own, b.plots, self.log, seed, 0, self.tick)
            update(self.world, b.plots, b.belief, b.own, self.log, b.scratch, seed, 0, self.tick)
            self.tick += 1

    def tracks(self, status: int = codes.TRACK_FIRM, picture: int = 0) -> Any:
        rows = self.battle.belief.track[picture]
        return rows[rows["status"] == status]

    def events(self, code: int) -> Any:
        rows = self.log.event[: self.log.count[0]]
        return rows[rows["code"] == code]


def inbound(n: int, distance_m: float = 150e3, rcs_m2: float = STRONG_M2, speed_mps: float = 250.0) -> list[dict[str, Any]]:
    """``n`` threats around the radar at 9 km height, flying inwards."""
    rows = []
    for k in range(n):
        azimuth = 2.0 * np.pi * (k + 0.37) / n
        x = worlds.at_distance(distance_m, azimuth, 9e3)
        towards = worlds.at_distance(distance_m - 1e3, azimuth, 9e3) - x
        rows.append(worlds.threat(name=f"t{k}", x=x, v=speed_mps * towards / np.linalg.norm(towards), rcs_m2=rcs_m2))
    return rows


def test_truth_is_not_an_argument() -> None:
    for name, function in inspect.getmembers(tracking, callable):
        if getattr(function, "__module__", "") == tracking.__name__:
            names = inspect.signature(getattr(function, "py_func", function)).parameters
            assert "truth" not in names and "threats" not in names, name


def test_firm_at_the_third_plot_and_lag() -> None:
    """Seen at every scan, a track is firm two periods after the first plot; the lag delays the news, not the time."""
    for n_lag_ticks in (0, 8):
        chain = Chain([worlds.radar()], inbound(1), n_lag_ticks=n_lag_ticks)
        chain.run(21.0 + 0.25 * n_lag_ticks)
        seen = chain.events(codes.EVENT_FIRST_DETECTION)["t_s"][0]
        firm = chain.events(codes.EVENT_TRACK_FIRM)
        if len(firm) == 0:
            chain.run(10.0)
            firm = chain.events(codes.EVENT_TRACK_FIRM)
        assert len(firm) == 1
        assert firm["t_s"][0] - seen == pytest.approx(20.0, abs=0.1)
        assert chain.log.score[0]["first_track_s"] == firm["t_s"][0]


def test_deletion() -> None:
    """A threat that vanishes leaves its firm track for five looks; one plot alone is forgotten after three."""
    rows = inbound(1)
    chain = Chain([worlds.radar()], rows)
    chain.run(40.0)
    assert len(chain.tracks()) == 1
    hit_s = float(chain.tracks()["hit_s"][0])
    chain.battle.truth.threat[0]["status"] = codes.KILLED
    chain.run(hit_s + 48.0 - chain.tick * 0.25)
    assert len(chain.tracks()) == 1
    chain.run(4.0)
    assert len(chain.tracks()) == 0
    assert len(chain.events(codes.EVENT_TRACK_DROPPED)) == 1
    once = Chain([worlds.radar()], rows)
    once.run(10.25)
    once.battle.truth.threat[0]["status"] = codes.KILLED
    once.run(24.0)
    assert len(once.tracks(codes.TRACK_TENTATIVE)) == 1
    once.run(12.0)
    assert len(once.tracks(codes.TRACK_TENTATIVE)) == 0


def hand_made(chain: Chain, places: list[Any], spread_m: float, speed_spread_mps: float = 5.0) -> None:
    """Firm tracks at rest at these places, 10 s old."""
    for i, place in enumerate(places):
        track = chain.battle.belief.track[0, i]
        track["status"] = codes.TRACK_FIRM
        track["number"] = i + 1
        track["x_m"], track["y_m"], track["z_m"] = place
        track["cov"][:] = 0.0
        for k in (0, 6, 11):
            track["cov"][k] = spread_m * spread_m
        for k in (15, 18, 20):
            track["cov"][k] = speed_spread_mps * speed_spread_mps
        track["revisit_s"] = 10.0
        track["n_hits"] = 5
        track["n_label"] = 0
        track["class"] = codes.CLASS_AIR
        track["llr"] = -8.0
        track["label"] = -7
        track["i_radar"] = 0
    chain.battle.belief.number[0] = len(places)


def hand_plots(chain: Chain, places: list[Any], t_s: float, tick: int, sigma: tuple[float, float, float]) -> None:
    """Plots of radar 0 at these places; plot j carries label j."""
    radar = chain.world.radars
    centre = np.array([radar.x_m[0], radar.y_m[0], radar.z_m[0]])
    rotation = radar.rotation[0].reshape(3, 3)
    for j, place in enumerate(places):
        plot = chain.battle.plots.plot[j]
        plot["tick"], plot["t_s"], plot["i_radar"], plot["i_channel"], plot["label"] = tick, t_s, 0, -1, j
        plot["range_m"], plot["azimuth_rad"], plot["elevation_rad"] = naive_tracking.measured(place, centre, rotation)
        plot["sigma_range_m"], plot["sigma_azimuth_rad"], plot["sigma_elevation_rad"] = sigma
    chain.battle.plots.count[0] = len(places)


def associate(chain: Chain, tick: int) -> None:
    b = chain.battle
    update(chain.world, b.plots, b.belief, b.own, chain.log, b.scratch, 1, 0, tick)


def test_crossing_pair_is_solved() -> None:
    """The nearest pair is (second track, first plot); taking it leaves the other two far apart. The assignment does not."""
    chain = Chain([worlds.radar()], inbound(2))
    hand_made(chain, [worlds.ecef(0.0, 100e3, 9e3), worlds.ecef(500.0, 100e3, 9e3)], 250.0)
    hand_plots(chain, [worlds.ecef(300.0, 100e3, 9e3), worlds.ecef(900.0, 100e3, 9e3)], 10.0, 39, (20.0, 1e-3, 1e-3))
    associate(chain, 39)
    assert chain.battle.belief.track[0]["label"][:2].tolist() == [0, 1]


def flying(chain: Chain, i: int, velocity_mps: Any) -> None:
    """Let a hand-made track fly."""
    track = chain.battle.belief.track[0, i]
    track["vx_mps"], track["vy_mps"], track["vz_mps"] = velocity_mps


SIGMA = (20.0, 1e-3, 1e-3)


def test_a_hard_turn_keeps_its_track() -> None:
    """450 m/s and 9 g for 8 s: a quarter of a turn, 2.6 km from where it was expected. The wide gate holds it."""
    chain = Chain([worlds.radar()], inbound(1))
    speed_mps, turn_mps2, age_s = 450.0, 88.0, 8.0
    radius_m, angle = speed_mps**2 / turn_mps2, turn_mps2 * age_s / speed_mps
    hand_made(chain, [worlds.ecef(0.0, 100e3, 9e3)], 50.0)
    flying(chain, 0, worlds.ecef_vector(0.0, speed_mps, 0.0))
    now = worlds.ecef(radius_m * (1.0 - np.cos(angle)), 100e3 + radius_m * np.sin(angle), 9e3)
    straight = worlds.ecef(0.0, 100e3 + speed_mps * age_s, 9e3)
    assert 2.5e3 < np.linalg.norm(now - straight) < 2.7e3
    hand_plots(chain, [now], age_s, 31, SIGMA)
    associate(chain, 31)
    assert chain.tracks()["label"].tolist() == [0]
    assert len(chain.tracks(codes.TRACK_TENTATIVE)) == 0


def test_nothing_is_farther_off_than_turned_about() -> None:
    """What flies 50 m/s cannot be 2 km from where it was expected after 10 s, whatever its turn."""
    for speed_mps, is_taken in ((50.0, False), (300.0, True)):
        chain = Chain([worlds.radar()], inbound(1))
        hand_made(chain, [worlds.ecef(0.0, 100e3, 9e3)], 60.0)
        flying(chain, 0, worlds.ecef_vector(0.0, speed_mps, 0.0))
        hand_plots(chain, [worlds.ecef(2e3, 100e3 + 10.0 * speed_mps, 9e3)], 10.0, 39, SIGMA)
        associate(chain, 39)
        assert (chain.tracks()["label"][0] == 0) == is_taken


def test_who_is_where_it_was_expected_keeps_its_plot() -> None:
    """One of two turned away, so that its plot lies beyond the other: no plot moves up by one."""
    chain = Chain([worlds.radar()], inbound(2))
    velocity = worlds.ecef_vector(0.0, 250.0, 0.0)
    hand_made(chain, [worlds.ecef(0.0, 100e3, 9e3), worlds.ecef(1e3, 100e3, 9e3)], 100.0)
    flying(chain, 0, velocity)
    flying(chain, 1, velocity)
    hand_plots(chain, [worlds.ecef(1e3, 102.5e3, 9e3), worlds.ecef(2e3, 102.5e3, 9e3)], 10.0, 39, SIGMA)
    associate(chain, 39)
    assert chain.tracks()["label"].tolist() == [1, 0]
    assert len(chain.tracks(codes.TRACK_TENTATIVE)) == 0


def test_a_column_is_seen_as_a_column() -> None:
    """Three jets 750 m behind each other, 10 s between scans: the first two plots may be of two jets, three tracks are found."""
    for seed in range(5):
        rows = [worlds.threat(name=f"jet-{k}", x=worlds.at_distance(60e3 + 750.0 * k, 0.3, 9e3), rcs_m2=STRONG_M2) for k in range(3)]
        towards = worlds.at_distance(50e3, 0.3, 9e3) - worlds.at_distance(60e3, 0.3, 9e3)
        for row in rows:
            row["v"] = 250.0 * towards / np.linalg.norm(towards)
        chain = Chain([worlds.radar()], rows)
        chain.run(70.0, seed=seed)
        assert len(chain.tracks()) == 3
        assert len(chain.events(codes.EVENT_TRACK_FIRM)) == 3


@pytest.mark.parametrize("seed", range(4))
def test_association_equals_the_naive_twin(seed: int) -> None:
    generator = np.random.default_rng(seed)
    n = 14
    chain = Chain([worlds.radar()], inbound(n))
    truth = [worlds.ecef(*generator.normal(0.0, 900.0, 2) + [3e3, 80e3], 9e3 + generator.normal(0.0, 300.0)) for _ in range(n)]
    hand_made(chain, [place + generator.normal(0.0, 300.0, 3) for place in truth], 300.0)
    sigma = (30.0, 1.5e-3, 1.5e-3)
    hand_plots(chain, [place + generator.normal(0.0, 100.0, 3) for place in truth[: n - 2]], 10.0, 39, sigma)
    tracks = [
        (np.array([*(track[f"{a}_m"] for a in "xyz"), 0.0, 0.0, 0.0]), naive_tracking.unpacked(track["cov"]), 0.0)
        for track in chain.battle.belief.track[0][:n]
    ]
    radar = chain.world.radars
    expected = naive_tracking.pairing(
        tracks, chain.battle.plots.plot[: n - 2], np.array([radar.x_m[0], radar.y_m[0], radar.z_m[0]]),
        radar.rotation[0].reshape(3, 3),
    )  # fmt: skip
    associate(chain, 39)
    labels = chain.battle.belief.track[0]["label"][:n]
    found = {i: int(label) for i, label in enumerate(labels) if label >= 0}
    assert {i: j for i, j in found.items() if i in expected} == expected


def test_consistency() -> None:
    """Flight as disturbed as the filter thinks: normalised errors average six, no track is false, double or ballistic."""
    chain = Chain([worlds.radar(period_s=5.0)], inbound(20, 180e3, rcs_m2=50.0), record=codes.RECORD_FULL)
    generator = np.random.default_rng(5)
    b = chain.battle
    for k in range(4 * 200):
        for axis in "xyz":
            b.truth.threat[f"v{axis}_mps"] += generator.normal(0.0, np.sqrt(tracking.Q_AIR * 0.25), 20)
        chain.run(0.25)
        if k > 240 and k % 20 == 0:
            score_tracks(b.truth, b.belief, chain.log, b.scratch, chain.tick * 0.25)
    total = chain.log.total
    assert total[state.TOTAL_NEES_N] > 100
    n = total[state.TOTAL_NEES_N]
    # Successive errors of one track are alike, so fewer are independent; surprises inflate, so a little less than six.
    assert 6.0 - 8.0 * np.sqrt(12.0 / n) < total[state.TOTAL_NEES_SUM] / n < 6.0 + 5.0 * np.sqrt(12.0 / n)
    assert np.sqrt(total[state.TOTAL_ERROR2_SUM] / total[state.TOTAL_NEES_N]) < 400.0
    assert len(chain.tracks()) == 20
    assert sorted(chain.tracks()["label"].tolist()) == list(range(20))
    assert total[state.TOTAL_FALSE_TRACKS] == 0
    assert set(chain.tracks()["class"].tolist()) == {codes.CLASS_AIR}


def test_ballistic_is_recognised() -> None:
    """A body in free flight at 70 km is classed ballistic within four plots; its track then follows the fall."""
    x = worlds.at_distance(260e3, 0.5, 70e3)
    v = worlds.ecef_vector(-500.0, -1000.0, 300.0)
    chain = Chain([worlds.radar(period_s=5.0)], [worlds.threat(x=x, v=v, rcs_m2=STRONG_M2)])
    threat = chain.battle.truth.threat
    for _ in range(320):
        place = np.array([threat[0][f"{a}_m"] for a in "xyz"])
        speed = np.array([threat[0][f"v{a}_mps"] for a in "xyz"])
        pull = np.array(rotating_acceleration(*place, *speed))
        for k, a in enumerate("xyz"):
            threat[0][f"{a}0_m"] = place[k]
            threat[0][f"{a}_m"] = place[k] + 0.25 * speed[k] + 0.5 * 0.0625 * pull[k]
            threat[0][f"v{a}_mps"] = speed[k] + 0.25 * pull[k]
        chain.run(0.25, is_moving=False)
    seen = chain.events(codes.EVENT_FIRST_DETECTION)["t_s"][0]
    classed = chain.events(codes.EVENT_CLASSIFIED)
    assert len(chain.events(codes.EVENT_TRACK_FIRM)) == 1
    assert len(chain.tracks()) == 1
    assert chain.tracks()["class"][0] == codes.CLASS_BALLISTIC
    assert len(classed) <= 1
    if len(classed):
        assert classed["t_s"][0] - seen < 21.0
    track = chain.tracks()[0]
    back_s = chain.tick * 0.25 - track["t_s"]
    off = [track[f"{a}_m"] - threat[0][f"{a}_m"] + threat[0][f"v{a}_mps"] * back_s for a in "xyz"]
    assert np.linalg.norm(off) < 600.0


def test_fire_control_track() -> None:
    """Designation, acquisition in two or three looks, a track, and its loss some seconds after the target is gone."""
    rows = inbound(3, 90e3)
    chain = Chain([worlds.radar(), worlds.engagement_radar(half_sector_rad=np.pi)], rows, n_units=1)
    chain.run(45.0)
    slot = int(np.flatnonzero(chain.battle.belief.track[0]["status"] == codes.TRACK_FIRM)[0])
    track = chain.battle.belief.track[0, slot]
    channel = chain.battle.own.channel[1]
    channel["status"] = codes.CHANNEL_ACQUIRING
    channel["i_picture"], channel["i_track"], channel["number"] = 0, slot, track["number"]
    channel["next_look_s"] = chain.tick * 0.25
    label = int(track["label"])
    chain.run(3.0)
    fire = chain.battle.belief.fire[1]
    assert fire["status"] == codes.TRACK_FIRM
    assert fire["label"] == label
    channel["status"] = codes.CHANNEL_TRACKING
    channel["n_flying"] = 1
    chain.run(20.0)
    now_s = chain.tick * 0.25
    back_s = now_s - float(fire["t_s"])
    assert 0.0 <= back_s <= 1.0
    threat = chain.battle.truth.threat[label]
    off = [fire[f"{a}_m"] - threat[f"{a}_m"] + threat[f"v{a}_mps"] * back_s for a in "xyz"]
    assert np.linalg.norm(off) < 120.0
    assert channel["n_looks"] == pytest.approx(23, abs=2)
    threat["status"] = codes.KILLED
    chain.run(3.0)
    assert fire["status"] == codes.TRACK_FIRM
    chain.run(3.0)
    assert fire["status"] == codes.TRACK_FREE


def test_post_lost_the_unit_sees_for_itself() -> None:
    """With the post lost and the unit alone, its engagement radar searches and fills the unit's own picture (not behind it)."""
    chain = Chain([worlds.radar(), worlds.engagement_radar(half_sector_rad=np.pi, period_s=5.0)], inbound(3, 90e3), n_units=1)
    chain.run(10.0)
    assert chain.battle.belief.number[1] == 0
    chain.battle.own.post_alive[0] = 0
    chain.battle.own.unit[0]["is_autonomous"] = 1
    chain.run(20.0)
    assert sorted(chain.tracks(picture=1)["label"].tolist()) == [0, 2]
