from pathlib import Path

import numpy as np
import pytest

from albumen.stores.fusion import Fused, Question, fuse, least_by_words
from albumen.stores.postings import Postings
from albumen.stores.vectors import Vectors

DIM, COUNT, WORDS = 32, 20000, 60


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> tuple[Vectors, Postings, np.ndarray, np.ndarray]:
    rng, folder = np.random.default_rng(0), tmp_path_factory.mktemp("library")
    rows = rng.standard_normal((COUNT, DIM)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    table = np.where(rng.random((COUNT, WORDS)) < 0.1, rng.random((COUNT, WORDS)), 0).astype(np.float32)
    owners, words = np.nonzero(table)
    vectors, postings = Vectors(folder / "v", DIM), Postings(folder / "w")
    vectors.add(range(COUNT), rows)
    postings.add(range(COUNT), np.bincount(owners, minlength=COUNT), words, table[owners, words])
    vectors.settle()
    postings.settle()
    return vectors, postings, rows, table


@pytest.mark.parametrize("share", [1.0, 0.3, 0.001])
def test_finds_what_scoring_everything_finds(
    library: tuple[Vectors, Postings, np.ndarray, np.ndarray], share: float
) -> None:
    vectors, postings, rows, table = library
    rng, recalls = np.random.default_rng(1), list[float]()
    mask = rng.random(COUNT) < share
    for _ in range(10):
        query = rng.standard_normal(DIM).astype(np.float32)
        words, weights = rng.choice(WORDS, 3, False), rng.random(3).astype(np.float32)
        question = Question(query / np.linalg.norm(query), words, weights, dense=1.0, lexical=0.3)
        found = fuse(vectors, postings, question, 100, mask)
        scores = np.where(mask, rows @ question.vector + 0.3 * (table[:, words] @ weights), -np.inf)
        best = np.argsort(-scores)[: min(100, int(mask.sum()))]
        recalls.append(len(set(best) & set(found.keys)) / len(best))
        assert found.scores == pytest.approx(scores[found.keys], abs=5e-3)
        assert (np.diff(found.scores) <= 0).all()
    assert np.mean(recalls) >= 0.98


def test_without_words_the_vector_alone_decides(
    library: tuple[Vectors, Postings, np.ndarray, np.ndarray],
) -> None:
    vectors, postings, rows, _ = library
    question = Question(rows[7], np.empty(0, np.int64), np.empty(0, np.float32))
    found = fuse(vectors, postings, question, 5)
    assert found.keys[0] == 7
    assert (found.lexical == 0).all()


def test_what_words_alone_bring_among_the_first_is_found_beyond_their_own_best(tmp_path: Path) -> None:
    vectors, postings = Vectors(tmp_path / "v", 8), Postings(tmp_path / "w")
    keys, rng = np.arange(12_000), np.random.default_rng(2)
    rows = rng.standard_normal((len(keys), 8)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    said = np.linspace(0, 1, len(keys), dtype=np.float32)
    vectors.add(keys, rows)
    postings.add(keys, np.ones(len(keys), np.int64), np.full(len(keys), 5), said)
    vectors.settle()
    question = Question(rows[0], np.array([5]), np.array([1.0], np.float32), lexical=1.0)
    found = fuse(vectors, postings, question, 100)
    best = np.argsort(-(rows @ rows[0] + np.rint(said * 255) / 255), kind="stable")[:100]
    assert len(set(best) & set(found.keys)) >= 98


def test_poor_candidates_of_small_new_parts_do_not_raise_what_words_must_say() -> None:
    def asked_of_words(count: int) -> float:
        keys = np.arange(count)
        dense = np.where(keys < 400, np.linspace(0.9, 0.5, count, dtype=np.float32), np.float32(-0.9))
        fused = Fused(keys, dense, dense, np.zeros(count, np.float32))
        question = Question(np.ones(1, np.float32), np.array([5]), np.array([1.0], np.float32), lexical=1.0)
        return least_by_words(fused, keys, 400, question)

    assert asked_of_words(2_000) <= asked_of_words(400)


def test_equal_scores_are_ordered_by_their_keys(tmp_path: Path) -> None:
    vectors, postings = Vectors(tmp_path / "v", 8), Postings(tmp_path / "w")
    keys = np.array([9, 4, 7, 1])
    vectors.add(keys, np.tile(np.eye(8, dtype=np.float32)[:1], (4, 1)))
    postings.add(keys, [1] * 4, [5] * 4, np.ones(4, np.float32))
    question = Question(np.eye(8, dtype=np.float32)[0], np.array([5]), np.array([1.0], np.float32))
    assert fuse(vectors, postings, question, 3).keys.tolist() == [1, 4, 7]


def test_a_key_that_only_words_know_is_left_out(tmp_path: Path) -> None:
    vectors, postings = Vectors(tmp_path / "v", 8), Postings(tmp_path / "w")
    vectors.add([1], np.eye(8, dtype=np.float32)[:1])
    postings.add([1, 2], [1, 1], [5, 5], [0.2, 1.0])
    question = Question(np.eye(8, dtype=np.float32)[0], np.array([5]), np.array([1.0], np.float32))
    assert fuse(vectors, postings, question, 5).keys.tolist() == [1]
