"""The concept encoder over its real weights."""

import json

import cv2
import numpy as np
import pytest

from albumen.library.search.scorer import ConceptScorer
from albumen.models.cards import Cards
from albumen.models.pool import Pool
from albumen.models.store import ModelStore
from albumen.stores.fusion import fuse
from albumen.stores.postings import Postings
from albumen.stores.vectors import Vectors
from albumen.vision.colours.shares import measure
from albumen.vision.embed.concepts import ConceptEncoder
from albumen.vision.embed.encoder import Seen
from albumen.vision.embed.multilingual import Multilingual
from albumen.vision.labels.efficientnet import EfficientNet
from albumen.vision.objects.efficientdet import EfficientDet

pytestmark = pytest.mark.weights


@pytest.fixture(scope="module")
def pool(models_folder):
    return Pool(ModelStore(models_folder, fetch=True))


@pytest.fixture(scope="module")
def encoder(pool):
    return ConceptEncoder(Cards.load()["concepts.v1"], pool)


@pytest.fixture(scope="module")
def photos(data, pool):
    entries = json.loads((data / "retrieval/captions.json").read_text())
    cards = Cards.load()
    files = [data / "retrieval/images" / e["file"] for e in entries]
    images = [cv2.cvtColor(cv2.imread(str(f)), cv2.COLOR_BGR2RGB) for f in files]
    labels = EfficientNet(cards["efficientnet-lite4.int8"], pool).probabilities(images)
    objects = EfficientDet(cards["efficientdet-lite2.int8"], pool).detect(images)
    seen = [Seen(i, p, o, measure(i)) for i, p, o in zip(images, labels, objects, strict=True)]
    return entries, seen


@pytest.mark.data
@pytest.mark.slow
def test_captions_find_their_photos(encoder, photos, tmp_path):
    entries, seen = photos
    scorer, keys = ConceptScorer(encoder), np.arange(len(entries))
    vectors, postings = Vectors(tmp_path / "vectors", scorer.dim), Postings(tmp_path / "words")
    words = scorer.words(seen)
    vectors.add(keys, scorer.images(seen))
    postings.add(
        keys,
        [len(w.words) for w in words],
        np.concatenate([w.words for w in words]),
        np.concatenate([w.values for w in words]),
    )
    ranks = []
    for own, entry in enumerate(entries):
        for caption in entry["captions"][:5]:
            found = fuse(vectors, postings, scorer.question(scorer.query(caption)), len(keys))
            ranks.append(int(np.flatnonzero(found.keys == own)[0]))
    found = [float(np.mean(np.array(ranks) < k)) for k in (1, 5, 10)]
    assert found[0] >= 0.60 and found[1] >= 0.94 and found[2] >= 0.97, found


def test_translations_lie_closer_than_other_sentences(encoder):
    english = encoder.text(["a dog on the beach", "a kitchen with a stove"])
    for other in (["ein Hund am Strand", "eine Küche mit Herd"], ["海滩上的一只狗", "有炉子的厨房"]):
        cosines = english @ encoder.text(other).T
        assert np.diag(cosines).min() > 0.45 and cosines.argmax(1).tolist() == [0, 1]


def test_another_language_asks_for_the_same_words(encoder):
    words = list(encoder.query("dog").words)
    assert set(words) <= set(encoder.query("ein Hund").words)


def test_sentences_are_unit_vectors_in_any_language_and_none_is_lost(encoder):
    vectors = encoder.text(["a dog", "собака", "", "x" * 3000])
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(4), abs=1e-5)
    assert encoder.text([]).shape == (0, encoder.dim)


def test_the_multilingual_encoder_knows_translations(pool):
    vectors = Multilingual(Cards.load()["concepts.v1"], pool).embed(["a cat", "eine Katze", "the stock market fell"])
    assert vectors[0] @ vectors[1] > 0.8 > 0.3 > vectors[0] @ vectors[2]
