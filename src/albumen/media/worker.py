"""The child of the sandbox: takes paths, looks at one after another within its limits, and answers each."""

import ctypes
import importlib
import math
import os
import resource
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from typing import NamedTuple, cast

from albumen.core.errors import AlbumenError, MediaError, TooLarge, Unreadable
from albumen.media import wire

PR_SET_PDEATHSIG = 1
GRACE = 5
"""Seconds after which a child ends by itself if its parent did not end it: then the parent is gone."""


class Answer(NamedTuple):
    """What became of one path: the look, or the kind and text of the error."""

    look: object
    error: str | None = None
    text: str = ""


class Limits(NamedTuple):
    """What a child may use: memory in bytes beyond what it needs to start, and seconds a file."""

    memory: int
    seconds: float


def main(descriptor: int, entry: str, limits: Limits) -> None:
    """Serve the parent at the other end of a socket until it hangs up."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _die_with_parent()
    module, _, name = entry.partition(":")
    works: dict[str, Callable[..., object]] = vars(importlib.import_module(module))
    _limit_threads()
    _limit_memory(limits.memory)
    with socket.socket(fileno=descriptor) as parent:
        wire.send(parent, "ready")
        while True:
            try:
                verb, *asked = cast(tuple[str, bytes], wire.receive(parent))
            except (EOFError, ConnectionError):
                return
            _limit_time(limits.seconds)
            wire.send(parent, _answer(works[verb or name], asked))
            signal.setitimer(signal.ITIMER_REAL, 0)


def _die_with_parent() -> None:
    """Ask Linux to end this process with its parent, even if that is killed while a decoder hangs here."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _answer(work: Callable[..., object], asked: Sequence[object]) -> Answer:
    try:
        return Answer(work(*asked))
    except AlbumenError as error:
        kind = type(error) if isinstance(error, MediaError) else MediaError
        return Answer(None, kind.__name__, str(error))
    except MemoryError:
        return Answer(None, TooLarge.__name__, "Decoding needs more memory than is allowed for one file.")
    except Exception as error:  # noqa: BLE001 - the outermost loop: whatever a decoder throws costs this file only
        text = " ".join(str(error).split())[:160]
        return Answer(
            None, Unreadable.__name__, f"The decoder gave up: {type(error).__name__} {text}".rstrip(" .") + "."
        )


def _limit_threads() -> None:
    """Keep each child to one core: the pool is as wide as the machine already."""
    if "cv2" in sys.modules:
        sys.modules["cv2"].setNumThreads(1)


def _limit_memory(extra: int) -> None:
    """Allow so much address space beyond what is mapped now (where the system tells)."""
    try:
        with open("/proc/self/statm") as statm:
            mapped = int(statm.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (mapped + extra, mapped + extra))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _limit_time(seconds: float) -> None:
    """Let the system end this process if a file takes far too long, even when the parent no longer can."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    allowed = math.ceil(used.ru_utime + used.ru_stime + seconds) + GRACE
    resource.setrlimit(resource.RLIMIT_CPU, (allowed, resource.getrlimit(resource.RLIMIT_CPU)[1]))
    signal.setitimer(signal.ITIMER_REAL, seconds + GRACE)
