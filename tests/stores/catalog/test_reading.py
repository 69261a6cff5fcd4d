from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert

from albumen.stores.catalog import fulltext, intake, lookup
from albumen.stores.catalog.catalog import Catalog
from albumen.stores.catalog.intake import NewFile
from albumen.stores.catalog.schema import assets

PHOTO = {"kind": "photo", "mime": "image/jpeg", "bytes": 1, "width": 1, "height": 1, "details": {}}


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Connection]:
    catalog = Catalog(tmp_path / "catalog.sqlite")
    with catalog.write() as connection:
        for i in (1, 2, 3):
            row = {**PHOTO, "id": i, "digest": f"{i:064x}", "added_s": 0, "changed": 1}
            connection.execute(insert(assets).values(row))
        yield connection
    catalog.close()


def test_what_holds_all_words_is_found_newest_first(db: Connection) -> None:
    fulltext.set_doc(db, 1, {"caption": "a red boat", "place": "Rome"})
    fulltext.set_doc(db, 2, {"caption": "a boat", "place": "Rome"})
    fulltext.set_doc(db, 3, {"caption": "boats at sea", "place": "Oslo"})
    assert fulltext.holding(db, "boat").tolist() == [3, 2, 1]
    assert fulltext.holding(db, "boat rome").tolist() == [2, 1]
    assert fulltext.holding(db, "boats").tolist() == [3, 2, 1]
    assert fulltext.holding(db, "boat", limit=1).tolist() == [3]
    assert fulltext.holding(db, "rome", fields=("caption",)).tolist() == []
    assert fulltext.holding(db, "!").tolist() == []


def test_a_longer_word_that_begins_so_says_something_else(db: Connection) -> None:
    fulltext.set_doc(db, 1, {"filename": "IMG_0412-bearbeitet.jpg"})
    fulltext.set_doc(db, 2, {"filename": "bears.jpg", "caption": "zwei Hunde"})
    assert fulltext.holding(db, "bear").tolist() == [2]
    assert fulltext.holding(db, "Hund").tolist() == [2]
    assert fulltext.holding(db, "IMG_0412").tolist() == [1]


def test_an_asset_is_shown_where_its_original_is_present(db: Connection) -> None:
    root = intake.add_root(db, b"/photos")
    for path, role in ((b"/photos/b.jpg", "original"), (b"/photos/a.jpg", "original"), (b"/photos/0.xmp", "sidecar")):
        intake.add_file(db, root, 1, NewFile(path, "d", role, 1, 0))
    assert lookup.shown(db, [1, 3, 9]) == {1: (f"{1:064x}", b"/photos/a.jpg"), 3: (f"{3:064x}", b"")}
    intake.set_file_states(db, [intake.known_files(db, b"/photos")[b"/photos/a.jpg"].id], "missing")
    assert lookup.shown(db, [1])[1][1] == b"/photos/b.jpg"


def test_moments_are_those_of_frames_beyond_the_beginning(db: Connection) -> None:
    first, second = intake.add_frames(db, 2, [(0, 0), (4500, 1)])
    assert lookup.moments_of(db, [first, second, 99, -1]) == {second: 4500}
