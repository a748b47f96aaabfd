"""Dispute files: what they come to, what is wrong with them, and what a person sees."""

from __future__ import annotations

import json
import re
from pathlib import Path
from time import perf_counter, process_time

import numpy as np
import pytest

from parapet import cli
from parapet.disposition import bargaining_file
from parapet.disposition.bargaining import bargain, over_readings
from parapet.disposition.graph_model_options import State
from parapet.errors import InputError

ROOT = Path(__file__).resolve().parents[2]
ELMIRA = ROOT / "examples/disputes/elmira.yaml"
PRISONERS = ROOT / "examples/disputes/prisoners.yaml"
TURKIYE = ROOT / "examples/disputes/turkiye-s400.yaml"

SMALL = """\
parapet-dispute: 1
title: A fence
readings:
  strict: {default: false, text: the fence needs a permit, source: "a test"}
decision-makers:
  - name: Ann
    options: [{name: build, text: build the fence, final: true}]
    preference:
      assumption: true
      statements:
        - {say: not sue, id: peace, source: "a letter", or-else: [sue, none]}
        - {say: build, id: fence, source: "a talk"}
      contested: [[peace, fence]]
  - name: Bob
    options: [{name: sue}, {name: permit}]
    preference:
      assumption: true
      statements:
        - {say: sue iff build, source: "a talk"}
        - {say: not build, source: "a talk"}
rules:
  - {never: build and not permit, why: the town says so, reading: strict}
status-quo: not build and not sue and not permit
"""


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


# ------------------------------------------------------------------------------------------------ what comes of it ----


def test_elmira_from_its_file_is_the_published_answer() -> None:
    """C1, through options, a barred move and merged states."""
    found = bargain(ELMIRA, orders=0)
    assert [state.label for state in found.states] == [f"s{k}" for k in range(1, 10)]
    for concept, states in (("R", "589"), ("SEQ", "589"), ("GMR", "14589"), ("SMR", "14589")):
        assert found.equilibria(concept) == tuple(f"s{k}" for k in states)
    assert found.equilibria("CR") == ("s8", "s9")
    assert found.reached("R") == ("s5",)
    assert [(step.maker, step.state) for step in found.state("s5").improvements or ()] == [("LG", "s5")]
    assert found.state("s7").places == {"MoE": 1, "Uniroyal": 7, "LG": 1}


def test_elmira_in_graph_form_is_the_same() -> None:
    moves = {
        "MoE": ["1 -> 2", "3 -> 4", "5 -> 6", "7 -> 8"],
        "Uniroyal": ["1 -> 3", "2 -> 4", "5 -> 7", "6 -> 8", *(f"{s} -> 9" for s in range(1, 9))],
        "LG": ["1 <-> 5", "2 <-> 6", "3 <-> 7", "4 <-> 8"],
    }
    orders = {"MoE": "734851269", "Uniroyal": "148593726", "LG": "735186429"}
    makers = [
        {"name": name, "moves": moves[name],
         "preference": {"assumption": False, "source": "C1", "ranking": " > ".join(orders[name])}}
        for name in moves
    ]  # fmt: skip
    file = {"parapet-dispute": 1, "title": "Elmira", "states": list(range(1, 10)), "decision-makers": makers,
            "status-quo": "1"}  # fmt: skip
    graph = bargain(bargaining_file.read_text(json.dumps(file)), orders=0)
    options = bargain(ELMIRA, orders=0)
    for concept in options.states[0].is_equilibrium:
        assert tuple(f"s{label}" for label in graph.equilibria(concept)) == options.equilibria(concept)
    jumps = {package.state: package for package in graph.packages}
    assert jumps["5"].acts == ("LG",) and jumps["5"].loses == ("Uniroyal",)


def test_prisoners_from_their_file() -> None:
    """C3."""
    found = bargain(PRISONERS)
    both = "first-tells + second-tells"
    assert found.equilibria("R") == (both,)
    for concept in ("GMR", "SMR", "SEQ"):
        assert set(found.equilibria(concept)) == {"nothing", both}
    assert found.shares is not None and found.shares.is_all and found.shares.n == 1


