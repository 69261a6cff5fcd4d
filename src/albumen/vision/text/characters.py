"""The letters a recogniser can write, read from its dictionary or from the metadata of its ONNX file."""

from collections.abc import Iterator

_METADATA_FIELD = 14  # ModelProto.metadata_props
_LENGTH_DELIMITED, _VARINT, _FIXED64, _FIXED32 = 2, 0, 1, 5


def from_dictionary(data: bytes) -> tuple[str, ...]:
    """Return the alphabet of a dictionary file, one character a line: blank first, space last."""
    return ("", *data.decode("utf-8").rstrip("\r\n").replace("\r\n", "\n").split("\n"), " ")


def from_onnx(data: bytes, key: str = "character") -> tuple[str, ...]:
    """Return the alphabet that an ONNX file carries as metadata `key`: blank first, space last."""
    for field, value in _fields(data):
        if field == _METADATA_FIELD:
            entry = dict(_fields(value))
            if entry.get(1) == key.encode():
                return from_dictionary(entry.get(2, b""))
    raise ValueError(f"the ONNX file has no metadata {key!r}; take a recogniser that carries its characters")


def _fields(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield (field number, bytes) of the length-delimited fields of a protobuf message; step over the others."""
    at = 0
    while at < len(data):
        tag, at = _varint(data, at)
        kind = tag & 7
        if kind == _LENGTH_DELIMITED:
            size, at = _varint(data, at)
            yield tag >> 3, data[at : at + size]
            at += size
        elif kind == _VARINT:
            _, at = _varint(data, at)
        elif kind in (_FIXED32, _FIXED64):
            at += 4 if kind == _FIXED32 else 8
        else:
            raise ValueError(f"not a protobuf message: wire type {kind} at byte {at}")


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at
