"""The columns that search filters by: kept in a file for the next start, and never believed against the catalog."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import delete, insert, update

from albumen.library.search import index as module
from albumen.library.search.index import Index
from albumen.stores import saved
from albumen.stores.catalog import intake
from albumen.stores.catalog.catalog import Catalog
from albumen.stores.catalog.intake import NewFile
from albumen.stores.catalog.schema import assets, files

PHOTO: dict[str, Any] = {
    "kind": "photo",
    "mime": "image/jpeg",
    "bytes": 1,
    "width": 4,
    "height": 3,
    "details": {},
    "added_s": 0.0,
}
COUNT = 40


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    catalog = Catalog(tmp_path / "catalog.sqlite")
    for change in range(1, 5):
        add(catalog, range((change - 1) * 10, change * 10))
    yield catalog
    catalog.close()


def add(catalog: Catalog, numbers: range) -> None:
    with catalog.write() as db:
        root, change = intake.add_root(db, b"/photos"), intake.next_change(db)
        for n in numbers:
            row = {
                **PHOTO,
                "digest": f"{n:064x}",
                "taken": f"20{n % 20:02}-03-0{n % 9 + 1}T10:00:00",
                "lens": f"L{n % 3}",
            }
            key = intake.add_asset(db, {**row, "town": f"Town{n % 7}", "country": "IT"}, change)
            intake.add_file(db, root, key, NewFile(f"/photos/{n}.jpg".encode(), f"{n:064x}", "original", 1, 0))
            intake.add_frames(db, key, [(0, 0)])


def opened(catalog: Catalog) -> Index:
    index = Index(catalog, kept_from=20)
    index.refresh()
    index.settle()
    return index


def same(index: Index, catalog: Catalog) -> bool:
    """Return whether an index says the same as one that never saw a file."""
    fresh = Index(catalog, kept_from=10**9)
    fresh._file = Path("/nowhere")  # pyright: ignore[reportPrivateUsage]
    fresh.refresh()
    for name, own, other in (("camera", index.cameras, fresh.cameras), ("town", index.towns, fresh.towns)):
        assert named(index, name, own) == named(fresh, name, other)
    for own, other in ((index.assets, fresh.assets), (index.frames, fresh.frames)):
        if own.keys.tolist() != other.keys.tolist():
            return False
        for name in ("taken", "flags", "shape") if own is index.assets else ("asset",):
            np.testing.assert_array_equal(own.column(name)[own.keys], other.column(name)[other.keys])
    return True


def named(index: Index, column: str, names: module.Names) -> list[str]:
    known = list(names)
    return [known[n] if n >= 0 else "" for n in index.assets.column(column)[index.assets.keys]]


def test_the_next_start_reads_the_file_and_not_the_catalog(catalog: Catalog) -> None:
    assert opened(catalog).unkept == 0
    index = Index(catalog)
    index.refresh()
    assert index.unkept == 0
    assert same(index, catalog)


def test_what_changed_since_is_caught_up_with(catalog: Catalog) -> None:
    opened(catalog)
    add(catalog, range(COUNT, COUNT + 5))
    with catalog.write() as db:
        db.execute(
            update(assets).where(assets.c.id == 3).values(taken=None, lens="new", changed=intake.next_change(db))
        )
    index = opened(catalog)
    assert index.unkept == 6
    assert same(index, catalog)


def test_a_file_is_written_again_once_much_is_lacking(catalog: Catalog) -> None:
    opened(catalog)
    add(catalog, range(COUNT, COUNT + 25))
    assert opened(catalog).unkept == 0
    assert opened(catalog).unkept == 0


@pytest.mark.parametrize("damage", [b"", b"short", b"Als1" + bytes(200)])
def test_a_damaged_file_is_made_anew(catalog: Catalog, damage: bytes) -> None:
    opened(catalog)
    kept = catalog.path.with_name("catalog.columns")
    whole = kept.read_bytes()
    kept.write_bytes(damage)
    assert same(opened(catalog), catalog)
    assert kept.read_bytes() == whole


@pytest.mark.parametrize("part", ["version", "column", "names"])
def test_a_file_of_another_build_is_made_anew(catalog: Catalog, part: str) -> None:
    opened(catalog)
    kept = catalog.path.with_name("catalog.columns")
    about, arrays = saved.read(kept) or pytest.fail("nothing was kept")
    if part == "version":
        about["version"] += 1
    elif part == "names":
        del about["names"]
    else:
        del arrays["assets.lat"]
    saved.write(kept, saved.pack(about, arrays))
    index = Index(catalog, kept_from=20)
    index.refresh()
    index.settle()
    assert saved.read(kept) is not None and same(index, catalog)


def test_what_was_deleted_since_is_gone(catalog: Catalog) -> None:
    opened(catalog)
    with catalog.write() as db:
        db.execute(delete(files).where(files.c.asset_id.in_((5, 6))))
        intake.forget_unseen(db, [5, 6])
    index = opened(catalog)
    assert 5 not in index.assets.keys and len(index.frames) == COUNT - 2
    assert same(index, catalog)


def test_a_catalog_put_back_to_an_older_state_is_read_whole(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CHECKED", 1)  # what is compared does not show it
    opened(catalog)
    with catalog.write() as db:
        db.execute(delete(assets).where(assets.c.id > 30))
        db.execute(update(assets).where(assets.c.id == 7).values(town="Elsewhere"))
    assert same(opened(catalog), catalog)


def test_a_catalog_that_went_on_from_an_older_state_is_read_whole(catalog: Catalog) -> None:
    opened(catalog)
    with catalog.write() as db:
        change = intake.next_change(db)
        db.execute(delete(assets).where(assets.c.id > 30))
        db.exec_driver_sql("UPDATE sqlite_sequence SET seq = 30 WHERE name = 'assets'")
        row = {**PHOTO, "town": "Elsewhere", "taken": None}
        for n in range(10):
            db.execute(insert(assets).values({**row, "digest": f"{n:060x}back", "changed": change - 1}))
        db.execute(update(assets).where(assets.c.id == 1).values(changed=change))
    assert same(opened(catalog), catalog)


def test_where_nothing_can_be_written_the_catalog_is_read(catalog: Catalog) -> None:
    catalog.path.with_name("catalog.columns.new").mkdir()
    assert same(opened(catalog), catalog)
    assert not catalog.path.with_name("catalog.columns").exists()


def test_a_small_library_keeps_no_file(catalog: Catalog) -> None:
    index = Index(catalog)
    index.refresh()
    index.settle()
    assert not catalog.path.with_name("catalog.columns").exists()


def test_columns_stay_as_they_are_while_somebody_reads_them(catalog: Catalog) -> None:
    index = opened(catalog)
    add(catalog, range(COUNT, COUNT + 3))
    refreshing = threading.Thread(target=index.refresh)
    with index.still():
        refreshing.start()
        refreshing.join(0.05)
        assert len(index.assets) == COUNT
    refreshing.join()
    assert len(index.assets) == COUNT + 3
