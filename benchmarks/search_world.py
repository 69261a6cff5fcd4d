"""A synthetic library for the benchmark of search: its assets, its questions, and the exhaustive answers to them."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from albumen.core.arrays import Bools, Floats, Ints
from albumen.stores.fusion import Question

DIM, CLUSTERS, VOCABULARY, CHUNK, K = 384, 5000, 2000, 20000, 100
DENSE, LEXICAL = 1 / 0.182, 0.3 / 1.286 * np.log(1.02 / 0.02)
YEARS = 20 * 365.25 * 86400
SHARES = {"none": 1.0, "50 %": 0.5, "5 %": 0.05, "0.1 %": 0.001}
Range = tuple[float, float]
"""The first and the last second, both included."""


@dataclass(frozen=True)
class Chunk:
    """Some assets with all that search knows of them."""

    keys: Ints
    vectors: Floats
    taken: Floats
    counts: Ints
    words: Ints
    values: Floats


class World:
    """Makes the same assets and queries from the same seed, a chunk at a time."""

    def __init__(self, seed: int) -> None:
        rng = np.random.default_rng(seed)
        spread = np.arange(1, DIM + 1) ** -0.5
        turn = np.linalg.qr(rng.standard_normal((DIM, DIM)))[0]
        self.shape = (spread[:, None] / np.linalg.norm(spread) * turn).astype(np.float32)
        self.cones = rng.standard_normal((2, DIM)).astype(np.float32) / np.sqrt(DIM)
        self.centres = self.noise(rng, CLUSTERS)
        self.times = rng.random(CLUSTERS)
        self.likely = 1 / np.arange(1, CLUSTERS + 1)
        self.common = 1 / np.arange(1, VOCABULARY + 1)
        self.topics = np.stack(
            [rng.choice(VOCABULARY, 20, False, self.common / self.common.sum()) for _ in range(CLUSTERS)]
        )
        self.seed = seed

    def noise(self, rng: np.random.Generator, count: int) -> Floats:
        """Return anisotropic noise (count, DIM), rows about 1 long."""
        return rng.standard_normal((count, DIM)).astype(np.float32) @ self.shape

    def chunk(self, start: int, count: int) -> Chunk:
        """Return the assets `start` to `start + count`; `start` names the chunk."""
        rng = np.random.default_rng((self.seed, start))
        clusters = rng.choice(CLUSTERS, count, p=self.likely / self.likely.sum())
        vectors = unit(0.75 * self.cones[0] + 0.85 * self.centres[clusters] + 0.6 * self.noise(rng, count))
        taken = np.where(rng.random(count) < 0.5, self.times[clusters] + rng.normal(0, 0.003, count), rng.random(count))
        counts, words, values = self._words(rng, clusters)
        return Chunk(
            np.arange(start + 1, start + count + 1),
            vectors,
            np.floor(np.clip(taken, 0, 1) * YEARS),
            counts,
            words,
            values,
        )

    def _words(self, rng: np.random.Generator, clusters: Ints) -> tuple[Ints, Ints, Floats]:
        own = self.topics[clusters]
        other = rng.choice(VOCABULARY, (len(clusters), 16), p=self.common / self.common.sum())
        words = np.sort(np.concatenate([np.where(rng.random(own.shape) < 0.8, own, -1), other], axis=1), axis=1)
        kept = (words >= 0) & (np.diff(words, prepend=-2, axis=1) != 0)
        return kept.sum(axis=1), words[kept], rng.beta(2, 2, int(kept.sum())).astype(np.float32)

    def questions(self, count: int, frequency: Floats) -> list[Question]:
        """Return image-like questions, then as many text-like ones, each with four words of its cluster."""
        rng = np.random.default_rng((self.seed, 1, 2, 3))
        clusters = rng.choice(CLUSTERS, 2 * count, p=self.likely / self.likely.sum())
        clusters[count:] = rng.choice(CLUSTERS, count)
        images = 0.75 * self.cones[0] + 0.85 * self.centres[clusters[:count]] + 0.6 * self.noise(rng, count)
        texts = 0.9 * self.cones[1] + 0.6 * self.centres[clusters[count:]] + 0.5 * self.noise(rng, count)
        asked = [rng.choice(self.topics[c], 4, False) for c in clusters]
        weights = [(w := -np.log(frequency[a])) / np.sqrt(w.sum()) for a in asked]
        vectors = unit(np.concatenate([images, texts]))
        return [
            Question(v, a, w.astype(np.float32), DENSE, LEXICAL)
            for v, a, w in zip(vectors, asked, weights, strict=True)
        ]


def unit(rows: Floats) -> Floats:
    """Return rows of length 1."""
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def chunks(world: World, assets: int) -> Iterator[Chunk]:
    """Yield all assets, a chunk at a time."""
    for start in range(0, assets, CHUNK):
        yield world.chunk(start, min(CHUNK, assets - start))


def ranges(taken: Floats, questions: int) -> dict[str, list[Range | None]]:
    """Return for each share a time range per question that holds that share of all assets."""
    ordered, rng = np.sort(taken), np.random.default_rng(5)
    found: dict[str, list[Range | None]] = {}
    for name, share in SHARES.items():
        size = round(share * len(ordered))
        starts = rng.integers(0, len(ordered) - size + 1, questions)
        spans = [(float(ordered[s]), float(ordered[s + size - 1])) for s in starts]
        found[name] = [None if share == 1 else span for span in spans]
    return found


class Best:
    """The best `K` of each question and filter so far, by an exhaustive pass."""

    def __init__(self, questions: int) -> None:
        self.keys = np.full((questions, K), -1)
        self.scores = np.full((questions, K), -np.inf)

    def take(self, row: int, keys: Ints, scores: Floats) -> None:
        """Consider some more keys for question `row`."""
        keys, scores = np.concatenate([self.keys[row], keys]), np.concatenate([self.scores[row], scores])
        top = np.argpartition(-scores, K - 1)[:K]
        self.keys[row], self.scores[row] = keys[top], scores[top]

    def recall(self, row: int, found: Ints) -> float:
        """Return the share of the best that was found."""
        wanted = self.keys[row][np.isfinite(self.scores[row])]
        return len(np.intersect1d(wanted, found)) / max(1, len(wanted))


Truth = dict[str, tuple[Best, Best]]


def brute_force(world: World, assets: int, questions: list[Question], spans: dict[str, list[Range | None]]) -> Truth:
    """Score every asset on both channels in fp32 and keep the best by vector alone and by both, for each filter."""
    truth = {name: (Best(len(questions)), Best(len(questions))) for name in SHARES}
    asked = np.unique(np.concatenate([q.words for q in questions]))
    place = np.full(VOCABULARY, -1)
    place[asked] = np.arange(len(asked))
    weights = np.zeros((len(asked), len(questions)), np.float32)
    for i, question in enumerate(questions):
        weights[place[question.words], i] = question.weights
    queries = np.stack([q.vector for q in questions])
    for chunk in chunks(world, assets):
        dense = queries @ chunk.vectors.T
        both = DENSE * dense + LEXICAL * (evidence(chunk, place, len(asked)) @ weights).T
        for name, (by_vector, by_both) in truth.items():
            for i, span in enumerate(spans[name]):
                allowed = np.flatnonzero(inside(chunk.taken, span))
                by_vector.take(i, chunk.keys[allowed], dense[i, allowed])
                by_both.take(i, chunk.keys[allowed], both[i, allowed])
    return truth


def inside(taken: Floats, span: Range | None) -> Bools:
    """Return which times are in the range."""
    return np.ones(len(taken), np.bool_) if span is None else (taken >= span[0]) & (taken <= span[1])


def evidence(chunk: Chunk, place: Ints, asked: int) -> Floats:
    """Return the evidence of each asset for each asked word, (assets, asked)."""
    table = np.zeros((len(chunk.keys), asked), np.float32)
    owners, places = np.repeat(np.arange(len(chunk.keys)), chunk.counts), place[chunk.words]
    table[owners[places >= 0], places[places >= 0]] = chunk.values[places >= 0]
    return table
