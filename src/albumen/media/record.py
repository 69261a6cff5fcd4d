"""What a file says about itself: when, where, with what and about whom it was taken."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class DateSource(StrEnum):
    """Where the date of a picture came from, the most trusted first."""

    CAMERA = "camera"
    """EXIF, or the container's own local date."""
    GPS = "gps"
    XMP = "xmp"
    IPTC = "iptc"
    CONTAINER = "container"
    """The container's clock, in UTC."""
    TAKEOUT = "takeout"
    SIDECAR = "sidecar"
    DIGITIZED = "digitized"
    """When it was scanned or stored, which may be long after it was taken."""
    MODIFIED = "modified"
    """When the file was last changed by a program: it was taken no later."""


class ZoneSource(StrEnum):
    """How the offset from UTC is known."""

    TAG = "tag"
    """It is written beside the date."""
    GPS_TIME = "gps-time"
    """The local date minus the satellites' time."""
    PLACE = "place"
    """The rules of the place where it was taken."""
    UTC = "utc"
    """Only the instant is known: the date is in UTC, whatever the clock on the wall said."""


@dataclass(frozen=True)
class Region:
    """A marked part of the upright picture, mostly a face with a name; box as fractions (left, top, right, bottom)."""

    name: str
    kind: str
    box: tuple[float, float, float, float]


@dataclass(frozen=True)
class EmbeddedVideo:
    """Where in a motion photo's bytes its clip lies."""

    offset: int
    length: int
    still_ms: int | None = None
    """When in the clip the still was taken."""


@dataclass(frozen=True)
class Metadata:
    """Everything that a file or the files beside it say; `None` and empty mean that nothing usable was said."""

    taken: datetime | None = None
    """Local date without a zone, as the clock on the wall showed it; in UTC where `zone_from` is `UTC`."""
    offset_minutes: int | None = None
    taken_from: DateSource | None = None
    zone_from: ZoneSource | None = None
    lat: float | None = None
    lon: float | None = None
    altitude: float | None = None
    """Metres above the sea."""
    make: str | None = None
    model: str | None = None
    lens: str | None = None
    iso: int | None = None
    exposure: float | None = None
    """Seconds."""
    f_number: float | None = None
    focal_length: float | None = None
    """Millimetres."""
    orientation: int | None = None
    """EXIF 1 to 8, as written; pixels from `image` are upright already."""
    title: str | None = None
    caption: str | None = None
    author: str | None = None
    """Who wrote a document."""
    keywords: tuple[str, ...] = ()
    rating: int | None = None
    """1 to 5 stars, 0 for none, -1 for rejected."""
    favourite: bool = False
    regions: tuple[Region, ...] = ()
    people: tuple[str, ...] = ()
    duration_ms: int | None = None
    content_id: str | None = None
    """What the two halves of a Live Photo share."""
    embedded_video: EmbeddedVideo | None = None
    doubts: tuple[str, ...] = field(default=())
    """What was written but cannot be true, a sentence each."""
