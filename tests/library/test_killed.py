"""Work on a library that is killed with SIGKILL at many moments: nothing is lost, doubled or half-written."""

import shutil
import signal
from collections.abc import Generator, Sequence
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import Connection, func, insert, select, update

from albumen.core.arrays import Floats, Image
from albumen.core.findings import Faces
from albumen.documents.document import Page
from albumen.documents.pages import Sheet
from albumen.library.documents.reading import Read, Recognise
from albumen.library.folder import Folder
from albumen.library.keeping import forget, set_trashed
from albumen.library.later import Embedding, FaceAges, Moderation, fill_in
from albumen.library.sorting import sort_faces
from albumen.models.cards import Cards
from albumen.stores.catalog.catalog import Catalog
from albumen.stores.catalog.schema import assets, faces, roots
from albumen.vision.faces.age import Ages
from tests.fakes import by_colour, import_into, make_clip, make_photo, open_stores
from tests.library.survival import Killing, Work, contents, killer
from tests.library.test_documents import LEASE, RECEIPT, OwnPages, Trusting
from tests.media.pdfs import make_pdf

FACE = {"card": "face.fake", "score": 0.99, "left": 0.2, "top": 0.2, "right": 0.8, "bottom": 0.8}
POINTS = [[0.35, 0.4], [0.65, 0.4], [0.5, 0.55], [0.4, 0.7], [0.6, 0.7]]


class Glows:
    """Scores pictures by how bright they are, and takes faces for as old as their pictures are wide."""

    def score(self, images: Sequence[Image]) -> Floats:
        return np.array([image.mean() / 255 for image in images], np.float32)

    def estimate(self, image: Image, faces: Faces) -> Ages:
        years = np.full(len(faces), image.shape[1], np.float32)
        return Ages(years, years - 1, years + 1)


class Plain(Trusting):
    """Takes the lines of pages on trust and looks for no tables or forms in them, which takes long."""

    def upright(self, sheet: Sheet, *, structure: bool = True) -> tuple[Page, Image]:
        height, width = sheet.image.shape[:2]
        return Page(sheet.number, width, height, sheet.lines or ()), sheet.image


def look_again(library: Folder, _: Path) -> None:
    """Do all that a second look does, with the fakes."""
    stores, cards = open_stores(library), Cards.load()
    with library.importing():
        tasks = [
            Embedding(stores, by_colour),
            Moderation(stores, cards.of_task("moderation")[0], Glows),
            FaceAges(stores, cards.of_task("face-age")[0], Glows),
            Recognise(stores),
        ]
        for task in tasks:
            task.batch = 2
            fill_in(stores, task)
        sort_faces(stores.catalog, stores.faces, "face.fake", afresh=True)
        fill_in(stores, Read(stores, OwnPages(), Plain, today=date(2026, 1, 2)))
    stores.catalog.close()


def trash(library: Folder, _: Path) -> None:
    """Put everything into the trash."""
    _set_trashed(library, True)


def restore(library: Folder, _: Path) -> None:
    """Take everything out of the trash."""
    _set_trashed(library, False)


def _set_trashed(library: Folder, trashed: bool) -> None:
    catalog = Catalog(library.catalog)
    with catalog.read() as db:
        ids = list(db.execute(select(assets.c.id)).scalars())
    set_trashed(catalog, ids, trashed)
    catalog.close()


def forget_folder(library: Folder, photos: Path) -> None:
    """Forget a folder that was moved."""
    catalog = Catalog(library.catalog)
    forget(catalog, bytes(photos))
    catalog.close()


