"""The options of the dispute: invariants over every combination of readings and many days, consents, first days."""

from __future__ import annotations

from datetime import date
from io import StringIO
from itertools import product
from pathlib import Path

import pytest
from rich.console import Console

from parapet.disposition import rules
from parapet.disposition.dispute import load_dispute
from parapet.disposition.options import counterpart_case, gates, option_case, weigh_options
from parapet.disposition.rules import Atom, Const
from parapet.disposition.show_options import options_page, table_of_gates
from parapet.disposition.truth import NO, UNKNOWN, YES
from parapet.disposition.verdicts import Case, Court
from parapet.errors import InputError

FILE = Path(__file__).parents[2] / "examples" / "turkiye.yaml"
DISPUTE = load_dispute(FILE)
BOOK, LEDGER = DISPUTE.book, DISPUTE.ledger
DAYS = [
    date(2021, 1, 1),
    date(2021, 12, 14),
    date(2024, 7, 2),
    date(2025, 12, 17),
    date(2026, 7, 31),
    date(2030, 1, 1),
]
DISPOSALS = ("hand-over", "third-country", "return-refund", "return-offset", "destroy")
PASS_ON = ("hand-over", "third-country", "return-refund", "return-offset")
RESULT = weigh_options(DISPUTE)


def every_reading():
    """All 2^9 combinations."""
    names = list(BOOK.readings)
    for row in product(("yes", "no"), repeat=len(names)):
        yield dict(zip(names, row, strict=True))


def court(readings=()):
    return Court(BOOK, LEDGER, BOOK.reading_values(dict(readings)))


def answers(option, name, day):
    """The answer of an instrument under every combination of all readings, found one by one."""
    case = option_case(DISPUTE, DISPUTE.option(option), day, day)
    open_court = court()
    full, values = open_court.closed(case, Atom("rule", name))
    return [rules.evaluate(full, {**values, **BOOK.reading_values(chosen)}) for chosen in every_reading()]


@pytest.mark.parametrize("day", DAYS, ids=str)
@pytest.mark.parametrize("option", ["dormant", "operate"])
def test_what_stays_in_turkish_hands_clears_neither_1245_nor_1241(option, day):
    for name in ("ndaa2020-1245", "ndaa2021-1241"):
        assert set(answers(option, name, day)) == {NO}


@pytest.mark.parametrize("day", [date(2019, 7, 12), date(2019, 12, 20), *DAYS], ids=str)
@pytest.mark.parametrize("option", PASS_ON)
def test_hand_over_third_country_and_return_need_russia(option, day):
    assert set(answers(option, "ru-consent-needed", day)) == {YES}
    assert RESULT[option].needs("ru") is YES


@pytest.mark.parametrize("option", ["operate", "dormant"])
def test_what_stays_needs_no_russian_consent(option):
    assert set(answers(option, "ru-consent-needed", DAYS[-2])) == {NO}
    assert RESULT[option].needs("ru") is NO
    assert RESULT[option].feasible is YES


def test_with_russia_asked_over_incirlik_and_destruction_only_keeping_it_is_free():
    chosen = {"incirlik_needs_russian_consent": "yes", "destroy_needs_russian_consent": "yes"}
    found = weigh_options(DISPUTE, readings=chosen)
    free = [one.id for one in found.options.values() if one.needs("ru") is NO]
    assert free == ["operate", "dormant"]


@pytest.mark.parametrize("option", DISPOSALS)
def test_disposal_meets_1241_under_every_reading_and_1245_unless_the_past_bars_it(option):
    day = date(2026, 7, 31)
    assert set(answers(option, "ndaa2021-1241", day)) == {YES}
    found = RESULT[option].verdicts["ndaa2020-1245"]
    assert found.yes_if == ({"s1245_bars_past_deliveries": "no"},)
    assert found.no_if == ({"s1245_bars_past_deliveries": "yes"},)


