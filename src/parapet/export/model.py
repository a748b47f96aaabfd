"""One battle as tracks, sites and marks in geodetic coordinates: what every export is written from.

Truth (threats, rounds, sites) and belief (tracks) are kept apart in family, key, name and colour. Heights are above the
WGS-84 ellipsoid, as in the engine. A battle has no date; `EPOCH` stands for its second 0.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal

import numpy as np
from numpy.typing import NDArray

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
"""Second 0 of every battle in formats that want a date; an arbitrary one."""

Family = Literal["threat", "search track", "fire-control track", "round"]
FAMILIES: tuple[Family, ...] = ("threat", "search track", "fire-control track", "round")
"""In the order of the engine's numbers for them."""

FOLDERS: dict[str, str] = {
    "threat": "Threats (truth)",
    "round": "Rounds (truth)",
    "search track": "Search tracks (belief)",
    "fire-control track": "Fire-control tracks (belief)",
    "site": "Sites",
    "mark": "Events (truth)",
}
"""What viewers show as a folder."""

COLOURS: dict[str, tuple[int, int, int]] = {
    "threat": (255, 135, 99),
    "round": (79, 214, 168),
    "search track": (255, 211, 77),
    "fire-control track": (255, 211, 77),
    "site": (116, 185, 255),
}
"""One colour for one meaning, as in the replay: threats orange, rounds green, belief yellow, sites blue."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Track:
    """Where one object was, or was believed to be, over time; arrays of one length, times rising."""

    key: str
    """Unique in the battle, e.g. ``threat-3``, ``search-0-17``, ``round-12``."""
    family: Family
    name: str
    type: str
    t_s: Floats
    lon_deg: Floats
    lat_deg: Floats
    height_m: Floats
    sigma_m: Floats
    """Spread of position as the tracker believes it; 0 for truth."""
    is_sampled: NDArray[np.bool_]
    """True where the point is a sample of the log; False for launch and end points made from the shot table or the
    last state."""
    begin_s: float
    end_s: float
    end: str
    """How it ended, in the words of the battle's tables."""
    about: str | None = None
    """The threat that a track mostly was, or that a round was fired at; None for a false track."""
    unit: str | None = None
    """Fire unit (rounds, fire-control tracks) or owner of the picture (search tracks)."""
    is_over: bool = True
    """False while it was still there when the battle ended."""
    ecef_m: Floats = field(default_factory=lambda: np.empty((0, 3)))
    """(n, 3) the same positions in ECEF, as logged."""
    velocity_mps: Floats = field(default_factory=lambda: np.empty((0, 3)))
    """(n, 3) ECEF velocity; that of the nearest sample at end points, 0 where there is none."""
    source: str | None = None
    """Key of the launcher a round left."""
    hit: str | None = None
    """Key of the threat a round went for in the end, or of the site a threat damaged."""

    @property
    def is_belief(self) -> bool:
        """True for what the defender believes, False for what is."""
        return self.family in ("search track", "fire-control track")


@dataclass(frozen=True)
class Site:
    """Something that stands still: a defended asset, a command post, a radar, a launcher."""

    key: str
    name: str
    kind: str
    lon_deg: float
    lat_deg: float
    height_m: float
    health: float
    """At the end of the battle, 1 to 0."""
    lost_s: float | None


@dataclass(frozen=True)
class Mark:
    """Something that happened at a time and a place."""

    t_s: float
    kind: Literal["threat launched", "round launched", "intercept", "leak", "crash", "damage"]
    name: str
    lon_deg: float
    lat_deg: float
    height_m: float
    detail: str
    subject: str
    """Key of the track or site it happened to."""
    value: float | None = None
    """Miss distance in m (intercept), health left (damage)."""


@dataclass(frozen=True)
class Scene:
    """A battle ready to be written."""

    title: str
    seed: int
    run: int
    engine_id: str
    duration_s: float
    summary: str
    tracks: list[Track] = field(default_factory=list)
    sites: list[Site] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    epoch: datetime = EPOCH

    def of(self, *families: str) -> list[Track]:
        """Tracks of these families."""
        return [track for track in self.tracks if track.family in families]

    @property
    def n_samples(self) -> int:
        """Points that are samples of the log."""
        return int(sum(track.is_sampled.sum() for track in self.tracks))

    def when(self, t_s: float) -> str:
        """A time of the battle as ISO 8601 in UTC, to the millisecond."""
        at = self.epoch + timedelta(milliseconds=round(t_s * 1000.0))
        return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"
