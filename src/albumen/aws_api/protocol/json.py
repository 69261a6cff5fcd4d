"""AWS JSON 1.0 and 1.1, and the JSON bodies that the REST protocol shares with it."""

import binascii
import json
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

import pybase64
from botocore.model import ListShape, MapShape, Shape, StructureShape

from albumen.aws_api.errors import Fault
from albumen.aws_api.protocol.values import read_time, time_style, write_time
from albumen.aws_api.spec import Operation
from albumen.aws_api.wire import Reply

HALF = re.compile(rb"\\u[dD][89a-fA-F]")
"""Begins half a letter, as JSON writes those beyond 16 bits; the other half may be missing."""
LONG = 16 * 1024
"""Length from which a string is taken out of a JSON text before it is read."""


def content_type(operation: Operation | None) -> str:
    """Return the media type of the JSON version that a service speaks."""
    version = operation.model.service_model.metadata.get("jsonVersion", "1.1") if operation else "1.1"
    return f"application/x-amz-json-{version}"


def parse(operation: Operation, body: bytes) -> dict[str, object]:
    """Return the members of a request body."""
    members = load(body)
    return {} if operation.input is None else structure(members, operation.input)


def answer(operation: Operation, result: Mapping[str, object]) -> Reply:
    """Return the reply that carries a result."""
    body = b"{}" if operation.output is None else dump(write(result, operation.output, "unixTimestamp"))
    return Reply(operation.success, {"Content-Type": content_type(operation)}, body)


def refuse(fault: Fault, status: int, operation: Operation | None = None) -> Reply:
    """Return the reply that carries a refusal."""
    body = {"__type": fault.code, "Code": fault.code, "Message": fault.message, "message": fault.message}
    headers = {"Content-Type": content_type(operation), "x-amzn-ErrorType": fault.code}
    return Reply(status, headers, dump(body | dict(fault.members)))


def load(body: bytes) -> dict[str, object]:
    """Return the object that a JSON body holds; an empty body is an empty object."""
    rest, lifted = _lift(body)
    try:
        value = json.loads(rest or b"{}")
        if HALF.search(rest):
            json.dumps(value, ensure_ascii=False).encode()  # what is no text could be neither kept nor answered
    except (ValueError, RecursionError):
        raise Fault("SerializationException", "The request body is not valid JSON.") from None
    if not isinstance(value, dict):
        raise Fault("SerializationException", "The request body must be a JSON object.")
    members = cast("dict[str, object]", value)
    return cast("dict[str, object]", _restored(members, lifted)) if lifted else members


@dataclass(frozen=True)
class Lifted:
    """A long string of a JSON text, not decoded."""

    text: "memoryview[int]"

    def __str__(self) -> str:
        return self.text.tobytes().decode(errors="replace")


def _lift(body: bytes) -> tuple[bytes, dict[str, Lifted]]:
    """Take long strings out of a JSON text, so that a picture in base64 is decoded once and never read as text.

    What is left has a name in place of each, which nobody can guess; a text with escapes is left as it is.
    """
    if len(body) < LONG or not body.startswith(b"{") or b"\\" in body:
        return body, {}
    kept: list[bytes] = []
    lifted: dict[str, Lifted] = {}
    mark, view, at = secrets.token_hex(16), memoryview(body), 0
    start = body.find(b'"')
    while start >= 0 and (end := body.find(b'"', start + 1)) > 0:
        if end - start > LONG:
            name = f"{mark}{len(lifted)}"
            lifted[name] = Lifted(view[start + 1 : end])
            kept += [body[at : start + 1], name.encode()]
            at = end
        start = body.find(b'"', end + 1)
    return b"".join([*kept, body[at:]]), lifted


def _restored(value: object, lifted: Mapping[str, Lifted]) -> object:
    match value:
        case dict():
            return {k: _restored(v, lifted) for k, v in cast("dict[str, object]", value).items()}
        case list():
            return [_restored(v, lifted) for v in cast("list[object]", value)]
        case str():
            return lifted.get(value, value)
        case _:
            return value


def dump(value: object) -> bytes:
    """Return a value as compact UTF-8 JSON."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def structure(members: Mapping[str, object], shape: StructureShape) -> dict[str, object]:
    """Return the members that are not null, each read by its shape; unknown ones stay for validation to name."""
    named = {_wire_name(shape, name): name for name in shape.members}
    known = {named.get(k, k): v for k, v in members.items() if v is not None and k != "__type"}
    return {k: read(v, shape.members[k]) if k in shape.members else v for k, v in known.items()}


def read(value: object, shape: Shape) -> object:
    """Return the value that decoded JSON stands for; what does not fit the shape's type stays as it is."""
    match shape, value:
        case StructureShape(), dict() if not shape.is_document_type:
            return structure(cast("dict[str, object]", value), shape)
        case ListShape(), list():
            return [read(v, shape.member) for v in cast("list[object]", value)]
        case MapShape(), dict():
            return {k: read(v, shape.value) for k, v in cast("dict[str, object]", value).items()}
        case Shape(type_name="blob"), str() | Lifted():
            return _bytes(value)
        case _, Lifted():
            return str(value)
        case Shape(type_name="timestamp"), int() | float() | str():
            return _moment(value)
        case _:
            return value


def write(value: object, shape: Shape, times: str) -> object:
    """Return a value as JSON can hold it; members that are None are left out."""
    match shape, value:
        case StructureShape(), Mapping() if not shape.is_document_type:
            given = cast("Mapping[str, object]", value)
            kept = ((k, v) for k, v in given.items() if v is not None and k in shape.members)
            return {_wire_name(shape, k): write(v, shape.members[k], times) for k, v in kept}
        case MapShape(), Mapping():
            entries = cast("Mapping[str, object]", value)
            return {k: write(v, shape.value, times) for k, v in entries.items()}
        case ListShape(), Sequence():
            return [write(v, shape.member, times) for v in cast("Sequence[object]", value)]
        case _, bytes():
            return pybase64.b64encode_as_string(value)
        case _, datetime():
            return write_time(value, time_style(shape, times))
        case _:
            return value


def _wire_name(shape: StructureShape, member: str) -> str:
    return str(shape.members[member].serialization.get("name", member))


def _bytes(text: str | Lifted) -> object:
    try:
        return pybase64.b64decode(text if isinstance(text, str) else text.text, validate=True)
    except (binascii.Error, ValueError):
        return str(text)


def _moment(value: int | float | str) -> object:
    try:
        return read_time(value)
    except (ValueError, OverflowError, OSError, TypeError):
        return value
