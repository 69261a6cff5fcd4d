"""Imports folders: what is new is looked at, understood in batches and written down, each batch whole or not at all.

Nothing is queued anywhere: what there is to do is the difference between the folders and the catalog, so an import that
was stopped at any point goes on where it was by being run again.
"""

import os
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from albumen.core.arrays import Image
from albumen.core.errors import MediaError, Unreadable
from albumen.library.folder import Folder
from albumen.library.intake import Arrival, Places, Recorded, record
from albumen.library.keeping import hash_file
from albumen.library.plan import Plan, make_plan, settle
from albumen.library.scan import Sighting
from albumen.library.understand import Findings, Stopwatch, Understand
from albumen.media.look import Look
from albumen.stores.blobs import Blobs
from albumen.stores.catalog import intake
from albumen.stores.catalog.catalog import Catalog
from albumen.stores.catalog.intake import NewFile
from albumen.stores.postings import Postings
from albumen.stores.vectors import Vectors

LARGE, SMALL = "1440.jpg", "250.webp"
BATCH = 16
"""Pictures that models see at a time."""
WINDOW = 8
"""Files being looked at, or looked at and waiting for the models."""


class Eyes(Protocol):
    """Looks at files without being harmed by them."""

    def submit(self, path: bytes) -> Future[Look]:
        """Queue one file."""
        ...


@dataclass(frozen=True)
class Stores:
    """What survives a restart."""

    catalog: Catalog
    blobs: Blobs
    frames: Vectors
    faces: Vectors
    words: Postings


@dataclass
class Progress:
    """How far an import is."""

    total: int = 0
    done: int = 0
    started: float = field(default_factory=time.monotonic)

    def rate(self) -> float:
        """Return files a second so far."""
        return self.done / max(time.monotonic() - self.started, 1e-9)

    def seconds_left(self) -> float:
        """Return how long the rest will take at this rate."""
        return (self.total - self.done) / max(self.rate(), 1e-9)


@dataclass
class Summary:
    """What an import did."""

    new: int = 0
    known: int = 0
    moved: int = 0
    returned: int = 0
    offline: int = 0
    missing: int = 0
    unreadable: list[tuple[bytes, str]] = field(default_factory=list[tuple[bytes, str]])
    seconds: float = 0.0
    stages: dict[str, float] = field(default_factory=dict[str, float])

    def add(self, plan: Plan) -> None:
        """Count what a plan found without looking at files."""
        self.known += plan.known
        self.returned += plan.returned
        self.offline += plan.offline
        self.unreadable += plan.unreadable


@dataclass(frozen=True)
class _Job:
    root_id: int
    file: Sighting


@dataclass(frozen=True)
class _Seen:
    """A file that was looked at and waits for its batch."""

    job: _Job
    look: Look
    images: list[Image]
    times: list[tuple[int, int]]


