"""DetectText: lines and words, filtered by confidence, size and region."""

from collections.abc import Sequence
from typing import TypedDict

import numpy as np

from albumen.aws_api.services.rekognition.geometry import Region, geometry, inside_any, percent
from albumen.aws_api.services.rekognition.pictures import ImageRef, Pictures
from albumen.aws_api.services.rekognition.tasks import Tasks, need
from albumen.aws_api.wire import Call
from albumen.core.arrays import Floats
from albumen.core.findings import Words

VERSION = "3.0"
MOST_WORDS = 100
LEAST = 80.0


class WordFilter(TypedDict, total=False):
    """Which words to keep."""

    MinConfidence: float
    MinBoundingBoxHeight: float
    MinBoundingBoxWidth: float


class Filters(TypedDict, total=False):
    """Filters of DetectText."""

    WordFilter: WordFilter
    RegionsOfInterest: list[Region]


class Text:
    """DetectText."""

    def __init__(self, tasks: Tasks, pictures: Pictures) -> None:
        self._tasks, self._pictures = tasks, pictures

    def detect_text(self, call: Call, *, image: ImageRef, filters: Filters | None = None) -> dict[str, object]:
        """Read what is written in a picture."""
        reader = need(self._tasks.reader, "reading text")
        pixels = self._pictures.open(call.account, image)
        found = reader.read([pixels])[0]
        return {"TextDetections": detections(found, filters or {}), "TextModelVersion": VERSION}


def detections(found: Words, how: Filters) -> list[dict[str, object]]:
    """Return lines, numbered from 0, and after them their words."""
    kept = [i for i in range(len(found)) if _passes(found, i, how)][:MOST_WORDS]
    lines: dict[int, list[int]] = {}
    for i in kept:
        lines.setdefault(found.lines[i], []).append(i)
    numbers = {line: n for n, line in enumerate(lines)}
    answer = [_line(found, members, numbers[line]) for line, members in lines.items()]
    return answer + [_word(found, i, numbers[found.lines[i]], len(lines) + n) for n, i in enumerate(kept)]


def _passes(found: Words, i: int, how: Filters) -> bool:
    word = how.get("WordFilter", {})
    width, height = np.ptp(found.polygons[i], axis=0)
    regions = how.get("RegionsOfInterest", [])
    return (
        percent(found.scores[i]) >= word.get("MinConfidence", LEAST)
        and width >= word.get("MinBoundingBoxWidth", 0)
        and height >= word.get("MinBoundingBoxHeight", 0)
        and (not regions or inside_any(found.polygons[i], regions))
    )


def _line(found: Words, members: Sequence[int], number: int) -> dict[str, object]:
    return {
        "DetectedText": " ".join(found.texts[i] for i in members),
        "Type": "LINE",
        "Id": number,
        "Confidence": percent(float(np.mean([found.scores[i] for i in members]))),
        "Geometry": geometry(around([found.polygons[i] for i in members])),
    }


def _word(found: Words, i: int, line: int, number: int) -> dict[str, object]:
    return {
        "DetectedText": found.texts[i],
        "Type": "WORD",
        "Id": number,
        "ParentId": line,
        "Confidence": percent(found.scores[i]),
        "Geometry": geometry(found.polygons[i]),
    }


def around(polygons: Sequence[Floats]) -> Floats:
    """Return the quadrilateral around a line's words, turned as the line runs."""
    points = np.concatenate(polygons)
    along = polygons[-1][1] - polygons[0][0]
    length = float(np.hypot(*along)) or 1.0
    axis = along / length
    across = np.array([-axis[1], axis[0]])
    u, v = points @ axis, points @ across
    corners = [(u.min(), v.min()), (u.max(), v.min()), (u.max(), v.max()), (u.min(), v.max())]
    return np.array([a * axis + b * across for a, b in corners], np.float32)
