"""Measures search over a synthetic library: speed, recall against brute force, memory, and how soon an asset is found.

    python benchmarks/search.py [--assets 1000000] [--folder DIR] [--json FILE]

Vectors are a mixture of 5,000 anisotropic gaussians in a cone, clusters Zipf-sized; half of the times follow the
cluster, as events do; words follow the cluster or Zipf. Half of the queries are like images of the library, half like
texts: from another cone, as CLIP-class encoders give them. A query is filter to mask, vectors, words, fusion to 100.
"""

import argparse
import json
import multiprocessing
import os
import platform
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from albumen.core.arrays import Bools, Floats, Ints
from albumen.stores.columns import Between, Columns
from albumen.stores.fusion import Question, fuse
from albumen.stores.postings import Postings
from albumen.stores.vectors import Vectors

DIM, CLUSTERS, VOCABULARY, CHUNK, K = 384, 5000, 2000, 20000, 100
DENSE, LEXICAL = 1 / 0.182, 0.3 / 1.286 * np.log(1.02 / 0.02)
YEARS = 20 * 365.25 * 86400
SHARES = {"none": 1.0, "50 %": 0.5, "5 %": 0.05, "0.1 %": 0.001}
DTYPES = {"taken": "f8", "kind": "u1", "lat": "f4", "lon": "f4", "camera": "i4", "place": "i4", "rating": "i1"}


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
            np.arange(start + 1, start + count + 1), vectors, np.clip(taken, 0, 1) * YEARS, counts, words, values
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


@dataclass
class Stores:
    """The stores that a search goes through."""

    vectors: Vectors
    postings: Postings
    columns: Columns

    @classmethod
    def open(cls, folder: Path) -> "Stores":
        """Open the stores in that folder."""
        return cls(Vectors(folder / "vectors", DIM), Postings(folder / "words"), Columns(DTYPES))

    def add(self, chunk: Chunk) -> None:
        """Take in some assets as an import does."""
        self.vectors.add(chunk.keys, chunk.vectors)
        self.postings.add(chunk.keys, chunk.counts, chunk.words, chunk.values)
        self.describe(chunk)

    def describe(self, chunk: Chunk) -> None:
        """Take in the columns of some assets, which live in memory only."""
        rng = np.random.default_rng(int(chunk.keys[0]))
        others = {name: rng.integers(0, 100, len(chunk.keys)) for name in DTYPES if name != "taken"}
        self.columns.put(chunk.keys, {"taken": chunk.taken, **others})

    def settle(self) -> None:
        """Wait for what is merged in the background."""
        self.vectors.settle()
        self.postings.settle()


def chunks(world: World, assets: int) -> Iterator[Chunk]:
    """Yield all assets, a chunk at a time."""
    for start in range(0, assets, CHUNK):
        yield world.chunk(start, min(CHUNK, assets - start))


def ranges(taken: Floats, questions: int) -> dict[str, list[Between | None]]:
    """Return for each share a time range per question that holds that share of all assets."""
    ordered, rng = np.sort(taken), np.random.default_rng(5)
    found: dict[str, list[Between | None]] = {}
    for name, share in SHARES.items():
        size = round(share * len(ordered))
        starts = rng.integers(0, len(ordered) - size + 1, questions)
        spans = [Between("taken", float(ordered[s]), float(ordered[s + size - 1])) for s in starts]
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


def brute_force(world: World, assets: int, questions: list[Question], spans: dict[str, list[Between | None]]) -> Truth:
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


def inside(taken: Floats, span: Between | None) -> Bools:
    """Return which times are in the range."""
    return np.ones(len(taken), np.bool_) if span is None else (taken >= span.low) & (taken <= span.high)


