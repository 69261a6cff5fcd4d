"""Keeps arrays that can be made again in one file: put there whole or not at all, and not believed when damaged."""

import json
import os
import struct
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from albumen.stores.disk import writing

STAMP = struct.Struct("<4sIQ")
"""Format, checksum and length of what follows: the length of a description in JSON, it, and the arrays."""
FORMAT = b"Als1"
SIZE = struct.Struct("<Q")
Array = NDArray[Any]


class Saved(NamedTuple):
    """What a file says, and its arrays."""

    about: dict[str, Any]
    arrays: dict[str, Array]


def pack(about: Mapping[str, Any], arrays: Mapping[str, Array]) -> bytes:
    """Return a description and arrays of one dimension as bytes, which later changes to the arrays do not reach."""
    listed = [(name, array.dtype.str, len(array)) for name, array in arrays.items()]
    head = json.dumps({"about": about, "arrays": listed}).encode()
    return b"".join([SIZE.pack(len(head)), head, *(np.ascontiguousarray(array).data for array in arrays.values())])


def write(path: Path, packed: bytes) -> None:
    """Put what `pack` returned in place of the file.

    Whoever is killed here leaves a file beside it that the next one writes over. Nothing is flushed: what a power cut
    spoils is made again.
    """
    with writing(path):
        new = path.with_name(f"{path.name}.new")
        with new.open("wb") as file:
            file.write(STAMP.pack(FORMAT, zlib.crc32(packed), len(packed)))
            file.write(packed)
        os.replace(new, path)


def read(path: Path) -> Saved | None:
    """Return what the file holds, or nothing where it is missing, damaged, or of another format."""
    try:
        data = np.fromfile(path, np.uint8)
    except OSError:
        return None
    body = data[STAMP.size :]
    if data[: STAMP.size].tobytes() != STAMP.pack(FORMAT, zlib.crc32(body.data), len(body)):
        return None
    start = SIZE.size + SIZE.unpack(body[: SIZE.size].tobytes())[0]
    head = json.loads(body[SIZE.size : start].tobytes())
    arrays: dict[str, Array] = {}
    for name, dtype, length in head["arrays"]:
        arrays[name] = np.frombuffer(body.data, dtype, length, start)
        start += arrays[name].nbytes
    return Saved(head["about"], arrays)
