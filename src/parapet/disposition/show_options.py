"""The options for a reader: gates, what may be given in return and from when, and each option with its evidence."""

from __future__ import annotations

from datetime import date
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from parapet.disposition.lawbook import WORDINGS
from parapet.disposition.options import Consent, CounterpartResult, OptionResult, Options
from parapet.disposition.review import SUMMER, review
from parapet.disposition.show import STYLES, block, notice, truth_word, who_said
from parapet.disposition.truth import NO, UNKNOWN, YES, Truth
from parapet.disposition.verdicts import Condition, Verdict
from parapet.tables import table_of as table

COLUMNS = ("ru-consent", "caatsa-231", "caatsa-relief", "ndaa2021-1241", "ndaa2020-1245", "nato-integration")
HEADS = {
    "ru-consent": "Russia\nasked",
    "caatsa-231": "no new\ndealing",
    "caatsa-relief": "sanctions\nmay go",
    "ndaa2021-1241": "section\n1241 met",
    "ndaa2020-1245": "section\n1245: F-35",
    "nato-integration": "NATO\npicture",
}
RELIEF = ("caatsa-relief", "lift-caatsa")
NEW_DEALING = "caatsa-231"
MOST_SAID = 2


def letters(result: Options) -> dict[str, str]:
    """A letter for each reading, in the order of the law book."""
    return {name: chr(ord("A") + i) for i, name in enumerate(result.readings)}


def options_page(result: Options, only: str | None = None) -> RenderableType:
    """The whole page, or everything about one option."""
    if only is not None:
        return Group(*_head(result), _readings(result), Text(""), *_detail(result, result[only]), notice())
    parts: list[RenderableType] = [
        *_head(result),
        _readings(result),
        Text(""),
        _gates(result),
        _key(result),
        Text(""),
    ]
    parts += [_returns(result), Text("")]
    for one in result.options.values():
        parts += _summary(result, one)
    parts.append(
        Text("\nAll of one option, clause by clause: parapet options FILE --option hand-over", "dim")
    )
    return Group(*parts, notice())


def _head(result: Options) -> list[RenderableType]:
    data = result.dispute.data
    ends = result.dispute.ledger.last_day
    lines: list[RenderableType] = [Text(data.title, "bold")]
    if data.question:
        lines.append(Text(data.question))
    day = Text(f"\nRecord as of {result.as_of}")
    if result.as_of > ends:
        day.append(f"; the ledger ends on {ends} and knows nothing later", "yellow")
    day.append(f". Papers to Congress on {result.submission}: {_review_words(result)}")
    lines.append(day)
    return lines


def _review_words(result: Options) -> str:
    one = result.review
    words = f"review of {one.days} days, relief on {one.earliest} at the earliest."
    if one.is_summer:
        after = date(one.submitted.year, SUMMER[1][0], SUMMER[1][1] + 1)
        later = review(after, result.dispute.book)
        words += (
            f" (10 July to 7 September: 60 days. Papers on {after}: {later.days} days, {later.earliest}.)"
        )
    return words


def _readings(result: Options) -> RenderableType:
    rows = table("Readings: where lawyers could differ")
    for name in ("", "reading", "is read"):
        rows.add_column(name, no_wrap=True)
    rows.add_column("question", overflow="fold")
    for name, letter in letters(result).items():
        answer = result.readings[name]
        rows.add_row(
            letter,
            name,
            Text(answer, STYLES.get(answer, "yellow")),
            result.dispute.book.readings[name].question,
        )
    return rows


def _gates(result: Options) -> RenderableType:
    rows = table("Gates")
    rows.add_column("option", overflow="fold", min_width=17)
    for name in COLUMNS:
        rows.add_column(HEADS[name], overflow="fold")
    for one in result.options.values():
        cells = [_consent_cell(result, one)]
        cells += [_gate_cell(result, one, name) for name in COLUMNS[1:]]
        rows.add_row(one.title, *cells)
    return rows


def _consent_cell(result: Options, one: OptionResult) -> Text:
    found = one.consent("ru")
    if found is None or found.never_needed:
        return Text("no", "")
    if found.needed is UNKNOWN and found.needed_if:
        return Text("if " + _conditions(result, found.needed_if), "yellow")
    return Text(truth_word(found.needed), "bold" if found.needed is YES else "yellow")


