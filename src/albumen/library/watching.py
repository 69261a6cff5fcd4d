"""Watches folders and says which of them to look through again; what changed in them, the next scan finds out.

Only folders are told, never files: names need not be text, events may be lost, and a scan knows better.
"""

import os
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Condition, Event

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer

QUIET_SECONDS = 0.8
"""A folder is looked through when nothing has changed for so long."""
LONGEST_SECONDS = 10.0
"""A copy that goes on and on is looked at in between."""
CHECK_SECONDS = 5.0
"""How often mounts that come and go are looked for."""
CHANGES = frozenset({"created", "modified", "moved", "deleted", "closed"})


def watch(
    roots: Callable[[], Sequence[bytes]],
    *,
    own: Path,
    stop: Event,
    quiet: float = QUIET_SECONDS,
    check: float = CHECK_SECONDS,
) -> Iterator[list[bytes]]:
    """Yield all folders once, then those in which something changed, or which came or went, until told to stop.

    `roots` is asked again and again; `own` is the library's folder, where only the originals are watched.
    """
    before = _identities(roots())
    unseen = sorted(before)
    while not stop.is_set():
        with _listening([root for root, identity in before.items() if identity], own) as changes:
            if unseen:  # only now is nothing missed that happens while they are looked through
                yield unseen
            while not stop.is_set() and _identities(roots()) == before:
                if found := changes.wait(quiet, check):
                    yield found
        now = _identities(roots())
        unseen = sorted(root for root in {*before, *now} if before.get(root) != now.get(root))
        before = now


class _Changes(FileSystemEventHandler):
    """Gathers where something changed."""

    def __init__(self, roots: Sequence[bytes], own: Path) -> None:
        self._roots = roots
        self._ours = os.path.realpath(os.fsencode(own)) + b"/"
        self._paths: set[bytes] = set()
        self._last = 0.0
        self._told = Condition()

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Take note of an event, from the thread that watches."""
        if event.event_type not in CHANGES or (event.is_directory and event.event_type == "modified"):
            return  # what changed in a folder tells of itself
        paths = {os.fsencode(path) for path in (event.src_path, event.dest_path) if path}
        news = {path for path in paths if self._matters(path)}
        if news:
            with self._told:
                self._paths |= news
                self._last = time.monotonic()
                self._told.notify()

    def wait(self, quiet: float, check: float) -> list[bytes]:
        """Wait a while for changes, and then until they pause; return the folders that have some."""
        with self._told:
            self._told.wait_for(lambda: self._paths, timeout=check)
            until = time.monotonic() + LONGEST_SECONDS
            while self._paths and (rest := min(self._last + quiet, until) - time.monotonic()) > 0:
                self._told.wait(rest)
            paths, self._paths = self._paths, set()
        return _roots_of(paths, self._roots)

    def _matters(self, path: bytes) -> bool:
        real = os.path.realpath(path) + b"/"
        return real.startswith(self._ours + b"originals/") or not real.startswith(self._ours)


@contextmanager
def _listening(roots: Sequence[bytes], own: Path) -> Generator[_Changes]:
    changes = _Changes(roots, own)
    observer = Observer()
    try:
        for root in roots:
            observer.schedule(changes, os.fsdecode(root), recursive=True)
        observer.start()
    except FileNotFoundError:  # a folder went between the check and the watch; the next check tells
        pass
    try:
        yield changes
    finally:
        if observer.is_alive():
            observer.stop()
            observer.join()


def _roots_of(paths: Iterable[bytes], here: Sequence[bytes]) -> list[bytes]:
    real = [os.path.realpath(path) + b"/" for path in paths]
    return [root for root in here if any(path.startswith(os.path.realpath(root) + b"/") for path in real)]


def _identities(roots: Sequence[bytes]) -> dict[bytes, tuple[int, int] | None]:
    """Return what each folder is on the disk, None where it is not there: a mount makes it another."""
    found: dict[bytes, tuple[int, int] | None] = {}
    for root in roots:
        try:
            info = os.stat(root)
            found[root] = info.st_dev, info.st_ino
        except OSError:
            found[root] = None
    return found