def test_incirlik_hangs_on_what_possession_is():
    one = RESULT["incirlik"]
    assert one.verdicts["ndaa2021-1241"].yes_if == ({"incirlik_is_possession": "no"},)
    assert one.verdicts["ndaa2021-1241"].no_if == ({"incirlik_is_possession": "yes"},)
    assert one.verdicts["ndaa2020-1245"].yes_if == (
        {"incirlik_is_possession": "no", "s1245_bars_past_deliveries": "no"},
    )
    assert one.consent("ru").needed is UNKNOWN
    assert one.consent("ru").needed_if == ({"incirlik_needs_russian_consent": "yes"},)


def test_no_reading_lifts_the_sanctions_from_a_dormant_system():
    found = RESULT["dormant"].verdicts
    assert found["caatsa-relief"].value is UNKNOWN and not found["caatsa-relief"].yes_if
    assert found["caatsa-relief"].no_if == (
        {"s1241_binds_2020_sanctions": "yes", "s1241_excludes_waiver": "yes"},
    )
    assert "president_finds_interest" in found["caatsa-236b"].unknowns


def test_operating_it_fails_the_waiver_without_review():
    found = RESULT["operate"].verdicts["caatsa-231d"]
    assert found.value is NO and found.clears_never
    assert "endangers_alliance" in found.turns_on


@pytest.mark.parametrize("option", ["return-refund", "return-offset"])
def test_a_return_is_itself_a_new_dealing(option):
    found = RESULT[option].verdicts["caatsa-231"]
    assert found.yes_if == ({"refund_is_significant_transaction": "no"},)
    assert found.no_if == ({"refund_is_significant_transaction": "yes"},)
    assert RESULT["destroy"].verdicts["caatsa-231"].clears_always


@pytest.mark.parametrize("day", [DAYS[0], DAYS[-2]], ids=str)
def test_counts_and_conditions_agree_with_every_combination(day):
    """The table of a verdict against all 512 combinations, one by one."""
    for option in ("incirlik", "return-refund", "destroy"):
        case = option_case(DISPUTE, DISPUTE.option(option), day, day)
        for name in gates(DISPUTE):
            found = court().verdict(case, name)
            share = len(list(every_reading())) // sum(found.counts.values())
            one_by_one = answers(option, name, day) if found.is_in_force else None
            if one_by_one is not None:
                for truth in (YES, NO, UNKNOWN):
                    assert one_by_one.count(truth) == share * found.counts[str(truth)], (option, name)


def test_an_open_reading_never_settles_what_the_answers_to_it_leave_apart():
    """Unknown where the answers differ; and a known answer holds under every answer to the open readings."""
    for option in RESULT.options.values():
        for found in option.verdicts.values():
            chosen = {name: answer for name, answer in found.readings.items() if answer != "open"}
            rows = {v for case, v in found.by_readings if chosen.items() <= case.items()}
            if found.value.is_known:
                assert rows == {str(found.value)}, (option.id, found.instrument)


@pytest.mark.parametrize("option", [one.id for one in DISPUTE.data.options])
def test_more_facts_never_undo_an_answer(option):
    """Whatever is unknown, once it is known leaves every yes and no as it was."""
    case = option_case(DISPUTE, DISPUTE.option(option), date(2026, 7, 31), date(2026, 8, 3))
    for name in gates(DISPUTE):
        full, values = court().closed(case, Atom("rule", name))
        before = rules.evaluate(full, values)
        if not before.is_known:
            continue
        unknown = [a for a in rules.atoms(full) if values.get(a, UNKNOWN) is UNKNOWN]
        assert set(rules.table(full, values, unknown).values()) == {before}


def test_each_single_fact_learnt_keeps_what_was_known():
    case = option_case(DISPUTE, DISPUTE.option("incirlik"), date(2026, 7, 31), date(2026, 8, 3))
    before = {name: court().verdict(case, name).value for name in gates(DISPUTE)}
    for fact, value in product(BOOK.facts, (YES, NO)):
        if court().fact(case, fact).value is UNKNOWN and fact not in case.facts:
            learnt = Case(case.day, case.submission, {**case.facts, fact: Const(value)}, words=case.words)
            for name, answer in before.items():
                if answer.is_known:
                    assert court().verdict(learnt, name).value is answer, (fact, value, name)


