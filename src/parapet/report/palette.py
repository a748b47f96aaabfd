"""One colour for one meaning, in every figure and table of a report.

Okabe and Ito's colours, which colour-blind readers tell apart (jfly.uni-koeln.de/color). No meaning stands on colour
alone: lines differ by dash, marks by shape, and what matters most is named.
"""

from __future__ import annotations

from typing import Final

INK: Final = "#22262b"
QUIET: Final = "#6b7280"
RULE: Final = "#d5d9de"
LAND: Final = "#f3f1ea"
SEA: Final = "#dfe9f0"

FRIEND: Final = "#0072B2"
HOSTILE: Final = "#D55E00"
LEAKER: Final = "#9B1B6E"
KILL: Final = "#009E73"
INTERCEPTOR: Final = "#56B4E9"
TRACK: Final = "#E69F00"
UNKNOWN: Final = "#8a8f98"
OTHER: Final = "#b9bec6"

PHASES: Final[dict[str, tuple[str, str]]] = {
    "unseen": ("#eceef1", "not seen by any radar"),
    "seen": ("#f6dfa4", "seen or tracked, not yet within reach"),
    "waiting": ("#e0a93b", "could not be shot at: no channel, no round, reaction time"),
    "engaged": ("#7fb2d6", "a round on its way"),
}
"""Phases of a threat's life as the defence sees it: colour and meaning."""
