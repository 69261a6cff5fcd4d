"""Receives files in chunks into a library: written to disk and hashed while they stream, resumable at any byte.

An upload is a folder `uploads/ID` in the library with `meta.json` and the bytes so far; it survives restarts.
"""

import hashlib
import json
import os
import re
import secrets
import shutil
import threading
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from albumen.core.errors import DiskFull, NotFound, QueryError, TooLarge, Unreadable
from albumen.library.folder import Folder
from albumen.stores.disk import write_all

CHUNK = 8 << 20
"""Most bytes of one request."""
LARGEST = 64 << 30
MOST_OPEN = 1_000
KEPT_SECONDS = 86_400.0
SPARE = 256 << 20
ID = re.compile(r"[0-9a-f]{32}")
UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\u200e\u200f\u202a-\u202e\u2066-\u2069]')
RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


class WrongOffset(QueryError):
    """The bytes sent do not go on where the upload stands."""

    def __init__(self, sent: int, offset: int) -> None:
        super().__init__(f"the upload stands at byte {offset}, not {sent}; go on from there")
        self.offset = offset


@dataclass
class Upload:
    """One upload: what was promised, and how far it is."""

    id: str
    name: str
    bytes: int
    sha256: str | None
    modified: float | None
    account: int
    created: float = field(default_factory=time.time)
    offset: int = 0


class Chunk:
    """One request's bytes on their way into an upload. Nothing counts but what reached the disk."""

    def __init__(self, uploads: "Uploads", library: Folder, upload: Upload) -> None:
        self._uploads, self._library, self.upload = uploads, library, upload
        self._file: BinaryIO = (_home(library) / upload.id / "data").open("r+b", buffering=0)
        self._left = min(CHUNK, upload.bytes - upload.offset)
        self._writing = threading.Lock()

    def write(self, data: bytes) -> None:
        """Append some bytes, at once, so that an end of the server loses nothing that arrived."""
        with self._writing:
            self._write(data)

    def _write(self, data: bytes) -> None:
        if self._file.closed:
            raise WrongOffset(self.upload.offset, self._uploads.find(self._library, self.upload.id).offset)
        if len(data) > self._left:
            raise TooLarge(f"more bytes were sent than fit: a request takes {CHUNK}, the file {self.upload.bytes}")
        self._left -= len(data)
        try:
            write_all(self._file.fileno(), data, self.upload.offset)
        except OSError as error:
            raise DiskFull(
                f"the upload cannot be written: {error.strerror}; it can go on when there is room"
            ) from error
        self.upload.offset += len(data)
        self._uploads.hash_more(self.upload, data)

    def leave(self) -> None:
        """Write no more: the client has come back on another connection."""
        with self._writing:
            self._file.close()

    def close(self) -> None:
        """Let go of the file; what was written stays."""
        try:
            self.leave()
        finally:
            self._uploads.released(self)


