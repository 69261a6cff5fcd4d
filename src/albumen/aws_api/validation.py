"""Whether a value is what a shape says, in both directions; botocore's own validator knows types and minimums only."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import cast

from botocore.model import ListShape, MapShape, Shape, StringShape, StructureShape

SCALARS: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "character": (str,),
    "integer": (int,),
    "long": (int,),
    "float": (int, float),
    "double": (int, float),
    "boolean": (bool,),
    "timestamp": (datetime,),
    "blob": (bytes,),
}
RANGES = {"integer": (-(2**31), 2**31 - 1), "long": (-(2**63), 2**63 - 1)}
JAVA_CLASSES = {
    r"\p{L}": r"\w",
    r"\p{N}": r"\d",
    r"\p{Z}": r"\s",
    r"\p{P}": r"!-/:-@\[-`{-~",
    r"\p{M}": r"\u0300-\u036f",
}


@dataclass(frozen=True)
class Problem:
    """One way in which a value departs from its shape."""

    at: str
    shape: Shape
    kind: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.at} {self.sentence}"


def problems(value: object, shape: Shape, at: str) -> Iterator[Problem]:
    """Yield each way in which `value` departs from `shape`, each with the path to it."""
    match shape:
        case StructureShape() if shape.is_document_type:
            return
        case StructureShape() if isinstance(value, Mapping):
            yield from _structure(cast("Mapping[str, object]", value), shape, at)
        case ListShape() if isinstance(value, Sequence) and not isinstance(value, str | bytes):
            items = cast("Sequence[object]", value)
            yield from _bounds(len(items), shape, at, "entries")
            for i, item in enumerate(items):
                yield from problems(item, shape.member, f"{at}[{i}]")
        case MapShape() if isinstance(value, Mapping):
            yield from _map(cast("Mapping[str, object]", value), shape, at)
        case _ if not _is_scalar(value, shape):
            yield Problem(at, shape, "type", f"must be a {shape.type_name}, not {_type_name(value)}")
        case StringShape():
            yield from _string(str(value), shape, at)
        case _:
            yield from _measure(value, shape, at)


def _structure(value: Mapping[str, object], shape: StructureShape, at: str) -> Iterator[Problem]:
    dot = f"{at}." if at else ""
    for name in shape.required_members:
        if value.get(name) is None:
            yield Problem(f"{dot}{name}", shape, "required", "is required")
    for name, member in value.items():
        if name not in shape.members:
            yield Problem(f"{dot}{name}", shape, "unknown", "is not a known member")
        elif member is not None:
            yield from problems(member, shape.members[name], f"{dot}{name}")
    if shape.is_tagged_union and sum(v is not None for v in value.values()) != 1:
        yield Problem(at, shape, "union", f"must have exactly one of {', '.join(shape.members)}")


def _map(value: Mapping[str, object], shape: MapShape, at: str) -> Iterator[Problem]:
    yield from _bounds(len(value), shape, at, "entries")
    for key, item in value.items():
        yield from problems(key, shape.key, f"{at} key {key!r}")
        yield from problems(item, shape.value, f"{at}.{key}")


def _is_scalar(value: object, shape: Shape) -> bool:
    expected = SCALARS.get(shape.type_name, ())
    if isinstance(value, bool):
        return bool in expected
    return isinstance(value, expected) or (shape.type_name == "blob" and _streams(value))


def _streams(value: object) -> bool:
    """Tell whether a value is a body that is read or sent piece by piece."""
    return hasattr(value, "read") or (hasattr(value, "__iter__") and not isinstance(value, str | Mapping | Sequence))


def _string(value: str, shape: StringShape, at: str) -> Iterator[Problem]:
    wrong_length = list(_bounds(len(value), shape, at, "characters"))
    yield from wrong_length
    if shape.enum and value not in shape.enum:
        yield Problem(at, shape, "enum", f"must be one of {', '.join(shape.enum)}, not {_short(value)}")
    pattern = shape.metadata.get("pattern")
    if pattern and not wrong_length and not _compiled(str(pattern)).fullmatch(value):
        yield Problem(at, shape, "pattern", f"must match {pattern}, and {_short(value)} does not")


def _measure(value: object, shape: Shape, at: str) -> Iterator[Problem]:
    if isinstance(value, bytes):
        yield from _bounds(len(value), shape, at, "bytes")
    elif isinstance(value, int | float) and not isinstance(value, bool):
        if not math.isfinite(value):
            yield Problem(at, shape, "type", "must be a finite number")
        low, high = RANGES.get(shape.type_name, (-math.inf, math.inf))
        if not low <= value <= high:
            yield Problem(at, shape, "max", f"must fit into {shape.type_name}, and {value} does not")
        yield from _bounds(value, shape, at, "")


def _bounds(size: float, shape: Shape, at: str, unit: str) -> Iterator[Problem]:
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    have = f"have at least {low} {unit}" if unit else f"be at least {low}"
    if low is not None and size < float(low):
        yield Problem(at, shape, "min", f"must {have}, not {size}")
    have = f"have at most {high} {unit}" if unit else f"be at most {high}"
    if high is not None and size > float(high):
        yield Problem(at, shape, "max", f"must {have}, not {size}")


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> re.Pattern[str]:
    """Compile a Java pattern; `\\p{..}` stands inside character classes in all of AWS's models."""
    return re.compile(_python(pattern), re.DOTALL)


def _python(pattern: str) -> str:
    for java, python in JAVA_CLASSES.items():
        pattern = pattern.replace(java, python)
    return pattern


def _type_name(value: object) -> str:
    match value:
        case Mapping():
            return "structure"
        case str():
            return "string"
        case _:
            return type(value).__name__


def _short(value: str) -> str:
    return repr(value if len(value) <= 60 else value[:57] + "...")
