"""Managed uploads: originals copied into the library whole or not at all, each once, with what belongs to them."""

import os
import signal
from concurrent.futures import Future
from pathlib import Path

import pytest
from sqlalchemy import select

from albumen.library.folder import Folder
from albumen.library.keeping import verify
from albumen.media.look import Glance
from albumen.stores.catalog import lookup
from albumen.stores.catalog.catalog import Catalog
from albumen.stores.catalog.schema import files, roots
from tests.fakes import OwnEyes, copy_into, make_clip, make_photo
from tests.library.survival import contents, killer

XMP = "<x/>"


@pytest.fixture
def card(tmp_path: Path) -> Path:
    folder = tmp_path / "card"
    make_photo(folder / "a" / "IMG_1.JPG", (200, 0, 0), taken="2019:07:03 10:11:12")
    make_clip(folder / "a" / "IMG_1.MOV")
    (folder / "a" / "IMG_1.xmp").write_text(XMP)
    make_photo(folder / "b" / "IMG_1.JPG", (0, 200, 0), taken="2019:07:09 10:11:12")
    make_photo(folder / "c.jpg", (0, 0, 200))
    (folder / "c.jpg.json").write_text('{"title": "c.jpg", "description": "sea"}')
    return folder


@pytest.fixture
def library(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "library")


def tree(library: Folder) -> list[str]:
    return sorted(str(p.relative_to(library.originals)) for p in library.originals.rglob("*") if p.is_file())


def roles(library: Folder) -> dict[str, str]:
    with Catalog(library.catalog).read() as db:
        rows = db.execute(select(files.c.path, files.c.role))
        return {os.path.relpath(os.fsdecode(path), library.originals): role for path, role in rows}


EXPECTED = {
    "2019/07/IMG_1.JPG": "original",
    "2019/07/IMG_1.MOV": "live",
    "2019/07/IMG_1.xmp": "sidecar",
    "2019/07/IMG_1_2.JPG": "original",
    "undated/c.jpg": "original",
    "undated/c.jpg.json": "sidecar",
}


def test_copies_by_date_numbers_what_collides_and_brings_what_belongs_along(library: Folder, card: Path) -> None:
    copied = copy_into(library, card)
    assert (copied.copied, copied.known, copied.unreadable) == (3, 0, [])
    assert roles(library) == EXPECTED
    assert tree(library) == sorted(EXPECTED)
    assert (library.originals / "2019/07/IMG_1.JPG").stat().st_mtime == (card / "a/IMG_1.JPG").stat().st_mtime
    with Catalog(library.catalog).read() as db:
        assert lookup.counts(db)["assets"] == 3
        assert db.execute(select(roots.c.managed)).scalars().all() == [True]
    assert list(verify(Catalog(library.catalog), os.fsencode(library.originals))) == []


def test_a_second_copy_and_duplicates_add_nothing(library: Folder, card: Path) -> None:
    copy_into(library, card)
    (card / "again.jpg").write_bytes((card / "c.jpg").read_bytes())
    copied = copy_into(library, card)
    assert (copied.copied, copied.known) == (0, 4)
    assert tree(library) == sorted(EXPECTED)


def test_twins_in_one_upload_are_copied_once(library: Folder, card: Path) -> None:
    (card / "again.jpg").write_bytes((card / "c.jpg").read_bytes())
    copied = copy_into(library, card / "again.jpg", card / "c.jpg")
    assert (copied.copied, copied.known) == (1, 1)


def test_a_clip_that_comes_later_is_put_beside_its_still(library: Folder, card: Path) -> None:
    clip = card / "a" / "IMG_1.MOV"
    away = clip.rename(card.parent / "IMG_1.MOV")
    copy_into(library, card)
    away.rename(clip)
    copy_into(library, card)
    assert roles(library) == EXPECTED


def test_an_unreadable_file_is_named_and_not_copied(library: Folder, card: Path) -> None:
    (card / "broken.jpg").write_bytes(b"none")
    copied = copy_into(library, card)
    assert [os.path.basename(path) for path, _ in copied.unreadable] == [b"broken.jpg"]
    assert tree(library) == sorted(EXPECTED)


class Changing(OwnEyes):
    """Changes each file after it was glanced at."""

    def glance(self, path: bytes) -> Future[Glance]:
        seen = super().glance(path)
        with open(path, "ab") as file:
            file.write(b"more")
        return seen


def test_a_file_that_changes_while_it_is_copied_is_not_kept(library: Folder, tmp_path: Path) -> None:
    make_photo(tmp_path / "card" / "a.jpg")
    copied = copy_into(library, tmp_path / "card", eyes=Changing())
    assert (copied.copied, len(copied.unreadable), tree(library)) == (0, 1, [])
    assert "changed while" in copied.unreadable[0][1]


def test_names_that_are_no_text_are_copied_as_they_are(library: Folder, tmp_path: Path) -> None:
    folder = make_photo(tmp_path / "card" / "a.jpg").parent
    os.rename(folder / "a.jpg", bytes(folder) + b"/caf\xe9.jpg")
    copy_into(library, folder)
    assert os.listdir(os.fsencode(library.originals / "undated")) == [b"caf\xe9.jpg"]


KILLS = 8


def test_killed_at_any_moment_copying_goes_on_to_the_same_originals(tmp_path: Path, card: Path) -> None:
    def state(library: Path) -> tuple[object, ...]:
        names = tree(Folder(library))
        return names, [(library / "originals" / name).read_bytes() for name in names]

    with killer() as run:
        assert run(tmp_path / "undisturbed", card, 0, work=copy_into) == 0
        steps = int((tmp_path / "undisturbed" / "steps").read_text())
        for part in range(1, KILLS + 1):
            library = tmp_path / f"killed{part}"
            # the copying itself is a part of all steps: most kills are put there
            assert run(library, card, max(1, steps * part // (2 * KILLS)), work=copy_into) == signal.SIGKILL
            copy_into(Folder(library), card)
            assert state(library) == state(tmp_path / "undisturbed")
            assert len(contents(library)[0]) == 3  # pyright: ignore[reportArgumentType]
