"""Forecasts against the record, as of different days."""

from __future__ import annotations

from datetime import date

import pytest

from parapet.disposition.forecasts import score_forecasts, tally
from parapet.disposition.statements import Ledger, Statement, load_ledger

LEDGER = load_ledger()


def verdicts(day=None):
    return {score.statement: score.verdict for score in score_forecasts(LEDGER, day)}


def test_at_the_end_of_the_record():
    assert verdicts() == {
        "rostec-delivery": "met", "operational-2020": "missed", "stakes-will-mount": "not confirmed",
        "delegation-next-week": "not confirmed", "visits-coming": "met", "trump-almost-immediately": "not confirmed",
        "netanyahu-forecast": "open", "barrack-4-6-months": "not confirmed", "fidan-second-term": "open",
        "lifted-next-year": "open",
    }  # fmt: skip


@pytest.mark.parametrize(
    "name, day, verdict",
    [
        ("barrack-4-6-months", date(2026, 6, 7), "open"),
        ("barrack-4-6-months", date(2026, 6, 8), "not confirmed"),
        ("lifted-next-year", date(2026, 12, 31), "open"),
        ("lifted-next-year", date(2027, 1, 1), "not confirmed"),
        ("visits-coming", date(2025, 9, 24), "open"),
        ("visits-coming", date(2025, 9, 25), "met"),
        ("operational-2020", date(2020, 4, 30), "open"),
        ("operational-2020", date(2020, 5, 1), "not confirmed"),
        ("rostec-delivery", date(2019, 7, 11), "open"),
        ("rostec-delivery", date(2019, 7, 12), "met"),
        ("fidan-second-term", date(2029, 1, 20), "open"),
        ("fidan-second-term", date(2029, 1, 21), "not confirmed"),
        ("trump-almost-immediately", date(2025, 12, 1), "open"),
    ],
)
def test_the_day_decides(name, day, verdict):
    assert verdicts(day)[name] == verdict


def test_a_forecast_is_scored_only_once_it_was_made():
    assert "lifted-next-year" not in verdicts(date(2025, 12, 16))


def test_horizons_are_counted_in_days():
    scores = {score.statement: score for score in score_forecasts(LEDGER)}
    assert scores["lifted-next-year"].days == (date(2026, 12, 31) - date(2025, 12, 17)).days
    assert scores["trump-almost-immediately"].days is None
    assert scores["operational-2020"].settled_by == "not-in-use"


def test_the_tally_counts_all():
    assert sum(tally(score_forecasts(LEDGER)).values()) == 10


def made(status, **more):
    return Statement.model_validate(
        {"id": more.pop("id"), "date": more.pop("date"), "actor": "tr", "text": "x", "subject": "caatsa-end",
         "predicate": "happened", "object": "lifted", "status": status, "tag": "S", "sources": ["https://example.org"],
         **more}
    )  # fmt: skip


OUTCOME = {"subject": "caatsa-end", "predicate": "happened", "object": "lifted"}


@pytest.mark.parametrize(
    "record, verdict",
    [
        ({"status": "fact", "date": "2026-05-01"}, "met"),
        ({"status": "claim", "date": "2026-05-01"}, "not confirmed"),  # a claim settles nothing
        ({"status": "fact", "date": "2027-02-01"}, "missed"),
        ({"status": "fact", "date": "2026-12-31", "denied": True}, "missed"),
        (
            {"status": "fact", "date": "2026-11-01", "denied": True},
            "not confirmed",
        ),  # the date had not passed then
        ({"status": "fact", "date": "2024-05-01"}, "not confirmed"),  # before it was foretold
    ],
)
def test_what_settles_a_forecast(record, verdict):
    forecast = made(
        "forecast",
        id="f",
        date="2025-12-17",
        forecast={"says": "it ends", "by": "2026-12-31", "outcome": OUTCOME},
    )
    ledger = Ledger((forecast, made(id="r", **record)), LEDGER.vocabulary, {})
    assert [score.verdict for score in score_forecasts(ledger, date(2027, 6, 1))] == [verdict]
