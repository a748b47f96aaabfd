"""Money: ranges by hand arithmetic, sums kept apart, every one with grade and source."""

from __future__ import annotations

from datetime import date

import pytest

from parapet.disposition.money import GRADES, load_money, weigh_money
from parapet.disposition.yaml_data import DATA_FOLDER
from parapet.errors import InputError

MONEY = weigh_money(start="2026-10-02")


def test_refund_and_loan_are_two_ends_of_one_price():
    paid, loan, refund = MONEY["cash-paid"], MONEY["loan"], MONEY["refund"]
    assert (paid.low, paid.high) == pytest.approx((1.125, 2.5))
    assert (loan.low, loan.high) == pytest.approx((0.0, 1.375))
    assert paid.low + loan.high == pytest.approx(2.5) and paid.high + loan.low == pytest.approx(2.5)
    assert (refund.low, refund.high) == pytest.approx((0.5625, 2.5))


def test_the_offset_is_the_smallest_refund_at_the_dearest_gas_and_the_reverse():
    offset = MONEY["offset"]
    assert offset.low == pytest.approx(12 * 0.5625 / (21.75 * 0.450))
    assert offset.high == pytest.approx(12 * 2.5 / (21.6 * 0.250))


@pytest.mark.parametrize("price, months", [(250, 5.6), (300, 4.6), (350, 4.0), (400, 3.5), (450, 3.1)])
def test_months_of_gas_for_the_whole_price(price, months):
    row = next(row for row in MONEY.offsets if row.gas_price == price)
    assert row.months_high == pytest.approx(months, abs=0.05)
    assert row.year_low_bn == pytest.approx(21.6 * price / 1000)


def test_months_for_the_advance_alone():
    found = weigh_money(repaid=(0.0, 0.0), age=(0.0, 0.0))
    assert found["refund"].low == found["refund"].high == pytest.approx(1.125)
    assert found.offsets[0].months_high == pytest.approx(2.5, abs=0.01)
    assert found.offsets[-1].months_low == pytest.approx(1.4, abs=0.03)


def test_what_fits_before_the_gas_contract_ends():
    assert MONEY.contract_ends == date(2026, 12, 31)
    assert MONEY.months_left == pytest.approx(90 / 30.4375)
    assert MONEY.fits.low == pytest.approx(5.4 * MONEY.months_left / 12)
    assert MONEY.fits.low < MONEY["refund"].high  # the whole price does not fit at the lowest gas price
    over = weigh_money(start="2027-03-01")
    assert over.months_left == 0 and over.fits.high == 0


def test_the_two_sums_of_1_4_billion_cannot_be_added():
    f35, f16 = MONEY["f35-payment"], MONEY["f16-down-payment"]
    assert (f35.low, f35.high) == (1.25, 1.4)
    assert f16.low <= 1.4 <= f16.high
    with pytest.raises(InputError, match="different purposes"):
        f35 + f16
    both = MONEY["re-sourcing"] + MONEY["eight-jets"]
    assert both.low == pytest.approx(1.3615)


def test_every_sum_is_a_range_with_grade_and_source():
    for one in MONEY.sums.values():
        assert one.grade in GRADES and one.sources
        if one.grade == "none":
            assert one.low is None and one.high is None and one.note
        else:
            assert one.low < one.high, one.id


def test_no_cost_of_sanctions_is_invented():
    assert MONEY["sanctions"].grade == "none"


def test_wider_doubt_gives_a_wider_range():
    narrow = weigh_money(repaid=(0.4, 0.6), age=(0.1, 0.2), gas_price=(300, 350))
    for name in ("refund", "offset", "loan", "cash-paid"):
        assert MONEY[name].low <= narrow[name].low <= narrow[name].high <= MONEY[name].high


@pytest.mark.parametrize(
    "given, said",
    [
        ({"gas_price": (450, 250)}, "--gas-price: got 450 and 250"),
        ({"repaid": (0.0, 1.5)}, "--repaid: got 0 to 1.5, expected within 0 to 1"),
        ({"gas_price": (-1, 5)}, "expected within 1 to 5000"),
        ({"start": "2026-13-01"}, "no month 13"),
    ],
)
def test_wrong_ranges(given, said):
    with pytest.raises(InputError, match=said):
        weigh_money(**given)


@pytest.mark.parametrize(
    "old, new, said",
    [
        ("statements: [f35-paid-125, f35-paid-140]", "statements: [f35-paid-126]", "Did you mean 'f35-paid-125'?"),
        ("statements: [f35-paid-125, f35-paid-140]", "statements: [peskov-denial]", "names no sum"),
        ("low: 8.5, high: 9.5", "low: 9.5, high: 8.5", "low 9.5 lies above high 8.5"),
        ("low: 8.5, high: 9.5", "low: 8.5", "a sum is a range"),
        ("sources: [trt-2021]", "sources: [trt-2020]", "Did you mean 'trt-2021'?"),
        ("grade: none, sources: [sanctions-defenceturkey, usc-9529]", "grade: none", "a sum without statements needs sources"),
        ("  volume: {title", "  volumes: {title", "volume is missing here"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_told(tmp_path, old, new, said):
    text = (DATA_FOLDER / "money.yaml").read_text(encoding="utf-8")
    assert old in text
    file = tmp_path / "money.yaml"
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_money(file)
    assert any(said in str(finding) for finding in caught.value.findings), caught.value.findings
