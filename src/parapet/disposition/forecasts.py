"""What was foretold and what came of it, as of a day."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from parapet.disposition.statements import Ledger, Statement

Verdict = Literal["open", "met", "missed", "not confirmed"]
VERDICTS: tuple[Verdict, ...] = ("open", "met", "missed", "not confirmed")


@dataclass(frozen=True)
class Score:
    """A forecast and its score.

    Attributes
    ----------
    verdict
        ``met``: a fact on record says that it came about in time. ``missed``: the date passed, and a fact on record
        says that it had not come about by then, or came later. ``not confirmed``: the date passed and the record is
        silent; or no date was named and facts say it had not come about since. ``open``: neither.
    settled_by
        The statement that settles it, or "".
    days
        From the forecast to the date it named; None if it named none.
    waited_days
        From the forecast to the day of the score.
    """

    statement: str
    says: str
    words: str
    made: str
    by: date | None
    verdict: Verdict
    because: str
    settled_by: str
    days: int | None
    waited_days: int

    def to_dict(self) -> dict[str, Any]:
        """As plain data."""
        return {**vars(self), "by": self.by.isoformat() if self.by else None}


def score_forecasts(ledger: Ledger, as_of: date | None = None) -> list[Score]:
    """Every forecast known on a day (the ledger's last if left out), scored by facts known on that day."""
    day = as_of or ledger.as_of or ledger.last_day
    known = ledger.until(day)
    return [_score(known, s, day) for s in known.statements if s.forecast is not None]


def tally(scores: list[Score]) -> dict[str, int]:
    """How many forecasts have which score."""
    counts = Counter(score.verdict for score in scores)
    return {verdict: counts[verdict] for verdict in VERDICTS}


def _score(ledger: Ledger, statement: Statement, day: date) -> Score:
    forecast = statement.forecast
    assert forecast is not None
    by = forecast.by.last if forecast.by else None
    verdict, because, settled_by = _verdict(ledger, statement, by, day)
    made = statement.known.first
    return Score(
        statement.id, forecast.says, forecast.words, str(statement.known), by, verdict, because, settled_by,
        (by - made).days if by else None, (day - made).days,
    )  # fmt: skip


def _verdict(ledger: Ledger, statement: Statement, by: date | None, day: date) -> tuple[Verdict, str, str]:
    forecast = statement.forecast
    assert forecast is not None
    if forecast.outcome is None:
        return "not confirmed", "names no event that could be found or missed", ""
    made = statement.known.first
    records = [s for s in ledger.matching(forecast.outcome) if s.status == "fact"]
    came = [s for s in records if s.denied == forecast.outcome.denied and _happened(s)[1] >= made]
    lacked = [s for s in records if s.denied != forecast.outcome.denied and _happened(s)[1] >= made]
    if came:
        first = min(came, key=lambda s: _happened(s)[0])
        when = _happened(first)[0]
        if by is None or when <= by:
            early = (
                forecast.by is not None and _happened(first)[1] < forecast.by.first and forecast.from_ is None
            )
            told = f"came about {when}" + (", earlier than said" if early else "")
            return "met", told, first.id
        return "missed", f"came about {when}, after {by}", first.id
    if by is not None and day <= by:
        return "open", f"until {by}", ""
    after = [s for s in lacked if by is None or _happened(s)[1] >= by]
    if after:
        last = max(after, key=lambda s: _happened(s)[1])
        told = f"on record as not so by {_happened(last)[1]}"
        return ("missed" if by is not None else "not confirmed"), told, last.id
    if by is None:
        return "open", "no date was named", ""
    return "not confirmed", f"{by} has passed and the record is silent", ""


def _happened(statement: Statement) -> tuple[date, date]:
    """The days a fact speaks of."""
    span = statement.at or statement.holds or statement.date
    return span.first, span.last
