"""What an encoder learns from one library: its owner's names for things, and what scores chance gives."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from albumen.core.arrays import Floats
from albumen.library.folder import Folder
from albumen.library.search.attuned import Attuned, own_words
from albumen.library.search.search import MAYBE, SURE
from albumen.library.writing import Stores
from albumen.stores.catalog import fulltext
from albumen.stores.fusion import Question
from albumen.stores.vectors import Vectors
from albumen.vision.embed import scoring
from tests.fakes import DIM, import_into, make_photo, open_stores

AXES = {"red": 0, "green": 1, "Rex": 4, "Luna": 5}


class Words:
    """Puts each known word on an axis of its own; of other texts it knows nothing, which looks like noise."""

    def __init__(self, *, calibrated: bool) -> None:
        self.calibrated = calibrated
        self.asked = 0

    def meanings(self, texts: Sequence[str]) -> Floats:
        self.asked += len(texts)
        noise = np.random.default_rng(len(texts)).normal(size=(len(texts), DIM))
        rows = [np.eye(DIM)[AXES[t]] if t in AXES else n / np.linalg.norm(n) for t, n in zip(texts, noise, strict=True)]
        return np.array(rows, np.float32)

    def query(self, text: str) -> scoring.Query:
        return scoring.Query(self.meanings([text])[0], {}, 1.0, {}, len(text.split()))

    def question(self, asked: scoring.Query) -> Question:
        return Question(asked.vector, np.empty(0, np.int64), np.empty(0, np.float32))

    def probability(self, query: scoring.Query, scores: Floats) -> Floats:
        return np.full(len(scores), 0.2, np.float32)


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Stores:
    """Return a library of 12 red photos that are called Rex and 12 green ones that are called Luna."""
    folder = tmp_path_factory.mktemp("attuned")
    for k in range(12):
        make_photo(folder / "photos" / f"r{k}.jpg", (200 + 4 * k, 2, 2), size=(16, 16))
        make_photo(folder / "photos" / f"g{k}.jpg", (2, 200 + 4 * k, 2), size=(16, 16))
    library = Folder(folder / "library")
    import_into(library, folder / "photos")
    stores = open_stores(library)
    with stores.catalog.write() as db:
        for asset_id, name in db.exec_driver_sql("SELECT rowid, filename FROM docs").all():
            fulltext.change_doc(db, asset_id, {"tags": "Rex" if str(name).startswith("r") else "Luna"})
    return stores


def nearest(attuned: Attuned, vectors: Vectors, text: str) -> Floats:
    key = vectors.search(attuned.query(text).vector[None], 1).keys[0]
    return vectors.get(key)[0]


def test_a_name_that_the_owner_uses_finds_what_it_is_used_for(stores: Stores, tmp_path: Path) -> None:
    attuned = Attuned(Words(calibrated=True), DIM, tmp_path / "learnt.npz")
    attuned.learn(stores.catalog, stores.frames)
    assert np.argmax(nearest(attuned, stores.frames, "Rex")) == AXES["red"]
    assert np.argmax(nearest(attuned, stores.frames, "Luna")) == AXES["green"]


def test_another_process_takes_up_what_was_learnt(stores: Stores, tmp_path: Path) -> None:
    mine, other = (Attuned(Words(calibrated=True), DIM, tmp_path / "learnt.npz") for _ in range(2))
    before = other.query("Rex").vector
    mine.learn(stores.catalog, stores.frames)
    assert not np.allclose(other.query("Rex").vector, before)


def test_a_file_that_is_torn_counts_as_nothing_learnt_and_is_written_anew(stores: Stores, tmp_path: Path) -> None:
    path, words = tmp_path / "learnt.npz", Words(calibrated=True)
    Attuned(words, DIM, path).learn(stores.catalog, stores.frames)
    whole = path.read_bytes()
    for torn in (b"", whole[:100], whole[:-40], b"x" * len(whole), whole.replace(b"matrix", b"matron")):
        path.write_bytes(torn)
        assert np.argmax(Attuned(words, DIM, path).query("red").vector) == AXES["red"]
    again = Attuned(words, DIM, path)
    again.learn(stores.catalog, stores.frames)
    assert np.argmax(nearest(again, stores.frames, "Rex")) == AXES["red"]


def test_nothing_is_learnt_twice(stores: Stores, tmp_path: Path) -> None:
    words = Words(calibrated=True)
    attuned = Attuned(words, DIM, tmp_path / "learnt.npz")
    attuned.learn(stores.catalog, stores.frames)
    once = words.asked
    attuned.learn(stores.catalog, stores.frames)
    assert words.asked == once > 0


def test_an_encoder_without_calibration_learns_what_chance_gives(stores: Stores, tmp_path: Path) -> None:
    attuned = Attuned(Words(calibrated=False), DIM, tmp_path / "learnt.npz")
    assert attuned.probability(attuned.query("red"), np.array([1.0], np.float32)) < SURE
    middle, deviation = attuned.learn(stores.catalog, stores.frames).chance[0]
    likely = attuned.probability(attuned.query("red"), np.array([middle, middle + 3 * deviation], np.float32))
    assert likely[0] < MAYBE and likely[1] > SURE


def test_a_calibrated_encoder_keeps_its_own_judgement(stores: Stores, tmp_path: Path) -> None:
    attuned = Attuned(Words(calibrated=True), DIM, tmp_path / "learnt.npz")
    attuned.learn(stores.catalog, stores.frames)
    assert attuned.probability(attuned.query("red"), np.array([1.0], np.float32)) == pytest.approx([0.2])


def test_what_cameras_write_is_nobody_s_word(stores: Stores) -> None:
    with stores.catalog.write() as db:
        asset_id = db.exec_driver_sql("SELECT min(rowid) FROM docs").scalar_one()
        fulltext.change_doc(db, asset_id, {"tags": "", "caption": "OLYMPUS DIGITAL CAMERA"})
        told = own_words(db)
    assert len(told) == 23 and {words for _, words in told} == {"Rex", "Luna"}
