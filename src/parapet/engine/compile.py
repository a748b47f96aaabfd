"""From a scenario and a catalogue to a World: everything the battle needs, as plain read-only arrays.

What the engine cannot play is refused here, with the place in the file. Names become stable 64-bit ids, places become ECEF, launch
plans of ballistic missiles are solved, fly-out tables are built.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from parapet.catalogue import Catalogue
from parapet.catalogue.entries import REFERENCE_SNR
from parapet.engine import codes, flyout
from parapet.engine.draws import name_id
from parapet.engine.policy import policies
from parapet.engine.state import (
    ASSET_GIVEN,
    F8,
    I8,
    INTERCEPTOR_GIVEN,
    LAUNCHER_GIVEN,
    LEG_GIVEN,
    POST_GIVEN,
    RADAR_GIVEN,
    THREAT_GIVEN,
    UNIT_GIVEN,
    WORKED_OUT,
    Air,
    Clock,
    Records,
    Sizes,
    World,
    given,
)
from parapet.errors import Finding, ScenarioError
from parapet.physics import ballistic, earth
from parapet.physics.interceptor import (
    COL_MAX_FLIGHT_TIME,
    COL_RECEIVER_NOISE,
    COL_SEEKER_HALF_FIELD,
    COL_SEEKER_NOISE,
    COL_SEEKER_RANGE,
    HOMING_SAMPLE_S,
    HOMING_START_S,
    HOMING_STEP_S,
)
from parapet.physics.motion import turn_acceleration_mps2
from parapet.scenario.names import fire_unit_names
from parapet.scenario.places import (
    Point,
    boresights_rad,
    destination,
    fire_unit_points,
    ground_elevation_m,
    located,
    ready_at_s,
)
from parapet.scenario.raid import Member, raid_members
from parapet.scenario.schema import DefendingSystem, Rules, Scenario

ARRIVAL_SPEED_MIN_MPS = 600.0
"""Planning does not send a round to a point where it would arrive slower than this."""
P_ASSESSMENT_WRONG = 0.03
"""Chance that a kill assessment says the opposite of what happened (notional)."""
LAUNCHER_CIRCLE_M = 120.0
"""Launchers stand on a circle of this radius around their engagement radar (notional)."""
P_KILL_PLANNED = {codes.CLASS_UNKNOWN: 0.7, codes.CLASS_AIR: 0.8, codes.CLASS_BALLISTIC: 0.6}
"""Single-shot kill probability that planning assumes before reliability (notional; the battle computes its own)."""
GLINT_SHARE = 0.15
"""Wander of the point that a receiver tracks over the size of the target, 1 sigma (notional; textbooks give 0.1 to 0.25)."""
WARHEAD_CALIBRES = 2.0
"""Length of a separated warhead by the diameter of its missile: a cone of about 25 degrees. Notional."""

_TARGET_CLASS = {
    "aircraft": codes.TARGET_AIRCRAFT,
    "missile": codes.TARGET_MISSILE,
    "ballistic": codes.TARGET_BALLISTIC,
}
_GUIDANCE = {"command": codes.GUIDANCE_COMMAND, "tvm": codes.GUIDANCE_TVM, "active": codes.GUIDANCE_ACTIVE}
_POLICY = {
    "marginal": codes.POLICY_MARGINAL,
    "optimal": codes.POLICY_OPTIMAL,
    "nearest": codes.POLICY_NEAREST,
}
_TRAJECTORY = {
    "minimum_energy": ballistic.MINIMUM_ENERGY,
    "lofted": ballistic.LOFTED,
    "depressed": ballistic.DEPRESSED,
}


@dataclass
class Names:
    """What the rows of the World are called, table by table."""

    threats: list[str] = field(default_factory=list)
    threat_types: list[str] = field(default_factory=list)
    radars: list[str] = field(default_factory=list)
    radar_types: list[str] = field(default_factory=list)
    units: list[str] = field(default_factory=list)
    launchers: list[str] = field(default_factory=list)
    interceptors: list[str] = field(default_factory=list)
    assets: list[str] = field(default_factory=list)
    posts: list[str] = field(default_factory=list)
    n_raid: int = 0


@dataclass
class Compiled:
    """A World with the names of its rows and the sizes its State needs."""

    world: World
    names: Names
    sizes: Sizes
    notes: list[Finding] = field(default_factory=list)


class _Table:
    """Rows of one family, collected by column and turned into arrays at the end."""

    def __init__(self, dtype: np.dtype[Any]) -> None:
        self.dtype = dtype
        self.rows: list[dict[str, Any]] = []

    def add(self, **values: Any) -> int:
        self.rows.append(values)
        return len(self.rows) - 1

    def done(self) -> Records:
        """The read-only table."""
        assert self.dtype.names is not None
        return given(
            self.dtype,
            {name: [row[name] for row in self.rows] for name in self.dtype.names if name not in WORKED_OUT},
        )


def _frozen(array: Any) -> NDArray[Any]:
    out = np.ascontiguousarray(array)
    if out is array or out.base is not None:
        out = out.copy()
    out.setflags(write=False)
    return out


def _ecef(point: Point, height_m: float) -> tuple[float, float, float]:
    return earth.geodetic_to_ecef(point.lat_rad, point.lon_rad, height_m)


def compile_scenario(
    scenario: Scenario,
    catalogue: Catalogue,
    record: str | None = None,
    dt_s: float | None = None,
    homing_dt_s: float = HOMING_STEP_S,
    is_poisoned: bool = False,
    policy: Callable[..., float] | None = None,
) -> Compiled:
    """The World of a scenario.

    Parameters
    ----------
    scenario, catalogue : read and checked (``scenario.check`` found no error).
    record : ``outcomes``, ``events`` or ``full``; left out, the scenario's.
    dt_s, homing_dt_s : steps to use instead of the scenario's and the model's (for convergence studies).
    is_poisoned : truth is NaN whenever guidance thinks (poison test).
    policy : a function of `engine.policy.ARGUMENTS` that all fire units use instead of the scenario's.

    Raises
    ------
    ScenarioError
        For what only the solver can find: an aim point out of a missile's reach.
    """
    return _Compiler(
        scenario,
        catalogue,
        record or scenario.recording,
        dt_s or scenario.time_step_s,
        homing_dt_s,
        is_poisoned,
        policy,
    ).run()


def _limits(rules: Rules) -> dict[str, float]:
    """Heights and sector of origin outside which a track is not hostile."""
    if rules.engage == "any":
        rules = Rules()
    low, high, origin = rules.hostile_height_min_m, rules.hostile_height_max_m, rules.hostile_origin_rad
    turn = 2.0 * math.pi
    return {
        "hostile_low_m": -1e9 if low is None else low,
        "hostile_high_m": 1e9 if high is None else high,
        "hostile_from_rad": 0.0 if origin is None else origin[0],
        "hostile_width_rad": turn if origin is None else (origin[1] - origin[0]) % turn,
    }


class _Compiler:
    def __init__(
        self,
        scenario: Scenario,
        catalogue: Catalogue,
        record: str,
        dt_s: float,
        homing_dt_s: float,
        is_poisoned: bool,
        policy: Callable[..., float] | None,
    ) -> None:
        self.scenario = scenario
        self.catalogue = catalogue
        self.record = codes.RECORDING[record]
        self.dt_s = dt_s
        self.homing_dt_s = homing_dt_s
        self.is_poisoned = is_poisoned
        self.policy = policy
        self.ground_m = ground_elevation_m(scenario)
        self.names = Names()
        self.findings: list[Finding] = []
        self.threats = _Table(THREAT_GIVEN)
        self.legs = _Table(LEG_GIVEN)
        self.radars = _Table(RADAR_GIVEN)
        self.posts = _Table(POST_GIVEN)
        self.units = _Table(UNIT_GIVEN)
        self.launchers = _Table(LAUNCHER_GIVEN)
        self.assets = _Table(ASSET_GIVEN)
        self.loads: list[dict[str, int]] = []
        self.decision_s = 1.0
        self.delay_s = 0.0

    # ------------------------------------------------------------------------------------------------ all ----

    def run(self) -> Compiled:
        scenario = self.scenario
        for asset in scenario.assets:
            self._asset(asset)
        periods = []
        for system in scenario.systems:
            entry = self.catalogue.systems[system.system]
            periods.append(entry.si("decision_period"))
            self.delay_s = max(self.delay_s, entry.si("command_delay"))
            self._system(system, entry)
        if periods:
            self.decision_s = min(periods)
        members = raid_members(scenario, self.catalogue)
        self._raid(members)
        if any(finding.severity == "error" for finding in self.findings):
            raise ScenarioError(self.findings)
        world = self._world()
        return Compiled(
            world, self.names, self._sizes(world), [f for f in self.findings if f.severity != "error"]
        )

    def _world(self) -> World:
        wind = self.scenario.environment.wind
        heights = [level.altitude_m for level in wind] or [0.0]
        east = [-level.speed_mps * math.sin(level.direction_from_rad) for level in wind] or [0.0]
        north = [-level.speed_mps * math.cos(level.direction_from_rad) for level in wind] or [0.0]
        dt = self.dt_s
        clock = Clock(
            dt_s=float(dt),
            n_ticks=int(math.ceil(self.scenario.duration_s / dt - 1e-9)),
            homing_dt_s=float(self.homing_dt_s),
            measure_dt_s=float(HOMING_SAMPLE_S),
            n_lag_ticks=int(round(self.delay_s / dt)),
            n_decision_ticks=max(int(round(self.decision_s / dt)), 1),
            record=int(self.record),
            n_sample_ticks=max(int(round(1.0 / dt)), 1),
            is_poisoned=int(self.is_poisoned),
        )
        air = Air(
            float(self.ground_m),
            float(self.scenario.environment.effective_earth_radius_factor),
            int(bool(wind)),
            _frozen(np.array(heights, np.float64)),
            _frozen(np.array(east, np.float64)),
            _frozen(np.array(north, np.float64)),
        )
        interceptors, table, load, reload = self._interceptors()
        for unit in self.units.rows:
            own = load[unit["i_launcher"] : unit["i_launcher"] + unit["n_launchers"]].sum(axis=0)
            unit["carries"] = sum(1 << k for k in np.flatnonzero(own).tolist())
        return World(
            clock=clock,
            air=air,
            threats=self.threats.done(),
            legs=self.legs.done(),
            radars=self.radars.done(),
            posts=self.posts.done(),
            units=self.units.done(),
            launchers=self.launchers.done(),
            load=load,
            reload=reload,
            interceptors=interceptors,
            table=table,
            assets=self.assets.done(),
            valued=_frozen(np.flatnonzero(np.array([row["kind"] for row in self.assets.rows]) != codes.ASSET_LAUNCHER).astype(np.int64)),
            policies=policies(self.policy),
        )

    def _sizes(self, world: World) -> Sizes:
        n = world.threats.id.size
        n_units = world.units.id.size
        rounds = int(world.load.sum() + (world.reload * world.launchers.n_reloads[:, None]).sum())
        channels = int(world.units.n_missile_channels.sum())
        events = self.record >= codes.RECORD_EVENTS
        full = self.record >= codes.RECORD_FULL
        n_tracks = int(min(max(96, 1.5 * n + 64), 2000))
        n_samples = world.clock.n_ticks // world.clock.n_sample_ticks + 1
        return Sizes(
            n_tracks=n_tracks,
            n_channels_max=max(int(world.units.n_target_channels.max(initial=1)), 1),
            n_rounds=min(max(channels + 64, 16), rounds + 16),
            n_ring=4096 + 16 * n,
            n_work=max(256, min(n_tracks, 1024)),
            n_pairs=max(512, n_tracks * max(n_units, 1)),
            n_events=(4096 + n * (160 + 80 * n_units)) if events else 8,
            n_shots=rounds + 8,
            n_samples=n_samples * (2 * n + 2 * n_tracks // 2 + 64) if full else 8,
        )

    def _finding(self, path: tuple[str | int, ...], message: str) -> None:
        line, column = self.scenario.lines.get(path, (0, 0))
        text = ""
        for part in path:
            text += f"[{part}]" if isinstance(part, int) else (f".{part}" if text else str(part))
        self.findings.append(Finding("error", message, self.scenario.file, line, column, text))

    # --------------------------------------------------------------------------------------------- defence ----

    def _asset(self, asset: Any) -> None:
        template = self.catalogue.assets[asset.template] if asset.template else None
        value = asset.value if asset.value is not None else (template.si("value") if template else 1.0)
        radius = (
            asset.radius_m if asset.radius_m is not None else (template.si("radius") if template else 50.0)
        )
        hardness = str(asset.hardness or (template.hardness if template else "soft"))
        point = located(self.scenario, asset.place, None, (asset.name,))
        self._put_asset(
            asset.name,
            codes.ASSET_DEFENDED,
            len(self.assets.rows),
            _ecef(point, self.ground_m),
            value,
            radius,
            hardness,
        )

    def _put_asset(
        self,
        name: str,
        kind: int,
        i_of: int,
        where: tuple[float, float, float],
        value: float,
        radius_m: float,
        hardness: str,
    ) -> int:
        self.names.assets.append(name)
        x, y, z = where
        return self.assets.add(
            id=name_id("asset:" + name), kind=kind, i_of=i_of, x_m=x, y_m=y, z_m=z, value=value, radius_m=radius_m,
            hardness=codes.HARDNESS[hardness],
        )  # fmt: skip

    def _own_asset(
        self, template: str, name: str, kind: int, i_of: int, where: tuple[float, float, float]
    ) -> int:
        entry = self.catalogue.assets[template]
        return self._put_asset(
            name, kind, i_of, where, entry.si("value"), entry.si("radius"), entry.hardness or "soft"
        )

    def _system(self, system: DefendingSystem, entry: Any) -> None:
        site = located(self.scenario, system.place, None, (system.name,))
        at_s = ready_at_s(system, entry)
        ready_s = math.inf if at_s is None else at_s
        i_post = len(self.posts.rows)
        where = _ecef(site, self.ground_m)
        i_asset = self._own_asset(
            "command-post", f"{system.name} command post", codes.ASSET_POST, i_post, where
        )
        self.posts.add(i_asset=i_asset, x_m=where[0], y_m=where[1], z_m=where[2])
        self.names.posts.append(f"{system.name} command post")
        for radar_id in entry.search_radars:
            self._radar(radar_id, f"{system.name} {radar_id}", site, system, ready_s, i_post, -1, 0, 0.0)
        units = entry.fire_units
        count = int(round(entry.si("fire_units.count")))
        boresights = boresights_rad(system, count, entry.si("fire_units.boresight_spacing"))
        points = fire_unit_points(self.scenario, system, count)
        for i, name in enumerate(fire_unit_names(system.name, count)):
            self._unit(
                system, entry, units, name, points[i], boresights[i % len(boresights)], i_post, ready_s
            )

    def _unit(
        self,
        system: DefendingSystem,
        entry: Any,
        units: Any,
        name: str,
        point: Point,
        boresight: float,
        i_post: int,
        ready_s: float,
    ) -> None:
        i_unit = len(self.units.rows)
        # an engagement radar searches for the command post only where nothing else does (Patriot)
        feeds = -1 if entry.search_radars or units.local_radar else i_post
        i_radar = self._radar(
            units.engagement_radar,
            f"{name} {units.engagement_radar}",
            point,
            system,
            ready_s,
            feeds,
            i_unit,
            1,
            boresight,
        )
        if units.local_radar:
            self._radar(
                units.local_radar,
                f"{name} {units.local_radar}",
                point,
                system,
                ready_s,
                i_post,
                i_unit,
                0,
                0.0,
            )
        n_launchers = (
            system.launchers if system.launchers is not None else int(round(entry.si("fire_units.launchers")))
        )
        tubes = int(round(entry.si("fire_units.tubes_per_launcher")))
        load = (
            dict(system.loads)
            if system.loads is not None
            else {k: int(round(v.nominal)) for k, v in units.load.items()}
        )
        doctrine = system.doctrine
        rules = system.rules
        x, y, z = _ecef(point, self.ground_m)
        self.units.add(
            id=name_id("unit:" + name), i_post=i_post, i_radar=i_radar, x_m=x, y_m=y, z_m=z,
            rotation=earth.enu_rotation(point.lat_rad, point.lon_rad), height_m=self.ground_m,
            n_target_channels=int(round(entry.si("fire_units.n_target_channels"))),
            n_missile_channels=int(round(entry.si("fire_units.n_missile_channels"))),
            i_launcher=len(self.launchers.rows), n_launchers=n_launchers,
            reaction_s=entry.si("reaction_time"), assessment_s=entry.si("kill_assessment_time"),
            p_assessment_wrong=P_ASSESSMENT_WRONG, policy=_POLICY[doctrine.policy] if self.policy is None else codes.POLICY_OWN,
            mode=codes.MODE_SALVO if doctrine.mode == "salvo" else codes.MODE_SHOOT_LOOK_SHOOT,
            salvo=doctrine.salvo, min_p_kill=doctrine.min_p_kill, reserve=doctrine.reserve, hold_fire=int(doctrine.hold_fire),
            hostile_speed_mps=0.0 if rules.engage == "any" else rules.hostile_speed_min_mps,
            max_engagements=doctrine.max_engagements_per_track,
            **_limits(rules),
            hostile_radius_m=1e9 if rules.engage == "any" or rules.weapons_free_radius_m is None else rules.weapons_free_radius_m,
            ready_s=ready_s, carries=0, turns=int(doctrine.turn_radars),
        )  # fmt: skip
        self.names.units.append(name)
        self._launchers(name, entry, point, i_unit, n_launchers, tubes, load)

    def _launchers(
        self,
        unit: str,
        entry: Any,
        point: Point,
        i_unit: int,
        n_launchers: int,
        tubes: int,
        load: dict[str, int],
    ) -> None:
        """Packs are dealt round the launchers, so that each type is spread over as many of them as it can."""
        free = [1.0] * n_launchers
        dealt: list[dict[str, int]] = [{} for _ in range(n_launchers)]
        k = 0
        for interceptor_id, rounds in load.items():
            interceptor = self.catalogue.interceptors[interceptor_id]
            pack = max(int(round(interceptor.si("pack_size"))), 1)
            share = max(interceptor.si("launcher_share"), 1.0 / max(tubes, 1) / 4.0)
            left = rounds
            for _ in range(n_launchers * 64):
                if left <= 0 or n_launchers == 0:
                    break
                i = k % n_launchers
                k += 1
                if free[i] + 1e-9 >= share:
                    free[i] -= share
                    n = min(pack, left)
                    dealt[i][interceptor_id] = dealt[i].get(interceptor_id, 0) + n
                    left -= n
            if left > 0 and n_launchers > 0:
                i = max(range(n_launchers), key=lambda j: free[j])
                dealt[i][interceptor_id] = dealt[i].get(interceptor_id, 0) + left
        for i in range(n_launchers):
            name = f"{unit} launcher {i + 1}"
            place = destination(point, 2.0 * math.pi * i / max(n_launchers, 1), LAUNCHER_CIRCLE_M)
            where = _ecef(place, self.ground_m)
            i_asset = self._own_asset("launcher", name, codes.ASSET_LAUNCHER, len(self.launchers.rows), where)
            self.launchers.add(
                i_unit=i_unit, i_asset=i_asset, x_m=where[0], y_m=where[1], z_m=where[2],
                interval_s=entry.si("launch_interval"), reload_s=entry.si("reload_time"), n_reloads=1,
            )  # fmt: skip
            self.names.launchers.append(name)
            self.loads.append(dealt[i])

    def _radar(
        self, radar_id: str, name: str, point: Point, system: DefendingSystem, ready_s: float, i_post: int, i_unit: int,
        is_engagement: int, boresight: float,
    ) -> int:  # fmt: skip
        entry = self.catalogue.radars[radar_id]
        antenna = entry.si("antenna_height")
        if system.antenna_mast_m > 0.0 and entry.mast_height:
            antenna = system.antenna_mast_m
        x, y, z = _ecef(point, self.ground_m + antenna)
        modes = list(entry.modes)[: codes.N_MODE]
        while len(modes) < codes.N_MODE:
            modes.append(modes[-1])
        is_sector = entry.kind == "sector_array"
        period = entry.si("search_revisit") if is_sector else entry.si("period")
        number = len(self.radars.rows)
        identity = name_id("radar:" + name)
        self.names.radars.append(name)
        self.names.radar_types.append(radar_id)
        self._own_asset("radar", name, codes.ASSET_RADAR, number, (x, y, z))
        return self.radars.add(
            id=identity, kind=codes.RADAR_SECTOR if is_sector else codes.RADAR_ROTATING,
            i_post=i_post, i_unit=i_unit, is_engagement=is_engagement,
            x_m=x, y_m=y, z_m=z, rotation=earth.enu_rotation(point.lat_rad, point.lon_rad),
            antenna_m=antenna, height_m=self.ground_m + antenna, band=codes.BANDS[entry.band],
            frequency_hz=entry.si("frequency"), period_s=period,
            phase_rad=0.0 if is_sector else 2.0 * math.pi * (identity % 3600) / 3600.0,
            n_modes=min(len(entry.modes), codes.N_MODE),
            reference_range_m=[m.reference(entry.si("frequency"))[0] for m in modes],
            reference_rcs_m2=[m.reference(entry.si("frequency"))[1] for m in modes],
            reference_snr=[REFERENCE_SNR] * codes.N_MODE,
            elevation_min_rad=[m.elevation_min.nominal for m in modes],
            elevation_max_rad=[m.elevation_max.nominal for m in modes],
            range_max_m=entry.si("instrumented_range"), range_min_m=entry.si("minimum_range"),
            azimuth_beamwidth_rad=entry.si("azimuth_beamwidth"), elevation_beamwidth_rad=entry.si("elevation_beamwidth"),
            range_resolution_m=entry.si("range_resolution"), range_floor_m=entry.si("range_error_floor"),
            angle_floor_rad=entry.si("angle_error_floor"), p_false_alarm=entry.si("p_false_alarm"),
            n_false_per_scan=entry.si("p_false_alarm") * entry.si("false_alarm_cells"),
            boresight_rad=boresight, half_sector_rad=entry.si("half_sector") if is_sector else math.pi,
            off_boresight_exponent=entry.si("off_boresight_exponent") if is_sector else 0.0,
            track_revisit_s=entry.si("track_revisit") if is_sector else period,
            track_revisit_slow_s=entry.si("track_revisit_slow") if is_sector else period,
            dwell_s=entry.si("dwell_time") if is_sector else 0.0,
            acquisition_dwell_s=entry.si("acquisition_dwell") if is_sector else 0.0,
            dwell_budget=entry.si("dwell_budget") if is_sector else 1.0,
            ready_s=ready_s, n_tracks_max=int(round(entry.si("n_targets_tracked"))),
            slew_radps=entry.si("slew_rate") if is_sector else 0.0,
            uplink_m=entry.si("uplink_range") if is_sector else 0.0,
        )  # fmt: skip

    def _interceptors(self) -> tuple[Records, F8, I8, I8]:
        wanted = sorted({name for load in self.loads for name, n in load.items() if n > 0})
        self.names.interceptors = wanted
        entries = [self.catalogue.interceptors[name] for name in wanted]
        load = np.zeros((len(self.loads), max(len(wanted), 1)), np.int64)
        for i, dealt in enumerate(self.loads):
            for name, n in dealt.items():
                if n > 0:
                    load[i, wanted.index(name)] = n
        if not entries:
            entries = [next(iter(self.catalogue.interceptors.values()))]
            self.names.interceptors = [entries[0].id]
        rows = np.array([flyout.parameter_row(entry) for entry in entries], np.float64)
        tables = flyout.build(rows, 0.0)
        n = len(entries)
        lethal = np.zeros((n, 3))
        inside = np.ones((n, 3))
        planned = np.zeros((n, 3))
        for k, entry in enumerate(entries):
            reliability = entry.si("p_reliability")
            for group, key in enumerate(
                ("lethal_radius_aircraft", "lethal_radius_missile", "lethal_radius_ballistic")
            ):
                lethal[k, group] = entry.si(key)
            for group, p in P_KILL_PLANNED.items():
                planned[k, group] = p * reliability
            if entry.p_kill is not None:
                inside[k, :] = entry.p_kill.nominal
                lethal[k, :] = 1e9
                planned[k, :] = entry.p_kill.nominal * reliability
        get = lambda key: _frozen(np.array([entry.si(key) for entry in entries], np.float64))  # noqa: E731
        flag = lambda key: _frozen(np.array([int(entry.si(key) > 0.5) for entry in entries], np.int64))  # noqa: E731
        column = lambda c: _frozen(rows[:, c])  # noqa: E731
        guidance = np.array([_GUIDANCE[entry.guidance] for entry in entries], np.int64)
        view = np.where(guidance == codes.GUIDANCE_ACTIVE, rows[:, COL_SEEKER_HALF_FIELD], 0.012)
        columns = {
            "guidance": guidance,
            "flight": rows,
            "table_range_m": tables.range_max_m,
            "table_height_m": tables.altitude_max_m,
            "range_air_m": get("range_air"),
            "range_ballistic_m": get("range_ballistic"),
            "range_min_m": get("range_min"),
            "height_min_m": get("altitude_min"),
            "height_max_m": get("altitude_max"),
            "target_speed_max_mps": get("target_speed_max"),
            "flight_max_s": column(COL_MAX_FLIGHT_TIME),
            "arrival_speed_min_mps": np.full(n, ARRIVAL_SPEED_MIN_MPS),
            "lethal_radius_m": lethal,
            "p_reliability": get("p_reliability"),
            "p_kill_inside": inside,
            "p_kill_planned": planned,
            "seeker_range_m": column(COL_SEEKER_RANGE),
            "seeker_view_rad": view.astype(np.float64),
            "seeker_noise_rad": column(COL_SEEKER_NOISE),
            "receiver_noise_rad": column(COL_RECEIVER_NOISE),
            "homing_s": np.full(n, HOMING_START_S),
            "is_search_track_uplink": flag("is_search_track_uplink"),
            "is_channel_freed_at_lock": flag("is_missile_channel_freed_at_lock"),
            "cost_usd": get("unit_cost"),
        }
        rows_given = given(INTERCEPTOR_GIVEN, columns)
        return rows_given, _frozen(tables.values), _frozen(load), _frozen(load)

    # ------------------------------------------------------------------------------------------------ raid ----

    def _raid(self, members: list[Member]) -> None:
        types = sorted({member.threat for member in members})
        bodies: list[tuple[int, Any, Member]] = []
        site_of = {name: i for i, name in enumerate(self.names.assets)}
        solved: dict[tuple[Any, ...], Any] = {}
        for member in members:
            entry = self.catalogue.threats[member.threat]
            group = self.scenario.raid[member.group]
            self.names.threats.append(member.name)
            self.names.threat_types.append(member.threat)
            i_aim = -1
            if member.aim_asset is not None:
                i_aim = site_of.get(member.aim_asset, site_of.get(f"{member.aim_asset} command post", -1))
            if entry.is_ballistic:
                number = self._ballistic(member, entry, group, types.index(member.threat), i_aim, solved)
                if number >= 0 and entry.si("is_separating", 0.0) > 0.5:
                    bodies.append((number, entry, member))
            else:
                self._air(member, entry, group, types.index(member.threat), i_aim)
        self.names.n_raid = len(members)
        for number, entry, member in bodies:
            self._body(number, entry, member)

    def _common(self, member: Member, entry: Any, i_type: int, i_aim: int) -> dict[str, Any]:
        aim = member.aim
        x, y, z = (0.0, 0.0, 0.0)
        if aim is not None:
            x, y, z = earth.geodetic_to_ecef(aim.lat_rad, aim.lon_rad, aim.height_m)
        rcs = np.zeros((codes.N_BAND, 3))
        for band, i in codes.BANDS.items():
            aspects = entry.aspects(band)
            rcs[i] = (aspects.front.nominal, aspects.side.nominal, aspects.rear.nominal)
        warhead = entry.si("warhead_mass")
        return {
            "id": name_id("threat:" + member.name),
            "target_class": _TARGET_CLASS[entry.lethal_class],
            "i_type": i_type,
            "i_parent": -1,
            "swerling": int(entry.swerling),
            "glint_m": GLINT_SHARE * entry.si("size"),
            "rcs_m2": rcs,
            "has_aim": int(aim is not None),
            "aim_x_m": x,
            "aim_y_m": y,
            "aim_z_m": z,
            "i_aim_asset": i_aim,
            "circular_error_m": entry.si("circular_error"),
            "lethal_radius_m": 6.0 * max(warhead, 0.0) ** (1.0 / 3.0),
            "p_destroy": [
                entry.lethality.soft.nominal,
                entry.lethality.medium.nominal,
                entry.lethality.hard.nominal,
            ],
            "cost_usd": entry.si("unit_cost"),
        }

    def _air(self, member: Member, entry: Any, group: Any, i_type: int, i_aim: int) -> None:
        first = len(self.legs.rows)
        for corner in member.corners:
            x, y, z = earth.geodetic_to_ecef(corner.lat_rad, corner.lon_rad, corner.height_m)
            self.legs.add(x_m=x, y_m=y, z_m=z, height_m=corner.height_m, speed_mps=member.speed_mps)
        behaviour = codes.BEHAVIOUR_STRAIGHT
        behaviour_s = 0.0
        behaviour_mps2 = 0.0
        if group.behaviour.turn_away is not None:
            behaviour = codes.BEHAVIOUR_TURN_AWAY
            behaviour_s = group.behaviour.turn_away.after_s
        elif group.behaviour.weave is not None:
            behaviour = codes.BEHAVIOUR_WEAVE
            behaviour_s = group.behaviour.weave.period_s
            behaviour_mps2 = group.behaviour.weave.load_mps2
        turn = turn_acceleration_mps2(entry.si("load_factor_max"))
        self.threats.add(
            **self._common(member, entry, i_type, i_aim),
            kind=codes.KIND_AIR,
            start_s=member.start_s or 0.0,
            i_leg=first,
            n_legs=len(member.corners),
            behaviour=behaviour,
            behaviour_s=behaviour_s,
            behaviour_mps2=behaviour_mps2,
            load_max_mps2=max(turn, behaviour_mps2),
            climb_max_mps=entry.si("climb_rate_max"),
            acceleration_max_mps2=entry.si("acceleration_max"),
            ballistic=np.zeros(ballistic.PLAN_SIZE),
            coefficient_kgpm2=0.0,
        )

    def _ballistic(
        self,
        member: Member,
        entry: Any,
        group: Any,
        i_type: int,
        i_aim: int,
        solved: dict[tuple[Any, ...], Any],
    ) -> int:
        path = ("raid", member.group, "aim")
        if member.aim is None:
            self._finding(("raid", member.group), f"{member.name}: a ballistic missile needs an 'aim'.")
            return -1
        launch = member.corners[0]
        missile = ballistic.MissileParameters(
            entry.si("launch_mass"), entry.si("propellant_mass"), entry.si("burn_time"), entry.si("specific_impulse"),
            entry.si("diameter"), entry.si("ballistic_coefficient"), entry.si("body_ballistic_coefficient", 0.0),
        )  # fmt: skip
        key = (missile, launch, member.aim, group.trajectory)
        if key not in solved:
            solved[key] = ballistic.solve_launch(
                missile,
                (launch.lat_rad, launch.lon_rad, launch.height_m),
                (member.aim.lat_rad, member.aim.lon_rad, member.aim.height_m),
                _TRAJECTORY[group.trajectory],
                self.dt_s,
            )
        solution = solved[key]
        if solution.code != ballistic.SOLVED:
            reach = (
                f" Its reach from there is about {solution.reach_m / 1e3:,.0f} km."
                if solution.reach_m > 0.0
                else ""
            )
            self._finding(
                path,
                f"{member.name}: {ballistic.REASONS[solution.code]}.{reach} Move the launch point or take another missile.",
            )
            return -1
        start = member.start_s
        if start is None:
            start = (member.arrival_s or 0.0) - solution.flight_time_s
        if start < 0.0:
            self._finding(
                ("raid", member.group, "arrival"),
                f"{member.name}: it flies {solution.flight_time_s:,.0f} s and cannot arrive at {member.arrival_s:,.0f} s. "
                f"Use an arrival of {solution.flight_time_s:,.0f} s or later.",
            )
            return -1
        start = round(start / self.dt_s) * self.dt_s
        x, y, z = earth.geodetic_to_ecef(launch.lat_rad, launch.lon_rad, launch.height_m)
        first = self.legs.add(x_m=x, y_m=y, z_m=z, height_m=launch.height_m, speed_mps=0.0)
        common = self._common(member, entry, i_type, i_aim)
        if entry.si("is_separating", 0.0) > 0.5:
            # what arrives is the warhead: the size of the entry is that of the whole missile
            common["glint_m"] = GLINT_SHARE * min(WARHEAD_CALIBRES * entry.si("diameter"), entry.si("size"))
        return self.threats.add(
            **common,
            kind=codes.KIND_BALLISTIC,
            start_s=start,
            i_leg=first,
            n_legs=1,
            behaviour=codes.BEHAVIOUR_STRAIGHT,
            behaviour_s=0.0,
            behaviour_mps2=0.0,
            load_max_mps2=0.0,
            climb_max_mps=0.0,
            acceleration_max_mps2=0.0,
            ballistic=solution.plan,
            coefficient_kgpm2=entry.si("ballistic_coefficient"),
        )

    def _body(self, number: int, entry: Any, member: Member) -> None:
        row = dict(self.threats.rows[number])
        name = f"{member.name} body"
        self.names.threats.append(name)
        self.names.threat_types.append(f"{member.threat} body")
        rcs = np.array(row["rcs_m2"])
        if entry.body_signature:
            aspects = entry.body_signature.get("X") or next(iter(entry.body_signature.values()))
            for band, i in codes.BANDS.items():
                one = entry.body_signature.get(band, aspects)
                rcs[i] = (one.front.nominal, one.side.nominal, one.rear.nominal)
        row.update(
            id=name_id("threat:" + name),
            glint_m=GLINT_SHARE * entry.si("size"),
            i_parent=number,
            has_aim=0,
            rcs_m2=rcs,
            cost_usd=0.0,
            coefficient_kgpm2=entry.si("body_ballistic_coefficient"),
        )
        self.threats.add(**row)
