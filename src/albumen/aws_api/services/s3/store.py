"""Objects as plain files: a folder an account, a folder a bucket, a note beside each object that S3 itself wrote."""

import hashlib
import json
import os
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from albumen.aws_api.bodies import Whole
from albumen.aws_api.errors import Fault
from albumen.aws_api.services.s3 import checksums, keys
from albumen.aws_api.wire import Body

PIECE = 1 << 20
HIDDEN = ".albumen-s3"


@dataclass(frozen=True)
class Note:
    """What S3 remembers of an object beyond its bytes; it holds only while size and time are those of the file."""

    etag: str
    size: int
    time_ns: int
    content_type: str = "binary/octet-stream"
    headers: dict[str, str] = field(default_factory=dict[str, str])
    """Cache-Control and the like by the name of their response member."""
    metadata: dict[str, str] = field(default_factory=dict[str, str])
    checksums: dict[str, str] = field(default_factory=dict[str, str])
    checksum_type: str = "FULL_OBJECT"


@dataclass(frozen=True)
class Object:
    """One object: its key, its file, and what is known of it."""

    key: str
    path: Path
    size: int
    modified: datetime
    note: Note

    @property
    def etag(self) -> str:
        """Return the entity tag in quotes."""
        return f'"{self.note.etag}"'


@dataclass(frozen=True)
class Staged:
    """Bytes that have arrived and been checked, not yet visible as an object."""

    path: Path
    size: int
    md5: str
    checksums: dict[str, str]


class Store:
    """Buckets and objects under one folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._lock = threading.Lock()
        (root / HIDDEN / "incoming").mkdir(parents=True, exist_ok=True)

    # buckets

    def buckets(self, account: str) -> list[tuple[str, datetime]]:
        """Return the names of an account's buckets with the time each was made."""
        folder = self.root / account
        found = sorted(p for p in folder.iterdir() if keys.BUCKET.fullmatch(p.name)) if folder.is_dir() else []
        return [(p.name, _time(p.stat().st_mtime_ns)) for p in found if p.is_dir()]

    def create_bucket(self, account: str, name: str) -> None:
        """Make a bucket."""
        if not keys.BUCKET.fullmatch(name):
            raise Fault("InvalidBucketName", "The specified bucket is not valid.", members={"BucketName": name})
        try:
            (self.root / account / name).mkdir(parents=True)
        except FileExistsError:
            raise Fault("BucketAlreadyOwnedByYou", "Your request to create it succeeded before; you own it.") from None

    def delete_bucket(self, account: str, name: str) -> None:
        """Remove an empty bucket."""
        try:
            self.bucket(account, name).rmdir()
        except OSError:
            raise Fault("BucketNotEmpty", "The bucket you tried to delete is not empty.") from None

    def bucket(self, account: str, name: str) -> Path:
        """Return a bucket's folder."""
        folder = self.root / account / name
        if not keys.BUCKET.fullmatch(name) or not folder.is_dir():
            raise Fault("NoSuchBucket", "The specified bucket does not exist.", members={"BucketName": name})
        return folder

    # objects

    def find(self, account: str, bucket: str, key: str) -> Object:
        """Return an object."""
        found = self._find(account, bucket, key)
        if found is None:
            raise Fault("NoSuchKey", "The specified key does not exist.", members={"Key": key})
        return found

    def read(self, account: str, bucket: str, key: str, *, most: int) -> bytes | None:
        """Return an object's bytes, or None if it has more than `most`."""
        found = self.find(account, bucket, key)
        return found.path.read_bytes() if found.size <= most else None

    def path(self, account: str, bucket: str, key: str, /) -> Path:
        """Return an object's file."""
        return self.find(account, bucket, key).path

    def write(self, account: str, bucket: str, key: str, data: bytes, content_type: str) -> None:
        """Store bytes under a key."""
        staged = self.stage(Whole(data), algorithms={})
        self.put(account, bucket, key, staged, Note(staged.md5, 0, 0, content_type))

    def _find(self, account: str, bucket: str, key: str) -> Object | None:
        folder = self.bucket(account, bucket)
        path = keys.locate(folder, _checked(key))
        if not path.is_file() or not keys.inside(folder, path):
            return None
        return self._object(account, bucket, key, path)

    def _object(self, account: str, bucket: str, key: str, path: Path) -> Object:
        about = path.stat()
        note = _read(self._note(account, bucket, key))
        if note is None or (note.size, note.time_ns) != (about.st_size, about.st_mtime_ns):
            tag = hashlib.md5(f"{about.st_size} {about.st_mtime_ns}".encode(), usedforsecurity=False).hexdigest()
            note = Note(f"{tag}-1", about.st_size, about.st_mtime_ns)
        return Object(key, path, about.st_size, _time(about.st_mtime_ns), note)

    def stage(self, body: Body, *, algorithms: Mapping[str, str | None], md5: bytes | None = None) -> Staged:
        """Take a body in and check it: against the sums given, and against those that arrive after it."""
        digests = checksums.create({*algorithms, "MD5"})
        handle, name = tempfile.mkstemp(dir=self.root / HIDDEN / "incoming")
        try:
            with os.fdopen(handle, "wb") as file:
                size = _copy(body, file, digests)
                file.flush()
                os.fsync(file.fileno())
            trailers = {k.removeprefix(checksums.PREFIX).upper(): v for k, v in _trailers(body).items()}
            given = {n: v for n, v in algorithms.items() if v is not None}
            checksums.check(given | {n: v for n, v in trailers.items() if n in digests}, digests)
            if md5 is not None and digests["MD5"].digest() != md5:
                raise Fault("BadDigest", "The Content-MD5 you specified did not match what we received.")
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        sums = {n: checksums.text(d) for n, d in digests.items() if n in algorithms}
        return Staged(Path(name), size, digests["MD5"].digest().hex(), sums)

    def put(self, account: str, bucket: str, key: str, staged: Staged, note: Note, *, only_new: bool = False) -> Object:
        """Make staged bytes an object, at once and as a whole; the note is completed with size and time."""
        folder = self.bucket(account, bucket)
        try:
            about = staged.path.stat()
            note = replace(note, size=about.st_size, time_ns=about.st_mtime_ns)
            with self._lock:
                path = keys.locate(folder, _checked(key))
                if only_new and path.exists():
                    raise Fault("PreconditionFailed", "At least one of the pre-conditions you specified did not hold.")
                self._place(folder, path, staged.path)
                _write(self._note(account, bucket, key), note)
        finally:
            staged.path.unlink(missing_ok=True)
        return Object(key, path, note.size, _time(note.time_ns), note)

    def _place(self, folder: Path, path: Path, staged: Path) -> None:
        if not keys.inside(folder, path.parent):
            raise Fault("AccessDenied", "The key leads out of its bucket through a link.")
        path.parent.mkdir(parents=True, exist_ok=True)
        staged.chmod(0o644)
        staged.replace(path)

    def delete(self, account: str, bucket: str, key: str) -> None:
        """Remove an object, and folders that only it needed; a key that is not there is no error."""
        found = self._find(account, bucket, key)
        if found is None:
            return
        with self._lock:
            found.path.unlink(missing_ok=True)
            self._note(account, bucket, key).unlink(missing_ok=True)
            _prune(found.path.parent, self.bucket(account, bucket))

    def walk(self, account: str, bucket: str, prefix: str) -> list[tuple[str, Path]]:
        """Return keys that start with a prefix with their files, in the order of their UTF-8 bytes."""
        start, trail = _deepest(self.bucket(account, bucket), prefix)
        found = ((k, p) for k, p in _files(start, trail) if k.startswith(prefix))
        return sorted(found, key=lambda item: item[0].encode())

    def described(self, account: str, bucket: str, found: Sequence[tuple[str, Path]]) -> list[Object]:
        """Return what is known of objects; those that were deleted meanwhile are left out."""
        objects: list[Object] = []
        for key, path in found:
            try:
                objects.append(self._object(account, bucket, key, path))
            except FileNotFoundError:
                continue
        return objects

    def _note(self, account: str, bucket: str, key: str) -> Path:
        digest = hashlib.sha256(key.encode()).hexdigest()
        return self.root / HIDDEN / "notes" / account / bucket / digest[:2] / f"{digest}.json"