def test_verdicts_carry_what_they_rest_on():
    for option in RESULT.options.values():
        for found in option.verdicts.values():
            assert found.clauses and found.citation and found.question
            assert set(found.statements) <= {s.id for s in LEDGER.statements}
            assert (found.value is UNKNOWN) == bool(found.unknowns), (option.id, found.instrument)
            assert "Not legal advice" in found.to_dict()["notice"]


# --- in return, and from when ---------------------------------------------------------------------------------------


def test_first_lawful_days_from_a_summer_submission():
    found = RESULT["destroy"].counterparts
    assert RESULT.submission == date(2026, 8, 3)
    assert found["lift-caatsa"].earliest == date(2026, 10, 2)  # 60 days
    assert found["lift-caatsa"].possible == date(2026, 9, 2)  # a waiver on 30 days' notice, if all goes well
    assert found["six-jets"].earliest == date(2026, 8, 3)
    assert found["f16"].earliest == date(2026, 8, 3)  # its clock ran in 2024
    assert found["patriot"].possible == date(2026, 8, 18)  # 15 days
    assert found["patriot"].earliest is None  # the military-edge reading is open


def test_outside_summer_the_review_is_thirty_days():
    found = weigh_options(DISPUTE, submission="2026-09-08")
    assert found["destroy"].counterparts["lift-caatsa"].earliest == date(2026, 10, 8)
    chosen = {"middle_east_includes_turkiye": "no"}
    found = weigh_options(DISPUTE, submission="2026-09-08", readings=chosen)
    assert found["destroy"].counterparts["readmit-f35"].earliest == date(2026, 10, 8)
    assert found["destroy"].counterparts["patriot"].earliest == date(2026, 9, 23)


def test_no_option_opens_the_f35_if_past_deliveries_bar_it():
    found = weigh_options(DISPUTE, readings={"s1245_bars_past_deliveries": "yes"})
    for one in found.options.values():
        assert one.counterparts["readmit-f35"].value is NO
        assert (
            one.counterparts["readmit-f35"].earliest is None
            and one.counterparts["readmit-f35"].possible is None
        )


def test_the_strict_and_the_mild_case_of_incirlik():
    mild = {
        "incirlik_is_possession": "no",
        "middle_east_includes_turkiye": "no",
        "incirlik_needs_russian_consent": "no",
    }
    found = weigh_options(DISPUTE, readings=mild)
    assert found["incirlik"].counterparts["readmit-f35"].value is YES
    strict = weigh_options(DISPUTE, readings={**mild, "incirlik_is_possession": "yes"})
    assert strict["incirlik"].counterparts["readmit-f35"].value is NO


def test_a_waiver_shut_out_leaves_disposal_only():
    chosen = {
        "s1241_binds_2020_sanctions": "yes",
        "s1241_excludes_waiver": "yes",
        "incirlik_is_possession": "yes",
    }
    found = weigh_options(DISPUTE, readings=chosen)
    lifted = {one.id for one in found.options.values() if one.counterparts["lift-caatsa"].value is YES}
    assert lifted == set(DISPOSALS)
    assert {one.counterparts["lift-caatsa"].value for one in found.options.values()} == {YES, NO}


def test_counterparts_depend_on_the_sale():
    case = counterpart_case(
        DISPUTE, DISPUTE.option("dormant"), DISPUTE.counterpart("f16"), *[date(2026, 7, 31)] * 2
    )
    assert court().fact(case, "notified").statements == ("f16-notified",)


# --- days and statements --------------------------------------------------------------------------------------------


def test_the_record_decides_what_the_executive_would_accept():
    """In October 2019 switching it off was on the list; since December 2025 it is not."""
    for day, answer in (
        (date(2019, 10, 24), UNKNOWN),
        (date(2019, 10, 25), YES),
        (date(2025, 12, 10), UNKNOWN),
    ):
        case = option_case(DISPUTE, DISPUTE.option("dormant"), day, day)
        assert court().fact(case, "executive_would_accept").value is answer, day


