"""Parapet: an open laboratory for long-range air and missile defence.

The public names, exactly: `run` plays a scenario and gives a `Battle`, `check` lists what is wrong with one. They are
loaded on first use, so that ``import parapet`` is light.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from parapet.analysis.battle_result import Battle
    from parapet.analysis.play import check, run

__version__ = "0.1.0"

__all__ = ["Battle", "__version__", "check", "run"]

_HOME = {
    "Battle": "parapet.analysis.battle_result",
    "check": "parapet.analysis.play",
    "run": "parapet.analysis.play",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'parapet' has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
