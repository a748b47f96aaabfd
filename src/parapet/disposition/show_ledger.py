"""The ledger for a reader: the time line, the conflicts with both sides, the forecasts with their scores."""

from __future__ import annotations

from datetime import date
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from parapet.disposition.conflicts import KINDS, Conflict, find_agreements, find_changes, find_conflicts
from parapet.disposition.forecasts import Score, score_forecasts, tally
from parapet.disposition.show import STATUS_STYLES, block, notice, sources_in_words, who_said
from parapet.disposition.statements import TAGS, Ledger, Statement
from parapet.disposition.yaml_data import NOTICE
from parapet.tables import table_of as table

SCORE_STYLES = {"open": "yellow", "met": "green", "missed": "red", "not confirmed": "magenta"}


def as_data(ledger: Ledger, as_of: date | None) -> dict[str, Any]:
    """The ledger as of a day as plain data: statements, conflicts, changes of position, agreements, forecasts."""
    known = ledger.until(as_of)
    conflicts = find_conflicts(known)
    scores = score_forecasts(ledger, as_of)
    return {
        "notice": NOTICE,
        "as_of": (as_of or ledger.last_day).isoformat(),
        "ledger_ends": ledger.last_day.isoformat(),
        "tags": TAGS,
        "actors": {key: actor.model_dump() for key, actor in ledger.vocabulary.actors.items()},
        "statements": [statement_data(known, one, conflicts) for one in known.statements],
        "conflicts": [{**one.to_dict(), "text": conflict_words(known, one)} for one in conflicts],
        "changes": [one.to_dict() for one in find_changes(known)],
        "agreements": [one.to_dict() for one in find_agreements(known)],
        "forecasts": [score.to_dict() for score in scores],
        "forecast_tally": tally(scores),
    }


def statement_data(ledger: Ledger, one: Statement, conflicts: list[Conflict]) -> dict[str, Any]:
    """A statement as plain data, with the conflicts it stands in and its sources in words."""
    data = one.model_dump(mode="json", exclude_none=True, by_alias=True)
    data["first"], data["last"] = one.date.first.isoformat(), one.date.last.isoformat()
    data["precision"] = ("about " if one.date.is_about else "") + one.date.precision
    data["speaker"] = ledger.speaker(one)
    data["content"] = ledger.content(one)
    data["conflicts"] = [c.id for c in conflicts if one.id in c.statements]
    data["sources"] = [
        {"key": key, "publisher": ledger.source_text(key), "url": key if "://" in key else ledger.sources[key].url,
         "title": "" if "://" in key else ledger.sources[key].title}
        for key in one.sources
    ]  # fmt: skip
    return data


def conflict_words(ledger: Ledger, conflict: Conflict) -> str:
    """A conflict in one line."""
    label = ledger.vocabulary.predicates[conflict.predicate].label
    return f"{KINDS[conflict.kind]}: {ledger.label(conflict.subject)} {label} ..."


def _head(ledger: Ledger, as_of: date | None) -> Text:
    known = ledger.until(as_of)
    kinds = {status: sum(s.status == status for s in known.statements) for status in STATUS_STYLES}
    day = f"as of {as_of}" if as_of else f"to its end, {ledger.last_day}"
    text = Text(f"Ledger {day}: ", "bold")
    text.append(f"{kinds['fact']} facts, {kinds['claim']} claims, {kinds['forecast']} forecasts.", "")
    if as_of and as_of > ledger.last_day:
        text.append(f" The ledger ends on {ledger.last_day}; of anything later it knows nothing.", "yellow")
    return text


