"""What a radar makes of an echo: signal-to-noise, the chance of seeing it, the errors of the plot.

Square-law detector, noise known. Signal-to-noise ratios (``snr``) are plain ratios unless a name ends in
``_db``. A published detection range means here: single look, probability 0.5, false-alarm probability 1e-6,
Swerling 1, free space, gas loss included at that point; `snr_from_reference` carries such a point to any
other geometry. Swerling cases are 0 (steady), 1 and 3 (slow fluctuation); any other number counts as 1.
"""

from __future__ import annotations

import math

from parapet._jit import kernel

REFERENCE_P_DETECTION = 0.5
REFERENCE_P_FALSE_ALARM = 1e-6
REFERENCE_SWERLING = 1
_LN10_10 = math.log(10.0) / 10.0


@kernel
def ratio_from_db(level_db: float) -> float:
    """Power ratio of a level in decibel. Pinned by ``test_detection.test_decibels``."""
    return math.exp(level_db * _LN10_10)


@kernel
def db_from_ratio(ratio: float) -> float:
    """Level in decibel of a power ratio; ratios below 1e-30 count as 1e-30. Pinned by ``test_decibels``."""
    return math.log(max(ratio, 1e-30)) / _LN10_10


@kernel
def _log_factorial(n: float) -> float:
    """Natural logarithm of n! for whole n >= 0: Stirling's series, started at 16 or above."""
    shift = 0.0
    while n < 16.0:
        n += 1.0
        shift += math.log(n)
    square = n * n
    return (
        n * math.log(n) - n + 0.5 * math.log(2.0 * math.pi * n)
        + (1.0 / 12.0 - (1.0 / 360.0 - (1.0 / 1260.0 - 1.0 / (1680.0 * square)) / square) / square) / n
        - shift
    )  # fmt: skip


@kernel
def p_noise_above(threshold: float, n_pulses: int) -> float:
    """Probability that the sum of ``n_pulses`` squared noise samples exceeds a threshold.

    Parameters
    ----------
    threshold : in units of the mean noise power of one pulse, 0 and up (0 and below give 1).
    n_pulses : 1 to 10,000.

    The upper incomplete gamma function for whole order, summed upwards. Pinned by
    ``test_detection.test_threshold_gives_the_false_alarm_rate``.
    """
    if threshold <= 0.0:
        return 1.0
    if threshold < 600.0:
        term = math.exp(-threshold)
        total = term
        for k in range(1, n_pulses):
            term *= threshold / k
            total += term
        return min(total, 1.0)
    log_t = math.log(threshold)
    log_term = -threshold
    total = 0.0
    for k in range(n_pulses):
        if k > 0:
            log_term += log_t - math.log(float(k))
        if log_term > -745.0:
            total += math.exp(log_term)
    return min(total, 1.0)


@kernel
def threshold_level(p_false_alarm: float, n_pulses: int) -> float:
    """The threshold that noise alone crosses with probability ``p_false_alarm``.

    Parameters
    ----------
    p_false_alarm : 1e-15 to 1, exclusive of 0. n_pulses : 1 to 10,000.

    One pulse: -ln(p). More: bisection to the last digits. Pinned by
    ``test_detection.test_threshold_gives_the_false_alarm_rate``.
    """
    if n_pulses <= 1:
        return -math.log(max(p_false_alarm, 1e-300))
    low = 0.0
    high = n_pulses + 12.0 * math.sqrt(float(n_pulses)) + 80.0
    for _ in range(100):
        middle = 0.5 * (low + high)
        if p_noise_above(middle, n_pulses) > p_false_alarm:
            low = middle
        else:
            high = middle
    return 0.5 * (low + high)


