"""Answers that need no battle: sight of a radar, flights of rounds and of missiles, and the arithmetic between them.

Used by `parapet.analysis.claims` and by the trust page. Everything comes from the catalogue's nominal figures and from
the kernels that the battle uses; nothing here is fitted.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from parapet.catalogue import Catalogue
from parapet.engine import flyout
from parapet.engine.state import REFERENCE_HEIGHT_M
from parapet.engine.tracking import M_HITS, N_LOOKS
from parapet.physics import ballistic, detection, propagation
from parapet.physics.earth import height_m as height_above_m
from parapet.scenario.places import Point, destination

SITE = Point(math.radians(40.079), math.radians(32.566))
"""Where single flights end: Mürted."""
LAUNCH_BEARING_RAD = math.radians(120.0)
"""Direction from which single ballistic flights come."""
STEP_S = 0.25
EFFECTIVE_EARTH = propagation.EFFECTIVE_RADIUS_M


# ----------------------------------------------------------------------------------------------------- radar ----


@dataclass(frozen=True)
class Mode:
    """One published point of a radar, and the gas loss it already contains."""

    name: str
    range_m: float
    rcs_m2: float
    elevation_min_rad: float
    elevation_max_rad: float
    loss_db: float


class Sight:
    """What one radar of the catalogue sees of a target that flies straight at it; on its boresight if it has one.

    Parameters
    ----------
    radar
        Entry of the catalogue.
    antenna_m
        Antenna height above the ground; left out, the catalogue's without mast.
    """

    def __init__(self, radar: Any, antenna_m: float | None = None) -> None:
        self.radar = radar
        self.antenna_m = radar.si("antenna_height") if antenna_m is None else antenna_m
        self.frequency_hz = radar.si("frequency")
        self.p_false_alarm = radar.si("p_false_alarm")
        self.instrumented_m = radar.si("instrumented_range")
        self.beam_rad = radar.si("elevation_beamwidth")
        self.look_s = radar.si("period") if radar.kind == "rotating_search" else radar.si("search_revisit")
        self.reference_snr = detection.required_snr(0.5, 1e-6, 1, 1)
        self.modes = [
            Mode(
                mode.name,
                mode.reference(self.frequency_hz)[0],
                mode.reference(self.frequency_hz)[1],
                mode.elevation_min.nominal,
                mode.elevation_max.nominal,
                propagation.two_way_gas_loss_db(
                    self.frequency_hz, self.antenna_m, REFERENCE_HEIGHT_M, mode.reference(self.frequency_hz)[0]
                ),
            )
            for mode in radar.modes
        ]

    def horizon_m(self, height_m: float) -> float:
        """Slant range at which a target at a height above the ground rises over the smooth horizon."""
        return float(propagation.horizon_range_m(self.antenna_m, height_m, EFFECTIVE_EARTH))

    def snr(self, range_m: float, height_m: float, rcs_m2: float) -> float:
        """Signal-to-noise ratio of one look in the better mode, horizon and instrumented range left aside."""
        elevation = propagation.apparent_elevation_rad(range_m, self.antenna_m, height_m, EFFECTIVE_EARTH)
        loss_db = propagation.two_way_gas_loss_db(self.frequency_hz, self.antenna_m, height_m, range_m)
        best = 0.0
        for mode in self.modes:
            if mode.elevation_min_rad - 0.5 * self.beam_rad <= elevation <= mode.elevation_max_rad:
                level = detection.snr_from_reference(
                    range_m, rcs_m2, mode.range_m, mode.rcs_m2, self.reference_snr, loss_db - mode.loss_db
                )
                best = max(best, level)
        return float(best)

    def p_look(self, range_m: float, height_m: float, rcs_m2: float, swerling: int = 1) -> float:
        """Probability that one look sees the target; zero below the horizon and beyond the instrumented range."""
        if range_m > min(self.horizon_m(height_m), self.instrumented_m):
            return 0.0
        return float(detection.p_detection(self.snr(range_m, height_m, rcs_m2), self.p_false_alarm, swerling))

    def noise_range_m(self, height_m: float, rcs_m2: float, p: float = 0.5) -> float:
        """Range at which one look sees the target with probability `p` if there were no horizon."""
        low, high = 1e3, 3e6
        for _ in range(60):
            middle = 0.5 * (low + high)
            snr = self.snr(middle, height_m, rcs_m2)
            if snr > 0.0 and detection.p_detection(snr, self.p_false_alarm, 1) >= p:
                low = middle
            else:
                high = middle
        return low

    def range_m(self, height_m: float, rcs_m2: float, p: float = 0.5) -> tuple[float, str]:
        """Range at which one look sees the target with probability `p`, and what limits it."""
        limits = {
            "noise": self.noise_range_m(height_m, rcs_m2, p),
            "horizon": self.horizon_m(height_m),
            "instrumented range": self.instrumented_m,
        }
        least = min(limits, key=lambda name: limits[name])
        return limits[least], least

    def needed_rcs_m2(self, range_m: float, height_m: float, p: float = 0.5) -> float:
        """Signature that one look sees with probability `p` at a range, horizon left aside."""
        wanted = detection.required_snr(p, self.p_false_alarm, 1, 1)
        one = self.snr(range_m, height_m, 1.0)
        return float(wanted / one) if one > 0.0 else math.inf

    def needed_height_m(self, range_m: float) -> float:
        """Height above the ground from which a target at a range is above the horizon."""
        low, high = 0.0, 3e6
        for _ in range(60):
            middle = 0.5 * (low + high)
            low, high = (middle, high) if self.horizon_m(middle) < range_m else (low, middle)
        return high


class Firsts(NamedTuple):
    """Ranges of the first plot and of the firm track, each passed by 10, 50 and 90 % of approaches, far to near."""

    plot_m: tuple[float, float, float]
    firm_m: tuple[float, float, float]


def firsts(sight: Sight, height_m: float, rcs_m2: float, closing_mps: float, n_phases: int = 12) -> Firsts:
    """First plot and firm track of one radar alone against a straight approach, by a chain over looks.

    The firm track is the first time that three of the last five looks were hits (`M_HITS` of `N_LOOKS`); the beam's
    phase is spread evenly. No battle is played: it is the closed form beside the battle's own numbers.
    """
    start_m = min(
        1.05 * sight.horizon_m(height_m), sight.instrumented_m, 2.2 * sight.noise_range_m(height_m, rcs_m2)
    )
    step_m = closing_mps * sight.look_s
    plot: dict[float, float] = {}
    firm: dict[float, float] = {}
    n_memory = N_LOOKS - 1
    mask = (1 << n_memory) - 1
    for phase in range(n_phases):
        range_m = start_m - step_m * phase / n_phases
        unseen = 1.0
        pattern = np.zeros(1 << n_memory)
        pattern[0] = 1.0
        while range_m > 1e3 and pattern.sum() > 1e-4:
            p = sight.p_look(range_m, height_m, rcs_m2)
            plot[range_m] = plot.get(range_m, 0.0) + unseen * p / n_phases
            unseen *= 1.0 - p
            after = np.zeros_like(pattern)
            done = 0.0
            for bits in np.flatnonzero(pattern):
                n_hits = int(bits).bit_count()
                missed = (int(bits) << 1) & mask
                after[missed] += pattern[bits] * (1.0 - p)
                if n_hits + 1 >= M_HITS:
                    done += pattern[bits] * p
                else:
                    after[missed | 1] += pattern[bits] * p
            firm[range_m] = firm.get(range_m, 0.0) + done / n_phases
            pattern = after
            range_m -= step_m
    return Firsts(_shares(plot), _shares(firm))


def _shares(weights: dict[float, float]) -> tuple[float, float, float]:
    """Ranges by which 10, 50 and 90 % have happened, coming from far."""
    found = []
    for share in (0.1, 0.5, 0.9):
        total = 0.0
        value = math.nan
        for range_m in sorted(weights, reverse=True):
            total += weights[range_m]
            if total >= share:
                value = range_m
                break
        found.append(value)
    return found[0], found[1], found[2]


# ---------------------------------------------------------------------------------------------------- rounds ----


class Shot(NamedTuple):
    """One undisturbed flight of a round to a point."""

    time_s: float
    arrival_mps: float
    load_factor: float
    apogee_m: float
    miss_m: float
    burnout_mps: float

    @property
    def has_arrived(self) -> bool:
        """Whether it came to the point at all."""
        return self.miss_m <= flyout.REACHED_MISS_M


class Rounds:
    """Flights of one interceptor of the catalogue, at its nominal figures."""

    def __init__(self, entry: Any) -> None:
        self.entry = entry
        self.row: NDArray[np.float64] = flyout.parameter_row(entry)

    @functools.cache  # noqa: B019  (a handful of rounds, one process)
    def to(self, range_m: float, height_m: float) -> Shot:
        """The flight to a point at a ground range and a height above the ground."""
        return Shot(
            *(
                float(v)
                for v in flyout.flight_to_point(self.row, 0.0, range_m, height_m, flyout.FLIGHT_STEP_S)
            )
        )

    @functools.cache  # noqa: B019
    def kinematic_reach_m(self, height_m: float = 10e3) -> float:
        """Farthest point at a height that is reached with 800 m/s and 8 g left, target known beforehand."""
        return float(flyout.kinematic_reach_m(self.row, height_m))

    def meeting_range_m(self, start_m: float, closing_mps: float, height_m: float, delay_s: float) -> float:
        """Where a round meets a target that comes straight in, launched `delay_s` after it passed `start_m`.

        The farthest range from which neither kinematics nor the published envelope is exceeded; zero if there is none.
        """
        ballistic_limit = closing_mps > 1000.0
        reach_m = self.entry.si("range_ballistic" if ballistic_limit else "range_air")

        def target_at(range_m: float) -> float:
            return start_m - closing_mps * (delay_s + self.to(range_m, height_m).time_s)

        return self._first_meeting(target_at, reach_m, height_m)

    def _first_meeting(self, target_at: Callable[[float], float], reach_m: float, height_m: float) -> float:
        range_m = 2e3 * math.floor(reach_m / 2e3)
        while range_m >= 4e3:
            shot = self.to(range_m, height_m)
            if (
                shot.has_arrived
                and shot.arrival_mps >= flyout.ARRIVAL_SPEED_MIN_MPS
                and target_at(range_m) >= range_m
            ):
                return range_m
            range_m -= 2e3
        return 0.0


def lossless_burnout_mps(entry: Any) -> float:
    """Speed at the end of all burning without gravity and air: the rocket equation."""
    mass = entry.si("launch_mass")
    speed = 0.0
    for stage in ("boost", "sustain"):
        propellant = entry.si(f"{stage}_propellant_mass")
        if propellant > 0.0:
            speed += entry.si(f"{stage}_specific_impulse") * 9.80665 * math.log(mass / (mass - propellant))
            mass -= propellant
    return float(speed)


def vacuum_range_m(speed_mps: float) -> float:
    """Range of a throw at 45 degrees without air over a flat earth, v^2 / g."""
    return speed_mps * speed_mps / 9.80665


# ------------------------------------------------------------------------------------------------- ballistic ----


@functools.cache
def _solved(
    parameters: ballistic.MissileParameters, range_m: float, trajectory: int
) -> ballistic.LaunchSolution:
    launch = destination(SITE, LAUNCH_BEARING_RAD, range_m)
    return ballistic.solve_launch(
        parameters,
        (launch.lat_rad, launch.lon_rad, 0.0),
        (SITE.lat_rad, SITE.lon_rad, 0.0),
        trajectory,
        STEP_S,
    )


def missile_of(entry: Any) -> ballistic.MissileParameters:
    """The launch solver's view of a ballistic missile of the catalogue."""
    return ballistic.MissileParameters(
        entry.si("launch_mass"),
        entry.si("propellant_mass"),
        entry.si("burn_time"),
        entry.si("specific_impulse"),
        entry.si("diameter"),
        entry.si("ballistic_coefficient"),
        entry.si("body_ballistic_coefficient", 0.0),
    )


