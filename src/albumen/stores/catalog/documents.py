"""Which assets are documents, what is left to read of them, and the sums of money that stand in them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from sqlalchemy import Connection, Row, Select, and_, delete, exists, func, insert, or_, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from albumen.core.arrays import Ints
from albumen.stores.catalog.schema import amounts, assets, documents, facts, files

OLD = {name: None for name in ("title", "vendor", "total", "currency", "day")}


def put(db: Connection, asset_id: int, values: Mapping[str, Any]) -> None:
    """Write down in short what a document is; what was known of it before is replaced."""
    row = OLD | dict(values) | {"asset_id": asset_id}
    db.execute(upsert(documents).values(row).on_conflict_do_update(index_elements=["asset_id"], set_=row))


def advance(db: Connection, asset_id: int, read: int) -> None:
    """Write down how many pages were read."""
    db.execute(update(documents).where(documents.c.asset_id == asset_id).values(read=read))


def set_kind(db: Connection, asset_id: int, kind: str, *, read: int) -> None:
    """Write down another kind, and how many pages count as read."""
    db.execute(update(documents).where(documents.c.asset_id == asset_id).values(kind=kind, read=read))


def remove(db: Connection, asset_id: int) -> None:
    """Forget what is known of an asset as a document."""
    db.execute(delete(documents).where(documents.c.asset_id == asset_id))
    db.execute(delete(amounts).where(amounts.c.asset_id == asset_id))


def get(db: Connection, asset_id: int) -> Row[Any] | None:
    """Return what is known in short of an asset as a document, None where nobody took it for one."""
    return db.execute(select(documents).where(documents.c.asset_id == asset_id)).first()


def set_amounts(db: Connection, asset_id: int, cents: Iterable[int]) -> None:
    """Replace the sums of money that stand in a document."""
    db.execute(delete(amounts).where(amounts.c.asset_id == asset_id))
    rows = [{"cents": value, "asset_id": asset_id} for value in sorted(set(cents))]
    if rows:
        db.execute(insert(amounts), rows)


def unread(db: Connection) -> list[tuple[int, int]]:
    """Return the documents that can be read further and how many of their pages are left, the shortest first."""
    left = documents.c.pages - documents.c.read
    here = exists().where(files.c.asset_id == assets.c.id, files.c.role == "original", files.c.state == "present")
    query = select(documents.c.asset_id, left).join(assets).where(left > 0, assets.c.trashed_s.is_(None), here)
    return [(row[0], row[1]) for row in db.execute(query.order_by(left, documents.c.asset_id))]


def unjudged(db: Connection, card: str) -> list[int]:
    """Return the assets that show text, or have pages, of which this card did not say whether they are documents."""
    judged = exists().where(documents.c.asset_id == assets.c.id, documents.c.card == card)
    text = exists().where(facts.c.asset_id == assets.c.id, facts.c.task == "text")
    may_be = or_(assets.c.kind == "document", and_(assets.c.kind == "photo", text))
    rows = db.execute(select(assets.c.id).where(~judged, may_be, assets.c.trashed_s.is_(None)).order_by(assets.c.id))
    return [row[0] for row in rows]


def readable(kinds: Sequence[str]) -> Select[Any]:
    """Return the query for the ids of those documents of these kinds that were read, outside the trash."""
    owners = select(documents.c.asset_id).join(assets, assets.c.id == documents.c.asset_id)
    return owners.where(documents.c.kind.in_(kinds), documents.c.read > 0, assets.c.trashed_s.is_(None))


def of_kinds(db: Connection, kinds: Sequence[str]) -> Ints:
    """Return the ids (n,) of the documents of these kinds."""
    rows = db.execute(select(documents.c.asset_id).where(documents.c.kind.in_(kinds)))
    return np.array([row[0] for row in rows], np.int64)


def with_amount(db: Connection, least: int, most: int) -> Ints:
    """Return the ids (n,) of the documents in which a sum between two stands, in hundredths."""
    rows = db.execute(select(amounts.c.asset_id).where(amounts.c.cents.between(least, most)).distinct())
    return np.array([row[0] for row in rows], np.int64)


def with_total(db: Connection, least: float, most: float) -> Ints:
    """Return the ids (n,) of the documents whose total lies between two sums."""
    rows = db.execute(select(documents.c.asset_id).where(documents.c.total.between(least, most)))
    return np.array([row[0] for row in rows], np.int64)


def counts(db: Connection) -> dict[str, int]:
    """Return how many documents of each kind there are outside the trash."""
    columns: tuple[Any, ...] = (documents.c.kind, func.count())
    rows = db.execute(_kept(select(*columns)).group_by(documents.c.kind)).all()
    return dict(rows)  # pyright: ignore[reportArgumentType] - rows are pairs


def listed(db: Connection, kinds: Sequence[str], *, before: int | None, limit: int) -> list[Row[Any]]:
    """Return documents of these kinds, the latest to come first, from below an id on."""
    query = _kept(select(documents)).where(documents.c.kind.in_(kinds))
    if before is not None:
        query = query.where(documents.c.asset_id < before)
    return list(db.execute(query.order_by(documents.c.asset_id.desc()).limit(limit)))


def _kept(query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    return query.join(assets, assets.c.id == documents.c.asset_id).where(assets.c.trashed_s.is_(None))
