"""Conflicts are found from what statements say: the fifteen that were listed by hand, and no flood beside them."""

from __future__ import annotations

from datetime import date

import pytest

from parapet.disposition.conflicts import contested, find_agreements, find_changes, find_conflicts
from parapet.disposition.statements import Ledger, Statement, load_ledger

LEDGER = load_ledger()
FOUND = {conflict.id: conflict for conflict in find_conflicts(LEDGER)}

#: Number in the list made by hand -> the conflict, and statements that must stand on different sides of it.
BY_HAND = {
    "1 purchase date": (
        "s400-purchase/dated/dates",
        ["signed-in-2017", "nearly-a-decade", "acquisition-1241"],
    ),
    "2 order of removal and sanctions": (
        "caatsa-sanctions/led-to/order",
        ["move-led-to-removal", "removal-2019"],
    ),
    "3 removal year": ("f35-removal/dated/dates", ["removal-2019", "removal-2020", "removal-2021"]),
    "4 return": ("tr/considers/denial", ["refused-all", "explored-return"]),
    "4 return, Kremlin": ("ashgabat-meeting/discussed/denial", ["raised-with-putin", "peskov-denial"]),
    "4 return, transfer only": ("talks/discussed/denial", ["heart-of-talks", "transfer-not-on-table"]),
    "5 hand-over clause": (
        "end-user-clause/says-of-transfer/words",
        ["lavrov-consent", "headline-prohibition"],
    ),
    "6 does it operate": ("s400/operated/denial", ["does-not-operate", "live-firing"]),
    "7 why purchased": ("s400-purchase/reason-for/reasons", ["failed-patriot-talks", "strategic-choice"]),
    "7 why purchased, US": ("s400-purchase/reason-for/denial", ["failed-patriot-talks", "us-disputes-terms"]),
    "8 why excluded": ("f35-removal/reason-for/reasons", ["removal-why-wire", "removal-why-doha"]),
    "9 whom CAATSA addresses": ("caatsa-231/addresses/words", ["caatsa-on-countries", "caatsa-on-persons"]),
    "9 allows or shall": ("caatsa-231/obliges/words", ["caatsa-allows", "caatsa-shall"]),
    "10 Congress": ("us-arms-sale/role-of-congress/words", ["approval-needed", "disapproval-only"]),
    "11 who was sanctioned": ("caatsa-sanctions/fell-on/words", ["broad-sanctions", "narrow-sanctions"]),
    "12 talks under Biden": (
        "biden-era-talks/reason-for/reasons",
        ["biden-talks-stalled", "biden-no-breakthrough"],
    ),
    "14 sequence": ("settlement/first-step/words", ["akturk-sequence", "dispose-first"]),
    "15 targets": ("s400-system/targets-at-once/sums", ["eighty-targets", "thirty-six-targets"]),
    "15 range": ("s400-system/range/sums", ["four-hundred-km", "foi-range"]),
}
#: Found besides, and right: sums and counts of other tables of the same material.
BESIDES = {
    "f35-payment/paid/sums",  # $1.25bn or $1.4bn
    "s400/count/sums",  # four systems or two
    "s400/count/units",  # systems, batteries, a regiment
    "f16-review/waiting-days/sums",  # 30 days or 15
}


@pytest.mark.parametrize("name", BY_HAND, ids=str)
def test_a_conflict_listed_by_hand_is_found(name):
    key, apart = BY_HAND[name]
    sides = [set(side.statements) for side in FOUND[key].sides]
    for one in apart:
        assert sum(one in side for side in sides) == 1, one
    assert len({i for i, side in enumerate(sides) for one in apart if one in side}) == len(apart)


def test_number_13_is_an_agreement():
    """The list itself says that the two accounts of Trump's first term are consistent."""
    found = {(one.subject, one.predicate): set(one.statements) for one in find_agreements(LEDGER)}
    assert found[("caatsa-sanctions", "dated")] == {
        "sanctions-not-yet",
        "sanctions-late-2020",
        "sanctions-imposed",
    }


def test_nothing_else_is_found():
    assert set(FOUND) == {key for key, _ in BY_HAND.values()} | BESIDES


