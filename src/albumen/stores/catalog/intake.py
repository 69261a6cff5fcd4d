"""Writes what an import learns: roots, files, assets, frames, facts and failures."""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, text, update
from sqlalchemy.dialects.sqlite import insert as upsert

from albumen import __version__
from albumen.stores.catalog.schema import assets, faces, facts, failures, files, frames, roots


@dataclass(frozen=True)
class KnownFile:
    """What the catalog remembers of a file."""

    id: int
    asset_id: int
    digest: str
    role: str
    bytes: int
    mtime_ns: int
    state: str
    root_id: int


_KNOWN: tuple[Any, ...] = (files.c.path, *(files.c[field.name] for field in fields(KnownFile)))


@dataclass(frozen=True)
class NewFile:
    """A place where an asset's bytes, or bytes that belong to it, were seen."""

    path: bytes
    digest: str
    role: str  # original | live | sidecar
    bytes: int
    mtime_ns: int


def next_change(db: Connection) -> int:
    """Return the number for this transaction's changes; it grows with every transaction that changes assets."""
    return (db.execute(select(func.max(assets.c.changed))).scalar() or 0) + 1


def add_root(db: Connection, path: bytes, *, managed: bool = False) -> int:
    """Return the id of the root at `path`, adding it if it is new."""
    known = root_id(db, path)
    if known is not None:
        return known
    return _key(db.execute(insert(roots).values(path=path, managed=managed, online=True)).inserted_primary_key)


def root_id(db: Connection, path: bytes) -> int | None:
    """Return the id of the root at `path`, if there is one."""
    return db.execute(select(roots.c.id).where(roots.c.path == path)).scalar()


def enclosing_root(db: Connection, path: bytes) -> int | None:
    """Return the id of the nearest root that `path` lies below, itself left out."""
    rows = db.execute(select(roots.c.path, roots.c.id))
    around = [(len(root), key) for root, key in rows if path != root and path.startswith(root.rstrip(b"/") + b"/")]
    return max(around)[1] if around else None


def roots_below(db: Connection, path: bytes) -> dict[int, bytes]:
    """Return the roots that lie below another one, by id."""
    rows = db.execute(select(roots.c.id, roots.c.path))
    return {key: root for key, root in rows if root != path and root.startswith(path.rstrip(b"/") + b"/")}


def known_sizes(db: Connection) -> set[int]:
    """Return the sizes in bytes that known assets have."""
    return {row[0] for row in db.execute(select(assets.c.bytes).distinct())}


def known_files(db: Connection, path: bytes) -> dict[bytes, KnownFile]:
    """Return every file that the catalog remembers at a path and below it, whichever root it was imported with."""
    below = path.rstrip(b"/")
    here = (files.c.path == path) | ((files.c.path > below + b"/") & (files.c.path < below + b"0"))  # 0 follows /
    return {row[0]: KnownFile(*list[Any](row)[1:]) for row in db.execute(select(*_KNOWN).where(here))}


def files_of_root(db: Connection, root_id: int) -> list[int]:
    """Return the ids of the files that were last imported with a root."""
    return list(db.execute(select(files.c.id).where(files.c.root_id == root_id)).scalars())


def known_failures(db: Connection) -> dict[bytes, tuple[int, int, str]]:
    """Return the files that this Albumen could not read, by path, with their size and time then, and the reason."""
    f = failures.c
    rows = db.execute(select(f.path, f.bytes, f.mtime_ns, f.reason).where(f.version == __version__))
    return {row[0]: (row[1], row[2], row[3]) for row in rows}


def assets_by_digest(db: Connection, digests: Iterable[str]) -> dict[str, int]:
    """Return the ids of the assets with these digests."""
    wanted = list(digests)
    rows = db.execute(select(assets.c.digest, assets.c.id).where(assets.c.digest.in_(wanted)))
    return {row[0]: row[1] for row in rows}


def add_asset(db: Connection, values: Mapping[str, Any], change: int) -> int:
    """Add one asset and return its id."""
    row = {**values, "added_s": time.time(), "changed": change}
    return _key(db.execute(insert(assets).values(row)).inserted_primary_key)


def add_frames(db: Connection, asset_id: int, times: Sequence[tuple[int, int]]) -> list[int]:
    """Add an asset's frames, each (milliseconds, shot), and return their ids."""
    rows = [
        db.execute(insert(frames).values(asset_id=asset_id, at_ms=at, shot=shot)).inserted_primary_key
        for at, shot in times
    ]
    return [_key(row) for row in rows]


def add_file(db: Connection, root_id: int, asset_id: int, file: NewFile) -> None:
    """Remember that an asset was seen at a path; what was remembered of that path before is replaced."""
    row = {
        "asset_id": asset_id,
        "root_id": root_id,
        "path": file.path,
        "digest": file.digest,
        "role": file.role,
        "bytes": file.bytes,
        "mtime_ns": file.mtime_ns,
        "state": "present",
    }
    statement = upsert(files).values(row)
    db.execute(statement.on_conflict_do_update(index_elements=["path"], set_=row))
    db.execute(delete(failures).where(failures.c.path == file.path))


