"""What an encoder learns from a library: the owner's names for things, and which results are sure without calibration.

    python benchmarks/retrieval_attuned.py --data FOLDER --models FOLDER

*Names*: some photos are tagged with made-up names of people and places by rules that their captions decide; the other
photos are searched by those names. *Captions*: half the photos have a caption; the other half is searched by theirs.
*Without calibration*: the same encoder by vectors alone, its calibration withheld.
"""

import argparse
import os
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace

import numpy as np
from retrieval import MAYBE, SURE, Bench, precision, ranks
from retrieval_queries import ABSENT, KEYWORDS

from albumen.library.search.attuned import Attuned, Learnt
from albumen.library.search.scorer import TowerScorer
from albumen.vision.embed.head import Head, fit
from albumen.vision.embed.sentences import words

NAMES = {
    "Rex": "dog poodle puppy", "the Tigers": "baseball batter", "Wimbledon Club": "tennis",
    "Aunt Marge": "kitchen stove oven", "Sandymount": "beach ocean shore", "Luigi": "pizza pie",
    "Chamonix": "ski snow skiing slope", "Route 12": "bus street road traffic", "Pepper": "horse",
    "the cabin": "bed bedroom bathroom toilet", "Nelly": "bear elephant", "Dan": "skateboard skateboarding",
    "office": "laptop computer desk keyboard", "garden": "banana apple fruit vase flower rose",
}  # fmt: skip
ROUNDS = 12


def named(photos):
    """Return which photos have which name, (n, names): two of their captions must have one of its words."""
    said = [[set(words(c)) for c in p["captions"][:5]] for p in photos]
    return np.array([[sum(bool(w & set(v.split())) for w in s) >= 2 for v in NAMES.values()] for s in said])


def from_names(bench, has, known):
    """Return the head fitted to photos with their names as tags."""
    texts = {i: ", ".join(n for n, h in zip(NAMES, has[i], strict=True) if h) for i in known if has[i].any()}
    each = sorted(set(texts.values()))
    said = np.array([each.index(t) for t in texts.values()])
    return fit(bench.vectors[list(texts)], bench.encoder.text(each), said), len(texts)


def by_names(bench, has, head, others):
    """Return P@1 and mAP of the names over photos without tags."""
    asked = bench.encoder.text(list(NAMES))
    turned = np.stack([head.turn(q) for q in asked])
    return precision(turned @ bench.vectors[others].T, has[others].T)


def by_captions(bench, head, others):
    """Return R@1 of the captions of some photos among these, by vectors alone."""
    rows = np.flatnonzero(np.isin(bench.owner, others))
    asked = np.stack([head.turn(q) for q in bench.asked[rows]])
    owner = np.searchsorted(others, bench.owner[rows])
    return float((ranks(asked @ bench.vectors[others].T, owner) < 1).mean())


def own_words(bench):
    """Print what names and captions of some photos do for the search of the others."""
    has, random, nothing = named(bench.photos), np.random.default_rng(0), Head(np.zeros((384, 384), np.float32), 0.0)
    for count in (30, 42, 60):
        rows = []
        for _ in range(ROUNDS):
            order = random.permutation(len(bench.photos))
            known, others = order[:count], np.sort(order[count:])
            head, tagged = from_names(bench, has, known)
            firsts = np.array([bench.asked[bench.owner == i][0] for i in known])
            captioned = fit(bench.vectors[known], firsts, np.arange(count))
            before, after = (by_names(bench, has, h, others) for h in (nothing, head))
            ordinary = [by_captions(bench, h, others) for h in (nothing, head, captioned)]
            rows.append((tagged, before["map"], after["map"], before["p1"], after["p1"], *ordinary))
        mean = np.mean(rows, axis=0).round(3).tolist()
        print(
            f"{mean[0]:.0f} tagged photos: names mAP {mean[1]} to {mean[2]}, P@1 {mean[3]} to {mean[4]}; "
            f"captions of other photos R@1 by vectors {mean[5]} to {mean[6]}; with {count} captions instead {mean[7]}"
        )


def without_calibration(bench):
    """Print how often something is sure where only the library tells what scores are worth."""
    card = SimpleNamespace(calibration={})
    scorer = TowerScorer(SimpleNamespace(card=card, dim=384, text=bench.encoder.text))
    head = Head(np.zeros((384, 384), np.float32), 0.0)
    with TemporaryDirectory() as folder:
        attuned = Attuned(scorer, 384, Path(folder) / "learnt.npz")
        Learnt(head, attuned.chances(head, bench.stores[0]), len(bench.photos)).save(Path(folder) / "learnt.npz")
        for name, texts in (("present", KEYWORDS), ("absent", ABSENT), ("captions", bench.captions)):
            asked = [attuned.query(t) for t in texts]
            best = np.array([attuned.probability(q, bench.vectors @ q.vector).max() for q in asked])
            print(f"without calibration, {name}: sure {(best >= SURE).mean():.3f}, maybe {(best >= MAYBE).mean():.3f}")


def main():
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=os.environ.get("ALBUMEN_TEST_DATA"))
    parser.add_argument("--models", type=Path, default=Path.home() / ".cache/albumen/models")
    options = parser.parse_args()
    bench = Bench(Path(options.data), options.models)
    bench.asked = bench.encoder.text(bench.captions)
    own_words(bench)
    without_calibration(bench)


if __name__ == "__main__":
    main()