def test_the_dispute_over_the_s400() -> None:
    """Nothing unilateral leads out of the stalemate; packages do, and Russia loses by them and holds the key."""
    started = process_time()
    found = bargain(TURKIYE, orders=0)
    assert process_time() - started < 2.0  # reading the file included
    assert found.n_combinations == 112 and 32 <= len(found.states) <= 40
    assert found.reached("SEQ") == (found.status_quo,) == ("dormant + block",)
    nash = set(found.equilibria("R"))
    assert {"hand + lift + f35 + consent", "third + lift + f35 + consent", "return + lift + f35 + consent",
            "destroy + lift + f35"} <= nash  # fmt: skip
    assert not any(label.startswith("incirlik") for label in nash)
    one = [package for package in found.packages if len(package.loses) == 1 and package.is_stable]
    assert {package.state for package in one} == {
        "return + lift + f35 + consent",
        "third + lift + f35 + consent",
    }
    assert all(package.loses == package.holders == ("Russia",) for package in one)
    destroyed = next(p for p in found.packages if p.state == "destroy + lift + f35")
    assert set(destroyed.loses) == {"Türkiye", "Russia"} and destroyed.holders == ("Türkiye",)


def test_invariants_of_the_dispute_over_the_s400() -> None:
    """Under every reading: no F-35 while it is kept, no transfer without consent, no path out but by package."""
    results = over_readings(TURKIYE, ["incirlik_is_possession", "s1241_binds_2020_sanctions",
                                      "destroy_needs_russian_consent", "congress_can_block"])  # fmt: skip
    assert len(results) == 16
    for found in results:
        for state in found.states:
            value = state.values["disposition"]
            assert not (state.values["f35"] and value in ("operate", "dormant"))
            assert state.values["consent"] or value not in ("hand", "third", "return")
        assert all(state.values["disposition"] == "dormant"
                   for state in found.states if state.label in found.reached("SEQ"))  # fmt: skip
        is_open = not found.readings["incirlik_is_possession"]
        assert ("incirlik + lift + f35" in found.equilibria("R")) == is_open


def test_what_the_law_excludes_may_be_handed_in() -> None:
    by_table = bargain(TURKIYE, orders=0, feasible=[{"disposition": "return"}, {"lift": True, "f35": False}])

    def lawful(state: State) -> bool:
        return not state.holds("return") and not (state.holds("lift") and not state.holds("f35"))

    by_function = bargain(TURKIYE, orders=0, feasible=lawful)
    assert [s.label for s in by_table.states] == [s.label for s in by_function.states]
    assert not any("return" in s.label for s in by_table.states)
    assert by_table.excluded[0] == ("not feasible by the rules that were handed in", by_table.excluded[0][1])
    with pytest.raises(
        InputError, match=r"the status quo is infeasible.*ruled out by the rules that were handed in"
    ):
        bargain(TURKIYE, orders=0, feasible=[{"disposition": "dormant"}])


# ---------------------------------------------------------------------------------------------------- many orders ----


def test_shares_of_all_orders_are_counted_one_by_one(tmp_path: Path) -> None:
    file = tmp_path / "fence.yaml"
    file.write_text(SMALL, encoding="utf-8")
    found = bargain(file)
    assert found.shares is not None and found.shares.is_all and found.shares.n == found.shares.n_all == 6
    singles = [bargain(file, orders=0, order=k) for k in range(6)]
    for label, share in found.shares.equilibrium["SEQ"].items():
        hits = [one.state(label).is_equilibrium["SEQ"] for one in singles]
        assert share.value == pytest.approx(np.mean(hits)) and share.low == share.high == share.value
    for label, share in found.shares.reached_and_stable.items():
        hits = [label in one.reached("SEQ") for one in singles]
        assert share.value == pytest.approx(np.mean(hits))
    assert [one.is_assumed_order for one in singles].count(True) == 1
    assert (
        len({tuple(state.places["Ann"] for state in one.states) for one in singles}) > 2
    )  # the orders do differ
    for package in found.packages:
        one = singles[0].state(package.state)
        gains = np.mean(
            [s.state(package.state).places["Ann"] < s.state(s.status_quo).places["Ann"] for s in singles]
        )
        assert one.label == package.state and package.p_gains["Ann"] == pytest.approx(gains)


def test_draws_repeat_and_agree_with_one_order_alone() -> None:
    first = bargain(TURKIYE, orders=60, seed=3)
    again = bargain(TURKIYE, orders=60, seed=3)
    assert first.to_dict() == again.to_dict()
    assert first.to_dict() != bargain(TURKIYE, orders=60, seed=4).to_dict()
    built = bargaining_file.read(TURKIYE).build(seed=3)
    indices, is_all = built.orders.drawn(60)
    assert not is_all and first.shares is not None
    some = [bargain(TURKIYE, orders=0, order=index) for index in indices[:5]]
    many = built.graph.stable(built.orders.ranks(indices[:5]))
    for k, one in enumerate(some):
        hits = {built.states[s].label for s in np.flatnonzero(many.individual["SEQ"][k].all(axis=0))}
        assert hits == set(one.equilibria("SEQ"))