def flight(
    catalogue: Catalogue, threat: str, range_m: float, trajectory: str = "minimum_energy"
) -> ballistic.LaunchSolution:
    """The flight of a ballistic missile over a range, ground at sea level, from the south-east to Mürted."""
    entry = catalogue.threats[threat]
    return _solved(missile_of(entry), float(range_m), ballistic.TRAJECTORIES[trajectory])


class State(NamedTuple):
    """Where a ballistic missile is."""

    t_s: float
    ground_range_m: float
    height_m: float
    speed_mps: float


def path(
    catalogue: Catalogue, threat: str, range_m: float, trajectory: str = "minimum_energy"
) -> list[State]:
    """States along a flight, a step apart; the ground range is measured from the launch point."""
    solution = flight(catalogue, threat, range_m, trajectory)
    if solution.code != ballistic.SOLVED:
        return []
    plan = solution.plan
    coefficient = float(plan[ballistic.COL_COEFFICIENT_KGPM2])
    x, y, z = (float(plan[ballistic.COL_LAUNCH + k]) for k in range(3))
    start = np.array([x, y, z]) / math.sqrt(x * x + y * y + z * z)
    vx = vy = vz = 0.0
    states = []
    for i in range(int(solution.flight_time_s / STEP_S)):
        x, y, z, vx, vy, vz = ballistic.ballistic_step(
            x, y, z, vx, vy, vz, i * STEP_S, STEP_S, plan, coefficient, 0.0, 0.0
        )
        here = np.array([x, y, z]) / math.sqrt(x * x + y * y + z * z)
        arc = math.acos(min(1.0, float(start @ here)))
        speed = math.sqrt(vx * vx + vy * vy + vz * vz)
        states.append(State((i + 1) * STEP_S, 6371e3 * arc, float(height_above_m(x, y, z)), speed))
    return states


