"""Measures search over a synthetic library: speed, recall against brute force, memory, and how soon an asset is found.

    python benchmarks/search.py [--assets 1000000] [--folder DIR] [--json FILE]

Vectors are a mixture of 5,000 anisotropic gaussians in a cone, clusters Zipf-sized; half of the times follow the
cluster, as events do; words follow the cluster or Zipf. Half of the queries are like images of the library, half like
texts: from another cone, as CLIP-class encoders give them. A query is all that the product does after text encoding:
catching up with the catalog, filters, vectors, words, full text, and reading 50 results with their reasons.
With `--folder` the library and the exhaustive answers stay there, and the next run measures only.
"""

import argparse
import gc
import json
import multiprocessing
import os
import pickle
import platform
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table
from search_world import (
    DENSE,
    DIM,
    VOCABULARY,
    Chunk,
    K,
    Range,
    Truth,
    World,
    brute_force,
    chunks,
    ranges,
)  # fmt: skip

from albumen.core.arrays import Floats, Ints
from albumen.library.query.parts import Part, Query, Span, Time
from albumen.library.search.search import Search
from albumen.stores.catalog.catalog import Catalog
from albumen.stores.fusion import Question
from albumen.stores.postings import Postings
from albumen.stores.vectors import Vectors
from albumen.vision.embed import scoring

TOWNS, CAPTIONED, SHOWN = 500, 0.05, 50
START = datetime(1970, 1, 1)
ASSETS = """INSERT INTO assets (id, digest, kind, mime, bytes, width, height, taken, taken_s, town, country, details,
    added_s, changed) VALUES (?, ?, 'photo', 'image/jpeg', 3000000, 4000, 3000, ?, ?, ?, 'IT', '{}', 0, ?)"""
FILES = """INSERT INTO files (id, asset_id, root_id, path, digest, role, bytes, mtime_ns, state)
    VALUES (?, ?, 1, ?, ?, 'original', 3000000, 0, 'present')"""
FRAMES = "INSERT INTO frames (id, asset_id, at_ms, shot) VALUES (?, ?, 0, 0)"
FACTS = "INSERT INTO facts (asset_id, task, card, value, at_s) VALUES (?, 'labels', 'bench', ?, 0)"
DOCS = """INSERT INTO docs (rowid, written, caption, names, tags, filename, place)
    VALUES (?, '', ?, '', '', ?, ?)"""


class Asked:
    """Stands for text encoding: knows each question by its sentence."""

    def __init__(self) -> None:
        self.questions: list[Question] = []
        self._numbers: dict[str, int] = {}

    def take(self, question: Question) -> str:
        """Return the sentence under which a question is known from now on."""
        sentence = " ".join(f"word{w}" for w in question.words)
        self._numbers[sentence] = len(self.questions)
        self.questions.append(question)
        return sentence

    def query(self, text: str) -> scoring.Query:
        """Return what a sentence asks for."""
        number = self._numbers[text]
        return scoring.Query(self.questions[number].vector, {number: 1.0}, 1.0, {}, 4)

    def question(self, asked: scoring.Query) -> Question:
        """Return what to ask the stores."""
        return self.questions[next(iter(asked.words))]

    def probability(self, query: scoring.Query, scores: Floats) -> Floats:
        """Return numbers that rise with the scores and stay below 1."""
        return np.asarray(1 / (1 + np.exp(2 - scores / 4)), np.float32)


@dataclass
class Library:
    """A library as search sees it."""

    catalog: Catalog
    vectors: Vectors
    postings: Postings
    asked: Asked
    search: Search

    @classmethod
    def open(cls, folder: Path) -> "Library":
        """Open the library in that folder."""
        catalog, asked = Catalog(folder / "catalog.sqlite"), Asked()
        vectors, postings = Vectors(folder / "vectors", DIM), Postings(folder / "words")
        return cls(catalog, vectors, postings, asked, Search(catalog, vectors, postings, asked))

    def add(self, chunk: Chunk) -> None:
        """Take in some assets as an import does: vectors and words first, then the catalog's commit."""
        if int(chunk.keys[-1]) > len(self.vectors):
            self.vectors.add(chunk.keys, chunk.vectors)
        if int(chunk.keys[-1]) > len(self.postings):
            self.postings.add(chunk.keys, chunk.counts, chunk.words, chunk.values)
        with self.catalog.write() as db:
            driver: Any = db.connection.driver_connection
            if driver.execute("SELECT 1 FROM assets WHERE id = ?", (int(chunk.keys[-1]),)).fetchone():
                return
            driver.execute("INSERT OR IGNORE INTO roots (id, path, managed, online) VALUES (1, x'2f', 0, 1)")
            for statement, rows in described(chunk).items():
                driver.executemany(statement, rows)

    def settle(self) -> None:
        """Wait for what is merged in the background."""
        self.vectors.settle()
        self.postings.settle()

    def close(self) -> None:
        """Let go of files."""
        self.vectors.close()
        self.postings.close()
        self.catalog.close()