def test_a_hinge_is_what_moves_the_answer() -> None:
    shares = bargain(TURKIYE, orders=400).shares
    assert shares is not None
    quiet = {hinge.question: hinge for hinge in shares.hinges if hinge.question.startswith("quiet")}
    assert quiet["quiet: not operate"].p_status_quo == 1.0 and quiet["quiet: operate"].p_status_quo == 0.0
    assert sum(hinge.n for hinge in quiet.values()) == 400
    assert quiet["quiet: not operate"].p_elsewhere == 0.0 and quiet["quiet: operate"].p_elsewhere == 1.0
    assert shares.elsewhere.value == pytest.approx(quiet["quiet: operate"].n / 400)


@pytest.mark.slow
def test_ten_thousand_orders_in_a_minute() -> None:
    started = perf_counter()
    found = bargain(TURKIYE, orders=10_000)
    assert found.shares is not None and found.shares.n == 10_000
    assert perf_counter() - started < 60.0


# ------------------------------------------------------------------------------------------------------ bad input ----


BAD = [
    ("title: A fence", "titel: A fence", 2, r"unknown key 'titel'. Did you mean 'title'"),
    ("parapet-dispute: 1", "parapet-dispute: 2", 1, r"got format 2, this version of Parapet reads"),
    ("say: build, id", "say: biuld, id", 12, r"there is no option 'biuld'. Did you mean 'build'"),
    (', source: "a letter"', "", 11, r"'source' is missing"),
    ("say: build, id", "say: not sue, id", 12, r"stands here twice, first as statement 1; an order gives it one place"),
    ("[[peace, fence]]", "[[peace, fense]]", 13, r"no statement has the id 'fense'. Did you mean 'fence'"),
    ("reading: strict", "reading: stric", 22, r"no reading is called 'stric'. Did you mean 'strict'"),
    ("never: build and", "never: build or or", 22, r"'or' stands where an option is expected"),
    ("final: true", "final: [build]", 7, r"'build' is no value of 'build'"),
    ("{name: permit}", "{name: build}", 15, r"the name 'build' stands twice, first for Ann's option"),
    ("default: false", "default: maybe", 4, r"got 'maybe', expected true or false"),
    ("status-quo: not build and not sue and not permit", "status-quo: not build", 23, r"holds in 4 states"),
    ("status-quo: not build and not sue and not permit", "status-quo: build and not build", 23, r"infeasible"),
    ("never: build and not permit, why: the town says so, reading: strict", "never: not sue, why: never quiet", 23,
     r"the status quo is infeasible: .* ruled out in line 22: never quiet"),
    ("never: build and not permit, why: the town says so, reading: strict", "never: sue or not sue, why: w", 21,
     r"no state is feasible"),
    ("    options: [{name: sue}, {name: permit}]\n", "", 11, r"there is no option 'sue'"),
]  # fmt: skip


@pytest.mark.parametrize("old, new, line, words", BAD, ids=[new[:24] or "gone" for _, new, _, _ in BAD])
def test_what_is_wrong_is_told_with_its_line(old: str, new: str, line: int, words: str) -> None:
    assert SMALL.count(old) >= 1
    with pytest.raises(InputError) as caught:
        bargaining_file.read_text(SMALL.replace(old, new, 1), "fence.yaml")
    told = [str(finding) for finding in caught.value.findings]
    assert any(re.search(words, one) for one in told), told
    assert any(re.match(rf"fence\.yaml:{line}\b", one) for one in told if re.search(words, one)), told


RANKINGS = [
    ("s7 > s3 > s4 > s8 > s5 > s1 > s2 > s6 > s9", "s7 > s3 > s4 > s8 > s5 > s1 > s2 > s7 > s9",
     "not an order: s1 > s2 > s7 > s3 > s4 > s8 > s5 > s1."),
    ("s7 > s3 > s4 > s8 > s5 > s1 > s2 > s6 > s9", "s7 > s3 > s4 > s8 > s5 > s1 > s2 > s9",
     "nothing says which of 's6' and"),
    ("s7 > s3 > s4 > s8 > s5 > s1 > s2 > s6 > s9", "s7 > s3 > s4 > s8 > s5 > s1 > s2 > s66 > s9",
     "there is no state 's66'. Did you mean 's6'"),
    ("[{name: modify, text: modify the", "[{name: modify, values: [modify], text: modify the", ""),
    ("status-quo: s1", "status-quo: s10", "there is no option 's10'"),
    ("by: Uniroyal, from", "by: Unroyal, from", "Did you mean 'Uniroyal'"),
    ("s2: modify and delay and not insist", "s2: modify and delay", "holds in 2 states"),
]  # fmt: skip


