"""Reads what videos say about themselves: dates, places and cameras in MP4, MOV, Matroska, AVI and AVCHD."""

import re
import struct
from dataclasses import dataclass, field
from datetime import datetime
from typing import BinaryIO

from albumen.media import boxes
from albumen.media.boxes import Box
from albumen.media.dates import Moment, parse, seconds_since
from albumen.media.exif import decoded_text
from albumen.media.formats import Format

_1904 = datetime(1904, 1, 1)
_2001 = datetime(2001, 1, 1)
_PLACE = re.compile(r"([+-]\d+(?:\.\d+)?)([+-]\d+(?:\.\d+)?)([+-]\d+(?:\.\d+)?)?")
_HEAD = 1 << 20


@dataclass(frozen=True)
class Movie:
    """What a video's container says."""

    container: Format | None = None
    created_utc: datetime | None = None
    local: Moment | None = None
    """The date that the camera wrote in its own time."""
    place: tuple[float, float, float | None] | None = None
    """Latitude, longitude, altitude."""
    texts: dict[str, str] = field(default_factory=dict[str, str])
    """By Apple's names without `com.apple.quicktime.`: make, model, title, content.identifier ..."""
    xmp: bytes | None = None
    duration_ms: int | None = None


def read_movie(file: BinaryIO, format: Format) -> Movie:
    """Read a video's own statements; what is damaged is left out."""
    try:
        match format:
            case Format.MP4 | Format.MOV:
                return _quicktime(file)
            case Format.MATROSKA | Format.WEBM:
                return _matroska(file)
            case Format.AVI:
                return _avi(file)
            case Format.MPEG_TS:
                return _avchd(file)
            case _:
                return Movie()
    except (struct.error, ValueError, IndexError, OSError, OverflowError):
        return Movie()


def _quicktime(file: BinaryIO) -> Movie:
    top = {box.kind: box for box in boxes.walk(file, 0, boxes.end_of(file))}
    uuid = top.get(b"uuid")
    xmp = uuid.read(file)[16:] if uuid is not None and uuid.read(file, 16) == boxes.XMP_UUID else None
    moov = top.get(b"moov")
    if moov is None:
        return Movie(xmp=xmp)
    header = boxes.find(file, moov, b"mvhd")
    created, duration = _header(header.read(file, 64)) if header is not None else (None, None)
    texts = _user_data(file, moov) | _keyed(file, moov)
    inner = boxes.find(file, moov, b"udta", b"XMP_")
    return Movie(
        created_utc=created,
        container=Format.MP4,
        local=parse(texts.get("creationdate") or texts.get("day")),
        place=_place(texts.get("location.ISO6709") or texts.get("xyz")),
        texts=texts,
        xmp=xmp or (inner.read(file) if inner is not None else None),
        duration_ms=duration,
    )


def _header(raw: bytes) -> tuple[datetime | None, int | None]:
    """Return the creation date and the duration of an `mvhd` box."""
    created, _, scale, length = struct.unpack_from(">QQIQ" if raw[0] == 1 else ">IIII", raw, 4)
    date = seconds_since(_1904, created) if created else None
    return date, round(1000 * length / scale) if scale and length < 1 << 40 else None


def _user_data(file: BinaryIO, moov: Box) -> dict[str, str]:
    """Read `udta`: QuickTime's texts with a length and a language, and the 3GPP place."""
    udta = boxes.find(file, moov, b"udta")
    found: dict[str, str] = {}
    if udta is None:
        return found
    names = {b"\xa9xyz": "xyz", b"\xa9day": "day", b"\xa9mak": "make", b"\xa9mod": "model", b"\xa9nam": "title"}
    for box in boxes.walk(file, udta.start, udta.end):
        if box.kind in names:
            raw = box.read(file, 4096)
            value = decoded_text(raw[4 : 4 + int.from_bytes(raw[:2], "big")])
            found |= {names[box.kind]: value} if value else {}
        elif box.kind == b"loci":
            found.setdefault("xyz", _loci(box.read(file, 1024)))
    return found | _itunes(file, udta)


def _loci(raw: bytes) -> str:
    """Turn a 3GPP place into ISO 6709."""
    after_name = raw.index(b"\0", 6) + 2
    lon, lat, alt = (value / 65536 for value in struct.unpack_from(">iii", raw, after_name))
    return f"{lat:+.5f}{lon:+.5f}{alt:+.1f}"


