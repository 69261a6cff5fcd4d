"""Keeps a library well: the check of every file against its hash, the trash, and what is shown of an asset."""

import hashlib
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import delete, select, update

from albumen.core.errors import NotFound, StoreError
from albumen.core.paths import shown
from albumen.stores.catalog import intake, lookup
from albumen.stores.catalog.catalog import Catalog
from albumen.stores.catalog.schema import assets, files, roots


class Wrong(StrEnum):
    """What can be wrong with a file."""

    MISSING = "missing"  # the catalog knows it, the disk does not
    OFFLINE = "offline"  # the whole folder is not there: perhaps it is not mounted
    CHANGED = "changed"  # other bytes of the same or a larger size
    TRUNCATED = "truncated"  # fewer bytes than at import
    UNREADABLE = "unreadable"  # the system refuses to read it
    FOREIGN = "foreign"  # in the library's own folder, but not in the catalog


@dataclass(frozen=True)
class Trouble:
    """One file that is not as it should be."""

    path: bytes
    wrong: Wrong
    detail: str = ""
    """How it is wrong; of a file that is offline, the folder that is not there."""


@dataclass(frozen=True)
class Expected:
    """A file as the catalog remembers it."""

    path: bytes
    digest: str
    root: bytes
    bytes: int


def expected_files(catalog: Catalog) -> list[Expected]:
    """Return every file that should be there."""
    with catalog.read() as db:
        columns = (files.c.path, files.c.digest, roots.c.path, files.c.bytes)
        rows = db.execute(select(*columns).join(roots, roots.c.id == files.c.root_id).order_by(files.c.path))
        return [Expected(*row) for row in rows]


def is_away(root: bytes) -> bool:
    """Tell whether a folder is not there, or is the empty place where something was mounted."""
    return not os.path.exists(root) or (os.path.isdir(root) and not os.listdir(root))


def hash_file(path: bytes) -> str:
    """Return the SHA-256 of a file's bytes."""
    with open(path, "rb", buffering=0) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def check(file: Expected) -> Trouble | None:
    """Compare one file with what the catalog remembers of it."""
    try:
        size = os.stat(file.path).st_size
    except FileNotFoundError:
        return Trouble(file.path, Wrong.MISSING)
    except OSError as error:
        return Trouble(file.path, Wrong.UNREADABLE, error.strerror or "")
    if size < file.bytes:
        return Trouble(file.path, Wrong.TRUNCATED, f"{size} of {file.bytes} bytes")
    try:
        same = size == file.bytes and hash_file(file.path) == file.digest
    except OSError as error:
        return Trouble(file.path, Wrong.UNREADABLE, error.strerror or "")
    return None if same else Trouble(file.path, Wrong.CHANGED)


def verify(
    catalog: Catalog, managed: bytes, *, on_file: Callable[[int, int], None] = lambda done, total: None
) -> Iterator[Trouble]:
    """Yield every file that is missing, changed, truncated, unreadable, or foreign to the library's own folder.

    `managed` is the folder of originals in the library's care; `on_file` is told how many files are done, of how many.
    """
    wanted = expected_files(catalog)
    away = {root for root in {file.root for file in wanted} if is_away(root)}
    for done, file in enumerate(wanted, 1):
        trouble = Trouble(file.path, Wrong.OFFLINE, shown(file.root)) if file.root in away else check(file)
        if trouble is not None:
            yield trouble
        on_file(done, len(wanted))
    known = {file.path for file in wanted}
    for folder, _, names in os.walk(managed):
        for name in sorted(names):
            path = os.path.join(folder, name)
            if path not in known:
                yield Trouble(path, Wrong.FOREIGN)


def forget(catalog: Catalog, folder: bytes) -> int:
    """Forget a folder that was imported, where all that was seen there lies elsewhere too; return how many files."""
    with catalog.write() as db:
        root = intake.root_id(db, folder)
        if root is None:
            there = ", ".join(map(shown, lookup.root_paths(db))) or "none"
            raise NotFound(f"{shown(folder)} is no folder that was imported; there are: {there}")
        known = intake.files_of_root(db, root)
        left = intake.forget_sidecars(db, intake.forget_moved(db, known))
        if left:
            raise StoreError(
                f"{len(left)} of {len(known)} files of {shown(folder)} were seen nowhere else; import them from where"
                " they lie now, or put their photos into the trash"
            )
        db.execute(delete(roots).where(roots.c.id == root))
    return len(known)


def set_trashed(catalog: Catalog, ids: list[int], trashed: bool) -> None:
    """Put assets into the trash or take them out. No file is touched."""
    when = time.time() if trashed else None
    with catalog.write() as db:
        change = intake.next_change(db)
        db.execute(update(assets).where(assets.c.id.in_(ids)).values(trashed_s=when, changed=change))
