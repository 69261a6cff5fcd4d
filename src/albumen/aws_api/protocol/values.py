"""Scalars on the wire: timestamps in their three formats, blobs, numbers and booleans as text."""

import base64
import binascii
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

from botocore.model import Shape


def read_text(text: str, shape: Shape) -> object:
    """Return the value that text in a path, query, header or XML element stands for, or the text itself."""
    try:
        return _read_text(text, shape)
    except (ValueError, binascii.Error, OverflowError):
        return text


def _read_text(text: str, shape: Shape) -> object:
    match shape.type_name:
        case "integer" | "long":
            return int(text)
        case "float" | "double":
            return float(text)
        case "boolean":
            return {"true": True, "false": False}.get(text.lower(), text)
        case "timestamp":
            return read_time(text)
        case "blob":
            return base64.b64decode(text, validate=True)
        case _:
            return text


def read_time(value: str | float) -> datetime:
    """Return the moment that epoch seconds, ISO 8601 or an HTTP date stand for."""
    if isinstance(value, int | float):
        return datetime.fromtimestamp(value, UTC)
    text = value.strip()
    if text.replace(".", "", 1).isdigit():
        return datetime.fromtimestamp(float(text), UTC)
    moment = datetime.fromisoformat(text) if text[:4].isdigit() else parsedate_to_datetime(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def write_time(moment: datetime, style: str) -> str | float | int:
    """Return a moment in the format that the shape or its place asks for."""
    moment = moment.astimezone(UTC)
    match style:
        case "rfc822":
            return format_datetime(moment.replace(microsecond=0), usegmt=True)
        case "iso8601":
            return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"
        case _:
            seconds = round(moment.timestamp(), 3)
            return int(seconds) if seconds.is_integer() else seconds


def time_style(shape: Shape, default: str) -> str:
    """Return the timestamp format that the model asks for at this place."""
    return str(shape.serialization.get("timestampFormat", default))


def write_text(value: object, shape: Shape, default_time: str) -> str:
    """Return a scalar as text for a header or an XML element."""
    match value:
        case bool():
            return "true" if value else "false"
        case bytes():
            return base64.b64encode(value).decode()
        case datetime():
            return str(write_time(value, time_style(shape, default_time)))
        case _:
            return str(value)
