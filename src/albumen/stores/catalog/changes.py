"""What search filters by, read from the catalog row by row as it changes."""

from collections.abc import Iterator
from typing import Any, TypeAlias

from sqlalchemy import Connection, Row, func, select, text

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


def frames_since(db: Connection, last: int) -> Iterator[Columns]:
    """Yield chunks of frame id and asset id of the frames with a higher id than `last`."""
    return _chunks(db, "SELECT id, asset_id FROM frames WHERE id > ?", last)


def _chunks(db: Connection, query: str, above: int) -> Iterator[Columns]:
    # The driver's own tuples: at a million rows, wrapping each takes longer than reading it.
    driver: Any = db.connection.driver_connection
    cursor = driver.execute(query, (above,))
    while rows := cursor.fetchmany(AT_ONCE):
        yield tuple(zip(*rows, strict=True))