def add_failure(db: Connection, path: bytes, size: int, mtime_ns: int, reason: str) -> None:
    """Remember that a file could not be read, so that it is not tried again until it changes."""
    row = {"path": path, "bytes": size, "mtime_ns": mtime_ns, "reason": reason}
    row |= {"version": __version__, "at_s": time.time()}
    db.execute(upsert(failures).values(row).on_conflict_do_update(index_elements=["path"], set_=row))


def add_facts(db: Connection, rows: Sequence[tuple[int, str, str, Any]]) -> None:
    """Remember facts, each (asset id, task, card, value); what the same card said before is replaced."""
    if not rows:
        return
    now = time.time()
    statement = upsert(facts)
    statement = statement.on_conflict_do_update(
        index_elements=["asset_id", "task", "card"],
        set_={"value": statement.excluded.value, "at_s": statement.excluded.at_s},
    )
    db.execute(statement, [dict(asset_id=a, task=t, card=c, value=v, at_s=now) for a, t, c, v in rows])


def touch_assets(db: Connection, ids: Iterable[int]) -> None:
    """Mark assets as changed, so that readers look at them again."""
    wanted = list(ids)
    if wanted:
        db.execute(update(assets).where(assets.c.id.in_(wanted)).values(changed=next_change(db)))


def set_file_states(db: Connection, ids: Sequence[int], state: str) -> None:
    """Say that files are present, offline or missing."""
    for start in range(0, len(ids), 500):
        some = ids[start : start + 500]
        db.execute(update(files).where(files.c.id.in_(some)).values(state=state))
        touch_assets(db, [r[0] for r in db.execute(select(files.c.asset_id).where(files.c.id.in_(some)))])


def forget_moved(db: Connection, ids: Sequence[int]) -> list[int]:
    """Forget those of the files whose asset is present elsewhere; return the ids of the others, which are missing."""
    other = files.alias()
    elsewhere = (
        select(other.c.id)
        .where(other.c.digest == files.c.digest, other.c.state == "present", other.c.id.not_in(ids))
        .exists()
    )
    moved = [row[0] for row in db.execute(select(files.c.id).where(files.c.id.in_(ids), elsewhere))]
    db.execute(delete(files).where(files.c.id.in_(moved)))
    gone = set(moved)
    return [i for i in ids if i not in gone]


def forget_sidecars(db: Connection, ids: Sequence[int]) -> list[int]:
    """Forget those of the files that are sidecars of what is present; return the ids of the others."""
    main = files.alias()
    described = select(main.c.id).where(
        main.c.asset_id == files.c.asset_id, main.c.role == "original", main.c.state == "present"
    )
    of_those = files.c.id.in_(ids)
    db.execute(delete(files).where(of_those, files.c.role == "sidecar", described.exists()))
    return [row[0] for row in db.execute(select(files.c.id).where(of_those))]


def owners_of(db: Connection, paths: Iterable[bytes]) -> set[int]:
    """Return the assets that these paths belong to."""
    return {row[0] for row in db.execute(select(files.c.asset_id).where(files.c.path.in_(list(paths))))}


def known_file(db: Connection, path: bytes) -> KnownFile | None:
    """Return what the catalog remembers of a path."""
    row = db.execute(select(*_KNOWN).where(files.c.path == path)).first()
    return KnownFile(*list[Any](row)[1:]) if row else None


def forget_unseen(db: Connection, ids: Iterable[int]) -> tuple[list[int], list[int]]:
    """Forget those of the assets that have no file any more; return the ids of their frames and of their faces."""
    has_file = select(files.c.id).where(files.c.asset_id == assets.c.id).exists()
    unseen = [row[0] for row in db.execute(select(assets.c.id).where(assets.c.id.in_(list(ids)), ~has_file))]
    of_frames = [row[0] for row in db.execute(select(frames.c.id).where(frames.c.asset_id.in_(unseen)))]
    of_faces = [row[0] for row in db.execute(select(faces.c.id).where(faces.c.asset_id.in_(unseen)))]
    db.execute(delete(assets).where(assets.c.id.in_(unseen)))
    for asset_id in unseen:
        db.execute(text("DELETE FROM docs WHERE rowid = :id"), {"id": asset_id})
    return of_frames, of_faces


def forget_failures(db: Connection, paths: Sequence[bytes]) -> None:
    """Forget failures of files that are no longer there."""
    for start in range(0, len(paths), 500):
        db.execute(delete(failures).where(failures.c.path.in_(paths[start : start + 500])))


def fact(db: Connection, asset_id: int, task: str, card: str) -> Any:
    """Return what a card said of an asset, or None."""
    f = facts.c
    return db.execute(select(f.value).where(f.asset_id == asset_id, f.task == task, f.card == card)).scalar()


def set_root_online(db: Connection, root_id: int, online: bool) -> None:
    """Say whether a root's folder is there."""
    db.execute(update(roots).where(roots.c.id == root_id).values(online=online, scanned_s=time.time()))


def _key(inserted: Any) -> int:
    return int(inserted[0])