def _gate_cell(result: Options, one: OptionResult, name: str) -> Text:
    verdict = one.verdicts[name]
    cell = _cell(result, verdict)
    if name == RELIEF[0] and verdict.is_in_force:
        cell.append(_new_sanctions(result, one, verdict.value), "yellow")
    return cell


def _new_sanctions(result: Options, one: OptionResult, relief: Truth) -> str:
    """``but new ones if G yes``: the act that lets old sanctions go is a dealing that calls for new ones."""
    dealing = one.verdicts[NEW_DEALING]
    if relief is NO or not dealing.is_in_force:
        return ""
    if dealing.value is NO:
        return ",\nbut new ones"
    left = _still_open(result, dealing.no_if) if dealing.value is UNKNOWN else []
    return f",\nbut new ones if {_conditions(result, left)}" if any(left) else ""


def _cell(result: Options, verdict: Verdict | CounterpartResult) -> Text:
    value = verdict.value
    if isinstance(verdict, Verdict) and not verdict.is_in_force:
        return Text("not law yet", "dim")
    word = Text(truth_word(value), STYLES[str(value)])
    if value is UNKNOWN:
        opens, shuts = _still_open(result, verdict.yes_if), _still_open(result, verdict.no_if)
        if any(opens):
            rest = {answer for case, answer in verdict.by_readings if _may_be(result, case)} - {"yes"}
            return Text(f"if {_conditions(result, opens)},\nelse {'no' if rest == {'no'} else '?'}", "yellow")
        if any(shuts):
            word.append(f"\nno if {_conditions(result, shuts)}", "dim")
        return word
    conditions = verdict.yes_if if value is YES else verdict.no_if
    if conditions and conditions != ({},):  # known only because readings are set
        met = [c for c in conditions if all(result.readings[name] == answer for name, answer in c.items())]
        word.append(f" ({_conditions(result, met, 1)})" if met else "", "dim")
    return word


def _may_be(result: Options, case: Condition) -> bool:
    """Whether the chosen readings allow a combination of answers."""
    return all(result.readings[name] in ("open", answer) for name, answer in case.items())


def _still_open(result: Options, conditions: tuple[Condition, ...]) -> list[Condition]:
    """Conditions that the chosen readings allow, without the parts they have answered already."""
    chosen = result.readings
    allowed = [c for c in conditions if _may_be(result, c)]
    return [{name: answer for name, answer in c.items() if chosen[name] == "open"} for c in allowed]


def _conditions(result: Options, conditions: tuple[Condition, ...] | list[Condition], most: int = 2) -> str:
    """``A no`` or ``A no, D no`` or ``B no or C no``."""
    names = letters(result)
    words = [", ".join(f"{names[k]} {v}" for k, v in sorted(c.items())) for c in conditions if c]
    more = f" or {len(words) - most} more" if len(words) > most else ""
    return " or ".join(words[:most]) + more


def _key(result: Options) -> Text:
    return Text(
        "yes: the gate is open under every reading left open. no: shut under every one. if A no, else ?: open if "
        "reading A is answered no; otherwise not settled (else no: otherwise shut). (D no): open because reading D is "
        "set so. ?: hangs on facts nobody has settled, told below. but new ones: the same act calls for new sanctions. "
        "Section 1245's conditions are known from memory only: check the enacted text.",
        "dim",
    )


def _returns(result: Options) -> RenderableType:
    rows = table("What may be given in return, and the first lawful day")
    rows.add_column("option", overflow="fold", min_width=17)
    first = next(iter(result.options.values()))
    for one in first.counterparts.values():
        rows.add_column(one.title.replace(" ", "\n", 1), overflow="fold")
    for option in result.options.values():
        rows.add_row(option.title, *(_return_cell(result, option, name) for name in option.counterparts))
    return rows


