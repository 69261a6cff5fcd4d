"""Multipart uploads: a folder an upload, a file and a note a part, put together when the client says so."""

import hashlib
import json
import re
import shutil
import uuid
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from albumen.aws_api.errors import Fault
from albumen.aws_api.services.s3 import checksums
from albumen.aws_api.services.s3.store import HIDDEN, Note, Object, Staged, Store

SMALLEST_PART = 5 * 1024 * 1024
UPLOAD_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Upload:
    """What was said when an upload was begun."""

    account: str
    bucket: str
    key: str
    algorithm: str | None
    note: Note


@dataclass(frozen=True)
class Part:
    """One part that has arrived."""

    number: int
    path: Path
    size: int
    md5: str
    checksums: dict[str, str]

    @property
    def modified(self) -> datetime:
        """Return when the part arrived."""
        return datetime.fromtimestamp(int(self.path.stat().st_mtime), UTC)


class Uploads:
    """Uploads that have begun and not ended."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._folder = store.root / HIDDEN / "uploads"

    def begin(self, upload: Upload) -> str:
        """Begin an upload and return its id."""
        checksums.create([upload.algorithm] if upload.algorithm else [])
        self._store.bucket(upload.account, upload.bucket)
        name = uuid.uuid4().hex
        (self._folder / name).mkdir(parents=True)
        (self._folder / name / "upload.json").write_text(json.dumps(asdict(upload)))
        return name

    def get(self, account: str, bucket: str, key: str, upload_id: str) -> tuple[Path, Upload]:
        """Return an upload's folder and what was said, if it is the caller's and for that very key."""
        folder = self._folder / upload_id
        if UPLOAD_ID.fullmatch(upload_id) and (folder / "upload.json").is_file():
            upload = _said(folder / "upload.json")
            if (upload.account, upload.bucket, upload.key) == (account, bucket, key):
                return folder, upload
        raise Fault("NoSuchUpload", "The specified upload does not exist; it may have been completed or aborted.")

    def begun(self, account: str, bucket: str) -> list[tuple[str, Upload, datetime]]:
        """Return id, what was said and when, of each upload into a bucket, by key."""
        own: list[tuple[str, Upload, datetime]] = []
        for note in self._folder.glob("*/upload.json"):
            with suppress(OSError, ValueError):  # ended meanwhile, or hardly begun when the server ended
                upload, since = _said(note), datetime.fromtimestamp(int(note.stat().st_mtime), UTC)
                if (upload.account, upload.bucket) == (account, bucket):
                    own.append((note.parent.name, upload, since))
        return sorted(own, key=lambda one: (one[1].key.encode(), one[0]))

    def add(self, folder: Path, number: int, staged: Staged) -> Part:
        """Keep a part; one with the same number is replaced."""
        path = folder / f"part-{number:05d}"
        note = {"size": staged.size, "md5": staged.md5, "checksums": staged.checksums}
        try:
            staged.path.replace(path)
            path.with_suffix(".json").write_text(json.dumps(note))
        except FileNotFoundError:
            staged.path.unlink(missing_ok=True)
            raise Fault("NoSuchUpload", "The upload was completed or aborted while this part arrived.") from None
        return Part(number, path, staged.size, staged.md5, staged.checksums)

    def parts(self, folder: Path) -> dict[int, Part]:
        """Return the parts that have arrived by their numbers, in order."""
        notes = sorted(folder.glob("part-*.json"))
        return {p.number: p for p in (_part(n) for n in notes)}

    def complete(self, folder: Path, upload: Upload, listed: Sequence[Mapping[str, object]]) -> Object:
        """Put the listed parts together into an object and forget the upload."""
        parts = _chosen(self.parts(folder), listed)
        whole = self._joined(parts, folder)
        tags = b"".join(bytes.fromhex(p.md5) for p in parts)
        etag = f"{hashlib.md5(tags, usedforsecurity=False).hexdigest()}-{len(parts)}"
        sums = _composite(upload.algorithm, parts)
        kind = "COMPOSITE" if any("-" in v for v in sums.values()) else "FULL_OBJECT"
        note = replace(upload.note, etag=etag, checksums=sums, checksum_type=kind)
        made = self._store.put(upload.account, upload.bucket, upload.key, whole, note)
        self.abort(folder)
        return made

    def _joined(self, parts: Sequence[Part], folder: Path) -> Staged:
        path = folder / "whole"
        with path.open("wb") as whole:
            for part in parts:
                with part.path.open("rb") as piece:
                    shutil.copyfileobj(piece, whole, 1 << 20)
        return Staged(path, sum(p.size for p in parts), "", {})

    def abort(self, folder: Path) -> None:
        """Forget an upload and its parts."""
        shutil.rmtree(folder, ignore_errors=True)


def _said(note: Path) -> Upload:
    said = json.loads(note.read_text())
    return Upload(**(said | {"note": Note(**said["note"])}))


def _part(note: Path) -> Part:
    said = json.loads(note.read_text())
    return Part(int(note.stem.removeprefix("part-")), note.with_suffix(""), **said)


def _chosen(arrived: Mapping[int, Part], listed: Sequence[Mapping[str, object]]) -> list[Part]:
    """Return the listed parts, or refuse a list that does not match what arrived."""
    numbers = [int(str(p.get("PartNumber", 0))) for p in listed]
    if not numbers or numbers != sorted(set(numbers)):
        raise Fault("InvalidPartOrder", "The list of parts was not in ascending order.")
    chosen: list[Part] = []
    for number, said in zip(numbers, listed, strict=True):
        part = arrived.get(number)
        if part is None or str(said.get("ETag", "")).strip('"') != part.md5 or not _sums_match(part, said):
            raise Fault("InvalidPart", f"Part {number} could not be found, or is not the one that was uploaded.")
        chosen.append(part)
    if any(p.size < SMALLEST_PART for p in chosen[:-1]):
        raise Fault("EntityTooSmall", f"Every part but the last must have at least {SMALLEST_PART} bytes.")
    return chosen


def _sums_match(part: Part, said: Mapping[str, object]) -> bool:
    given = {k.removeprefix("Checksum"): v for k, v in said.items() if k.startswith("Checksum")}
    return all(part.checksums.get(k) == v for k, v in given.items() if k in part.checksums)


def _composite(algorithm: str | None, parts: Iterable[Part]) -> dict[str, str]:
    known = list(parts)
    if algorithm is None or any(algorithm not in p.checksums for p in known):
        return {}
    if algorithm == "CRC64NVME":
        return {algorithm: checksums.combined_crc64((p.checksums[algorithm], p.size) for p in known)}
    return {algorithm: checksums.composite(algorithm, [p.checksums[algorithm] for p in known])}