@pytest.mark.parametrize("old, new, words", [case for case in RANKINGS if case[2]], ids=lambda v: v[:20])
def test_what_is_no_order_is_told(old: str, new: str, words: str) -> None:
    changed = text(ELMIRA).replace(old, new, 1)
    assert changed != text(ELMIRA)
    with pytest.raises(InputError, match=re.escape(words)) as caught:
        bargaining_file.read_text(changed, "elmira.yaml")
    assert str(caught.value).startswith("elmira.yaml:")


def test_what_a_ranking_leaves_open_may_be_any_order() -> None:
    changed = text(ELMIRA).replace(
        "ranking: s7 > s3 > s4 > s8 > s5 > s1 > s2 > s6 > s9",
        "ranking: [s7 > s3 > s4 > s8 > s5 > s1 > s2 > s9, s2 > s6]\n      rest: any",
    )
    found = bargain(bargaining_file.read_text(changed))
    assert found.shares is not None and found.shares.n == 2 and found.shares.is_all


def test_a_contest_around_something_fixed_is_told() -> None:
    changed = SMALL.replace(
        '        - {say: build, id: fence, source: "a talk"}\n',
        '        - {say: permit, id: paper, source: "a talk"}\n        - {say: build, id: fence, source: "a talk"}\n',
    )
    with pytest.raises(
        InputError, match="not an order: 'peace' and 'fence' are contested, but 'paper' stands between"
    ):
        bargaining_file.read_text(changed)


def test_a_reading_nobody_defined() -> None:
    with pytest.raises(
        InputError, match=r"no reading is called 'congres_can_block'. Did you mean 'congress_can_block'"
    ):
        bargain(TURKIYE, orders=0, readings={"congres_can_block": True})
    with pytest.raises(InputError, match="expected name=true or name=false"):
        bargaining_file.parsed_readings(["congress_can_block"])


# ----------------------------------------------------------------------------------------------- what is seen ----


def spoken(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = cli.main(["bargain", *arguments])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_the_command_tells_it(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "130")
    code, out, _ = spoken(capsys, str(TURKIYE), "--orders", "50", "--sources")
    assert code == 0
    for words in (
        "112 combinations, 38 can be", "dormant + block", "No sequence of improvements leads out",
        "Russia*", "50 drawn of 169,869,312", "a share is no probability", "Preferences are assumptions",
        "https://tass.com/defense/1173405",
    ):  # fmt: skip
        assert words in out, words
    code, out, _ = spoken(capsys, str(TURKIYE), "--vary", "congress_can_block")
    assert code == 0 and "under 2 combinations of readings" in out


def test_the_command_gives_json(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = spoken(capsys, str(ELMIRA), "--json")
    data = json.loads(out)
    assert code == 0 and data["equilibria"]["R"] == ["s5", "s8", "s9"]
    assert data["states"][4]["path_of_improvements"] == [{"maker": "LG", "state": "s5"}]
    assert data["shares"]["is_exact"] and data["format"] == 1
    code, out, _ = spoken(
        capsys, str(TURKIYE), "--json", "--orders", "0", "--reading", "incirlik_is_possession=false"
    )
    data = json.loads(out)
    assert data["readings"]["incirlik_is_possession"] is False and data["shares"] is None
    assert "incirlik + lift + f35" in data["equilibria"]["R"]


def test_the_command_ends_with_two_for_wrong_input(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    code, out, err = spoken(capsys, str(tmp_path / "none.yaml"))
    assert code == 2 and not out and "there is no such file" in err
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(SMALL.replace("status-quo: not build and", "status-quo: build and"), encoding="utf-8")
    code, out, err = spoken(capsys, str(wrong), "--reading", "strict=true")
    assert (
        code == 2
        and not out
        and re.match(r".*wrong\.yaml:23:1 status-quo: the status quo is infeasible", err)
    )
    code, _, err = spoken(capsys, str(ELMIRA), "--order", "5")
    assert code == 2 and "expected 0 to 0" in err
