"""Random numbers: published vectors, NumPy's own generator, normality and independence."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
import reference
from faces import face
from hypothesis import given
from hypothesis import strategies as st
from reference import Floats
from scipy import stats

from disca_nb import kernels
from disca_nb._accelerate import JIT_DISABLED
from disca_nb.kernels import philox

philox4x32, standard_normals = face(philox.philox4x32), face(philox.standard_normals)
words32 = st.integers(0, 2**32 - 1)
words64 = st.integers(0, 2**64 - 1)


@pytest.mark.parametrize(
    ("counter", "key", "expected"),
    [
        ((0,) * 4, (0,) * 2, (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
        (
            (0xFFFFFFFF,) * 4,
            (0xFFFFFFFF,) * 2,
            (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD),
        ),
        (
            (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
            (0xA4093822, 0x299F31D0),
            (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
        ),
    ],
)
def test_generator_gives_the_published_vectors(
    counter: tuple[int, ...], key: tuple[int, ...], expected: tuple[int, ...]
) -> None:
    got = philox4x32(*map(np.uint64, counter), *map(np.uint64, key))
    assert tuple(map(int, got)) == expected


@given(st.tuples(*[words32] * 4), st.tuples(words32, words32))
def test_generator_equals_the_twin(counter: tuple[int, ...], key: tuple[int, ...]) -> None:
    got = philox4x32(*map(np.uint64, counter), *map(np.uint64, key))
    assert tuple(map(int, got)) == reference.philox_twin(counter, key)


@given(st.tuples(*[words64] * 4), st.tuples(words64, words64))
def test_the_twin_is_numpys_generator_at_twice_the_width(
    counter: tuple[int, ...], key: tuple[int, ...]
) -> None:
    numpys = np.random.Philox(
        counter=np.array(counter, np.uint64), key=np.array(key, np.uint64)
    ).random_raw(4)
    # NumPy counts up before it draws.
    whole = sum(word << (64 * i) for i, word in enumerate(counter)) + 1
    next_counter = tuple((whole >> (64 * i)) % 2**64 for i in range(4))
    assert tuple(map(int, numpys)) == reference.philox_twin(next_counter, key, bits=64)


def _draw(n_keys: int, pass_id: int = 0, seed: int = 0) -> Floats:
    out = np.empty((n_keys, 64))
    for key in range(n_keys):
        args = (np.uint64(seed), np.uint64(key), np.uint64(pass_id))
        standard_normals(*args, out[key])
    return out


@given(words64, words64, words32, st.integers(1, 5))
def test_normals_are_box_muller_of_the_twin(
    seed: int, key: int, pass_id: int, n_blocks: int
) -> None:
    out = np.empty(4 * n_blocks)
    standard_normals(np.uint64(seed), np.uint64(key), np.uint64(pass_id), out)
    halves = [seed % 2**32, seed >> 32], [key % 2**32, key >> 32]
    blocks = [
        reference.philox_twin((i, pass_id, *halves[0]), (halves[1][0], halves[1][1]))
        for i in range(n_blocks)
    ]
    uniform = (np.array(blocks) + 0.5) / 2.0**32
    # Two pairs a block, a radius and an angle each: all cosines come first, then all sines.
    radius = np.sqrt(-2.0 * np.log(uniform[:, 0::2])).T.ravel()
    angle = 2.0 * np.pi * uniform[:, 1::2].T.ravel()
    expected = np.concatenate([radius * np.cos(angle), radius * np.sin(angle)])
    np.testing.assert_allclose(out, expected, rtol=0.0, atol=2e-14)


def test_every_bit_of_seed_key_and_pass_matters() -> None:
    def draw(seed: int, key: int, pass_id: int) -> float:
        out = np.empty(4)
        standard_normals(np.uint64(seed), np.uint64(key), np.uint64(pass_id), out)
        return float(out[0])

    flips = [(1 << bit, 0, 0) for bit in range(64)] + [(0, 1 << bit, 0) for bit in range(64)]
    flips += [(0, 0, 1 << bit) for bit in range(32)]
    assert len({draw(*flip) for flip in [(0, 0, 0), *flips]}) == 161


def test_normals_are_normal() -> None:
    drawn = _draw(30 if JIT_DISABLED else 3000).ravel()
    assert stats.kstest(drawn, "norm").pvalue > 1e-3
    error = 4.0 / np.sqrt(drawn.size)
    assert abs(drawn.mean()) < error
    assert abs(drawn.var() - 1.0) < error * np.sqrt(2.0)
    assert abs(stats.skew(drawn)) < error * np.sqrt(6.0)
    assert abs(stats.kurtosis(drawn)) < error * np.sqrt(24.0)


def test_neighbouring_keys_passes_and_seeds_are_independent() -> None:
    n = 30 if JIT_DISABLED else 1500
    first = _draw(n)
    for other in (np.roll(first, 1, axis=0), _draw(n, pass_id=1), _draw(n, seed=1)):
        r = np.corrcoef(first.ravel(), other.ravel())[0, 1]
        assert abs(r) < 4.0 / np.sqrt(first.size)
    # Nor are the numbers of one pass related.
    assert abs(np.corrcoef(first[:, :-1].ravel(), first[:, 1:].ravel())[0, 1]) < 4.0 / np.sqrt(
        first.size
    )


def test_the_key_of_a_label_is_the_same_everywhere() -> None:
    digest = hashlib.blake2b("land=Österreich".encode(), digest_size=8).digest()
    assert int(kernels.label_key("land=Österreich")) == int.from_bytes(digest, "little")


def test_mixed_keys_tell_pairs_and_their_order_apart() -> None:
    numbers = np.arange(40, dtype=np.uint64)
    assert np.unique(kernels.mix_keys(numbers[:, None], numbers)).size == 1600


def test_keys_of_labels_spread_over_all_bits() -> None:
    keys = np.array([kernels.label_key(f"scenario={i}") for i in range(2000)])
    mixed = kernels.mix_keys(keys, np.array(kernels.label_key("country=JPN")))
    assert np.unique(mixed).size == 2000
    bits = (mixed[:, None] >> np.arange(64, dtype=np.uint64)) & np.uint64(1)
    assert abs(bits.mean(axis=0) - 0.5).max() < 5.0 * 0.5 / np.sqrt(2000)
