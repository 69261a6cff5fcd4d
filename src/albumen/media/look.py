"""Looks at one file: reads its bytes once and gives back all that an import needs to know."""

import contextlib
import hashlib
import io
import os
import stat
from collections.abc import Generator
from dataclasses import dataclass
from typing import BinaryIO

from albumen.core.arrays import Image
from albumen.core.errors import TooLarge, Unreachable, Unreadable, Unsupported
from albumen.media import metadata, pages, tiff, video
from albumen.media.canvas import CANVAS
from albumen.media.formats import HEAD, Format, Kind, sniff
from albumen.media.hashes import perceptual_hash
from albumen.media.image import Thumbnails, decode, thumbnails
from albumen.media.leaf import Leaf
from albumen.media.metadata import Metadata
from albumen.media.video import Frame, Shot, VideoInfo

MOST_BYTES = 1_000_000_000
"""A still picture larger than this is refused; a video may have any size."""
CHUNK = 1 << 20

StrPath = str | bytes | os.PathLike[str]


@dataclass(frozen=True)
class Look:
    """What one file is and shows."""

    digest: str
    """SHA-256 of all its bytes, in hex."""
    bytes: int
    format: Format
    metadata: Metadata
    width: int
    """Of the full picture, upright."""
    height: int
    canvas: Image  # (h, w, 3) sRGB, long side at most 1,440; a video's poster
    thumbnails: Thumbnails
    phash: int
    """64-bit perceptual hash, never negative."""
    pages: int = 1
    """How many pages a document has; the canvas shows the first."""
    video: VideoInfo | None = None
    shots: tuple[Shot, ...] = ()
    frames: tuple[Frame, ...] = ()

    @property
    def kind(self) -> Kind:
        """Return whether this is a still picture, a video or a document; a picture of several pages is one too."""
        return Kind.DOCUMENT if self.pages > 1 else self.format.kind


@dataclass(frozen=True)
class Glance:
    """What one file is and says of itself, without what it shows."""

    digest: str
    """SHA-256 of all its bytes, in hex."""
    bytes: int
    format: Format
    metadata: Metadata


def look(path: StrPath) -> Look:
    """Read a file and return what it is and shows; raise a `MediaError` that says in a sentence what is wrong."""
    try:
        with open(path, "rb") as file:
            size = _regular_size(file)
            format = _format(file.read(HEAD))
            file.seek(0)
            match format.kind:
                case Kind.VIDEO:
                    return _video(file, size, format)
                case Kind.DOCUMENT:
                    return _document(file, size, format)
                case Kind.IMAGE:
                    return _image(file, size, format)
    except OSError as error:
        raise _refused(error) from error


def glance(path: StrPath) -> Glance:
    """Read what a file says of itself, which is much cheaper than a look at what it shows."""
    try:
        with open(path, "rb") as file:
            size = _regular_size(file)
            format = _format(file.read(HEAD))
            file.seek(0)
            digest = _digest(file)
            file.seek(0)
            return Glance(digest, size, format, metadata.read(file, format))
    except OSError as error:
        raise _refused(error) from error


def page(path: StrPath, number: int) -> Leaf:
    """Read one page, counted from 1, of a document or a picture, large enough for its text to be read."""
    with _opened(path) as (file, format):
        return pages.leaf(file, format, number)


def count(path: StrPath) -> int:
    """Return how many pages a document or a picture has."""
    with _opened(path) as (file, format):
        return pages.count(file, format)


@contextlib.contextmanager
def _opened(path: StrPath) -> Generator[tuple[BinaryIO, Format]]:
    try:
        with open(path, "rb") as file:
            _regular_size(file)
            format = _format(file.read(HEAD))
            file.seek(0)
            yield file, format
    except OSError as error:
        raise _refused(error) from error


def _refused(error: OSError) -> Unreadable:
    """Tell what the system says of a file from what a decoder says of its bytes, which bears no number."""
    kind = Unreachable if error.errno else Unreadable
    return kind(f"The file cannot be read: {error.strerror or error}.")


def _regular_size(file: BinaryIO) -> int:
    status = os.fstat(file.fileno())
    if not stat.S_ISREG(status.st_mode):
        raise Unsupported("This is not a file but a device, a pipe or a socket.")
    if status.st_size == 0:
        raise Unreadable("The file is empty.")
    return status.st_size


def _format(head: bytes) -> Format:
    format = sniff(head)
    if format is None:
        raise Unsupported("The bytes are no picture or video that we know, whatever the file's name says.")
    return format


def _image(file: BinaryIO, size: int, format: Format) -> Look:
    if size > MOST_BYTES:
        raise TooLarge(f"The picture's file has {size / 1e9:.1f} GB and at most {MOST_BYTES / 1e9:.0f} GB are opened.")
    data = file.read()
    told = metadata.read(io.BytesIO(data), format)
    decoded = decode(data, format, orientation=told.orientation)
    return Look(
        digest=hashlib.sha256(data).hexdigest(),
        bytes=len(data),
        format=format,
        metadata=told,
        width=decoded.width,
        height=decoded.height,
        canvas=decoded.canvas,
        thumbnails=thumbnails(decoded.canvas),
        phash=perceptual_hash(decoded.canvas),
        pages=len(tiff.pages(data)) if format is Format.TIFF else 1,
    )


def _document(file: BinaryIO, size: int, format: Format) -> Look:
    from albumen.media.pdf import open_pdf

    digest = _digest(file)
    file.seek(0)
    with open_pdf(file) as pdf:
        width, height = pdf.size(1)
        canvas = pdf.picture(1, long_side=CANVAS)
        return Look(
            digest=digest,
            bytes=size,
            format=format,
            metadata=pdf.metadata(),
            width=width,
            height=height,
            canvas=canvas,
            thumbnails=thumbnails(canvas),
            phash=perceptual_hash(canvas),
            pages=pdf.count,
        )


def _video(file: BinaryIO, size: int, format: Format) -> Look:
    digest = _digest(file)
    told = metadata.read(file, format)
    file.seek(0)
    film = video.look_through(file, format)
    return Look(
        digest=digest,
        bytes=size,
        format=format,
        metadata=metadata.with_duration(told, film.info.duration_ms),
        width=film.info.width,
        height=film.info.height,
        canvas=film.poster,
        thumbnails=thumbnails(film.poster),
        phash=perceptual_hash(film.poster),
        video=film.info,
        shots=film.shots,
        frames=film.frames,
    )


def _digest(file: BinaryIO) -> str:
    digest = hashlib.sha256()
    while chunk := file.read(CHUNK):
        digest.update(chunk)
    return digest.hexdigest()
