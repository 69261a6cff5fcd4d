"""What is filled in after an import: facts, vectors and people, from stored pictures, a batch at a time."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import insert, select, update

from albumen.core.arrays import Floats, Image, Ints
from albumen.core.errors import NotFound
from albumen.library.faces import join
from albumen.library.folder import Folder
from albumen.library.later import Embedding, Moderation, fill_in
from albumen.library.people import list_people, name_person
from albumen.library.sorting import sort_faces
from albumen.models.card import Card
from albumen.models.cards import Cards
from albumen.stores.catalog.catalog import Catalog
from albumen.stores.catalog.schema import assets, faces, facts, people
from albumen.stores.vectors import Vectors
from tests.fakes import by_colour, import_into, make_clip, make_photo, open_stores


@pytest.fixture
def library(tmp_path: Path) -> Folder:
    for i in range(20):
        make_photo(tmp_path / "photos" / f"{i}.jpg", (10 * i, 30, 200 - 10 * i))
    make_clip(tmp_path / "photos" / "film.mp4", seconds=3)
    folder = Folder(tmp_path / "library")
    import_into(folder, tmp_path / "photos")
    (tmp_path / "photos").rename(tmp_path / "away")
    return folder


@pytest.fixture
def card() -> Card:
    return Cards.load().of_task("moderation")[0]


class Redness:
    """Scores how red pictures are; gives up after a number of calls."""

    def __init__(self, calls: int = 100) -> None:
        self.calls = calls

    def score(self, images: Sequence[Image]) -> Floats:
        self.calls -= 1
        if self.calls < 0:
            raise KeyboardInterrupt
        return np.array([image[:, :, 0].mean() / 255 for image in images], np.float32)


def scores(library: Folder, card: str) -> dict[int, float]:
    with Catalog(library.catalog).read() as db:
        rows = db.execute(select(facts.c.asset_id, facts.c.value).where(facts.c.card == card))
        return {i: value["nsfw"] for i, value in rows}


def test_lacking_facts_are_filled_in_from_stored_pictures_and_only_once(library: Folder, card: Card) -> None:
    stores, scorer = open_stores(library), Redness()
    told: list[tuple[int, int]] = []
    task = Moderation(stores, card, lambda: scorer)
    assert fill_in(stores, task, on_progress=lambda done, total: told.append((done, total))) == 21
    assert told == [(16, 21), (21, 21)]
    assert len(scores(library, card.name)) == 21
    assert max(scores(library, card.name).values()) > 0.6
    assert fill_in(stores, task) == 0


def test_a_stopped_pass_goes_on_where_it_was(library: Folder, card: Card) -> None:
    stores = open_stores(library)
    with pytest.raises(KeyboardInterrupt):
        fill_in(stores, Moderation(stores, card, lambda: stopped))
    assert len(scores(library, card.name)) == 16
    assert fill_in(stores, Moderation(stores, card, Redness)) == 5


stopped = Redness(calls=1)


def test_another_card_is_asked_beside_the_old_one(library: Folder, card: Card) -> None:
    stores = open_stores(library)
    fill_in(stores, Moderation(stores, card, Redness))
    newer = card.model_copy(update={"name": "newer.v2"})
    assert fill_in(stores, Moderation(stores, newer, Redness)) == 21
    assert len(scores(library, card.name)) == len(scores(library, newer.name)) == 21


def test_lost_vectors_are_made_again_for_photos_and_videos(library: Folder) -> None:
    stores = open_stores(library)
    before = {int(key): stores.frames.get([key])[0] for key in stores.frames.keys}
    stores.frames.remove(list(before))
    given = fill_in(stores, Embedding(stores, by_colour))
    assert given == 21
    assert {int(key) for key in stores.frames.keys} == set(before)
    for key, vector in before.items():
        assert stores.frames.get([key])[0] @ vector > 0.99
    assert fill_in(stores, Embedding(stores, by_colour)) == 0


def test_embedding_again_leaves_what_models_said_as_it_was(library: Folder) -> None:
    stores = open_stores(library)
    stores.frames.remove(list(stores.frames.keys))
    with stores.catalog.read() as db:
        before = db.execute(select(facts)).all()
    fill_in(stores, Embedding(stores, by_colour))
    with stores.catalog.read() as db:
        assert db.execute(select(facts)).all() == before


FACE = {"card": "face.fake", "score": 0.99, "left": 0.2, "top": 0.2, "right": 0.8, "bottom": 0.8}
POINTS = [[0.35, 0.4], [0.65, 0.4], [0.5, 0.55], [0.4, 0.7], [0.6, 0.7]]


@pytest.fixture
def add_faces(library: Folder) -> Callable[[Sequence[int]], list[int]]:
    """Return what adds a face of each of these people, each to a photo of its own, and returns the faces' ids."""
    stores = open_stores(library)
    with stores.catalog.write() as db:
        db.execute(update(assets).values(width=1000, height=1000))
        photos = iter(db.execute(select(assets.c.id)).scalars().all())

    def add(whose: Sequence[int]) -> list[int]:
        vectors = np.zeros((len(whose), stores.faces.dim), np.float32)
        vectors[np.arange(len(whose)), whose] = 1
        with stores.catalog.write() as db:
            rows = [{**FACE, "asset_id": next(photos), "landmarks": POINTS} for _ in whose]
            keys = [db.execute(insert(faces).values(row)).inserted_primary_key for row in rows]
        ids = [int(key[0]) for key in keys if key]
        stores.faces.add(ids, vectors)
        return ids

    return add


