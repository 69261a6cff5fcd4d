"""How well sentences find photos in the offline tier.

    python benchmarks/retrieval.py --data FOLDER --models FOLDER [--json FILE] [--calibrate]

`--data` (or ALBUMEN_TEST_DATA) has retrieval/captions.json, retrieval/images/ and captions/corpus.json.gz.
"""

import argparse
import atexit
import gzip
import json
import os
import platform
import re
import time
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp

import numpy as np
from retrieval_queries import ABSENT, KEYWORDS, LANGUAGES, SAMPLE

from albumen.library.search.scorer import RANGE, ConceptScorer
from albumen.media.formats import Format
from albumen.media.image import decode
from albumen.models.cards import Cards
from albumen.models.pool import Pool
from albumen.models.store import ModelStore
from albumen.stores.fusion import fuse
from albumen.stores.postings import Postings
from albumen.stores.vectors import Vectors
from albumen.vision.colours.shares import measure
from albumen.vision.embed.concepts import ConceptEncoder
from albumen.vision.embed.encoder import Seen
from albumen.vision.embed.english import English
from albumen.vision.embed.features import categories
from albumen.vision.labels import efficientnet
from albumen.vision.objects.efficientdet import EfficientDet

SURE, MAYBE = 0.5, 0.15
BYTES_A_WORD = 5


class Bench:
    """The photos as the encoder sees them, and sentences scored against all of them."""

    def __init__(self, data: Path, models: Path) -> None:
        self.photos = json.loads((data / "retrieval/captions.json").read_text())
        self.captions = [c for p in self.photos for c in p["captions"][:5]]
        self.owner = np.repeat(np.arange(len(self.photos)), [len(p["captions"][:5]) for p in self.photos])
        self.cards, self.pool = Cards.load(), Pool(ModelStore(models, fetch=True))
        self.encoder = ConceptEncoder(self.cards["concepts.v1"], self.pool)
        self.scorer = ConceptScorer(self.encoder)
        self.ms: dict[str, float] = {}
        self.seen = self._look([data / "retrieval/images" / Path(p["file"]).name for p in self.photos])
        self.vectors = self._timed("vector", lambda: self.encoder.images(self.seen))
        words = self._timed("words", lambda: self.scorer.words(self.seen))
        self.bytes = float(np.mean([BYTES_A_WORD * len(w.words) for w in words]))
        self.stores = kept(self.vectors, words)

    def _timed(self, name, work):
        start = time.perf_counter()
        out = work()
        self.ms[name] = (time.perf_counter() - start) / len(self.photos) * 1e3
        return out

    def _look(self, paths):
        classify = efficientnet.EfficientNet(self.cards["efficientnet-lite4.int8"], self.pool)
        detect = EfficientDet(self.cards["efficientdet-lite2.int8"], self.pool)
        images = self._timed("decode", lambda: [decode(p.read_bytes(), Format.JPEG).canvas for p in paths])
        classify.probabilities(images[:2]), detect.detect(images[:2])
        labels = self._timed("labels", lambda: classify.probabilities(images))
        objects = self._timed("objects", lambda: detect.detect(images))
        colours = self._timed("colours", lambda: [measure(i) for i in images])
        return [Seen(*s) for s in zip(images, labels, objects, colours, strict=True)]

    def scores(self, texts):
        """Return fused scores (m, n) and what each text asks for."""
        asked = [self.scorer.query(t) for t in texts]
        found = [fuse(*self.stores, self.scorer.question(q), len(self.photos)) for q in asked]
        return np.stack([f.scores[np.argsort(f.keys)] for f in found]), asked

    def words(self, query):
        """Return the word scores of all photos in nats, up to a constant."""
        numbers, weights = np.array(list(query.weights), np.int64), np.array(list(query.weights.values()), np.float32)
        return self.stores[1].score(numbers, RANGE * weights).of(np.arange(len(self.photos)))


