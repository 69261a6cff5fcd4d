"""Copies originals into the library's own folder: checked, durable, each unit under one name, nothing twice."""

import hashlib
import os
import secrets
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import Protocol

from sqlalchemy import select

from albumen.core.errors import MediaError, Unreachable, Unreadable
from albumen.library import beside
from albumen.library.folder import Folder
from albumen.library.keeping import hash_file
from albumen.library.plan import look_through
from albumen.library.scan import Sighting
from albumen.library.template import Template
from albumen.library.units import Unit
from albumen.media.companions import is_live_pair, json_name
from albumen.media.look import Glance
from albumen.stores.catalog.catalog import Catalog
from albumen.stores.catalog.schema import assets, files
from albumen.stores.disk import sync_folder, write_all, writing

PART = b".albumen-part"
CHUNK = 1 << 20
AHEAD = 8


class Glances(Protocol):
    """Reads what files say of themselves, without being harmed by them."""

    def glance(self, path: bytes) -> Future[Glance]:
        """Queue one file."""
        ...


@dataclass
class Copied:
    """What copying did."""

    copied: int = 0
    known: int = 0
    unreadable: list[tuple[bytes, str]] = field(default_factory=list[tuple[bytes, str]])


class Copier:
    """Copies units below paths into the originals. Hold the folder's import lock while it runs."""

    def __init__(
        self,
        folder: Folder,
        catalog: Catalog,
        *,
        eyes: Glances,
        template: Template,
        on_progress: Callable[[int, int], None] = lambda done, total: None,
    ) -> None:
        self._folder = folder
        self._catalog = catalog
        self._eyes = eyes
        self._template = template
        self._on_progress = on_progress
        self._originals = os.fsencode(os.path.realpath(folder.originals))
        self._done = Copied()
        self._placed: dict[str, bytes] = {}

    def run(self, paths: Sequence[bytes]) -> Copied:
        """Copy what is below these paths and not in the originals yet."""
        with writing(self._folder.originals):
            self._folder.originals.mkdir(exist_ok=True)
        sweep(self._originals)
        todo: list[Unit] = []
        for path in paths:
            found, blocked = look_through(os.path.abspath(path), own=self._folder)
            self._done.unreadable += blocked
            todo += [single for unit in found for single in self._split(unit)]
        for done, (unit, glance) in enumerate(self._glances(todo), 1):
            try:
                self._take(unit, glance.result())
            except MediaError as error:
                self._done.unreadable.append((unit.primary.path, str(error)))
            self._on_progress(done, len(todo))
        return self._done

    def _split(self, unit: Unit) -> list[Unit]:
        """Part a still and a clip that are no pair, so that each gets a place by its own date."""
        clip = unit.alone()
        if clip is None:
            return [unit]
        try:
            still, film = (self._eyes.glance(u.primary.path).result() for u in (unit, clip))
        except MediaError:
            return [unit.without_clip(), clip]
        return [unit] if is_live_pair(still.metadata, film.metadata) else [unit.without_clip(), clip]

    def _glances(self, todo: Sequence[Unit]) -> Iterator[tuple[Unit, Future[Glance]]]:
        ahead: deque[tuple[Unit, Future[Glance]]] = deque()
        for unit in todo:
            ahead.append((unit, self._eyes.glance(unit.primary.path)))
            if len(ahead) >= AHEAD:
                yield ahead.popleft()
        yield from ahead

    def _take(self, unit: Unit, glance: Glance) -> None:
        here = self._placed.get(glance.digest) or self._kept(glance.digest)
        if here is None:
            told = beside.read(unit.sidecars).tell(glance.metadata)
            parts = self._template.fill(os.fsdecode(os.path.basename(unit.primary.path)), told)
            place = os.path.join(self._originals, *map(os.fsencode, parts))
            self._placed[glance.digest] = self._copy_unit(unit, glance.digest, place)
            self._done.copied += 1
            return
        for file, name in _beside(unit, here):
            if not os.path.lexists(name):
                copy(file, name)
        self._done.known += 1

    def _kept(self, digest: str) -> bytes | None:
        """Return where the originals hold these bytes already."""
        f = files.c
        query = select(f.path).join(assets, assets.c.id == f.asset_id)
        with self._catalog.read() as db:
            rows = db.execute(query.where(assets.c.digest == digest, f.role == "original", f.state == "present"))
            held = [path for (path,) in rows if path.startswith(self._originals + b"/")]
        return next((path for path in held if os.path.isfile(path)), None)

    def _copy_unit(self, unit: Unit, digest: str, place: bytes) -> bytes:
        """Copy the files of a unit under one name, numbered where that is taken by other bytes, the main file last."""
        digests: dict[bytes, str] = {unit.primary.path: digest}

        def wanted(primary: bytes) -> list[tuple[Sighting, bytes]]:
            return [*_beside(unit, primary), (unit.primary, primary)]

        fits = (p for p in _numbered(place) if all(_is_free_or_same(*pair, digests) for pair in wanted(p)))
        primary = next(fits)
        for file, name in wanted(primary):
            if not os.path.lexists(name):
                copy(file, name, digests.get(file.path))
        return primary


