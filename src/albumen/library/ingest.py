"""Imports folders: what is new is looked at, understood in batches and written down, each batch whole or not at all.

Nothing is queued anywhere: what there is to do is the difference between the folders and the catalog, so an import that
was stopped at any point goes on where it was by being run again.
"""

import os
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain, islice
from typing import Protocol

from albumen.core.arrays import Image
from albumen.core.errors import MediaError, Unreachable, Unreadable
from albumen.library import beside
from albumen.library.beside import Beside
from albumen.library.folder import Folder
from albumen.library.intake import Arrival, Places, own_words
from albumen.library.keeping import hash_file
from albumen.library.plan import Job, Plan, make_plan, settle
from albumen.library.scan import Sighting
from albumen.library.understand import Findings, Stopwatch, Understand
from albumen.library.writing import Attached, Stores, Writer
from albumen.media.companions import is_live_pair
from albumen.media.look import Glance, Look
from albumen.media.record import Metadata
from albumen.stores.catalog import intake
from albumen.stores.catalog.intake import NewFile

BATCH = 16
"""Pictures that models see at a time."""
WINDOW = BATCH
"""Files being looked at, or looked at and waiting for the models: while these see one batch, the next gets ready."""


class Eyes(Protocol):
    """Looks at files without being harmed by them."""

    def submit(self, path: bytes) -> Future[Look]:
        """Queue one file."""
        ...

    def glance(self, path: bytes) -> Future[Glance]:
        """Queue one file of which only is wanted what it says of itself."""
        ...


@dataclass
class Progress:
    """How far an import is."""

    what: str = "importing"
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
    copied: int = 0
    unreadable: list[tuple[bytes, str]] = field(default_factory=list[tuple[bytes, str]])
    away: list[bytes] = field(default_factory=list[bytes])
    """Those of the paths that are not there, or vanished under the import."""
    seconds: float = 0.0
    stages: dict[str, float] = field(default_factory=dict[str, float])

    def add(self, plan: Plan) -> None:
        """Count what a plan found without looking at files."""
        self.known += plan.known
        self.returned += plan.returned
        self.offline += plan.offline
        self.unreadable += plan.unreadable


@dataclass(frozen=True)
class _Task:
    """A job with what it waits for."""

    job: Job
    original: NewFile | None = None
    """The primary file, where its bytes turned out to be known."""
    look: Future[Look] | None = None
    clip: Future[Glance] | None = None


