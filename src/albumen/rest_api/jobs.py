"""Imports and fetches that outlive a request: one at a time for each library, watched and stopped by anybody who may.

A job itself does not survive a restart, what it was about does: an import that was stopped at any point goes on where
it was by being run again, so the server remembers which folders were not finished and begins with them.
"""

import itertools
import json
import logging
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from pydantic import Field

from albumen.core.errors import AlbumenError, NotFound, StoreError
from albumen.rest_api.shapes import Shape
from albumen.stores.disk import replace

log = logging.getLogger(__name__)
MOST_KEPT = 200
MOST_TRIES = 3
TELL_SECONDS = 0.25


class State(StrEnum):
    """How far a job is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"


@dataclass(frozen=True)
class Unfinished:
    """What a job is about, as far as another run of the server needs to know."""

    kind: str
    library: int
    account: int
    paths: tuple[str, ...]
    tries: int = 0
    """How often it was begun again: what takes the server down with it is given up."""


class Stopped(AlbumenError):
    """Somebody stopped the job."""


@dataclass
class Job:
    """Some work for a library (0: for the server), and how far it is."""

    id: str
    library: int
    kind: str
    title: str
    account: int
    state: State = State.WAITING
    done: int = 0
    total: int = 0
    rate: float = 0.0
    message: str | None = None
    result: dict[str, Any] | None = None
    created: float = field(default_factory=time.time)
    stopping: bool = False
    told: float = 0.0

    @property
    def ended(self) -> bool:
        """Return whether nothing more will happen."""
        return self.state in (State.DONE, State.FAILED, State.STOPPED)


class JobShown(Shape):
    """Some work, and how far it is."""

    id: str = Field(examples=["j1"])
    kind: str = Field(examples=["import"])
    state: str = Field(examples=["running"])
    title: str
    done: int
    total: int
    rate: float
    seconds_left: float | None
    message: str | None
    result: dict[str, Any] | None
    created: float


def job_shown(job: Job, *, owner: bool = True) -> JobShown:
    """Return a job as clients see it: folders and files of the server are for the owner of its library alone."""
    left = (job.total - job.done) / job.rate if job.rate > 0 and not job.ended else None
    return JobShown(
        id=job.id,
        kind=job.kind,
        state=job.state,
        title=job.title if owner else "",
        done=job.done,
        total=job.total,
        rate=round(job.rate, 2),
        seconds_left=None if left is None else round(left, 1),
        message=job.message if owner else None,
        result=job.result if owner else _counts(job.result),
        created=job.created,
    )


def _counts(result: dict[str, Any] | None) -> dict[str, Any] | None:
    return result and {name: value for name, value in result.items() if isinstance(value, int | float)}


Work = Callable[[Job, Callable[[int, int, float], None]], dict[str, Any]]
"""Does a job's work: it is given the job and a function to tell (done, total, rate), and returns the result."""


class Jobs:
    """The jobs of one server. Each lane (a library, or the models) has a thread while there is something to do."""

    def __init__(self, tell: Callable[[Job], None], ledger: Path) -> None:
        """Tell of each step; `ledger` is the file that remembers what is not finished."""
        self._tell = tell
        self._ledger = ledger
        self._unfinished: dict[str, Unfinished] = {}
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._lanes: dict[int, deque[tuple[Job, Work]]] = {}
        self._threads: dict[int, threading.Thread] = {}
        self._closing = False

    def start(
        self, kind: str, title: str, work: Work, *, library: int, account: int, about: Unfinished | None = None
    ) -> Job:
        """Queue a job and return it; `about` is what it goes on with after a restart."""
        with self._lock:
            job = Job(f"j{next(self._numbers)}", library, kind, title, account)
            self._jobs[job.id] = job
            if about is not None:
                self._unfinished[job.id] = about
                self._remember()
            self._lanes.setdefault(library, deque()).append((job, work))
            if library not in self._threads:
                thread = threading.Thread(target=self._run, args=(library,), name=f"jobs-{library}", daemon=True)
                self._threads[library] = thread
                thread.start()
            self._prune()
        self._tell(job)
        return job

    def left_over(self) -> list[Unfinished]:
        """Return what an earlier run of the server did not finish; to be asked before anything is started."""
        try:
            told = json.loads(self._ledger.read_text("utf-8"))
            return [Unfinished(**one | {"paths": tuple(one["paths"])}) for one in told]
        except FileNotFoundError:
            return []
        except (OSError, ValueError, KeyError, TypeError) as error:
            log.warning("%s cannot be read (%s); unfinished imports are not begun again", self._ledger, error)
            return []

    def find(self, id: str, *, library: int) -> Job:
        """Return a job of a library."""
        job = self._jobs.get(id)
        if job is None or job.library != library:
            raise NotFound(f"there is no job {id!r} here; it may have been long ago")
        return job

    def of(self, library: int) -> list[Job]:
        """Return a library's jobs, the newest first."""
        with self._lock:
            return [job for job in reversed(self._jobs.values()) if job.library == library]

    def waits(self, library: int) -> bool:
        """Return whether another job of a library waits for the one that runs."""
        with self._lock:
            return bool(self._lanes.get(library))

    def stop(self, job: Job) -> None:
        """Stop a job at the next step; what it did stays."""
        job.stopping = True

    def close(self, seconds: float = 10.0) -> None:
        """Stop everything and wait for it a while."""
        self._closing = True
        for job in list(self._jobs.values()):
            job.stopping = True
        for thread in list(self._threads.values()):
            thread.join(seconds)

    def _run(self, library: int) -> None:
        while True:
            with self._lock:
                if not self._lanes[library]:
                    del self._threads[library]
                    return
                job, work = self._lanes[library].popleft()
            self._work(job, work)

    def _work(self, job: Job, work: Work) -> None:
        def told(done: int, total: int, rate: float) -> None:
            job.done, job.total, job.rate = done, total, rate
            if job.stopping:
                raise Stopped("somebody stopped it; what was done stays")
            if time.monotonic() - job.told > TELL_SECONDS:
                job.told = time.monotonic()
                self._tell(job)

        job.state = State.RUNNING
        try:
            told(0, 0, 0.0)
            job.result = work(job, told)
            job.state = State.DONE
        except Stopped as error:
            job.state, job.message = State.STOPPED, str(error)
        except AlbumenError as error:
            job.state, job.message = State.FAILED, str(error)
        except Exception as error:  # noqa: BLE001 - a worker's outermost loop: the job says what happened, others go on
            job.state, job.message = State.FAILED, f"something unforeseen happened ({type(error).__name__}: {error})"
        if not self._closing:
            with self._lock:
                if self._unfinished.pop(job.id, None):
                    self._remember()
        self._tell(job)

    def _remember(self) -> None:
        text = json.dumps([asdict(one) for one in self._unfinished.values()])
        try:
            self._ledger.parent.mkdir(parents=True, exist_ok=True)
            replace(self._ledger, text.encode(), durable=True)
        except (StoreError, OSError) as error:  # a full disk may end an import, but no thread that runs imports
            log.warning("what is unfinished will not be begun again: %s", error)

    def _prune(self) -> None:
        ended = [id for id, job in self._jobs.items() if job.ended]
        for id in ended[: max(0, len(self._jobs) - MOST_KEPT)]:
            del self._jobs[id]
