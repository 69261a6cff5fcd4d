"""Boxes, polygons and regions as responses and requests have them, in fractions of the picture."""

from collections.abc import Sequence
from typing import TypedDict

import numpy as np

from albumen.core.arrays import Floats


class BoundingBox(TypedDict, total=False):
    """A box in a request."""

    Width: float
    Height: float
    Left: float
    Top: float


class Point(TypedDict, total=False):
    """A point in a request."""

    X: float
    Y: float


class Region(TypedDict, total=False):
    """A region of interest in a request: a box or a polygon."""

    BoundingBox: BoundingBox
    Polygon: list[Point]


def bounding_box(box: Floats) -> dict[str, float]:
    """Return a response's box from left, top, right, bottom."""
    left, top, right, bottom = (float(v) for v in box)
    return {"Width": right - left, "Height": bottom - top, "Left": left, "Top": top}


def geometry(polygon: Floats) -> dict[str, object]:
    """Return a response's geometry from a polygon (n, 2): the points and the box around them."""
    low, high = polygon.min(axis=0), polygon.max(axis=0)
    box = np.concatenate([low, high]).astype(np.float32)
    points = [{"X": float(x), "Y": float(y)} for x, y in polygon]
    return {"BoundingBox": bounding_box(box), "Polygon": points}


def percent(score: float) -> float:
    """Return a confidence of 0 to 1 as 0 to 100."""
    return float(min(100.0, max(0.0, 100.0 * float(score))))


def corners(box: BoundingBox) -> Floats:
    """Return left, top, right, bottom of a request's box."""
    left, top = box.get("Left", 0.0), box.get("Top", 0.0)
    return np.array([left, top, left + box.get("Width", 0.0), top + box.get("Height", 0.0)], np.float32)


def inside_any(points: Floats, regions: Sequence[Region]) -> bool:
    """Tell whether all points (n, 2) lie in one of the regions."""
    return any(all(_inside(p, region) for p in points) for region in regions)


def _inside(point: Floats, region: Region) -> bool:
    x, y = float(point[0]), float(point[1])
    if "BoundingBox" in region:
        left, top, right, bottom = corners(region["BoundingBox"])
        return bool(left <= x <= right and top <= y <= bottom)
    ring = [(p.get("X", 0.0), p.get("Y", 0.0)) for p in region.get("Polygon", [])]
    return _crossings(x, y, ring) % 2 == 1


def _crossings(x: float, y: float, ring: list[tuple[float, float]]) -> int:
    """Count the edges that a ray to the right of a point crosses."""
    count = 0
    for (ax, ay), (bx, by) in zip(ring, ring[1:] + ring[:1], strict=True):
        if (ay > y) != (by > y) and x < ax + (y - ay) * (bx - ax) / (by - ay):
            count += 1
    return count
