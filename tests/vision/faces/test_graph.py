import numpy as np
import pytest

from albumen.vision.faces import graph
from albumen.vision.faces.sface import unit


def test_finds_the_same_neighbours_in_blocks_as_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    vectors = unit(np.random.default_rng(0).normal(size=(120, 8)).astype(np.float32))
    at_once = graph.neighbours(vectors, 5, 0.2)
    monkeypatch.setattr(graph, "BLOCK_CELLS", 7 * 120)
    in_blocks = graph.neighbours(vectors, 5, 0.2)
    assert at_once.a.tolist() == in_blocks.a.tolist()
    assert at_once.b.tolist() == in_blocks.b.tolist()


def test_every_true_neighbour_above_the_least_is_found_once() -> None:
    vectors = unit(np.random.default_rng(1).normal(size=(40, 4)).astype(np.float32))
    cosines = vectors @ vectors.T
    expected = {(i, j) for i in range(40) for j in range(i + 1, 40) if cosines[i, j] >= 0.9}
    found = [(a, b) for a, b, _ in graph.neighbours(vectors, 40, 0.9).rows()]
    assert sorted(found) == sorted(expected)


def test_rows_left_out_have_no_neighbours() -> None:
    vectors = np.ones((3, 1), np.float32)
    assert graph.neighbours(vectors, 5, 0.5, only=np.array([0, 2])).rows() == [(0, 2, 1.0)]


def test_neighbours_of_some_rows_are_looked_for_among_all() -> None:
    vectors = unit(np.random.default_rng(2).normal(size=(50, 4)).astype(np.float32))
    pairs = {(a, b) for a, b, _ in graph.neighbours(vectors, 50, 0.5).rows()}
    found = {(a, b) for a, b, _ in graph.neighbours(vectors, 50, 0.5, of=np.array([3, 7])).rows()}
    assert found == {pair for pair in pairs if pair[0] in (3, 7) or pair[1] in (3, 7)}


def test_beyond_what_is_compared_exactly_nearly_all_neighbours_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(3)
    centres = unit(random.normal(size=(60, 32)).astype(np.float32))
    vectors = unit(centres.repeat(20, 0) + 0.08 * random.normal(size=(1200, 32)).astype(np.float32))
    exact = {(a, b) for a, b, _ in graph.neighbours(vectors, 24, 0.5).rows()}
    monkeypatch.setattr(graph, "EXACT", 100)
    found = {(a, b) for a, b, _ in graph.neighbours(vectors, 24, 0.5).rows()}
    assert len(found & exact) > 0.9 * len(exact)
