"""A head fitted to the user's own words."""

import numpy as np
import pytest

from albumen.vision.embed.head import fit, loss


def unit(rows):
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def pairs(n, *, telling, seed=0):
    random = np.random.default_rng(seed)
    features = random.normal(size=(n, 20)).astype(np.float32)
    world = np.random.default_rng(9).normal(size=(20, 16))
    captions = unit(features @ world) if telling else unit(random.normal(size=(n, 16)))
    vectors = unit(captions + 1.5 * unit(random.normal(size=(n, 16))))
    return features, captions, vectors


def test_words_that_follow_from_the_picture_are_learnt_for_new_pictures():
    head = fit(*pairs(120, telling=True))
    features, captions, vectors = pairs(80, telling=True, seed=1)
    assert head.trust > 0
    assert loss(head.improve(vectors, features), captions) < loss(vectors, captions) - 0.2


def test_words_that_follow_from_nothing_change_nothing():
    head = fit(*pairs(60, telling=False))
    features, _, vectors = pairs(10, telling=False, seed=1)
    assert head.trust == 0
    assert head.improve(vectors, features) == pytest.approx(vectors, abs=1e-6)


def test_pairs_must_match():
    features, captions, vectors = pairs(10, telling=True)
    with pytest.raises(ValueError, match="vectors must have shape"):
        fit(features, captions, vectors[:5])
