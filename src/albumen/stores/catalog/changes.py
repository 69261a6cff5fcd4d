"""What search filters by, read from the catalog row by row as it changes."""

from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias

import numpy as np
from sqlalchemy import Connection, Row, Table, func, select, text

from albumen.core.arrays import Ints
from albumen.stores.catalog.schema import assets

AnyRow: TypeAlias = Row[*tuple[Any, ...]]
Columns: TypeAlias = tuple[tuple[Any, ...], ...]
AT_ONCE = 50_000
FIELDS = (
    "id",
    "kind",
    "mime",
    "width",
    "height",
    "duration_ms",
    "taken",
    "taken_s",
    "added_s",
    "lat",
    "lon",
    "town",
    "region",
    "country",
    "make",
    "model",
    "lens",
    "rating",
    "trashed_s",
    "motion_bytes",
    "changed",
)


def data_version(db: Connection) -> int:
    """Return a number that another process's commit changes; cheap enough to ask before every search."""
    return int(db.execute(text("PRAGMA data_version")).scalar_one())


def last_change(db: Connection) -> int:
    """Return the number of the latest change to any asset."""
    return db.execute(select(func.max(assets.c.changed))).scalar() or 0


def changed_assets(db: Connection, since: int) -> Iterator[Columns]:
    """Yield chunks of the assets that changed after `since`: a tuple of values for each of `FIELDS`."""
    return _chunks(db, f"SELECT {', '.join(FIELDS)} FROM assets WHERE changed > ?", since)


def files_seen(db: Connection, since: int) -> Iterator[Columns]:
    """Yield chunks of asset id, role and state of every file of the assets that changed after `since`."""
    query = "SELECT asset_id, role, state FROM files JOIN assets ON assets.id = asset_id WHERE changed > ?"
    return _chunks(db, query, since)


def assets_before(db: Connection, change: int, count: int) -> Iterator[Columns]:
    """Yield the assets that changed last up to a change, as `changed_assets` does."""
    fields = ", ".join(FIELDS)
    return _chunks(db, f"SELECT {fields} FROM assets WHERE changed <= ? ORDER BY changed DESC LIMIT {count}", change)


def files_of(db: Connection, ids: Sequence[int]) -> Iterator[Columns]:
    """Yield asset id, role and state of every file of these assets."""
    listed = ", ".join(str(int(i)) for i in ids)
    return _chunks(db, f"SELECT asset_id, role, state FROM files WHERE id > ? AND asset_id IN ({listed})", 0)


def count(db: Connection, table: Table) -> int:
    """Return how many rows a table has."""
    return db.execute(select(func.count()).select_from(table)).scalar_one()


def ids_of(db: Connection, table: Table) -> Ints:
    """Return the ids of all rows of a table, (n,)."""
    return np.array(
        [i for (ids,) in _chunks(db, f"SELECT id FROM {table.name} WHERE id > ?", 0) for i in ids], np.int64
    )


def frames_since(db: Connection, last: int) -> Iterator[Columns]:
    """Yield chunks of frame id and asset id of the frames with a higher id than `last`."""
    return _chunks(db, "SELECT id, asset_id FROM frames WHERE id > ?", last)


def _chunks(db: Connection, query: str, above: int) -> Iterator[Columns]:
    # The driver's own tuples: at a million rows, wrapping each takes longer than reading it.
    driver: Any = db.connection.driver_connection
    cursor = driver.execute(query, (above,))
    while rows := cursor.fetchmany(AT_ONCE):
        yield tuple(zip(*rows, strict=True))
