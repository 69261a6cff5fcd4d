"""Finds the blocks of metadata (EXIF, XMP, IPTC) inside the containers of still pictures."""

import io
import struct
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO

from albumen.media import boxes
from albumen.media.exif import Exif, Tags, read_tiff, text
from albumen.media.formats import Format

MOST_TEXT = 8_000_000
"""Bytes to which a compressed text may unfold."""


@dataclass(frozen=True)
class Blocks:
    """What was found, still as bytes but for the EXIF tags."""

    exif: Exif = field(default_factory=Exif)
    xmp: bytes | None = None
    iptc: bytes | None = None
    comments: tuple[tuple[str, str], ...] = ()
    """PNG's plain texts: keyword and text."""


def find(file: BinaryIO, format: Format) -> Blocks:
    """Return the metadata blocks of a still picture; what is damaged is left out."""
    try:
        return READERS[format](file) if format in READERS else Blocks()
    except (struct.error, ValueError, IndexError, OSError, zlib.error, OverflowError):
        return Blocks()


def exif_of(block: bytes) -> Exif:
    """Read an EXIF block with or without its `Exif` heading."""
    return read_tiff(io.BytesIO(block.removeprefix(b"Exif\0\0")))


def _jpeg(file: BinaryIO, start: int = 0) -> Blocks:
    exif, xmp, iptc = Exif(), None, None
    for marker, part in _segments(file, start):
        if marker == 0xE1 and part.startswith(b"Exif\0") and not exif.image:
            exif = read_tiff(io.BytesIO(part[6:]))
        elif marker == 0xE1 and part.startswith(b"http://ns.adobe.com/xap/1.0/\0"):
            xmp = xmp or part[29:]
        elif marker == 0xED and part.startswith(b"Photoshop 3.0\0"):
            iptc = iptc or dict(_resources(part[14:])).get(1028)
    return Blocks(exif, xmp, iptc)


def _segments(file: BinaryIO, start: int) -> Iterator[tuple[int, bytes]]:
    """Yield the segments of a JPEG up to its pixels; the file is left where the next one begins."""
    at = start + 2
    for _ in range(4000):
        file.seek(at)
        head = file.read(4)
        if len(head) < 4 or head[0] != 0xFF or head[1] in (0xDA, 0xD9):
            return
        if head[1] == 0xFF:
            at += 1
            continue
        size = int.from_bytes(head[2:], "big")
        if 0xE0 <= head[1] <= 0xEF:
            yield head[1], file.read(size - 2)
        at += 2 + size


