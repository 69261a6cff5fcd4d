"""Adds what the files beside a picture say: XMP sidecars and Google Takeout's JSON."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import cast

from albumen.media.dates import Moment, Zone, doubt, localised, parse, seconds_since
from albumen.media.metadata import Place, real_place, turned
from albumen.media.record import DateSource, Metadata, Region, ZoneSource
from albumen.media.xmp import Xmp, coordinate, read_xmp, regions
from albumen.media.zones import zone_at

MOST_BYTES = 4_000_000
_EPOCH = datetime(1970, 1, 1)
_WEAK = frozenset({None, DateSource.DIGITIZED, DateSource.MODIFIED})
"""Dates of the file's own that Takeout's is better than."""


def merged(metadata: Metadata, beside: Iterable[tuple[str, bytes]], *, zone: Zone = zone_at) -> Metadata:
    """Add the content of sidecars, given as (name, bytes) in the order of `companions.sidecars`."""
    for name, content in beside:
        if name.lower().endswith(".json"):
            metadata = with_takeout(metadata, content, zone=zone)
        elif name.lower().endswith(".xmp"):
            metadata = with_xmp(metadata, content)
    return metadata


def with_xmp(metadata: Metadata, packet: bytes, *, now: datetime | None = None) -> Metadata:
    """Let a sidecar's statements outrank the file's own: it is what a person last said."""
    told = read_xmp(packet)
    marked = tuple(
        replace(region, box=turned(region.box, metadata.orientation or 1)) for region in regions(told).regions
    )
    stars = told.number("xmp:Rating")
    place = real_place(
        coordinate(told.text("exif:GPSLatitude")),
        coordinate(told.text("exif:GPSLongitude")),
        told.number("exif:GPSAltitude"),
    )
    found = replace(
        metadata,
        title=told.text("dc:title") or metadata.title,
        caption=told.text("dc:description") or metadata.caption,
        keywords=_unique(told.texts("dc:subject") or told.texts("digiKam:TagsList")) or metadata.keywords,
        rating=int(stars) if stars is not None and -1 <= stars <= 5 else metadata.rating,
        regions=marked or metadata.regions,
        people=_unique((*metadata.people, *_named(marked), *told.texts("iptcExt:PersonInImage"))),
    )
    if place is not None:
        found = replace(found, lat=place.lat, lon=place.lon, altitude=place.altitude)
    return _with_date(found, told, now or datetime.now(UTC).replace(tzinfo=None))


def _unique(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))


def _named(marked: Iterable[Region]) -> tuple[str, ...]:
    return tuple(region.name for region in marked if region.name and region.kind == "face")


def _with_date(found: Metadata, told: Xmp, now: datetime) -> Metadata:
    """Take a sidecar's date; where it repeats the file's, only an offset is news."""
    names = ("exif:DateTimeOriginal", "photoshop:DateCreated")
    moment = next(filter(None, (parse(told.text(name)) for name in names)), None)
    if moment is None or doubt(moment.local, now):
        return found
    same = found.taken is not None and abs((moment.local - found.taken).total_seconds()) < 1
    if same and (moment.offset_minutes is None or found.offset_minutes is not None):
        return found
    return _dated(found, moment, DateSource.SIDECAR, ZoneSource.TAG)


def _dated(found: Metadata, moment: Moment, source: DateSource, zone: ZoneSource) -> Metadata:
    known = moment.offset_minutes is not None
    return replace(
        found,
        taken=moment.local,
        offset_minutes=moment.offset_minutes,
        taken_from=source,
        zone_from=zone if known else None,
    )


def with_takeout(metadata: Metadata, content: bytes, *, zone: Zone = zone_at, now: datetime | None = None) -> Metadata:
    """Fill in from Takeout's JSON what the file itself does not say; what is no such JSON changes nothing."""
    told = _object(content)
    if told is None or not ("photoTakenTime" in told or "title" in told):
        return metadata
    if metadata.lat is None:
        place = _takeout_place(told)
        if place is not None:
            metadata = replace(metadata, lat=place.lat, lon=place.lon, altitude=place.altitude)
    people = (_text(person, "name") for person in _list(told.get("people")))
    found = replace(
        metadata,
        caption=metadata.caption or _text(told, "description"),
        favourite=metadata.favourite or told.get("favorited") is True,
        people=_unique((*metadata.people, *filter(None, people))),
    )
    return _with_takeout_date(found, told, zone, now or datetime.now(UTC).replace(tzinfo=None))


def _with_takeout_date(found: Metadata, told: Mapping[str, object], zone: Zone, now: datetime) -> Metadata:
    stamp = _number(_object_in(told, "photoTakenTime").get("timestamp"))
    utc = seconds_since(_EPOCH, stamp) if stamp is not None else None
    if utc is None or found.taken_from not in _WEAK or doubt(utc, now):
        return found
    name = zone(found.lat, found.lon) if found.lat is not None and found.lon is not None else ""
    there = localised(utc, name) if name else None
    if there is not None:
        return _dated(found, there, DateSource.TAKEOUT, ZoneSource.PLACE)
    return _dated(found, Moment(utc, 0), DateSource.TAKEOUT, ZoneSource.UTC)


def _takeout_place(told: Mapping[str, object]) -> Place | None:
    for key in ("geoDataExif", "geoData"):
        where = _object_in(told, key)
        place = real_place(*(_number(where.get(part)) for part in ("latitude", "longitude", "altitude")))
        if place is not None:
            return place
    return None


def _object(content: bytes) -> Mapping[str, object] | None:
    try:
        told: object = json.loads(content) if len(content) <= MOST_BYTES else None
    except (ValueError, RecursionError):
        return None
    return cast(Mapping[str, object], told) if isinstance(told, dict) else None


def _object_in(told: Mapping[str, object], key: str) -> Mapping[str, object]:
    value = told.get(key)
    return cast(Mapping[str, object], value) if isinstance(value, dict) else {}


def _list(value: object) -> list[Mapping[str, object]]:
    items = cast(list[object], value) if isinstance(value, list) else []
    return [cast(Mapping[str, object], item) for item in items if isinstance(item, dict)]


def _text(told: Mapping[str, object], key: str) -> str | None:
    value = told.get(key)
    return value.strip() or None if isinstance(value, str) else None


def _number(value: object) -> float | None:
    try:
        return float(value) if isinstance(value, (int, float, str)) else None
    except ValueError:
        return None
