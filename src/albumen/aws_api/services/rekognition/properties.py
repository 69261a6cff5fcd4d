"""Image properties: quality, and the colours that make up a picture, its foreground and its background."""

from collections.abc import Callable
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import ImageColor

from albumen.aws_api.services.rekognition.tasks import Quality
from albumen.core.arrays import Bools, Floats, Image, Ints
from albumen.vision.colours.shares import NAMES, named

SIDE = 96
CLUSTERS = 12
SAME = 24.0
"""Colours nearer than this in RGB count as one."""
LEAST_SHARE = 0.01

Measure = Callable[[Image], Quality]


def properties(pixels: Image, boxes: Floats, measure: Measure | None, *, most: int) -> dict[str, object]:
    """Return a picture's properties; its foreground is what the boxes of things cover, if there are any."""
    answer: dict[str, object] = {"DominantColors": colours(_small(pixels).reshape(-1, 3), most)}
    if measure:
        whole = measure(pixels)
        answer["Quality"] = _quality(whole) | {"Contrast": whole.contrast}
    front = _covered(boxes, SIDE)
    if front.any() and not front.all():
        answer["Foreground"] = _part(pixels, front, measure, most)
        answer["Background"] = _part(pixels, ~front, measure, most)
    return answer


def crop_colours(pixels: Image, box: Floats, most: int) -> list[dict[str, object]]:
    """Return the dominant colours inside a box."""
    height, width = pixels.shape[:2]
    left, top, right, bottom = np.clip(box, 0, 1) * np.array([width, height, width, height])
    part = pixels[int(top) : max(int(bottom), int(top) + 1), int(left) : max(int(right), int(left) + 1)]
    return colours(_small(part).reshape(-1, 3), most)


def colours(points: Image, most: int) -> list[dict[str, object]]:
    """Return at most `most` colours of pixels (n, 3), the most frequent first."""
    if most == 0 or not len(points):
        return []
    centres, counts = _merged(*_clusters(points))
    order = [int(i) for i in np.argsort(-counts) if counts[i] / len(points) >= LEAST_SHARE][:most]
    return [_colour(centres[i], float(counts[i]) / len(points)) for i in order]


def _clusters(points: Image) -> tuple[Floats, Ints]:
    distinct = len(np.unique(points, axis=0))
    cv2.setRNGSeed(1)
    criteria = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 20, 1.0)
    wanted = min(CLUSTERS, distinct)
    labels = np.zeros((len(points), 1), np.int32)
    _, labels, centres = cv2.kmeans(points.astype(np.float32), wanted, labels, criteria, 2, cv2.KMEANS_PP_CENTERS)
    counts = np.bincount(labels.ravel(), minlength=wanted)
    return np.asarray(centres, np.float32), counts.astype(np.int64)


def _merged(centres: Floats, counts: Ints) -> tuple[Floats, Ints]:
    """Join clusters that look the same, the larger taking the smaller in."""
    kept: list[Floats] = []
    sizes: list[int] = []
    for i in np.argsort(-counts):
        gaps = [float(np.linalg.norm(centres[i] - k)) for k in kept]
        if gaps and min(gaps) < SAME:
            sizes[int(np.argmin(gaps))] += int(counts[i])
        elif counts[i]:
            kept.append(centres[i])
            sizes.append(int(counts[i]))
    return np.array(kept, np.float32), np.array(sizes, np.int64)


def _colour(centre: Floats, share: float) -> dict[str, object]:
    red, green, blue = (int(v) for v in np.clip(np.rint(centre), 0, 255))
    return {
        "Red": red,
        "Green": green,
        "Blue": blue,
        "HexCode": f"#{red:02x}{green:02x}{blue:02x}",
        "CSSColor": css_name((red, green, blue)),
        "SimplifiedColor": simple_name((red, green, blue)),
        "PixelPercent": 100 * share,
    }


@cache
def _css() -> tuple[tuple[str, ...], NDArray[np.int64]]:
    named = {n: ImageColor.getrgb(n)[:3] for n in ImageColor.colormap}
    return tuple(named), np.array(list(named.values()), np.int64)


def css_name(colour: tuple[int, int, int]) -> str:
    """Return the nearest named colour of CSS."""
    names, values = _css()
    return names[int(np.argmin(((values - np.array(colour)) ** 2).sum(axis=1)))]


def simple_name(colour: tuple[int, int, int]) -> str:
    """Return which of eleven basic colours a colour is."""
    pixel = np.array([[colour]], np.uint8)
    return NAMES[int(named(np.asarray(cv2.cvtColor(pixel, cv2.COLOR_RGB2HSV), np.uint8))[0, 0])]


def _small(pixels: Image) -> Image:
    return np.asarray(cv2.resize(pixels, (SIDE, SIDE), interpolation=cv2.INTER_NEAREST), np.uint8)


def _covered(boxes: Floats, side: int) -> Bools:
    mask = np.zeros((side, side), np.bool_)
    for left, top, right, bottom in (np.clip(boxes, 0, 1) * side).astype(int):
        mask[top:bottom, left:right] = True
    return mask


def _part(pixels: Image, mask: Bools, measure: Measure | None, most: int) -> dict[str, object]:
    answer: dict[str, object] = {"DominantColors": colours(_small(pixels)[mask], most)}
    if measure:
        rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
        scale_y, scale_x = pixels.shape[0] / SIDE, pixels.shape[1] / SIDE
        top, bottom = int(rows[0] * scale_y), int((rows[-1] + 1) * scale_y)
        left, right = int(columns[0] * scale_x), int((columns[-1] + 1) * scale_x)
        answer["Quality"] = _quality(measure(pixels[top:bottom, left:right]))
    return answer


def _quality(found: Quality) -> dict[str, object]:
    return {"Brightness": found.brightness, "Sharpness": found.sharpness}
