"""Guidance against published closed forms (G1, G2) and against plane geometry."""

from __future__ import annotations

import math

import pytest

from parapet.physics import guidance as g


def planar_flight(
    navigation_constant: float,
    flight_time_s: float,
    lag_s: float = 0.0,
    target_mps2: float = 0.0,
    heading_error_rad: float = 0.0,
    speed_mps: float = 1000.0,
    steps: int = 4000,
) -> tuple[list[float], list[float], float]:
    """Linear planar engagement, flown: times, accelerations of the round and the miss. Fourth-order Runge-Kutta."""
    closing = 1500.0

    def slope(t: float, state: tuple[float, float, float]) -> tuple[float, float, float]:
        y, rate, flown = state
        to_go = max(flight_time_s - t, 1e-9)
        _, command, _ = g.proportional_navigation(closing * to_go, y, 0.0, -closing, rate, 0.0, navigation_constant)
        if lag_s == 0.0:
            return rate, target_mps2 - command, 0.0
        return rate, target_mps2 - flown, (command - flown) / lag_s

    # the 3-D law is exact in the plane as long as the deviation is small against the range
    dt = flight_time_s / steps
    state = (0.0, -speed_mps * heading_error_rad, 0.0)
    times, accelerations = [], []
    for i in range(steps):
        t = i * dt
        if lag_s == 0.0:
            to_go = flight_time_s - t
            command = g.proportional_navigation(
                closing * to_go, state[0], 0.0, -closing, state[1], 0.0, navigation_constant
            )[1]
            times.append(t)
            accelerations.append(command)
        if i == steps - 1 and lag_s == 0.0:
            break
        k1 = slope(t, state)
        k2 = slope(t + dt / 2, tuple(s + dt / 2 * k for s, k in zip(state, k1, strict=True)))  # type: ignore[arg-type]
        k3 = slope(t + dt / 2, tuple(s + dt / 2 * k for s, k in zip(state, k2, strict=True)))  # type: ignore[arg-type]
        end = t + dt if i < steps - 1 else t + dt * (1.0 - 1e-6)
        k4 = slope(end, tuple(s + dt * k for s, k in zip(state, k3, strict=True)))  # type: ignore[arg-type]
        state = tuple(
            s + dt / 6 * (a + 2 * b + 2 * c + d) for s, a, b, c, d in zip(state, k1, k2, k3, k4, strict=True)
        )  # type: ignore[assignment]
    return times, accelerations, state[0]


@pytest.mark.parametrize(("n", "at_impact"), [(3.0, 3.0), (4.0, 2.0), (5.0, 5.0 / 3.0)])
def test_step_manoeuvre_asks_for_the_published_acceleration(n: float, at_impact: float) -> None:
    """G1: 3, 2, 1.667 times the target's at intercept, and the flown engagement follows the form."""
    assert g.step_manoeuvre_acceleration_ratio(10.0, 10.0, n) == pytest.approx(at_impact, rel=1e-12)
    times, accelerations, _ = planar_flight(n, 10.0, target_mps2=0.01)
    for i in range(100, 3900, 200):
        expected = 0.01 * g.step_manoeuvre_acceleration_ratio(times[i], 10.0, n)
        assert accelerations[i] == pytest.approx(expected, rel=1e-2)


@pytest.mark.parametrize("n", [3.0, 4.0, 5.0])
def test_heading_error_asks_for_the_published_acceleration(n: float) -> None:
    """G1: -V HE N'/tF (1 - t/tF)^(N'-2); at the start 1000 m/s, 0.001 rad, N' 3, 10 s ask for -0.3 m/s2."""
    assert g.heading_error_acceleration_mps2(0.0, 10.0, 3.0, 1000.0, 0.001) == pytest.approx(-0.3)
    times, accelerations, _ = planar_flight(n, 10.0, heading_error_rad=1e-6)
    for i in range(0, 3600, 200):
        expected = g.heading_error_acceleration_mps2(times[i], 10.0, n, 1000.0, 1e-6)
        assert accelerations[i] == pytest.approx(expected, rel=1e-2)


@pytest.mark.parametrize("n", [3.0, 4.0, 5.0])
@pytest.mark.parametrize("x", [1.0, 2.5, 6.0])
def test_miss_with_one_lag(n: float, x: float) -> None:
    """G2: the flown miss of a round with one lag is the adjoint solution's."""
    _, _, miss = planar_flight(n, x * 0.5, lag_s=0.5, target_mps2=0.01, steps=4000)
    scale = 0.01 * (x * 0.5) ** 2
    assert miss == pytest.approx(g.step_manoeuvre_miss_m(x * 0.5, 0.5, n, 0.01), abs=1e-3 * scale * 0.5 * math.exp(-x))
    _, _, miss = planar_flight(n, x * 0.5, lag_s=0.5, heading_error_rad=1e-6, steps=4000)
    expected = g.heading_error_miss_m(x * 0.5, 0.5, n, 1000.0, 1e-6)
    assert miss == pytest.approx(expected, abs=1e-3 * 1e-3 * x * 0.5 * math.exp(-x))