def time_line(ledger: Ledger, as_of: date | None = None) -> RenderableType:
    """Every statement known on a day, in the order of dates, with who says it and where it stands."""
    known = ledger.until(as_of)
    conflicts = find_conflicts(known)
    numbers = {c.id: i for i, c in enumerate(conflicts, start=1)}
    rows = table("")
    rows.expand = True
    rows.add_column("date", no_wrap=True, width=12)
    rows.add_column("kind", no_wrap=True, width=8)
    rows.add_column("who: what", overflow="fold", ratio=5)
    rows.add_column("source", overflow="fold", ratio=2, style="dim")
    rows.add_column("≠", justify="right", style="red", width=5)
    year = 0
    for one in known.statements:
        if one.date.first.year != year and year:
            rows.add_section()
        year = one.date.first.year
        what = Text()
        what.append(f"{ledger.speaker(one)}: ", "bold")
        what.append(one.text)
        if one.note:
            what.append(f" ({one.note})", "dim")
        when = one.date.short if len(one.date.short) < 12 else one.date.short.replace("..", "\n..")
        said = f"\nsaid {one.said.first:%Y-%m}" if one.said else ""
        source = f"{sources_in_words(known, one)} [{one.tag}]"
        rows.add_row(
            when + said, Text(one.status, STATUS_STYLES[one.status]), what, source,
            ", ".join(str(numbers[c.id]) for c in conflicts if one.id in c.statements),
        )  # fmt: skip
    tally_words = ", ".join(
        f"{n} {verdict}" for verdict, n in tally(score_forecasts(ledger, as_of)).items() if n
    )
    foot = Text(
        f"\n≠ number of the conflict a statement stands in ({len(conflicts)}: parapet ledger --conflicts). "
        f"Forecasts: {tally_words} (parapet ledger --forecasts).\n"
        "A claim and its denial both stand. Tags: "
        + "; ".join(f"[{tag}] {text}" for tag, text in TAGS.items())
        + ".",
        "dim",
    )
    return Group(_head(ledger, as_of), Text(""), rows, foot, notice())


def conflict_page(ledger: Ledger, as_of: date | None = None) -> RenderableType:
    """Every conflict with its sides, then changes of position and accounts that agree."""
    known = ledger.until(as_of)
    conflicts = find_conflicts(known)
    parts: list[RenderableType] = [_head(ledger, as_of)]
    parts.append(Text(f"{len(conflicts)} conflicts, found from the statements; none is settled here.\n"))
    for i, conflict in enumerate(conflicts, start=1):
        head = Text(f"{i}. ", "bold")
        label = known.vocabulary.predicates[conflict.predicate].label
        head.append(f"{known.label(conflict.subject)} {label} ... ", "bold")
        head.append(f"({KINDS[conflict.kind]}{', express' if conflict.has_answer else ''})", "red")
        parts.append(head)
        for side in conflict.sides:
            parts.append(block(Text(f"- {side.position}"), 3))
            parts += [block(Text(who_said(known, name), "dim"), 7) for name in side.statements]
    changes = find_changes(known)
    if changes:
        parts.append(Text("\nChanges of position", "bold"))
        for change in changes:
            label = known.vocabulary.predicates[change.predicate].label
            parts.append(
                block(Text(f"- {known.label(change.subject)} {label} {known.label(change.object)}:"), 3)
            )
            parts += [block(Text(who_said(known, name), "dim"), 7) for name in (change.before, change.after)]
    agreements = find_agreements(known)
    if agreements:
        parts.append(Text("\nTold differently and compatible", "bold"))
        for one in agreements:
            label = known.vocabulary.predicates[one.predicate].label
            parts.append(block(Text(f"- {known.label(one.subject)} {label}:"), 3))
            parts += [block(Text(who_said(known, name), "dim"), 7) for name in one.statements]
    return Group(*parts, notice())


def forecast_page(ledger: Ledger, as_of: date | None = None) -> RenderableType:
    """Every forecast with its score."""
    known = ledger.until(as_of)
    scores = score_forecasts(ledger, as_of)
    rows = table("")
    rows.expand = True
    for name, width in (("made", 12), ("who: what", None), ("by", 10), ("days", 4), ("score", 13)):
        rows.add_column(
            name, width=width, ratio=None if width else 3, justify="right" if name == "days" else "left"
        )
    rows.add_column("because", overflow="fold", ratio=2)
    for score in scores:
        one = known[score.statement]
        what = Text(f"{known.speaker(one)}: ", "bold")
        what.append(one.text, "")
        verdict = Text(score.verdict, SCORE_STYLES[score.verdict])
        days = "" if score.days is None else str(score.days)
        rows.add_row(
            _short(one.known.short), what, str(score.by or "no date"), days, verdict, _because(known, score)
        )
    counts = tally(scores)
    line = ", ".join(f"{counts[verdict]} {verdict}" for verdict in counts)
    foot = Text(
        "\nmet: a fact on record, in time. missed: the date passed and a fact on record says no, or came later. "
        "not confirmed: the date passed and the record is silent, or none was named and it had not come about since. "
        "Silence is weak evidence. days: from the forecast to the date it named.",
        "dim",
    )
    return Group(_head(ledger, as_of), Text(f"{len(scores)} forecasts: {line}\n"), rows, foot, notice())


def _short(made: str) -> str:
    return made if len(made) < 13 else made.replace("..", "\n..")


def _because(ledger: Ledger, score: Score) -> str:
    if not score.settled_by:
        return score.because
    return f"{score.because} ({sources_in_words(ledger, ledger[score.settled_by], 1)})"