@kernel
def p_detection_pulses(snr: float, threshold: float, swerling: int, n_pulses: int) -> float:
    """Probability that the sum of ``n_pulses`` echoes, each with noise, exceeds a threshold.

    Parameters
    ----------
    snr : signal-to-noise ratio per pulse, averaged over the fluctuation, 0 and up.
    threshold : as `threshold_level` gives it.
    swerling : 0, 1 or 3.
    n_pulses : 1 to 10,000.

    Exact series: given the echo, the sum is a Poisson mixture of gamma variables; fluctuation turns the
    Poisson weights into geometric (case 1) or negative binomial ones of order two (case 3). Source: Marcum
    and Swerling, IRE Trans. IT-6, 1960; Richards, Fundamentals of Radar Signal Processing, ch. 6. Pinned by
    ``test_detection`` (R3, R4, SciPy's non-central chi-square).
    """
    if threshold <= 0.0:
        return 1.0
    mean = max(snr, 0.0) * n_pulses
    above = p_noise_above(threshold, n_pulses)
    if mean <= 0.0:
        return above
    share = 0.0
    log_weight = 0.0
    if swerling == 0:
        if mean > threshold + 15.0 * math.sqrt(2.0 * mean + n_pulses) + 100.0:
            return 1.0
        log_weight = -mean
    elif swerling == 3:
        share = 0.5 * mean / (1.0 + 0.5 * mean)
        log_weight = -2.0 * math.log(1.0 + 0.5 * mean)
    else:
        share = mean / (1.0 + mean)
        log_weight = -math.log(1.0 + mean)
    weight = math.exp(log_weight)
    log_mean = math.log(mean)
    log_threshold = math.log(threshold)
    log_gain = n_pulses * log_threshold - threshold - _log_factorial(float(n_pulses))
    gain = math.exp(log_gain)
    is_far = log_gain < -600.0 or log_weight < -600.0
    missed = 0.0
    last = int(threshold + 20.0 * math.sqrt(threshold) + 200.0)
    for k in range(last):
        below = 1.0 - above
        missed += weight * below
        if below < 1e-16:
            break
        above += gain
        if swerling == 0:
            step = mean / (k + 1.0)
        elif swerling == 3:
            step = share * (k + 2.0) / (k + 1.0)
        else:
            step = share
        if is_far:
            log_weight += math.log(step) if swerling != 0 else log_mean - math.log(k + 1.0)
            log_gain += log_threshold - math.log(n_pulses + k + 1.0)
            weight = math.exp(log_weight)
            gain = math.exp(log_gain)
        else:
            weight *= step
            gain *= threshold / (n_pulses + k + 1.0)
    return min(max(1.0 - missed, 0.0), 1.0)


@kernel
def p_detection(snr: float, p_false_alarm: float, swerling: int) -> float:
    """Probability that a single look sees the echo.

    Parameters
    ----------
    snr : signal-to-noise ratio averaged over the fluctuation, 0 and up (0 gives ``p_false_alarm``).
    p_false_alarm : above 0, up to 1.
    swerling : 0 (Marcum's Q, a series), 1 or 3 (closed forms).

    Source: Marcum and Swerling, IRE Trans. IT-6, 1960. Pinned by ``test_detection`` (R3, R4).
    """
    threshold = -math.log(max(p_false_alarm, 1e-300))
    if swerling == 0:
        return p_detection_pulses(snr, threshold, 0, 1)
    s = max(snr, 0.0)
    if swerling == 3:
        fill = 2.0 + s
        return math.exp(-2.0 * threshold / fill) * (1.0 + 2.0 * s * threshold / (fill * fill))
    return math.exp(-threshold / (1.0 + s))


@kernel
def required_snr(p_detect: float, p_false_alarm: float, swerling: int, n_pulses: int) -> float:
    """Signal-to-noise ratio per pulse at which an echo is seen with probability ``p_detect``.

    Parameters
    ----------
    p_detect : above ``p_false_alarm``, below 1 (at or below it: 0 comes back).
    p_false_alarm, swerling, n_pulses : as above.

    Bisection between -60 and +90 dB, the ends being what comes back outside; one pulse of case 1 in closed
    form. Not for the inner loop. Pinned by ``test_detection.test_required_snr`` (R3, R4).
    """
    if p_detect <= p_false_alarm:
        return 0.0
    if n_pulses <= 1 and swerling == 1 and p_detect < 1.0:
        return math.log(p_false_alarm) / math.log(p_detect) - 1.0
    threshold = threshold_level(p_false_alarm, n_pulses)
    low_db = -60.0
    high_db = 90.0
    for _ in range(70):
        middle_db = 0.5 * (low_db + high_db)
        if p_detection_pulses(ratio_from_db(middle_db), threshold, swerling, n_pulses) < p_detect:
            low_db = middle_db
        else:
            high_db = middle_db
    return ratio_from_db(0.5 * (low_db + high_db))


