"""Paper as it comes to be read: faded, scanned askew, crumpled, curled, or photographed on a table."""

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.uint8]
Grey = NDArray[np.float32]


def worn(paper: Image.Image, wear: str, chance: np.random.Generator) -> Pixels:
    """Return the pixels (h, w, 3) of printed paper after one kind of wear."""
    grey = np.asarray(paper, np.float32)
    return np.ascontiguousarray(_WEARS[wear](grey, chance))


def _rgb(grey: Grey) -> Pixels:
    return np.repeat(np.clip(grey, 0, 255).astype(np.uint8)[:, :, None], 3, 2)


def _clean(grey: Grey, chance: np.random.Generator) -> Pixels:
    return _rgb(grey)


def _faint(grey: Grey, chance: np.random.Generator) -> Pixels:
    """Fade the print, unevenly, as thermal paper does."""
    fade = _smooth(grey.shape, chance, cells=4, low=0.55, high=0.85)
    return _rgb(_noisy(245 - (255 - grey) * (1 - fade), chance, 5))


def _scan(grey: Grey, chance: np.random.Generator) -> Pixels:
    """Scan a little askew, small, and save as a poor JPEG."""
    scale = chance.uniform(0.6, 0.9)
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    turned = _turned(_noisy(small, chance, 8), chance.uniform(-4, 4), 250)
    return _jpeg(_rgb(turned), int(chance.integers(35, 70)))


def _dots(grey: Grey, chance: np.random.Generator) -> Pixels:
    """Print with missing dots and streaks, as a worn thermal head does."""
    holes = chance.random(grey.shape) < 0.12
    streaks = np.where(chance.random((1, grey.shape[1])) < 0.01, 90.0, 0.0)
    return _rgb(
        cv2.GaussianBlur(np.where(holes, 255, grey).astype(np.float32) + streaks.astype(np.float32), (3, 3), 0.8)
    )


def _photo(grey: Grey, chance: np.random.Generator) -> Pixels:
    """Photograph the paper on a table: perspective, askew, a shadow, warm light and a little blur."""
    return _pictured(grey, chance, lean=0.06, turn=12)


def _crumpled(grey: Grey, chance: np.random.Generator) -> Pixels:
    """Crumple the paper, flatten it, and photograph it from nearly above."""
    bumps = _smooth(grey.shape, chance, cells=7, low=-1, high=1)
    dx, dy = (_smooth(grey.shape, chance, cells=6, low=-5, high=5) for _ in range(2))
    return _pictured(_moved(grey, dx, dy) * (1 + 0.12 * bumps), chance, lean=0.02, turn=4)


def _curled(grey: Grey, chance: np.random.Generator) -> Pixels:
    """Let the paper curl across its lines, so that they bend, and photograph it."""
    width = grey.shape[1]
    x = np.linspace(-1, 1, width, dtype=np.float32)[None]
    bend = chance.uniform(0.025, 0.05) * width * (1 - x**2) * chance.choice([-1, 1])
    padded = cv2.copyMakeBorder(grey, 30, 30, 0, 0, cv2.BORDER_CONSTANT, value=255)
    dy = np.repeat(bend.astype(np.float32), padded.shape[0], 0)
    shaded = _moved(padded, np.zeros_like(dy), dy) * (1 - 0.18 * x**2)
    return _pictured(shaded.astype(np.float32), chance, lean=0.02, turn=5)


def _upended(grey: Grey, chance: np.random.Generator) -> Pixels:
    """Photograph the paper lying sideways or upside down."""
    turned = np.rot90(_photo(grey, chance), int(chance.integers(1, 4)))
    return np.ascontiguousarray(turned)


_WEARS: dict[str, Callable[[Grey, np.random.Generator], Pixels]] = {
    "clean": _clean, "faint": _faint, "scan": _scan, "dots": _dots, "photo": _photo, "crumpled": _crumpled,
    "curled": _curled, "upended": _upended,
}  # fmt: skip
WEARS = tuple(_WEARS)


def _tiny(grey: Grey, chance: np.random.Generator) -> Pixels:
    """Photograph the paper with few pixels, 500 to 600 across, and save as a very poor JPEG."""
    scene = _pictured(grey, chance, lean=0.03, turn=5)
    scale = chance.uniform(500, 600) / scene.shape[1]
    return _jpeg(cv2.resize(scene, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), 30)


