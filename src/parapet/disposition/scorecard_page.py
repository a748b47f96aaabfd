"""The scorecard as one self-contained page: everything it shows is in the file, and it asks nobody for anything.

The content security policy allows exactly the page's own style and script, by their hashes. Text is escaped by the
template engine; the script writes text only. Without the script the page still reads, for the day and the readings that
were asked for.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Hashable, Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from parapet import __version__
from parapet.disposition.conflicts import find_conflicts
from parapet.disposition.forecasts import score_forecasts
from parapet.disposition.lawbook import WORDINGS
from parapet.disposition.money import GRADES
from parapet.disposition.scorecard import ASSUMED, LEVELS, Dated, Scorecard
from parapet.disposition.scorecard_law import GATES, Table
from parapet.disposition.scorecard_military import Battle, Raid
from parapet.disposition.scorecard_prose import leads, prose
from parapet.disposition.scorecard_stability import day_rows, stability_data, stability_words, state_rows
from parapet.disposition.scorecard_time import time_line
from parapet.disposition.scorecard_words import (
    Cell,
    compact,
    consent,
    day,
    gate,
    given,
    interval_of,
    mean_of,
    number,
    pruned,
    range_of,
    share_of,
    unbroken,
)
from parapet.disposition.show_money import span
from parapet.disposition.statements import TAGS
from parapet.disposition.yaml_data import NOTICE
from parapet.errors import InputError

FOLDER: Final = Path(__file__).parent / "templates"
HEADS: Final = {
    "caatsa-231": "no new dealing",
    "caatsa-relief": "sanctions may go",
    "ndaa2021-1241": "1241 met",
    "ndaa2020-1245": "1245: F‑35",
    "nato-integration": "NATO picture",
}
GIVEN: Final = ("lift-caatsa", "readmit-f35")
"""Counterparts with a column of their own; the others stand in the evidence."""
RELIEF: Final = ("caatsa-relief", "lift-caatsa")
"""Where relief from sanctions stands: the gate, and the same given in return."""
NEW_DEALING: Final = "caatsa-231"
"""The gate that is shut where the same act calls for new sanctions."""
MONEY_LINES: Final = 2


def page(card: Scorecard) -> str:
    """The page as HTML."""
    view = _View(card)
    style, script = ((FOLDER / f"scorecard.{kind}").read_text(encoding="utf-8") for kind in ("css", "js"))
    environment = Environment(
        loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    template = environment.get_template("scorecard.html.j2")
    return template.render(
        view=view, card=card, style=Markup(style), script=Markup(script), data=Markup(_embedded(view.data())),
        style_hash=_hash(style), script_hash=_hash(script), notice=NOTICE, assumed=ASSUMED, version=__version__,
        summary=prose(card), leads=leads(card), link=link,
    )  # fmt: skip


def check_target(path: Path) -> None:
    """Refuse a file name that is no page.

    Raises
    ------
    InputError
        With what would be right.
    """
    if path.suffix.lower() not in (".html", ".htm"):
        raise InputError(f"--out: got {str(path)!r}, expected a name that ends in .html.")
    if path.is_dir():
        raise InputError(f"--out: {str(path)!r} is a folder, expected a file.")


def write_page(card: Scorecard, path: Path) -> int:
    """Write the page; gives its size in bytes."""
    raw = page(card).encode("utf-8")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(raw)
    return len(raw)


def link(address: str) -> str:
    """An address that may stand behind a link, or nothing: only http and https."""
    return address if address.startswith(("https://", "http://")) else ""


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")


def _embedded(data: Any) -> str:
    """JSON that cannot end the element it stands in."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