@kernel
def albersheim_db(p_detect: float, p_false_alarm: float, n_pulses: int) -> float:
    """Albersheim's estimate of the required signal-to-noise ratio per pulse of a steady echo, dB.

    Good to 0.2 dB for p_detect 0.1 to 0.9, p_false_alarm 1e-7 to 1e-3, 1 to 8096 pulses. Linear detector.
    Source: Albersheim, Proc. IEEE 69, 1981. Pinned by ``test_detection.test_albersheim`` (R5).
    """
    a = math.log(0.62 / p_false_alarm)
    b = math.log(p_detect / (1.0 - p_detect))
    inner = a + 0.12 * a * b + 1.7 * b
    if inner <= 0.0:
        return -60.0
    spread = 6.2 + 4.54 / math.sqrt(n_pulses + 0.44)
    return (-5.0 * math.log(float(n_pulses)) + spread * math.log(inner)) / math.log(10.0)


@kernel
def snr_from_reference(
    slant_range_m: float, rcs_m2: float, reference_range_m: float, reference_rcs_m2: float,
    reference_snr: float, loss_db: float,
) -> float:  # fmt: skip
    """Signal-to-noise ratio of one look: the radar's published point carried to another range and signature.

    Parameters
    ----------
    slant_range_m : 0 and up (below 1 m counts as 1 m). rcs_m2 : 0 and up.
    reference_range_m, reference_rcs_m2 : the published point, above 0.
    reference_snr : ratio at that point, `required_snr` (0.5, 1e-6, 1, 1) for a published range.
    loss_db : what this look loses more than the published point did: gas (both ways, minus gas at the point),
        beam and
        off-boresight losses; minus 10 log10 of the propagation factor's fourth power.

    Source: the radar range equation. Pinned by ``test_detection.test_reference_point``.
    """
    ratio = reference_range_m / max(slant_range_m, 1.0)
    ratio2 = ratio * ratio
    level = reference_snr * ratio2 * ratio2 * max(rcs_m2, 0.0) / max(reference_rcs_m2, 1e-30)
    if loss_db == 0.0:
        return level
    return level * math.exp(-loss_db * _LN10_10)


@kernel
def range_at_snr_m(
    snr: float, rcs_m2: float, reference_range_m: float, reference_rcs_m2: float, reference_snr: float
) -> float:
    """Free-space range at which an echo has a given ratio: `snr_from_reference` inverted, without losses.

    A ratio of 0 or below gives infinity. Pinned by ``test_detection.test_reference_point``.
    """
    if snr <= 0.0:
        return math.inf
    fourth = max(rcs_m2, 0.0) * reference_snr / (max(reference_rcs_m2, 1e-30) * snr)
    return reference_range_m * math.sqrt(math.sqrt(fourth))


@kernel
def off_boresight_loss_db(cos_off: float, exponent: float) -> float:
    """Two-way loss of an array that looks off its boresight: the ratio falls as cos^exponent.

    Parameters
    ----------
    cos_off : cosine of the angle off boresight; below 0.01 counts as 0.01.
    exponent : 2 to 4 for the two-way loss of real arrays.

    Source: Skolnik, Radar Handbook, phased arrays. Pinned by ``test_detection.test_losses``.
    """
    return -10.0 * exponent * math.log(max(cos_off, 0.01)) / math.log(10.0)


@kernel
def beam_loss_db(off_axis_rad: float, beamwidth_rad: float) -> float:
    """Two-way loss of a target off the axis of a Gaussian beam: 6 dB at half the one-way beam width.

    Parameters
    ----------
    off_axis_rad : any sign. beamwidth_rad : one-way width between half-power points, above 0.

    The main beam only (valid to about one beam width). Pinned by ``test_detection.test_losses``.
    """
    ratio = off_axis_rad / max(beamwidth_rad, 1e-9)
    return 24.0 * ratio * ratio


@kernel
def angle_sigma_rad(snr: float, beamwidth_rad: float, floor_rad: float) -> float:
    """Standard deviation of a measured angle: beam width / (1.6 sqrt(2 snr)), and a floor in quadrature.

    A ratio below 1 counts as 1. Source: Barton, Radar System Analysis (monopulse slope 1.6). Pinned by
    ``test_detection.test_errors``.
    """
    noise = beamwidth_rad / (1.6 * math.sqrt(2.0 * max(snr, 1.0)))
    return math.sqrt(noise * noise + floor_rad * floor_rad)


@kernel
def range_sigma_m(snr: float, resolution_m: float, floor_m: float) -> float:
    """Standard deviation of a measured range: resolution / sqrt(2 snr), and a floor in quadrature.

    A ratio below 1 counts as 1. Source: Skolnik, Introduction to Radar Systems. Pinned by
    ``test_detection.test_errors``.
    """
    noise = resolution_m / math.sqrt(2.0 * max(snr, 1.0))
    return math.sqrt(noise * noise + floor_m * floor_m)
