"""A round in flight and in the end game: rocket equation, coasting, limits, noises, miss distance."""

from __future__ import annotations

import math

import numpy as np
import pytest

from parapet.physics import interceptor as ic
from parapet.physics.earth import SEMI_MAJOR_M, rotating_acceleration

G = 9.80665
ALTITUDE_M = 10e3
HIGH_M = 400e3  # no air to speak of


def row(**changes: float) -> np.ndarray:
    """A notional round of 1,800 kg, written here by hand."""
    values = np.zeros(ic.N_COLUMNS)
    figures = {
        "LAUNCH_MASS": 1800.0, "EJECT_SPEED": 25.0, "EJECT_TIME": 1.0, "BOOST_PROPELLANT_MASS": 1000.0,
        "BOOST_TIME": 12.0, "BOOST_EXHAUST_SPEED": 2500.0, "REFERENCE_AREA": 0.21, "CD_SUBSONIC": 0.2,
        "CD_TRANSONIC": 0.4, "CD_SUPERSONIC": 0.25, "CD_HYPERSONIC": 0.17, "INDUCED_DRAG_FACTOR": 0.06,
        "LIFT_COEFFICIENT_MAX": 8.0, "LOAD_FACTOR_MAX": 25.0, "CONTROL_LAG": 0.3, "NAVIGATION_CONSTANT": 4.0,
        "MAX_FLIGHT_TIME": 250.0, "PLAN_SPEED": 1900.0, "LOFT_FACTOR": 8.0, "CLIMB_MAX": 0.6,
    }  # fmt: skip
    for name, value in {**figures, **changes}.items():
        values[getattr(ic, f"COL_{name}")] = value
    values.setflags(write=False)
    return values


def test_rocket_equation() -> None:
    """In vacuum the burn adds exhaust speed times ln(mass ratio), less gravity; the same for any step."""
    params = row(CD_SUBSONIC=0.0, CD_TRANSONIC=0.0, CD_SUPERSONIC=0.0, CD_HYPERSONIC=0.0)
    for dt in (0.25, 0.07):
        x, y, z = SEMI_MAJOR_M + HIGH_M, 0.0, 0.0
        vx, vy, vz = 25.0, 0.0, 0.0
        t = 0.0
        while t < 13.0 - 1e-9:
            step = min(dt, 13.0 - t)
            x, y, z, vx, vy, vz, *_ = ic.round_step(x, y, z, vx, vy, vz, 0.0, 0.0, 0.0, t, 0.0, 0.0, 0.0, step, params)
            t += step
        g_top = rotating_acceleration(SEMI_MAJOR_M + HIGH_M + 5e3, 0.0, 0.0, 900.0, 0.0, 0.0)[0]
        assert vx == pytest.approx(25.0 + 2500.0 * math.log(1800.0 / 800.0) + 13.0 * g_top, rel=3e-3)


def test_mass_and_impulse() -> None:
    """Half the boost is half the propellant; the impulse over any cutting is exhaust speed times propellant."""
    params = row(SUSTAIN_PROPELLANT_MASS=120.0, SUSTAIN_TIME=20.0, SUSTAIN_EXHAUST_SPEED=2400.0)
    assert ic.mass_kg(0.5, params) == 1800.0
    assert ic.mass_kg(7.0, params) == pytest.approx(1300.0)
    assert ic.mass_kg(23.0, params) == pytest.approx(740.0)
    assert ic.mass_kg(60.0, params) == pytest.approx(680.0)
    for dt in (0.25, 0.4, 1.7):
        impulse = sum(ic.mean_thrust_n(i * dt, dt, params) * dt for i in range(int(40.0 / dt) + 1))
        assert impulse == pytest.approx(2500.0 * 1000.0 + 2400.0 * 120.0, rel=1e-9)
    assert ic.is_powered(32.9, params) and not ic.is_powered(33.1, params)
    assert ic.mean_thrust_n(5.0, 0.0, params) == 0.0


def test_drag_curve_passes_its_points() -> None:
    params = row()
    expected = {0.3: 0.2, 0.8: 0.2, 0.95: 0.3, 1.1: 0.4, 2.5: 0.25, 3.75: 0.21, 5.0: 0.17, 9.0: 0.17}
    for mach, value in expected.items():
        assert ic.zero_lift_drag_coefficient(mach, params) == pytest.approx(value)


