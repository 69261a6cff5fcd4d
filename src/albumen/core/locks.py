"""Locks: between processes, held on a file and falling free when their holder dies; between threads that share."""

import sys
import threading
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


class Shared:
    """Lets any number of threads read at once, or one change something alone; not to be taken twice by one thread."""

    def __init__(self) -> None:
        self._state = threading.Condition()
        self._reading = 0
        self._waiting = 0
        self._changing = False

    @contextmanager
    def reading(self) -> Generator[None]:
        """Read while nobody changes anything; who waits to change comes first."""
        with self._state:
            self._state.wait_for(lambda: not self._changing and not self._waiting)
            self._reading += 1
        try:
            yield
        finally:
            with self._state:
                self._reading -= 1
                self._state.notify_all()

    @contextmanager
    def changing(self) -> Generator[None]:
        """Change something while nobody reads."""
        with self._state:
            self._waiting += 1
            try:
                self._state.wait_for(lambda: not self._changing and not self._reading)
            finally:
                self._waiting -= 1
            self._changing = True
        try:
            yield
        finally:
            with self._state:
                self._changing = False
                self._state.notify_all()
