"""From a request's Document to a file, within the limits that clients test for."""

import weakref
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypedDict

import pybase64

from albumen.aws_api.errors import Fault
from albumen.aws_api.services.rekognition.pictures import NO_OBJECT, S3Object
from albumen.documents.pages import Sheet, open_sheets
from albumen.media.formats import HEAD, Format, sniff
from albumen.media.sandbox import Sandbox

MIB = 1024 * 1024
_PDF = b"%PDF-"
_MEMORY_MB, _SECONDS = 2000, 60.0
"""What opening a document or drawing one page may take."""
PICTURES = frozenset({Format.JPEG, Format.PNG})
UNSUPPORTED = "Request has unsupported document format"


class DocumentRef(TypedDict, total=False):
    """A document in a request."""

    Bytes: bytes
    S3Object: S3Object


class Location(TypedDict, total=False):
    """A stored document in a request."""

    S3Object: S3Object


class Objects(Protocol):
    """Where stored documents are."""

    def path(self, account: str, bucket: str, key: str, /) -> Path:
        """Return an object's file; refuse one that is not there."""
        ...


@dataclass(frozen=True)
class Limits:
    """How large documents may be in bytes; the defaults are AWS's own."""

    at_once: int = 10 * MIB
    """Answered at once, and every JPEG and PNG."""
    stored: int = 500 * MIB


class Papers:
    """Finds the documents that requests name."""

    def __init__(
        self, objects: Objects | None = None, limits: Limits | None = None, *, sandbox: Sandbox | None = None
    ) -> None:
        self._objects, self._limits = objects, limits or Limits()
        self._sandbox = sandbox or Sandbox(workers=2, memory_mb=_MEMORY_MB, seconds=_SECONDS)
        if sandbox is None:
            weakref.finalize(self, self._sandbox.close)

    def sheets(self, source: bytes | Path) -> Iterator[Sheet]:
        """Yield the pages of a document, which is opened in a child process."""
        yield from open_sheets(source, sandbox=self._sandbox)

    def sheet(self, account: str, ref: DocumentRef) -> Sheet:
        """Return the one page of a document that is answered at once."""
        sheets = self.sheets(self._data(account, ref))
        found = next(sheets)
        if next(sheets, None) is not None:
            sentence = f"{UNSUPPORTED}: it has more than one page; begin a job for it."
            raise Fault("UnsupportedDocumentException", sentence)
        return found

    def _data(self, account: str, ref: DocumentRef) -> bytes:
        if len(ref) != 1:
            raise Fault("InvalidParameterException", "Request has invalid parameters: give either Bytes or S3Object.")
        data = ref.get("Bytes")
        if data is None:
            path = self._path(account, ref.get("S3Object", {}))
            _small(path.stat().st_size, self._limits.at_once)
            data = path.read_bytes()
        _small(len(data), self._limits.at_once)
        return _known(data)

    def stored(self, account: str, where: S3Object) -> Path:
        """Return the file of a stored document, or refuse what a job on it could not read."""
        path = self._path(account, where)
        size = path.stat().st_size
        _small(size, self._limits.stored)
        with path.open("rb") as file:
            head = file.read(HEAD)
        if size and _format(head) in PICTURES:
            _small(size, self._limits.at_once)
        return path

    def _path(self, account: str, where: S3Object) -> Path:
        bucket, key = where.get("Bucket"), where.get("Name")
        if self._objects is None or not bucket or not key or "Version" in where:
            raise Fault("InvalidS3ObjectException", NO_OBJECT)
        try:
            return self._objects.path(account, bucket, key)
        except Fault:
            raise Fault("InvalidS3ObjectException", NO_OBJECT) from None


def _small(size: int, most: int) -> None:
    if size > most:
        raise Fault("DocumentTooLargeException", f"The document has {size} bytes, more than {most}.")


def _known(data: bytes) -> bytes:
    """Return the bytes of a format that is read; version 1 of the aws CLI encodes them once too often."""
    try:
        _format(data)
    except Fault:
        try:
            twice = pybase64.b64decode(data, validate=True)
        except ValueError:
            twice = b""
        if not twice:
            raise
        _format(twice)
        return twice
    return data


def _format(data: bytes) -> Format | None:
    """Return what a picture is, None for a PDF; refuse anything but PNG, JPEG, TIFF and PDF."""
    if _PDF in data[:1024]:
        return None
    found = sniff(data[:HEAD])
    if found is None or found not in PICTURES | {Format.TIFF}:
        raise Fault("UnsupportedDocumentException", f"{UNSUPPORTED}: it is no PNG, JPEG, PDF or TIFF.")
    return found