def evidence(chunk: Chunk, place: Ints, asked: int) -> Floats:
    """Return the evidence of each asset for each asked word, (assets, asked)."""
    table = np.zeros((len(chunk.keys), asked), np.float32)
    owners, places = np.repeat(np.arange(len(chunk.keys)), chunk.counts), place[chunk.words]
    table[owners[places >= 0], places[places >= 0]] = chunk.values[places >= 0]
    return table


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Return the milliseconds that the work took, and what it gave."""
    start = time.perf_counter()
    result = work()
    return 1000 * (time.perf_counter() - start), result


def ask(stores: Stores, question: Question, span: Between | None) -> Ints:
    """Answer one whole query after text encoding: filter, vectors, words, fusion."""
    mask = stores.columns.mask(span) if span else None
    return fuse(stores.vectors, stores.postings, question, K, mask).keys


def near(stores: Stores, question: Question, span: Between | None) -> Ints:
    """Answer by vector alone."""
    mask = stores.columns.mask(span) if span else None
    return stores.vectors.search(question.vector[None], K, mask).keys[0]


def measure(
    stores: Stores, questions: list[Question], spans: dict[str, list[Between | None]], truth: Truth
) -> list[dict[str, Any]]:
    """Run every question under every filter, both ways, and compare with the exhaustive answers."""
    rows: list[dict[str, Any]] = []
    for name in SHARES:
        for way, best, answer in (("whole query", truth[name][1], ask), ("vectors only", truth[name][0], near)):
            runs = [timed(partial(answer, stores, q, s)) for q, s in zip(questions, spans[name], strict=True)]
            times = np.array([ms for ms, _ in runs])
            recalls = np.array([best.recall(i, keys) for i, (_, keys) in enumerate(runs)])
            half = len(questions) // 2
            rows.append(
                {
                    "filter": name,
                    "way": way,
                    "p50_ms": float(np.median(times)),
                    "p99_ms": float(np.percentile(times, 99)),
                    "recall_image": float(recalls[:half].mean()),
                    "recall_text": float(recalls[half:].mean()),
                    "recall_worst": float(recalls.min()),
                }
            )
    return rows


def numpy_query(world: World, assets: int, questions: list[Question]) -> float:
    """Return the median milliseconds of one brute-force query over fp32 rows in memory."""
    matrix = np.concatenate([chunk.vectors for chunk in chunks(world, assets)])
    return float(
        np.median([timed(lambda v=q.vector: np.argpartition(-(matrix @ v), K)[:K])[0] for q in questions[:15]])
    )


def until_found(stores: Stores, world: World, assets: int, rounds: int = 20) -> list[float]:
    """Return, for one asset after the other, the milliseconds from the start of its addition until a query finds it."""
    return [timed(lambda i=i: _add_and_find(stores, world.chunk(assets + i, 1)))[0] for i in range(rounds)]


def _add_and_find(stores: Stores, chunk: Chunk) -> None:
    stores.add(chunk)
    question = Question(chunk.vectors[0], chunk.words[:4], np.ones(4, np.float32), DENSE, 0.0)
    while int(chunk.keys[0]) not in ask(stores, question, None):
        continue


def while_importing(stores: Stores, world: World, assets: int, questions: list[Question]) -> list[float]:
    """Return the milliseconds of queries while 10,000 assets come in, 50 between two queries, and are merged behind."""
    times: list[float] = []
    for i, start in enumerate(range(assets, assets + 10000, 50)):
        stores.add(world.chunk(start, 50))
        times.append(timed(lambda i=i: ask(stores, questions[i % len(questions)], None))[0])
    return times


def fresh_process(folder: Path, seed: int, assets: int, questions: list[Question], results: Any) -> None:
    """Open the stores anew, as a restarted server does, and report times and memory."""
    stores = Stores.open(folder)
    world = World(seed)
    for chunk in chunks(world, assets):
        stores.describe(chunk)
    before = resident()
    opening, again = timed(lambda: Stores.open(folder))
    stores.vectors, stores.postings = again.vectors, again.postings
    first, _ = timed(lambda: ask(stores, questions[0], None))
    for question in questions[1:50]:
        ask(stores, question, None)
    results.put({"open_ms": opening, "first_query_ms": first, "rss_growth_mb": resident() - before, **memory()})


def memory() -> dict[str, float]:
    """Return this process's memory in MB: what is its own, and what is mapped from files and can be given back."""
    fields = dict(
        line.split(":") for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("Rss")
    )
    return {name: int(fields[name].split()[0]) / 1024 for name in ("RssAnon", "RssFile")}


def resident() -> float:
    """Return this process's resident memory in MB."""
    return sum(memory().values())


def fill(stores: Stores, world: World, assets: int) -> tuple[Floats, Floats]:
    """Add all assets but leave the last 2,000 to the tail; return all times and how frequent each word is."""
    frequency, taken = np.ones(VOCABULARY), list[Floats]()
    for chunk in chunks(world, assets):
        last = chunk.keys[-1] == assets
        if last:
            stores.settle()
        stores.add(chunk)
        frequency += np.bincount(chunk.words, minlength=VOCABULARY)
        taken.append(chunk.taken)
    stores.settle()
    return np.concatenate(taken), (frequency / (assets + VOCABULARY)).astype(np.float32)


def run(folder: Path, assets: int, count: int, seed: int) -> dict[str, Any]:
    """Run all of it in an empty folder."""
    world, stores = World(seed), Stores.open(folder)
    filling, (taken, frequency) = timed(lambda: fill(stores, world, assets))
    questions = world.questions(count, frequency)
    spans = ranges(taken, len(questions))
    exhaustive, truth = timed(lambda: brute_force(world, assets, questions, spans))
    rows = measure(stores, questions, spans, truth)
    context = multiprocessing.get_context("spawn")
    results = context.Queue()
    process = context.Process(target=fresh_process, args=(folder, seed, assets, questions, results))
    process.start()
    restarted = results.get()
    process.join()
    found = until_found(stores, world, assets)
    importing = while_importing(stores, world, assets + 100, questions)
    stores.vectors.close()
    stores.postings.close()
    return {
        "assets": assets,
        "machine": f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores",
        "fill_s": filling / 1000,
        "brute_force_s": exhaustive / 1000,
        "queries": rows,
        "until_found_ms": {"p50": float(np.median(found)), "worst": max(found)},
        "while_importing_ms": {"p50": float(np.median(importing)), "p99": float(np.percentile(importing, 99))},
        "restarted": restarted,
        "numpy_fp32_query_ms": numpy_query(world, assets, questions),
        "disk_mb": sum(p.stat().st_size for p in folder.rglob("*") if p.is_file()) / 2**20,
        "peak_rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def show(result: dict[str, Any]) -> None:
    """Print the result for people."""
    table = Table(title=f"Search over {result['assets']:,} assets")
    for column in result["queries"][0]:
        table.add_column(column, justify="right")
    for row in result["queries"]:
        table.add_row(
            *(v if isinstance(v, str) else f"{v:.3f}" if "recall" in k else f"{v:.1f}" for k, v in row.items())
        )
    console = Console(width=120)
    console.print(table)
    console.print({k: v for k, v in result.items() if k != "queries"})


def main() -> None:
    """Read the options, run, print, and write the JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--assets", type=int, default=1_000_000)
    parser.add_argument("--queries", type=int, default=100, help="of each of the two kinds")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="where to put the stores for the time of the run")
    parser.add_argument("--json", type=Path, help="where to write the numbers")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        result = run(Path(folder), options.assets, options.queries, options.seed)
    show(result)
    if options.json:
        options.json.write_text(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
