"""One played battle as a person meets it: tables, totals, the ladder of a threat, a summary, JSON and Parquet."""

from __future__ import annotations

import json
import math
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from parapet.analysis import outcomes
from parapet.analysis.outcomes import Played, ShotRow, ThreatRow
from parapet.engine import codes

if TYPE_CHECKING:
    import polars as pl
    from rich.console import Console, ConsoleOptions, RenderResult

    from parapet.analysis.quality import Quality
    from parapet.analysis.why import Why

JSON_FORMAT = 1
"""Version of the JSON (``docs/schemas/battle.schema.json``)."""

_THREAT_FIRST = frozenset(
    {
        codes.EVENT_THREAT_LAUNCHED,
        codes.EVENT_FIRST_DETECTION,
        codes.EVENT_THREAT_KILLED,
        codes.EVENT_THREAT_LEAKED,
        codes.EVENT_THREAT_CRASHED,
        codes.EVENT_THREAT_LEFT,
        codes.EVENT_TURNED_AWAY,
    }
)
_CHANNEL = frozenset(
    {
        codes.EVENT_DESIGNATED,
        codes.EVENT_ACQUIRED,
        codes.EVENT_ACQUISITION_FAILED,
        codes.EVENT_FIRE_TRACK_LOST,
        codes.EVENT_CHANNEL_RELEASED,
    }
)
_ROUND = frozenset({codes.EVENT_ROUND_LAUNCHED, codes.EVENT_ROUND_HOMING})
_TRACK = frozenset({codes.EVENT_TRACK_BEGUN, codes.EVENT_TRACK_FIRM, codes.EVENT_TRACK_DROPPED})


