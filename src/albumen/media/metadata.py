"""Reads everything that a file says about itself and weighs it: which date to believe, which place is real."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import BinaryIO, NamedTuple

from albumen.core.errors import Unreadable
from albumen.media import blocks, xmp
from albumen.media.dates import (
    Moment,
    Zone,
    doubt,
    from_gps,
    localised,
    offset_at,
    offset_from_gps_time,
    parse,
    parse_offset,
)
from albumen.media.exif import Exif, Tags, number, positive, text, unicode_comment, whole
from albumen.media.formats import Format, Kind
from albumen.media.iptc import Iptc, read_iptc
from albumen.media.motion import embedded_video
from albumen.media.movies import Movie, read_movie
from albumen.media.record import DateSource, Metadata, Region, ZoneSource
from albumen.media.xmp import Xmp
from albumen.media.zones import zone_at


class Place(NamedTuple):
    """A position in degrees, and metres above the sea."""

    lat: float
    lon: float
    altitude: float | None


class _Dated(NamedTuple):
    """One claim of when a picture was taken."""

    moment: Moment
    source: DateSource
    utc: bool = False


class _Told(NamedTuple):
    """All blocks of one file."""

    exif: Exif
    xmp: Xmp
    iptc: Iptc
    movie: Movie
    comments: tuple[tuple[str, str], ...] = ()


def read(file: BinaryIO, format: Format, *, zone: Zone = zone_at, now: datetime | None = None) -> Metadata:
    """Read the metadata of an open file; what is damaged or cannot be true is left out, never guessed."""
    if format is Format.PDF:
        from albumen.media.pdf import open_pdf

        try:
            with open_pdf(file) as pdf:
                return pdf.metadata()
        except Unreadable:
            return Metadata()
    told = _told(file, format)
    place = _place(told)
    doubts: list[str] = []
    found = _words(_camera(Metadata(), told), told)
    found = replace(
        found,
        lat=place.lat if place else None,
        lon=place.lon if place else None,
        altitude=place.altitude if place else None,
        regions=_upright(xmp.regions(told.xmp), found.orientation or 1, told.exif),
        duration_ms=told.movie.duration_ms,
        content_id=_content_id(told),
        embedded_video=embedded_video(file, format, told.xmp),
    )
    return _dated(found, told, doubts, zone, now or datetime.now(UTC).replace(tzinfo=None))


def with_duration(metadata: Metadata, duration_ms: int) -> Metadata:
    """Return the metadata with the duration that the frames themselves show."""
    return replace(metadata, duration_ms=duration_ms)


def _told(file: BinaryIO, format: Format) -> _Told:
    if format.kind is Kind.VIDEO:
        movie = read_movie(file, format)
        return _Told(Exif(), xmp.read_xmp(movie.xmp or b""), Iptc(), movie)
    found = blocks.find(file, format)
    return _Told(found.exif, xmp.read_xmp(found.xmp or b""), read_iptc(found.iptc or b""), Movie(), found.comments)


def _camera(found: Metadata, told: _Told) -> Metadata:
    image, photo = told.exif.image, told.exif.photo
    written = None if told.movie.container else _whole(told.xmp.number("tiff:Orientation"))
    orientation = whole(image, 0x0112) or written
    iso = whole(photo, 0x8827) or whole(image, 0x8827)
    return replace(
        found,
        make=text(image, 0x010F) or told.movie.texts.get("make") or told.xmp.text("tiff:Make"),
        model=text(image, 0x0110) or told.movie.texts.get("model") or told.xmp.text("tiff:Model"),
        lens=text(photo, 0xA434) or told.xmp.text("exifEX:LensModel") or told.xmp.text("aux:Lens"),
        iso=iso if iso and 0 < iso < 65535 else None,
        exposure=positive(photo, 0x829A) or positive(image, 0x829A),
        f_number=positive(photo, 0x829D) or positive(image, 0x829D),
        focal_length=positive(photo, 0x920A) or positive(image, 0x920A),
        orientation=orientation if orientation in range(1, 9) else None,
    )


def _words(found: Metadata, told: _Told) -> Metadata:
    image = told.exif.image
    texts = told.movie.texts
    stars = _whole(told.xmp.number("xmp:Rating"))
    stars = whole(image, 0x4746) if stars is None else stars
    tagged = told.xmp.texts("dc:subject") or told.xmp.texts("lr:hierarchicalSubject") or told.iptc.keywords
    marked = tuple(region.name for region in xmp.regions(told.xmp).regions if region.name)
    described = told.xmp.text("dc:description") or told.iptc.caption or _own_words(text(image, 0x010E), found)
    return replace(
        found,
        title=told.xmp.text("dc:title") or told.iptc.title or texts.get("title"),
        caption=described or texts.get("description") or unicode_comment(told.exif.photo, 0x9286),
        keywords=tuple(dict.fromkeys(tagged)),
        rating=stars if stars is not None and -1 <= stars <= 5 else None,
        people=tuple(dict.fromkeys((*marked, *told.xmp.texts("iptcExt:PersonInImage")))),
    )


def _own_words(caption: str | None, found: Metadata) -> str | None:
    """Drop what the camera writes into every picture, such as `OLYMPUS DIGITAL CAMERA`."""
    names = f"{found.make or ''} {found.model or ''} digital camera dcim dsc".lower()
    meaningful = caption and any(word not in names for word in re.findall(r"\w+", caption.lower()))
    return caption if meaningful and "\\DCIM\\" not in f"\\{caption}" else None


def _whole(value: float | None) -> int | None:
    return None if value is None else int(value)


def _place(told: _Told) -> Place | None:
    """Return the first position that can be real."""
    described = xmp.coordinate(told.xmp.text("exif:GPSLatitude")), xmp.coordinate(told.xmp.text("exif:GPSLongitude"))
    claims = (
        (_degrees(told.exif.gps, 2, 1, "S"), _degrees(told.exif.gps, 4, 3, "W"), _altitude(told.exif.gps)),
        (*described, told.xmp.number("exif:GPSAltitude")),
        told.movie.place or (None, None, None),
    )
    return next(filter(None, (real_place(*claim) for claim in claims)), None)


def real_place(lat: float | None, lon: float | None, altitude: float | None = None) -> Place | None:
    """Return a position, or `None` if a part is missing, out of range, or it is 0,0, where no receiver had a fix."""
    if lat is None or lon is None or not (-90 <= lat <= 90 and -180 <= lon <= 180):
        return None
    if abs(lat) < 1e-4 and abs(lon) < 1e-4:
        return None
    usable = altitude is not None and -12_000 < altitude < 100_000
    return Place(lat, lon, altitude if usable else None)


def _degrees(gps: Tags, tag: int, reference: int, negative: str) -> float | None:
    """Join degrees, minutes and seconds; a missing or 0/0 second counts as none, a missing degree as no position."""
    degrees = number(gps, tag)
    if degrees is None:
        return None
    total = abs(degrees) + (number(gps, tag, 1) or 0.0) / 60 + (number(gps, tag, 2) or 0.0) / 3600
    side = (text(gps, reference) or "").upper()
    return -total if side.startswith(negative) or degrees < 0 else total


def _altitude(gps: Tags) -> float | None:
    metres = number(gps, 6)
    below = gps.get(5) in (b"\1", (1,))
    return -metres if metres is not None and below else metres


def _dated(found: Metadata, told: _Told, doubts: list[str], zone: Zone, now: datetime) -> Metadata:
    """Take the first claim of a date that can be true, and find its offset from UTC."""
    for claim in _claims(told):
        doubtful = doubt(claim.moment.local, now)
        if doubtful:
            doubts.append(doubtful)
            continue
        moment, from_where = _zoned(claim, found, told, zone)
        found = replace(
            found,
            taken=moment.local,
            offset_minutes=moment.offset_minutes,
            taken_from=claim.source,
            zone_from=from_where,
        )
        break
    return replace(found, doubts=tuple(dict.fromkeys(doubts)))


def _claims(told: _Told) -> Iterator[_Dated]:
    """Yield what the file says about its date, the most trusted first."""
    photo, texts = told.exif.photo, told.xmp.text
    claims = (
        (_exif_date(told, 0x9003, 0x9291, 0x9011), DateSource.CAMERA),
        (told.movie.local, DateSource.CAMERA),
        (parse(texts("exif:DateTimeOriginal")), DateSource.XMP),
        (parse(texts("photoshop:DateCreated")), DateSource.XMP),
        (told.iptc.created, DateSource.IPTC),
    )
    yield from (_Dated(moment, source) for moment, source in claims if moment is not None)
    if told.movie.created_utc is not None:
        yield _Dated(Moment(told.movie.created_utc, 0), DateSource.CONTAINER, utc=True)
    later = (
        (_exif_date(told, 0x9004, 0x9292, 0x9012), DateSource.DIGITIZED),
        (parse(texts("xmp:CreateDate")), DateSource.DIGITIZED),
        (_png_date(told), DateSource.DIGITIZED),
    )
    yield from (_Dated(moment, source) for moment, source in later if moment is not None)
    satellites = _gps_time(told.exif.gps)
    if satellites is not None:
        yield _Dated(Moment(satellites, 0), DateSource.GPS, utc=True)
    modified = parse(text(told.exif.image, 0x0132))
    if modified is not None:
        offset = parse_offset(text(photo, 0x9010))
        yield _Dated(Moment(modified.local, offset), DateSource.MODIFIED)


def _exif_date(told: _Told, tag: int, fraction: int, offset: int) -> Moment | None:
    photo = told.exif.photo
    moment = parse(text(photo, tag)) or parse(text(told.exif.image, tag))
    if moment is None:
        return None
    digits = text(photo, fraction) or ""
    micros = int(digits.ljust(6, "0")[:6]) if digits.isdecimal() else 0
    minutes = parse_offset(text(photo, offset))
    return Moment(moment.local.replace(microsecond=micros), moment.offset_minutes if minutes is None else minutes)


def _png_date(told: _Told) -> Moment | None:
    return next((parse(value) for keyword, value in told.comments if keyword.lower() == "creation time"), None)


def _gps_time(gps: Tags) -> datetime | None:
    return from_gps(text(gps, 29), (number(gps, 7), number(gps, 7, 1), number(gps, 7, 2)))


def _zoned(claim: _Dated, found: Metadata, told: _Told, zone: Zone) -> tuple[Moment, ZoneSource | None]:
    """Find a claim's offset: as written, by the satellites' clock, by the rules of the place, else unknown."""
    local, offset = claim.moment.local, claim.moment.offset_minutes
    name = zone(found.lat, found.lon) if found.lat is not None and found.lon is not None else ""
    if claim.utc:
        there = localised(local, name) if name else None
        return (there, ZoneSource.PLACE) if there else (claim.moment, ZoneSource.UTC)
    offset = _written_elsewhere(told, local) if offset is None else offset
    if offset is not None:
        return Moment(local, offset), ZoneSource.TAG
    satellites = _gps_time(told.exif.gps)
    offset = offset_from_gps_time(local, satellites) if satellites else None
    if offset is not None:
        return Moment(local, offset), ZoneSource.GPS_TIME
    offset = offset_at(local, name) if name else None
    return Moment(local, offset), ZoneSource.PLACE if offset is not None else None


def _written_elsewhere(told: _Told, local: datetime) -> int | None:
    """Return an offset that another tag gives for the same date: TIFF/EP's, or XMP's."""
    hours = told.exif.photo.get(0x882A) or told.exif.image.get(0x882A)
    if hours and not isinstance(hours, bytes) and abs(hours[0]) <= 14:
        return int(hours[0] * 60)
    for name in ("exif:DateTimeOriginal", "photoshop:DateCreated", "xmp:CreateDate"):
        moment = parse(told.xmp.text(name))
        if moment and moment.offset_minutes is not None and abs((moment.local - local).total_seconds()) < 2:
            return moment.offset_minutes
    return None


def _content_id(told: _Told) -> str | None:
    """Return what joins a Live Photo's halves: in the clip by name, in the picture by Apple's maker note."""
    written = told.movie.texts.get("content.identifier")
    note = told.exif.photo.get(0x927C)
    if written or not isinstance(note, bytes) or not note.startswith(b"Apple iOS\0"):
        return written
    return blocks.apple_content_id(note)


def _upright(marked: xmp.Marked, orientation: int, exif: Exif) -> tuple[Region, ...]:
    """Turn regions with the picture, unless they were marked on the upright one already."""
    width, height = whole(exif.photo, 0xA002), whole(exif.photo, 0xA003)
    sideways = orientation >= 5
    if sideways and marked.size and width and height and (marked.size[0] > marked.size[1]) != (width > height):
        return marked.regions
    return tuple(replace(region, box=turned(region.box, orientation)) for region in marked.regions)


def turned(box: tuple[float, float, float, float], orientation: int) -> tuple[float, float, float, float]:
    """Turn a box in fractions of the stored picture to fractions of the upright one."""
    left, top, right, bottom = box
    if orientation in (5, 6, 7, 8):
        left, top, right, bottom = top, left, bottom, right
    if orientation in (2, 3, 6, 7):
        left, right = 1 - right, 1 - left
    if orientation in (3, 4, 7, 8):
        top, bottom = 1 - bottom, 1 - top
    return left, top, right, bottom