def test_lift_is_limited_by_air_and_by_structure() -> None:
    """Low: 25 g of structure. At 20 km, 0.0889 kg/m3, 800 m/s, 800 kg: q S CLmax / m = 59.7 m/s2 = 6.1 g."""
    params = row()
    low = ic.available_load_factor(SEMI_MAJOR_M + 1e3, 0.0, 0.0, 0.0, 1500.0, 0.0, 60.0, params)
    assert low == pytest.approx(25.0)
    high = ic.available_load_factor(SEMI_MAJOR_M + 20e3, 0.0, 0.0, 0.0, 800.0, 0.0, 60.0, params)
    assert high == pytest.approx(0.5 * 0.08891 * 800.0**2 * 0.21 * 8.0 / 800.0 / G, rel=5e-3)
    burning = ic.available_load_factor(SEMI_MAJOR_M + HIGH_M, 0.0, 0.0, 0.0, 800.0, 0.0, 7.0, params)
    assert burning == pytest.approx(0.42 * 2500.0 * 1000.0 / 12.0 / 1300.0 / G, rel=1e-2)


def test_autopilot_lags_and_never_exceeds_the_limit() -> None:
    """After one time constant 63 % of the command is flown; a wild command gives the limit."""
    params = row()
    state = (SEMI_MAJOR_M + 5e3, 0.0, 0.0, 0.0, 1000.0, 0.0, 0.0, 0.0, 0.0)
    for i in range(6):
        out = ic.round_step(*state, 60.0 + i * 0.05, 0.0, 0.0, 50.0, 0.05, params)
        state = out[:9]
    assert state[8] == pytest.approx(50.0 * (1.0 - math.exp(-1.0)), rel=1e-2)
    for i in range(100):
        out = ic.round_step(*state, 61.0 + i * 0.05, 0.0, 0.0, 5000.0, 0.05, params)
        state = out[:9]
        assert math.sqrt(sum(a * a for a in state[6:9])) <= out[9] * G * (1.0 + 1e-9)


def test_turning_costs_speed() -> None:
    params = row()
    speeds = []
    for command in (0.0, 100.0, 200.0):
        state = (SEMI_MAJOR_M + 5e3, 0.0, 0.0, 0.0, 1000.0, 0.0, 0.0, 0.0, 0.0)
        for i in range(16):
            state = ic.round_step(*state, 60.0 + i * 0.25, 0.0, 0.0, command, 0.25, params)[:9]
        speeds.append(math.sqrt(sum(v * v for v in state[3:6])))
    assert speeds[0] > speeds[1] > speeds[2]


def test_nothing_steers_before_ignition() -> None:
    """Cold launch: for the first second the round only rises, whatever is commanded."""
    params = row()
    out = ic.round_step(
        SEMI_MAJOR_M, 0.0, 0.0, 25.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 200.0, 0.0, 0.25, params
    )
    assert abs(out[4]) < 0.3
    assert out[3] == pytest.approx(25.0 - 0.25 * 9.78, abs=0.05)


def test_closest_approach() -> None:
    """Passing 30 m aside, half way through the step; still closing; already opening."""
    assert ic.closest_approach(100.0, 30.0, 0.0, -1000.0, 0.0, 0.0, 0.2) == pytest.approx((30.0, 0.1, 1))
    miss, when, inside = ic.closest_approach(400.0, 30.0, 0.0, -1000.0, 0.0, 0.0, 0.2)
    assert (miss, when, inside) == pytest.approx((math.hypot(200.0, 30.0), 0.2, 0))
    assert ic.closest_approach(3.0, 4.0, 0.0, 10.0, 0.0, 0.0, 0.2) == pytest.approx((5.0, 0.0, 1))


def test_noises() -> None:
    """TVM: 1/(R1 R2) in strong-noise limits; active: 1/R^2; command: proportional to radar range."""
    far = ic.los_sigma_tvm_rad(0.008, 250e3, 100e3, 1.0)
    assert far / ic.los_sigma_tvm_rad(0.008, 250e3, 50e3, 1.0) == pytest.approx(2.0, rel=1e-2)
    assert far / ic.los_sigma_tvm_rad(0.008, 250e3, 100e3, 4.0) == pytest.approx(2.0, rel=1e-2)
    assert ic.los_sigma_tvm_rad(0.008, 250e3, 25e3, 1.0) == pytest.approx(0.008, rel=1e-2)
    assert ic.los_sigma_tvm_rad(0.008, 250e3, 1.0, 1.0) == pytest.approx(0.0008, rel=1e-3)
    assert ic.los_sigma_active_rad(0.003, 15e3, 15e3, 1.0) == pytest.approx(0.003, rel=1e-2)
    ratio = ic.los_sigma_active_rad(0.003, 60e3, 15e3, 1.0) / ic.los_sigma_active_rad(0.003, 30e3, 15e3, 1.0)
    assert ratio == pytest.approx(4.0, rel=1e-2)
    assert ic.command_sigma_m(1e-3, 200e3, 0.0) == pytest.approx(200.0)
    assert ic.command_sigma_m(1e-3, 0.0, 15.0) == pytest.approx(15.0)
    assert ic.seeker_lock_range_m(15e3, 16.0) == pytest.approx(30e3)


