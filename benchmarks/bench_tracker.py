"""The tracker alone: 100 targets in one scan, with crossing pairs where choosing the nearest first goes wrong.

The same plots go through Stone Soup, an independent tracker: given the same assignment its states must agree.
``python benchmarks/bench_tracker.py`` prints the measurement as one JSON line; ``make bench`` stores it.
"""

from __future__ import annotations

import datetime
import json
import statistics
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.engine import naive_tracking, worlds

from parapet._jit import entry
from parapet.engine import codes
from parapet.engine.tracking import Q_AIR, update

N_TARGETS = 100
N_PAIRS = 10
"""Crossing pairs; their twenty targets are part of the hundred."""
SCAN_S = 10.0
TICK = 39
"""The scan ends with this tick of 0.25 s; the tracks are as old as the scan is long."""
SIGMA_RANGE_M = 60.0
SIGMA_ANGLE_RAD = 2e-3
SPREAD_M = 80.0
SPEED_SPREAD_MPS = 6.0
N_REPEATS = 300

Array = np.ndarray[Any, np.dtype[Any]]


class Scan:
    """A hundred firm tracks, ten seconds old, and one plot of each."""

    def __init__(self, seed: int = 5) -> None:
        threats = [worlds.threat(name=f"t{i}") for i in range(N_TARGETS)]  # labels of plots point at them
        self.world = worlds.make_world([worlds.radar()], threats, duration_s=60.0)
        self.battle = worlds.make_state(self.world, threats)
        self.log = worlds.make_log(self.world)
        radars = self.world.radars
        self.radar = np.array([radars.x_m[0], radars.y_m[0], radars.z_m[0]])
        self.rotation = np.array(radars.rotation[0]).reshape(3, 3)
        self.t_s = (TICK + 0.6) * self.world.clock.dt_s
        random = np.random.default_rng(seed)
        self.states: list[Array] = []
        self.plots: list[Array] = []
        for pair in range(N_PAIRS):
            self._pair(pair, random)
        while len(self.states) < N_TARGETS:
            azimuth = 2.0 * np.pi * len(self.states) / N_TARGETS
            self._target(azimuth, random.uniform(60e3, 200e3), 0.5 * random.standard_normal(3))
        self.covariance = np.diag([SPREAD_M**2] * 3 + [SPEED_SPREAD_MPS**2] * 3)
        self._fill()

    def _target(self, azimuth: float, distance_m: float, errors: Array, beside_m: float = 0.0) -> None:
        """A track that will be at this place at the time of the scan, and its plot with these errors in sigmas."""
        place = worlds.at_distance(distance_m, azimuth, 9e3)
        inwards = worlds.at_distance(distance_m - 1e3, azimuth, 9e3) - place
        velocity = 240.0 * inwards / np.linalg.norm(inwards)
        along = (place - self.radar) / np.linalg.norm(place - self.radar)
        place = place + beside_m * along
        self.states.append(np.concatenate([place - self.t_s * velocity, velocity]))
        plot = naive_tracking.measured(place, self.radar, self.rotation)
        self.plots.append(plot + errors * np.array([SIGMA_RANGE_M, SIGMA_ANGLE_RAD, SIGMA_ANGLE_RAD]))

    def _pair(self, pair: int, random: Any) -> None:
        """Two targets one behind the other, one spread apart. The first one's plot lies nearer to the second's track.

        In units of the innovation's spread: tracks at 0 and 1, plots at 0.6 and 2.4. Nearest first takes the second
        track with the first plot (0.4) and pays for the other pair (2.4); the assignment takes 0.6 and 1.4.
        """
        azimuth = 2.0 * np.pi * (pair + 0.5) / N_PAIRS
        distance_m = random.uniform(80e3, 160e3)
        grown = SPREAD_M**2 + (self.t_s * SPEED_SPREAD_MPS) ** 2 + Q_AIR * self.t_s**3 / 3.0
        spread_m = float(np.sqrt(grown + SIGMA_RANGE_M**2))
        for track, plot in ((0.0, 0.6), (1.0, 2.4)):
            self._target(
                azimuth,
                distance_m,
                np.array([(plot - track) * spread_m / SIGMA_RANGE_M, 0.0, 0.0]),
                track * spread_m,
            )

    def _fill(self) -> None:
        tracks = self.battle.belief.track[0]
        packed = self.covariance[np.triu_indices(6)]
        for i, state in enumerate(self.states):
            row = tracks[i]
            row["status"] = codes.TRACK_FIRM
            row["number"] = i + 1
            for k, name in enumerate(("x_m", "y_m", "z_m", "vx_mps", "vy_mps", "vz_mps")):
                row[name] = state[k]
            row["cov"][:] = packed
            row["revisit_s"] = SCAN_S
            row["n_hits"] = 5
            row["class"] = codes.CLASS_AIR
            row["llr"] = -8.0
        self.battle.belief.number[0] = len(self.states)
        order = np.random.default_rng(1).permutation(len(self.plots))
        for place, i in enumerate(order):
            plot = self.battle.plots.plot[place]
            plot["tick"] = TICK
            plot["t_s"] = self.t_s
            plot["i_channel"] = -1
            plot["range_m"], plot["azimuth_rad"], plot["elevation_rad"] = self.plots[i]
            plot["sigma_range_m"] = SIGMA_RANGE_M
            plot["sigma_azimuth_rad"] = plot["sigma_elevation_rad"] = SIGMA_ANGLE_RAD
            plot["snr"] = 100.0
            plot["label"] = i
        self.saved = tracks.copy()

    def again(self) -> None:
        """Back before the scan."""
        b = self.battle
        b.belief.track[0][:] = self.saved
        b.belief.number[0] = len(self.states)
        b.plots.count[0] = len(self.plots)
        b.plots.count[1] = 0
        self.log.count[0] = 0


