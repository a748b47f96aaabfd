"""Names of everything in a battle, and the 64-bit numbers the random draws know them by."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from parapet.scenario.schema import Group

#: What a separating missile's spent body is called after its warhead.
BODY_SUFFIX = "-body"


def name_id(text: str) -> int:
    """The number a name goes by in the random draws: blake2b over UTF-8, 8 bytes, little endian.

    The same as `parapet.engine.draws.name_id`, without importing the engine. Pinned by
    ``tests/scenario/test_names.py``.
    """
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8"), digest_size=8).digest(), "little")


def member_names(group: Group) -> list[str]:
    """The members of a group: ``som-01`` to ``som-12``, as many digits as the last one needs, at least two."""
    width = max(2, len(str(group.count)))
    return [f"{group.name}-{i:0{width}d}" for i in range(1, group.count + 1)]


def fire_unit_names(system: str, n_fire_units: int) -> list[str]:
    """The fire units of a system: ``Mürted/fire-unit-1``, ``Mürted/fire-unit-2`` and so on."""
    return [f"{system}/fire-unit-{i}" for i in range(1, n_fire_units + 1)]


def collisions(names: Iterable[str]) -> list[tuple[str, str]]:
    """Pairs of different names with the same number; their draws would not be independent."""
    seen: dict[int, str] = {}
    pairs = []
    for name in names:
        number = name_id(name)
        other = seen.setdefault(number, name)
        if other != name:
            pairs.append((other, name))
    return pairs
