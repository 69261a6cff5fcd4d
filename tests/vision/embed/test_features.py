"""What was found in a picture, as what captions mention."""

import numpy as np

from albumen.core.findings import Faces, Objects
from albumen.vision.colours.shares import Colours
from albumen.vision.embed import features, words
from albumen.vision.embed.encoder import Seen
from albumen.vision.embed.scoring import likelier
from albumen.vision.embed.tables import Tables

RATE = Tables.load().mean
DOG = list(features.categories()).index("dog")


def objects(name, *scores, side=0.4):
    boxes = np.tile(np.array([0.1, 0.1, 0.1 + side, 0.1 + side], np.float32), (len(scores), 1))
    return Objects((name,) * len(scores), np.array(scores, np.float32), boxes)


def mention(found):
    return features.mentions(features.found(found), RATE[:80])[DOG]


def test_a_surer_and_a_larger_thing_is_mentioned_more():
    assert mention(objects("dog", 0.9)) > mention(objects("dog", 0.3)) > mention(objects("dog"))
    assert mention(objects("dog", 0.9)) > mention(objects("dog", 0.9, side=0.05))


def test_more_things_are_put_in_the_plural():
    one, three = (features.plurals(features.found(objects("dog", *([0.9] * n))))[DOG] for n in (1, 3))
    assert three > 0.2 > 0.1 > one


def test_names_the_detector_invents_are_passed_over():
    assert features.found(objects("dragon", 0.9)).number.sum() == 0


def test_the_classifier_can_raise_a_mention_but_not_lower_it():
    low, none = np.array([0.1], np.float32), np.zeros(1, np.float32)
    assert features.joined(low, np.ones(1, np.float32)) > 0.5
    assert features.joined(low, none) >= low - 1e-6


def faces(*ages):
    n = len(ages)
    boxes = np.tile(np.array([0, 0, 0.3, 0.3], np.float32), (n, 1))
    return Faces(np.full(n, 0.9, np.float32), boxes, np.zeros((n, 5, 2), np.float32)), np.array(ages, np.float32)


def test_childhood_is_the_share_of_childrens_faces():
    assert features.childhood(*faces(5, 40)) == 0.5
    assert features.childhood(None, None) is None
    assert features.childhood(*faces()) is None
    assert features.childhood(*faces(np.nan)) is None


def seen(found, labels=None):
    labels = np.full(1000, 0.001, np.float32) if labels is None else labels
    image = np.full((60, 80, 3), (220, 20, 20), np.uint8)
    return Seen(image, labels, found, Colours(np.full(11, 1 / 11, np.float32), 0.0))


def test_a_dog_gives_evidence_for_dog_and_not_for_pizza():
    tables = Tables.load()
    picture = seen(objects("dog", 0.95))
    x = features.columns(picture, tables.mean, np.full(11, 1 / 11, np.float32), np.zeros(80, np.float32))
    found = words.likely(x, picture.labels, tables)
    by_word = dict(zip(tables.words.tolist(), likelier(found, tables.rate), strict=True))
    assert by_word["dog"] > 2 > 0.5 > by_word["pizza"]


def test_what_wordnet_calls_a_class_is_evidence_too():
    tables = Tables.load()
    labels = np.zeros(1000, np.float32)
    labels[967] = 1.0  # espresso
    found = words.likely(tables.mean, labels, tables)
    assert found[tables.words.tolist().index("espresso")] > 0.2


def test_red_dogs_and_two_dogs_are_facts_of_a_picture_with_two_red_dogs():
    from albumen.vision.embed.queries import rules

    tables = Tables.load()
    facts = dict(words.facts(seen(objects("dog", 0.9, 0.9)), tables))
    (red,), (blue,), (two,) = (rules(q, tables) for q in ("a red dog", "a blue dog", "two dogs"))
    assert facts[red] > 2 and blue not in facts and facts[two] > 2