@dataclass(frozen=True)
class _Seen:
    """A file that was looked at and waits for its batch."""

    job: Job
    look: Look
    beside: Beside

    def pictures(self) -> int:
        return len(self.look.frames) or 1

    def times(self) -> list[tuple[int, int]]:
        return [(frame.ms, frame.shot) for frame in self.look.frames] or [(0, 0)]

    def images(self) -> Iterator[Image]:
        yield from (frame.pixels() for frame in self.look.frames) if self.look.frames else [self.look.canvas]

    def files(self) -> list[NewFile]:
        return [_original(self.job.unit.primary, self.look.digest), *self.beside.files]


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
        self._writer = Writer(stores, places)
        self._on_progress = on_progress
        self._progress = Progress()
        self._summary = Summary()
        self._watch = Stopwatch()
        self._waiting: list[_Seen] = []
        self._more: deque[Job] = deque()
        self._storing: tuple[int, Future[int]] | None = None

    def run(self, paths: Sequence[bytes]) -> Summary:
        """Import everything below these paths and return what was done."""
        start = time.monotonic()
        plans = [make_plan(self._stores.catalog, os.path.abspath(p), own=self._folder) for p in paths]
        for plan in plans:
            self._summary.add(plan)
        self._more.extend(job for plan in plans for job in plan.todo)
        self._progress = Progress(total=len(self._more))
        with ThreadPoolExecutor(1, thread_name_prefix="store") as self._thread:
            for task in self._ahead():
                self._take(task)
            self._absorb()
            self._stored()
        looked = zip(paths, plans, strict=True)
        self._summary.away = [path for path, plan in looked if plan.offline or not os.path.exists(path)]
        moved, missing = settle(self._stores.catalog, [i for plan in plans for i in plan.gone])
        self._summary.moved, self._summary.missing = moved, missing
        self._summary.seconds = round(time.monotonic() - start, 3)
        self._summary.stages = {k: round(v, 3) for k, v in self._watch.seconds.items()}
        return self._summary

    def _ahead(self) -> Iterator[_Task]:
        """Look at files ahead of the models, in order, a bounded number at a time; jobs may come up on the way."""
        with self._stores.catalog.read() as db:
            sizes = intake.known_sizes(db)
        ahead: deque[_Task] = deque()
        while self._more or ahead:
            while self._more and len(ahead) < WINDOW:
                ahead.append(self._begin(self._more.popleft(), sizes))
            yield ahead.popleft()

    def _begin(self, job: Job, sizes: set[int]) -> _Task:
        """Ask for what a job needs. Only a file as long as a known one is hashed to find out whether it is known."""
        unit, clip, file = job.unit, None, None
        if job.asset_id is None and unit.primary.bytes in sizes:
            job, file = self._recognised(job)
        if unit.clip:
            clip = self._eyes.glance(unit.clip.path)
        look = self._eyes.submit(unit.primary.path) if job.asset_id is None else None
        return _Task(job, file, look, clip)

    def _recognised(self, job: Job) -> tuple[Job, NewFile | None]:
        try:
            digest = hash_file(job.unit.primary.path)
        except OSError:
            return job, None
        with self._stores.catalog.read() as db:
            asset_id = intake.assets_by_digest(db, [digest]).get(digest)
        return replace(job, asset_id=asset_id), _original(job.unit.primary, digest) if asset_id else None

    def _take(self, task: _Task) -> None:
        if task.job.asset_id is not None:
            self._attend(task, task.job.asset_id)
        if task.look is None:
            return
        primary = task.job.unit.primary
        try:
            look = self._watch.time("waiting for decoders", task.look.result)
            if look.bytes != primary.bytes:
                raise Unreadable("The file is still being written; import again when it is done.")
        except MediaError as error:
            self._refuse(primary, error)
            self._step()
            self._release_clip(task.job)
            return
        self._waiting.append(_Seen(task.job, look, self._beside(task, look.metadata)))
        if sum(seen.pictures() for seen in self._waiting) >= BATCH:
            self._absorb()

    def _beside(self, task: _Task, own: Metadata) -> Beside:
        """Read what lies beside a picture; a clip that is no half of it becomes a job of its own."""
        found = beside.read(task.job.unit.sidecars)
        for file, error in found.refused:
            self._refuse(file, error)
        clip = task.job.unit.clip
        if clip is None or task.clip is None:
            return found
        try:
            glance = task.clip.result()
        except MediaError:
            glance = None  # its own look will say what is wrong with it
        if glance and glance.bytes == clip.bytes and is_live_pair(own, glance.metadata):
            return found.with_clip(clip, glance.digest)
        self._release_clip(task.job)
        return found

    def _release_clip(self, job: Job) -> None:
        alone = job.unit.alone()
        if alone is None or self._is_itself(alone.primary):
            return
        self._more.append(Job(job.root_id, alone))
        self._progress.total += 1

    def _is_itself(self, file: Sighting) -> bool:
        """Return whether a clip is an asset of its own already, and unchanged."""
        with self._stores.catalog.read() as db:
            known = intake.known_file(db, file.path)
        if known is None or known.role != "original":
            return False
        return (known.bytes, known.mtime_ns) == (file.bytes, file.mtime_ns)

    def _attend(self, task: _Task, asset_id: int) -> None:
        """Write down what lies beside a picture that is known."""
        with self._stores.catalog.read() as db:
            own = own_words(db, asset_id)
        found = self._beside(task, own or Metadata())
        files = [*([task.original] if task.original else []), *found.files]
        told = None if own is None else found.tell(own)
        self._writer.attach(Attached(task.job.root_id, asset_id, files, told))
        self._summary.known += 1
        self._step()

    def _refuse(self, file: Sighting, error: MediaError) -> None:
        """Name a file in the report; what is wrong with its bytes is remembered, what the system says may change."""
        self._summary.unreadable.append((file.path, str(error)))
        if isinstance(error, Unreachable):
            return
        with self._stores.catalog.write() as db:
            intake.add_failure(db, file.path, file.bytes, file.mtime_ns, str(error))

    def _absorb(self) -> None:
        """Understand what waits, and write it down."""
        batch, self._waiting = self._waiting, []
        if not batch:
            return
        findings = self._watch.time("models", lambda: self._understood(batch))
        arrivals = [
            Arrival(
                seen.job.root_id,
                seen.files(),
                seen.look,
                seen.beside.tell(seen.look.metadata),
                list(islice(findings, seen.pictures())),
                seen.times(),
            )
            for seen in batch
        ]
        self._stored()
        work = partial(self._watch.time, "storing", partial(self._writer.arrive, arrivals))
        self._storing = len(batch), self._thread.submit(work)

    def _stored(self) -> None:
        """Wait until the batch before is written down: one is stored while the next is understood."""
        if self._storing is None:
            return
        (count, storing), self._storing = self._storing, None
        new = self._watch.time("waiting for the disk", storing.result)
        self._summary.new += new
        self._summary.known += count - new
        for _ in range(count):
            self._step()

    def _understood(self, batch: Sequence[_Seen]) -> Iterator[Findings]:
        """Return findings, one a picture; a long video alone may have more frames than models see at a time."""
        pictures = chain.from_iterable(seen.images() for seen in batch)
        found: list[Findings] = []
        while images := list(islice(pictures, BATCH)):
            found += self._understand(images)
        return iter(found)

    def _step(self) -> None:
        self._progress.done += 1
        self._on_progress(self._progress)


def _original(file: Sighting, digest: str) -> NewFile:
    return NewFile(file.path, digest, "original", file.bytes, file.mtime_ns)