@pytest.fixture(scope="module")
def run() -> Generator[Killing]:
    with killer() as killing:
        yield killing


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """Return a library that nobody has looked at a second time: photos with faces, a film, papers, lost vectors."""
    photos = tmp_path / "photos"
    for i in range(4):
        make_photo(photos / f"{i}.jpg", (60 * i, 30, 200 - 60 * i))
    make_clip(photos / "film.mp4")
    (photos / "cafe.pdf").write_bytes(make_pdf([RECEIPT]))
    (photos / "lease.pdf").write_bytes(make_pdf([LEASE, RECEIPT]))
    folder = Folder(tmp_path / "library")
    import_into(folder, photos)
    stores = open_stores(folder)
    with stores.catalog.write() as db:
        db.execute(update(assets).values(width=1000, height=1000))
        owners = db.execute(select(assets.c.id).where(assets.c.kind == "photo")).scalars().all()
        keys = [_add_face(db, owner) for owner in owners]
    stores.faces.add(keys, np.eye(stores.faces.dim, dtype=np.float32)[[0, 0, 1, 1]])
    stores.frames.remove(list(stores.frames.keys)[:3])
    stores.catalog.close()
    return folder.path


def _add_face(db: Connection, owner: int) -> int:
    key = db.execute(insert(faces).values(FACE | {"asset_id": owner, "landmarks": POINTS})).inserted_primary_key
    assert key
    return int(key[0])


def copied(library: Path, name: str) -> Path:
    return Path(shutil.copytree(library, library.with_name(name)))


def moments(steps: int, count: int) -> Sequence[int]:
    """Return moments chosen by chance, the same in each run, with some in each kind of work.

    More of them are early, since reading pages takes most steps.
    """
    edges = np.geomspace(max(steps / 40, 1), steps - 1, count + 1)
    return np.random.default_rng(3).uniform(edges[:-1], edges[1:]).astype(int).tolist()


def test_a_second_look_goes_on_to_the_same_library(tmp_path: Path, library: Path, run: Killing) -> None:
    undisturbed = copied(library, "undisturbed")
    assert run(undisturbed, tmp_path, 0, work=look_again) == 0
    expected = contents(undisturbed)
    assert expected != contents(library)
    for at in moments(int((undisturbed / "steps").read_text()), 12):
        killed = copied(library, f"killed at {at}")
        assert run(killed, tmp_path, at, work=look_again) == signal.SIGKILL
        look_again(Folder(killed), tmp_path)
        assert contents(killed) == expected


@pytest.mark.parametrize("work", [trash, restore])
def test_trash_takes_all_or_nothing(tmp_path: Path, library: Path, run: Killing, work: Work) -> None:
    if work is restore:
        assert run(library, tmp_path, 0, work=trash) == 0
    undisturbed = copied(library, "undisturbed")
    assert run(undisturbed, tmp_path, 0, work=work) == 0
    for at in moments(int((undisturbed / "steps").read_text()), 3):
        killed = copied(library, f"killed at {at}")
        assert run(killed, tmp_path, at, work=work) == signal.SIGKILL
        assert trashed(killed) in (0, 7)
        assert run(killed, tmp_path, 0, work=work) == 0
        assert trashed(killed) == trashed(undisturbed) == (7 if work is trash else 0)


def trashed(library: Path) -> int:
    with Catalog(library / "catalog.sqlite").read() as db:
        return db.execute(select(func.count()).where(assets.c.trashed_s.is_not(None))).scalar() or 0


def test_a_folder_is_forgotten_whole_or_not_at_all(tmp_path: Path, library: Path, run: Killing) -> None:
    photos = (tmp_path / "photos").rename(tmp_path / "elsewhere")
    import_into(Folder(library), photos)
    undisturbed = copied(library, "undisturbed")
    assert run(undisturbed, tmp_path / "photos", 0, work=forget_folder) == 0
    before, after = contents(library), contents(undisturbed)
    for at in moments(int((undisturbed / "steps").read_text()), 3):
        killed = copied(library, f"killed at {at}")
        assert run(killed, tmp_path / "photos", at, work=forget_folder) == signal.SIGKILL
        assert contents(killed) in (before, after)
        assert (contents(killed) == after) == (len(known(killed)) == 1)


def known(library: Path) -> list[bytes]:
    with Catalog(library / "catalog.sqlite").read() as db:
        return list(db.execute(select(roots.c.path)).scalars())
