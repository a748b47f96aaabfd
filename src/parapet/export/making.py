"""From a played battle to its scene: samples grouped into tracks, ends added, events placed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pymap3d
from numpy.typing import NDArray

from parapet.engine import codes
from parapet.errors import InputError
from parapet.export.model import Family, Floats, Mark, Scene, Site, Track
from parapet.physics import earth

if TYPE_CHECKING:
    from parapet.analysis.battle_result import Battle

FEW = 200
"""Fewer positions than this are turned one by one."""

NEAR_M = 200.0
"""Up to this miss distance the bearing of an intercept is taken from the target."""

_SITE_KINDS = {
    codes.ASSET_DEFENDED: "asset",
    codes.ASSET_POST: "command post",
    codes.ASSET_RADAR: "radar",
    codes.ASSET_LAUNCHER: "launcher",
}
_THREAT_KINDS = {
    codes.TARGET_AIRCRAFT: "aircraft",
    codes.TARGET_MISSILE: "cruise missile",
    codes.TARGET_BALLISTIC: "ballistic missile",
}


def scene(battle: Battle) -> Scene:
    """The tracks, sites and marks of a battle that was recorded at level ``full``.

    Raises
    ------
    InputError
        If the battle holds no positions. Pinned by ``tests/export/test_model.py``.
    """
    if int(battle.played.world.clock.record) < codes.RECORD_FULL:
        raise InputError(
            "The battle was played without positions; exports need recording level 'full': "
            'parapet.run(FILE, record="full").'
        )
    maker = _Maker(battle)
    tracks = [*maker.threats(), *maker.rounds(), *maker.search_tracks(), *maker.fire_tracks()]
    total = battle.totals
    return Scene(
        title=battle.title, seed=battle.seed, run=battle.run, engine_id=battle.played.engine_id,
        duration_s=float(battle.played.duration_s),
        summary=f"{total['threats']} threats, {total['killed']} killed, {total['leaked']} leaked, "
        f"{total['rounds_fired']} rounds fired; seed {battle.seed}, run {battle.run}",
        tracks=tracks, sites=maker.sites(), marks=sorted(maker.marks, key=lambda mark: mark.t_s),
    )  # fmt: skip


def geodetic(ecef_m: Floats) -> tuple[Floats, Floats, Floats]:
    """Longitude and latitude in degrees and height above the ellipsoid in m of (n, 3) ECEF positions."""
    if len(ecef_m) < FEW:  # the array code of pymap3d takes a millisecond to get going
        few = np.array([earth.ecef_to_geodetic(*place) for place in ecef_m.tolist()], dtype=float).reshape(
            -1, 3
        )
        return np.degrees(few[:, 1]), np.degrees(few[:, 0]), few[:, 2]
    lat, lon, height = pymap3d.ecef2geodetic(ecef_m[:, 0], ecef_m[:, 1], ecef_m[:, 2])
    return (
        np.atleast_1d(lon).astype(float),
        np.atleast_1d(lat).astype(float),
        np.atleast_1d(height).astype(float),
    )


class _Maker:
    """Goes through the tables of one battle."""

    def __init__(self, battle: Battle) -> None:
        self.battle = battle
        self.played: Any = battle.played
        self.names: Any = battle.played.names
        self.marks: list[Mark] = []
        table = self.played.log.sample
        self.ecef = np.column_stack([table["x_m"], table["y_m"], table["z_m"]]).astype(float)
        self.velocity = np.column_stack([table["vx_mps"], table["vy_mps"], table["vz_mps"]]).astype(float)
        self.t_s = table["t_s"].astype(float)
        self.sigma = table["sigma_m"].astype(float)
        self.groups = self._grouped(table)
        self.dt_s = float(self.played.world.clock.dt_s)

    @staticmethod
    def _grouped(table: Any) -> dict[tuple[int, int, int], NDArray[np.int64]]:
        """Rows by (family, i, a for tracks), each in time order."""
        family, i = table["family"].astype(np.int64), table["i"].astype(np.int64)
        other = np.where((family == 1) | (family == 2), table["a"].astype(np.int64), 0)
        if not len(family):
            return {}
        order = np.lexsort((table["t_s"], other, i, family))
        keys = np.column_stack([family, i, other])[order]
        cuts = np.flatnonzero((np.diff(keys, axis=0) != 0).any(axis=1)) + 1
        rows = np.split(order, cuts)
        return {
            (int(k[0]), int(k[1]), int(k[2])): part
            for k, part in zip(keys[np.r_[0, cuts]], rows, strict=True)
        }

    def _track(
        self,
        rows: NDArray[np.int64],
        first: tuple[float, Floats] | None,
        last: tuple[float, Floats] | None,
        **said: Any,
    ) -> Track:
        """A track of these samples, with a point before and one after where they are known and no samples already."""
        t_s, ecef, sigma, velocity = self.t_s[rows], self.ecef[rows], self.sigma[rows], self.velocity[rows]
        is_sampled = np.ones(len(rows), dtype=bool)
        for point, at in ((first, 0), (last, -1)):
            if point is None:
                continue
            if len(t_s) and not (point[0] < t_s[0] - 1e-6 if at == 0 else point[0] > t_s[-1] + 1e-6):
                continue
            end = 0 if at == 0 else len(t_s)
            t_s, ecef = np.insert(t_s, end, point[0]), np.insert(ecef, end, point[1], axis=0)
            sigma, is_sampled = np.insert(sigma, end, 0.0), np.insert(is_sampled, end, False)
            velocity = np.insert(velocity, end, velocity[at] if len(velocity) else 0.0, axis=0)
        lon, lat, height = geodetic(ecef)
        return Track(
            t_s=t_s, lon_deg=lon, lat_deg=lat, height_m=height, sigma_m=sigma, is_sampled=is_sampled,
            ecef_m=ecef, velocity_mps=velocity, **said
        )  # fmt: skip

    def _mark(
        self, t_s: float, kind: Any, name: str, ecef: Floats, detail: str, subject: str, value: Any = None
    ) -> None:
        lon, lat, height = geodetic(ecef.reshape(1, 3))
        self.marks.append(
            Mark(
                float(t_s), kind, name, float(lon[0]), float(lat[0]), float(height[0]), detail, subject, value
            )
        )

    def _threat_end(self, i: int) -> Floats:
        """Where a threat was at its end: within its last tick, on the line between the tick's two ends."""
        one = self.played.truth.threat[i]
        end_s = float(one["end_s"])
        done = np.array([one["x_m"], one["y_m"], one["z_m"]], dtype=float)
        begun = np.array([one["x0_m"], one["y0_m"], one["z0_m"]], dtype=float)
        share = end_s / self.dt_s - np.floor(end_s / self.dt_s)
        return begun + (done - begun) * share if share > 1e-9 else done

    def threats(self) -> list[Track]:
        """One track per threat that was in the air at a sample, separated bodies included."""
        names, world = self.names, self.played.world
        launched = {
            int(e["a"]): float(e["t_s"])
            for e in self.played.log.event
            if e["code"] == codes.EVENT_THREAT_LAUNCHED
        }
        damaged = {
            int(e["b"]): f"site-{int(e['a'])}"
            for e in self.played.log.event
            if e["code"] == codes.EVENT_ASSET_DAMAGED
        }
        made = []
        for i, name in enumerate(names.threats):
            rows = self.groups.get((0, i, 0))
            status = int(self.played.truth.threat[i]["status"])
            if status == codes.WAITING or rows is None:
                continue
            is_over = status != codes.FLYING
            end_s = float(self.played.truth.threat[i]["end_s"]) if is_over else float(self.played.duration_s)
            last = (end_s, self._threat_end(i)) if is_over else None
            begin_s = launched.get(i, float(self.t_s[rows[0]]))
            begin_s = min(begin_s, float(self.t_s[rows[0]]))
            key = f"threat-{i}"
            row = int(rows[0])
            start = self.ecef[row] - self.velocity[row] * (self.t_s[row] - begin_s)
            made.append(
                self._track(
                    rows, (begin_s, start), last, key=key, family="threat", name=name, begin_s=begin_s, end_s=end_s,
                    type=f"{names.threat_types[i]}, {_THREAT_KINDS[int(world.threats[i]['target_class'])]}",
                    end=codes.OUTCOME_WORDS[status], is_over=is_over, hit=damaged.get(i),
                )
            )  # fmt: skip
            if i in launched:
                self._mark(begin_s, "threat launched", name, start, names.threat_types[i], key)
            if last is not None and status in (codes.LEAKED, codes.CRASHED):
                word = "leak" if status == codes.LEAKED else "crash"
                self._mark(end_s, word, name, last[1], codes.OUTCOME_WORDS[status], key)
        self._damage()
        return made

    def _damage(self) -> None:
        assets = self.played.world.assets
        for event in self.played.log.event:
            if event["code"] == codes.EVENT_ASSET_DAMAGED:
                i, by = int(event["a"]), int(event["b"])
                place = np.array([assets.x_m[i], assets.y_m[i], assets.z_m[i]], dtype=float)
                who = self.names.threats[by] if 0 <= by < len(self.names.threats) else "an intercept overhead"
                left = float(event["value"])
                text = f"hit by {who}, {left:.0%} left"
                self._mark(
                    float(event["t_s"]), "damage", self.names.assets[i], place, text, f"site-{i}", left
                )

    def rounds(self) -> list[Track]:
        """One track per round fired: from its launcher to where it met its target or ended."""
        world, made = self.played.world, []
        for n, (shot, row) in enumerate(zip(self.played.log.shot, self.battle.shot_rows, strict=True)):
            rows = self.groups.get((3, n, 0), np.empty(0, np.int64))
            launcher = world.launchers[int(shot["i_launcher"])]
            start = np.array([launcher["x_m"], launcher["y_m"], launcher["z_m"]], dtype=float)
            key, name = f"round-{n}", f"{row.interceptor} #{n + 1}"
            last = None
            if row.intercept_s is not None:
                last = (row.intercept_s, self._round_end(shot, rows, start))
            made.append(
                self._track(
                    rows, (row.launch_s, start), last, key=key, family="round", name=name, type=row.interceptor,
                    begin_s=row.launch_s, end_s=row.intercept_s or float(self.played.duration_s), end=row.outcome,
                    about=row.threat, unit=row.fire_unit, is_over=last is not None,
                    source=f"site-{int(launcher['i_asset'])}",
                    hit=f"threat-{int(shot['i_hit'])}" if int(shot["i_hit"]) >= 0 else None,
                )
            )  # fmt: skip
            at = row.threat or "a false track"
            self._mark(row.launch_s, "round launched", name, start, f"{row.fire_unit} at {at}", key)
            if last is not None:
                self._mark(
                    last[0], "intercept", name, last[1], f"{row.outcome}; fired at {at}", key, row.miss_m
                )
        return made

    def _round_end(self, shot: Any, rows: NDArray[np.int64], start: Floats) -> Floats:
        """Where a round ended: range and altitude are the shot table's. The table holds no bearing: it is the target's
        where the round came near it, else that of the round's last velocity."""
        target, t_s = int(shot["i_hit"]), float(shot["intercept_s"])
        is_near = target >= 0 and float(shot["miss_m"]) < NEAR_M
        path = self.groups.get((0, target, 0)) if is_near else None
        if path is not None:
            near = max(int(np.searchsorted(self.t_s[path], t_s)) - 1, 0)
            row = int(path[near])
        elif len(rows):
            row = int(rows[-1])
        else:
            return start
        point = self.ecef[row] + self.velocity[row] * (t_s - self.t_s[row])
        unit = self.played.world.units[int(shot["i_unit"])]
        centre = np.array([unit["x_m"], unit["y_m"], unit["z_m"]], dtype=float)
        return on_range_and_height(point, centre, float(shot["range_m"]), float(shot["altitude_m"]))

    def search_tracks(self) -> list[Track]:
        """One track per firm search track: picture and running number."""
        events = self.battle.tracks
        dropped = {
            (p, int(n)): t
            for p, n, t in zip(events["picture"], events["track"], events["dropped_s"], strict=True)
        }
        made = []
        for (family, number, picture), rows in self.groups.items():
            if family != 1:
                continue
            owner = self._owner(picture)
            end_s = dropped.get((owner, number))
            made.append(
                self._belief(
                    rows,
                    f"search-{picture}-{number}",
                    "search track",
                    f"{owner} track {number}",
                    owner,
                    end_s,
                )
            )
        return made

    def _owner(self, picture: int) -> str:
        owners = [*self.names.posts, *self.names.units]
        return str(owners[picture]) if picture < len(owners) else str(picture)

    def fire_tracks(self) -> list[Track]:
        """One track per engagement channel and engagement."""
        n_each = max(1, self.played.sizes.n_channels_max)
        made = []
        for (family, channel, serial), rows in self.groups.items():
            if family != 2:
                continue
            unit = self.names.units[channel // n_each]
            name = f"{unit} channel {channel % n_each + 1} engagement {serial}"
            made.append(
                self._belief(rows, f"fire-{channel}-{serial}", "fire-control track", name, unit, None)
            )
        return made

    def _belief(
        self, rows: NDArray[np.int64], key: str, family: Family, name: str, unit: str, dropped_s: float | None
    ) -> Track:
        label = int(self.played.log.sample["b"][rows[-1]])
        about = self.names.threats[label] if 0 <= label < len(self.names.threats) else None
        last_s = float(self.t_s[rows[-1]])
        every_s = self.dt_s * float(self.played.world.clock.n_sample_ticks)
        is_over = last_s < float(self.played.duration_s) - 1.5 * every_s
        end = ("ended" if dropped_s is None else "dropped") if is_over else "held to the end"
        return self._track(
            rows, None, None, key=key, family=family, name=name, type=family, begin_s=float(self.t_s[rows[0]]),
            end_s=max(last_s, dropped_s) if dropped_s is not None else last_s,
            end=end, about=about, unit=unit, is_over=is_over,
        )  # fmt: skip

    def sites(self) -> list[Site]:
        """Everything that stands still, in the order of the battle's assets."""
        assets, made = self.played.world.assets, []
        lon, lat, height = geodetic(np.column_stack([assets.x_m, assets.y_m, assets.z_m]).astype(float))
        for i, name in enumerate(self.names.assets):
            state = self.played.truth.asset[i]
            lost_s = float(state["lost_s"])
            made.append(
                Site(
                    f"site-{i}", name, _SITE_KINDS[int(assets.kind[i])], float(lon[i]), float(lat[i]), float(height[i]),
                    float(state["health"]), lost_s if np.isfinite(lost_s) else None,
                )
            )  # fmt: skip
        return made


def on_range_and_height(point: Floats, centre: Floats, range_m: float, height_m: float) -> Floats:
    """The point near `point` (ECEF, m) that is at this range from `centre` and at this height above the ellipsoid.

    Newton steps in the plane of the line of sight and the local up; where the two are nearly parallel (straight
    overhead) the height is kept and the range is met as well as it can be. Pinned by ``tests/export/test_model.py``.
    """
    where = point.copy()
    for _ in range(12):
        away = where - centre
        distance_m = float(np.linalg.norm(away))
        if distance_m < 1.0:
            return where
        lon, lat, height = geodetic(where.reshape(1, 3))
        a, b = np.radians(lat[0]), np.radians(lon[0])
        up = np.array([np.cos(a) * np.cos(b), np.cos(a) * np.sin(b), np.sin(a)])
        sight = away / distance_m
        across = sight - up * float(sight @ up)
        level = float(np.linalg.norm(across))
        rise_m, longer_m = height_m - float(height[0]), range_m - distance_m
        if abs(rise_m) < 1e-3 and abs(longer_m) < 1e-3:
            break
        where = where + up * rise_m
        if level > 0.05:
            along_m = (longer_m - rise_m * float(sight @ up)) / level
            where = where + across / level * along_m
    return where
