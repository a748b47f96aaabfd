"""One small battle for every format, with markup in its names, recorded in full."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

import parapet
from parapet.analysis.battle_result import Battle
from parapet.export.making import scene
from parapet.export.model import Scene
from parapet.scenario.read import read_text

ROOT = Path(__file__).resolve().parents[2]
NASTY = '<script>alert("x")</script> & a, b | c'
"""What a title may not do to any format."""


@pytest.fixture(scope="session")
def battle() -> Battle:
    """A third of the mixed raid on Ankara, with markup in its title and in the names of an asset and of a group."""
    text = (ROOT / "examples" / "ankara.yaml").read_text(encoding="utf-8")
    text = re.sub(r"(?m)^title: (.*)$", lambda m: f"title: '{NASTY} {m[1]}'", text, count=1)
    text = re.sub(r"\bPower plant\b", "'<b onclick=x>Plant, A|B'", text)
    text = re.sub(r"\bname: kalibr\b", "name: '<img src=x onerror=y>kalibr'", text)
    text = re.sub(r"count: (\d+)", lambda m: f"count: {max(1, int(m[1]) // 3)}", text)  # a third, to be quick
    made = parapet.run(read_text(text, "nasty.yaml"), record="full")
    assert NASTY in made.title and any("onclick" in name for name in made.played.names.assets)
    return made


@pytest.fixture(scope="session")
def made(battle: Battle) -> Scene:
    return scene(battle)


def ecef(lon: np.ndarray, lat: np.ndarray, height: np.ndarray) -> np.ndarray:
    """ECEF by the closed form, written here again so that nothing of the exports checks itself."""
    a, e2 = 6378137.0, 6.69437999014e-3
    phi, lam = np.radians(np.asarray(lat, float)), np.radians(np.asarray(lon, float))
    n = a / np.sqrt(1.0 - e2 * np.sin(phi) ** 2)
    h = np.asarray(height, float)
    return np.column_stack(
        [
            (n + h) * np.cos(phi) * np.cos(lam),
            (n + h) * np.cos(phi) * np.sin(lam),
            (n * (1.0 - e2) + h) * np.sin(phi),
        ]
    )


class Logged:
    """Straight from the log: the samples of a family, by key of the scene."""

    def __init__(self, battle: Battle) -> None:
        rows: dict[str, list[tuple[float, float, float, float]]] = {}
        word = {0: "threat-{i}", 1: "search-{a}-{i}", 2: "fire-{i}-{a}", 3: "round-{i}"}
        for row in battle.played.log.sample:
            key = word[int(row["family"])].format(i=int(row["i"]), a=int(row["a"]))
            rows.setdefault(key, []).append(tuple(float(row[n]) for n in ("t_s", "x_m", "y_m", "z_m")))
        self.rows = {key: np.array(values) for key, values in rows.items()}

    def compare(self, key: str, t_s: np.ndarray, lon: np.ndarray, lat: np.ndarray, height: np.ndarray) -> int:
        """Every sample of the log is in what was read: its time to the millisecond, its position to the metre.

        Returns the number of samples. At most two points more: the launch and the end.
        """
        t_s = np.asarray(t_s, float)
        want = self.rows.get(key, np.empty((0, 4)))
        assert len(want) <= len(t_s) <= len(want) + 2, key
        assert (np.diff(t_s) > 0).all(), key
        where = np.array([int(np.argmin(np.abs(t_s - t))) for t in want[:, 0]], dtype=int)
        assert np.abs(t_s[where] - want[:, 0]).max(initial=0.0) < 1e-3, key
        off = np.linalg.norm(ecef(lon, lat, height)[where] - want[:, 1:], axis=1)
        assert off.max(initial=0.0) < 1.0, key
        return len(want)


@pytest.fixture(scope="session")
def logged(battle: Battle) -> Logged:
    return Logged(battle)