def range_of_speed_m(speed_mps: float) -> float:
    """Range of a minimum-energy flight that starts and lands with a speed; round, airless, resting earth."""
    low, high = 1e3, 15e6
    for _ in range(60):
        middle = 0.5 * (low + high)
        low, high = (
            (middle, high) if ballistic.minimum_energy_speed_mps(middle)[0] < speed_mps else (low, middle)
        )
    return high


class Fall(NamedTuple):
    """A ballistic missile against one fire unit at its aim: what is seen when, and where it can be met."""

    seen_s: float
    """Before impact: one look sees it with probability one half."""
    seen_range_m: float
    launch_s: float
    """Before impact: the first round can leave."""
    meeting_range_m: float
    """Ground range of the earliest meeting; zero if there is none."""
    meeting_height_m: float
    meeting_s: float
    """Before impact."""
    meeting_mps: float
    """Speed of the missile there."""
    limit: str
    """What bounds the meeting."""


def fall(
    catalogue: Catalogue,
    threat: str,
    range_m: float,
    sight: Sight,
    rounds: Rounds,
    delay_s: float,
    trajectory: str = "minimum_energy",
) -> Fall | None:
    """When a missile that falls on the site is seen, and where a round launched `delay_s` after its track meets it.

    The track takes two more looks after the first sight. None if the missile cannot fly the range.
    """
    states = path(catalogue, threat, range_m, trajectory)
    if not states:
        return None
    rcs_m2 = catalogue.threats[threat].aspects(sight.radar.band).front.nominal
    swerling = int(catalogue.threats[threat].swerling)
    end_s = states[-1].t_s
    seen = None
    for state in states:
        ground_m = max(range_m - state.ground_range_m, 0.0)
        slant_m = math.hypot(ground_m, state.height_m)
        if sight.p_look(slant_m, state.height_m, rcs_m2, swerling) >= 0.5:
            seen = (state.t_s, slant_m)
            break
    if seen is None:
        return Fall(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, "never seen")
    launch_s = seen[0] + (M_HITS - 1) * sight.look_s + delay_s
    reach_m, top_m = rounds.entry.si("range_ballistic"), rounds.entry.si("altitude_max")
    fastest = rounds.entry.si("target_speed_max")
    limit = "time"
    for state in states:
        if state.t_s < launch_s:
            continue
        ground_m = max(range_m - state.ground_range_m, 0.0)
        if math.hypot(ground_m, state.height_m) < rounds.entry.si("range_min"):
            break
        if ground_m > reach_m or state.height_m > top_m:
            limit = "published envelope"
            continue
        if state.speed_mps > fastest:
            limit = "published target speed"
            continue
        shot = rounds.to(2e3 * round(ground_m / 2e3), 500.0 * round(state.height_m / 500.0))
        if shot.has_arrived and shot.time_s <= state.t_s - launch_s:
            return Fall(
                end_s - seen[0],
                seen[1],
                end_s - launch_s,
                ground_m,
                state.height_m,
                end_s - state.t_s,
                state.speed_mps,
                limit,
            )
        limit = "time"
    return Fall(end_s - seen[0], seen[1], end_s - launch_s, 0.0, 0.0, 0.0, 0.0, limit)


