"""Looks at files in child processes with limits, so that a bomb, a crash or a hang costs that file and nothing else."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, ThreadPoolExecutor, wait
from pathlib import Path
from queue import SimpleQueue
from typing import NamedTuple, TypeVar

from albumen.core import errors
from albumen.core.errors import AlbumenError, MediaError, TimedOut, TooLarge, Unreachable, Unreadable, Unsupported
from albumen.media import wire
from albumen.media.leaf import Leaf
from albumen.media.look import Glance, Look, StrPath
from albumen.media.worker import Answer, Limits

ENTRY = "albumen.media.look:look"
START_SECONDS = 60.0
Seen = TypeVar("Seen", Look, Glance, Leaf, int)
_KINDS = {kind.__name__: kind for kind in (Unsupported, Unreadable, Unreachable, TooLarge, TimedOut)}
_PROGRAM = (
    "import sys, json; path, fd, entry, memory, seconds = json.loads(sys.argv[1]); sys.path[:] = path; "
    "from albumen.media.worker import Limits, main; main(fd, entry, Limits(memory, seconds))"
)


class Outcome(NamedTuple):
    """What became of one file: exactly one of `look` and `error` is set."""

    path: StrPath
    look: Look | None
    error: MediaError | None


class Sandbox:
    """A pool of child processes that look at files; use it in a `with` block and from any thread."""

    def __init__(
        self,
        *,
        workers: int = 2,
        memory_mb: int = 3000,
        seconds: float = 120.0,
        files_per_worker: int = 1000,
        entry: str = ENTRY,
    ) -> None:
        self._limits = Limits(memory_mb << 20, seconds)
        self._recycle = files_per_worker
        self._entry = entry
        self._workers = workers
        self._idle: SimpleQueue[_Child | None] = SimpleQueue()
        self._living: set[_Child] = set()
        self._closed = False
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="look")
        for _ in range(workers):
            self._idle.put(None)

    def __enter__(self) -> "Sandbox":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def pids(self) -> tuple[int, ...]:
        """Return the process ids of the children that live now."""
        return tuple(child.pid for child in list(self._living))

    def submit(self, path: StrPath) -> Future[Look]:
        """Queue one file; the future gives its `Look` or raises the `MediaError` that says what is wrong with it."""
        return self._threads.submit(self._ask, "", Look, path)

    def glance(self, path: StrPath) -> Future[Glance]:
        """Queue one file of which only is wanted what it says of itself."""
        return self._threads.submit(self._ask, "glance", Glance, path)

    def page(self, path: StrPath, number: int) -> Future[Leaf]:
        """Queue one page, counted from 1, of a document or a picture, as large as it takes to read its text."""
        return self._threads.submit(self._ask, "page", Leaf, path, number)

    def count(self, path: StrPath) -> Future[int]:
        """Queue the opening of a document or a picture; the future gives how many pages it has."""
        return self._threads.submit(self._ask, "count", int, path)

    def map(self, paths: Iterable[StrPath]) -> Iterator[Outcome]:
        """Look at files and yield them as they are done; only a few finished ones wait in memory at a time."""
        waiting: dict[Future[Look], StrPath] = {}
        ahead = 2 * self._workers + 1
        source = iter(paths)
        try:
            while True:
                for path in source:
                    waiting[self.submit(path)] = path
                    if len(waiting) >= ahead:
                        break
                if not waiting:
                    return
                done, _ = wait(waiting, return_when=FIRST_COMPLETED)
                for future in done:
                    yield _outcome(waiting.pop(future), future)
        finally:
            for future in waiting:
                future.cancel()

    def close(self) -> None:
        """End all children at once and forget what is queued; files being looked at are given up."""
        self._closed = True
        self._threads.shutdown(wait=False, cancel_futures=True)
        for child in list(self._living):
            child.kill()
        self._threads.shutdown(wait=True)
        for child in list(self._living):
            child.end()
        self._living.clear()

    def _ask(self, verb: str, kind: type[Seen], path: StrPath, *more: int) -> Seen:
        child = self._idle.get()
        try:
            if child is None or child.files >= self._recycle:
                if child is not None:
                    self._end(child)
                child = self._start()
            return _result(child.ask(verb, path, *more), kind)
        finally:
            if child is not None and not child.usable:
                self._end(child)
                child = None
            self._idle.put(child)

    def _start(self) -> "_Child":
        if self._closed:
            raise CancelledError
        child = _Child(self._limits, self._entry)
        self._living.add(child)
        if self._closed:
            child.kill()
        child.greet()
        return child

    def _end(self, child: "_Child") -> None:
        child.end()
        self._living.discard(child)


class _Child:
    """One child process and the socket to it."""

    def __init__(self, limits: Limits, entry: str) -> None:
        self.files = 0
        self.usable = True
        self._seconds = limits.seconds
        self._socket, theirs = socket.socketpair()
        with theirs:
            self._process = _spawn(theirs.fileno(), entry, limits)
        self.pid = self._process.pid

    def greet(self) -> None:
        """Wait until the child is ready to work."""
        self._socket.settimeout(START_SECONDS)
        try:
            wire.receive(self._socket)
        except (EOFError, OSError) as error:
            self.usable = False
            code = self._process.poll()
            raise AlbumenError(f"The process that decodes files could not start (exit status {code}).") from error

    def ask(self, verb: str, path: StrPath, *more: int) -> Answer:
        """Send the name of the work, if not the usual, and a path; an error comes when the child dies or is late."""
        self.files += 1
        self._socket.settimeout(self._seconds)
        self.usable = False
        try:
            wire.send(self._socket, (verb, os.fsencode(path), *more))
            answer: object = wire.receive(self._socket)
        except wire.Garbled:
            self.kill()
            return Answer(None, Unreadable.__name__, "What the decoder sent back is not understood.")
        except TimeoutError:
            self.kill()
            return Answer(None, TimedOut.__name__, f"Opening it took longer than {self._seconds:g} seconds.")
        except (EOFError, OSError):
            return Answer(None, Unreadable.__name__, _death(self._process.wait()))
        self.usable = isinstance(answer, Answer)
        return answer if isinstance(answer, Answer) else Answer(None, Unreadable.__name__, "The decoder said nothing.")

    def kill(self) -> None:
        """End the process at once."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()

    def end(self) -> None:
        """End the process, collect it and close the socket."""
        self.kill()
        self._process.wait()
        self._socket.close()


def _spawn(descriptor: int, entry: str, limits: Limits) -> subprocess.Popen[bytes]:
    """Start a fresh interpreter, in a group of its own so that Ctrl-C reaches the parent only."""
    package_root = str(Path(errors.__file__).parents[2])
    arguments = json.dumps([[package_root, *sys.path], descriptor, entry, limits.memory, limits.seconds])
    return subprocess.Popen(
        [sys.executable, "-c", _PROGRAM, arguments],
        pass_fds=[descriptor],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def _death(status: int) -> str:
    if status == -signal.SIGKILL:
        return "The decoder was ended by the system, most likely for lack of memory."
    if status < 0:
        return f"The decoder crashed on it ({signal.Signals(-status).name})."
    return f"The decoder ended without an answer (exit status {status})."


def _result(answer: Answer, kind: type[Seen]) -> Seen:
    if answer.error is not None:
        raise _KINDS.get(answer.error, MediaError)(answer.text)
    if not isinstance(answer.look, kind):
        raise Unreadable("The decoder gave back something else than a look at the file.")
    return answer.look


def _outcome(path: StrPath, future: Future[Look]) -> Outcome:
    try:
        return Outcome(path, future.result(), None)
    except MediaError as error:
        return Outcome(path, None, error)
