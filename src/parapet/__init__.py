"""Parapet: an open laboratory for long-range air and missile defence.

The public names, exactly: `run` plays a scenario and gives a `Battle`, `check` lists what is wrong with one, `study`
plays many battles and gives a `Study` (or opens a stored one). They are loaded on first use, so that
``import parapet`` is light.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from parapet.analysis.battle_result import Battle
    from parapet.analysis.play import check, run
    from parapet.study.play import study
    from parapet.study.result import Study

__version__ = "0.1.0"

__all__ = ["Battle", "Study", "__version__", "check", "run", "study"]

_HOME = {
    "Battle": "parapet.analysis.battle_result",
    "Study": "parapet.study.result",
    "check": "parapet.analysis.play",
    "run": "parapet.analysis.play",
    "study": "parapet.study",  # the package itself, which can be called: see its docstring
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'parapet' has no attribute {name!r}")
    from importlib import import_module

    module = import_module(_HOME[name])
    value = module if name == "study" else getattr(module, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