def kept(vectors, words):
    """Return the product's own stores with these vectors and this word evidence, for the length of the run."""
    folder = Path(mkdtemp(prefix="albumen-bench-"))
    atexit.register(rmtree, folder)
    stores = Vectors(folder / "vectors", vectors.shape[1]), Postings(folder / "words")
    stores[0].add(np.arange(len(vectors)), vectors)
    numbers, values = np.concatenate([w.words for w in words]), np.concatenate([w.values for w in words])
    stores[1].add(np.arange(len(words)), [len(w.words) for w in words], numbers, values)
    return stores


def ranks(scores, owner):
    """Return the rank of each query's own photo, from 0, ties averaged."""
    own = scores[np.arange(len(owner)), owner][:, None]
    return (scores > own).sum(1) + ((scores == own).sum(1) - 1) / 2


def recall(rank, owner, rounds=2000):
    """Return R@1/5/10 with 95 % intervals by resampling photos."""
    random = np.random.default_rng(0)
    photos = np.unique(owner)
    hits = {k: np.array([(rank[owner == p] < k).mean() for p in photos]) for k in (1, 5, 10)}
    draws = random.integers(0, len(photos), (rounds, len(photos)))
    return {
        f"r{k}": [round(float(v), 3) for v in (h.mean(), *np.quantile(h[draws].mean(1), [0.025, 0.975]))]
        for k, h in hits.items()
    }


def relevance(photos, patterns):
    """Return which photos have two captions that match each pattern, (m, n)."""
    return np.array(
        [[sum(bool(re.search(p, c.lower())) for c in x["captions"]) >= 2 for x in photos] for p in patterns]
    )


def precision(scores, relevant):
    """Return P@1 and mAP over queries with a relevant photo."""
    firsts, averages = [], []
    for row, truth in zip(scores, relevant, strict=True):
        if truth.any():
            hits = truth[np.argsort(-row)]
            firsts.append(hits[0])
            averages.append((np.cumsum(hits) / np.arange(1, len(hits) + 1))[hits].mean())
    return {"p1": round(float(np.mean(firsts)), 3), "map": round(float(np.mean(averages)), 3), "queries": len(firsts)}


def conse(bench):
    """Return cosines of the plain way: class names weighted by probability, plus 0.7 of each object's name."""
    english = English(bench.cards["concepts.v1"], bench.pool)
    names = english.embed([f"a photo of a {n}" for n in efficientnet.names()])
    things = dict(zip(categories(), english.embed([f"a photo of a {n}" for n in categories()]), strict=True))
    rows = []
    for seen in bench.seen:
        row = seen.labels @ names
        for name, score in zip(seen.objects.names, seen.objects.scores, strict=True):
            row = row + 0.7 * score * things[name] if score >= 0.2 else row
        rows.append(row / np.linalg.norm(row))
    return english.embed(bench.captions) @ np.stack(rows).T


def certainty(bench, scores, asked):
    """Return the probability of the best photo of each query."""
    best = [bench.scorer.probability(q, s).max() for q, s in zip(asked, scores, strict=True)]
    return {
        "sure": round(float(np.mean(np.array(best) >= SURE)), 3),
        "maybe": round(float(np.mean(np.array(best) >= MAYBE)), 3),
    }


def strangers(data, count=200):
    """Return captions of photos that are not here; many of them fit a photo that is."""
    groups = json.loads(gzip.decompress((data / "captions/corpus.json.gz").read_bytes()))
    random = np.random.default_rng(0)
    return [groups[i][0] for i in random.choice(len(groups), count, replace=False)]


def simple(bench):
    """Return single words as queries with the photos they fit, for calibration; many fit none."""
    words = sorted({w.replace("+", " ") for ws in categories().values() for w in ws})
    return words, relevance(bench.photos, [rf"\b{w}(s|es)?\b" for w in words])


