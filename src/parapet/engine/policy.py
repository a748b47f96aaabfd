"""Policies of command: what one more engagement is worth. A user's own is one small function.

A policy is a function of six numbers of one (track, fire unit, interceptor) and returns a gain; the greatest gain gets the next
free fire channel, a gain of 0 or less (or NaN) gets none. It is passed to the engine as an address, so that another policy
needs no new compilation of the engine::

    def urgent(value, p_survive, p_kill, time_to_go_s, flight_s, distance_m):
        return p_kill / (1.0 + time_to_go_s)

    parapet.run("examples/ankara.yaml", policy=urgent)

The numbers come from tracks and fly-out tables; no policy sees the truth.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from parapet._jit import address_of
from parapet.errors import RunError

ARGUMENTS = ("value", "p_survive", "p_kill", "time_to_go_s", "flight_s", "distance_m")
"""Value at stake; share of the target expected to survive what is assigned already; planned kill probability of one
round; seconds until the target does its damage; seconds from now to the meeting; slant range of the meeting, m."""


def marginal(
    value: float, p_survive: float, p_kill: float, time_to_go_s: float, flight_s: float, distance_m: float
) -> float:
    """Expected value saved by one more engagement, up to doubled as the time for a second one runs out."""
    urgency = 1.0 + 30.0 / (30.0 + max(time_to_go_s - flight_s, 0.0))
    return value * p_survive * p_kill * urgency


def nearest(
    value: float, p_survive: float, p_kill: float, time_to_go_s: float, flight_s: float, distance_m: float
) -> float:
    """The closest meeting first, whatever it threatens."""
    return 1e6 / (1.0 + distance_m)


MARGINAL = address_of(marginal, len(ARGUMENTS))
NEAREST = address_of(nearest, len(ARGUMENTS))


def policies(own: Callable[..., float] | None = None) -> tuple[Any, ...]:
    """The functions behind ``codes.POLICY_*``, in their order; ``own`` is the user's, if there is one.

    Raises
    ------
    RunError
        If ``own`` does not take the six numbers of `ARGUMENTS`, or does not compile.
    """
    user = MARGINAL if own is None else compiled(own)
    return (MARGINAL, MARGINAL, NEAREST, user)


def compiled(own: Callable[..., float]) -> Any:
    """A user's Python function as a policy, see the module."""
    name = getattr(own, "__name__", repr(own))
    n = len(inspect.signature(own).parameters)
    if n != len(ARGUMENTS):
        raise RunError(
            f"policy {name}: takes {n} arguments; it would take {len(ARGUMENTS)}: {', '.join(ARGUMENTS)}."
        )
    try:
        return address_of(own, len(ARGUMENTS), is_cached=False)
    except Exception as error:  # whatever the compiler says about a user's function
        raise RunError(
            f"policy {name}: does not compile to a function of {len(ARGUMENTS)} floats that returns a float. Plain "
            f"arithmetic and the math module would. The compiler says: {str(error).strip().splitlines()[-1]}"
        ) from error