def test_published_misses() -> None:
    """G2 by hand: N' 3, x 1, 1 m/s2 and 1 s give 0.5/e; heading error form vanishes at x = 2."""
    assert g.step_manoeuvre_miss_m(1.0, 1.0, 3.0, 1.0) == pytest.approx(0.18393972, rel=1e-7)
    assert g.step_manoeuvre_miss_m(3.0, 1.0, 4.0, 1.0) == pytest.approx(0.0, abs=1e-15)
    assert g.heading_error_miss_m(2.0, 1.0, 3.0, 1000.0, 0.1) == pytest.approx(0.0, abs=1e-12)
    assert math.isnan(g.step_manoeuvre_miss_m(1.0, 1.0, 3.5, 1.0))
    assert math.isnan(g.heading_error_miss_m(1.0, 1.0, 3.5, 1.0, 1.0))
    assert g.step_manoeuvre_acceleration_ratio(1.0, 2.0, 2.0) == math.inf


def test_navigation_does_not_depend_on_how_the_scene_lies() -> None:
    """Swapping axes swaps the command; a collision course asks for nothing; an opening range neither."""
    a = g.proportional_navigation(5000.0, 300.0, -200.0, -900.0, 20.0, 40.0, 4.0)
    b = g.proportional_navigation(300.0, -200.0, 5000.0, 20.0, 40.0, -900.0, 4.0)
    assert b == pytest.approx((a[1], a[2], a[0]), rel=1e-12)
    assert a[0] * 5000.0 + a[1] * 300.0 - a[2] * 200.0 == pytest.approx(0.0, abs=1e-6)
    assert g.proportional_navigation(1000.0, 0.0, 0.0, -10.0, 0.0, 0.0, 4.0) == (0.0, 0.0, 0.0)
    assert g.proportional_navigation(1000.0, 0.0, 0.0, 10.0, 5.0, 0.0, 4.0) == (0.0, 0.0, 0.0)
    assert g.augmented_navigation(1000.0, 0.0, 0.0, 10.0, 5.0, 0.0, 1.0, 1.0, 1.0, 4.0) == (0.0, 0.0, 0.0)


def test_augmented_navigation_leads_a_known_turn() -> None:
    """On a collision course the command is N'/2 of the target's acceleration across the sight line."""
    c = g.augmented_navigation(1000.0, 0.0, 0.0, -100.0, 0.0, 0.0, 7.0, 2.0, -3.0, 3.0)
    assert c == pytest.approx((0.0, 3.0, -4.5))


def test_time_to_go() -> None:
    assert g.time_to_go_s(1000.0, 50.0, 0.0, -100.0, 0.0, 0.0) == pytest.approx(10.0)
    assert g.time_to_go_s(1000.0, 50.0, 0.0, 100.0, 0.0, 0.0) == math.inf
    assert g.time_to_go_s(1000.0, 50.0, 0.0, 0.0, 0.0, 0.0) == math.inf


@pytest.mark.parametrize(("ground", "rise"), [(1e3, 0.0), (50e3, 10e3), (80e3, -3e3), (2e3, 20e3)])
def test_arc_passes_through_the_point(ground: float, rise: float) -> None:
    """The parabola thrown at that elevation goes through the point."""
    elevation = g.arc_elevation_rad(ground, rise, 1500.0, 9.8)
    time = ground / (1500.0 * math.cos(elevation))
    if elevation < g.STEEPEST_CLIMB_RAD:
        assert 1500.0 * math.sin(elevation) * time - 4.9 * time * time == pytest.approx(rise, abs=1e-6 * ground)
    else:
        assert elevation == pytest.approx(math.atan2(rise, ground))


def test_arc_out_of_reach_aims_half_way_to_the_zenith() -> None:
    assert g.arc_elevation_rad(1e6, 0.0, 1000.0, 9.8) == pytest.approx(math.pi / 4)


def test_direction_command_turns_toward() -> None:
    """A right angle and gain 2 give pi m/s2 toward the wanted direction; none when it is already there."""
    assert g.direction_command(1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 2.0) == pytest.approx((0.0, math.pi, 0.0))
    assert g.direction_command(1.0, 0.0, 0.0, 1.0, 0.0, 0.0, 2.0) == (0.0, 0.0, 0.0)


def test_midcourse_has_an_answer_at_the_edges() -> None:
    """Standing still, or at the point: no command rather than a NaN."""
    args = (2000.0, 1.2, 0.7, 4.0, False, 100.0)
    assert g.midcourse_command(1e4, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, -9.8, *args) == (0.0, 0.0, 0.0)
    assert g.midcourse_command(0.0, 0.0, 0.0, 100.0, 0.0, 0.0, 0.0, 0.0, -9.8, *args) == (0.0, 0.0, 0.0)


def test_low_round_is_bent_up_away_from_the_point() -> None:
    """Twenty metres below the floor, flying level: the command points up."""
    c = g.midcourse_command(2e4, 0.0, 0.0, 800.0, 0.0, 0.0, 0.0, 0.0, -9.8, 3000.0, 1.0, 0.7, 4.0, False, -20.0)
    free = g.midcourse_command(2e4, 0.0, 0.0, 800.0, 0.0, 0.0, 0.0, 0.0, -9.8, 3000.0, 1.0, 0.7, 4.0, False, 20.0)
    assert c[2] >= free[2]
