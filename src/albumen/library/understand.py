"""Runs every model over a batch of pictures and gathers what they say, from one set of pixels a picture."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, cast

import numpy as np

from albumen.core.arrays import Floats, Image, Ints
from albumen.core.findings import Faces, Words


@dataclass(frozen=True)
class Saying:
    """What one card says of one picture: a value that JSON can hold."""

    task: str
    card: str
    value: Any


@dataclass(frozen=True)
class SeenFaces:
    """The faces of one picture: vectors (n, d), ages in years, NaN where unknown, and what is said of the ages."""

    card: str
    faces: Faces
    vectors: Floats
    ages: Floats
    told: "Saying | None" = None


@dataclass(frozen=True)
class Findings:
    """Everything the models say of one picture."""

    sayings: tuple[Saying, ...]
    faces: SeenFaces | None
    words: Words | None
    vector: Floats | None  # (d,) unit length, of the image-text encoder
    evidence: "WordEvidence | None" = None


@dataclass(frozen=True)
class WordEvidence:
    """The words that a picture gives evidence for: their numbers (k,) and how much, 0 to 1 (k,)."""

    words: Ints
    values: Floats


class Understand(Protocol):
    """Says what is in pictures; one call a batch."""

    def __call__(self, images: Sequence[Image]) -> list[Findings]:
        """Return findings, one a picture."""
        ...


@dataclass
class Stopwatch:
    """Seconds spent in each stage of an import."""

    seconds: Counter[str] = field(default_factory=Counter[str])

    def time(self, stage: str, work: Callable[[], Any]) -> Any:
        """Do the work and note how long it took."""
        start = time.perf_counter()
        result = work()
        self.seconds[stage] += time.perf_counter() - start  # pyright: ignore[reportArgumentType]
        return result


def rounded(values: Floats, digits: int = 4) -> list[Any]:
    """Return numbers for JSON without digits that mean nothing."""
    return np.round(values.astype(np.float64), digits).tolist()


def merged(findings: Sequence[Findings]) -> tuple[Saying, ...]:
    """Return what is said of a video as a whole: each task's value over its frames.

    Lists of [name, score, ...] keep the best-scored entry of each name; numbers are averaged; the rest is the first's.
    """
    by_task: dict[tuple[str, str], list[Any]] = {}
    for one in findings:
        for saying in one.sayings:
            by_task.setdefault((saying.task, saying.card), []).append(saying.value)
    return tuple(Saying(task, card, _over_frames(values)) for (task, card), values in by_task.items())


def _over_frames(values: Sequence[Any]) -> Any:
    first: Any = values[0]
    match first:
        case dict():
            named = cast("list[dict[str, Any]]", values)
            return {key: _over_frames([v[key] for v in named if key in v]) for key in named[0]}
        case int() | float():
            return round(sum(values) / len(values), 4)
        case [[str(), int() | float()], *_] | [[str(), int() | float(), [int() | float(), *_]], *_] | []:
            return _best_of_each([entry for value in values for entry in value])
        case _:
            return first


def _best_of_each(entries: Sequence[list[Any]]) -> list[list[Any]]:
    best: dict[str, list[Any]] = {}
    for entry in sorted(entries, key=lambda e: -e[1]):
        best.setdefault(entry[0], entry)
    return list(best.values())
