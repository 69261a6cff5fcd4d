"""Imports, their progress as it happens, and stopping them."""

import contextlib
import logging
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Annotated, Any, TypeVar

from fastapi import Path, Request
from fastapi.responses import Response, StreamingResponse
from pydantic import Field

from albumen.core.errors import AlbumenError, LibraryBusy, QueryError
from albumen.core.paths import shown
from albumen.library.ingest import Progress, Summary
from albumen.rest_api.accounts.who import Role
from albumen.rest_api.errors import Refusal
from albumen.rest_api.jobs import MOST_TRIES, Job, JobShown, Unfinished, Work, job_shown
from albumen.rest_api.routes import Route
from albumen.rest_api.rules import ACCOUNT, KEEP, LOOK, UPLOAD, Here, still
from albumen.rest_api.shapes import Library, Page, Shape
from albumen.rest_api.shelf import Open
from albumen.rest_api.shop import Opened, Parts, Shop

log = logging.getLogger(__name__)
JobId = Annotated[str, Path(alias="id", pattern=r"^j\d{1,15}$", examples=["j1"])]
LISTED = 200
BUSY_SECONDS = 0.5
Done = TypeVar("Done")
STREAM: dict[int | str, dict[str, Any]] = {
    200: {"description": "Events: job, library", "content": {"text/event-stream": {"schema": {"type": "string"}}}}
}


class Import(Shape):
    """Folders of the server to import; none means those that are known."""

    paths: list[Annotated[str, Field(min_length=1, max_length=4_096)]] = Field(
        default_factory=list[str], max_length=100, examples=[["/photos"]]
    )


def start_import(library: Library, body: Import, visit: Here, opened: Opened, parts: Parts) -> JobShown:
    """Import folders of the server, or look through the known ones again."""
    caller = visit.account
    if body.paths and caller.account.role is not Role.OWNER:
        raise Refusal(403, "forbidden", "only an owner of this server may name its folders; upload files instead")
    chosen = [_path(p) for p in body.paths] or _known(opened)
    return job_shown(begin(parts, opened, Unfinished("import", visit.held.id, caller.account.id, tuple(chosen))))


def begin(parts: Shop, opened: Open, about: Unfinished) -> Job:
    """Start the import of folders; it goes on after a restart of the server."""
    title = ", ".join(shown(os.fsencode(p)) for p in about.paths)[:500]
    work = importing(parts, about.library, opened, lambda: about.paths)
    return parts.jobs.start(about.kind, title, work, library=about.library, account=about.account, about=about)


def go_on(parts: Shop) -> None:
    """Begin again what an earlier run of the server did not finish, for those who still may."""
    for about in parts.jobs.left_over():
        held = parts.accounts.held(about.account, about.library)
        if held is None or about.tries >= MOST_TRIES:
            continue
        try:
            begin(parts, parts.shelf.open(held), replace(about, tries=about.tries + 1))
        except (AlbumenError, OSError) as error:
            log.warning("the library %s cannot be opened: %s", held.path, error)


def jobs(library: Library, visit: Here, parts: Parts) -> Page[JobShown]:
    """List what runs, waits and has ended, the newest first."""
    return Page(items=[job_shown(job, owner=visit.owner) for job in parts.jobs.of(visit.held.id)])


def job(library: Library, id: JobId, visit: Here, parts: Parts) -> JobShown:
    """Say how far a job is."""
    return job_shown(parts.jobs.find(id, library=visit.held.id), owner=visit.owner)


def stop_job(library: Library, id: JobId, visit: Here, parts: Parts) -> JobShown:
    """Stop a job at its next step; what it did stays."""
    found = parts.jobs.find(id, library=visit.held.id)
    parts.jobs.stop(found)
    return job_shown(found)


async def events(library: Library, request: Request, visit: Here, parts: Parts) -> Response:
    """Tell of jobs and of what is new, as it happens and as long as the caller may know."""
    return _stream(parts, visit.held.id, owner=visit.owner, may=still(request, LOOK))


def server_job(id: JobId, parts: Parts) -> JobShown:
    """Say how far a job of the server is, such as fetching a model."""
    return job_shown(parts.jobs.find(id, library=0))


async def server_events(request: Request, parts: Parts) -> Response:
    """Tell of the server's jobs as they go on."""
    return _stream(parts, 0, owner=True, may=still(request, ACCOUNT))


class _Later(Exception):
    """Another import waits, and its own second look will do the rest."""


def importing(parts: Shop, library: int, opened: Open, paths: Callable[[], Sequence[str]]) -> Work:
    """Return the work of importing paths, asked for when it begins: what is new is shown, then looked at again.

    The second look gives way to imports that wait, each of which ends with one.
    """

    def work(job: Job, told: Callable[[int, int, float], None]) -> dict[str, Any]:
        def on_progress(progress: Progress) -> None:
            told(progress.done, progress.total, progress.rate())

        def unless_waited_for(progress: Progress) -> None:
            on_progress(progress)
            if parts.jobs.waits(library):
                raise _Later

        try:
            first = partial(opened.library.run_import, list(paths()), on_progress, second_look=False)
            summary = _in_turn(first, job, told)
            _tell(parts, library, opened)
            with contextlib.suppress(_Later):
                _in_turn(partial(opened.library.second_look, unless_waited_for), job, told)
            return _summary(summary)
        finally:
            _tell(parts, library, opened)

    return work


def _in_turn(act: Callable[[], Done], job: Job, told: Callable[[int, int, float], None]) -> Done:
    """Act when no other program imports into the library, unless somebody stops the job before."""
    while True:
        try:
            return act()
        except LibraryBusy:
            told(job.done, job.total, 0.0)
            time.sleep(BUSY_SECONDS)


def _summary(summary: Summary) -> dict[str, Any]:
    told = {k: v for k, v in vars(summary).items() if isinstance(v, int | float)}
    unreadable = [{"path": shown(path), "reason": reason} for path, reason in summary.unreadable[:LISTED]]
    return told | {"unreadable_count": len(summary.unreadable), "unreadable": unreadable}


def _path(path: str) -> str:
    if "\0" in path or not os.path.isabs(path):
        raise QueryError(f"{path!r:.200} is no absolute path of the server")
    return path


def _known(opened: Open) -> list[str]:
    from albumen.stores.catalog import lookup

    with opened.catalog.read() as db:
        known = [os.fsdecode(p) for p in lookup.root_paths(db)]
    if not known:
        raise QueryError("name a folder to import: the library knows none yet")
    return known


def _tell(parts: Shop, library: int, opened: Open) -> None:
    parts.events.publish(library, "library", {"version": opened.version()})


def _stream(parts: Shop, library: int, *, owner: bool, may: Callable[[], bool]) -> Response:
    if parts.events.crowded(library):
        raise Refusal(429, "too_many_tries", "too many browsers listen to this library", headers={"Retry-After": "30"})
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(parts.events.listen(library, owner=owner, may=may), 200, headers, "text/event-stream")


ROUTES = (
    Route("POST", "/libraries/{library}/imports", start_import, KEEP, 202),
    Route("GET", "/libraries/{library}/jobs", jobs, LOOK),
    Route("GET", "/libraries/{library}/jobs/{id}", job, LOOK),
    Route("DELETE", "/libraries/{library}/jobs/{id}", stop_job, UPLOAD),
    Route("GET", "/libraries/{library}/events", events, LOOK, responses=STREAM, stream=True),
    Route("GET", "/jobs/{id}", server_job, ACCOUNT),
    Route("GET", "/events", server_events, ACCOUNT, responses=STREAM, stream=True),
)
