"""Names and their numbers: the same as the engine's, without importing it."""

from __future__ import annotations

import pytest

from parapet.scenario import names
from parapet.scenario.names import collisions, name_id


def test_the_number_of_a_name_is_fixed() -> None:
    # From the reference implementation: b2sum -l 64 of "som-07", bytes read from the last to the first.
    assert f"{name_id('som-07'):016x}" == "e6e6d9ec2ed1b431"
    assert 0 <= name_id("Mürted") < 2**64


def test_it_is_the_engines_number() -> None:
    from parapet.engine.draws import name_id as engines

    for text in ("som-01", "Mürted/fire-unit-2", "", "A" * 60):
        assert name_id(text) == engines(text)


def test_a_collision_names_both(monkeypatch: pytest.MonkeyPatch) -> None:
    assert collisions(["a", "b", "a"]) == []
    monkeypatch.setattr(names, "name_id", len)
    assert collisions(["aa", "b", "cc"]) == [("aa", "cc")]
