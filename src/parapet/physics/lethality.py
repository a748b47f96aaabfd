"""What a hit does, and the closed forms that battles with perfect parts must reproduce."""

from __future__ import annotations

import math

from parapet._jit import kernel

_LN2 = math.log(2.0)
CEP_PER_SIGMA = math.sqrt(2.0 * _LN2)
"""Circular error probable of a circular normal with unit sigma, 1.1774."""


@kernel
def p_kill(miss_m: float, lethal_radius_m: float) -> float:
    """Probability that a warhead bursting at ``miss_m`` kills: 1 for a hit, one half at the lethal radius.

    Parameters
    ----------
    miss_m : distance of closest approach, 0 and up. lethal_radius_m : 0 or less never kills beyond contact.

    exp(-ln 2 (miss / radius)^2): a Carleton damage function. Source: Przemieniecki, Mathematical Methods in
    Defense Analyses. Pinned by ``test_lethality.test_kill_by_miss``.
    """
    if lethal_radius_m <= 0.0:
        return 1.0 if miss_m <= 0.0 else 0.0
    ratio = miss_m / lethal_radius_m
    return math.exp(-_LN2 * ratio * ratio)


@kernel
def sigma_from_cep_m(cep_m: float) -> float:
    """Standard deviation per axis of an aim error with a given circular error probable.

    Pinned by ``test_lethality.test_circular_error``.
    """
    return cep_m / CEP_PER_SIGMA


@kernel
def p_within(radius_m: float, cep_m: float) -> float:
    """Probability that an impact falls within a radius of its aim point.

    A circular error of 0 gives 1 inside any radius of 0 and up. Source: Rayleigh distribution. Pinned by
    ``test_lethality.test_circular_error``.
    """
    if radius_m < 0.0:
        return 0.0
    if cep_m <= 0.0:
        return 1.0
    ratio = radius_m / cep_m
    return 1.0 - math.exp(-_LN2 * ratio * ratio)


@kernel
def p_destroyed(p_destroy: float, miss_m: float, asset_radius_m: float, effect_radius_m: float) -> float:
    """Probability that one leaker destroys an asset it lands near.

    Parameters
    ----------
    p_destroy : chance when it lands on the asset, 0 to 1 (by hardness, from the catalogue).
    miss_m : impact to centre of the asset. asset_radius_m : inside it the chance is full.
    effect_radius_m : distance beyond the edge at which the chance has halved; 0 or less: nothing beyond the
        edge.

    Pinned by ``test_lethality.test_damage``.
    """
    return p_destroy * p_kill(max(miss_m - asset_radius_m, 0.0), effect_radius_m)


@kernel
def value_left(value: float, p_each: float, n_hits: int) -> float:
    """Expected value of an asset after ``n_hits`` independent hits. Pinned by ``test_damage``."""
    for _ in range(n_hits):
        value *= 1.0 - p_each
    return value


@kernel
def p_no_leaker(n_threats: int, n_shots_each: int, p_kill_one: float) -> float:
    """Probability that none of ``n_threats`` survives ``n_shots_each`` independent shots.

    No threats give 1. Source: binomial. Pinned by ``test_lethality.test_no_leaker`` (S1).
    """
    missed = 1.0
    for _ in range(n_shots_each):
        missed *= 1.0 - p_kill_one
    total = 1.0
    for _ in range(n_threats):
        total *= 1.0 - missed
    return total


@kernel
def shoot_look_shoot(p_kill_one: float, n_chances: int) -> tuple[float, float]:
    """Probability of a kill, and mean shots spent, when each shot waits for the last one's result.

    No chances give (0, 0). Perfect assessment. Pinned by ``test_lethality.test_shoot_look_shoot`` (S3).
    """
    alive = 1.0
    shots = 0.0
    for _ in range(n_chances):
        shots += alive
        alive *= 1.0 - p_kill_one
    return 1.0 - alive, shots


@kernel
def erlang_b(offered: float, n_channels: int) -> float:
    """Share of arrivals that find every channel busy, when blocked arrivals go away.

    Parameters
    ----------
    offered : arrival rate x mean holding time, 0 and up. n_channels : 0 gives 1.

    Holds for any distribution of the holding time. Source: Erlang 1917. Pinned by
    ``test_lethality.test_erlang_b`` (S4).
    """
    blocked = 1.0
    for k in range(1, n_channels + 1):
        blocked = offered * blocked / (k + offered * blocked)
    return blocked
