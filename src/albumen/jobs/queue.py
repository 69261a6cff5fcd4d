"""A durable queue in one SQLite file: jobs, their finished steps and their results survive a crash of the process.

A worker holds a job by a lease that it renews; when the process dies, the lease runs out and the job goes on with the
first step that was not finished.
"""

import json
import os
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import cast

from albumen.core.errors import NotFound
from albumen.stores.database import Database

Json = dict[str, object]
KEPT_SECONDS = 7 * 24 * 3600
LEASE_SECONDS = 15.0
MOST_ATTEMPTS = 3
SCHEMA = """
create table if not exists jobs (
    id text primary key, kind text not null, owner text not null, request text not null, state text not null,
    message text not null default '', result text, created real not null, finished real, attempts integer not null
    default 0, worker text, lease real);
create index if not exists jobs_by_state on jobs (state, created);
create index if not exists jobs_by_owner on jobs (owner, kind, created);
create table if not exists steps (
    job text not null references jobs (id) on delete cascade, name text not null, result text not null,
    primary key (job, name));
"""


class State(StrEnum):
    """How far a job is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True)
class Job:
    """One piece of work: of which kind, for whom, what was asked, and how far it is."""

    id: str
    kind: str
    owner: str
    request: Json
    state: State
    message: str
    created: float
    finished: float | None
    attempts: int

    @property
    def active(self) -> bool:
        """Return whether there is work left."""
        return self.state in (State.WAITING, State.RUNNING)


COLUMNS = "id, kind, owner, request, state, message, created, finished, attempts"


class Jobs(Database):
    """The file of jobs."""

    def __init__(self, path: Path) -> None:
        """Open the file, or make it."""
        super().__init__(path, SCHEMA)
        self.added = threading.Event()

    def submit(self, kind: str, owner: str, request: Json) -> str:
        """Add a job and return its id; results older than a week are forgotten."""
        job, now = secrets.token_hex(32), time.time()
        with self.writing() as db:
            db.execute("delete from jobs where finished < ?", (now - KEPT_SECONDS,))
            db.execute(
                "insert into jobs (id, kind, owner, request, state, created) values (?, ?, ?, ?, ?, ?)",
                (job, kind, owner, json.dumps(request), State.WAITING, now),
            )
        self.added.set()
        return job

    def get(self, owner: str, job: str) -> Job:
        """Return a job of an owner."""
        row = self.db.execute(f"select {COLUMNS} from jobs where id = ? and owner = ?", (job, owner)).fetchone()
        if row is None:
            raise NotFound(f"There is no job {job}.")
        return _job(row)

    def result(self, job: str) -> Json:
        """Return what a finished job gave."""
        row = self.db.execute("select result from jobs where id = ?", (job,)).fetchone()
        return cast("Json", json.loads(row[0])) if row and row[0] else {}

    def list(self, owner: str, kind: str, *, before: float = float("inf"), limit: int = 100) -> list[Job]:
        """Return an owner's jobs of a kind, the newest first."""
        query = f"select {COLUMNS} from jobs where owner = ? and kind = ? and created < ? order by created desc limit ?"
        return [_job(row) for row in self.db.execute(query, (owner, kind, before, limit))]

    def active(self, owner: str) -> int:
        """Return how many jobs of an owner have work left."""
        states = (owner, State.WAITING, State.RUNNING)
        return self.db.execute("select count(*) from jobs where owner = ? and state in (?, ?)", states).fetchone()[0]

    def claim(self, worker: str) -> Job | None:
        """Return the job that has waited longest, now held by a worker, or None; give up one that crashed too often."""
        now = time.time()
        with self.writing() as db:
            db.execute(
                "update jobs set state = ?, finished = ?, message = ? where state = ? and lease < ? and attempts >= ?",
                (State.FAILED, now, "The job was interrupted too often.", State.RUNNING, now, MOST_ATTEMPTS),
            )
            row = db.execute(
                "update jobs set state = ?, worker = ?, lease = ?, attempts = attempts + 1 where id ="
                " (select id from jobs where state = ? or (state = ? and lease < ?) order by created limit 1)"
                f" returning {COLUMNS}",
                (State.RUNNING, worker, now + LEASE_SECONDS, State.WAITING, State.RUNNING, now),
            ).fetchone()
        return _job(row) if row else None

    def renew(self, worker: str) -> None:
        """Hold a worker's jobs for another while."""
        lease = time.time() + LEASE_SECONDS
        self.db.execute("update jobs set lease = ? where worker = ? and state = ?", (lease, worker, State.RUNNING))

    def release(self, worker: str) -> None:
        """Give a worker's jobs back, to be gone on with by whoever comes next."""
        self.db.execute(
            "update jobs set state = ?, worker = null, attempts = attempts - 1 where worker = ? and state = ?",
            (State.WAITING, worker, State.RUNNING),
        )

    def finish(self, job: str, worker: str, state: State, *, result: Json | None = None, message: str = "") -> None:
        """End a job that a worker holds; its steps are no longer needed."""
        with self.writing() as db:
            text = None if result is None else json.dumps(result)
            ended = db.execute(
                "update jobs set state = ?, result = ?, message = ?, finished = ? where id = ? and worker = ?",
                (state, text, message, time.time(), job, worker),
            )
            if ended.rowcount:
                db.execute("delete from steps where job = ?", (job,))

    def step(self, job: str, name: str, work: Callable[[], Json]) -> Json:
        """Return the result of a part of a job, doing it only if it was not finished before."""
        row = self.db.execute("select result from steps where job = ? and name = ?", (job, name)).fetchone()
        if row:
            return cast("Json", json.loads(row[0]))
        result = work()
        self.db.execute("insert or replace into steps values (?, ?, ?)", (job, name, json.dumps(result)))
        return result


def _job(row: tuple[str, str, str, str, str, str, float, float | None, int]) -> Job:
    job, kind, owner, request, state, message, created, finished, attempts = row
    return Job(job, kind, owner, json.loads(request), State(state), message, created, finished, attempts)


def worker_name() -> str:
    """Return a name that no other worker has or had."""
    return f"{os.getpid()}-{secrets.token_hex(8)}"
