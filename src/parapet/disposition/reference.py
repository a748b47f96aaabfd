"""The law book as a page: every instrument with its text beside its rule, every reading, fact and parameter."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from parapet.disposition.lawbook import WORDINGS, LawBook, load_lawbook
from parapet.disposition.rules import AllOf, Atom, Const, Expression, Not
from parapet.disposition.statements import TAGS, Ledger, load_ledger
from parapet.disposition.yaml_data import NOTICE


def options_table(file: Path | str) -> str:
    """The options of a dispute in Markdown: Russia's consent, relief, the F-35 gate, the first day of relief.

    As the file reads the law; where an answer hangs on readings they are named.
    """
    from parapet.disposition.options import weigh_options
    from parapet.disposition.scorecard_law import law_tables
    from parapet.disposition.scorecard_words import consent, gate, given

    found = weigh_options(file)
    tables = law_tables(found.dispute, found.as_of, found.submission)
    names = {name: f"`{name}`" for name in found.readings}
    lines = [
        "| Option | Russia's consent | Sanctions may go | F-35 gate (section 1245) | Sanctions lifted from |",
        "|---|---|---|---|---|",
    ]
    for name, option in found.options.items():
        asked, dealing = tables.consents[name].get("ru"), tables.gates[name]["caatsa-231"]
        lifted = tables.counterparts[name]["lift-caatsa"]
        cells = [
            consent(asked, found.readings, names).text if asked else "not needed",
            gate(tables.gates[name]["caatsa-relief"], found.readings, names, dealing=dealing).text,
            gate(tables.gates[name]["ndaa2020-1245"], found.readings, names).text,
            given(lifted, found.readings, names).text.replace(",\n", ", ").replace("\n", ": "),
        ]
        words = [" ".join(cell.split()) for cell in cells]
        lines.append(f"| {option.title} | {' | '.join(words)} |")
    return "\n".join(lines)


def law_page(book: LawBook | None = None, ledger: Ledger | None = None) -> str:
    """The reference of the dispute's law, in Markdown."""
    book, ledger = book or load_lawbook(), ledger or load_ledger()
    lines = ["# Law of the dispute", "", f"**{NOTICE}**", "",
             "Made from the data files of `parapet.disposition`. Every question is put so that *yes* is the open gate; "
             "clauses are told in short. "
             "How the rules are read: [the dispute](../disposition.md).", "", "## Instruments", ""]  # fmt: skip
    for one in book.instruments.values():
        lines += [f"### {one.title}", "", f"`{one.id}`, {one.citation}. In force from {one.in_force.from_}.", "",
                  f"**{one.question}**", ""]  # fmt: skip
        for name, clause in one.clauses.items():
            lines += [
                f"> {name}: {clause.text} *{WORDINGS[clause.wording]}; {_sources(ledger, clause.sources)}*",
                "",
            ]
        rule = book.rules[one.id]
        lines += [f"- In general: **{rule.answer}** ({rule.clause})."]
        for e in rule.exceptions:
            clock = book.clocks.get((one.id, e.label), "")
            after = f" Takes effect after: {clock}." if clock else ""
            before = f" Goes before: {', '.join(e.overrides)}." if e.overrides else ""
            lines += [f"- Except *{e.label}*: **{e.answer}** if {in_words(e.when)}.{after}{before}"]
        lines.append("")
    lines += ["## Readings", ""]
    for name, reading in book.readings.items():
        lines += [f"### `{name}`", "", f"{reading.question} {reading.turns}", ""]
        for word, side in (("yes", reading.yes), ("no", reading.no)):
            lines += [f"- **{word}**: {side.position} ({side.by}; rests on {_sources(ledger, side.sources)})"]
        lines.append("")
    lines += [
        "## Facts",
        "",
        "| fact | what it says | settled by | if the record is silent |",
        "|---|---|---|---|",
    ]
    for name, fact in book.facts.items():
        where = (
            f"{fact.ledger.subject} {fact.ledger.predicate} {fact.ledger.object}"
            if fact.ledger
            else "the option"
        )
        silent = fact.otherwise + (
            f": {fact.because}" if fact.because and fact.otherwise != "unknown" else ""
        )
        lines.append(f"| `{name}` | {fact.text} | {where} | {silent} |")
    lines += [
        "",
        "## Parameters",
        "",
        "| parameter | what it is | values | reference | tag |",
        "|---|---|---|---|---|",
    ]
    for name, parameter in book.parameters.items():
        values = ", ".join(f"{v.value:g} {parameter.unit} from {v.from_}" for v in parameter.values)
        note = f". {parameter.note}" if parameter.note else ""
        where = "; ".join(parameter.reference)
        lines.append(f"| `{name}` | {parameter.label}{note} | {values} | {where} | {parameter.tag} |")
    lines += ["", "Tags: " + "; ".join(f"{tag}: {text}" for tag, text in TAGS.items()) + ".", ""]
    return "\n".join(lines)


def _sources(ledger: Ledger, keys: Iterable[str]) -> str:
    made = []
    for key in keys:
        url = key if "://" in key else ledger.sources[key].url
        made.append(f"[{ledger.source_text(key)}]({url})" if url else ledger.source_text(key))
    return ", ".join(made)


def in_words(expression: Expression, is_inner: bool = False) -> str:
    """An expression as people read it, with brackets wherever it is a part of another one."""
    if isinstance(expression, Const):
        return str(expression.value)
    if isinstance(expression, Atom):
        if expression.kind == "elapsed":
            return f"`{expression.more}` has passed since {expression.name}"
        if expression.kind == "reaches":
            return f"{expression.name} is at or above `{expression.more}`"
        return f"`{expression}`"
    if isinstance(expression, Not):
        return f"not {in_words(expression.part, True)}"
    joint = " and " if isinstance(expression, AllOf) else " or "
    inner = joint.join(in_words(part, True) for part in expression.parts)
    return f"({inner})" if is_inner and len(expression.parts) > 1 else inner


__all__ = ["in_words", "law_page"]
