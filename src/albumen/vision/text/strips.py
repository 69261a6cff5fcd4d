"""Text lines cut out of a picture: upright strips that know where each of their points lies in the picture."""

from dataclasses import dataclass

import cv2
import numpy as np

from albumen.core.arrays import Floats, Image

_LEVEL = 0.01  # a line this little off level (radians) is sliced, not warped: pixels stay as they are


@dataclass(frozen=True)
class Strip:
    """Pixels (h, w, 3) of one line of text and the affine map (2, 3) from strip points to picture points."""

    pixels: Image
    to_picture: Floats
    alone: bool = False  # hardly seen by the detector: a sign that stands alone, or nothing

    def corners(self, box: tuple[float, float, float, float]) -> Floats:
        """Return the four picture points (4, 2) of a box (left, top, right, bottom) in the strip."""
        left, top, right, bottom = box
        points = np.array([[left, top, 1], [right, top, 1], [right, bottom, 1], [left, bottom, 1]], np.float32)
        return points @ self.to_picture.T

    def upside_down(self) -> "Strip":
        """Return the strip turned by half."""
        height, width = self.pixels.shape[:2]
        turn = np.array([[-1, 0, width], [0, -1, height], [0, 0, 1]], np.float32)
        return Strip(np.ascontiguousarray(self.pixels[::-1, ::-1]), self.to_picture @ turn, self.alone)

    def near(self, other: "Strip") -> bool:
        """Say whether the middle of another strip lies inside this one."""
        height, width = other.pixels.shape[:2]
        middle = other.to_picture @ np.array([width / 2, height / 2, 1], np.float32)
        x, y = cv2.invertAffineTransform(self.to_picture) @ np.array([*middle, 1], np.float32)
        return bool(0 <= x < self.pixels.shape[1] and 0 <= y < self.pixels.shape[0])

    def part(self, top: int, bottom: int) -> "Strip":
        """Return the rows of pixels from `top` to `bottom`."""
        shift = np.array([[1, 0, 0], [0, 1, top], [0, 0, 1]], np.float32)
        return Strip(self.pixels[top:bottom], self.to_picture @ shift, self.alone)


def cut(image: Image, quad: Floats) -> Strip:
    """Cut the strip inside a rectangle (4, 2), clockwise from the corner where reading starts."""
    across, down = quad[1] - quad[0], quad[3] - quad[0]
    width, height = float(np.linalg.norm(across)), float(np.linalg.norm(down))
    if abs(np.arctan2(across[1], across[0])) < _LEVEL:
        return _slice(image, quad)
    w, h = max(2, round(width)), max(2, round(height))
    to_picture = np.column_stack((across / w, down / h, quad[0])).astype(np.float32)
    pixels = cv2.warpAffine(
        image, to_picture, (w, h), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REPLICATE
    )
    return Strip(np.asarray(pixels, np.uint8), to_picture)


def _slice(image: Image, quad: Floats) -> Strip:
    height, width = image.shape[:2]
    left, top = (max(0, int(v)) for v in np.floor(quad.min(0)))
    right, bottom = (int(v) for v in np.ceil(quad.max(0)))
    left, top = min(left, width - 2), min(top, height - 2)
    right, bottom = min(max(right, left + 2), width), min(max(bottom, top + 2), height)
    to_picture = np.array([[1, 0, left], [0, 1, top]], np.float32)
    return Strip(image[top:bottom, left:right], to_picture)
