"""Finds the best by vector and words together, nearly as if every key had been scored on both.

Candidates are the nearest by vector and the highest by words; each is then scored exactly on both channels.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from albumen.core.arrays import Bools, Floats, Ints, check_shape
from albumen.stores.postings import Postings, WordScores
from albumen.stores.vectors import Vectors

NEAR, TOLD = 300, 10_000
"""How many more candidates by vector than keys are wanted, and how many by words; all of them are rescored exactly."""


@dataclass(frozen=True)
class Question:
    """What is asked: a vector (dim,), words with weights, and how much each channel counts."""

    vector: Floats
    words: Ints
    weights: Floats
    dense: float = 1.0
    lexical: float = 1.0


@dataclass(frozen=True)
class Fused:
    """K keys, best first, with the fused score and what each channel said (before its factor)."""

    keys: Ints  # (K,)
    scores: Floats  # (K,)
    dense: Floats  # (K,)
    lexical: Floats  # (K,)

    def __post_init__(self) -> None:
        for name in ("scores", "dense", "lexical"):
            check_shape(f"Fused.{name}", getattr(self, name), self.keys.shape)


def fuse(vectors: Vectors, postings: Postings, question: Question, k: int, mask: Bools | None = None) -> Fused:
    """Return the `k` best keys that have a vector; a key without word evidence scores 0 there."""
    if not len(question.words):
        near = vectors.candidates(question.vector, k + NEAR, mask)
        dense = vectors.rescore(question.vector[None], near)[0]
        return _ranked(near, dense, np.zeros(len(near), np.float32), question, k)
    with ThreadPoolExecutor(1, thread_name_prefix="words") as beside:
        telling = beside.submit(_told, postings, question, k, mask)
        near = vectors.candidates(question.vector, k + NEAR, mask)
        told, most = telling.result()
        keys = _union(near, most)
        half = beside.submit(vectors.rescore, question.vector[None], keys[: len(keys) // 2])
        rest = vectors.rescore(question.vector[None], keys[len(keys) // 2 :])[0]
        dense = np.concatenate([half.result()[0], rest])
    known = ~np.isnan(dense)
    return _ranked(keys[known], dense[known], told.of(keys[known]), question, k)


def _told(postings: Postings, question: Question, k: int, mask: Bools | None) -> tuple[WordScores, Ints]:
    told = postings.score(question.words, question.weights)
    return told, told.top(max(TOLD, k), mask)


def _union(some: Ints, others: Ints) -> Ints:
    """Return the keys of both, each once, rising."""
    keys = np.sort(np.concatenate([some, others]))
    return keys[np.diff(keys, prepend=-1) > 0]


def _ranked(keys: Ints, dense: Floats, lexical: Floats, question: Question, k: int) -> Fused:
    scores = (question.dense * dense + question.lexical * lexical).astype(np.float32)
    best = np.argsort(-scores, kind="stable")[:k]
    return Fused(keys[best], scores[best], dense[best], lexical[best])