def _itunes(file: BinaryIO, udta: Box) -> dict[str, str]:
    """Read the tags that iTunes and FFmpeg write."""
    meta = boxes.find(file, udta, b"meta")
    items = boxes.find(file, Box(b"", meta.start + 4, meta.end), b"ilst") if meta is not None else None
    names = {b"\xa9nam": "title", b"\xa9day": "day", b"\xa9mak": "make", b"\xa9mod": "model", b"desc": "description"}
    found: dict[str, str] = {}
    for box in boxes.walk(file, items.start, items.end) if items is not None else ():
        data = boxes.find(file, box, b"data") if box.kind in names else None
        value = decoded_text(data.read(file, 4096)[8:]) if data is not None else None
        found |= {names[box.kind]: value} if value else {}
    return found


def _keyed(file: BinaryIO, moov: Box) -> dict[str, str]:
    """Read Apple's metadata: a list of names (`keys`) and of values by their number (`ilst`)."""
    keys, items = boxes.find(file, moov, b"meta", b"keys"), boxes.find(file, moov, b"meta", b"ilst")
    if keys is None or items is None:
        return {}
    names = [box.read(file, 200).decode("utf-8", "replace") for box in boxes.walk(file, keys.start + 8, keys.end)]
    found: dict[str, str] = {}
    for box in boxes.walk(file, items.start, items.end):
        number = int.from_bytes(box.kind, "big")
        data = boxes.find(file, box, b"data")
        if data is None or not 1 <= number <= len(names):
            continue
        raw = data.read(file, 4096)
        value = decoded_text(raw[8:]) if raw[3:4] == b"\1" else str(int.from_bytes(raw[8:16], "big", signed=True))
        found |= {names[number - 1].removeprefix("com.apple.quicktime."): value} if value else {}
    return found


def _place(text: str | None) -> tuple[float, float, float | None] | None:
    """Read ISO 6709 in decimal degrees, `+32.0929+034.8620+021.4/`."""
    match = _PLACE.match(text) if text else None
    if match is None:
        return None
    return float(match[1]), float(match[2]), float(match[3]) if match[3] else None


def _matroska(file: BinaryIO) -> Movie:
    """Find the segment's DateUTC: nanoseconds since 2001."""
    file.seek(0)
    head = file.read(_HEAD)
    at = head.find(b"\x44\x61\x88")
    if at < 0:
        return Movie()
    (nanoseconds,) = struct.unpack_from(">q", head, at + 3)
    return Movie(created_utc=seconds_since(_2001, nanoseconds / 1e9))


def _avi(file: BinaryIO) -> Movie:
    """Find the date chunks in the lists around the frames: `IDIT` of the header, `ICRD` of the information."""
    start, xmp, local = 12, None, None
    for _ in range(64):
        file.seek(start)
        head = file.read(12)
        if len(head) < 12:
            break
        size = int.from_bytes(head[4:8], "little")
        if head[:4] == b"LIST" and head[8:] != b"movi":
            local = local or _avi_dates(file.read(min(size, _HEAD)))
        elif head[:4] == b"_PMX":
            xmp = head[8:] + file.read(min(size, _HEAD) - 4)
        start += 8 + size + size % 2
    return Movie(local=local, xmp=xmp)


def _avi_dates(part: bytes) -> Moment | None:
    for kind in (b"IDIT", b"ICRD"):
        at = part.find(kind)
        if at >= 0:
            size = int.from_bytes(part[at + 4 : at + 8], "little")
            return _avi_date(decoded_text(part[at + 8 : at + 8 + min(size, 64)].rstrip(b"\0 \n")))
    return None


def _avi_date(text: str | None) -> Moment | None:
    """Read `MON JUN 23 21:32:35 2008` or an ordinary date."""
    found = parse(text)
    if found is not None or not text:
        return found
    for form in ("%a %b %d %H:%M:%S %Y", "%b %d %H:%M:%S %Y"):
        try:
            return Moment(datetime.strptime(text.strip(), form))
        except ValueError:
            continue
    return None


def _avchd(file: BinaryIO) -> Movie:
    """Find the camera's date in the first picture's supplement (MDPM), as camcorders write it."""
    file.seek(0)
    head = file.read(_HEAD)
    at = head.find(b"MDPM")
    note = head[at + 5 : at + 200].replace(b"\0\0\3", b"\0\0")  # H.264 puts a 3 behind two zeros
    fields = {note[i]: note[i + 1 : i + 5] for i in range(0, 5 * 20, 5) if i + 5 <= len(note)} if at >= 0 else {}
    if 0x18 not in fields or 0x19 not in fields:
        return Movie()
    zone, *day = fields[0x18]
    local = parse("{:02x}{:02x}:{:02x}:{:02x} {:02x}:{:02x}:{:02x}".format(*day, *fields[0x19]))
    if local is None:
        return Movie()
    minutes = (zone >> 1 & 15) * 60 + (zone & 1) * 30
    offset = None if zone & 0x80 else -minutes if zone & 0x20 else minutes
    return Movie(local=Moment(local.local, offset))
