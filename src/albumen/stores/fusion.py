"""Finds the best by vector and words together, nearly as if every key had been scored on both.

Candidates are the nearest by vector and the highest by words; each is then scored exactly on both channels.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from albumen.core.arrays import Bools, Floats, Ints, check_shape
from albumen.stores.postings import Postings, WordScores
from albumen.stores.vectors import Vectors

MORE = 300
"""How many more candidates than keys are taken by vector where no words are asked for."""
NEAR, TOLD = 350, 10_000
"""How many candidates are taken by vector beyond a quarter of the keys wanted, and by words at most."""
RIGHT, OVERLOOKED = 100, 0.3
"""Up to which rank words' candidates are looked for until none can matter, were what the scan overlooked no nearer
than all but this share of its candidates."""


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

    def best(self, k: int, *others: "Fused") -> "Fused":
        """Return the `k` best of these and others, those of equal scores by their keys."""
        all_of = [np.concatenate(each) for each in zip(*map(_arrays, (self, *others)), strict=True)]
        keys, scores = all_of[:2]
        least = np.partition(scores, len(scores) - k)[len(scores) - k] if k < len(scores) else -np.inf
        kept = np.flatnonzero(scores >= least)
        order = kept[np.lexsort((keys[kept], -scores[kept]))][:k]
        return Fused(*(each[order] for each in all_of))


def _arrays(fused: Fused) -> tuple[Ints, Floats, Floats, Floats]:
    return fused.keys, fused.scores, fused.dense, fused.lexical


def fuse(vectors: Vectors, postings: Postings, question: Question, k: int, mask: Bools | None = None) -> Fused:
    """Return up to `k` best keys that have a vector; a key without word evidence scores 0 there."""
    if not len(question.words):
        near = vectors.candidates(question.vector, k + MORE, mask)
        dense = vectors.rescore(question.vector[None], near)[0]
        return _fused(near, dense, np.zeros(len(near), np.float32), question).best(k)
    with ThreadPoolExecutor(1, thread_name_prefix="words") as beside:
        telling = beside.submit(_told, postings, question, k, mask)
        nearest = NEAR + k // 4
        near = vectors.candidates(question.vector, nearest, mask)
        told, most = telling.result()
    first = _exact(vectors, told, question, _union(near, most))
    rest = told.top(TOLD, mask, above=least_by_words(first, near, nearest, question))
    return first.best(k, _exact(vectors, told, question, np.sort(rest[~_among(rest, first.keys)])))


def _told(postings: Postings, question: Question, k: int, mask: Bools | None) -> tuple[WordScores, Ints]:
    told = postings.score(question.words, question.weights)
    return told, told.top(k, mask)


def _union(some: Ints, others: Ints) -> Ints:
    """Return the keys of both, each once, rising."""
    keys = np.sort(np.concatenate([some, others]))
    return keys[np.diff(keys, prepend=-1) > 0]


def _among(keys: Ints, rising: Ints) -> Bools:
    """Return which of the keys are among others, which rise."""
    if not len(rising):
        return np.zeros(len(keys), np.bool_)
    return rising[np.minimum(np.searchsorted(rising, keys), len(rising) - 1)] == keys


def _exact(vectors: Vectors, told: WordScores, question: Question, keys: Ints) -> Fused:
    """Score keys on both channels; those without a vector are left out."""
    # Two threads take longer: a block's steps are so short that they wait for the interpreter, not the processor.
    return _fused(keys, vectors.rescore(question.vector[None], keys)[0], told.of(keys), question)


def _fused(keys: Ints, dense: Floats, lexical: Floats, question: Question) -> Fused:
    known = ~np.isnan(dense)
    scores = (question.dense * dense + question.lexical * lexical).astype(np.float32)
    return Fused(keys[known], scores[known], dense[known], lexical[known])


def least_by_words(first: Fused, near: Ints, nearest: int, question: Question) -> float:
    """Return what words must say of a key that is no candidate by vector to bring it among the first.

    Each part of the store gives candidates of its own, so only the `nearest` of them all tell how near others may be.
    """
    dense = -np.sort(-first.dense[_among(first.keys, np.sort(near))])[:nearest]
    if question.lexical <= 0 or len(first.keys) < RIGHT or not len(dense):
        return np.inf if question.lexical <= 0 else 0.0
    reached = np.partition(first.scores, len(first.scores) - RIGHT)[len(first.scores) - RIGHT]
    return float(reached - question.dense * np.quantile(dense, OVERLOOKED)) / question.lexical
