from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from albumen.core.arrays import Floats, Ints
from albumen.stores.postings import Postings

WORDS = 50


def evidence(count: int, seed: int = 0) -> tuple[Ints, Ints, Floats, Floats]:
    """Return counts, words, values, and the same as a dense (count, WORDS) table."""
    rng = np.random.default_rng(seed)
    table = np.where(rng.random((count, WORDS)) < 0.1, np.rint(rng.random((count, WORDS)) * 255) / 255, 0)
    table = table.astype(np.float32)
    rows, words = np.nonzero(table)
    return np.bincount(rows, minlength=count), words, table[rows, words], table


def test_scores_as_the_sum_says(tmp_path: Path) -> None:
    counts, words, values, table = evidence(30)
    postings = Postings(tmp_path)
    postings.add(range(10, 40), counts, words, values)
    weights = np.array([1.0, 0.5, -0.25], np.float32)
    scored = postings.score([3, 4, 9], weights)
    assert scored.of(np.arange(10, 40)) == pytest.approx(table[:, [3, 4, 9]] @ weights, abs=1e-5)
    assert scored.of(np.array([9, 40, 10**6])).tolist() == [0, 0, 0]


def test_lists_and_tail_score_alike_and_survive_reopening(tmp_path: Path) -> None:
    counts, words, values, table = evidence(9000)
    postings = Postings(tmp_path)
    half = int(counts[:5000].sum())
    postings.add(range(5000), counts[:5000], words[:half], values[:half])
    postings.settle()
    postings.add(range(5000, 9000), counts[5000:], words[half:], values[half:])
    weights = np.array([1.0, 0.7], np.float32)
    for store in (postings, Postings(tmp_path)):
        scores = store.score([1, 2], weights).of(np.arange(9000))
        assert scores == pytest.approx(table[:, [1, 2]] @ weights, abs=1e-5)
    assert list(tmp_path.glob("*-0-5000.part"))


def test_gives_the_highest_and_leaves_out_what_scores_nothing(tmp_path: Path) -> None:
    postings = Postings(tmp_path)
    postings.add([1, 2, 3, 4], [1, 1, 1, 1], [7, 7, 7, 8], [0.2, 0.6, 0.4, 1.0])
    scored = postings.score([7], [1.0])
    assert sorted(scored.top(2).tolist()) == [2, 3]
    assert sorted(scored.top(10).tolist()) == [1, 2, 3]
    assert scored.top(10, np.array([True, True, False, True])).tolist() == [1, 3]
    assert scored.top(10, above=float(scored.of(np.array([1]))[0])).tolist() == [2, 3]


def test_newer_evidence_replaces_and_removed_evidence_is_gone(tmp_path: Path) -> None:
    counts, words, values, _ = evidence(5000)
    postings = Postings(tmp_path)
    postings.add(range(5000), counts, words, values)
    postings.settle()
    postings.add([17], [1], [3], [1.0])
    postings.remove([18])
    for _ in range(2):
        scored = postings.score(range(WORDS), [1.0] * WORDS)
        assert scored.of(np.array([17, 18])) == pytest.approx([1, 0])
        assert 18 not in scored.top(10000)
        postings.compact(at_least=0)
        postings.settle()


def test_refuses_what_does_not_fit_together(tmp_path: Path) -> None:
    postings = Postings(tmp_path)
    with pytest.raises(ValueError, match="2 keys with 3 words in all do not fit"):
        postings.add([1, 2], [1, 2], [1, 2], [0.5, 0.5])
    with pytest.raises(ValueError, match="Evidence must be from 0 to 1"):
        postings.add([1], [1], [1], [np.nan])
    with pytest.raises(ValueError, match="Key 2 names word 9 twice"):
        postings.add([1, 2], [1, 2], [9, 9, 9], [0.1, 0.2, 0.3])
    with pytest.raises(ValueError, match="Words must be ids from 0 to"):
        postings.add([1], [1], [-1], [0.1])
    with pytest.raises(ValueError, match="Each word needs one finite weight"):
        postings.score([1, 2], [1.0])
    assert len(postings) == 0


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), st.dictionaries(st.integers(0, 5), st.integers(0, 255))), max_size=12))
def test_any_order_of_additions_scores_as_the_last_ones_say(
    tmp_path_factory: pytest.TempPathFactory, additions: list[tuple[int, dict[int, int]]]
) -> None:
    postings, last = Postings(tmp_path_factory.mktemp("p")), dict[int, dict[int, int]]()
    for key, found in additions:
        postings.add([key], [len(found)], list(found), [v / 255 for v in found.values()])
        last[key] = found
    scores = postings.score(range(6), [1.0, 2, 3, 4, 5, 6]).of(np.arange(10))
    expected = [sum((w + 1) * v / 255 for w, v in last.get(key, {}).items()) for key in range(10)]
    assert scores == pytest.approx(expected, abs=1e-4)


def test_words_that_most_have_and_rare_words_score_as_the_sum_says(tmp_path: Path) -> None:
    rng = np.random.default_rng(4)
    table = np.where(rng.random((6000, 4)) < [0.9, 0.5, 0.1, 0.001], 0.5, 0).astype(np.float32)
    rows, words = np.nonzero(table)
    postings = Postings(tmp_path)
    postings.add(range(6000), np.bincount(rows, minlength=6000), words, table[rows, words])
    postings.settle()
    weights = np.array([1.0, 0.5, 0.25, 2.0], np.float32)
    for store in (postings, Postings(tmp_path)):
        scores = store.score(np.arange(4), weights).of(np.arange(6000))
        assert scores == pytest.approx(table @ weights, abs=0.01)


@pytest.mark.parametrize("keys", [np.arange(7, 6007), np.arange(0, 12000, 2)], ids=["consecutive", "with gaps"])
def test_a_mask_counts_by_key_and_what_lies_beyond_its_end_may_not_be_found(tmp_path: Path, keys: Ints) -> None:
    postings = Postings(tmp_path)
    postings.add(keys, np.ones(6000, np.int64), np.full(6000, 3), np.linspace(0.1, 1, 6000, dtype=np.float32))
    mask = np.zeros(int(keys[4000]), np.bool_)
    mask[keys[100:4000:3]] = True
    found = np.sort(postings.score([3], [1.0]).top(10_000, mask))
    assert found.tolist() == keys[100:4000:3].tolist()


def test_the_highest_of_many_are_the_highest(tmp_path: Path) -> None:
    values = np.random.default_rng(5).permutation(np.linspace(0.2, 1, 50_000)).astype(np.float32)
    postings = Postings(tmp_path)
    postings.add(range(50_000), np.ones(50_000, np.int64), np.zeros(50_000, np.int64), values)
    scored = postings.score([0], [1.0])
    least = np.sort(scored.of(np.arange(50_000)))[-700]
    found = scored.top(700)
    assert len(found) == 700
    assert scored.of(found).min() >= least
