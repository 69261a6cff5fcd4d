"""Makes the concept encoder's tables from captions alone: no picture is looked at.

    python -m albumen.training.concepts --corpus captions.json.gz --wordnet /usr/share/wordnet --out concepts.npz

The corpus is a JSON list with a list of captions for each (unseen) picture.
"""

import gzip
import json
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple, Protocol

import click
import numpy as np
from pydantic import TypeAdapter

from albumen.core.arrays import Floats, Ints
from albumen.training import wordnet
from albumen.vision.colours.shares import NAMES as COLOURS
from albumen.vision.embed.english import English
from albumen.vision.embed.features import EXTRAS, categories
from albumen.vision.embed.multilingual import Multilingual
from albumen.vision.embed.scoring import likelier
from albumen.vision.embed.sentences import STOP, plurals, telling, words
from albumen.vision.embed.tables import Tables
from albumen.vision.labels import efficientnet

RIDGE = 10.0
NEAREST = {"vector": 30, "words": 60}
"""How many captions nearest to a class name shape its vector and its words."""
COMMON = 12
"""A word is common if captions of at least so many pictures have it."""
EXTRA_WORDS = {
    "man": "man guy gentleman male boy", "woman": "woman lady female girl", "child": "child kid boy girl baby toddler",
    "group": "group crowd team bunch", "two": "two couple pair", "three": "three",
    "many": "many several bunch lot group crowd",
}  # fmt: skip
COLOUR_WORDS = {"grey": "grey gray", "brown": "brown tan"}
ALIKE = frozenset({"traffic light", "stop sign", "parking meter", "hot dog", "mouse", "bear"})
"""Categories whose last word means something else in WordNet."""


class Sentences(Protocol):
    """Anything that embeds texts as unit vectors."""

    def embed(self, texts: Sequence[str]) -> Floats:
        """Return one unit vector a text."""
        ...


class Space(NamedTuple):
    """All captions in one encoder: their mean, and unit vectors of what differs from it."""

    centre: Floats
    captions: Floats


class Lexicon(NamedTuple):
    """Words, common ones first, the share of captions that has each, and which caption has which common word."""

    words: list[str]
    rate: Floats  # (V,)
    common: int
    has: Floats  # (captions, common)


def features(caption: str) -> Floats:
    """Return 1 for each of the 179 features that a caption mentions."""
    read = words(caption)
    said = set(read) | {f"{a}+{b}" for a, b in pairwise(read)}
    many = plurals(caption)
    rows = [
        (bool(said & set(w)), any(x in said and x.split("+")[-1] in many for x in w)) for w in categories().values()
    ]
    more = [bool(said & set(EXTRA_WORDS.get(name, "").split())) for name in EXTRAS[:-1]]
    grey = "black and white" in caption.lower() or "black-and-white" in caption.lower()
    colours = [bool(said & set(COLOUR_WORDS.get(name, name).split())) for name in COLOURS]
    return np.array([*(a for a, _ in rows), *(b for _, b in rows), *more, grey, *colours], np.float32)


def build(groups: Sequence[Sequence[str]], nouns: wordnet.Nouns, english: Sentences, foreign: Sentences) -> Tables:
    """Return the tables fitted to the captions of many pictures."""
    captions = [c for group in groups for c in group]
    owner = np.repeat(np.arange(len(groups)), [len(g) for g in groups])
    near, far = space(english.embed(captions)), space(foreign.embed(captions))
    x = means(np.stack([features(c) for c in captions]), owner)
    sets = wordnet.ascending(efficientnet.names(), nouns)
    named = [nouns.names(s) if s else {n.lower()} for s, n in zip(sets, efficientnet.names(), strict=True)]
    lexicon = words_of(captions, owner, named)
    classes = labels(english)
    close = nearest(classes, near.captions)
    mean, rate = x.mean(0), lexicon.rate[: lexicon.common]
    word_head = ridge(x - mean, means(lexicon.has, owner) - rate)
    return Tables(
        centre=near.centre,
        mean=mean,
        head=ridge(x - mean, means(near.captions, owner)),
        classes=unit(classes + unit(blend(close, near.captions, NEAREST["vector"]))),
        same=same_things(named),
        words=np.array(lexicon.words),
        rate=lexicon.rate,
        absent=absent(np.maximum(rate + 0.8 * (x - mean) @ word_head, 0), lexicon),
        word_head=word_head,
        class_words=(blend(close, lexicon.has, NEAREST["words"]) / NEAREST["words"]).astype(np.float32),
        named=pairs(named, lexicon.words),
        english=np.array(sorted(known(captions) | STOP | {w for n in named for w in n if w.isalpha()})),
        foreign_centre=far.centre,
        bridge=ridge(far.captions, near.captions, 3.0),
        word_bridge=ridge(far.captions, lexicon.has - rate, 3.0),
    )


def space(vectors: Floats) -> Space:
    """Return captions relative to their mean."""
    centre = vectors.mean(0)
    return Space(centre, unit(vectors - centre))


def means(rows: Floats, owner: Ints) -> Floats:
    """Return the mean row of each owner; rows of an owner stand together."""
    starts = np.flatnonzero(np.diff(owner, prepend=-1))
    return (np.add.reduceat(rows, starts, axis=0) / np.bincount(owner)[:, None]).astype(np.float32)


