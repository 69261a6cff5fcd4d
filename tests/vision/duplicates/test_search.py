import numpy as np
import pytest

from albumen.vision.duplicates import search


def near_hashes(count: int) -> np.ndarray:
    random = np.random.default_rng(5)
    centres = random.integers(0, 2**63, 12, dtype=np.uint64)
    flips = np.array(
        [sum(1 << int(b) for b in random.integers(0, 64, random.integers(0, 10))) % 2**64 for _ in range(count)],
        np.uint64,
    )
    return centres[random.integers(0, 12, count)] ^ flips


@pytest.mark.parametrize("radius", [0, 6, 10])
def test_finds_exactly_the_pairs_that_a_full_comparison_finds(radius: int) -> None:
    hashes = near_hashes(200)
    bits = np.bitwise_count(hashes[:, None] ^ hashes[None])
    expected = [(i, j) for i in range(200) for j in range(i + 1, 200) if bits[i, j] <= radius]
    assert [tuple(p) for p in search.pairs(hashes, hashes, radius).tolist()] == expected


def test_memory_is_bounded_by_looking_in_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    hashes = near_hashes(100)
    at_once = search.pairs(hashes, hashes, 6)
    monkeypatch.setattr(search, "MOST_PAIRS", 10)
    assert search.pairs(hashes, hashes, 6).tolist() == at_once.tolist()


def test_no_hashes_make_no_pairs() -> None:
    assert search.pairs(np.zeros(0, np.uint64), np.zeros(0, np.uint64), 6).shape == (0, 2)
