"""Stability under the law: the graph model with what the law forbids, the same as asking `bargain` with the hook."""

from __future__ import annotations

import random

import pytest

from parapet.disposition.bargaining import bargain
from parapet.disposition.bargaining_file import read
from parapet.disposition.scorecard_bargain import allows, law_forbids


@pytest.fixture(scope="module")
def found(card):
    own = card.now
    assert (own.as_of, own.submission) == (card.dispute.data.as_of, card.dispute.data.submission)
    return card.blocks, own.tables, card.stability


def closed(seed, stable):
    draw = random.Random(seed)
    return {name: draw.choice(("yes", "no")) for name in stable.readings}


@pytest.mark.parametrize("seed", range(4))
def test_shares_and_packages_are_those_of_bargain(found, seed):
    blocks, tables, stable = found
    block = blocks.bargaining
    chosen = closed(seed, stable)
    (solution,) = stable.allowed(chosen)
    model = read(blocks.folder / block.file)
    law = {**chosen, "middle_east_includes_turkiye": "no", "aeca_triggers_are_separate": "no"}
    forbidden = law_forbids(tables, block, law)
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


def test_an_open_reading_stands_for_both_answers(found):
    _, _, stable = found
    chosen = closed(7, stable)
    for name in stable.readings:
        both = {k for answer in ("yes", "no") for k in stable.numbers({**chosen, name: answer})}
        assert set(stable.numbers({**chosen, name: "open"})) == both
        assert len(both) == 2 or name != "s1245_bars_past_deliveries"


def test_every_kept_reading_matters(found):
    _, _, stable = found
    for k, name in enumerate(stable.readings):
        bit = 1 << (len(stable.readings) - 1 - k)
        assert any(stable.index[i] != stable.index[i ^ bit] for i in range(len(stable.index))), name


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