class Uploads:
    """The open uploads of all libraries of a server."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._busy: dict[str, Chunk] = {}
        self.finishing = threading.Lock()
        self._hashes: dict[str, tuple[int, Any]] = {}

    def start(
        self, library: Folder, name: str, size: int, *, account: int, sha256: str | None, modified: float | None
    ) -> Upload:
        """Begin an upload."""
        if not 0 < size <= LARGEST:
            raise TooLarge(f"a file has 1 to {LARGEST} bytes, not {size}")
        self._tidy(library)
        if shutil.disk_usage(library.path).free < size + SPARE:
            raise DiskFull(f"the library has no room for {size} bytes; free some space on its disk")
        upload = Upload(secrets.token_hex(16), safe_name(name), size, sha256, modified, account)
        folder = _home(library) / upload.id
        folder.mkdir(parents=True)
        (folder / "meta.json").write_text(json.dumps(asdict(upload)), "utf-8")
        (folder / "data").touch()
        return upload

    def find(self, library: Folder, id: str) -> Upload:
        """Return an upload and how far it is; the file on disk is the truth."""
        folder = _home(library) / id
        try:
            if not ID.fullmatch(id):
                raise FileNotFoundError(id)
            told = json.loads((folder / "meta.json").read_text("utf-8"))
            return Upload(**(told | {"offset": (folder / "data").stat().st_size}))
        except (OSError, ValueError) as error:
            raise NotFound(f"there is no open upload {id!r}; start it again") from error

    def open_ones(self, library: Folder) -> list[Upload]:
        """Return the uploads that are not finished, the oldest first."""
        found = [self.find(library, path.name) for path in _folders(library)]
        return sorted(found, key=lambda upload: upload.created)

    def receive(self, library: Folder, id: str, offset: int) -> Chunk:
        """Go on with an upload at `offset`, in place of a request whose connection may long be dead."""
        with self._lock:
            if id in self._busy:
                self._busy.pop(id).leave()
            upload = self.find(library, id)
            if offset != upload.offset:
                raise WrongOffset(offset, upload.offset)
            self._busy[id] = chunk = Chunk(self, library, upload)
            return chunk

    def released(self, chunk: Chunk) -> None:
        """Forget a request that has ended."""
        with self._lock:
            if self._busy.get(chunk.upload.id) is chunk:
                del self._busy[chunk.upload.id]

    def hash_more(self, upload: Upload, data: bytes) -> None:
        """Hash bytes as they come, as long as none were missed."""
        start = upload.offset - len(data)
        at, digest = self._hashes.get(upload.id, (0, hashlib.sha256()))
        if at == start:
            digest.update(data)
            self._hashes[upload.id] = (upload.offset, digest)

    def check(self, library: Folder, upload: Upload) -> str:
        """Return the hash of a whole upload; one that is not what was promised is forgotten."""
        digest = self._digest(_home(library) / upload.id / "data", upload)
        if upload.sha256 and digest != upload.sha256:
            self.cancel(library, upload.id)
            raise Unreadable(f"{upload.name!r} hashes to {digest[:16]}…, not to what was promised; send it again")
        return digest

    def keep(self, library: Folder, upload: Upload) -> Path:
        """Put a whole upload among the originals in the library's care and return where."""
        data = _home(library) / upload.id / "data"
        _sync(data)
        if upload.modified is not None:
            os.utime(data, (upload.modified, upload.modified))
        target = _placed(data, library, upload.name)
        _sync(target.parent)
        self.cancel(library, upload.id)
        return target

    def cancel(self, library: Folder, id: str) -> None:
        """Forget an upload and its bytes."""
        self.find(library, id)
        shutil.rmtree(_home(library) / id, ignore_errors=True)
        self._hashes.pop(id, None)

    def _digest(self, path: Path, upload: Upload) -> str:
        at, digest = self._hashes.get(upload.id, (0, hashlib.sha256()))
        if at == upload.bytes:
            return digest.hexdigest()
        with path.open("rb") as file:  # the server was restarted in between
            return hashlib.file_digest(file, "sha256").hexdigest()

    def _tidy(self, library: Folder) -> None:
        old = time.time() - KEPT_SECONDS
        folders = _folders(library)
        for path in folders:
            if (path / "data").stat().st_mtime < old and path.name not in self._busy:
                shutil.rmtree(path, ignore_errors=True)
                self._hashes.pop(path.name, None)
        if len(folders) >= MOST_OPEN:
            raise TooLarge(f"{MOST_OPEN} uploads are open; finish or delete some first")


def safe_name(name: str) -> str:
    """Return a name that is safe on every system, as close to the given one as can be; only its last part counts."""
    last = re.split(r"[/\\]", name)[-1]
    cleaned = UNSAFE.sub("_", last.encode("utf-8", "replace").decode()).strip(" .")
    if RESERVED.fullmatch(cleaned):
        cleaned = f"_{cleaned}"
    stem, dot, ending = cleaned.rpartition(".")
    if dot and len(ending) <= 10:
        return _cut(stem, 150) + dot + ending if stem else f"upload.{ending}"
    return _cut(cleaned, 160) or "upload"


def _cut(name: str, bytes_: int) -> str:
    return name.encode()[:bytes_].decode("utf-8", "ignore")


def _placed(data: Path, library: Folder, name: str) -> Path:
    """Link the bytes into today's folder of originals under a name that is free; nothing is ever replaced."""
    folder = library.originals / time.strftime("%Y") / time.strftime("%Y-%m-%d")
    folder.mkdir(parents=True, exist_ok=True)
    stem, dot, ending = name.rpartition(".")
    path = folder / name
    while True:
        try:
            os.link(data, path)
        except FileExistsError:
            tag = secrets.token_hex(3)
            path = folder / (f"{stem}-{tag}{dot}{ending}" if dot else f"{name}-{tag}")
        else:
            return path


def _home(library: Folder) -> Path:
    return library.path / "uploads"


def _folders(library: Folder) -> list[Path]:
    home = _home(library)
    return [p for p in home.iterdir() if ID.fullmatch(p.name) and (p / "data").is_file()] if home.is_dir() else []


def _sync(path: Path) -> None:
    if path.is_dir() and os.name == "nt":
        return
    file = os.open(path, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)
