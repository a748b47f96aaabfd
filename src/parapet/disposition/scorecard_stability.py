"""Stability in the words of the scorecard: a cell, its states, the days side by side, the script's data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from parapet.disposition.scorecard import Scorecard
from parapet.disposition.scorecard_bargain import DayLaw, Outcome, Standing
from parapet.disposition.scorecard_words import losers, values_of, whole_percent


def stability_words(outcomes: Sequence[Outcome]) -> dict[str, str]:
    """Reached, lasting and who loses, over what the open readings allow."""
    if not outcomes:
        return {"reached": "-", "lasting": "-", "losers": ""}
    is_start = all(one.is_status_quo for one in outcomes)
    return {
        "reached": ("stays " if is_start else "reached ") + whole_percent(values_of(outcomes, "reached")),
        "lasting": "lasts " + whole_percent(values_of(outcomes, "lasting")),
        "losers": losers(outcomes),
    }


def state_rows(outcomes: Sequence[Outcome]) -> list[dict[str, str]]:
    """Every state over some outcomes: shares, joint moves, and in how many of the outcomes it can be."""
    by_label: dict[str, list[Standing]] = {}
    for one in outcomes:
        for state in one.states:
            by_label.setdefault(state.label, []).append(state)
    return [
        {
            "label": label,
            "stable": whole_percent(one.stable.value for one in found),
            "nash": whole_percent(one.nash.value for one in found),
            "reached": whole_percent(one.reached.value for one in found),
            "gains": _makers(one.gains for one in found),
            "loses": _makers(one.loses for one in found),
            "n": f"{len(found)} of {len(outcomes)}",
        }
        for label, found in by_label.items()
    ]


def day_rows(card: Scorecard, option: str) -> list[dict[str, str]]:
    """Reached, lasting and who loses on every day of the switchboard, under the chosen readings."""
    return [stability_words(card.outcomes(option, dated)) for dated in card.dates]


def _makers(groups: Iterable[tuple[str, ...]]) -> str:
    return " / ".join(dict.fromkeys(", ".join(one) or "-" for one in groups))


def stability_data(card: Scorecard) -> dict[str, Any] | None:
    """The solutions for the script: states, outcomes and what the law of a day leaves kept once, by number."""
    found = card.stability
    if found is None:
        return None
    states: dict[Any, int] = {}
    outcomes: dict[Any, int] = {}
    solutions = []
    for solution in found.solutions:
        row = []
        for option in card.titles:
            one = solution.outcomes[option]
            numbers = []
            for state in one.states:
                key = (
                    state.label, state.nash.value, state.stable.value, state.reached.value,
                    ", ".join(state.gains) or "-", ", ".join(state.loses) or "-",
                )  # fmt: skip
                numbers.append(states.setdefault(key, len(states)))
            value = (
                one.is_status_quo, values_of([one], "reached")[0], values_of([one], "lasting")[0],
                None if one.package is None else ", ".join(one.package.loses), tuple(numbers),
            )  # fmt: skip
            row.append(outcomes.setdefault(value, len(outcomes)))
        solutions.append(row)
    laws: dict[DayLaw, int] = {}
    days = [laws.setdefault(found.laws[dated.day], len(laws)) for dated in card.dates]
    return {
        "assumptions": dict(found.assumptions), "days": days,
        "laws": [{"readings": list(law.readings), "index": list(law.index)} for law in laws],
        "states": [list(key) for key in states], "outcomes": [[*key[:4], list(key[4])] for key in outcomes],
        "solutions": solutions,
    }  # fmt: skip