def described(chunk: Chunk) -> dict[str, list[tuple[Any, ...]]]:
    """Return the catalog's rows of some assets, by statement; some have captions of three of their words."""
    rng = np.random.default_rng(int(chunk.keys[0]))
    towns = rng.choice(TOWNS, len(chunk.keys), p=(w := 1 / np.arange(1, TOWNS + 1)) / w.sum())
    ends = np.cumsum(chunk.counts)
    rows: dict[str, list[tuple[Any, ...]]] = {name: [] for name in (ASSETS, FILES, FRAMES, FACTS, DOCS)}
    for key, seconds, town, end, told in zip(
        chunk.keys.tolist(), chunk.taken.tolist(), towns, ends, rng.random(len(towns)) < CAPTIONED, strict=True
    ):
        digest, name, place = f"{key:064x}", f"IMG_{key:07d}.JPG", f"Town{town}"
        words = [f"word{w}" for w in chunk.words[end - 3 : end]]
        taken = (START + timedelta(seconds=seconds)).isoformat()
        rows[ASSETS].append((key, digest, taken, seconds, place, int(chunk.keys[0])))
        rows[FILES].append((key, key, f"/photos/{name}".encode(), digest))
        rows[FRAMES].append((key, key))
        rows[FACTS].append((key, json.dumps([[word, 0.8] for word in words])))
        rows[DOCS].append((key, " ".join(words) if told else "", name, place))
    return rows


def fill(library: Library, world: World, assets: int) -> tuple[Floats, Floats]:
    """Add all assets that are not there but leave the last to the tail; return all times and words' frequencies."""
    frequency, taken = np.ones(VOCABULARY), list[Floats]()
    for chunk in chunks(world, assets):
        if chunk.keys[-1] == assets:
            library.settle()
        library.add(chunk)
        frequency += np.bincount(chunk.words, minlength=VOCABULARY)
        taken.append(chunk.taken)
    library.settle()
    return np.concatenate(taken), (frequency / (assets + VOCABULARY)).astype(np.float32)


@dataclass
class Exam:
    """Questions, the time ranges that they are asked with, and the exhaustive answers."""

    questions: list[Question]
    spans: dict[str, list[Range | None]]
    truth: Truth


