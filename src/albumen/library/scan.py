"""Walks folders for files worth a look. Paths are bytes throughout: a file's name need not be text."""

import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass

SKIPPED_FOLDERS = {
    b"@eaDir",
    b"$RECYCLE.BIN",
    b"System Volume Information",
    b"lost+found",
    b"__MACOSX",
    b"node_modules",
}


@dataclass(frozen=True)
class Sighting:
    """A file as a scan saw it."""

    path: bytes
    bytes: int
    mtime_ns: int


@dataclass(frozen=True)
class Blocked:
    """A folder or file that a scan could not look into, and why."""

    path: bytes
    reason: str


def sight(path: bytes) -> Sighting | Blocked | None:
    """Look at one path; None if it is no regular file."""
    try:
        info = os.stat(path)
    except OSError as error:
        lost = os.path.islink(path) and isinstance(error, FileNotFoundError)
        return Blocked(path, "The link leads to nothing." if lost else f"The file cannot be read: {_said(error)}.")
    if not stat.S_ISREG(info.st_mode):
        return None
    return Sighting(path, info.st_size, info.st_mtime_ns)


def walk(
    root: bytes, *, wanted: Callable[[bytes], bool], skip: frozenset[bytes] = frozenset()
) -> Iterator[Sighting | Blocked]:
    """Yield the wanted files below `root` in a stable order, each folder once, whatever symbolic links say.

    `wanted` judges a file's name; `skip` holds real paths of folders to leave out, such as the library's own.
    Hidden folders and those that systems make for themselves are left out.
    """
    if not os.path.isdir(root):
        seen = sight(root)
        if seen is not None:
            yield seen
        return
    pending, visited = [root], set[tuple[int, int]]()
    while pending:
        folder = pending.pop()
        entries = _entries(folder, visited, skip)
        if isinstance(entries, Blocked):
            yield entries
            continue
        folders = [e for e in entries if _is_folder(e)]
        pending.extend(e.path for e in reversed(folders) if _worth_entering(e.name))
        for entry in entries:
            if entry not in folders and wanted(entry.name):
                seen = sight(entry.path)
                if seen is not None:
                    yield seen


def _worth_entering(name: bytes) -> bool:
    return not name.startswith(b".") and name not in SKIPPED_FOLDERS


def _entries(
    folder: bytes, visited: set[tuple[int, int]], skip: frozenset[bytes]
) -> list[os.DirEntry[bytes]] | Blocked:
    try:
        info = os.stat(folder)
        if (info.st_dev, info.st_ino) in visited or os.path.realpath(folder) in skip:
            return []
        visited.add((info.st_dev, info.st_ino))
        with os.scandir(folder) as listing:
            return sorted(listing, key=lambda e: e.name)
    except OSError as error:
        return Blocked(folder, f"The folder cannot be looked into: {_said(error)}.")


def _said(error: OSError) -> str:
    return error.strerror or str(error)


def _is_folder(entry: os.DirEntry[bytes]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False