def whose(library: Folder) -> dict[int, int | None]:
    with Catalog(library.catalog).read() as db:
        return {i: p for i, p in db.execute(select(faces.c.id, faces.c.person_id))}


def test_faces_are_sorted_into_people_and_new_ones_join_them(
    library: Folder, add_faces: Callable[[Sequence[int]], list[int]]
) -> None:
    stores = open_stores(library)
    first = add_faces([0, 0, 1, 1, 1])
    assert sort_faces(stores.catalog, stores.faces, "face.fake") == 5
    found = whose(library)
    assert len({found[i] for i in first}) == 2 and found[first[0]] == found[first[1]]
    assert [person.faces for person in list_people(stores.catalog)] == [3, 2]
    late = add_faces([1, 2])
    assert sort_faces(stores.catalog, stores.faces, "face.fake") == 2
    again = whose(library)
    assert {i: again[i] for i in first} == found
    assert again[late[0]] == found[first[2]] and again[late[1]] not in found.values()
    assert sort_faces(stores.catalog, stores.faces, "face.fake") == 0


def test_a_new_face_looks_only_at_people_it_resembles_and_a_new_person_is_none_of_the_others(
    library: Folder, add_faces: Callable[[Sequence[int]], list[int]]
) -> None:
    stores = open_stores(library)
    first = add_faces([0, 0, 1])
    sort_faces(stores.catalog, stores.faces, "face.fake")
    found = whose(library)
    with stores.catalog.write() as db:  # two who look alike were told apart before: one new face does not touch them
        db.execute(update(faces).where(faces.c.id == first[1]).values(person_id=found[first[2]]))
    before = whose(library)
    late = add_faces([2])
    sort_faces(stores.catalog, stores.faces, "face.fake")
    after = whose(library)
    assert {i: after[i] for i in first} == before
    assert after[late[0]] not in (None, *before.values())


def test_all_faces_are_sorted_anew_on_request_and_names_stay(
    library: Folder, add_faces: Callable[[Sequence[int]], list[int]]
) -> None:
    stores = open_stores(library)
    first = add_faces([0, 0, 1, 1])
    sort_faces(stores.catalog, stores.faces, "face.fake")
    ann = whose(library)[first[0]] or 0
    name_person(stores.catalog, ann, "Ann")
    with stores.catalog.write() as db:
        db.execute(update(faces).where(faces.c.id.in_(first[2:])).values(person_id=None))
    assert sort_faces(stores.catalog, stores.faces, "face.fake") == 0
    assert sort_faces(stores.catalog, stores.faces, "face.fake", afresh=True) == 4
    found = whose(library)
    assert found[first[0]] == found[first[1]] == ann
    assert found[first[2]] == found[first[3]] not in (None, ann)


def test_named_people_and_what_a_person_said_never_move(
    library: Folder, add_faces: Callable[[Sequence[int]], list[int]]
) -> None:
    stores = open_stores(library)
    first = add_faces([0, 0, 1, 1])
    sort_faces(stores.catalog, stores.faces, "face.fake")
    ann = whose(library)[first[0]] or 0
    name_person(stores.catalog, ann, "Ann")
    with stores.catalog.write() as db:  # a person says that a face that looks like Ben's is Ann's, and one is nobody's
        db.execute(update(faces).where(faces.c.id == first[2]).values(person_id=ann, by_owner=True))
        db.execute(update(faces).where(faces.c.id == first[3]).values(person_id=None, by_owner=True))
    add_faces([0, 1])
    sort_faces(stores.catalog, stores.faces, "face.fake")
    found = whose(library)
    assert (found[first[0]], found[first[1]], found[first[2]], found[first[3]]) == (ann, ann, ann, None)
    assert [person.name for person in list_people(stores.catalog) if person.id == ann] == ["Ann"]
    with stores.catalog.read() as db:
        left = db.execute(select(people.c.id)).scalars().all()
    assert ann in left


def test_what_a_person_says_while_faces_are_sorted_counts(
    library: Folder, add_faces: Callable[[Sequence[int]], list[int]]
) -> None:
    stores = open_stores(library)
    first = add_faces([0, 0, 1, 1, 2, 2])
    sort_faces(stores.catalog, stores.faces, "face.fake")
    ann, ben, cleo = (whose(library)[first[i]] or 0 for i in (0, 2, 4))
    with stores.catalog.write() as db:
        db.execute(update(faces).where(faces.c.id == first[1]).values(person_id=None))
    late = add_faces([2])

    class Meanwhile(Vectors):
        def get(self, keys: Ints | Sequence[int]) -> Floats:
            with stores.catalog.write() as db:
                db.execute(update(faces).where(faces.c.id == first[1]).values(person_id=ben, by_owner=True))
            join(stores.catalog, ann, [cleo])
            return stores.faces.get(keys)

    sort_faces(stores.catalog, Meanwhile(library.path / "meanwhile", stores.faces.dim), "face.fake", afresh=True)
    found = whose(library)
    assert (found[first[1]], found[first[4]], found[late[0]]) == (ben, ann, None)


def test_naming_nobody_is_an_error(library: Folder) -> None:
    with pytest.raises(NotFound, match="no person 99"):
        name_person(open_stores(library).catalog, 99, "Ann")
