"""Studies: many battles that answer a question, with honest intervals.

`parapet.study` is this package, and the function of the same name: ``parapet.study("file.yaml", runs=200)`` plays a
study, see `parapet.study.play.study`. Nothing heavy is imported before it is called.
"""

from __future__ import annotations

import sys
import types
from typing import Any


class _Callable(types.ModuleType):
    """A package that can be called: the folder and the function go by one name, as users and the design want it."""

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        from parapet.study.play import study

        return study(*arguments, **options)


sys.modules[__name__].__class__ = _Callable