# ------------------------------------------------------------------------------------------------------ sums ----


class Muster(NamedTuple):
    """What a system of the catalogue can do at one time, by counting."""

    system: str
    name: str
    fire_units: int
    target_channels: int
    missile_channels: int
    tubes: int
    rounds: int
    targets_by_rounds: int
    """Targets that the ready rounds serve at a salvo."""
    targets_one_side: tuple[int, int]
    """Target channels of the fire units whose sector holds one direction: fewest and most over all directions."""


def muster(catalogue: Catalogue, system: str, salvo: int = 2) -> Muster:
    """Channels, tubes and rounds of a system, boresights as the catalogue spaces them."""
    entry = catalogue.systems[system]
    units = entry.fire_units
    count = round(entry.si("fire_units.count"))
    channels = round(entry.si("fire_units.n_target_channels"))
    missiles = round(entry.si("fire_units.n_missile_channels"))
    tubes = count * round(entry.si("fire_units.launchers")) * round(entry.si("fire_units.tubes_per_launcher"))
    rounds = count * sum(round(figure.nominal) for figure in units.load.values())
    half = catalogue.radars[units.engagement_radar].si("half_sector")
    spacing = entry.si("fire_units.boresight_spacing")
    boresights = [i * spacing for i in range(count)]
    looking = [
        sum(
            abs(math.remainder(math.radians(bearing + 0.5) - boresight, 2.0 * math.pi)) <= half
            for boresight in boresights
        )
        for bearing in range(360)
    ]
    one_side = (min(looking) * channels, max(looking) * channels)
    return Muster(
        system,
        entry.name,
        count,
        count * channels,
        count * missiles,
        tubes,
        rounds,
        rounds // salvo,
        one_side,
    )
