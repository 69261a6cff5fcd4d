"""What search filters by, read from the catalog row by row as it changes."""

from collections.abc import Iterator
from typing import Any, TypeAlias

from sqlalchemy import Column, Connection, Row, func, select, text

from albumen.stores.catalog.schema import assets, files, frames

AnyRow: TypeAlias = Row[*tuple[Any, ...]]
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


def changed_assets(db: Connection, since: int) -> Iterator[AnyRow]:
    """Yield the fields of the assets that changed after `since`."""
    columns: list[Column[Any]] = [assets.c[name] for name in FIELDS]
    rows = select(*columns).where(assets.c.changed > since)
    yield from db.execute(rows.execution_options(yield_per=10_000))


def files_seen(db: Connection, since: int) -> Iterator[AnyRow]:
    """Yield (asset id, role, state) of every file of the assets that changed after `since`."""
    f = files.c
    rows = select(f.asset_id, f.role, f.state).join(assets, assets.c.id == f.asset_id).where(assets.c.changed > since)
    yield from db.execute(rows.execution_options(yield_per=10_000))


def frames_since(db: Connection, last: int) -> Iterator[AnyRow]:
    """Yield (frame id, asset id) of the frames with a higher id than `last`."""
    rows = select(frames.c.id, frames.c.asset_id).where(frames.c.id > last)
    yield from db.execute(rows.execution_options(yield_per=10_000))
