"""One small scorecard for all tests that look at it."""

from __future__ import annotations

import pytest
from tests.disposition.cards import RUNS, small_dispute

from parapet.disposition.scorecard import make_scorecard


@pytest.fixture(scope="session")
def store(tmp_path_factory):
    """Folder of the stored studies of `card`."""
    return tmp_path_factory.mktemp("store")


@pytest.fixture(scope="session")
def card(tmp_path_factory, store):
    """The example, cheap: see `small_dispute`."""
    file = small_dispute(tmp_path_factory.mktemp("dispute"))
    return make_scorecard(file, runs=RUNS, store=store, say=lambda _: None)
