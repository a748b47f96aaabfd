"""The law book: what it refuses when it is read, and thresholds at their exact figures."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from parapet.disposition import rules
from parapet.disposition.lawbook import WORDINGS, load_lawbook
from parapet.disposition.reference import law_page
from parapet.disposition.rules import Atom, Const
from parapet.disposition.statements import load_ledger
from parapet.disposition.truth import NO, UNKNOWN, YES
from parapet.disposition.verdicts import Case, Court
from parapet.disposition.yaml_data import DATA_FOLDER
from parapet.errors import InputError

BOOK = load_lawbook()
LEDGER = load_ledger()
DAY = date(2026, 7, 31)
REQUIRED = {
    "incirlik_is_possession", "s1241_binds_2020_sanctions", "destroy_needs_russian_consent",
    "refund_is_significant_transaction", "middle_east_includes_turkiye",
}  # fmt: skip


def test_every_instrument_and_reading_is_there():
    wanted = {"caatsa-231", "caatsa-235", "caatsa-236b", "caatsa-236c", "caatsa-216", "ndaa2020-1245", "ndaa2021-1241",
              "aeca-36", "aeca-3", "ru-end-user", "nato-integration"}  # fmt: skip
    assert wanted <= set(BOOK.instruments)
    assert set(BOOK.readings) >= REQUIRED


def test_a_reading_has_two_positions_each_with_its_source():
    used = {
        a.name
        for rule in BOOK.rules.values()
        for e in rule.exceptions
        for a in rules.atoms(e.when)
        if a.kind == "reading"
    }
    options = (Path(__file__).parents[2] / "examples" / "turkiye.yaml").read_text(encoding="utf-8")
    for name, one in BOOK.readings.items():
        assert one.yes.position != one.no.position and one.yes.sources and one.no.sources and one.turns
        assert name in used or f"reading {name}" in options, name


def test_wording_that_was_not_verified_is_marked():
    assert BOOK["ndaa2020-1245"].wording == "memory"
    assert BOOK["ndaa2021-1241"].wording == "secondary"
    assert BOOK["caatsa-216"].wording == "read"
    assert set(WORDINGS) == {"read", "secondary", "memory"}


def test_every_parameter_has_a_reference_and_a_first_day():
    for one in BOOK.parameters.values():
        assert all(one.reference)
        with pytest.raises(InputError, match="no value is known on 1900-01-01"):
            one.on(date(1900, 1, 1))


def test_dated_values_follow_the_calendar():
    one = BOOK.parameters["aeca-equipment-nato"]
    later = one.model_copy(
        update={"values": (*one.values, type(one.values[0])(**{"from": date(2027, 1, 1), "value": 55}))}
    )
    assert (later.on(date(2026, 12, 31)), later.on(date(2027, 1, 1))) == (25, 55)


def court(**readings):
    return Court(BOOK, LEDGER, BOOK.reading_values(readings))


@pytest.mark.parametrize(
    "equipment, total, separate, is_below",
    [
        (24.999, 99.999, "yes", True),
        (25.0, 99.0, "yes", False),
        (24.0, 100.0, "yes", False),
        (25.0, 99.0, "no", True),
        (24.0, 100.0, "no", True),
        (25.0, 100.0, "no", False),
        (25.0, 99.0, "open", None),
        (25.0, 100.0, "open", False),
        (1.0, 1.0, "open", True),
    ],
)
def test_arms_export_sums_at_the_exact_boundary(equipment, total, separate, is_below):
    case = Case(DAY, sums={"equipment": equipment, "total": total}, words={"sale": "patriot-package"},
                facts={"notified": Const(NO)})  # fmt: skip
    answer = court(aeca_triggers_are_separate=separate).verdict(case, "aeca-36").value
    assert answer is (UNKNOWN if is_below is None else YES if is_below else NO)


def test_a_disapproval_goes_before_everything():
    facts = {"notified": Const(YES), "waited": Const(YES), "disapproval_enacted": Const(YES)}
    for sums in ({"equipment": 1.0, "total": 1.0}, {"equipment": 100.0, "total": 500.0}):
        case = Case(DAY, sums=sums, facts=facts)
        assert court(middle_east_includes_turkiye="no").verdict(case, "aeca-36").value is NO


def test_the_military_edge_hangs_on_a_reading():
    facts = {"notified": Const(YES), "waited": Const(YES)}
    case = Case(DAY, sums={"equipment": 100.0, "total": 500.0}, facts=facts)
    assert court(middle_east_includes_turkiye="no").verdict(case, "aeca-36").value is YES
    found = court(middle_east_includes_turkiye="yes").verdict(case, "aeca-36")
    assert found.value is UNKNOWN
    assert found.unknowns == ("military_edge_found",)


def test_before_an_act_there_is_no_gate_and_no_way_out():
    before = Case(date(2019, 12, 19))
    found = court().verdict(before, "ndaa2020-1245")
    assert (found.value, found.is_in_force) == (YES, False)
    assert court().verdict(Case(date(2019, 12, 20)), "ndaa2020-1245").value is NO
    assert court().verdict(Case(date(2020, 12, 31)), "ndaa2021-1241").value is NO
    nothing = court().verdict(Case(date(2020, 12, 13)), "caatsa-relief")
    assert nothing.value is YES and nothing.is_in_force  # no sanctions yet
    assert court().verdict(Case(date(2020, 12, 14)), "caatsa-relief").value is UNKNOWN


def test_one_year_after_the_sanctions():
    gone = {"possesses": Const(NO), "russian_operators": Const(NO), "assurances": Const(YES)}
    assert court().verdict(Case(date(2021, 12, 13), facts=gone), "ndaa2021-1241").value is NO
    assert court().verdict(Case(date(2021, 12, 14), facts=gone), "ndaa2021-1241").value is YES


def test_the_review_as_a_gate():
    for day, answer in ((date(2026, 10, 1), NO), (date(2026, 10, 2), YES)):
        assert court().verdict(Case(day, date(2026, 8, 3)), "caatsa-216").value is answer
    assert court().verdict(Case(DAY), "caatsa-216").value is UNKNOWN


def test_a_fact_says_which_statements_settle_it():
    found = court().fact(Case(DAY), "delivered_after_july_2019")
    assert (found.value, found.origin, found.statements) == (YES, "statement", ("second-battery",))
    assert court().fact(Case(date(2019, 8, 1)), "delivered_after_july_2019").value is UNKNOWN
    assert court().fact(Case(DAY), "possesses").value is YES
    assert court().fact(Case(DAY), "operates").value is NO


# --- bad input ------------------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for file in DATA_FOLDER.glob("*.yaml"):
        shutil.copy(file, tmp_path / file.name)
    return tmp_path


@pytest.mark.parametrize(
    "file, old, new, said",
    [
        ("parameters.yaml", '    reference: ["22 U.S.C. 9511(b)(1)"]\n', "", "'reference' is missing: a parameter without"),
        ("parameters.yaml", '["22 U.S.C. 9511(b)(1)"]', "[]", "a parameter without a reference cannot be used"),
        ("parameters.yaml", "from: 2017-08-02, value: 30", "from: 2017-08-32, value: 30", "2017-08-32"),
        ("parameters.yaml", "sources: [usc-9511]", "sources: [usc-9512]", "there is no source 'usc-9512'"),
        ("instruments.yaml", "parameter: s1241-wait-days", "parameter: s1241-wait", "there is no parameter 's1241-wait'"),
        ("instruments.yaml", "clock: s231d-notice-days", "clock: s231d-notice", "there is no parameter 's231d-notice'"),
        ("instruments.yaml", "- not possesses", "- not posesses", "there is no fact 'posesses'. Did you mean 'possesses'?"),
        ("instruments.yaml", "reading s1245_bars_past_deliveries", "reading s1245_bars", "there is no reading 's1245_bars'"),
        ("instruments.yaml", "when: rule caatsa-236b", "when: rule caatsa-236d", "there is no rule 'caatsa-236d'"),
        ("instruments.yaml", "clause: ways, when: rule caatsa-236c", "clause: way, when: rule caatsa-236c", "there is no clause 'way'"),
        ("instruments.yaml", "overrides: [below the sums, notified and waited]", "overrides: [below]", "no other exception 'below'"),
        ("instruments.yaml", "          overrides: [below the sums, notified and waited]\n", "", "opposite answers and can hold together"),
        ("instruments.yaml", "when: rule caatsa-236b", "when: rule caatsa-relief", "in a circle: caatsa-relief > caatsa-relief"),
        ("instruments.yaml", "when: operates", "when: {xor: [operates]}", "got {'xor': ['operates']}, expected"),
        ("instruments.yaml", "id: aeca-3\n", "id: aeca-36\n", "the instrument 'aeca-36' stands here twice"),
        ("readings.yaml", "    no:\n", "    nay:\n", "'no' is missing"),
        ("readings.yaml", "      by: the wording of the Code\n", "", "'by' is missing"),
        ("facts.yaml", "denial_is: unknown", "denial_is: maybe", "expected 'no' or 'unknown'"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_line(folder: Path, file, old, new, said):
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_lawbook(folder)
    found = [str(finding) for finding in caught.value.findings]
    assert any(said in one and f"{file}:" in one for one in found), found


def test_the_reference_holds_every_instrument_reading_fact_and_parameter():
    page = law_page()
    for name in (*BOOK.instruments, *BOOK.readings, *BOOK.facts, *BOOK.parameters):
        assert f"`{name}`" in page, name
    assert "Not legal advice" in page and "wording not verified" in page
    assert "not `possesses` and `assurances`" in page
    assert "not (`reading s1241_binds_2020_sanctions` and `reading s1241_excludes_waiver`)" in page


def test_readings_that_nobody_defined():
    with pytest.raises(InputError, match="nobody defined a reading 'incirlik'"):
        BOOK.reading_values({"incirlik": "no"})
    with pytest.raises(InputError, match="got 'maybe', expected yes, no or open"):
        BOOK.reading_values({"incirlik_is_possession": "maybe"})
    assert BOOK.reading_values({"incirlik_is_possession": "open"}) == {
        Atom("reading", "incirlik_is_possession"): UNKNOWN
    }
