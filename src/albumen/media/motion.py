"""Finds the clip inside a motion photo: Google's (two forms) and Samsung's (JPEG trailer, HEIC box)."""

from typing import BinaryIO

from albumen.media import boxes
from albumen.media.formats import Format
from albumen.media.record import EmbeddedVideo
from albumen.media.xmp import RDF, Xmp, qualified

_TRAILER = b"MotionPhoto_Data"
_TAIL = 32 << 20


def embedded_video(file: BinaryIO, format: Format, xmp: Xmp) -> EmbeddedVideo | None:
    """Return where the clip of a motion photo lies, or `None`; only what is an MP4 there counts."""
    if format not in (Format.JPEG, Format.HEIF, Format.AVIF):
        return None
    size = boxes.end_of(file)
    stamp = xmp.number("camera:MotionPhotoPresentationTimestampUs") or xmp.number(
        "camera:MicroVideoPresentationTimestampUs"
    )
    still_ms = round(stamp / 1000) if stamp is not None and stamp >= 0 else None
    for length in (_google(xmp), _samsung(file, size, format)):
        if length and 0 < length < size and _is_mp4(file, size - length):
            return EmbeddedVideo(size - length, length, still_ms)
    return _boxed(file, format, still_ms)


def _google(xmp: Xmp) -> int | None:
    """Return the clip's length by the container's directory, else by MicroVideo's offset from the end."""
    directory = xmp.first("container:Directory")
    if directory is not None:
        entries = [_attributes(item) for item in directory.iter(RDF + "li")]
        for at, entry in enumerate(entries):
            if entry.get("Semantic") == "MotionPhoto":
                behind = entries[at:]
                return sum(_length(e.get("Length")) + _length(e.get("Padding")) * (e is not entry) for e in behind)
    offset = xmp.number("camera:MicroVideoOffset")
    return int(offset) if offset else None


def _attributes(item: object) -> dict[str, str]:
    from xml.etree.ElementTree import Element

    prefix = qualified("item:")
    found: dict[str, str] = {}
    if isinstance(item, Element):
        for element in item.iter():
            found |= {
                key.removeprefix(prefix): value for key, value in element.attrib.items() if key.startswith(prefix)
            }
            if element.tag.startswith(prefix):
                found[element.tag.removeprefix(prefix)] = element.text or ""
    return found


def _length(text: str | None) -> int:
    return int(text) if text and text.strip().isdecimal() else 0


def _samsung(file: BinaryIO, size: int, format: Format) -> int | None:
    """Return the clip's length by Samsung's marker behind a JPEG."""
    if format is not Format.JPEG:
        return None
    start = max(0, size - _TAIL)
    file.seek(size - min(size, 64))
    if b"SEFT" not in file.read(64):
        return None
    file.seek(start)
    at = file.read(_TAIL).rfind(_TRAILER)
    return size - (start + at + len(_TRAILER)) if at >= 0 else None


def _is_mp4(file: BinaryIO, offset: int) -> bool:
    file.seek(offset + 4)
    return file.read(4) == b"ftyp"


def _boxed(file: BinaryIO, format: Format, still_ms: int | None) -> EmbeddedVideo | None:
    """Find Samsung's `mpvd` box of a HEIC."""
    if format is Format.JPEG:
        return None
    for box in boxes.walk(file, 0, boxes.end_of(file)):
        if box.kind == b"mpvd" and _is_mp4(file, box.start):
            return EmbeddedVideo(box.start, box.end - box.start, still_ms)
    return None
