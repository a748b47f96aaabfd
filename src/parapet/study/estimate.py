"""The closed-form twin of a battle: who can be reached when, how many channels and rounds that takes, who leaks.

No battle is played and nothing is random. For each threat the straight path over a flat map gives the meetings a round
of mean speed could make inside reach, sector, horizon and radar range; the meetings give shots, shots give kill
probability; the raid as it comes is offered to the target channels and the magazine (`parapet.study.timetable`). It
answers in milliseconds and is there to be compared: where it and the battle differ, `ClosedForm.reasons` says why.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from parapet.errors import ScenarioError
from parapet.scenario.places import PlaceError, aim_asset, located, ready_at_s
from parapet.scenario.raid import Member, raid_members
from parapet.study.timetable import Battery, timetable
from parapet.study.windows import Window, path_of, round_of, window_of

if TYPE_CHECKING:
    from parapet.catalogue import Catalogue
    from parapet.catalogue.entries import System
    from parapet.scenario.schema import DefendingSystem, Scenario

Numbers = NDArray[np.float64]


def erlang_b(offered: float, n_channels: int) -> float:
    """Share of arrivals that find every channel busy, when blocked arrivals go away; 1 without channels.

    Parameters
    ----------
    offered : arrival rate x mean holding time, 0 and up.

    Source: Erlang 1917, by the usual recursion. Pinned by ``test_estimate.test_erlang_table``.
    """
    blocked = 1.0
    for k in range(1, n_channels + 1):
        blocked = offered * blocked / (k + offered * blocked)
    return blocked


def binomial_leakage(n_threats: float, p_kill_one: float, n_shots_each: float) -> float:
    """Expected leakers when each threat gets so many independent shots. Pinned by ``test_estimate.test_binomial``."""
    return float(n_threats * (1.0 - p_kill_one) ** n_shots_each)


def salvo_shots(p_kill_one: float, salvo: int, n_chances: int) -> tuple[float, float, float]:
    """Kill probability, mean rounds and mean salvos when each salvo waits for the last one's result.

    No chances give zeros. Perfect assessment. Pinned by ``test_estimate.test_shoot_look_shoot``.
    """
    missed = (1.0 - p_kill_one) ** salvo
    salvos = float(n_chances) if missed >= 1.0 else (1.0 - missed**n_chances) / (1.0 - missed)
    return 1.0 - missed**n_chances, salvo * salvos, salvos


@dataclass(frozen=True, slots=True)
class GroupEstimate:
    """What the closed form says of one group of the raid.

    Attributes
    ----------
    n, n_engageable
        Members, and those that a fire unit can meet at least once.
    p_kill_shot
        Single-shot kill probability, mean over the members that can be met.
    n_chances
        Salvos there is time for, one after the other, mean.
    expected_leakers
        Of the members that would reach their aim within the battle.
    expected_kills
        Of all members.
    """

    name: str
    threat: str
    n: int
    n_engageable: int
    p_kill_shot: float
    n_chances: float
    expected_leakers: float
    expected_kills: float


@dataclass(frozen=True, slots=True)
class SystemEstimate:
    """One defending system: its channels as a loss system, and its magazine.

    Attributes
    ----------
    n_channels
        Targets that can be engaged at once: by target channels, and by missile channels over the salvo.
    holding_s
        Mean time one threat keeps a channel: reaction, fly-outs and assessments.
    offered
        Channels the raid would keep busy on average, over its own length and patience, if there were enough (erlang).
    p_blocked
        Share of the threats that never get a channel while they can be met, were there rounds for all.
    p_blocked_steady
        The same by Erlang's formula, as if the raid came evenly and for ever, and nobody waited.
    rounds_wanted, rounds_fired, rounds_loaded
        Rounds the raid would take, those fired, and those there are without the reserve.
    """

    name: str
    n_engageable: int
    n_channels: int
    holding_s: float
    offered: float
    p_blocked: float
    p_blocked_steady: float
    rounds_wanted: float
    rounds_fired: float
    rounds_loaded: int

    @property
    def is_dry(self) -> bool:
        """Whether more rounds were wanted than could be fired."""
        return self.rounds_fired < 0.999 * self.rounds_wanted


@dataclass(frozen=True, slots=True)
class ClosedForm:
    """The analytic answer for a whole scenario.

    Attributes
    ----------
    expected_leakers
        Sum over the raid.
    p_no_leaker
        Probability that nothing leaks, if threats leaked independently.
    reasons
        Why the played battle may differ, in sentences, for this scenario.
    """

    n_threats: int
    expected_leakers: float
    p_no_leaker: float
    groups: tuple[GroupEstimate, ...]
    systems: tuple[SystemEstimate, ...]
    reasons: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Sight:
    """One defending system that shoots, and when it can meet each member of the raid."""

    defence: DefendingSystem
    entry: System
    load: dict[str, int]
    windows: list[Window | None]


@dataclass(frozen=True, slots=True)
class Raid:
    """The geometry of a scenario: who comes, when each is at its end (s), and who can meet it when."""

    members: list[Member]
    ends: list[float]
    sights: list[Sight]


def seen(scenario: Scenario, catalogue: Catalogue) -> Raid:
    """Paths and meetings; raises `ScenarioError` if a place cannot be found."""
    try:
        members = raid_members(scenario, catalogue)
        ends = [math.nan] * len(members)
        sights = []
        for defence in scenario.systems:
            if defence.doctrine.hold_fire or ready_at_s(defence, catalogue.systems[defence.system]) is None:
                continue
            sights.append(_sight(scenario, catalogue, defence, members, ends))
        for i, member in enumerate(members):
            if math.isnan(ends[i]) and member.aim is not None:  # nobody shoots
                site = (member.aim.lat_rad, member.aim.lon_rad)
                ends[i] = path_of(scenario, catalogue, member, site).end_s
    except PlaceError as error:
        raise ScenarioError(f"The closed form cannot place the raid: {error}") from None
    return Raid(members, ends, sights)


def _sight(
    scenario: Scenario,
    catalogue: Catalogue,
    defence: DefendingSystem,
    members: list[Member],
    ends: list[float],
) -> Sight:
    entry = catalogue.systems[defence.system]
    site = located(scenario, defence.place, None, (defence.name,))
    load = defence.loads or {key: round(figure.nominal) for key, figure in entry.fire_units.load.items()}
    factor = scenario.environment.effective_earth_radius_factor
    rounds = [(round_of(catalogue.interceptors[name]), n) for name, n in load.items()]
    windows: list[Window | None] = []
    for i, member in enumerate(members):
        path = path_of(scenario, catalogue, member, site)
        ends[i] = path.end_s
        windows.append(
            window_of(catalogue, defence, entry, rounds, catalogue.threats[member.threat], path, factor)
        )
    return Sight(defence, entry, load, windows)


def estimate(
    scenario: Scenario, catalogue: Catalogue, waste: float = 1.0, raid: Raid | None = None
) -> ClosedForm:
    """The closed-form estimate of a scenario; takes milliseconds per threat, plays nothing.

    Parameters
    ----------
    scenario, catalogue : as `parapet.scenario.check.load` gives them, overrides of the scenario applied.
    waste : engagements made for each one that is needed, 1 and up; put in what battles waste to see what it does.
    raid : what `seen` gave for this scenario, if it is at hand.

    A raid of nobody gives no leakers. Raises `ScenarioError` if a place cannot be found. Pinned by
    ``test_estimate.test_perfect_battles_are_the_binomial`` and its neighbours.
    """
    raid = raid or seen(scenario, catalogue)
    members = raid.members
    chances, kill = np.zeros(len(members)), np.zeros(len(members))
    survival = np.ones(len(members))
    is_met = np.zeros(len(members), dtype=bool)
    systems = []
    for sight in raid.sights:
        result, p_kill = _against(sight, survival, waste)
        systems.append(result)
        survival = survival * (1.0 - p_kill)
        for i, window in enumerate(sight.windows):
            if window is not None:
                is_met[i] = True
                chances[i] = max(chances[i], window.n_chances)
                kill[i] = max(kill[i], window.p_kill_shot)
    arrives = np.array(
        [m.aim is not None and end <= scenario.duration_s for m, end in zip(members, raid.ends, strict=True)]
    )
    leaks = survival * arrives if len(members) else survival
    groups = []
    for g, group in enumerate(scenario.raid):
        mine = np.array([member.group == g for member in members])
        met = mine & is_met
        groups.append(
            GroupEstimate(
                group.name, group.threat, int(mine.sum()), int(met.sum()),
                float(kill[met].mean()) if met.any() else 0.0,
                float(chances[met].mean()) if met.any() else 0.0,
                float(leaks[mine].sum()),
                float((1.0 - survival[mine]).sum()),
            )
        )  # fmt: skip
    return ClosedForm(
        n_threats=len(members),
        expected_leakers=float(leaks.sum()),
        p_no_leaker=float(np.prod(1.0 - leaks)),
        groups=tuple(groups),
        systems=tuple(systems),
        reasons=tuple(_reasons(scenario, catalogue, systems)),
    )


def _against(sight: Sight, survival: Numbers, waste: float) -> tuple[SystemEstimate, Numbers]:
    """One system against the raid that others left: what it did, and the share it kills of each member."""
    defence, entry, windows = sight.defence, sight.entry, sight.windows
    doctrine = defence.doctrine
    met = [i for i, window in enumerate(windows) if window is not None]
    holding, patience, first = (np.zeros(len(windows)) for _ in range(3))
    units: set[int] = set()
    for i in met:
        window = windows[i]
        assert window is not None
        n_chances = 1 if doctrine.mode == "salvo" else window.n_chances
        _, _, salvos = salvo_shots(window.p_kill_shot, doctrine.salvo, n_chances)
        holding[i] = entry.si("reaction_time") + salvos * (window.flyout_s + entry.si("kill_assessment_time"))
        patience[i] = window.last_launch_s - window.first_launch_s
        first[i] = window.first_launch_s
        units |= window.units
    per_unit = min(
        round(entry.si("fire_units.n_target_channels")),
        round(entry.si("fire_units.n_missile_channels")) // doctrine.salvo,
    )
    magazine = sum(max(n - doctrine.reserve, 0) for n in sight.load.values())
    n_channels, loaded = per_unit * len(units), magazine * len(units)
    n_left = float(survival[met].sum())
    if not met or n_left <= 0.0:
        nothing = SystemEstimate(defence.name, len(met), n_channels, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, loaded)
        return nothing, np.zeros(len(windows))
    weights = survival[met] / n_left
    held = float(weights @ holding[met])
    span = float(np.ptp(first[met])) + float(weights @ patience[met])
    offered = n_left * held / max(span, 1e-9)
    n_units = max(units) + 1
    battery = Battery(
        channels=[per_unit] * n_units, rounds=[float(magazine)] * n_units, reaction_s=entry.si("reaction_time"),
        # a channel that is free is given out at the next decision, and acquires until the one after
        assessment_s=entry.si("kill_assessment_time") + entry.si("decision_period"), salvo=doctrine.salvo, waste=waste,
        is_once=doctrine.mode == "salvo",
    )  # fmt: skip
    played = timetable(battery, windows, survival)
    endless = played
    if played.is_short:
        endless = timetable(replace(battery, rounds=[math.inf] * n_units), windows, survival)
    result = SystemEstimate(
        defence.name, len(met), n_channels, held, offered,
        p_blocked=max(0.0, 1.0 - float(endless.engaged[met].sum()) / n_left),
        p_blocked_steady=erlang_b(offered, n_channels), rounds_wanted=endless.rounds, rounds_fired=played.rounds,
        rounds_loaded=loaded,
    )  # fmt: skip
    p_kill = np.where(survival > 0.0, 1.0 - played.alive / np.maximum(survival, 1e-12), 0.0)
    return result, p_kill


def _reasons(scenario: Scenario, catalogue: Catalogue, systems: Iterable[SystemEstimate]) -> list[str]:
    """What is left out, for this scenario, with the direction where it is known."""
    found = []
    systems = list(systems)
    if any(system.is_dry for system in systems):
        found.append(
            "The magazine runs dry: every round that the battle spends twice on one threat is a leaker more there."
        )
    if any(system.p_blocked > 0.005 for system in systems):
        found.append(
            "Channels are full: here each is given out again at once, most urgent threat first; in the battle some are "
            "lost to tracks that are not acquired."
        )
    found += [
        "Rounds: in the battle some are spent on two tracks of one threat (most of all by two fire units at one time), "
        "on false tracks, on wrong assessments and on targets already dead; here none.",
        "Detection: a range by the fourth-power law and a smooth horizon, no fluctuation, no false tracks, no track "
        "quality; masking and jamming are in neither.",
        "Kill probability: the miss is guessed from angle noise and lag, not flown; rounds never lose their target.",
        "Threats leak independently here; in the battle they crowd each other out, which changes P(no leaker) most.",
    ]
    if any(round(catalogue.systems[d.system].fire_units.count.nominal) > 1 for d in scenario.systems):
        found.append(
            "Fire units of a system share out the raid evenly here; in the battle one may run dry before another."
        )
    names = {d.name for d in scenario.systems}
    if any(aim_asset(group) in names for group in scenario.raid):
        found.append(
            "The raid attacks the defence: a fire unit that is hit stops shooting in the battle, not here."
        )
    if len(systems) > 1:
        found.append("Systems shoot one after the other here, and share nothing.")
    kinds = {catalogue.threats[group.threat].kind for group in scenario.raid}
    if "ballistic_missile" in kinds:
        found.append(
            "Ballistic missiles fly a parabola without air over a flat earth, so the time to shoot is longer or "
            "shorter than in the battle; spent bodies are left out."
        )
    if any(group.behaviour.turn_away or group.behaviour.weave for group in scenario.raid):
        found.append("Behaviour: threats fly straight here; who turns away never leaks in the battle.")
    if any(d.doctrine.max_engagements_per_track > 1 for d in scenario.systems):
        found.append("One fire unit engages a track at a time here.")
    if any(catalogue.systems[d.system].si("launch_interval") > 0.0 for d in scenario.systems):
        found.append("Launchers fire without an interval and are not reloaded here.")
    return found
