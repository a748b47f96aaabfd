"""Random draws that have an address instead of a history.

Layout, version 1
-----------------
Generator: Philox4x32-10 (Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as 1, 2, 3", SC 2011).

=========  ==================================================================================
word       content
=========  ==================================================================================
key 0, 1   the low and the high half of the 64-bit seed
counter 0  the run (32 bits)
counter 1  the ordinal: a tick, a look number, the n-th shot (32 bits)
counter 2  low word of the pair hash of (stream, id_a, id_b)
counter 3  high word of the pair hash of (stream, id_a, id_b)
=========  ==================================================================================

The pair hash is the first two words of Philox4x32-7 with counter (id_a low, id_a high, id_b low, id_b high)
and key (stream, layout version). The four output words are four *lanes*; lane ``w`` becomes ``(w + 0.5) /
2**32``, which is never 0 and never 1. What each lane of a stream is used for is written beside the stream's
constant.

A draw depends on nothing but its address, so one run of a million is replayed alone, threads and block sizes
change nothing, and variants of a scenario compare paired. Multiplications are done in 32-bit halves held in
64-bit words, so nothing overflows and the same numbers come out with compilation off. Changing anything on
this page changes ``LAYOUT_VERSION``. Stream numbers are append-only.
"""

from __future__ import annotations

import hashlib
import math

import numpy as np

from parapet._jit import kernel

LAYOUT_VERSION = 1

STREAM_DETECTION = 1
"""(radar, threat), look: lane 0 is the echo seen."""
STREAM_PLOT_NOISE = 2
"""(radar, threat), look: lanes 0, 1, 2 are the errors of range, azimuth, elevation."""
STREAM_FALSE_COUNT = 3
"""(radar, 0), scan: lane 0 is the number of false plots."""
STREAM_FALSE_PLOT = 4
"""(radar, n-th false plot), scan: lanes 0, 1, 2 are range, azimuth, elevation of a false plot."""
STREAM_ACQUISITION = 5
"""(engagement radar, threat), attempt: lane 0 is the acquisition scan finding it."""
STREAM_FIRE_CONTROL = 6
"""(radar, threat), look: lane 0 is the echo seen; 1, 2, 3 are errors of range, azimuth, elevation."""
STREAM_SEEKER_NOISE = 7
"""(threat, n-th shot at it), homing step: lanes 0, 1 are the two line-of-sight errors."""
STREAM_FUZE = 8
"""(threat, 0), n-th shot at it: lane 0 is the fuze working."""
STREAM_KILL = 9
"""(threat, 0), n-th shot at it: lane 0 is the kill."""
STREAM_ASSESSMENT = 10
"""(threat, 0), n-th shot at it: lane 0 is the assessment being right."""
STREAM_RELIABILITY = 11
"""(threat, 0), n-th shot at it: lane 0 is the round working."""
STREAM_AIM = 12
"""(threat, asset), 0: lanes 0, 1 are the two aim errors of a threat."""
STREAM_DAMAGE = 13
"""(threat, asset), 0: lane 0 is the asset destroyed by this hit."""
STREAM_THREAT = 14
"""(threat, 0), n: lanes for a threat's own behaviour."""

_MASK = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)
_MULTIPLIER_0 = np.uint64(0xD2511F53)
_MULTIPLIER_1 = np.uint64(0xCD9E8D57)
_WEYL_0 = np.uint64(0x9E3779B9)
_WEYL_1 = np.uint64(0xBB67AE85)
_VERSION = np.uint64(LAYOUT_VERSION)
_TO_UNIT = 1.0 / 4294967296.0


@kernel
def philox(
    c0: np.uint64, c1: np.uint64, c2: np.uint64, c3: np.uint64, k0: np.uint64, k1: np.uint64, n_rounds: int
) -> tuple[np.uint64, np.uint64, np.uint64, np.uint64]:
    """Four random 32-bit words for a counter of four words and a key of two.

    Parameters
    ----------
    c0, c1, c2, c3, k0, k1 : uint64 scalars below 2**32.
    n_rounds : 10 for Philox4x32-10.

    Source: Salmon et al. 2011, with the known answers of Random123. Pinned by
    ``test_draws.test_known_answers``.
    """
    for _ in range(n_rounds):
        product_0 = _MULTIPLIER_0 * c0
        product_1 = _MULTIPLIER_1 * c2
        c0 = (product_1 >> _HALF) ^ c1 ^ k0
        c2 = (product_0 >> _HALF) ^ c3 ^ k1
        c1 = product_1 & _MASK
        c3 = product_0 & _MASK
        k0 = (k0 + _WEYL_0) & _MASK
        k1 = (k1 + _WEYL_1) & _MASK
    return c0, c1, c2, c3


