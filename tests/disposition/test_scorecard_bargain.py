"""Stability under the law: the graph model with what the law forbids, the same as asking `bargain` with the hook."""

from __future__ import annotations

import dataclasses
import random
from datetime import date

import pytest
from tests.disposition.cards import NO_LIFT, TESTED

from parapet.disposition import scorecard_bargain
from parapet.disposition.bargaining import bargain
from parapet.disposition.bargaining_file import read
from parapet.disposition.scorecard_bargain import allows, law_forbids, stability
from parapet.disposition.scorecard_law import Answer, Table
from parapet.disposition.scorecard_stability import stability_words
from parapet.disposition.truth import YES
from parapet.errors import InputError


@pytest.fixture(scope="module")
def found(card):
    own = card.now
    assert own.day == (card.dispute.data.as_of, card.dispute.data.submission)
    return card.blocks, own.tables, card.stability


def closed(seed, names):
    draw = random.Random(seed)
    return {name: draw.choice(("yes", "no")) for name in names}


@pytest.mark.parametrize("number", range(4))
@pytest.mark.parametrize("seed", range(3))
def test_shares_and_packages_are_those_of_bargain_on_every_day(card, seed, number):
    block, stable, dated = card.blocks.bargaining, card.stability, card.dates[number]
    chosen = closed(10 * number + seed, (*card.letters, *stable.assumptions))
    (solution,) = stable.allowed(chosen, dated.day)
    model = read(card.blocks.folder / block.file)
    forbidden = law_forbids(dated.tables, block, {name: chosen[name] for name in card.letters})
    readings = dict(block.left_to_law)
    readings |= {
        name: answer == "yes"
        for name, answer in chosen.items()
        if name in model.readings and name not in readings
    }
    expected = bargain(
        model, orders=block.orders, readings=readings, feasible=lambda state: allows(forbidden, state)
    )
    assert solution.status_quo == expected.status_quo
    assert solution.n_states == len(expected.states)
    packages = {one.state: one for one in expected.packages}
    for option, outcome in solution.outcomes.items():
        value = block.dispositions[option]
        assert {s.label for s in outcome.states} == {
            s.label for s in expected.states if s.values["disposition"] == value
        }
        for state in outcome.states:
            assert state.nash == expected.shares.equilibrium["R"][state.label]
            assert state.stable == expected.shares.equilibrium["SEQ"][state.label]
            assert state.reached == expected.shares.reached_and_stable[state.label]
            if state.label in packages:
                package = packages[state.label]
                assert (state.gains, state.loses, state.acts) == (package.gains, package.loses, package.acts)
                assert dict(state.p_loses) == dict(package.p_loses)


def test_an_open_reading_stands_for_both_answers(card):
    stable = card.stability
    for dated in card.dates:
        names = stable.laws[dated.day].readings
        chosen = closed(7, names)
        for name in names:
            both = {
                k for answer in ("yes", "no") for k in stable.numbers({**chosen, name: answer}, dated.day)
            }
            assert set(stable.numbers({**chosen, name: "open"}, dated.day)) == both
            assert len(both) == 2 or name != "s1245_bars_past_deliveries"


def test_every_kept_reading_matters_on_its_day(card):
    for law in card.stability.laws.values():
        for k, name in enumerate(law.readings):
            bit = 1 << (len(law.readings) - 1 - k)
            assert any(law.index[i] != law.index[i ^ bit] for i in range(len(law.index))), name


def labels(card, dated, chosen):
    """States that the law of a day leaves under answers."""
    return {
        state.label
        for solution in card.stability.allowed(chosen, dated.day)
        for outcome in solution.outcomes.values()
        for state in outcome.states
    }


