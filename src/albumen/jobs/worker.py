"""Threads that do the jobs of a queue."""

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from albumen.core.errors import AlbumenError
from albumen.jobs.queue import LEASE_SECONDS, Job, Jobs, Json, State, worker_name

log = logging.getLogger(__name__)
POLL_SECONDS = 1.0


class Stopped(Exception):
    """The worker is being stopped; the job goes on later."""


@dataclass(frozen=True)
class Steps:
    """The parts of one job: each is done once, however often the job is interrupted."""

    jobs: Jobs
    job: Job
    stopping: threading.Event

    def once(self, name: str, work: Callable[[], Json]) -> Json:
        """Return the result of a part, doing it if it was not finished before."""
        if self.stopping.is_set():
            raise Stopped
        return self.jobs.step(self.job.id, name, work)


Work = Callable[[Job, Steps], Json]


class Worker:
    """Does jobs in threads of its own, one a thread at a time."""

    def __init__(self, jobs: Jobs, works: Mapping[str, Work], *, threads: int = 1) -> None:
        self._jobs, self._works = jobs, works
        self._names = [worker_name() for _ in range(threads)]
        self._stopping = threading.Event()
        runs = [threading.Thread(target=self._run, args=(n,), daemon=True) for n in self._names]
        self._threads = [*runs, threading.Thread(target=self._hold, daemon=True)]

    def start(self) -> None:
        """Begin to work."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Finish the steps in hand, give the jobs back and end."""
        self._stopping.set()
        self._jobs.added.set()
        for thread in self._threads:
            thread.join()

    def _hold(self) -> None:
        while not self._stopping.wait(LEASE_SECONDS / 3):
            for name in self._names:
                self._jobs.renew(name)

    def _run(self, name: str) -> None:
        while not self._stopping.is_set():
            job = self._jobs.claim(name)
            if job:
                self._do(job, name)
            else:
                self._jobs.added.wait(POLL_SECONDS)
                self._jobs.added.clear()

    def _do(self, job: Job, name: str) -> None:
        try:
            result = self._works[job.kind](job, Steps(self._jobs, job, self._stopping))
        except Stopped:
            self._jobs.release(name)
        except AlbumenError as error:
            self._jobs.finish(job.id, name, State.FAILED, message=str(error))
        except Exception:  # the worker's outermost loop: one job's error must not end the others
            log.exception("the job %s of kind %s failed", job.id, job.kind)
            self._jobs.finish(job.id, name, State.FAILED, message="An error on the server ended the job.")
        else:
            self._jobs.finish(job.id, name, State.DONE, result=result)
