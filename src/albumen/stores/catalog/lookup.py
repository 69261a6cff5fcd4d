"""Reads the catalog for people: one asset with all that is known of it, and counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Connection, Row, func, select

from albumen.core.errors import NotFound
from albumen.stores.catalog.schema import assets, faces, facts, failures, files, frames, people, roots

BEST_SEEN = """SELECT assets.id, assets.digest, path FROM assets LEFT JOIN files ON asset_id = assets.id
    WHERE assets.id IN ({}) ORDER BY state != 'present', role != 'original', path"""
ID_DIGITS = 16
"""How much of the digest is shown as an asset's id; any unique beginning of six or more digits is understood."""


@dataclass(frozen=True)
class FileRow:
    """A place where an asset's bytes were seen."""

    path: bytes
    role: str
    state: str
    bytes: int
    digest: str


@dataclass(frozen=True)
class Fact:
    """What one card, or a person, said of an asset."""

    task: str
    card: str
    value: Any


def asset_ids(db: Connection, beginning: str) -> list[int]:
    """Return the ids of the assets whose digest starts so."""
    d = assets.c.digest  # a range, because LIKE would go through all of them
    rows = db.execute(select(assets.c.id).where(d >= beginning, d < f"{beginning}g").limit(3))
    return [row[0] for row in rows]


def find_asset(db: Connection, beginning: str) -> int:
    """Return the one asset whose digest starts so, or raise `NotFound`."""
    lowered = beginning.lower()
    found = asset_ids(db, lowered) if len(lowered) >= 6 else []
    if len(found) != 1:
        what = "no asset has" if not found else "several assets have"
        hint = "" if len(lowered) >= 6 else "; give at least six digits"
        raise NotFound(f"{what} an id that starts with {beginning!r}{hint}")
    return found[0]


def asset(db: Connection, asset_id: int) -> Row[Any]:
    """Return an asset's row."""
    row = db.execute(select(assets).where(assets.c.id == asset_id)).first()
    if row is None:
        raise NotFound(f"there is no asset {asset_id}")
    return row


def assets_of(db: Connection, ids: Sequence[int]) -> dict[int, Row[Any]]:
    """Return the rows of these assets, by id."""
    return {row.id: row for row in db.execute(select(assets).where(assets.c.id.in_(ids)))}


def files_of(db: Connection, ids: Sequence[int]) -> dict[int, list[FileRow]]:
    """Return where assets were seen, by asset id: present files first, originals before what belongs to them."""
    f = files.c
    columns = (f.asset_id, f.path, f.role, f.state, f.bytes, f.digest)
    order = (f.state != "present", f.role != "original", f.path)
    found: dict[int, list[FileRow]] = {i: [] for i in ids}
    for row in db.execute(select(*columns).where(f.asset_id.in_(ids)).order_by(*order)):
        found[row[0]].append(FileRow(*row[1:]))
    return found


def shown(db: Connection, ids: Sequence[int]) -> dict[int, tuple[str, bytes]]:
    """Return the digest of each of these assets and where it is best seen, empty where it is nowhere."""
    driver: Any = db.connection.driver_connection  # fifty rows a search, of which the toolkit would make much ado
    found: dict[int, tuple[str, bytes]] = {}
    for asset_id, digest, path in driver.execute(BEST_SEEN.format(_listed(ids))):
        found.setdefault(asset_id, (digest, path or b""))
    return found


def facts_of(db: Connection, asset_id: int) -> list[Fact]:
    """Return every fact about an asset; what a person said comes first."""
    f = facts.c
    rows = db.execute(select(f.task, f.card, f.value).where(f.asset_id == asset_id).order_by(f.card != "owner", f.task))
    return [Fact(*row) for row in rows]


def moments_of(db: Connection, ids: Sequence[int]) -> dict[int, int]:
    """Return the milliseconds of each of these frames that is not at the beginning."""
    driver: Any = db.connection.driver_connection
    return dict(driver.execute(f"SELECT id, at_ms FROM frames WHERE at_ms > 0 AND id IN ({_listed(ids)})"))


def _listed(ids: Sequence[int]) -> str:
    return ", ".join(str(int(i)) for i in ids)


def root_paths(db: Connection) -> list[bytes]:
    """Return the folders that were imported in the order in which they came, our own originals among them."""
    return [row[0] for row in db.execute(select(roots.c.path).order_by(roots.c.id))]


def faces_of(db: Connection, asset_id: int) -> list[Row[*tuple[Any, ...]]]:
    """Return an asset's faces, each with the name of whose it is."""
    joined = faces.outerjoin(people, people.c.id == faces.c.person_id)
    return list(db.execute(select(faces, people.c.name).select_from(joined).where(faces.c.asset_id == asset_id)))


def counts(db: Connection) -> dict[str, int]:
    """Count what the library holds."""
    kinds = _count_by(db, assets.c.kind)
    states = _count_by(db, files.c.state)
    trashed = db.execute(select(func.count()).where(assets.c.trashed_s.is_not(None))).scalar() or 0
    total = {
        "assets": sum(kinds.values()),
        "photos": kinds.get("photo", 0),
        "videos": kinds.get("video", 0),
        "documents": kinds.get("document", 0),
        "files": sum(states.values()),
        "offline_files": states.get("offline", 0),
        "missing_files": states.get("missing", 0),
        "trashed": trashed,
    }
    for name, table in (("faces", faces), ("frames", frames), ("unreadable", failures), ("folders", roots)):
        total[name] = db.execute(select(func.count()).select_from(table)).scalar() or 0
    total["bytes"] = db.execute(select(func.sum(assets.c.bytes))).scalar() or 0
    return total


def _count_by(db: Connection, column: Column[str]) -> dict[str, int]:
    return {row[0]: row[1] for row in db.execute(select(column, func.count()).group_by(column))}
