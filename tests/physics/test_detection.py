"""Detection against published ratios, SciPy's distributions, and its own inverses."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from scipy import integrate, stats

from parapet.physics import detection as det

R4 = [
    (0.5, 11.2426, 12.7719, 11.9537),
    (0.8, 12.5654, 17.8471, 15.3052),
    (0.9, 13.1835, 21.1436, 17.2960),
    (0.95, 13.6624, 24.2869, 19.0985),
]


def test_decibels() -> None:
    assert det.ratio_from_db(3.0) == pytest.approx(10**0.3, rel=1e-14)
    assert det.db_from_ratio(200.0) == pytest.approx(10 * math.log10(200.0), rel=1e-14)
    assert det.db_from_ratio(0.0) == pytest.approx(-300.0)


def test_square_law_steady_echo() -> None:
    """R3."""
    assert det.db_from_ratio(det.required_snr(0.9, 1e-6, 0, 1)) == pytest.approx(13.183490056794499, abs=1e-6)


@pytest.mark.parametrize("row", R4)
def test_required_snr(row: tuple[float, float, float, float]) -> None:
    """R4, both ways."""
    for swerling, level_db in zip((0, 1, 3), row[1:], strict=True):
        assert det.db_from_ratio(det.required_snr(row[0], 1e-6, swerling, 1)) == pytest.approx(
            level_db, abs=1e-4
        )
        assert det.p_detection(det.ratio_from_db(level_db), 1e-6, swerling) == pytest.approx(row[0], abs=1e-4)


def test_albersheim() -> None:
    """R5."""
    assert det.albersheim_db(0.9, 1e-6, 1) == pytest.approx(13.11454, abs=1e-4)
    assert det.albersheim_db(0.5, 1e-6, 1) == pytest.approx(11.23198, abs=1e-4)
    assert det.albersheim_db(0.8, 1e-4, 1) == pytest.approx(10.96525, abs=1e-4)
    for n in (1, 10, 100):
        exact_db = det.db_from_ratio(det.required_snr(0.9, 1e-6, 0, n))
        assert det.albersheim_db(0.9, 1e-6, n) == pytest.approx(exact_db, abs=0.3)


def test_threshold_gives_the_false_alarm_rate() -> None:
    for n in (1, 2, 10, 300, 2000):
        for p in (1e-2, 1e-6, 1e-10):
            threshold = det.threshold_level(p, n)
            assert stats.gamma.sf(threshold, n) == pytest.approx(p, rel=1e-6)
            assert det.p_noise_above(threshold, n) == pytest.approx(p, rel=1e-6)
    assert det.p_noise_above(0.0, 3) == 1.0


@pytest.mark.parametrize("n", [1, 3, 20, 400, 1500])
@pytest.mark.parametrize("level_db", [-12.0, -3.0, 3.0, 12.0, 25.0])
def test_steady_echo_is_non_central_chi_square(n: int, level_db: float) -> None:
    threshold, snr = det.threshold_level(1e-6, n), det.ratio_from_db(level_db)
    assert det.p_detection_pulses(snr, threshold, 0, n) == pytest.approx(
        stats.ncx2.sf(2 * threshold, 2 * n, 2 * n * snr), rel=1e-7, abs=1e-10
    )


@pytest.mark.parametrize("swerling", [1, 3])
@pytest.mark.parametrize("n", [1, 4, 30])
@pytest.mark.parametrize("level_db", [-5.0, 6.0, 18.0])
def test_fluctuation_is_the_average_over_steady_echoes(swerling: int, n: int, level_db: float) -> None:
    threshold, snr = det.threshold_level(1e-5, n), det.ratio_from_db(level_db)
    density = stats.gamma(1 if swerling == 1 else 2, scale=snr / (1 if swerling == 1 else 2))

    def weighted(s: float) -> float:
        return float(density.pdf(s) * stats.ncx2.sf(2 * threshold, 2 * n, 2 * n * s))

    inside = 3.0 * (threshold + 60.0) / n
    expected = integrate.quad(weighted, 1e-12, inside, limit=400, epsabs=1e-11, points=[threshold / n])[
        0
    ] + density.sf(inside)
    assert det.p_detection_pulses(snr, threshold, swerling, n) == pytest.approx(expected, abs=2e-7)


def test_closed_forms_equal_the_series() -> None:
    for p_false_alarm in (1e-8, 1e-4):
        for snr in (0.0, 0.3, 5.0, 80.0, 5e4):
            for swerling in (0, 1, 3):
                assert det.p_detection(snr, p_false_alarm, swerling) == pytest.approx(
                    det.p_detection_pulses(snr, -math.log(p_false_alarm), swerling, 1), abs=1e-12
                )


def test_more_echo_never_lowers_detection() -> None:
    for swerling in (0, 1, 3):
        rising = [det.p_detection(det.ratio_from_db(0.5 * k), 1e-6, swerling) for k in range(-40, 120)]
        assert all(b >= a for a, b in pairwise(rising))
        assert det.p_detection(0.0, 1e-6, swerling) == pytest.approx(1e-6, rel=1e-9)
        assert rising[-1] > 0.99


def test_inverse_for_many_pulses() -> None:
    for swerling in (0, 1, 3):
        snr = det.required_snr(0.7, 1e-6, swerling, 16)
        assert det.p_detection_pulses(snr, det.threshold_level(1e-6, 16), swerling, 16) == pytest.approx(
            0.7, abs=1e-9
        )
    assert det.required_snr(1e-7, 1e-6, 1, 1) == 0.0


def test_reference_point() -> None:
    """The published point itself; 16 times the signature doubles the range; half the range gives 12.04 dB."""
    snr = det.required_snr(0.5, 1e-6, 1, 1)
    at_point = det.snr_from_reference(390e3, 4.0, 390e3, 4.0, snr, 0.0)
    assert det.p_detection(at_point, 1e-6, 1) == pytest.approx(0.5, abs=1e-12)
    assert det.snr_from_reference(780e3, 64.0, 390e3, 4.0, snr, 0.0) == pytest.approx(at_point, rel=1e-12)
    near = det.snr_from_reference(195e3, 4.0, 390e3, 4.0, snr, 0.0)
    assert det.db_from_ratio(near / at_point) == pytest.approx(12.0412, abs=1e-4)
    assert det.snr_from_reference(390e3, 4.0, 390e3, 4.0, snr, 3.0) == pytest.approx(
        at_point / 1.99526, rel=1e-5
    )
    assert det.range_at_snr_m(snr, 0.25, 390e3, 4.0, snr) == pytest.approx(195e3, rel=1e-12)
    assert det.range_at_snr_m(0.0, 0.25, 390e3, 4.0, snr) == math.inf
    assert det.snr_from_reference(0.0, 0.0, 390e3, 4.0, snr, 0.0) == 0.0


def test_losses() -> None:
    assert det.off_boresight_loss_db(1.0, 3.0) == 0.0
    assert det.off_boresight_loss_db(0.5, 3.0) == pytest.approx(9.0309, abs=1e-4)
    assert det.beam_loss_db(0.01, 0.02) == pytest.approx(6.0)
    assert det.beam_loss_db(-0.01, 0.02) == pytest.approx(6.0)


def test_errors() -> None:
    """20 dB: a 1.6 deg beam gives 0.0707 deg; the floor rules a strong echo."""
    beam = math.radians(1.6)
    assert math.degrees(det.angle_sigma_rad(100.0, beam, 0.0)) == pytest.approx(0.0707107, rel=1e-5)
    assert det.angle_sigma_rad(1e12, beam, 0.001) == pytest.approx(0.001, rel=1e-4)
    assert det.range_sigma_m(50.0, 150.0, 0.0) == pytest.approx(15.0)
    assert det.range_sigma_m(50.0, 150.0, 20.0) == pytest.approx(25.0)