def test_the_denial_that_is_meant_as_one_is_marked():
    assert [key for key, conflict in FOUND.items() if conflict.has_answer] == [
        "ashgabat-meeting/discussed/denial"
    ]


def test_every_express_answer_is_found_by_its_content():
    for one in LEDGER.statements:
        for other in one.answers:
            assert any({one.id, other} <= set(conflict.statements) for conflict in FOUND.values())


def test_both_sides_are_contested_and_the_undisputed_is_not():
    names = contested(LEDGER)
    assert {"raised-with-putin", "peskov-denial", "refused-all"} <= names
    assert not {"first-delivery", "not-yet-on", "loan-signed", "state-letter"} & names
    assert len(names) < len(LEDGER.statements) / 2


def test_the_bar_moved_from_activation_to_possession():
    found = {(c.subject, c.object): (c.before, c.after) for c in find_changes(LEDGER)}
    assert found[("us-congress", "dormant")] == ("graham-activation", "forty-members")
    assert found[("us-exec", "dormant")] == ("turn-it-off", "clear-and-permanent")


def test_before_the_denial_there_is_no_conflict():
    before = {c.id for c in find_conflicts(LEDGER.until(date(2025, 12, 17)))}
    assert "ashgabat-meeting/discussed/denial" not in before
    assert "tr/considers/denial" in before


def test_a_price_that_fell_is_no_conflict():
    assert "f16-package/price/sums" not in FOUND


# --- on made-up statements ------------------------------------------------------------------------------------------


def statement(name, predicate, day="2020-01-01", **more) -> Statement:
    subject = more.pop("subject", "tr")
    return Statement.model_validate(
        {"id": name, "date": day, "actor": "tr", "text": name, "subject": subject, "predicate": predicate,
         "status": "fact", "tag": "S", "sources": ["https://example.org"], **more}
    )  # fmt: skip


def conflicts_of(*statements: Statement):
    return find_conflicts(Ledger(tuple(statements), LEDGER.vocabulary, {}))


def test_dates_clash_only_without_a_common_day():
    assert not conflicts_of(statement("a", "dated", at="2017"), statement("b", "dated", at="2017-07-25"))
    assert conflicts_of(statement("a", "dated", at="2017"), statement("b", "dated", at="2018-01"))


def test_periods_that_do_not_meet_do_not_clash():
    on = statement("a", "operated", object="in-operation", holds="2019-11")
    off = statement("b", "operated", object="in-operation", holds="..2019-10-25", denied=True)
    never = statement("c", "operated", object="in-operation", denied=True)
    assert not conflicts_of(on, off)
    assert [set(c.statements) for c in conflicts_of(on, off, never)] == [{"a", "c"}]


def test_denying_one_thing_is_not_denying_another():
    yes = statement("a", "discussed", object=["return-refund"])
    no = statement("b", "discussed", object=["third-country"], denied=True)
    assert not conflicts_of(yes, no)


def test_positions_clash_at_one_time_and_change_later():
    now = statement("a", "accepts", "2020-01-01", object="dormant")
    soon = statement("b", "accepts", "2020-03-30", object="dormant", denied=True)
    late = statement("c", "accepts", "2020-05-01", object="dormant", denied=True)
    assert conflicts_of(now, soon)
    assert not conflicts_of(now, late)
    assert [c.after for c in find_changes(Ledger((now, late), LEDGER.vocabulary, {}))] == ["c"]


def test_a_cause_must_not_come_after_its_effect():
    cause = statement("a", "dated", subject="caatsa", at="2017-08-02")
    effect = statement("b", "dated", subject="ndaa2020", at="2019-12-20")
    right = statement("c", "led-to", subject="caatsa", object="ndaa2020")
    wrong = statement("d", "led-to", subject="ndaa2020", object="caatsa")
    assert not conflicts_of(cause, effect, right)
    assert [c.kind for c in conflicts_of(cause, effect, wrong)] == ["order"]


def test_forecasts_are_scored_and_not_compared():
    claim = statement("a", "happened", object="lifted")
    forecast = statement(
        "b", "happened", object="lifted", denied=True, status="forecast", forecast={"says": "no"}
    )
    assert not conflicts_of(claim, forecast)
