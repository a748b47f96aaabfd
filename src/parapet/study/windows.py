"""When a fire unit could meet a threat, and how often: straight paths on a flat map, rounds of one mean speed.

The geometry of the closed form (`parapet.study.estimate`), nothing of it is used in a battle.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from parapet.scenario.places import boresights_rad, ground_elevation_m, ready_at_s
from parapet.scenario.raid import Member

if TYPE_CHECKING:
    from parapet.catalogue import Catalogue
    from parapet.catalogue.entries import Interceptor, Radar, System, Threat
    from parapet.scenario.schema import DefendingSystem, Scenario

_EARTH_M: Final = 6_371_000.0
_G: Final = 9.80665
_N_SAMPLES: Final = 750
_LOOKS_TO_TRACK: Final = 3
_N_CHANCES_MAX: Final = 16
_LOOK_S: Final = 0.02
_NOISE_FACTOR: Final = 4.0
_MEAN_OVER_BURNOUT: Final = 0.65
_APEX: Final = {"minimum_energy": 0.25, "lofted": 0.43, "depressed": 0.12}
"""Height of the apex over the ground range of a throw without air: 45, 60 and 26 degrees."""

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Path:
    """Where one member is, seen from a site on a flat map: arrays over its samples."""

    t_s: Numbers
    slant_m: Numbers
    bearing_rad: Numbers
    height_m: Numbers  # above the ground
    speed_mps: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Window:
    """What one system can do about one member: `launch_s` and `meet_s` are times of launches that meet it, rising."""

    first_launch_s: float
    last_launch_s: float
    flyout_s: float
    n_chances: int
    p_kill_shot: float
    units: frozenset[int]
    launch_s: Numbers
    meet_s: Numbers


def _flat(lat_rad: float, lon_rad: float, site: tuple[float, float]) -> tuple[float, float]:
    """East and north of a site, metres, on a flat map."""
    turn = (lon_rad - site[1] + math.pi) % (2.0 * math.pi) - math.pi
    return turn * math.cos(site[0]) * _EARTH_M, (lat_rad - site[0]) * _EARTH_M


def path_of(scenario: Scenario, catalogue: Catalogue, member: Member, site: tuple[float, float]) -> Path:
    """The way of one member of the raid, seen from a site: straight legs, or for ballistic missiles a parabola without
    air over a flat earth. Pinned by ``test_estimate.test_paths``."""
    ground = ground_elevation_m(scenario)
    threat = catalogue.threats[member.threat]
    corners = [*member.corners]
    if threat.is_ballistic and member.aim is not None:
        corners.append(member.aim)
    xy = np.array([_flat(c.lat_rad, c.lon_rad, site) for c in corners])
    if threat.is_ballistic:
        length = float(np.hypot(*(xy[-1] - xy[0])))
        apex = _APEX[scenario.raid[member.group].trajectory] * length
        flight = 2.0 * math.sqrt(2.0 * apex / _G)
        begin = member.start_s if member.start_s is not None else (member.arrival_s or 0.0) - flight
        share = np.linspace(0.0, 1.0, _N_SAMPLES)
        x, y = xy[0][:, None] + (xy[-1] - xy[0])[:, None] * share[None, :]
        height = 4.0 * apex * share * (1.0 - share)
        speed = math.hypot(_G * flight / 2.0, length / max(flight, 1e-9))
    else:
        legs = np.hypot(*np.diff(xy, axis=0).T) if len(xy) > 1 else np.zeros(0)
        along = np.concatenate([[0.0], np.cumsum(legs)])
        speed = member.speed_mps
        flight = member.path_m / max(speed, 1e-9)
        begin = member.start_s or 0.0
        share = np.linspace(0.0, 1.0, _N_SAMPLES)
        at = share * along[-1]
        x, y = np.interp(at, along, xy[:, 0]), np.interp(at, along, xy[:, 1])
        height = np.maximum(np.interp(at, along, [c.height_m - ground for c in corners]), 1.0)
    t = begin + share * flight
    return Path(t, np.sqrt(x * x + y * y + height * height), np.arctan2(x, y), height, speed, float(t[-1]))


def _sees(radar: Radar, threat: Threat, path: Path, mast_m: float, earth_factor: float) -> NDArray[np.bool_]:
    """Whether a radar sees the path: fourth-power law from its printed range, horizon, instrumented range."""
    antenna = mast_m if mast_m > 0.0 and radar.mast_height else radar.si("antenna_height")
    wanted = [mode for mode in radar.modes if mode.name == "air"] if not threat.is_ballistic else []
    rcs = threat.aspects(radar.band).front.nominal
    reach = max(
        range_m * (rcs / seen_m2) ** 0.25
        for range_m, seen_m2 in (mode.reference(radar.si("frequency")) for mode in wanted or radar.modes)
    )
    horizon = math.sqrt(2.0 * earth_factor * _EARTH_M) * (math.sqrt(antenna) + np.sqrt(path.height_m))
    limit = np.minimum(horizon, min(reach, radar.si("instrumented_range")))
    return np.asarray((path.slant_m <= limit) & (path.slant_m >= radar.si("minimum_range")))


@dataclass(frozen=True, slots=True)
class Round:
    """What the closed form takes from one interceptor of the catalogue, looked up once."""

    entry: Interceptor
    mean_speed_mps: float
    burnout_speed_mps: float
    burn_s: float
    eject_s: float
    reach_air_m: float
    reach_ballistic_m: float
    reach_least_m: float
    lowest_m: float
    highest_m: float
    longest_s: float
    target_speed_mps: float


def round_of(entry: Interceptor) -> Round:
    """The figures of one interceptor."""
    return Round(
        entry, mean_speed_mps(entry), max(burnout_speed_mps(entry), 1e-9),
        max(entry.si("boost_time") + entry.si("sustain_time", 0.0), 1e-9), entry.si("eject_time"),
        entry.si("range_air"), entry.si("range_ballistic"), entry.si("range_min"), entry.si("altitude_min"),
        entry.si("altitude_max"), entry.si("max_flight_time"), entry.si("target_speed_max"),
    )  # fmt: skip


def burnout_speed_mps(entry: Interceptor) -> float:
    """Speed of a round at burnout, as printed or by the rocket equation."""
    if entry.has("burnout_speed"):
        return entry.si("burnout_speed")
    mass, speed = entry.si("launch_mass"), 0.0
    for stage in ("boost", "sustain"):
        burnt = entry.si(f"{stage}_propellant_mass")
        speed += entry.si(f"{stage}_specific_impulse") * _G * math.log(mass / (mass - burnt))
        mass -= burnt
    return speed


def mean_speed_mps(entry: Interceptor) -> float:
    """Mean speed of a round over a long flight: as printed, or a share of the speed at burnout."""
    return (
        entry.si("mean_speed") if entry.has("mean_speed") else _MEAN_OVER_BURNOUT * burnout_speed_mps(entry)
    )


def flyout_s(one: Round, slant_m: Numbers) -> Numbers:
    """Seconds from launch to a point: out of the tube, even acceleration to burnout, then the mean speed.

    A near target is met while the motor still burns, at half the speed of a far one. Pinned by
    ``test_estimate.test_flyout``.
    """
    burn_m = 0.5 * one.burnout_speed_mps * one.burn_s
    burning = np.sqrt(2.0 * np.minimum(slant_m, burn_m) * one.burn_s / one.burnout_speed_mps)
    return np.asarray(one.eject_s + burning + np.maximum(slant_m - burn_m, 0.0) / one.mean_speed_mps)


def single_shot_kill(entry: Interceptor, threat: Threat, speed_mps: float) -> float:
    """Kill probability of one round: reliability times the mean of the damage function over a circular normal miss.

    The miss is that of proportional navigation with white angle noise, ``noise x closing x sqrt(4 lag x look)``, with a
    look every 0.02 s. Look and factor were set after the battles' median misses had been seen (fitted) and meet them
    within a factor three against straight flyers (0.3 m cruise missiles, 1.5 m Scud); weaving targets are missed by far
    more. An interceptor with a `p_kill` of its own keeps it. Source: form after Zarchan, Tactical and Strategic Missile
    Guidance (range-independent noise). Pinned by ``test_estimate.test_single_shot``.
    """
    if entry.has("p_kill"):
        return entry.si("p_reliability") * entry.si("p_kill")
    radius = entry.si(f"lethal_radius_{threat.lethal_class}")
    noise = max(entry.si("seeker_angle_noise"), entry.si("receiver_angle_noise"))
    closing = speed_mps + mean_speed_mps(entry)
    lag = entry.si("autopilot_lag") + entry.si("uplink_latency")
    sigma = noise * closing * math.sqrt(_NOISE_FACTOR * lag * _LOOK_S)
    if radius <= 0.0:
        return 0.0
    return entry.si("p_reliability") / (1.0 + 2.0 * math.log(2.0) * (sigma / radius) ** 2)


def window_of(
    catalogue: Catalogue,
    defence: DefendingSystem,
    entry: System,
    load: Sequence[tuple[Round, int]],
    threat: Threat,
    path: Path,
    earth_factor: float,
) -> Window | None:
    """When one system can meet one threat, and how often; None if never."""
    if path.speed_mps < defence.rules.hostile_speed_min_mps or len(path.t_s) < 2:
        return None
    units = entry.fire_units
    engagement = catalogue.radars[units.engagement_radar]
    searching = [catalogue.radars[name] for name in (*entry.search_radars, units.local_radar) if name] or [
        engagement
    ]
    is_seen = np.logical_or.reduce(
        [_sees(r, threat, path, defence.antenna_mast_m, earth_factor) for r in searching]
    )
    if not is_seen.any():
        return None
    look = min(r.si("period", r.si("search_revisit", 1.0)) for r in searching)
    ready = float(path.t_s[int(np.argmax(is_seen))]) + _LOOKS_TO_TRACK * look + entry.si("reaction_time")
    ready = max(ready, ready_at_s(defence, entry) or 0.0)
    half = engagement.si("half_sector", math.pi)
    aims = boresights_rad(defence, round(units.count.nominal), units.boresight_spacing.nominal)
    inside = [np.cos(path.bearing_rad - aim) >= math.cos(half) for aim in aims]
    is_guided = _sees(engagement, threat, path, 0.0, earth_factor) & np.logical_or.reduce(inside)
    best: tuple[float, Numbers, NDArray[np.bool_]] | None = None
    kills, rounds = 0.0, 0
    for one, n in load:
        p = single_shot_kill(one.entry, threat, path.speed_mps)
        reach = one.reach_ballistic_m if threat.is_ballistic else one.reach_air_m
        is_met = (
            is_guided
            & (path.slant_m <= reach)
            & (path.slant_m >= one.reach_least_m)
            & (path.height_m >= one.lowest_m)
            & (path.height_m <= one.highest_m)
        )
        launch = path.t_s - flyout_s(one, path.slant_m)
        is_met &= (launch >= ready) & (path.t_s - launch <= one.longest_s)
        is_fit = n > 0 and p >= defence.doctrine.min_p_kill and path.speed_mps <= one.target_speed_mps
        if not is_fit or not is_met.any():
            continue
        kills, rounds = kills + n * p, rounds + n
        if best is None or reach > best[0]:
            best = (reach, launch, is_met)
    if best is None:
        return None
    _, launch, is_met = best
    chances, flyouts, after = 0, [], ready
    while chances < _N_CHANCES_MAX:
        able = is_met & (launch >= after)
        if not able.any():
            break
        k = int(np.argmax(able))
        chances += 1
        flyouts.append(float(path.t_s[k] - launch[k]))
        after = float(path.t_s[k]) + entry.si("kill_assessment_time")
    k = int(np.argmax(is_met))
    mine = frozenset(u for u, sector in enumerate(inside) if (sector & is_met).any())
    last = float(launch[is_met].max())
    times = np.maximum.accumulate(launch[is_met])
    return Window(
        float(launch[k]),
        last,
        float(np.mean(flyouts)),
        chances,
        kills / rounds,
        mine,
        times,
        path.t_s[is_met],
    )