def ridge(x: Floats, y: Floats, strength: float = RIDGE) -> Floats:
    """Return the matrix that takes centred `x` to `y` (ridge regression)."""
    return np.linalg.solve(x.T @ x + strength * np.eye(x.shape[1], dtype=np.float32), x.T @ y).astype(np.float32)


def unit(rows: Floats) -> Floats:
    """Return rows of length one."""
    return (rows / np.maximum(np.linalg.norm(rows, axis=-1, keepdims=True), 1e-9)).astype(np.float32)


def labels(english: Sentences) -> Floats:
    """Return unit vectors of ImageNet's class names, relative to their mean."""
    vectors = english.embed([f"a photo of a {name}" for name in efficientnet.names()])
    return unit(vectors - vectors.mean(0))


def nearest(classes: Floats, captions: Floats) -> Floats:
    """Return cosines of classes and captions, with all but the highest of each class set to zero."""
    cosines = classes @ captions.T
    least = np.partition(cosines, -max(NEAREST.values()), axis=1)[:, [-max(NEAREST.values())]]
    return np.where(cosines >= least, np.maximum(cosines, 0), 0).astype(np.float32)


def blend(close: Floats, rows: Floats, count: int) -> Floats:
    """Return for each class the sum over its nearest captions, by weights that add up to `count`."""
    least = np.partition(close, -count, axis=1)[:, [-count]]
    weights = np.where(close >= least, close, 0)
    return (weights * count / weights.sum(1, keepdims=True)) @ rows


def words_of(captions: Sequence[str], owner: Ints, named: Sequence[set[str]]) -> Lexicon:
    """Return the common words of captions, then the other words that name ImageNet's classes."""
    said = [telling(c) for c in captions]
    pictures = Counter(w for _, w in {(int(o), w) for o, s in zip(owner, said, strict=True) for w in s})
    common = sorted(w for w, n in pictures.items() if n >= COMMON)
    classes = Counter(w for n in named for w in n)
    rare = sorted(w for w, n in classes.items() if n < 0.4 * len(named) and w.isalpha() and w not in set(common))
    column = {w: k for k, w in enumerate(common)}
    has = np.zeros((len(captions), len(common)), np.float32)
    for row, s in enumerate(said):
        has[row, [column[w] for w in s if w in column]] = 1
    counts = Counter(w for s in said for w in s)
    rate = np.array([(counts[w] + (w not in column) * 0.5) / len(captions) for w in common + rare], np.float32)
    return Lexicon(common + rare, rate, len(common), has)


def absent(simulated: Floats, lexicon: Lexicon, least: float = 0.3) -> Floats:
    """Return the mean evidence of words where it is too weak to be kept, over pictures known by their captions."""
    evidence = likelier(simulated, lexicon.rate[: lexicon.common])
    weak = np.where(evidence <= least, evidence, 0).sum(0) / np.maximum((evidence <= least).sum(0), 1)
    return np.concatenate([weak, np.full(len(lexicon.words) - lexicon.common, -0.5)]).astype(np.float32)


def same_things(named: Sequence[set[str]]) -> Ints:
    """Return pairs of ImageNet class and COCO category where a name of the class is the category's name."""
    keys = {c: c.split()[-1] if c not in ALIKE else c for c in categories()}
    vague = {"sports ball", "baseball bat", "dining table", "potted plant", "hair drier", "person"}
    found = [(i, k) for k, c in enumerate(categories()) for i, n in enumerate(named) if keys[c] in n and c not in vague]
    return np.array(found, np.int64)


def pairs(named: Sequence[set[str]], words: Sequence[str]) -> Ints:
    """Return pairs of ImageNet class and the number of a word that names it."""
    column = {w: k for k, w in enumerate(words)}
    return np.array([(i, column[w]) for i, names in enumerate(named) for w in sorted(names) if w in column], np.int64)


def known(captions: Sequence[str], least: int = 2) -> set[str]:
    """Return the words that at least two captions have, singular and as written."""
    counts = Counter(w for c in captions for w in set(words(c)))
    return {w for w, n in counts.items() if n >= least and len(w) > 1}


def corpus(path: Path) -> list[list[str]]:
    """Read a corpus: a JSON list with a list of captions for each picture, compressed or not."""
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return TypeAdapter(list[list[str]]).validate_python(json.loads(data))


@click.command()
@click.option("--corpus", "source", type=click.Path(path_type=Path, exists=True), required=True)
@click.option("--wordnet", "nouns", type=click.Path(path_type=Path, exists=True), default="/usr/share/wordnet")
@click.option("--models", type=click.Path(path_type=Path), required=True, help="Folder where model files are kept.")
@click.option("--out", type=click.Path(path_type=Path), required=True)
def main(source: Path, nouns: Path, models: Path, out: Path) -> None:
    """Fit the concept encoder's tables to captions and write them to a file."""
    from albumen.models.cards import Cards
    from albumen.models.pool import Pool
    from albumen.models.store import ModelStore

    card, pool = Cards.load().default("embed"), Pool(ModelStore(models, fetch=True))
    tables = build(corpus(source), wordnet.read(nouns), English(card, pool), Multilingual(card, pool))
    tables.save(out)
    click.echo(f"{out}: {len(tables.words)} words, {out.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
