"""Draws have addresses: known answers, distribution, independence of neighbours."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from parapet.engine import draws


def words(*numbers: int) -> list[np.uint64]:
    return [np.uint64(n) for n in numbers]


@pytest.mark.parametrize(
    ("counter", "key", "answer"),
    [
        ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
        ((0xFFFFFFFF,) * 4, (0xFFFFFFFF,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
        (
            (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
            (0xA4093822, 0x299F31D0),
            (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
        ),
    ],
)
def test_known_answers(counter: tuple[int, ...], key: tuple[int, ...], answer: tuple[int, ...]) -> None:
    """Random123's kat_vectors for philox4x32-10."""
    assert tuple(int(w) for w in draws.philox(*words(*counter), *words(*key), 10)) == answer


def naive_philox(counter: list[int], key: list[int], n_rounds: int) -> list[int]:
    c0, c1, c2, c3 = counter
    k0, k1 = key
    for _ in range(n_rounds):
        p0, p1 = 0xD2511F53 * c0, 0xCD9E8D57 * c2
        c0, c1, c2, c3 = (p1 >> 32) ^ c1 ^ k0, p1 % 2**32, (p0 >> 32) ^ c3 ^ k1, p0 % 2**32
        k0, k1 = (k0 + 0x9E3779B9) % 2**32, (k1 + 0xBB67AE85) % 2**32
    return [c0, c1, c2, c3]


def test_uniforms_follow_the_layout() -> None:
    seed, run, ordinal = 0x0123456789ABCDEF, 17, 4711
    a, b = draws.name_id("91N6E"), draws.name_id("som-01")
    pair = naive_philox(
        [a % 2**32, a >> 32, b % 2**32, b >> 32], [draws.STREAM_KILL, draws.LAYOUT_VERSION], 7
    )
    expected = naive_philox([run, ordinal, pair[0], pair[1]], [seed % 2**32, seed >> 32], 10)
    got = draws.uniforms(seed, run, draws.STREAM_KILL, np.uint64(a), np.uint64(b), ordinal)
    assert got == tuple((w + 0.5) / 2**32 for w in expected)


def test_same_address_same_draw_whatever_the_integer_type() -> None:
    small = 12345
    assert draws.uniforms(7, 1, 2, small, 0, 3) == draws.uniforms(7, 1, 2, np.uint64(small), np.uint64(0), 3)


def test_neighbouring_addresses_are_independent_and_uniform() -> None:
    table = np.array(
        [
            draws.uniforms(1, r, 1, a, b, o)
            for r in range(6)
            for a in range(6)
            for b in range(6)
            for o in range(10)
        ]
    )
    assert table.min() > 0.0 and table.max() < 1.0
    for lane in range(4):
        assert stats.kstest(table[:, lane], "uniform").pvalue > 1e-4
    correlation = np.corrcoef(np.vstack([table[:-1].T, table[1:].T]))
    assert np.abs(correlation - np.eye(8)).max() < 0.1
    assert draws.uniforms(1, 0, 1, 2, 3, 0) != draws.uniforms(1, 0, 1, 3, 2, 0)
    assert draws.uniforms(1, 0, 1, 2, 3, 0) != draws.uniforms(1, 0, 2, 2, 3, 0)
    assert draws.uniforms(1, 0, 1, 2, 3, 0) != draws.uniforms(2, 0, 1, 2, 3, 0)


def test_normal_quantile() -> None:
    for u in [1e-300, 1e-12, 0.5 / 2**32, 0.01, 0.0749, 0.0751, 0.3, 0.5, 0.7, 0.975, 1.0 - 1e-9]:
        assert draws.normal_quantile(u) == pytest.approx(stats.norm.ppf(u), rel=1e-13, abs=1e-15)
    assert draws.normal_quantile(0.975) == pytest.approx(1.959963984540054, abs=1e-14)
    assert draws.normal_quantile(0.0) == -38.0
    assert draws.normal_quantile(1.0) == 38.0


def test_poisson_quantile() -> None:
    generator = np.random.default_rng(5)
    for mean in [0.003, 0.7, 3.0, 42.0, 499.9, 500.1, 1234.5, 1e4]:
        for u in [*generator.random(30), 0.5 / 2**32, 1.0 - 1e-7]:
            assert draws.poisson_quantile(u, mean) == int(stats.poisson.ppf(u, mean))
    assert draws.poisson_quantile(0.9, 0.0) == 0
    assert draws.poisson_quantile(0.9, -1.0) == 0


def test_name_id_is_stable() -> None:
    assert draws.name_id("som-01") == int.from_bytes(
        __import__("hashlib").blake2b(b"som-01", digest_size=8).digest(), "little"
    )
    assert draws.name_id("som-01") != draws.name_id("som-02")
    assert 0 <= draws.name_id("") < 2**64


def test_stream_numbers_are_distinct_and_append_only() -> None:
    streams = {name: value for name, value in vars(draws).items() if name.startswith("STREAM_")}
    assert len(set(streams.values())) == len(streams)
    assert [streams[f"STREAM_{name}"] for name in ("DETECTION", "KILL", "THREAT")] == [1, 9, 14]