class Battle:
    """One played battle.

    Parameters
    ----------
    played
        What the runner handed over.
    title, file
        Of the scenario.

    Examples
    --------
    >>> battle = parapet.run("examples/ankara.yaml", seed=7)   # doctest: +SKIP
    >>> battle.threats.filter(pl.col("outcome") == "leaked")   # doctest: +SKIP
    >>> print(battle.why("som-07"))                            # doctest: +SKIP
    """

    def __init__(self, played: Played, title: str, file: str = "") -> None:
        self.played = played
        self.title = title
        self.file = file

    # ------------------------------------------------------------------------------------------ what came out ----

    @property
    def seed(self) -> int:
        """Seed of the draws."""
        return self.played.seed

    @property
    def run(self) -> int:
        """Which of the runs of that seed."""
        return self.played.run

    @cached_property
    def threat_rows(self) -> list[ThreatRow]:
        """One row per threat of the raid."""
        return outcomes.threat_rows(self.played)

    @cached_property
    def shot_rows(self) -> list[ShotRow]:
        """One row per round fired, by launch time."""
        return outcomes.shot_rows(self.played)

    @cached_property
    def totals(self) -> dict[str, int]:
        """Counts over the raid: threats, detected, tracked, engaged, killed, leaked, rounds fired, false tracks, ..."""
        return outcomes.totals(self.played, self.threat_rows)

    @cached_property
    def peaks(self) -> dict[str, int]:
        """The most targets engaged, distinct threats engaged and missiles guided at any one time."""
        return outcomes.peaks(self.played)

    # ------------------------------------------------------------------------------------------------- tables ----

    @cached_property
    def threats(self) -> pl.DataFrame:
        """One row per threat: name, type, outcome, first detection, track, designation, launch, rounds, end."""
        import polars as pl

        schema = {
            "name": pl.String, "type": pl.String, "outcome": pl.String, "launch_s": pl.Float64,
            "first_detection_s": pl.Float64, "first_detection_range_m": pl.Float64,
            "first_detection_radar": pl.String, "first_track_s": pl.Float64, "first_designated_s": pl.Float64,
            "first_launch_s": pl.Float64, "n_rounds": pl.Int64, "end_s": pl.Float64,
        }  # fmt: skip
        return pl.DataFrame([outcomes.as_dict(row) for row in self.threat_rows], schema=schema)

    @cached_property
    def shots(self) -> pl.DataFrame:
        """One row per round: interceptor, fire unit, threat, launch, intercept, miss distance, outcome.

        For every fire unit, never more overlapping [launch, intercept] than it has missile channels.
        """
        import polars as pl

        schema = {
            "interceptor": pl.String, "fire_unit": pl.String, "launcher": pl.String, "threat": pl.String,
            "hit_threat": pl.String, "engagement": pl.Int64, "channel": pl.Int64, "launch_s": pl.Float64,
            "intercept_s": pl.Float64, "range_m": pl.Float64, "altitude_m": pl.Float64, "miss_m": pl.Float64,
            "arrival_speed_mps": pl.Float64, "available_load_mps2": pl.Float64, "outcome": pl.String,
        }  # fmt: skip
        return pl.DataFrame([outcomes.as_dict(row) for row in self.shot_rows], schema=schema)

    @cached_property
    def events(self) -> pl.DataFrame:
        """Everything that was told, in time order, in words; columns that an event does not use are null.

        ``value``: slant range in m (first detection, reason), miss distance in m (intercept), or the share of an
        asset that is left. Empty at recording level ``outcomes``.
        """
        import polars as pl

        schema = {
            "t_s": pl.Float64, "event": pl.String, "threat": pl.String, "fire_unit": pl.String, "radar": pl.String,
            "shot": pl.Int64, "picture": pl.Int64, "track": pl.Int64, "channel": pl.Int64, "asset": pl.String,
            "detail": pl.String, "value": pl.Float64, "code": pl.Int64, "a": pl.Int64, "b": pl.Int64, "c": pl.Int64,
        }  # fmt: skip
        return pl.DataFrame([self._event(row) for row in self.played.log.event], schema=schema)

    @cached_property
    def tracks(self) -> pl.DataFrame:
        """One row per search track: picture, number, when begun, firm and dropped, and the threat it mostly was.

        ``threat`` is null for a false track. Empty at recording level ``outcomes``; positions are in `samples`.
        """
        import polars as pl

        rows: dict[tuple[int, int], dict[str, Any]] = {}
        column = {
            codes.EVENT_TRACK_BEGUN: "begun_s",
            codes.EVENT_TRACK_FIRM: "firm_s",
            codes.EVENT_TRACK_DROPPED: "dropped_s",
        }
        for row in self.played.log.event:
            code = int(row["code"])
            if code not in _TRACK:
                continue
            key = (int(row["a"]), int(row["b"]))
            track = rows.setdefault(key, {"picture": self._picture(key[0]), "track": key[1]})
            track[column[code]] = float(row["t_s"])
            track["threat"] = self._threat(int(row["c"]))
        schema = {
            "picture": pl.String, "track": pl.Int64, "begun_s": pl.Float64, "firm_s": pl.Float64,
            "dropped_s": pl.Float64, "threat": pl.String,
        }  # fmt: skip
        data = [{name: track.get(name) for name in schema} for track in rows.values()]
        return pl.DataFrame(data, schema=schema)

    @cached_property
    def samples(self) -> pl.DataFrame:
        """Positions and velocities (ECEF) of threats, tracks and rounds; empty below recording level ``full``."""
        import polars as pl

        family = ("threat", "search track", "fire-control track", "round")
        table = self.played.log.sample
        data: dict[str, Any] = {"t_s": table["t_s"], "family": [family[int(k)] for k in table["family"]]}
        names = ("i", "x_m", "y_m", "z_m", "vx_mps", "vy_mps", "vz_mps", "sigma_m", "a", "b")
        data |= {name: table[name] for name in names}
        schema: dict[str, Any] = {"t_s": pl.Float64, "family": pl.String, "i": pl.Int64}
        schema |= dict.fromkeys(names[1:8], pl.Float64) | {"a": pl.Int64, "b": pl.Int64}
        return pl.DataFrame(data, schema=schema)

    def _threat(self, index: int) -> str | None:
        names = self.played.names.threats
        return names[index] if 0 <= index < len(names) else None

    def _picture(self, index: int) -> str:
        posts, units = self.played.names.posts, self.played.names.units
        if index < len(posts):
            return str(posts[index])
        own = index - len(posts)
        return str(units[own]) if own < len(units) else str(index)

    def _event(self, row: Any) -> dict[str, Any]:
        names = self.played.names
        code, a, b, c, value = (
            int(row["code"]),
            int(row["a"]),
            int(row["b"]),
            int(row["c"]),
            float(row["value"]),
        )
        event: dict[str, Any] = {
            "t_s": float(row["t_s"]), "event": codes.EVENT_WORDS.get(code, str(code)), "code": code,
            "a": a, "b": b, "c": c,
        }  # fmt: skip
        n_each = max(1, self.played.sizes.n_channels_max)
        if code in _THREAT_FIRST:
            event["threat"] = self._threat(a)
            if code == codes.EVENT_FIRST_DETECTION:
                event |= {"radar": names.radars[b] if 0 <= b < len(names.radars) else None, "value": value}
        elif code in _TRACK:
            event |= {"picture": a, "track": b, "threat": self._threat(c)}
        elif code in _CHANNEL:
            event |= {"fire_unit": names.units[a], "channel": b % n_each, "threat": self._threat(c)}
        elif code in _ROUND:
            event |= {"fire_unit": names.units[a], "shot": b, "threat": self._threat(c)}
        elif code == codes.EVENT_INTERCEPT:
            event |= {"shot": a, "threat": self._threat(b), "detail": codes.SHOT_WORDS.get(c), "value": value}
        elif code == codes.EVENT_KILL_ASSESSED:
            verdict = "believed killed" if value else "believed alive"
            event |= {
                "fire_unit": names.units[a],
                "channel": b % n_each,
                "threat": self._threat(c),
                "detail": verdict,
            }
        elif code == codes.EVENT_ASSET_DAMAGED:
            asset = names.assets[a] if 0 <= a < len(names.assets) else None
            event |= {"asset": asset, "threat": self._threat(b), "value": value}
        elif code == codes.EVENT_REASON:
            words = codes.WHY_WORDS.get(c)
            event |= {"fire_unit": names.units[a], "threat": self._threat(b), "detail": words, "value": value}
        elif code == codes.EVENT_READY:
            event |= {"fire_unit": names.units[a]}
        elif code == codes.EVENT_RADAR_TURNED:
            event |= {"fire_unit": names.units[a], "radar": names.radars[b], "value": math.degrees(value)}
        elif code == codes.EVENT_RADAR_FULL:
            event |= {"radar": names.radars[a], "value": value}
        return event

    # ---------------------------------------------------------------------------------------------- questions ----

    def why(self, threat: str, unit: str | None = None) -> Why:
        """Why a threat was, or was not, shot at: reasons that tile its life, with the key events.

        Raises
        ------
        InputError
            If the battle has no threat (or fire unit) of that name; says which names are close.
        """
        from parapet.analysis.why import why

        return why(self.played, threat, unit)

    def quality(self, cutoff_m: float = 5_000.0, order: float = 1.0) -> Quality:
        """How good the tracks were: initiation delay, continuity, RMSE, NEES, GOSPA and OSPA; printed, a table by type.

        Raises
        ------
        InputError
            If the battle was not recorded in full (``record="full"``), or cut-off or order are not above 0.
        """
        from parapet.analysis.quality import quality

        return quality(self.played, cutoff_m, order)

    def summary(self, width: int = 100) -> str:
        """The result for a person, as plain text."""
        from parapet.analysis.summary import text_of

        return text_of(self, width)

    # ------------------------------------------------------------------------------------------------- exports ----

    def to_dict(self) -> dict[str, Any]:
        """The result as plain data, in the form of ``docs/schemas/battle.schema.json``."""
        played = self.played
        keep = (
            "name", "type", "outcome", "launch_s", "first_detection_s", "first_detection_range_m",
            "first_detection_radar", "first_track_s", "first_designated_s", "first_launch_s", "n_rounds", "end_s",
        )  # fmt: skip
        return {
            "format": JSON_FORMAT,
            "scenario": self.title,
            "scenario_file": Path(self.file).name if self.file else "",
            "scenario_hash": played.scenario_hash,
            "seed": played.seed,
            "run": played.run,
            "engine_id": played.engine_id,
            "platform_id": played.platform_id,
            "duration_s": played.duration_s,
            "totals": self.totals,
            "peaks": self.peaks,
            "capacity": outcomes.capacity(played),
            "rounds": [outcomes.as_dict(row) for row in outcomes.rounds_rows(played, self.shot_rows)],
            "assets": [outcomes.as_dict(row) for row in outcomes.asset_rows(played)],
            "threats": [{name: getattr(row, name) for name in keep} for row in self.threat_rows],
            "shots": [outcomes.as_dict(row) for row in self.shot_rows],
        }

    def to_json(self, path: str | Path | None = None, indent: int | None = 2) -> str:
        """The result as JSON text; also written to `path` if one is given. The same battle gives the same text."""
        text = json.dumps(self.to_dict(), indent=indent, allow_nan=False, ensure_ascii=False) + "\n"
        if path is not None:
            Path(path).write_text(text, encoding="utf-8")
        return text

    def to_parquet(self, folder: str | Path) -> list[Path]:
        """Write the tables as Parquet files into a folder (made if missing); returns the files."""
        target = Path(folder)
        target.mkdir(parents=True, exist_ok=True)
        tables = {"threats": self.threats, "shots": self.shots, "events": self.events, "tracks": self.tracks}
        if len(self.played.log.sample):
            tables["samples"] = self.samples
        files = []
        for name, table in tables.items():
            file = target / f"{name}.parquet"
            table.write_parquet(file)
            files.append(file)
        return files

    # --------------------------------------------------------------------------------------------------- looks ----

    def __repr__(self) -> str:
        t = self.totals
        return (
            f"<Battle {self.title!r}, seed {self.seed}, run {self.run}: {t['threats']} threats, {t['killed']} killed, "
            f"{t['leaked']} leaked, {t['rounds_fired']} rounds fired>"
        )

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        from parapet.analysis.summary import render

        yield render(self)
