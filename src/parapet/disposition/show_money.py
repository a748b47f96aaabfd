"""Money for a reader: sums by purpose, the refund, the offset by gas price."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.text import Text

from parapet.disposition.money import GRADES, Money, Range
from parapet.disposition.show import block, notice
from parapet.disposition.statements import Ledger
from parapet.tables import table_of as table

PURPOSES = {
    "s400": "S-400",
    "s400-loan": "S-400 loan",
    "f35": "F-35 payments",
    "f16": "F-16 payments",
    "replacement": "Replacement",
    "f35-work": "F-35 work",
    "sanctions": "Sanctions",
    "us-cost": "Cost to the US",
    "gas": "Gas",
}


def span(one: Range) -> str:
    """``1.1 to 2.5 bn USD``; "no figure found" where there is none."""
    if one.low is None or one.high is None:
        return "no figure found"
    if one.unit == "share":
        return (
            f"{100 * one.low:.0f} %"
            if one.low == one.high
            else f"{100 * one.low:.0f} to {100 * one.high:.0f} %"
        )
    form = ".1f" if one.unit == "months" else ".4g"
    low, high = format(one.low, form), format(one.high, form)
    if one.unit == "USD bn":
        return f"${low}bn to ${high}bn" if low != high else f"${low}bn"
    return f"{low} {one.unit}" if low == high else f"{low} to {high} {one.unit}"


def money_page(money: Money, ledger: Ledger, title: str = "") -> RenderableType:
    """All sums, then what the refund and the offset stand on."""
    lines: list[RenderableType] = []
    last = ""
    order = list(PURPOSES)
    for one in sorted(
        money.sums.values(), key=lambda r: order.index(r.purpose) if r.purpose in order else 99
    ):
        purpose = PURPOSES.get(one.purpose, one.purpose)
        if purpose != last:
            lines.append(Text(f"\n{purpose}" if last else purpose, "bold"))
        last = purpose
        head = Text(f"  {one.title:<46}")
        head.append(f"{span(one):<24}", "bold")
        head.append(one.grade, "cyan")
        words = [one.formula, one.note, _sources(one, ledger)]
        lines += [head, block(Text(". ".join(word for word in words if word), "dim"), 6)]
    inputs = table("Refund and offset stand on")
    for name in ("input", "range", "grade"):
        inputs.add_column(name, overflow="fold")
    inputs.add_column("source and note", overflow="fold", style="dim")
    for one in money.inputs.values():
        note = _sources(one, ledger) + (f". {one.note}" if one.note else "")
        inputs.add_row(one.title, span(one), one.grade, note)
    offsets = table("Offset against gas bills")
    for name in (
        "gas price, $ per 1000 m3",
        "a year of gas, $bn",
        "months, smallest refund",
        "months, largest refund",
    ):
        offsets.add_column(name, justify="right")
    for row in money.offsets:
        offsets.add_row(
            f"{row.gas_price:.0f}",
            f"{row.year_low_bn:.1f}",
            f"{row.months_low:.1f}",
            f"{row.months_high:.1f}",
        )
    left = Text(
        f"The gas contract ends on {money.contract_ends}. From {money.start} that is {money.months_left:.1f} months, "
        f"in which gas for {span(money.fits)} is delivered: what is more than that cannot be set off under it."
    )
    grades = Text("Grades: " + "; ".join(f"{key}: {text}" for key, text in GRADES.items()) + ".", "dim")
    apart = Text(
        "Sums of different purposes are never added: the $1.4bn for the F-35 and the $1.4bn for the F-16 are two."
    )
    head = Text(f"Money{': ' + title if title else ''}", "bold")
    return Group(
        head, Text("Ranges of what is on record; no point estimate is meant.\n"), *lines, Text(""), apart, Text(""),
        inputs, Text(""), offsets, Text(""), left, Text(""), grades, notice(),
    )  # fmt: skip


def _sources(one: Range, ledger: Ledger) -> str:
    return ", ".join(dict.fromkeys(ledger.source_text(key) for key in one.sources))
