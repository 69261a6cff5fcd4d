from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from albumen.core.arrays import Floats, Ints
from albumen.vision.faces.groups import NOBODY, Known
from albumen.vision.faces.people import group, merges
from albumen.vision.faces.sface import unit
from albumen.vision.faces.similarity import Likeness

CURVE = Likeness(accept=0.434, slope=21.5)


def album(people: int, faces: int, *, seed: int = 0, noise: float = 0.6) -> tuple[Floats, Ints]:
    random = np.random.default_rng(seed)
    who = np.arange(faces) % people
    centres = unit(random.normal(size=(people, 128)))
    return unit(centres[who] + noise * unit(random.normal(size=(faces, 128)))).astype(np.float32), who


def between(cosine: float) -> Floats:
    return np.array([[1, 0], [cosine, np.sqrt(1 - cosine**2)]], np.float32)


def same(labels: Ints) -> set[tuple[int, ...]]:
    return {tuple(np.flatnonzero(labels == label).tolist()) for label in np.unique(labels)}


def test_sorts_an_album_into_its_people() -> None:
    vectors, who = album(7, 70)
    assert same(group(vectors, np.arange(70))) == same(who)


def test_two_faces_of_one_photo_are_two_people_however_alike() -> None:
    vectors = between(0.99)
    assert len(set(group(vectors, np.array([0, 1])))) == 1
    assert len(set(group(vectors, np.array([5, 5])))) == 2


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_no_photo_ever_shows_one_person_twice(seed: int) -> None:
    random = np.random.default_rng(seed)
    vectors, _ = album(3, 40, seed=seed, noise=1.0)
    photos = random.integers(0, 12, 40)
    labels = group(vectors, photos, quality=random.random(40).astype(np.float32))
    shown = [(p, w) for p, w in zip(photos.tolist(), labels.tolist(), strict=True) if w != NOBODY]
    assert len(shown) == len(set(shown))


def test_the_order_of_the_faces_does_not_matter() -> None:
    vectors, _ = album(5, 60, noise=0.9)
    order = np.random.default_rng(1).permutation(60)
    labels, shuffled = group(vectors, np.arange(60)), group(vectors[order], np.arange(60)[order])
    restored = np.empty(60, np.int64)
    restored[order] = shuffled
    assert same(labels) == same(restored)


def test_faces_that_a_person_joined_stay_together() -> None:
    known = replace(Known.nothing(2), together=((0, 1),))
    assert len(set(group(between(0.0), np.array([4, 4]), known=known))) == 1


def test_faces_that_a_person_parted_stay_apart() -> None:
    vectors, _ = album(1, 10, noise=0.3)
    labels = group(vectors, np.arange(10), known=replace(Known.nothing(10), apart=((2, 6),)))
    assert labels[2] != labels[6]


def test_a_refused_person_is_not_given_again() -> None:
    vectors, _ = album(1, 6, noise=0.3)
    known = Known(np.array([3, 3, 3, 3, 3, NOBODY]), np.array([True] * 5 + [False]), never=((5, 3),))
    assert group(vectors, np.arange(6), known=known)[5] != 3
    assert group(vectors, np.arange(6), known=replace(known, never=()))[5] == 3


def test_two_people_whom_somebody_named_never_merge() -> None:
    known = Known(np.array([1, 1, 2, 2]), np.array([True, False, True, False]))
    assert group(between(0.99)[[0, 0, 1, 1]], np.arange(4), known=known).tolist() == [1, 1, 2, 2]


def test_new_faces_join_named_people_without_moving_anybody() -> None:
    vectors, who = album(5, 100)
    before = group(vectors[:80], np.arange(80))
    known = Known(np.r_[before, np.full(20, NOBODY)], np.r_[before == before[0], np.zeros(20, np.bool_)])
    after = group(vectors, np.arange(100), known=known)
    assert after[:80].tolist() == before.tolist()
    assert same(after) == same(who)


def test_new_people_are_numbered_on_from_the_highest_known() -> None:
    known = Known(np.array([8, NOBODY]), np.array([True, False]))
    assert group(between(0.0), np.arange(2), known=known).tolist() == [8, 9]


def test_a_poor_face_founds_nobody_but_joins_whom_it_resembles() -> None:
    vectors, _ = album(1, 5, noise=0.3)
    stranger = unit(np.random.default_rng(9).normal(size=(1, 128)).astype(np.float32))
    quality = np.array([1, 1, 1, 1, 0.1, 0.1], np.float32)
    labels = group(np.concatenate([vectors, stranger]), np.arange(6), quality=quality)
    assert labels[4] == labels[0]
    assert labels[5] == NOBODY


def test_an_empty_album_has_no_people() -> None:
    assert len(group(np.zeros((0, 128), np.float32), np.zeros(0, np.int64))) == 0


def test_proposes_to_merge_lookalikes_but_never_two_people_of_one_photo() -> None:
    vectors = between(0.42)
    proposed = merges(vectors, np.array([0, 1]), np.array([4, 7]), CURVE)
    assert [(m.person, m.other) for m in proposed] == [(4, 7)]
    assert proposed[0].probability == pytest.approx(CURVE.chance(0.42), abs=1e-3)
    assert merges(vectors, np.array([5, 5]), np.array([4, 7]), CURVE) == []