def measure(scan: Scan) -> tuple[float, Array]:
    """Median seconds of one scan through `update`, and the tracks after it."""
    stage = entry(update)
    b, seconds = scan.battle, []
    for i in range(N_REPEATS + 3):
        if i == 1:  # compiled by now: without the typing of a World's tables at every call, which is not the tracker
            (made,) = stage.overloads.values()  # type: ignore[attr-defined]
            stage = made.entry_point
        scan.again()
        begin = time.perf_counter()
        stage(scan.world, b.plots, b.belief, b.own, scan.log, b.scratch, 1, 0, TICK)
        seconds.append(time.perf_counter() - begin)
    return statistics.median(seconds[3:]), b.belief.track[0].copy()


def nearest_first(scan: Scan) -> dict[int, int]:
    """Track -> plot when the cheapest pair is taken first, and so on."""
    random_r = np.diag([SIGMA_RANGE_M, SIGMA_ANGLE_RAD, SIGMA_ANGLE_RAD]) ** 2
    pairs = []
    for i, state in enumerate(scan.states):
        x, p = naive_tracking.predicted(state, scan.covariance, scan.t_s, Q_AIR)
        h = naive_tracking.jacobian(x[:3], scan.radar, scan.rotation)
        s = h @ p[:3, :3] @ h.T + random_r
        inverse, log_det = np.linalg.inv(s), float(np.log(np.linalg.det(s)))
        here = naive_tracking.measured(x[:3], scan.radar, scan.rotation)
        for j, plot in enumerate(scan.plots):
            off = plot - here
            off[1] = np.remainder(off[1] + np.pi, 2.0 * np.pi) - np.pi
            distance2 = float(off @ inverse @ off)
            if distance2 <= 16.0:
                pairs.append((distance2 + log_det, i, j))
    taken: dict[int, int] = {}
    used: set[int] = set()
    for _, i, j in sorted(pairs):
        if i not in taken and j not in used:
            taken[i] = j
            used.add(j)
    return taken


