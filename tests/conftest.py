"""What every test stands on."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

os.environ.setdefault("MPLBACKEND", "Agg")

# The same cases every time, so that a failure is found again; `--hypothesis-profile=wide` goes looking for new ones.
settings.register_profile("same", deadline=None, derandomize=True, database=None, max_examples=60)
settings.register_profile("wide", deadline=None, database=None, max_examples=2000)
settings.load_profile("same")

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def root() -> Path:
    """The top folder of the repository."""
    return ROOT
