"""Signature by aspect."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest

from parapet.physics.signature import aspect_rad, cos_aspect, signature_m2


def test_aspect() -> None:
    assert aspect_rad(0.0, 0.0, 0.0, 200.0, 0.0, 0.0, 5e4, 0.0, 0.0) == pytest.approx(0.0)
    assert aspect_rad(0.0, 0.0, 0.0, 200.0, 0.0, 0.0, 0.0, -5e4, 0.0) == pytest.approx(math.pi / 2)
    assert aspect_rad(1e4, 0.0, 0.0, 200.0, 0.0, 0.0, 0.0, 0.0, 0.0) == pytest.approx(math.pi)
    assert math.degrees(
        aspect_rad(0.0, 0.0, 0.0, 0.0, 300.0, 0.0, 0.0, 1.0, math.sqrt(3.0))
    ) == pytest.approx(60.0)
    assert cos_aspect(1.0, 2.0, 3.0, 0.0, 0.0, 0.0, 4.0, 5.0, 6.0) == 1.0
    assert cos_aspect(1.0, 2.0, 3.0, 4.0, 0.0, 0.0, 1.0, 2.0, 3.0) == 1.0


def test_blend() -> None:
    figures = (0.01, 1.0, 0.1)
    assert signature_m2(1.0, *figures) == pytest.approx(0.01, rel=1e-12)
    assert signature_m2(0.0, *figures) == pytest.approx(1.0, rel=1e-12)
    assert signature_m2(-1.0, *figures) == pytest.approx(0.1, rel=1e-12)
    assert signature_m2(math.cos(math.radians(45.0)), *figures) == pytest.approx(0.1, rel=1e-12)
    assert signature_m2(0.3, 2.0, 2.0, 2.0) == pytest.approx(2.0)
    assert signature_m2(0.5, 0.0, 0.0, 0.0) == pytest.approx(1e-12)


def test_no_corner() -> None:
    """The slope against the angle is continuous, also across the beam."""
    angles = [math.radians(0.5 * k) for k in range(361)]
    levels = [10 * math.log10(signature_m2(math.cos(a), 0.01, 1.0, 0.1)) for a in angles]
    slopes = [b - a for a, b in pairwise(levels)]
    assert max(abs(b - a) for a, b in pairwise(slopes)) < 0.005
    assert abs(slopes[0]) < 0.005 and abs(slopes[-1]) < 0.005