class Importer:
    """Brings folders into a library. Make one for each import, and hold the folder's import lock while it runs."""

    def __init__(
        self,
        folder: Folder,
        stores: Stores,
        *,
        eyes: Eyes,
        understand: Understand,
        places: Places,
        on_progress: Callable[[Progress], None] = lambda progress: None,
    ) -> None:
        self._folder = folder
        self._stores = stores
        self._eyes = eyes
        self._understand = understand
        self._places = places
        self._on_progress = on_progress
        self._progress = Progress()
        self._summary = Summary()
        self._watch = Stopwatch()
        self._waiting: list[_Seen] = []

    def run(self, paths: Sequence[bytes]) -> Summary:
        """Import everything below these paths and return what was done."""
        start = time.monotonic()
        plans = [make_plan(self._stores.catalog, os.path.abspath(p), own=self._folder.path) for p in paths]
        for plan in plans:
            self._summary.add(plan)
        jobs = [_Job(plan.root_id, file) for plan in plans for file in plan.todo]
        self._progress = Progress(total=len(jobs))
        for job, future in self._looks(self._strangers(jobs)):
            self._take(job, future)
        self._absorb()
        moved, missing = settle(self._stores.catalog, [i for plan in plans for i in plan.gone])
        self._summary.moved, self._summary.missing = moved, missing
        self._summary.seconds = round(time.monotonic() - start, 3)
        self._summary.stages = {k: round(v, 3) for k, v in self._watch.seconds.items()}
        return self._summary

    def _strangers(self, jobs: Sequence[_Job]) -> Iterator[_Job]:
        """Pass on the jobs whose bytes are new. Only a file as long as a known one is hashed to find that out."""
        with self._stores.catalog.read() as db:
            sizes = intake.known_sizes(db)
        for job in jobs:
            if job.file.bytes not in sizes or not self._is_known(job):
                yield job

    def _is_known(self, job: _Job) -> bool:
        try:
            digest = hash_file(job.file.path)
        except OSError:
            return False
        with self._stores.catalog.read() as db:
            asset_id = intake.assets_by_digest(db, [digest]).get(digest)
        if asset_id is None:
            return False
        with self._stores.catalog.write() as db:
            intake.add_file(db, job.root_id, asset_id, _new_file(job.file, digest))
            intake.touch_assets(db, [asset_id])
        self._summary.known += 1
        self._step()
        return True

    def _looks(self, jobs: Iterator[_Job]) -> Iterator[tuple[_Job, Future[Look]]]:
        """Look at files ahead of the models, in order, a bounded number at a time."""
        ahead: deque[tuple[_Job, Future[Look]]] = deque()
        for job in jobs:
            ahead.append((job, self._eyes.submit(job.file.path)))
            if len(ahead) >= WINDOW:
                yield ahead.popleft()
        while ahead:
            yield ahead.popleft()

    def _take(self, job: _Job, future: Future[Look]) -> None:
        try:
            look = self._watch.time("waiting for decoders", future.result)
            if look.bytes != job.file.bytes:
                raise Unreadable("The file is still being written; import again when it is done.")
        except MediaError as error:
            self._fail(job.file, str(error))
            return
        times = [(frame.ms, frame.shot) for frame in look.frames] or [(0, 0)]
        images = [frame.pixels() for frame in look.frames] or [look.canvas]
        self._waiting.append(_Seen(job, look, images, times))
        if sum(len(seen.images) for seen in self._waiting) >= BATCH:
            self._absorb()

    def _fail(self, file: Sighting, reason: str) -> None:
        self._summary.unreadable.append((file.path, reason))
        with self._stores.catalog.write() as db:
            intake.add_failure(db, file.path, file.bytes, file.mtime_ns, reason)
        self._step()

    def _absorb(self) -> None:
        """Understand what waits, and write it down."""
        batch, self._waiting = self._waiting, []
        if not batch:
            return
        images = [image for seen in batch for image in seen.images]
        findings = self._watch.time("models", lambda: self._understood(images))
        self._watch.time("storing", lambda: self._store(batch, findings))
        for _ in batch:
            self._step()

    def _understood(self, images: Sequence[Image]) -> list[Findings]:
        found: list[Findings] = []
        for start in range(0, len(images), BATCH):  # a long video alone may have more frames than a batch
            found += self._understand(images[start : start + BATCH])
        return found

    def _store(self, batch: Sequence[_Seen], findings: list[Findings]) -> None:
        rest = iter(findings)
        arrivals = [
            Arrival(
                _new_file(seen.job.file, seen.look.digest), (), seen.look, [next(rest) for _ in seen.images], seen.times
            )
            for seen in batch
        ]
        for arrival in arrivals:
            self._stores.blobs.put(arrival.look.digest, LARGE, arrival.look.thumbnails.large)
            self._stores.blobs.put(arrival.look.digest, SMALL, arrival.look.thumbnails.small)
        with self._stores.catalog.write() as db:
            known = intake.assets_by_digest(db, [a.look.digest for a in arrivals])
            change = intake.next_change(db)
            recorded: list[tuple[Arrival, Recorded]] = []
            for seen, arrival in zip(batch, arrivals, strict=True):
                digest, told = arrival.look.digest, arrival.look.metadata
                if digest in known:
                    intake.add_file(db, seen.job.root_id, known[digest], arrival.file)
                    self._summary.known += 1
                    continue
                place = self._places.place(told.lat, told.lon)
                row = record(db, arrival, seen.job.root_id, place, change)
                known[digest] = row.asset_id
                recorded.append((arrival, row))
            # Before the commit: vectors of assets that never came to be are replaced when their keys are used again.
            self._add_vectors(recorded)
        self._summary.new += len(recorded)

    def _add_vectors(self, recorded: Sequence[tuple[Arrival, Recorded]]) -> None:
        pairs = [
            (key, one.vector)
            for arrival, row in recorded
            for key, one in zip(row.frame_ids, arrival.findings, strict=True)
            if one.vector is not None
        ]
        if pairs:
            self._stores.frames.add([k for k, _ in pairs], np.stack([v for _, v in pairs]))
        self._add_words(recorded)
        face_ids = [key for _, row in recorded for key in row.face_ids]
        if face_ids:
            found = [one.faces for arrival, _ in recorded for one in arrival.findings if one.faces is not None]
            self._stores.faces.add(face_ids, np.concatenate([f.vectors for f in found]))

    def _add_words(self, recorded: Sequence[tuple[Arrival, Recorded]]) -> None:
        found = [
            (key, one.evidence)
            for arrival, row in recorded
            for key, one in zip(row.frame_ids, arrival.findings, strict=True)
            if one.evidence is not None
        ]
        if found:
            counts = [len(e.words) for _, e in found]
            words = np.concatenate([e.words for _, e in found])
            self._stores.words.add([k for k, _ in found], counts, words, np.concatenate([e.values for _, e in found]))

    def _step(self) -> None:
        self._progress.done += 1
        self._on_progress(self._progress)


def _new_file(file: Sighting, digest: str) -> NewFile:
    return NewFile(file.path, digest, "original", file.bytes, file.mtime_ns)
