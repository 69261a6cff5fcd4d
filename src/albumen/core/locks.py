"""Locks between processes, held on a file; they fall free when their holder dies."""

import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

if sys.platform == "win32":
    import msvcrt

    def _take(fd: int, *, wait: bool) -> bool:
        while True:
            try:
                msvcrt.locking(fd, msvcrt.LK_NBLCK if not wait else msvcrt.LK_LOCK, 1)
                return True
            except OSError:  # LK_LOCK gives up after ten tries, one a second
                if not wait:
                    return False
else:
    import fcntl

    def _take(fd: int, *, wait: bool) -> bool:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


@contextmanager
def locked(path: Path) -> Generator[None]:
    """Hold the lock at `path`, waiting for whoever holds it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as file:
        _take(file.fileno(), wait=True)
        yield


@contextmanager
def try_locked(path: Path) -> Generator[bool]:
    """Take the lock at `path` if it is free; yields whether it was."""
    with path.open("ab") as file:
        yield _take(file.fileno(), wait=False)