def _return_cell(result: Options, option: OptionResult, name: str) -> Text:
    one = option.counterparts[name]
    cell = _cell(result, one)
    if name == RELIEF[1]:
        cell.append(_new_sanctions(result, option, one.value), "yellow")
    if one.earliest is not None:
        cell.append(f"\n{one.earliest}")
        if one.possible is not None and one.possible < one.earliest:
            cell.append(f"\n({one.possible}?)", "dim")
    elif one.possible is not None:
        cell.append(f"\n{one.possible}?", "dim")
    return cell


def _consent_words(result: Options, one: Consent) -> str:
    if one.never_needed:
        word = "not needed"
    elif one.needed is UNKNOWN and one.needed_if:
        word = f"needed if {_conditions(result, one.needed_if)}"
    else:
        word = {YES: "needed", NO: "not needed", UNKNOWN: "perhaps"}[one.needed]
    return f"{one.name}: {word}" + (f" ({one.why})" if one.why else "")


def _summary(result: Options, one: OptionResult) -> list[RenderableType]:
    ledger = result.dispute.ledger
    head = Text(f"\n{one.title}", "bold")
    head.append("  cannot be undone" if one.is_irreversible else "", "magenta")
    lines: list[RenderableType] = [head]
    lines.append(block(Text("Has to happen: " + "; ".join(one.does))))
    lines.append(block(Text("Consent. " + "; ".join(_consent_words(result, c) for c in one.consents))))
    facts = result.dispute.book.facts
    open_facts = [name for name in one.unknowns if not name.startswith("reading ")]
    told = [_inside(facts[name].text) if name in facts else name for name in open_facts]
    lines.append(
        block(Text("Not known, and it would matter: " + ("; whether ".join(["", *told])[2:] or "nothing")))
    )
    for label, said in (("For", _said(result, one, False)), ("Against", _said(result, one, True))):
        if not said:
            lines.append(block(Text(f"{label}: nothing on record", "dim")))
        for name, when in said[-MOST_SAID:]:
            lines.append(block(Text(f"{label}{when}: {who_said(ledger, name)}", "dim")))
        if len(said) > MOST_SAID:
            lines.append(block(Text(f"{label}: {len(said) - MOST_SAID} more (--option {one.id})", "dim")))
    return lines


def _said(result: Options, one: OptionResult, is_against: bool) -> list[tuple[str, str]]:
    """Statements for or against an option in the order of the record, each with the readings it hangs on.

    Those that the readings chosen rule out are left; those that they bring in say by which reading.
    """
    found = dict.fromkeys(one.opposing if is_against else one.supporting, "")
    for name, ways in one.speaks_if.items():
        if result.dispute.ledger[name].denied is not is_against:
            continue
        if left := _still_open(result, ways):
            found[name] = f", if {_conditions(result, left)}" if all(left) else f" ({_conditions(result, ways, 1)})"
    order = [s.id for s in result.dispute.ledger.statements]
    return sorted(found.items(), key=lambda pair: order.index(pair[0]))


def _in_line(cell: str) -> str:
    """The lines of a cell within a sentence."""
    return cell.replace(",\n", ", ").replace("\n", "; ")


def _inside(sentence: str) -> str:
    """A sentence within another one."""
    return "the" + sentence[3:] if sentence.startswith("The ") else sentence


def _detail(result: Options, one: OptionResult) -> list[RenderableType]:
    ledger, book = result.dispute.ledger, result.dispute.book
    lines = _summary_head(result, one)
    for name, verdict in one.verdicts.items():
        instrument = book.instruments[name]
        head = Text(f"\n{instrument.title}: ", "bold")
        head.append(truth_word(verdict.value), f"bold {STYLES[str(verdict.value)]}")
        head.append("" if verdict.is_in_force else f" (not in force on {result.as_of})", "yellow")
        lines += [head, block(Text(f"{verdict.question} {verdict.citation}"))]
        for key in verdict.clauses:
            clause = instrument.clauses[key]
            mark = "" if clause.wording == "read" else f" [{WORDINGS[clause.wording]}]"
            lines.append(
                block(Text(f"{key}: {clause.text}{mark}", "dim" if clause.wording == "read" else "yellow"))
            )
        for fact in verdict.facts:
            why = fact.because or {"case": "by the option itself", "reading": "left to a reading"}.get(
                fact.origin, ""
            )
            why = why or ("the record is silent" if fact.origin == "silent" else fact.origin)
            lines.append(block(Text(f"{truth_word(fact.value)}: {fact.text} ({why})"), 4))
            lines += [block(Text(who_said(ledger, s), "dim"), 7) for s in fact.statements[-2:]]
        lines += [block(Text(words)) for words in _turning(result, verdict)]
    asked = dict.fromkeys(name for verdict in one.verdicts.values() for name in verdict.readings)
    if asked:
        lines.append(Text("\nReadings it hangs on", "bold"))
    for name in asked:
        lines += _positions(result, name)
    for label, is_against in (("For it", False), ("Against it", True)):
        lines.append(Text(f"\n{label}", "bold"))
        said = [who_said(ledger, name) + when for name, when in _said(result, one, is_against)]
        lines += [block(Text(words)) for words in said or ["nothing on record"]]
    return lines