class _View:
    """What the template asks for."""

    def __init__(self, card: Scorecard) -> None:
        self.card = card
        self.book, self.ledger = card.dispute.book, card.dispute.ledger
        self.options = card.dispute.data.options
        self.heads, self.gates, self.given_ids = HEADS, GATES, GIVEN
        self.counterparts = {one.id: one for one in card.dispute.data.counterparts}
        self.levels, self.grades, self.wordings, self.tags = LEVELS, GRADES, WORDINGS, TAGS
        self.time_line = time_line(card.dispute.ledger)
        self.conflicts = find_conflicts(card.dispute.ledger)
        self.scores = {score.statement: score for score in score_forecasts(card.dispute.ledger)}
        self.raids = card.military.raids if card.military else ()
        self.day, self.span, self.number, self.share_of = day, span, number, share_of
        self.mean_of, self.interval_of, self.range_of = mean_of, interval_of, range_of

    # ------------------------------------------------------------------------------------------------ cells ----

    def table_of(self, kind: str, option: str, name: str, dated: Dated | None = None) -> Table:
        tables = (dated or self.card.now).tables
        group: Mapping[str, Mapping[str, Table]] = {
            "gate": tables.gates, "given": tables.counterparts, "consent": tables.consents
        }[kind]  # fmt: skip
        return pruned(group[option][name])

    def cell(self, kind: str, option: str, name: str) -> Cell:
        """What stands in a cell of the law for the day and the readings asked for."""
        made = self._cell(kind, option, name)
        return Cell(made.value, unbroken(made.text))

    def _cell(self, kind: str, option: str, name: str) -> Cell:
        table, chosen, letters = self.table_of(kind, option, name), self.card.chosen, self.card.letters
        dealing = self.table_of("gate", option, NEW_DEALING) if name in RELIEF else None
        if kind == "gate":
            return gate(table, chosen, letters, self.in_force(name, self.card.now), dealing)
        return consent(table, chosen, letters) if kind == "consent" else given(table, chosen, letters, dealing)

    def in_force(self, name: str, dated: Dated) -> bool:
        return self.book.instruments[name].in_force.holds(dated.as_of)

    def counts(self, kind: str, name: str) -> str:
        """``5 yes · 1 open · 2 no`` over the options."""
        values = [self.cell(kind, one.id, name).value for one in self.options]
        words = (("yes", "yes"), ("unknown", "hang"), ("no", "no"))
        return " · ".join(f"{n} {word}" for value, word in words if (n := values.count(value)))

    def outcome(self, option: str) -> dict[str, str]:
        """The words of a stability cell."""
        return stability_words(self.card.outcomes(option))

    def states(self, option: str) -> list[dict[str, str]]:
        """Every state of an option over what the open readings allow."""
        return state_rows(self.card.outcomes(option))

    def days(self, option: str) -> list[dict[str, str]]:
        """The stability of an option on every day of the switchboard."""
        return day_rows(self.card, option)

    def solution_count(self) -> int:
        """Distinct solutions that the open readings allow."""
        found = self.card.stability
        return len(found.allowed(self.card.chosen, self.card.now.day)) if found else 0

    # --------------------------------------------------------------------------------------------- evidence ----

    def by_date(self, make: Callable[[Dated], Any]) -> list[tuple[str, Any]]:
        """What differs by date: groups of dates (``"0 2"``) with what they have in common."""
        groups: dict[Hashable, tuple[list[int], Any]] = {}
        for k, dated in enumerate(self.card.dates):
            made = make(dated)
            groups.setdefault(repr(made), ([], made))[0].append(k)
        return [(" ".join(map(str, numbers)), made) for numbers, made in groups.values()]

    def verdict(self, option: str, name: str) -> list[tuple[str, Any]]:
        """Facts, unknowns and conditions of a verdict, by date."""

        def made(dated: Dated) -> dict[str, Any]:
            found = dated.options[option].verdicts[name]
            return {
                "facts": [
                    {"value": str(fact.value), "text": fact.text, "why": _why(fact),
                     "statements": list(fact.statements[-3:]), "more": max(len(fact.statements) - 3, 0)}
                    for fact in found.facts
                ],
                "conditions": self.conditions(found),
                "in_force": found.is_in_force,
                "readings": list(found.readings),
            }  # fmt: skip

        return self.by_date(made)

    def conditions(self, found: Any) -> list[str]:
        """When an answer is yes and when no, over every combination of its readings."""
        lines = []
        for word, ways in (("yes", found.yes_if), ("no", found.no_if)):
            told = [self.condition(way) for way in ways]
            if ways == ({},):
                lines.append(f"{word} whatever the readings")
            elif told:
                lines.append(f"{word} if {' or if '.join(told)}")
        if lines and any(value == "unknown" for _, value in found.by_readings):
            lines.append("otherwise not settled")
        lines = lines or ["no answer to a reading settles it"]
        unknowns = [name for name in found.unknowns if not name.startswith("reading ")]
        texts = [self.book.facts[name].text if name in self.book.facts else name for name in unknowns]
        return lines + ([f"facts that would change it: {'; '.join(texts)}"] if texts else [])

    def counterpart(self, option: str, name: str) -> list[tuple[str, Any]]:
        """What a counterpart needs and hangs on, by date."""

        def made(dated: Dated) -> dict[str, Any]:
            found = dated.options[option].counterparts[name]
            return {
                "conditions": self.conditions(found), "submission": day(dated.submission),
                "review": f"{dated.options.review.days} days",
                "readings": list(pruned(dated.tables.counterparts[option][name]).readings),
            }  # fmt: skip

        return self.by_date(made)

    def consents(self, option: str) -> list[tuple[str, Any]]:
        """Statements behind every consent, by date."""
        return self.by_date(
            lambda dated: [
                {"actor": one.actor, "name": one.name, "why": one.why, "given": str(one.given),
                 "statements": list(one.statements[-4:])}
                for one in dated.options[option].consents
            ]
        )  # fmt: skip

    def spoken(self, option: str) -> list[tuple[str, Any]]:
        """Statements for and against an option, each with the readings it hangs on, by date."""

        def made(dated: Dated) -> dict[str, Any]:
            one = dated.options[option]
            said = dict.fromkeys((*one.supporting, *one.opposing), "") | {
                name: " or ".join(map(self.condition, ways)) for name, ways in one.speaks_if.items()
            }
            known = [s for s in self.ledger.statements if s.id in said]
            return {
                "for": [(s.id, said[s.id]) for s in known if not s.denied],
                "against": [(s.id, said[s.id]) for s in known if s.denied],
            }

        return self.by_date(made)

    def condition(self, way: Mapping[str, str]) -> str:
        """``A no, H no``."""
        return ", ".join(f"{self.card.letters[name]} {answer}" for name, answer in sorted(way.items()))

    def offset(self) -> list[tuple[str, str]]:
        """What is left of the gas contract, by date."""
        return self.by_date(
            lambda dated: (
                f"From {day(dated.money.start)} to the end of the gas contract, {day(dated.money.contract_ends)}: "
                f"{dated.money.months_left:.1f} months, in which gas for {span(dated.money.fits)} is delivered. "
                "What is more than that cannot be set off under it."
            )
        )

    def statement(self, name: str) -> dict[str, Any]:
        """A statement for a line of evidence."""
        one = self.ledger[name]
        return {
            "id": one.id, "when": one.known.short, "speaker": self.ledger.speaker(one), "text": one.text,
            "status": one.status, "tag": one.tag, "sources": self.sources(one.sources),
        }  # fmt: skip

    def sources(self, keys: Iterable[str]) -> list[tuple[str, str]]:
        """Publisher and address of sources; no address where there is none that may be linked."""
        found = {}
        for key in keys:
            known = self.ledger.sources.get(key)
            found[key] = (self.ledger.source_text(key), link(key if known is None else known.url))
        return list(found.values())

    def money_lines(self, option: str) -> list[tuple[str, str]]:
        """The first sums of an option that have a figure, in few words."""
        found = [one for one in self.card.sums(option) if one.low is not None]
        return [(one.title.split(",")[0], span(one).replace("bn to $", "–")) for one in found[:MONEY_LINES]]

    def battle_rows(self, option: str) -> list[tuple[Raid, list[tuple[str, Battle]]]]:
        """By raid: what the option leaves, its other end, the baseline, and what could stand instead."""
        military = self.card.military
        if military is None:
            return []
        rows = []
        for raid in military.raids:
            mine = [("This option", raid.battles[military.variants[option]])]
            if (end := military.block.ends.get(option)) is not None:
                mine.append((f"The same, if {end.when}", raid.battles[end.variant]))
            if military.variants[option] != raid.baseline:
                mine.append(("Without the S-400", raid.battles[raid.baseline]))
            mine += [(one.title, raid.battles[one.variants[raid.id]]) for one in military.block.instead]
            rows.append((raid, mine))
        return rows

    # ------------------------------------------------------------------------------------------ the script ----

    def data(self) -> dict[str, Any]:
        """Everything the switchboard needs."""
        card = self.card
        names = list(card.letters)
        pool: list[dict[str, Any]] = []
        numbers: dict[str, int] = {}

        def kept(table: Table) -> int:
            made = compact(table, names)
            key = json.dumps(made)
            if key not in numbers:
                numbers[key] = len(pool)
                pool.append(made)
            return numbers[key]

        dates = []
        for dated in card.dates:
            cells = {}
            for one in self.options:
                for kind, row in (
                    ("gate", GATES), ("given", list(self.counterparts)), ("consent", dated.tables.consents[one.id])
                ):  # fmt: skip
                    for name in row:
                        cells[f"{kind}/{one.id}/{name}"] = kept(self.table_of(kind, one.id, name, dated))
            dates.append({
                "label": dated.label, "asOf": dated.as_of.isoformat(), "asOfText": day(dated.as_of),
                "submission": day(dated.submission), "review": dated.options.review.days, "cells": cells,
                "x": round(self.time_line.x(dated.as_of), 1),
                "notYet": [name for name in GATES if not self.in_force(name, dated)],
            })  # fmt: skip
        return {
            "options": [one.id for one in self.options], "letters": list(card.letters.values()), "readings": names,
            "chosen": [card.chosen[name] for name in names], "dates": dates, "tables": pool,
            "stability": stability_data(card), "relief": list(RELIEF), "newDealing": NEW_DEALING,
        }  # fmt: skip


def _why(fact: Any) -> str:
    """Where the value of a fact is from."""
    if fact.because:
        return str(fact.because)
    return {
        "case": "by the option itself", "reading": "left to a reading", "silent": "nothing on record settles it",
        "statement": "on record", "default": "the record is silent",
    }[fact.origin]  # fmt: skip