def stone_soup(scan: Scan, partner: dict[int, int]) -> tuple[float, dict[int, Array]]:
    """Seconds of one scan through Stone Soup's assignment and updates, and its states (ECEF) for a given pairing.

    It works in the radar's north, east, up axes (its bearing is then our azimuth); the filter does not mind. Its own
    derivative of the measurement is a finite difference, good to about 1e-4; it is given the exact one here, or the
    comparison would measure that.
    """
    from stonesoup.dataassociator.neighbour import GNNWith2DAssignment
    from stonesoup.hypothesiser.distance import DistanceHypothesiser
    from stonesoup.measures import Mahalanobis
    from stonesoup.models.measurement.nonlinear import CartesianToElevationBearingRange
    from stonesoup.models.transition.linear import CombinedLinearGaussianTransitionModel, ConstantVelocity
    from stonesoup.predictor.kalman import ExtendedKalmanPredictor
    from stonesoup.types.detection import Detection
    from stonesoup.types.hypothesis import SingleHypothesis
    from stonesoup.types.state import GaussianState, StateVector
    from stonesoup.types.track import Track
    from stonesoup.updater.kalman import ExtendedKalmanUpdater

    start = datetime.datetime(2000, 1, 1)
    then = start + datetime.timedelta(seconds=scan.t_s)
    axes = scan.rotation[[1, 0, 2]]  # rows north, east, up
    order = [0, 3, 1, 4, 2, 5]  # x vx y vy z vz
    turn = np.zeros((6, 6))
    turn[:3, :3] = turn[3:, 3:] = axes
    turn = turn[order]
    origin = np.concatenate([scan.radar, np.zeros(3)])

    class ExactlyDerived(CartesianToElevationBearingRange):  # type: ignore[misc]
        def jacobian(self, state: Any, **_: Any) -> Array:
            n, e, u = (float(state.state_vector[k, 0]) for k in (0, 2, 4))
            level2 = n * n + e * e
            range2 = level2 + u * u
            level, range_m = np.sqrt(level2), np.sqrt(range2)
            out = np.zeros((3, 6))
            out[0, ::2] = (-u * n / (range2 * level), -u * e / (range2 * level), level / range2)
            out[1, ::2] = (-e / level2, n / level2, 0.0)
            out[2, ::2] = (n / range_m, e / range_m, u / range_m)
            return out

    model = ExactlyDerived(
        ndim_state=6,
        mapping=(0, 2, 4),
        noise_covar=np.diag([SIGMA_ANGLE_RAD**2, SIGMA_ANGLE_RAD**2, SIGMA_RANGE_M**2]),
    )
    predictor = ExtendedKalmanPredictor(CombinedLinearGaussianTransitionModel([ConstantVelocity(Q_AIR)] * 3))
    updater = ExtendedKalmanUpdater(model)
    tracks = [
        Track(
            [
                GaussianState(
                    turn @ (state - origin)[:, None], turn @ scan.covariance @ turn.T, timestamp=start
                )
            ]
        )
        for state in scan.states
    ]
    detections = [
        Detection(
            StateVector([model_type(value) for model_type, value in zip(_angle_types(), (e, a, r), strict=True)]),
            timestamp=then, measurement_model=model, metadata={"i": i},
        )
        for i, (r, a, e) in enumerate(scan.plots)
    ]  # fmt: skip
    associator = GNNWith2DAssignment(
        DistanceHypothesiser(predictor, updater, Mahalanobis(), missed_distance=4.0)
    )
    begin = time.perf_counter()
    for _, hypothesis in associator.associate(set(tracks), set(detections), then).items():
        if hypothesis:
            updater.update(hypothesis)
    seconds = time.perf_counter() - begin
    states = {}
    for i, track in enumerate(tracks):
        prediction = predictor.predict(track.state, timestamp=then)
        posterior = updater.update(SingleHypothesis(prediction, detections[partner[i]]))
        states[i] = turn.T @ np.asarray(posterior.state_vector, dtype=np.float64)[:, 0] + origin
    return seconds, states


def _angle_types() -> tuple[Any, Any, Any]:
    from stonesoup.types.angle import Bearing, Elevation

    return Elevation, Bearing, float


def bench(has_stone_soup: bool = True) -> dict[str, Any]:
    """The measurement as plain data."""
    scan = Scan()
    seconds, tracks = measure(scan)
    labels = [int(label) for label in tracks["label"][:N_TARGETS]]
    partner = dict(enumerate(labels))
    greedy = nearest_first(scan)
    crossing = range(2 * N_PAIRS)
    result: dict[str, Any] = {
        "n_targets": N_TARGETS,
        "scan_ms": seconds * 1e3,
        "n_right": sum(partner[i] == i for i in range(N_TARGETS)),
        "n_crossing": len(crossing),
        "n_crossing_right": sum(partner[i] == i for i in crossing),
        "n_greedy_right": sum(greedy.get(i) == i for i in crossing),
        "stone_soup_scan_s": None,
        "largest_difference": None,
        "largest_difference_m": None,
    }
    if has_stone_soup:
        soup_s, states = stone_soup(scan, partner)
        worst = worst_m = 0.0
        for i, state in states.items():
            row = tracks[i]
            ours = np.array([row[name] for name in ("x_m", "y_m", "z_m", "vx_mps", "vy_mps", "vz_mps")])
            spread = np.sqrt(np.array([row["cov"][k] for k in (0, 6, 11, 15, 18, 20)]))
            worst = max(worst, float(np.max(np.abs(ours - state) / spread)))
            worst_m = max(worst_m, float(np.max(np.abs(ours - state)[:3])))
        result |= {"stone_soup_scan_s": soup_s, "largest_difference": worst, "largest_difference_m": worst_m}
    return result


if __name__ == "__main__":
    print(json.dumps(bench("--no-stone-soup" not in sys.argv)))
