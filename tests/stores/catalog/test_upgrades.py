"""A library of an older Albumen is brought up to date by whoever opens it first, if they may."""

import os
from pathlib import Path

import pytest
from sqlalchemy import text

from albumen.core.errors import NewerLibrary, ReadOnly
from albumen.stores.catalog.catalog import LATEST, Catalog

GONE = (
    "DROP TABLE documents",
    "DROP TABLE amounts",
    "ALTER TABLE people DROP COLUMN hidden",
    "UPDATE alembic_version SET version_num = '0001'",
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    catalog = Catalog(tmp_path / "catalog.sqlite")
    with catalog.write() as db:
        for statement in GONE:
            db.execute(text(statement))
    catalog.close()
    return tmp_path / "catalog.sqlite"


def version(catalog: Catalog) -> str:
    with catalog.read() as db:
        return db.execute(text("SELECT version_num FROM alembic_version")).scalar_one()


@pytest.mark.parametrize("writable", [True, False])
def test_readers_and_writers_bring_an_older_catalog_up_to_date(path: Path, writable: bool) -> None:
    catalog = Catalog(path, writable=writable)
    with catalog.read() as db:
        assert db.execute(text("SELECT count(*) FROM documents")).scalar() == 0
    assert version(catalog) == LATEST
    catalog.close()


def test_an_older_catalog_that_may_not_be_written_to_is_named(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    with pytest.raises(ReadOnly, match="of an older Albumen"):
        Catalog(path, writable=False)


def test_a_newer_catalog_is_left_alone(path: Path) -> None:
    catalog = Catalog(path)
    with catalog.write() as db:
        db.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    catalog.close()
    with pytest.raises(NewerLibrary, match="update Albumen"):
        Catalog(path, writable=False)
