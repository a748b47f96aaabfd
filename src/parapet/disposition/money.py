"""Money of a dispute: ranges, never points, each with grade and source; sums of different purposes are never added.

The refund is what Türkiye has paid in cash: the advance and whatever share of the Russian loan is repaid. What is left
of the loan would be cancelled, not paid out. The offset says how many months of gas that buys, at a range of prices.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, model_validator

from parapet.disposition.statements import Ledger, load_ledger
from parapet.disposition.when import parse_day
from parapet.disposition.yaml_data import DATA_FOLDER, NOTICE, Part, read_document, validated
from parapet.errors import InputError
from parapet.scenario.read import did_you_mean

Grade = Literal["official", "party", "press", "derived", "assumed", "none"]
GRADES = {
    "official": "a government's notice",
    "party": "one side's own word",
    "press": "press or think tank",
    "derived": "worked out from the others",
    "assumed": "not public, a range to try",
    "none": "no figure found",
}
DAYS_OF_MONTH = 365.25 / 12.0
USD_PER_BCM = 1e6 / 1e9
"""Billions of dollars for a billion cubic metres at one dollar per thousand cubic metres."""


class SumData(Part):
    """A sum as written: from statements of the ledger, or with its own range and sources."""

    title: str
    purpose: str
    statements: tuple[str, ...] = ()
    digits: int | None = None
    low: float | None = None
    high: float | None = None
    grade: Grade
    sources: tuple[str, ...] = ()
    note: str = ""

    @model_validator(mode="after")
    def _whole(self) -> SumData:
        if not self.statements and not self.sources:
            raise ValueError("a sum without statements needs sources")
        if self.grade != "none" and not self.statements and (self.low is None or self.high is None):
            raise ValueError("a sum is a range: give low and high, or statements")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError(f"low {self.low:g} lies above high {self.high:g}")
        return self


class InputData(Part):
    """Something the refund or the offset is worked out from."""

    title: str
    low: float
    high: float
    unit: str
    grade: Grade
    sources: tuple[str, ...] = Field(min_length=1)
    note: str = ""


#: Sums worked out here, not read.
DERIVED = ("refund", "cash-paid", "loan", "offset")


class ContractEnd(Part):
    """The day the gas contract ends."""

    date: date
    sources: tuple[str, ...] = Field(min_length=1)
    statement: str


class MoneyData(Part):
    """The file as written."""

    sums: dict[str, SumData]
    inputs: dict[str, InputData]
    contract_ends: ContractEnd


@dataclass(frozen=True)
class Range:
    """A sum of money (or months): low and high, None where no figure is known.

    Attributes
    ----------
    purpose
        What it is for; only sums of one purpose may be added.
    formula
        How it was worked out, if it was.
    """

    id: str
    title: str
    low: float | None
    high: float | None
    unit: str
    purpose: str
    grade: str
    sources: tuple[str, ...]
    statements: tuple[str, ...] = ()
    note: str = ""
    formula: str = ""

    def __add__(self, other: Range) -> Range:
        if (self.purpose, self.unit) != (other.purpose, other.unit):
            raise InputError(
                f"{self.id} ({self.purpose}, {self.unit}) and {other.id} ({other.purpose}, {other.unit}) are for "
                "different purposes and cannot be added."
            )
        low = None if self.low is None or other.low is None else self.low + other.low
        high = None if self.high is None or other.high is None else self.high + other.high
        return Range(
            f"{self.id}+{other.id}", f"{self.title} and {other.title}", low, high, self.unit, self.purpose, "derived",
            (*self.sources, *other.sources), (*self.statements, *other.statements), formula=f"{self.id} + {other.id}",
        )  # fmt: skip

    def to_dict(self) -> dict[str, Any]:
        """As plain data."""
        return {**vars(self), "sources": list(self.sources), "statements": list(self.statements)}


@dataclass(frozen=True)
class Offset:
    """Months of gas at one price: of the smallest and the largest refund, and what one year of gas costs."""

    gas_price: float
    year_low_bn: float
    year_high_bn: float
    months_low: float
    months_high: float

    def to_dict(self) -> dict[str, Any]:
        """As plain data."""
        return dict(vars(self))


@dataclass(frozen=True)
class Money:
    """All sums, the refund split into cash and loan, the offset by gas price, and what fits before the contract ends.

    Attributes
    ----------
    months_left
        From `start` to the end of the gas contract.
    fits
        What can be set off in that time at the lowest and the highest price.
    """

    sums: dict[str, Range]
    inputs: dict[str, Range]
    offsets: tuple[Offset, ...]
    start: date
    contract_ends: date
    months_left: float
    fits: Range

    def __getitem__(self, name: str) -> Range:
        if name not in self.sums:
            raise InputError(
                f"there is no sum {name!r}.{did_you_mean(name, self.sums)} Known: {', '.join(self.sums)}."
            )
        return self.sums[name]

    def to_dict(self) -> dict[str, Any]:
        """As plain data, with the notice."""
        return {
            "notice": NOTICE, "grades": GRADES,
            "sums": [one.to_dict() for one in self.sums.values()],
            "inputs": [one.to_dict() for one in self.inputs.values()],
            "offsets": [one.to_dict() for one in self.offsets], "start": self.start.isoformat(),
            "contract_ends": self.contract_ends.isoformat(), "months_left": self.months_left,
            "fits": self.fits.to_dict(),
        }  # fmt: skip


def load_money(path: Path | str = DATA_FOLDER / "money.yaml", ledger: Ledger | None = None) -> MoneyData:
    """The sums of a file, checked against the ledger.

    Raises
    ------
    InputError
        With every finding: a sum without source, a statement that is not there or names no sum.
    """
    return _load(str(path), ledger or load_ledger())


def _load(path: str, ledger: Ledger) -> MoneyData:
    document = read_document(path, "sums:")
    data = validated(document, MoneyData)
    findings = []
    for name, one in data.sums.items():
        for k, statement in enumerate(one.statements):
            where = ("sums", name, "statements", k)
            if statement not in ledger:
                known = [s.id for s in ledger.statements if s.sum]
                hint = did_you_mean(statement, known)
                findings.append(
                    document.finding("error", where, f"there is no statement {statement!r}.{hint}")
                )
            elif ledger[statement].sum is None:
                findings.append(
                    document.finding("error", where, f"the statement {statement!r} names no sum.")
                )
        for source in one.sources:
            if "://" not in source and source not in ledger.sources:
                hint = did_you_mean(source, ledger.sources)
                text = f"there is no source {source!r}.{hint}"
                findings.append(document.finding("error", ("sums", name, "sources"), text))
    missing = {"price", "advance", "repaid", "age", "volume", "gas_price"} - set(data.inputs)
    if missing:
        findings.append(
            document.finding("error", ("inputs",), f"{', '.join(sorted(missing))} is missing here.")
        )
    if findings:
        raise InputError(findings)
    return data


def weigh_money(
    start: date | str | None = None,
    gas_price: tuple[float, float] | None = None,
    repaid: tuple[float, float] | None = None,
    age: tuple[float, float] | None = None,
    data: MoneyData | None = None,
    ledger: Ledger | None = None,
) -> Money:
    """All sums as ranges.

    Parameters
    ----------
    start
        The day an offset would begin; the ledger's last day if left out.
    gas_price
        Low and high, dollars per 1000 m3.
    repaid
        Low and high share of the Russian loan repaid, 0 to 1.
    age
        Low and high share of the price taken off for age, 0 to 1.

    Raises
    ------
    InputError
        For a range that is upside down or outside its bounds.
    """
    ledger = ledger or load_ledger()
    data = data or load_money(ledger=ledger)
    day = parse_day(start, "start") if isinstance(start, str) else start or ledger.last_day
    given = {"gas_price": gas_price, "repaid": repaid, "age": age}
    inputs = {name: _input(name, one, given.get(name)) for name, one in data.inputs.items()}
    sums = {name: _sum(name, one, ledger) for name, one in data.sums.items()}
    derived = _derived(inputs)
    sums = {**derived, **sums}
    ends = data.contract_ends.date
    months_left = max((ends - day).days, 0) / DAYS_OF_MONTH
    lows, highs = (inputs[name] for name in ("volume", "gas_price"))
    year = (_of(lows.low) * _of(highs.low) * USD_PER_BCM, _of(lows.high) * _of(highs.high) * USD_PER_BCM)
    fits = Range(
        "fits", f"Gas delivered from {day} to {ends}", year[0] * months_left / 12.0, year[1] * months_left / 12.0,
        "USD bn", "gas", "derived", data.contract_ends.sources, (data.contract_ends.statement,),
        formula="volume x price x months left / 12",
    )  # fmt: skip
    return Money(sums, inputs, _offsets(inputs, derived["refund"]), day, ends, months_left, fits)


def _of(value: float | None) -> float:
    assert value is not None
    return value


_BOUNDS = {"gas_price": (1.0, 5000.0), "repaid": (0.0, 1.0), "age": (0.0, 1.0)}
_OPTIONS = {"gas_price": "--gas-price", "repaid": "--repaid", "age": "--age"}


def _input(name: str, one: InputData, given: tuple[float, float] | None) -> Range:
    low, high = given or (one.low, one.high)
    least, most = _BOUNDS.get(name, (-1e300, 1e300))
    if not low <= high:
        raise InputError(f"{_OPTIONS[name]}: got {low:g} and {high:g}; the first is the low end. Swap them?")
    if not (least <= low and high <= most):
        raise InputError(f"{_OPTIONS[name]}: got {low:g} to {high:g}, expected within {least:g} to {most:g}.")
    grade = "assumed" if given else one.grade
    return Range(
        name,
        one.title,
        low,
        high,
        one.unit,
        name,
        grade,
        one.sources,
        note="as asked for" if given else one.note,
    )


def _sum(name: str, one: SumData, ledger: Ledger) -> Range:
    low, high, sources = one.low, one.high, one.sources
    if one.statements:
        found = [s for name in one.statements if (s := ledger[name].sum) is not None]
        slack = 0.0 if one.digits is None else 0.5 * 10.0**-one.digits
        ends = [x for s in found for x in (s.low, s.high) if x is not None]
        low, high = round(min(ends) - slack, 6), round(max(ends) + slack, 6)
        sources = tuple(
            dict.fromkeys([*sources, *(source for name in one.statements for source in ledger[name].sources)])
        )
    return Range(
        name, one.title, low, high, "USD bn", one.purpose, one.grade, sources, one.statements, one.note
    )


def _derived(inputs: dict[str, Range]) -> dict[str, Range]:
    """Refund, loan left, and offset, at both ends of what is not known."""
    price, advance, repaid, age = (inputs[name] for name in ("price", "advance", "repaid", "age"))
    sources = tuple(dict.fromkeys([*price.sources, *advance.sources]))

    def cash(p: float | None, a: float | None, r: float | None) -> float:
        return _of(p) * (_of(a) + _of(r) * (1.0 - _of(a)))

    paid = Range(
        "cash-paid", "Cash paid for the S-400", cash(price.low, advance.low, repaid.low),
        cash(price.high, advance.high, repaid.high), "USD bn", "s400", "derived", sources,
        formula="price x (advance + repaid x (1 - advance))", note="Before anything is taken off for age",
    )  # fmt: skip
    loan = Range(
        "loan", "Russian loan outstanding", _of(price.low) * (1.0 - _of(advance.high)) * (1.0 - _of(repaid.high)),
        _of(price.high) * (1.0 - _of(advance.low)) * (1.0 - _of(repaid.low)), "USD bn", "s400-loan", "derived", sources,
        formula="price x (1 - advance) x (1 - repaid)",
        note="Cancelled, not paid out; the more is left, the less cash comes back",
    )  # fmt: skip
    refund = Range(
        "refund", "Refund in cash", _of(paid.low) * (1.0 - _of(age.high)), _of(paid.high) * (1.0 - _of(age.low)),
        "USD bn", "s400", "derived", tuple(dict.fromkeys([*sources, *age.sources])),
        formula="cash paid x (1 - age)",
        note="Low: nothing of the loan repaid and the most taken off. High: all repaid, nothing off",
    )  # fmt: skip
    volume, gas = inputs["volume"], inputs["gas_price"]
    offset = Range(
        "offset", "Offset, in months of Russian gas",
        12.0 * _of(refund.low) / (_of(volume.high) * _of(gas.high) * USD_PER_BCM),
        12.0 * _of(refund.high) / (_of(volume.low) * _of(gas.low) * USD_PER_BCM),
        "months", "s400", "derived", tuple(dict.fromkeys([*refund.sources, *volume.sources])),
        formula="12 x refund / (volume x gas price)", note="Gas only; oil would shorten it",
    )  # fmt: skip
    return {one.id: one for one in (refund, paid, loan, offset)}


def _offsets(inputs: dict[str, Range], refund: Range) -> tuple[Offset, ...]:
    """Five prices from the lowest to the highest."""
    low, high = _of(inputs["gas_price"].low), _of(inputs["gas_price"].high)
    prices = [low] if low == high else [low + (high - low) * k / 4.0 for k in range(5)]
    volume = inputs["volume"]
    rows = []
    for price in prices:
        year = (_of(volume.low) * price * USD_PER_BCM, _of(volume.high) * price * USD_PER_BCM)
        rows.append(Offset(price, *year, 12.0 * _of(refund.low) / year[1], 12.0 * _of(refund.high) / year[0]))
    return tuple(rows)


def of_option(money: Money, names: Iterable[str]) -> list[Range]:
    """The sums that belong to an option, in its order."""
    return [money[name] for name in names]
