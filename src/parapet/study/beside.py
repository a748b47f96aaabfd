"""The closed form next to what battles said: whether they agree, and if not, by how much and why."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from parapet.study.estimate import estimate, seen
from parapet.study.statistics import Estimate

if TYPE_CHECKING:
    from parapet.catalogue import Catalogue
    from parapet.scenario.schema import Scenario


@dataclass(frozen=True, slots=True)
class Beside:
    """The closed form of one scenario next to what battles of it said.

    Attributes
    ----------
    leakers
        Of the closed form.
    simulated
        Mean leakers of the battles, with its interval.
    rounds_per_kill, battle_rounds_per_kill
        Rounds fired for each threat shot down; None where nobody was.
    leakers_with_rounds
        What the closed form says when as many rounds go into a kill as in the battles; None where they took no more.
    reasons
        Why battles may differ; empty where they agree.
    """

    leakers: float
    simulated: Estimate
    rounds_per_kill: float | None
    battle_rounds_per_kill: float | None
    leakers_with_rounds: float | None
    reasons: tuple[str, ...]

    @property
    def agrees(self) -> bool:
        """Whether the closed form lies inside the interval, or within half a leaker and a tenth of the mean."""
        gap = abs(self.leakers - self.simulated.value)
        is_inside = self.simulated.low <= self.leakers <= self.simulated.high
        return is_inside or gap <= 0.5 + 0.1 * abs(self.simulated.value)

    def lines(self) -> list[str]:
        """In words."""
        head = (
            f"Closed form: {self.leakers:.3g} leakers. Simulated: {self.simulated}, {self.simulated.n} runs."
        )
        if self.agrees:
            return [head, "They agree."]
        gap = self.leakers - self.simulated.value
        lines = [head, f"The closed form lies {'above' if gap > 0.0 else 'below'} by {abs(gap):.3g}."]
        if self.leakers_with_rounds is not None:
            lines.append(
                f"Rounds: {self.battle_rounds_per_kill:.2f} for each kill in the battles, {self.rounds_per_kill:.2f} "
                f"here. With as many it would say {self.leakers_with_rounds:.3g}."
            )
        return [*lines, "It leaves out:", *(f"- {reason}" for reason in self.reasons)]

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "leakers": self.leakers, "agrees": self.agrees, "rounds_per_kill": self.rounds_per_kill,
            "battle_rounds_per_kill": self.battle_rounds_per_kill, "leakers_with_rounds": self.leakers_with_rounds,
            "reasons": list(self.reasons),
        }  # fmt: skip


def beside(
    scenario: Scenario, catalogue: Catalogue, simulated: Estimate, rounds: float = 0.0, killed: float = 0.0
) -> Beside:
    """The closed form next to battles: mean leakers, and mean rounds fired and threats killed if they are known.

    Where the two differ, the closed form is made once more with the battles' rounds for each kill: how much of the gap
    is rounds spent twice on one threat is then a number and not a guess.
    """
    raid = seen(scenario, catalogue)
    closed = estimate(scenario, catalogue, raid=raid)
    fired = sum(system.rounds_fired for system in closed.systems)
    kills = sum(group.expected_kills for group in closed.groups)
    mine = fired / kills if kills > 0.0 else None
    theirs = rounds / killed if killed > 0.0 else None
    found = Beside(closed.expected_leakers, simulated, mine, theirs, None, ())
    if found.agrees or not closed.n_threats:
        return found
    again = None
    if mine is not None and theirs is not None and theirs > 1.01 * mine:
        again = estimate(scenario, catalogue, theirs / mine, raid).expected_leakers
    return replace(found, leakers_with_rounds=again, reasons=closed.reasons)