def _pale(grey: Grey, chance: np.random.Generator) -> Pixels:
    """Fade the print until little is left, scan it small and askew."""
    fade = _smooth(grey.shape, chance, cells=5, low=0.7, high=0.93)
    small = cv2.resize(240 - (255 - grey) * (1 - fade), None, fx=0.7, fy=0.7, interpolation=cv2.INTER_AREA)
    return _jpeg(_rgb(_turned(_noisy(small, chance, 4), chance.uniform(-3, 3), 240)), 45)


def _matrix(grey: Grey, chance: np.random.Generator) -> Pixels:
    """Print with the needles of a dot-matrix printer and a worn ribbon, and scan it."""
    needle = 3
    grid = cv2.resize(grey, None, fx=1 / needle, fy=1 / needle, interpolation=cv2.INTER_AREA)
    hit = np.where(grid < 150, chance.uniform(60, 130, grid.shape), 250).astype(np.float32)
    hit = np.kron(hit, np.array([[1, 1, 0], [1, 1, 0], [0, 0, 0]], np.float32))
    printed = np.where(hit == 0, 250, hit)
    return _jpeg(_rgb(_noisy(cv2.GaussianBlur(printed, (0, 0), 1.0), chance, 5)), 60)


_HARSH = {"tiny": _tiny, "pale": _pale, "matrix": _matrix}
_WEARS |= _HARSH
HARSH = tuple(_HARSH)


def _smooth(shape: tuple[int, ...], chance: np.random.Generator, *, cells: int, low: float, high: float) -> Grey:
    """Return a slowly changing field (h, w) of values from low to high."""
    rows = max(2, round(cells * shape[0] / max(shape[1], 1)))
    coarse = chance.uniform(low, high, (rows, cells)).astype(np.float32)
    return np.asarray(cv2.resize(coarse, shape[1::-1], interpolation=cv2.INTER_CUBIC), np.float32)


def _noisy(grey: Grey, chance: np.random.Generator, sigma: float) -> Grey:
    return grey + chance.normal(0, sigma, grey.shape).astype(np.float32)


def _moved(grey: Grey, dx: Grey, dy: Grey) -> Grey:
    y, x = np.mgrid[: grey.shape[0], : grey.shape[1]].astype(np.float32)
    return np.asarray(cv2.remap(grey, x + dx, y + dy, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.float32)


def _turned(grey: Grey, angle: float, fill: float) -> Grey:
    height, width = grey.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1)
    cos, sin = abs(turn[0, 0]), abs(turn[0, 1])
    size = int(height * sin + width * cos), int(height * cos + width * sin)
    turn[:, 2] += (size[0] - width) / 2, (size[1] - height) / 2
    return np.asarray(cv2.warpAffine(grey, turn, size, borderValue=fill), np.float32)


def _pictured(grey: Grey, chance: np.random.Generator, *, lean: float, turn: float) -> Pixels:
    """Lay paper on a table and photograph it."""
    height, width = grey.shape
    room = round(0.2 * width)
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    angle = np.radians(chance.uniform(-turn, turn))
    spin = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    there = (corners - corners.mean(0)) @ spin.T + chance.uniform(-lean, lean, (4, 2)) * width
    there += room - there.min(0)
    size = tuple(int(v) for v in np.ceil(there.max(0) + room))
    lens = cv2.getPerspectiveTransform(corners, there.astype(np.float32))
    table = chance.uniform(40, 120, 3) + _smooth((size[1], size[0]), chance, cells=9, low=-18, high=18)[:, :, None]
    light = np.array([1.0, 0.97, 0.9]) * chance.uniform(0.78, 0.95)
    paper = cv2.warpPerspective(grey, lens, size)[:, :, None] * light
    covered = cv2.warpPerspective(np.ones_like(grey), lens, size)[:, :, None]
    scene = (paper * covered + table * (1 - covered)) * _smooth((size[1], size[0]), chance, cells=3, low=0.6, high=1.0)[
        :, :, None
    ]
    scene = cv2.GaussianBlur(scene, (0, 0), chance.uniform(0.5, 1.0)) + chance.normal(0, 4, scene.shape)
    return _jpeg(np.clip(scene, 0, 255).astype(np.uint8), int(chance.integers(60, 90)))


def _jpeg(pixels: Pixels, quality: int) -> Pixels:
    _, data = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)
