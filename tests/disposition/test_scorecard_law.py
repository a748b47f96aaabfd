"""The tables behind the switchboard: switching a reading gives what the program gives when asked anew."""

from __future__ import annotations

import random
from datetime import date

import pytest
from tests.disposition.cards import FILE

from parapet.disposition.dispute import load_dispute
from parapet.disposition.options import weigh_options
from parapet.disposition.scorecard_law import ANSWERS, GATES, Answer, Table, combinations, law_tables
from parapet.disposition.scorecard_words import Cell, compact, condition, gate, given, opening, pruned
from parapet.disposition.truth import NO, UNKNOWN, YES

DAYS = [("2020-06-30", "2020-06-30"), ("2026-07-31", "2026-08-03"), ("2026-07-31", "2026-09-08")]
DISPOSALS = ("hand-over", "third-country", "return-refund", "return-offset")


@pytest.fixture(scope="module")
def dispute():
    return load_dispute(FILE)


@pytest.fixture(scope="module")
def by_day(dispute):
    return {day: law_tables(dispute, *(date.fromisoformat(text) for text in day)) for day in DAYS}


@pytest.mark.parametrize("day", DAYS, ids="/".join)
@pytest.mark.parametrize("seed", range(3))
def test_switching_readings_equals_recomputation(dispute, by_day, day, seed):
    draw = random.Random(seed)
    chosen = {name: draw.choice(ANSWERS) for name in dispute.book.readings}
    if seed == 0:  # the file's own; most draws shut the F-35 gate for everybody
        chosen = dict(dispute.data.readings)
    elif seed == 1:
        chosen |= {"s1245_bars_past_deliveries": "no", "middle_east_includes_turkiye": "no"}
    asked = weigh_options(dispute, day[0], chosen, day[1])
    tables = by_day[day]
    for name, option in asked.options.items():
        for instrument in GATES:
            table = tables.gates[name][instrument]
            assert table.look_up(chosen).value is option.verdicts[instrument].value, (name, instrument)
            assert pruned(table).look_up(chosen) == table.look_up(chosen)
        for other, result in option.counterparts.items():
            table = tables.counterparts[name][other]
            expected = Answer(result.value, result.earliest, result.possible)
            assert table.look_up(chosen) == expected, (name, other)
            assert pruned(table).look_up(chosen) == expected
        for one in option.consents:
            assert tables.consents[name][one.actor].look_up(chosen).value is one.needed
        assert tables.feasible[name].look_up(chosen).value is option.feasible


def test_dormant_clears_neither_gate_under_any_reading(by_day):
    tables = by_day[DAYS[1]]
    for instrument in ("ndaa2020-1245", "ndaa2021-1241"):
        assert {answer.value for answer in tables.gates["dormant"][instrument].answers} == {NO}
    assert {answer.value for answer in tables.counterparts["dormant"]["readmit-f35"].answers} == {NO}


def test_disposals_need_russia_under_every_reading(by_day):
    tables = by_day[DAYS[1]]
    for name in DISPOSALS:
        assert {answer.value for answer in tables.consents[name]["ru"].answers} == {YES}


def small_table():
    """Yes unless both are yes, and unknown as Kleene has it."""
    values = {"yes": YES, "no": NO, "open": UNKNOWN}
    answers = []
    for chosen in combinations(("a", "b")):
        both = [values[answer] for answer in chosen.values()]
        value = NO if both == [YES, YES] else YES if NO in both else UNKNOWN
        answers.append(Answer(value))
    return Table(("a", "b"), tuple(answers))


def test_condition_names_the_answers_that_open_a_gate():
    table, letters = small_table(), {"a": "A", "b": "B"}
    assert opening(table, {}) == [(("a", "no"),), (("b", "no"),)]
    assert condition(table, {}, letters) == "if A no or B no"
    assert condition(table, {"a": "yes"}, letters) == "if B no"
    assert gate(table, {"a": "no"}, letters) == Cell("yes", "yes")
    assert gate(table, {"a": "yes", "b": "yes"}, letters) == Cell("no", "no")
    assert gate(table, {}, letters, is_in_force=False).text == "not law yet"


def test_cell_says_what_holds_otherwise():
    table, letters = small_table(), {"a": "A", "b": "B"}
    assert gate(table, {}, letters).text == "if A no or B no,\nelse no"
    assert gate(table, {"a": "yes"}, letters).text == "if B no,\nelse no"
    answers = tuple(
        Answer({"no": YES, "yes": UNKNOWN if c["b"] == "no" else NO}.get(c["a"], UNKNOWN))
        for c in combinations(("a", "b"))
    )
    assert gate(Table(("a", "b"), answers), {}, letters).text == "if A no,\nelse ?"
    assert gate(Table(("a", "b"), answers), {"b": "yes"}, letters).text == "if A no,\nelse no"


def test_relief_shows_the_new_sanctions_that_the_same_act_calls_for():
    free, letters = Table((), (Answer(YES, date(2026, 10, 2)),)), {"g": "G"}
    dealing = Table(("g",), (Answer(UNKNOWN), Answer(NO), Answer(YES)))
    assert gate(free, {}, letters, dealing=dealing) == Cell("yes", "yes,\nbut new ones\nif G yes")
    assert gate(free, {"g": "yes"}, letters, dealing=dealing).text == "yes,\nbut new ones"
    assert gate(free, {"g": "no"}, letters, dealing=dealing).text == "yes"
    assert given(free, {}, letters, dealing).text.endswith(",\nbut new ones\nif G yes")
    assert gate(Table((), (Answer(NO),)), {}, letters, dealing=dealing).text == "no"


def test_condition_takes_two_answers_where_one_is_not_enough():
    answers = tuple(
        Answer(YES if set(chosen.values()) == {"no"} else UNKNOWN) for chosen in combinations(("a", "b"))
    )
    assert condition(Table(("a", "b"), answers), {}, {"a": "A", "b": "B"}) == "if A no, B no"


def test_days_stand_in_the_cell():
    later = Table((), (Answer(YES, date(2026, 10, 2), date(2026, 9, 2)),))
    assert given(later, {}, {}).text.split() == ["2", "Oct", "2026"]
    hangs = Table((), (Answer(UNKNOWN, None, date(2026, 9, 2)),))
    assert given(hangs, {}, {}).text.split() == ["?", "2", "Sep", "2026"]


def test_pruned_drops_what_changes_nothing():
    table = small_table()
    wide = Table(
        ("a", "x", "b"),
        tuple(table.look_up({"a": c["a"], "b": c["b"]}) for c in combinations(("a", "x", "b"))),
    )
    assert pruned(wide) == table
    assert pruned(table) is table


def test_compact_tables_read_as_the_script_reads_them(by_day, dispute):
    names = list(dispute.book.readings)
    for row in by_day[DAYS[1]].counterparts.values():
        for table in row.values():
            made = compact(table, names)
            for k, chosen in enumerate(combinations(table.readings)):
                value, earliest, possible = made["a"][ord(made["i"][k]) - 48]
                answer = table.look_up(chosen)
                assert value == str(answer.value)[0]
                assert bool(earliest) is (answer.earliest is not None)
                assert bool(possible) is (answer.possible is not None)