@kernel
def uniforms(
    seed: int, run: int, stream: int, id_a: np.uint64 | int, id_b: np.uint64 | int, ordinal: int
) -> tuple[float, float, float, float]:
    """Four independent numbers strictly between 0 and 1 that belong to this address.

    Parameters
    ----------
    seed : integer, 0 to 2**63 - 1.
    run, ordinal : integers, 0 to 2**32 - 1 (the low 32 bits count).
    stream : one of the ``STREAM_`` constants.
    id_a, id_b : 64-bit ids of the objects the draw belongs to, in this order; 0 where there is none.

    Source: the layout on top of this module. Pinned by ``test_draws.test_uniforms_follow_the_layout``.
    """
    a = np.uint64(id_a)
    b = np.uint64(id_b)
    s = np.uint64(seed)
    h0, h1, _, _ = philox(
        a & _MASK, a >> _HALF, b & _MASK, b >> _HALF, np.uint64(stream) & _MASK, _VERSION, 7
    )
    w0, w1, w2, w3 = philox(
        np.uint64(run) & _MASK, np.uint64(ordinal) & _MASK, h0, h1, s & _MASK, s >> _HALF, 10
    )
    return (
        (float(w0) + 0.5) * _TO_UNIT,
        (float(w1) + 0.5) * _TO_UNIT,
        (float(w2) + 0.5) * _TO_UNIT,
        (float(w3) + 0.5) * _TO_UNIT,
    )


@kernel
def normal_quantile(u: float) -> float:
    """The standard normal deviate below which a share ``u`` lies.

    Parameters
    ----------
    u : share, strictly between 0 and 1. At 0 and below comes -38, at 1 and above +38.

    Valid to about 1e-15 relative. Source: Wichura, algorithm AS 241 (PPND16), Applied Statistics 37, 1988.
    Pinned by ``test_draws.test_normal_quantile``.
    """
    if u <= 0.0:
        return -38.0
    if u >= 1.0:
        return 38.0
    q = u - 0.5
    if abs(q) <= 0.425:
        r = 0.180625 - q * q
        top = (
            ((((((2.5090809287301226727e3 * r + 3.3430575583588128105e4) * r + 6.7265770927008700853e4) * r
                + 4.5921953931549871457e4) * r + 1.3731693765509461125e4) * r + 1.9715909503065514427e3) * r
                + 1.3314166789178437745e2) * r + 3.3871328727963666080
        )  # fmt: skip
        bottom = (
            ((((((5.2264952788528545610e3 * r + 2.8729085735721942674e4) * r + 3.9307895800092710610e4) * r
                + 2.1213794301586595867e4) * r + 5.3941960214247511077e3) * r + 6.8718700749205790830e2) * r
                + 4.2313330701600911252e1) * r + 1.0
        )  # fmt: skip
        return q * top / bottom
    r = u if q < 0.0 else 1.0 - u
    r = math.sqrt(-math.log(r))
    if r <= 5.0:
        r -= 1.6
        top = (
            ((((((7.74545014278341407640e-4 * r + 2.27238449892691845833e-2) * r
                + 2.41780725177450611770e-1) * r
                + 1.27045825245236838258) * r + 3.64784832476320460504) * r + 5.76949722146069140550) * r
                + 4.63033784615654529590) * r + 1.42343711074968357734
        )  # fmt: skip
        bottom = (
            ((((((1.05075007164441684324e-9 * r + 5.47593808499534494600e-4) * r
                + 1.51986665636164571966e-2) * r
                + 1.48103976427480074590e-1) * r + 6.89767334985100004550e-1) * r
                + 1.67638483018380384940) * r
                + 2.05319162663775882187) * r + 1.0
        )  # fmt: skip
    else:
        r -= 5.0
        top = (
            ((((((2.01033439929228813265e-7 * r + 2.71155556874348757815e-5) * r
                + 1.24266094738807843860e-3) * r
                + 2.65321895265761230930e-2) * r + 2.96560571828504891230e-1) * r
                + 1.78482653991729133580) * r
                + 5.46378491116411436990) * r + 6.65790464350110377720
        )  # fmt: skip
        bottom = (
            ((((((2.04426310338993978564e-15 * r + 1.42151175831644588870e-7) * r
                + 1.84631831751005468180e-5) * r
                + 7.86869131145613259100e-4) * r + 1.48753612908506148525e-2) * r
                + 1.36929880922735805310e-1) * r
                + 5.99832206555887937690e-1) * r + 1.0
        )  # fmt: skip
    return -top / bottom if q < 0.0 else top / bottom


@kernel
def poisson_quantile(u: float, mean: float) -> int:
    """The smallest count whose Poisson cumulative probability reaches ``u``.

    Parameters
    ----------
    u : share, strictly between 0 and 1.
    mean : expected count, 0 to 1e4; 0 and below give 0.

    The sum starts eight standard deviations below the mean (what lies under that is below 1e-14, far less
    than the step of a 32-bit draw). Source: inversion of the distribution function; Stirling's series for the
    first term. Pinned by ``test_draws.test_poisson_quantile``.
    """
    if not mean > 0.0:
        return 0
    spread = math.sqrt(mean)
    count = 0
    if mean > 500.0:
        count = int(mean - 8.0 * spread)
        n = float(count)
        log_factorial = (
            n * math.log(n)
            - n
            + 0.5 * math.log(2.0 * math.pi * n)
            + 1.0 / (12.0 * n)
            - 1.0 / (360.0 * n * n * n)
        )
        term = math.exp(n * math.log(mean) - mean - log_factorial)
    else:
        term = math.exp(-mean)
    total = term
    last = int(mean + 12.0 * spread + 60.0)
    while total < u and count < last:
        count += 1
        term *= mean / count
        total += term
    return count


def name_id(text: str) -> int:
    """Return the stable 64-bit id of a name: BLAKE2b with an eight-byte digest, read little-endian.

    Pinned by ``test_draws.test_name_id_is_stable``.
    """
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8"), digest_size=8).digest(), "little")