def test_the_day_decides_what_can_be(card):
    by_day = {dated.as_of: dated for dated in card.dates}
    own, before, early = (by_day[day] for day in (card.now.as_of, date(2020, 6, 30), NO_LIFT))
    assert "dormant + lift" in labels(card, before, TESTED)  # before section 1241
    assert "dormant + lift" not in labels(card, own, TESTED)
    assert "hand + lift + consent" in labels(card, own, TESTED)
    assert not any("lift" in label for label in labels(card, early, TESTED))
    assert "s1241_excludes_waiver" not in card.stability.laws[before.day].readings
    assert "s1241_excludes_waiver" in card.stability.laws[own.day].readings
    chosen = dataclasses.replace(card, chosen={**card.chosen, **TESTED})
    cells = [stability_words(chosen.outcomes("incirlik", dated))["lasting"] for dated in (own, early)]
    assert cells == ["lasts 0 to 100 %", "lasts 0 %"]


def test_a_graph_is_solved_once_for_all_days(card, monkeypatch):
    solved = []
    true_solved = scorecard_bargain._solved

    def counted(built, block):
        solved.append(scorecard_bargain._graph(built))
        return true_solved(built, block)

    monkeypatch.setattr(scorecard_bargain, "_solved", counted)
    block = card.blocks.bargaining.model_copy(update={"orders": 2})
    again = dataclasses.replace(card.now.tables, submission=date(2026, 8, 4))
    tables = [dated.tables for dated in card.dates]
    every = stability([*tables, again], block, card.blocks.folder)
    assert len(solved) == len(set(solved)) == len(every.solutions) == len(card.stability.solutions)
    assert every.laws[again.as_of, again.submission] == every.laws[card.now.day]
    assert {k for law in every.laws.values() for k in law.index} == set(range(len(every.solutions)))
    assert len({tuple(law.index) for law in every.laws.values()}) == 3 < len(every.laws) == 5
    assert [every.laws[dated.day] for dated in card.dates] == [
        card.stability.laws[dated.day] for dated in card.dates
    ]


def test_a_day_whose_law_shuts_out_the_status_quo_is_named(card):
    tables = card.dates[1].tables
    consents = {**tables.consents, "dormant": {"ru": Table((), (Answer(YES),))}}
    wrong = dataclasses.replace(tables, consents=consents)
    with pytest.raises(InputError, match=r"With the law of 2020-06-30, .*the status quo is infeasible"):
        stability([wrong], card.blocks.bargaining, card.blocks.folder)


def test_too_many_readings_are_named(card, monkeypatch):
    monkeypatch.setattr(scorecard_bargain, "MOST_READINGS", 3)
    with pytest.raises(InputError, match=r"incirlik_is_possession.*expected at most 3"):
        stability([card.now.tables], card.blocks.bargaining, card.blocks.folder)


def test_law_feeds_what_can_be(found):
    blocks, tables, stable = found
    open_gate = {"incirlik_is_possession": "no", "s1245_bars_past_deliveries": "no"}
    assert ("incirlik", "f35") not in law_forbids(tables, blocks.bargaining, open_gate)
    shut = law_forbids(tables, blocks.bargaining, {**open_gate, "incirlik_is_possession": "yes"})
    assert {("incirlik", "f35"), ("dormant", "f35"), ("operate", "f35"), ("hand", "-consent")} <= shut
    assert ("destroy", "-consent") not in shut
    asked = law_forbids(tables, blocks.bargaining, {"destroy_needs_russian_consent": "yes"})
    assert ("destroy", "-consent") in asked
    for solution in stable.solutions:
        labels = [state.label for outcome in solution.outcomes.values() for state in outcome.states]
        assert not any("dormant" in label and "f35" in label for label in labels)
        assert not any(
            label.startswith(("hand", "third", "return")) and "consent" not in label for label in labels
        )


def test_no_disposal_is_reached_by_anyone_alone(found):
    _, _, stable = found
    for solution in stable.solutions:
        for option in ("hand-over", "third-country", "return-refund", "return-offset"):
            assert all(state.reached.value == 0.0 for state in solution.outcomes[option].states)