def _positions(result: Options, name: str) -> list[RenderableType]:
    """Both ways to read a text, with who or what stands for each."""
    one, ledger = result.dispute.book.readings[name], result.dispute.ledger
    lines: list[RenderableType] = [
        block(Text(f"{letters(result)[name]}  {name}, here {result.readings[name]}: {one.question}")),
        block(Text(one.turns, "dim"), 5),
    ]
    for word, side in (("yes", one.yes), ("no", one.no)):
        sources = ", ".join(dict.fromkeys(ledger.source_text(key) for key in side.sources))
        lines.append(block(Text(f"{word}: {side.position} ({side.by}; rests on {sources})"), 5))
    return lines


def _summary_head(result: Options, one: OptionResult) -> list[RenderableType]:
    lines: list[RenderableType] = [Text(one.title, "bold")]
    lines.append(block(Text("Has to happen: " + "; ".join(one.does))))
    lines.append(block(Text("Consent. " + "; ".join(_consent_words(result, c) for c in one.consents))))
    lines.append(block(Text(f"Can be carried out: {truth_word(one.feasible)}")))
    for other in one.counterparts.values():
        words = f"{other.title}: {_in_line(_cell(result, other).plain)}"
        words += _in_line(_new_sanctions(result, one, other.value)) if other.id == RELIEF[1] else ""
        words += f", first lawful day {other.earliest or other.possible}" if other.possible else ""
        words += "" if other.earliest or not other.possible else " (if what is unknown falls well)"
        lines.append(
            block(Text(words + (f". Not decided here: {'; '.join(other.also)}" if other.also else "")))
        )
    return lines


def _turning(result: Options, verdict: Verdict) -> list[str]:
    """What the answer hangs on, in words."""
    words = []
    if verdict.unknowns:
        words.append("Would change it: " + ", ".join(verdict.unknowns))
    elif verdict.turns_on:
        words.append("Turns on: " + ", ".join(verdict.turns_on))
    elif verdict.facts and verdict.value is NO:
        words.append("Fails on more than one count: no single fact would change it")
    if verdict.readings:
        total = sum(verdict.counts.values())
        n = verdict.counts
        words.append(
            f"Over {total} combinations of its readings: {n['yes']} yes, {n['no']} no, {n['unknown']} unknown"
            + _if_words(result, verdict.yes_if, "yes") + _if_words(result, verdict.no_if, "no")
        )  # fmt: skip
    return words


def _if_words(result: Options, conditions: tuple[Condition, ...], word: str) -> str:
    return f"; {word} if {_conditions(result, conditions, 4)}" if conditions and conditions != ({},) else ""


def table_of_gates(result: Options) -> list[dict[str, Any]]:
    """One row per option: the words of each cell, for other pages."""
    rows: list[dict[str, Any]] = []
    for one in result.options.values():
        row: dict[str, Any] = {
            "option": one.id,
            "title": one.title,
            "ru-consent": _consent_cell(result, one).plain,
        }
        row |= {name: _gate_cell(result, one, name).plain for name in COLUMNS[1:]}
        row |= {name: _return_cell(result, one, name).plain for name in one.counterparts}
        rows.append(row)
    return rows