def test_statements_for_and_against():
    one = RESULT["return-refund"]
    assert {"explored-return", "raised-with-putin", "nefes-buy-back"} <= set(one.supporting)
    assert {"refused-all", "peskov-denial"} <= set(one.opposing)
    for option in RESULT.options.values():
        for name in (*option.supporting, *option.opposing):
            assert option.id in LEDGER[name].object
        assert all(LEDGER[name].denied for name in option.opposing)
    early = weigh_options(DISPUTE, as_of="2025-12-17")["return-refund"]
    assert "peskov-denial" not in early.opposing
    assert "fsmtc-permit" in RESULT["hand-over"].consent("ru").statements


def test_statements_on_possession_count_where_possession_hangs_on_a_reading():
    demands = {"state-letter", "barrack-nor-possess", "clear-and-permanent"}
    one = RESULT["incirlik"]
    assert one.opposing == ("storage-is-not-enough",)
    assert one.speaks_if == dict.fromkeys(demands, ({"incirlik_is_possession": "yes"},))
    assert demands <= set(RESULT["dormant"].opposing) and not RESULT["dormant"].speaks_if
    for name in ("hand-over", "destroy"):  # gone: nobody asks for more
        assert not RESULT[name].speaks_if and not demands & set(RESULT[name].opposing)

    def told(answer):
        found = weigh_options(DISPUTE, readings={"incirlik_is_possession": answer})
        console = Console(width=400, record=True, file=StringIO())
        console.print(options_page(found, "incirlik"))
        return console.export_text().split("Against it")[1]

    assert "(A yes)" not in told("open") and told("open").count(", if A yes") == 3
    assert told("yes").count("(A yes)") == 3 and "if A yes" not in told("yes")
    assert "Barrack" not in told("no") and "Iatridis" in told("no")


def test_a_cell_says_what_holds_otherwise():
    rows = {row["option"]: row for row in table_of_gates(RESULT)}
    incirlik = rows["incirlik"]
    assert incirlik["caatsa-relief"] == "if A no,\nelse ?"  # answered yes it is as open as for a dormant system
    assert incirlik["ndaa2020-1245"] == "if A no,\nelse no"
    held = weigh_options(DISPUTE, readings={"incirlik_is_possession": "yes"})
    held_rows = {row["option"]: row for row in table_of_gates(held)}
    assert held_rows["incirlik"]["caatsa-relief"] == held_rows["dormant"]["caatsa-relief"]
    assert rows["hand-over"]["patriot"].startswith("if H no,\nelse ?")
    both = weigh_options(
        DISPUTE, readings={"s1241_binds_2020_sanctions": "yes", "s1241_excludes_waiver": "yes"}
    )
    assert table_of_gates(both)[2]["caatsa-relief"] == "if A no,\nelse no"


@pytest.mark.parametrize(
    "answer, said", [("open", ",\nbut new ones if G yes"), ("yes", ",\nbut new ones"), ("no", "")]
)
def test_relief_by_a_return_shows_the_new_sanctions_it_calls_for(answer, said):
    found = weigh_options(DISPUTE, readings={"refund_is_significant_transaction": answer})
    rows = {row["option"]: row for row in table_of_gates(found)}
    for name in ("return-refund", "return-offset"):
        assert rows[name]["caatsa-relief"] == "yes" + said
        assert rows[name]["lift-caatsa"].startswith("yes" + said + "\n2026-")
    for name in ("hand-over", "destroy", "operate"):
        assert "new ones" not in rows[name]["caatsa-relief"]


def test_unknowns_name_the_gates_they_block():
    found = RESULT["hand-over"].unknowns
    assert found["russia_consents"] == ("ru-end-user",)
    assert "caatsa-231d" in found["with_determined_agency"]


def test_the_same_input_gives_the_same_answer():
    assert weigh_options(FILE).to_dict() == weigh_options(FILE).to_dict()