def prepared(folder: Path, assets: int, count: int, seed: int) -> Exam:
    """Fill the folder unless it was filled, and return the exam."""
    kept = folder / f"exam-{assets}-{count}-{seed}.pickle"
    if kept.exists():
        return Exam(*pickle.loads(kept.read_bytes()))
    world, library = World(seed), Library.open(folder)
    taken, frequency = fill(library, world, assets)
    library.close()
    questions = world.questions(count, frequency)
    spans = ranges(taken, len(questions))
    exam = Exam(questions, spans, brute_force(world, assets, questions, spans))
    kept.write_bytes(pickle.dumps((exam.questions, exam.spans, exam.truth)))
    return exam


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Return the milliseconds that the work took, and what it gave."""
    start = time.perf_counter()
    result = work()
    return 1000 * (time.perf_counter() - start), result


def asking(sentence: str, span: Range | None) -> Query:
    """Return a sentence with a time range as the parser hands it over."""
    if span is None:
        return Query(sentence, (), sentence)
    first, last = (START + timedelta(seconds=s) for s in span)
    wanted = Time((Span(first, last + timedelta(seconds=1)),), label="then")
    return Query(sentence, (Part(0, 0, "then", wanted),), sentence)


def ask(library: Library, query: Query, limit: int = SHOWN) -> Ints:
    """Answer one whole query after text encoding."""
    return np.array([result.asset_id for result in library.search(query, limit=limit).results])


def near(library: Library, question: Question, span: Range | None) -> Ints:
    """Answer by vector alone."""
    index = library.search.index
    mask = None
    if span is not None:
        taken = index.assets.column("taken")
        mask = index.frames_of((taken >= span[0]) & (taken <= span[1]))
    return library.vectors.search(question.vector[None], K, mask).keys[0]


def measure(library: Library, exam: Exam) -> list[dict[str, Any]]:
    """Run every question under every filter, both ways, and compare with the exhaustive answers."""
    sentences = [library.asked.take(question) for question in exam.questions]
    ask(library, asking(sentences[0], None))
    gc.collect()
    gc.freeze()  # as the server does once it is warm
    rows: list[dict[str, Any]] = []
    for name, spans in exam.spans.items():
        queries = [asking(sentence, span) for sentence, span in zip(sentences, spans, strict=True)]
        by_vector, by_both = exam.truth[name]
        shown = [timed(partial(ask, library, query))[0] for query in queries]
        found = [ask(library, query, K) for query in queries]
        rows.append(summary(name, "whole query", shown, [by_both.recall(i, keys) for i, keys in enumerate(found)]))
        alone = [timed(partial(near, library, q, s)) for q, s in zip(exam.questions, spans, strict=True)]
        recalls = [by_vector.recall(i, keys) for i, (_, keys) in enumerate(alone)]
        rows.append(summary(name, "vectors only", [ms for ms, _ in alone], recalls))
    return rows


def summary(name: str, way: str, times: list[float], recalls: list[float]) -> dict[str, Any]:
    """Return one line of the table; the first half of the questions are like images."""
    half = len(times) // 2
    return {
        "filter": name,
        "way": way,
        "p50_ms": float(np.median(times)),
        "p99_ms": float(np.percentile(times, 99)),
        "recall_image": float(np.mean(recalls[:half])),
        "recall_text": float(np.mean(recalls[half:])),
        "recall_worst": min(recalls),
    }


def until_found(library: Library, world: World, assets: int, rounds: int = 20) -> list[float]:
    """Return, for one asset after the other, the milliseconds from the start of its addition until a query finds it."""
    return [timed(partial(_add_and_find, library, world.chunk(assets + i, 1)))[0] for i in range(rounds)]


def _add_and_find(library: Library, chunk: Chunk) -> None:
    library.add(chunk)
    question = Question(chunk.vectors[0], chunk.words[:4], np.ones(4, np.float32), DENSE, 0.0)
    query = asking(library.asked.take(question), None)
    while int(chunk.keys[0]) not in ask(library, query):
        continue


def while_importing(library: Library, world: World, assets: int, sentences: list[str]) -> list[float]:
    """Return the milliseconds of queries while 10,000 assets come in, 50 between two queries, and are merged behind."""
    times: list[float] = []
    for i, start in enumerate(range(assets, assets + 10000, 50)):
        library.add(world.chunk(start, 50))
        query = asking(sentences[i % len(sentences)], None)
        times.append(timed(partial(ask, library, query))[0])
    return times


def fresh_process(folder: Path, questions: list[Question], results: Any) -> None:
    """Open the library anew, as a restarted server does, and report times and memory."""
    opening, library = timed(partial(Library.open, folder))
    sentences = [library.asked.take(question) for question in questions[:50]]
    first, _ = timed(partial(ask, library, asking(sentences[0], None)))
    for sentence in sentences[1:]:
        ask(library, asking(sentence, None))
    results.put({"open_ms": opening, "first_query_ms": first, **memory()})


def memory() -> dict[str, float]:
    """Return this process's memory in MB: what is its own, and what is mapped from files and can be given back."""
    lines = Path("/proc/self/status").read_text().splitlines()
    fields = dict(line.split(":") for line in lines if line.startswith("Rss"))
    return {name: int(fields[name].split()[0]) / 1024 for name in ("RssAnon", "RssFile")}


def restarted(folder: Path, questions: list[Question]) -> dict[str, float]:
    """Return what a fresh process reports."""
    context = multiprocessing.get_context("spawn")
    results = context.Queue()
    process = context.Process(target=fresh_process, args=(folder, questions, results))
    process.start()
    found = results.get()
    process.join()
    return found


def growth(library: Library, seed: int, sentences: list[str]) -> dict[str, Any]:
    """Return how soon assets are found and how fast queries are while others come in."""
    world, held = World(seed), len(library.vectors)
    found = until_found(library, world, held)
    importing = while_importing(library, world, held + len(found), sentences)
    return {
        "until_found_ms": {"p50": float(np.median(found)), "worst": max(found)},
        "while_importing_ms": {"p50": float(np.median(importing)), "p99": float(np.percentile(importing, 99))},
    }


def run(folder: Path, assets: int, count: int, seed: int, *, grow: bool) -> dict[str, Any]:
    """Run all of it. What comes in while the library grows stays there, so grow a kept one last."""
    exam = prepared(folder, assets, count, seed)
    library = Library.open(folder)
    rows = measure(library, exam)
    anew = restarted(folder, exam.questions)
    grown = growth(library, seed, [library.asked.take(q) for q in exam.questions[:count]]) if grow else {}
    library.close()
    return {
        "assets": assets,
        "machine": f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores",
        "queries": rows,
        **grown,
        "restarted": anew,
        "disk_mb": sum(p.stat().st_size for p in folder.rglob("*") if p.is_file()) / 2**20,
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
    parser.add_argument("--folder", type=Path, help="where to keep the library for the next run")
    parser.add_argument("--grow", action="store_true", help="add to the library that the folder keeps, at the end")
    parser.add_argument("--prepare", action="store_true", help="only fill the folder")
    parser.add_argument("--json", type=Path, help="where to write the numbers")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as own:
        folder = options.folder or Path(own)
        folder.mkdir(parents=True, exist_ok=True)
        asked = (folder, options.assets, options.queries, options.seed)
        if options.prepare:
            prepared(*asked)
            return
        result = run(*asked, grow=options.grow or not options.folder)
    show(result)
    if options.json:
        options.json.write_text(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
