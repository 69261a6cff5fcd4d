"""What is said of a picture to who cannot see it: a person's words before the file's, before what models saw."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import insert

from albumen.library.alt import alts
from albumen.stores.catalog import intake
from albumen.stores.catalog.catalog import Catalog
from albumen.stores.catalog.schema import assets


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    catalog = Catalog(tmp_path / "catalog.sqlite")
    yield catalog
    catalog.close()


def row(key: int, **more: object) -> dict[str, object]:
    usual = {"kind": "photo", "mime": "image/jpeg", "bytes": 1, "width": 1, "height": 1, "added_s": 0.0, "changed": 1}
    return {"id": key, "digest": f"{key:064x}", "details": {}, **usual, **more}


def added(catalog: Catalog, key: int, *facts: tuple[str, str, object], town: str = "", **details: str) -> str | None:
    with catalog.write() as db:
        db.execute(insert(assets).values(row(key, town=town or None, details=details)))
        intake.add_facts(db, [(key, *fact) for fact in facts])
    with catalog.read() as db:
        return alts(db, [key])[0]


LABELS = ("labels", "net", [["dog", 0.5], ["lawn", 0.3], ["tree", 0.2]])
OBJECTS = ("objects", "box net", [["dog", 0.9, [0, 0, 1, 1]], ["ball", 0.6, [0, 0, 1, 1]]])


def test_the_two_surest_names_and_the_place_say_what_a_picture_shows(catalog: Catalog) -> None:
    assert added(catalog, 1, LABELS, OBJECTS, town="Rome") == "dog, ball, Rome"
    assert added(catalog, 2, town="Rome") == "Rome"
    assert added(catalog, 3) is None


def test_a_persons_labels_outrank_every_models(catalog: Catalog) -> None:
    assert added(catalog, 1, LABELS, OBJECTS, ("labels", "owner", [["Rex", 1.0]])) == "Rex"


def test_a_caption_comes_first_and_the_persons_before_the_files(catalog: Catalog) -> None:
    assert added(catalog, 1, LABELS, caption="Rex\n at  play") == "Rex at play"
    assert added(catalog, 2, LABELS, ("caption", "owner", "Our Rex"), caption="Rex at play") == "Our Rex"
    assert added(catalog, 3, LABELS, caption="x" * 5_000) == "x" * 200


def test_many_rows_keep_their_order(catalog: Catalog) -> None:
    with catalog.write() as db:
        db.execute(insert(assets), [row(key, town=f"T{key}") for key in range(1, 1_102)])
    with catalog.read() as db:
        assert alts(db, [700, 9_999, 1, 1_101]) == ["T700", None, "T1", "T1101"]
        assert alts(db, list(range(1, 1_102))) == [f"T{key}" for key in range(1, 1_102)]