def _checked(key: str) -> str:
    if len(key.encode()) > keys.LONGEST_KEY:
        raise Fault("KeyTooLongError", f"Your key is too long; {keys.LONGEST_KEY} bytes are the most.")
    return key


def _copy(body: Body, file: BinaryIO, digests: Mapping[str, checksums.Digest]) -> int:
    size = 0
    while piece := body.read(PIECE):
        file.write(piece)
        size += len(piece)
        for digest in digests.values():
            digest.update(piece)
    return size


def _trailers(body: Body) -> Mapping[str, str]:
    return getattr(body, "trailers", {})


def _time(ns: int) -> datetime:
    return datetime.fromtimestamp(ns // 1_000_000_000, UTC)


def _prune(folder: Path, stop: Path) -> None:
    while folder != stop:
        try:
            folder.rmdir()
        except OSError:
            return
        folder = folder.parent


def _read(path: Path) -> Note | None:
    try:
        return Note(**json.loads(path.read_text()))
    except (OSError, ValueError, TypeError):
        return None


def _write(path: Path, note: Note) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(f".{os.getpid()}.{threading.get_ident()}")
    fresh.write_text(json.dumps(asdict(note)))
    fresh.replace(path)


def _deepest(folder: Path, prefix: str) -> tuple[Path, list[str]]:
    """Return the folder that holds all keys with a prefix, and the names that lead to it."""
    trail: list[str] = []
    for name in keys.names(prefix)[:-1]:
        marked = folder / f"{name}%d"
        trail.append(marked.name if marked.is_dir() else name)
        folder = folder / trail[-1]
    return folder, trail


def _files(folder: Path, trail: list[str]) -> Iterator[tuple[str, Path]]:
    """Yield key and path of each file below a folder, links to files included, links to folders not followed."""
    try:
        entries = list(os.scandir(folder))
    except (FileNotFoundError, NotADirectoryError):
        return
    for entry in entries:
        path = [*trail, entry.name]
        if entry.is_dir(follow_symlinks=False):
            yield from _files(Path(entry.path), path)
        elif entry.is_file(follow_symlinks=False) and (key := keys.key(path)) is not None:
            yield key, Path(entry.path)