@pytest.mark.parametrize(
    "given, said",
    [
        ({"as_of": "2026-02-30"}, "February 2026 has 28 days"),
        ({"as_of": "2026"}, "expected one day"),
        ({"submission": "2026-07-01"}, "lies before the day of the record"),
        ({"readings": {"incirlik": "no"}}, "nobody defined a reading 'incirlik'"),
        ({"readings": {"incirlik_is_possession": "perhaps"}}, "expected yes, no or open"),
    ],
)
def test_wrong_questions(given, said):
    with pytest.raises(InputError, match=said):
        weigh_options(DISPUTE, **given)


def test_options_and_counterparts_by_name():
    with pytest.raises(InputError, match="Did you mean 'dormant'"):
        RESULT["dormnt"]
    with pytest.raises(InputError, match="there is no counterpart 'f-35'"):
        DISPUTE.counterpart("f-35")


# --- the file -------------------------------------------------------------------------------------------------------

TEXT = FILE.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "old, new, said",
    [
        ("dispute: 1\n", "", "'dispute: 1'. It is missing"),
        ("dispute: 1\n", "dispute: 2\n", "reads 'dispute: 1'"),
        ("dispute: 1\n", "parapet: 1\n", "this is a scenario of a battle"),
        ("as_of: 2026-07-31", "as_of: 2026-07-32", "as_of"),
        ("submission: 2026-08-03", "submission: 2026-07-03", "lies before the day of the record"),
        ("  incirlik_is_possession: open", "  incirlik_is_posession: open", "Did you mean 'incirlik_is_possession'?"),
        ("  incirlik_is_possession: open", "  incirlik_is_possession: perhaps", "expected 'yes', 'no' or 'open'"),
        ("{actor: us-exec, why: it takes custody}", "{actor: usa, why: it takes custody}", "there is no actor 'usa'"),
        ("possesses: reading incirlik_is_possession", "possesses: reading incirlik", "nobody defined a reading 'incirlik'"),
        ("possesses: reading incirlik_is_possession", "posesses: yes", "no rule asks for a fact 'posesses'"),
        ("possesses: reading incirlik_is_possession", "possesses: perhaps so", "expected a fact"),
        ("needs: rule caatsa-relief", "needs: rule caatsa", "there is no instrument 'caatsa'"),
        ("    equipment: 3500\n", "", "asks about a sale"),
        ("sale: patriot-package", "sale: patriots", "the ledger has no subject 'patriots'"),
        ("  - id: dormant\n", "  - id: operate\n", "the id 'operate' is used twice"),
        ("money: [offset, refund", "money: [offest, refund", "there is no sum 'offest'. Did you mean 'offset'?"),
        ("done: [aeca-36]", "done: [aeca36]", "there is no instrument 'aeca36'. Did you mean 'aeca-36'?"),
        ("      waited: The 15 days", "      waiting: The 15 days", "there is no fact 'waiting' here"),
        ("    is_irreversible: true", "    is_ireversible: true", "unknown key 'is_ireversible'. Did you mean 'is_irreversible'?"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_told_with_its_line(tmp_path, old, new, said):
    assert old in TEXT
    file = tmp_path / "wrong.yaml"
    file.write_text(TEXT.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        weigh_options(file)
    found = [str(finding) for finding in caught.value.findings]
    assert any(said in one and f"{file}:" in one for one in found), found


def test_blocks_of_other_parts_are_kept(tmp_path):
    file = tmp_path / "more.yaml"
    bare = TEXT[: TEXT.index("# What the scorecard adds")]
    file.write_text(
        bare + "\nbargaining:\n  preferences: turkiye-preferences.yaml\nmilitary: {family: x.yaml}\n"
    )
    data = load_dispute(file).data
    assert data.bargaining == {"preferences": "turkiye-preferences.yaml"}
    assert data.military == {"family": "x.yaml"} and data.exposure is None


def test_the_table_of_a_counterpart_is_what_setting_the_readings_gives():
    found = RESULT["incirlik"].counterparts["readmit-f35"]
    for case, value in found.by_readings[::7]:
        again = weigh_options(DISPUTE, readings=case)["incirlik"].counterparts["readmit-f35"]
        assert str(again.value) == value