def test_homing_filter_follows_without_lag() -> None:
    """Fed a straight line without noise from a wrong start, the estimate converges to line and slope."""
    r = (0.0, 0.0, 0.0)
    w = (0.0, 0.0, 0.0)
    for i in range(200):
        r = tuple(a + 0.05 * b for a, b in zip(r, w, strict=True))  # type: ignore[assignment]
        t = (i + 1) * 0.05
        out = ic.homing_filter(*r, *w, 10.0 + 3.0 * t, -2.0 * t, 5.0, 0.05, 0.25)
        r, w = out[:3], out[3:]
    assert r == pytest.approx((40.0, -20.0, 5.0), abs=1e-6)
    assert w == pytest.approx((3.0, -2.0, 0.0), abs=1e-6)


def homing_miss_m(
    kind: str, radar_target_m: float, seed: int, substeps: int = 2, lateral_mps2: float = 0.0
) -> float:
    """One end game of eight seconds, head on at 10 km, started 60 m off: miss in metres."""
    rng = np.random.default_rng(seed)
    params = row()
    sample = ic.HOMING_SAMPLE_S
    dt = sample / substeps
    time_s = 60.0
    state = (SEMI_MAJOR_M + ALTITUDE_M, 0.0, 0.0, 0.0, 1200.0, 0.0, 0.0, 0.0, 0.0)
    target = [SEMI_MAJOR_M + ALTITUDE_M + 30.0, 8.0 * 1450.0, 60.0]
    speed = [0.0, -250.0, 0.0]
    er, ew = [t - s for t, s in zip(target, state, strict=False)], [0.0, -1450.0, 0.0]
    filter_s = 0.25 if kind == "tvm" else 0.8
    for _ in range(400):
        true = [t - s for t, s in zip(target, state, strict=False)]
        away = math.sqrt(sum(a * a for a in true))
        if kind == "tvm":
            sigma = ic.los_sigma_tvm_rad(0.008, radar_target_m, away, 1.0) * away
        elif kind == "command":
            sigma = ic.command_sigma_m(4e-4, radar_target_m, 0.0)
        else:
            sigma = 0.0
        noise = sigma * rng.standard_normal(2)
        out = ic.homing_filter(*er, *ew, true[0] + noise[0], true[1], true[2] + noise[1], sample, filter_s)
        er, ew = list(out[:3]), list(out[3:])
        for _ in range(substeps):
            command = ic.steer_homing(*state[:6], *er, *ew, 0.0, 0.0, 0.0, params)
            after = ic.round_step(*state, time_s, *command, dt, params)[:9]
            velocity = [(after[i] - state[i]) / dt for i in range(3)]
            relative = [target[i] - state[i] for i in range(3)]
            closing = [speed[i] - velocity[i] for i in range(3)]
            miss, _, inside = ic.closest_approach(*relative, *closing, dt)
            if inside:
                return float(miss)
            for i in range(3):
                own = (after[3 + i] - state[3 + i]) / dt
                er[i] += dt * ew[i] - 0.5 * dt * dt * own
                ew[i] -= dt * own
                target[i] += dt * speed[i]
            speed[2] += dt * lateral_mps2
            state = after
            time_s += dt
    return math.inf


def mean_miss(kind: str, radar_target_m: float, n: int = 60, substeps: int = 2, lateral_mps2: float = 0.0) -> float:
    return float(np.mean([homing_miss_m(kind, radar_target_m, s, substeps, lateral_mps2) for s in range(n)]))


def test_homing_without_noise_hits() -> None:
    assert homing_miss_m("none", 0.0, 0) < 1.0


def test_tvm_miss_hardly_depends_on_range() -> None:
    """At 50, 150 and 250 km from the radar the mean miss varies by less than a factor 3."""
    misses = [mean_miss("tvm", r) for r in (50e3, 150e3, 250e3)]
    assert max(misses) < 3.0 * min(misses)
    assert max(misses) < 20.0


def test_command_miss_grows_with_range() -> None:
    """Guided by the ground radar alone the miss grows in proportion: five times the range, some five times the miss."""
    near, middle, far = (mean_miss("command", r) for r in (50e3, 150e3, 250e3))
    assert middle / near == pytest.approx(3.0, rel=0.35)
    assert far / near == pytest.approx(5.0, rel=0.35)


def test_halving_the_homing_step_hardly_moves_the_miss() -> None:
    """The same noise, the step of the end game halved: the mean miss moves by less than 5 %."""
    for kind, distance in (("tvm", 150e3), ("command", 100e3)):
        coarse = mean_miss(kind, distance, substeps=2, lateral_mps2=30.0)
        fine = mean_miss(kind, distance, substeps=4, lateral_mps2=30.0)
        assert fine == pytest.approx(coarse, rel=0.05)