def calibrate(bench):
    """Return constants fitted by logistic regression: to single words for short queries, to captions for long ones."""
    words, fits = simple(bench)
    own = np.arange(len(bench.photos))[None] == bench.owner[:, None]
    found = {}
    for kind, texts, relevant in (("long", bench.captions, own), ("short", words, fits)):
        scores = np.concatenate([s + bench.scorer.floor(q) for s, q in zip(*bench.scores(texts), strict=True)])
        x, y = np.stack([np.ones(len(scores)), scores], 1), relevant.ravel().astype(float)
        bias, slope = logistic(x, y)
        found |= {f"{kind}_bias": round(float(bias), 3), f"{kind}_slope": round(float(slope), 3)}
    return found


def logistic(x, y, steps=30):
    """Return the coefficients of a logistic regression (Newton's method)."""
    b = np.zeros(x.shape[1])
    for _ in range(steps):
        p = 1 / (1 + np.exp(-np.clip(x @ b, -30, 30)))
        b += np.linalg.solve((x * (p * (1 - p) + 1e-9)[:, None]).T @ x + 1e-6 * np.eye(len(b)), x.T @ (y - p))
    return b


def spread(bench):
    """Return the mean deviation of cosines and of word scores of a query, and the mean share of each colour."""
    asked = [bench.encoder.query(c) for c in bench.captions]
    dense = np.mean([(bench.vectors @ q.vector).std() for q in asked])
    word = np.mean([bench.words(q).std() for q in asked])
    usual = np.mean([s.colours.shares for s in bench.seen], axis=0)
    return {"dense": round(float(dense), 4), "word": round(float(word), 4)} | {
        f"share_{k}": round(float(u), 4) for k, u in enumerate(usual)
    }


def report(bench, data):
    """Return every figure of the benchmark."""
    scores, asked = bench.scores(bench.captions)
    dense = np.stack([bench.vectors @ q.vector for q in asked])
    truth = relevance(bench.photos, KEYWORDS.values())
    keywords, wanted = bench.scores(list(KEYWORDS))
    names = [Path(p["file"]).name for p in bench.photos]
    sample = np.array([names.index(n) for n in SAMPLE])
    languages = {}
    for k, language in enumerate(["en", *LANGUAGES]):
        words = list(KEYWORDS) if language == "en" else LANGUAGES[language]
        found = ranks(bench.scores([c[k] for c in SAMPLE.values()])[0], sample)
        hits = {f"r{n}": round(float((found < n).mean()), 3) for n in (1, 5, 10)}
        languages[language] = precision(bench.scores(words)[0], truth) | hits
    return {
        "machine": f"{platform.processor() or platform.machine()}, {os.cpu_count()} CPUs",
        "photos": len(bench.photos),
        "captions": recall(ranks(scores, bench.owner), bench.owner),
        "captions, vectors alone": recall(ranks(dense, bench.owner), bench.owner),
        "captions, plain ConSE": recall(ranks(conse(bench), bench.owner), bench.owner),
        "keywords": precision(keywords, truth),
        "languages": languages,
        "something sure or maybe": {
            "keywords, all present": certainty(bench, keywords, wanted),
            "keywords, all absent": certainty(bench, *bench.scores(ABSENT)),
            "captions of these photos": certainty(bench, scores, asked),
            "captions of other photos": certainty(bench, *bench.scores(strangers(data))),
        },
        "ms a photo": {k: round(v, 1) for k, v in bench.ms.items()},
        "bytes a photo": round(2 * bench.vectors.shape[1] + bench.bytes),
        "MB of weights": round(
            sum(bench.cards[n].bytes for n in ("concepts.v1", "efficientnet-lite4.int8", "efficientdet-lite2.int8"))
            / 1e6,
            1,
        ),
    }


def main():
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=os.environ.get("ALBUMEN_TEST_DATA"))
    parser.add_argument("--models", type=Path, default=Path.home() / ".cache/albumen/models")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--calibrate", action="store_true", help="print constants for the card instead")
    options = parser.parse_args()
    if not options.data:
        parser.error("say where the photos are: --data FOLDER or ALBUMEN_TEST_DATA")
    bench = Bench(Path(options.data), options.models)
    found = spread(bench) | calibrate(bench) if options.calibrate else report(bench, Path(options.data))
    print(json.dumps(found, indent=2, ensure_ascii=False))
    if options.json:
        options.json.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
