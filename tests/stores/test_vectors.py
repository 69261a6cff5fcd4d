from pathlib import Path

import numpy as np
import pytest

from albumen.core.arrays import Floats
from albumen.core.errors import StoreError
from albumen.stores.vectors import Vectors

DIM = 64


def unit(count: int, seed: int = 0, dim: int = DIM) -> Floats:
    rows = np.random.default_rng(seed).standard_normal((count, dim)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def exact(queries: Floats, rows: Floats) -> Floats:
    return queries @ rows.astype(np.float16).astype(np.float32).T


def recall(found: np.ndarray, scores: Floats) -> float:
    best = np.argsort(-scores, axis=1)[:, : found.shape[1]]
    return float(np.mean([len(set(a) & set(b)) / len(a) for a, b in zip(best, found, strict=True)]))


def test_finds_what_was_added_at_once_and_after_reopening(tmp_path: Path) -> None:
    rows = unit(20)
    vectors = Vectors(tmp_path / "v", DIM)
    vectors.add(range(100, 120), rows)
    for store in (vectors, Vectors(tmp_path / "v", DIM)):
        hits = store.search(rows, 1)
        assert hits.keys[:, 0].tolist() == list(range(100, 120))
        assert hits.scores[:, 0] == pytest.approx(np.ones(20), abs=1e-3)
        assert len(store) == 20


def test_fills_up_where_fewer_are_there(tmp_path: Path) -> None:
    vectors = Vectors(tmp_path, DIM)
    assert vectors.search(unit(2), 3).keys.tolist() == [[-1] * 3] * 2
    vectors.add([5], unit(1))
    hits = vectors.search(unit(1), 3)
    assert hits.keys.tolist() == [[5, -1, -1]]
    assert np.isneginf(hits.scores[0, 1:]).all()


@pytest.mark.parametrize("share", [1.0, 0.5, 0.25])
def test_the_scan_finds_what_brute_force_finds(tmp_path: Path, share: float) -> None:
    rows, queries = unit(25000), unit(8, seed=1)
    vectors = Vectors(tmp_path, DIM)
    vectors.add(range(25000), rows)
    vectors.settle()
    vectors.add(range(25000, 25500), queries.repeat(63, axis=0)[:500])
    mask = np.random.default_rng(2).random(25500) < share
    scores = exact(queries, np.concatenate([rows, queries.repeat(63, axis=0)[:500]]))
    hits = vectors.search(queries, 100, mask)
    assert mask[hits.keys].all()
    assert recall(hits.keys, np.where(mask, scores, -9)) >= 0.98
    assert np.take_along_axis(scores, hits.keys, 1) == pytest.approx(hits.scores, abs=1e-5)


def test_a_narrow_filter_is_exact(tmp_path: Path) -> None:
    rows, queries = unit(25000), unit(4, seed=1)
    vectors = Vectors(tmp_path, DIM)
    vectors.add(range(25000), rows)
    mask = np.zeros(25000, np.bool_)
    mask[np.random.default_rng(2).choice(25000, 25, replace=False)] = True
    hits = vectors.search(queries, 10, mask)
    best = np.argsort(-np.where(mask, exact(queries, rows), -9), axis=1)[:, :10]
    assert hits.keys.tolist() == best.tolist()


def test_removed_keys_never_come_back(tmp_path: Path) -> None:
    rows = unit(9000)
    vectors = Vectors(tmp_path, DIM)
    vectors.add(range(9000), rows)
    vectors.settle()
    assert vectors.remove([7, 8, 99999]) == 2
    vectors.settle()
    vectors.compact(at_least=0)
    vectors.settle()
    for store in (vectors, Vectors(tmp_path, DIM)):
        assert not np.isin(store.search(rows[7:9], 50).keys, [7, 8]).any()
        assert len(store) == 8998


def test_a_newer_vector_replaces_the_older(tmp_path: Path) -> None:
    rows = unit(3)
    vectors = Vectors(tmp_path, DIM)
    vectors.add([1, 2], rows[:2])
    vectors.add([1], rows[2:])
    hits = vectors.search(rows[2:], 5)
    assert hits.keys[0, :3].tolist() == [1, 2, -1]
    assert len(vectors) == 2


def test_rescores_and_gives_back_by_key(tmp_path: Path) -> None:
    rows = unit(10)
    vectors = Vectors(tmp_path, DIM)
    vectors.add(range(10), rows)
    assert vectors.rescore(rows[:2], [3, 9]) == pytest.approx(exact(rows[:2], rows)[:, [3, 9]])
    assert np.isnan(vectors.rescore(rows[:1], [77])).all()
    assert vectors.get([4]) == pytest.approx(rows[4:5], abs=1e-3)


def test_refuses_numbers_that_are_not_finite(tmp_path: Path) -> None:
    vectors = Vectors(tmp_path, DIM)
    rows = unit(3)
    rows[1, 5] = np.nan
    with pytest.raises(ValueError, match="Vector 1 holds a number that is not finite"):
        vectors.add([1, 2, 3], rows)
    with pytest.raises(ValueError, match="query holds a number that is not finite"):
        vectors.search(rows, 1)
    assert len(vectors) == 0


def test_refuses_wrong_shapes_keys_and_masks(tmp_path: Path) -> None:
    vectors = Vectors(tmp_path, DIM)
    with pytest.raises(ValueError, match=r"must have shape \(2, 64\), one row a key, not \(2, 63\)"):
        vectors.add([1, 2], unit(2, dim=63))
    with pytest.raises(ValueError, match="Key 1 is given twice"):
        vectors.add([1, 1], unit(2))
    with pytest.raises(ValueError, match="ids from 0 to"):
        vectors.add([-1], unit(1))
    with pytest.raises(ValueError, match=r"Queries must have shape \(any, 64\), not \(1, 8\)"):
        vectors.search(unit(1, dim=8), 1)
    with pytest.raises(ValueError, match="room for at least one hit, not 0"):
        vectors.search(unit(1), 0)
    vectors.add([1], unit(1))
    with pytest.raises(ValueError, match="one row of booleans"):
        vectors.search(unit(1), 1, np.ones(3, np.int64))  # pyright: ignore


def test_refuses_a_folder_of_another_dimension(tmp_path: Path) -> None:
    Vectors(tmp_path, DIM).add([1], unit(1))
    with pytest.raises(StoreError, match="holds vectors of 64 numbers, not vectors of 32"):
        Vectors(tmp_path, 32)
