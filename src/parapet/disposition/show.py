"""What the printed pages of this package have in common."""

from __future__ import annotations

from rich.padding import Padding
from rich.text import Text

from parapet.disposition.statements import Ledger, Statement
from parapet.disposition.truth import NO, YES, Truth
from parapet.disposition.yaml_data import NOTICE

STYLES = {"yes": "green", "no": "red", "unknown": "yellow"}
STATUS_STYLES = {"fact": "", "claim": "cyan", "forecast": "magenta"}


def notice() -> Text:
    """The line that stands under every page."""
    return Text(f"\n{NOTICE}", "dim")


def truth_word(value: Truth) -> str:
    """yes, no or ?."""
    return "yes" if value is YES else "no" if value is NO else "?"


def who_said(ledger: Ledger, name: str) -> str:
    """A statement in one line: day, speaker, content, source."""
    one = ledger[name]
    return f"{one.known.short} {ledger.speaker(one)}: {one.text} [{sources_in_words(ledger, one)}]"


def sources_in_words(ledger: Ledger, statement: Statement, most: int = 2) -> str:
    """Its sources by publisher, the first few."""
    names = list(dict.fromkeys(ledger.source_text(key) for key in statement.sources))
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def block(text: Text | str, left: int = 2) -> Padding:
    """Text set in from the left."""
    return Padding(text, (0, 0, 0, left))