def _numbered(place: bytes) -> Iterator[bytes]:
    yield place
    stem, suffix = os.path.splitext(place)
    number = 1
    while True:
        number += 1
        yield stem + f"_{number}".encode() + suffix


def _beside(unit: Unit, primary: bytes) -> list[tuple[Sighting, bytes]]:
    """Return the files beside a unit's primary with the paths that keep them beside it."""
    folder, name = os.path.split(primary)
    text, own = os.fsdecode(name), os.fsdecode(os.path.basename(unit.primary.path))
    stem = PurePath(text).stem
    found: list[tuple[Sighting, str]] = []
    for file in unit.sidecars:
        theirs = os.fsdecode(os.path.basename(file.path))
        if theirs.lower().endswith(".json"):
            found.append((file, json_name(text)))
        else:
            found.append((file, (text if theirs.lower() == f"{own}.xmp".lower() else stem) + ".xmp"))
    if unit.clip:
        found.append((unit.clip, stem + PurePath(os.fsdecode(unit.clip.path)).suffix))
    return [(file, os.path.join(folder, os.fsencode(name))) for file, name in found]


def _is_free_or_same(file: Sighting, place: bytes, digests: dict[bytes, str]) -> bool:
    """Return whether nothing is at a place, or what an interrupted copy of the same file left whole."""
    if not os.path.lexists(place):
        return True
    if not os.path.isfile(place) or os.path.getsize(place) != file.bytes:
        return False
    if file.path not in digests:
        digests[file.path] = hash_file(file.path)
    return hash_file(place) == digests[file.path]


def copy(file: Sighting, place: bytes, digest: str | None = None) -> None:
    """Copy a file so that `place` has all its bytes, checked and on the disk, or does not exist."""
    folder = os.path.dirname(place)
    part = os.path.join(folder, b"." + secrets.token_hex(8).encode() + PART)
    with writing(Path(os.fsdecode(place))):
        _make_folders(folder)
        try:
            wanted = _write(file, part)
            if digest not in (None, wanted) or wanted != _read_back(part):
                raise Unreadable("The file changed while it was copied; import again when it is done.")
            os.utime(part, ns=(file.mtime_ns, file.mtime_ns))
            _put(part, place)
            sync_folder(Path(os.fsdecode(folder)))
        finally:
            with suppress(FileNotFoundError):
                os.unlink(part)


def _put(part: bytes, place: bytes) -> None:
    """Give a finished copy its name, which no other file may have."""
    try:
        os.link(part, place)
    except FileExistsError:
        raise
    except OSError:  # this file system has no links
        os.rename(part, place)


def _write(file: Sighting, part: bytes) -> str:
    """Copy the bytes and return the hash of what was read."""
    digest = hashlib.sha256()
    at = 0
    with open(part, "xb", buffering=0) as target:
        for chunk in _chunks(file.path):
            digest.update(chunk)
            write_all(target.fileno(), chunk, at)
            at += len(chunk)
        os.fsync(target.fileno())
    return digest.hexdigest()


def _chunks(path: bytes) -> Iterator[bytes]:
    try:
        with open(path, "rb", buffering=0) as source:
            while chunk := source.read(CHUNK):
                yield chunk
    except OSError as error:
        raise Unreachable(f"The file cannot be read: {error.strerror or error}.") from error


def _read_back(part: bytes) -> str:
    """Return the hash of what is on the disk, not of what memory remembers of it."""
    with open(part, "rb", buffering=0) as written:
        if hasattr(os, "posix_fadvise"):
            os.posix_fadvise(written.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        return hashlib.file_digest(written, "sha256").hexdigest()


def _make_folders(folder: bytes) -> None:
    """Make a folder and those above it, so that they survive a power cut."""
    if os.path.isdir(folder):
        return
    above = os.path.dirname(folder)
    _make_folders(above)
    os.makedirs(folder, exist_ok=True)
    sync_folder(Path(os.fsdecode(above)))


def sweep(originals: bytes) -> int:
    """Remove what interrupted copies left behind and return how many there were."""
    count = 0
    for folder, _, names in os.walk(originals):
        for name in names:
            if name.endswith(PART):
                os.unlink(os.path.join(folder, name))
                count += 1
    return count
