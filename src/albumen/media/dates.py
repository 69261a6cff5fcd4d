"""Reads dates as cameras and programs write them, and says which cannot be true."""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

Zone = Callable[[float, float], str]
"""Names the time zone of a latitude and longitude; empty if it has none."""

_DATE = re.compile(
    r"\s*(\d{4})[-:/.]?(\d{2})[-:/.]?(\d{2})"
    r"(?:[T ]\s*(\d{2}):?(\d{2})(?::?(\d{2})(?:[.,](\d{1,9}))?)?)?"
    r"\s*(Z|[+-]\d{2}:?\d{2})?"
)
_OFFSET = re.compile(r"\s*(?:(Z)|([+-])(\d{2}):?(\d{2}))")
_NEVER = frozenset({datetime(1970, 1, 1), datetime(1904, 1, 1), datetime(1980, 1, 1), datetime(2036, 2, 7, 6, 28, 15)})
FIRST_PHOTOGRAPH = 1826
FARTHEST_MINUTES = 14 * 60
"""No clock is further from UTC than this."""


@dataclass(frozen=True)
class Moment:
    """A date as written: local, and how far ahead of UTC if that was written too."""

    local: datetime
    offset_minutes: int | None = None


def parse(text: str | None) -> Moment | None:
    """Read `2020:05:04 18:39:11`, ISO 8601 and the like; `None` for what is no date."""
    match = _DATE.match(text) if text else None
    if match is None:
        return None
    year, month, day, hour, minute, second, fraction, offset = match.groups()
    try:
        micros = int((fraction or "0").ljust(6, "0")[:6])
        local = datetime(int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0), micros)
    except ValueError:
        return None
    return Moment(local, parse_offset(offset))


def parse_offset(text: str | None) -> int | None:
    """Read `+05:45`, `-0600` or `Z` as minutes ahead of UTC."""
    match = _OFFSET.match(text) if text else None
    if match is None:
        return None
    if match[1]:
        return 0
    minutes = (int(match[3]) * 60 + int(match[4])) * (-1 if match[2] == "-" else 1)
    return minutes if abs(minutes) <= FARTHEST_MINUTES else None


def doubt(local: datetime, now: datetime) -> str | None:
    """Return why a date cannot be when a picture was taken, or `None` if it can; `now` is in UTC without a zone."""
    if local.replace(microsecond=0) in _NEVER:
        return f"The date {local:%Y-%m-%d} is what a clock shows that was never set."
    if local.year < FIRST_PHOTOGRAPH:
        return f"The date {local.isoformat(' ')} is before the first photograph."
    if local > now + timedelta(days=1):
        return f"The date {local:%Y-%m-%d} is in the future."
    return None


def offset_from_gps_time(local: datetime, gps: datetime) -> int | None:
    """Return how far a camera's clock was ahead of the satellites' if that is a plausible zone, else `None`."""
    minutes = (local - gps).total_seconds() / 60
    rounded = round(minutes / 15) * 15
    plausible = abs(minutes - rounded) <= 3 and abs(rounded) <= FARTHEST_MINUTES
    return rounded if plausible else None


def offset_at(local: datetime, zone: str) -> int | None:
    """Return the offset that a zone's clocks had at a local date."""
    try:
        found = local.replace(tzinfo=ZoneInfo(zone)).utcoffset()
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
    return None if found is None else round(found.total_seconds() / 60)


def localised(utc: datetime, zone: str) -> Moment | None:
    """Return what the clocks of a zone showed at an instant in UTC."""
    try:
        there = utc.replace(tzinfo=UTC).astimezone(ZoneInfo(zone))
    except (ZoneInfoNotFoundError, ValueError, OSError, OverflowError):
        return None
    offset = there.utcoffset() or timedelta()
    return Moment(there.replace(tzinfo=None), round(offset.total_seconds() / 60))


def from_gps(day: str | None, clock: tuple[float | None, float | None, float | None]) -> datetime | None:
    """Join the satellites' date and time of day, in UTC."""
    moment = parse(day)
    if moment is None or any(part is None or not math.isfinite(part) for part in clock):
        return None
    hours, minutes, seconds = (part or 0.0 for part in clock)
    if not (0 <= hours < 24 and 0 <= minutes < 60 and 0 <= seconds < 61):
        return None
    return moment.local.replace(hour=0, minute=0, second=0) + timedelta(hours=hours, minutes=minutes, seconds=seconds)


def seconds_since(epoch: datetime, seconds: float) -> datetime | None:
    """Return the date so many seconds after an epoch; `None` if there is none."""
    try:
        return epoch + timedelta(seconds=seconds)
    except (OverflowError, ValueError):
        return None
