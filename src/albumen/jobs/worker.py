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
    """Does jobs one at a time in a thread of its own."""

    def __init__(self, jobs: Jobs, works: Mapping[str, Work]) -> None:
        self._jobs, self._works = jobs, works
        self._name = worker_name()
        self._stopping = threading.Event()
        self._threads = [threading.Thread(target=t, daemon=True) for t in (self._run, self._hold)]

    def start(self) -> None:
        """Begin to work."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Finish the step in hand, give the job back and end."""
        self._stopping.set()
        self._jobs.added.set()
        for thread in self._threads:
            thread.join()

    def _hold(self) -> None:
        while not self._stopping.wait(LEASE_SECONDS / 3):
            self._jobs.renew(self._name)

    def _run(self) -> None:
        while not self._stopping.is_set():
            job = self._jobs.claim(self._name)
            if job:
                self._do(job)
            else:
                self._jobs.added.wait(POLL_SECONDS)
                self._jobs.added.clear()

    def _do(self, job: Job) -> None:
        try:
            result = self._works[job.kind](job, Steps(self._jobs, job, self._stopping))
        except Stopped:
            self._jobs.release(self._name)
        except AlbumenError as error:
            self._jobs.finish(job.id, self._name, State.FAILED, message=str(error))
        except Exception:  # the worker's outermost loop: one job's error must not end the others
            log.exception("the job %s of kind %s failed", job.id, job.kind)
            self._jobs.finish(job.id, self._name, State.FAILED, message="An error on the server ended the job.")
        else:
            self._jobs.finish(job.id, self._name, State.DONE, result=result)
