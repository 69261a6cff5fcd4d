"""A head fitted to the user's own words."""

import numpy as np
import pytest

from albumen.vision.embed.head import LEAST, fit, losses


def unit(rows):
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def pairs(n, *, telling, seed=0):
    random = np.random.default_rng(seed)
    vectors = unit(random.normal(size=(n, 16)))
    said = vectors @ np.random.default_rng(9).normal(size=(16, 16)) if telling else random.normal(size=(n, 16))
    return vectors, unit(said)


def learnt(n, *, telling=True):
    vectors, captions = pairs(n, telling=telling)
    return fit(vectors, captions, each(vectors))


def each(rows):
    return np.arange(len(rows))


def found(head, vectors, captions):
    return losses(vectors @ np.stack([head.turn(c) for c in captions]).T, each(vectors)).mean()


def test_words_that_follow_from_the_picture_are_learnt_for_new_pictures():
    head = learnt(120)
    vectors, captions = pairs(80, telling=True, seed=1)
    assert head.trust > 0
    assert found(head, vectors, captions) < losses(vectors @ captions.T, each(vectors)).mean() - 0.2


def test_a_name_that_several_pictures_have_is_learnt():
    vectors, captions = pairs(60, telling=False)
    names, said = captions[:3], np.argmax(vectors[:, :3], axis=1)
    head = fit(vectors, names, said)
    fresh = pairs(60, telling=False, seed=5)[0]
    right = [np.argmax(v @ np.stack([head.turn(n) for n in names]).T) == np.argmax(v[:3]) for v in fresh]
    assert np.mean(right) > 0.7


def test_words_that_follow_from_nothing_change_nothing():
    vectors, captions = pairs(60, telling=False)
    head = fit(vectors, captions, each(vectors))
    assert head.trust == 0
    assert head.turn(captions[0]) == pytest.approx(captions[0])


def test_a_few_pairs_are_not_enough():
    assert learnt(LEAST - 1).trust == 0


def test_turning_the_query_is_improving_the_pictures():
    head = learnt(120)
    vectors, captions = pairs(5, telling=True, seed=2)
    improved = vectors + head.trust * vectors @ head.matrix
    assert vectors @ head.turn(captions[0]) == pytest.approx(improved @ captions[0], abs=1e-5)


def test_pairs_must_match():
    vectors, captions = pairs(30, telling=True)
    with pytest.raises(ValueError, match="said must have shape"):
        fit(vectors, captions, each(vectors)[:5])