def _resources(raw: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield Photoshop's image resources: number and content."""
    at = 0
    while raw[at : at + 4] == b"8BIM":
        number = int.from_bytes(raw[at + 4 : at + 6], "big")
        name = raw[at + 6] + 1
        at += 6 + name + name % 2
        size = int.from_bytes(raw[at : at + 4], "big")
        yield number, raw[at + 4 : at + 4 + size]
        at += 4 + size + size % 2


def _png(file: BinaryIO) -> Blocks:
    exif, xmp, iptc = Exif(), None, None
    comments: list[tuple[str, str]] = []
    for kind, part in _chunks(file, 8, big=True):
        if kind == b"eXIf":
            exif = exif_of(part)
        elif kind in (b"iTXt", b"tEXt", b"zTXt"):
            keyword, value = _png_text(kind, part)
            if keyword == b"XML:com.adobe.xmp":
                xmp = value
            elif keyword.startswith(b"Raw profile type "):
                profile = _profile(value)
                name = keyword.removeprefix(b"Raw profile type ").lower()
                exif = exif_of(profile) if name in (b"exif", b"app1") and not exif.image else exif
                xmp = profile if name == b"xmp" and xmp is None else xmp
                iptc = dict(_resources(profile)).get(1028, profile) if name == b"iptc" else iptc
            else:
                comments.append((keyword.decode("latin-1"), value.decode("utf-8", errors="replace")))
    return Blocks(exif, xmp, iptc, tuple(comments))


def _chunks(file: BinaryIO, start: int, *, big: bool) -> Iterator[tuple[bytes, bytes]]:
    """Yield PNG (`big`) or RIFF chunks that may hold metadata."""
    wanted = (b"eXIf", b"iTXt", b"tEXt", b"zTXt", b"EXIF", b"XMP ")
    for _ in range(100_000):
        file.seek(start)
        head = file.read(8)
        if len(head) < 8:
            return
        size = int.from_bytes(head[:4] if big else head[4:], "big" if big else "little")
        kind = head[4:] if big else head[:4]
        if kind in wanted and size <= MOST_TEXT:
            yield kind, file.read(size)
        start += 8 + size + (4 if big else size % 2)


def _png_text(kind: bytes, part: bytes) -> tuple[bytes, bytes]:
    keyword, _, rest = part.partition(b"\0")
    if kind == b"tEXt":
        return keyword, rest
    if kind == b"zTXt":
        return keyword, _inflated(rest[1:])
    compressed, rest = rest[:1] == b"\1", rest[2:]
    value = rest.split(b"\0", 2)[-1]
    return keyword, _inflated(value) if compressed else value


def _inflated(raw: bytes) -> bytes:
    return zlib.decompressobj().decompress(raw, MOST_TEXT)


def _profile(value: bytes) -> bytes:
    """Decode ImageMagick's way to put a profile into text: a name, a length, and hex digits."""
    _, _, digits = value.strip().partition(b"\n")[2].partition(b"\n")
    return bytes.fromhex(digits.decode("ascii", errors="ignore"))


def _webp(file: BinaryIO) -> Blocks:
    found = dict(_chunks(file, 12, big=False))
    return Blocks(exif_of(found.get(b"EXIF", b"")), found.get(b"XMP "))


def _heif(file: BinaryIO) -> Blocks:
    found = boxes.items(file)
    block = found.get(b"Exif", b"")
    skip = 4 + int.from_bytes(block[:4], "big")
    exif = exif_of(block[skip:])
    return Blocks(exif if exif.image else exif_of(block[4:]), found.get(b"mime"))


def _jxl(file: BinaryIO) -> Blocks:
    """Read a JPEG XL container's boxes, which may be compressed; a naked codestream has none."""
    exif, xmp = Exif(), None
    for box in boxes.walk(file, 0, boxes.end_of(file)):
        if box.kind not in (b"Exif", b"xml ", b"brob"):
            continue
        kind, part = box.kind, box.read(file, MOST_TEXT)
        if kind == b"brob":
            kind, part = part[:4], _unbrotlied(part[4:])
        if kind == b"Exif" and not exif.image:
            exif = exif_of(part[4:])
        elif kind == b"xml ":
            xmp = xmp or part
    return Blocks(exif, xmp)


def _unbrotlied(part: bytes) -> bytes:
    """Undo Brotli, up to a limit."""
    from imagecodecs import brotli_decode

    try:
        return bytes(brotli_decode(part, out=MOST_TEXT))
    except RuntimeError as error:
        raise ValueError("not Brotli") from error


def _tiff(file: BinaryIO) -> Blocks:
    exif = read_tiff(file)
    xmp, iptc = exif.image.get(700), exif.image.get(33723)
    return Blocks(exif, _bytes(xmp), _bytes(iptc))


def _bytes(value: object) -> bytes | None:
    return value if isinstance(value, bytes) else None


def _raw(file: BinaryIO) -> Blocks:
    file.seek(0)
    head = file.read(92)
    if head.startswith(b"FUJIFILM"):
        return _jpeg(file, int.from_bytes(head[84:88], "big"))
    if head[4:8] == b"ftyp":
        return _cr3(file)
    return _tiff(file)


def _cr3(file: BinaryIO) -> Blocks:
    """Read Canon's CR3: three TIFF structures, a directory each, in a box of its own."""
    moov = boxes.find(file, boxes.whole_file(file), b"moov")
    if moov is None:
        return Blocks()
    for box in boxes.walk(file, moov.start, moov.end):
        if box.kind == b"uuid" and box.read(file, 16) == boxes.CANON_UUID:
            inner = boxes.Box(b"", box.start + 16, box.end)
            parts = {part.kind: part.start for part in boxes.walk(file, inner.start, inner.end)}
            return Blocks(Exif(*(_directory(file, parts.get(kind)) for kind in (b"CMT1", b"CMT2", b"CMT4"))))
    return Blocks()


def _directory(file: BinaryIO, start: int | None) -> Tags:
    return {} if start is None else read_tiff(file, start).image


def _psd(file: BinaryIO) -> Blocks:
    file.seek(26)
    file.seek(int.from_bytes(file.read(4), "big"), 1)
    found = dict(_resources(file.read(min(int.from_bytes(file.read(4), "big"), MOST_TEXT))))
    return Blocks(exif_of(found.get(1058, b"")), found.get(1060), found.get(1028))


def _gif(file: BinaryIO) -> Blocks:
    file.seek(0)
    data = file.read(MOST_TEXT)
    start = data.find(b"XMP DataXMP")
    end = data.find(b"<?xpacket end", start)
    return Blocks(xmp=data[start + 11 : end] if 0 <= start < end else None)


def apple_content_id(note: bytes) -> str | None:
    """Return tag 17 of Apple's maker note, a TIFF directory without a header behind 14 bytes."""
    header = struct.pack(">2sHI", b"MM", 42, 14)
    return text(read_tiff(io.BytesIO(header + note[8:])).image, 17)


READERS: Mapping[Format, Callable[[BinaryIO], Blocks]] = {
    Format.JPEG: _jpeg,
    Format.PNG: _png,
    Format.WEBP: _webp,
    Format.HEIF: _heif,
    Format.AVIF: _heif,
    Format.JXL: _jxl,
    Format.TIFF: _tiff,
    Format.RAW: _raw,
    Format.PSD: _psd,
    Format.GIF: _gif,
}
