"""Where a page's points lie in its file: pages are read upright and flat, and answered as they lie on the paper."""

from dataclasses import dataclass

import numpy as np

from albumen.core.arrays import Floats

Matrix = tuple[tuple[float, float, float], tuple[float, float, float]]
LEVEL: Matrix = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0))
_STEPS = 6  # of the fixed point that undoes a bend; each leaves about a tenth of the error


@dataclass(frozen=True)
class Bend:
    """How far lines of text sink or rise along the page: a polynomial over the page's (width, height)."""

    size: tuple[float, float]
    weights: tuple[float, ...]

    def depth(self, x: Floats, y: Floats) -> Floats:
        """Return by how many pixels what lies at (x, y) of the flat page lies lower on the bent one."""
        return np.asarray(terms(x, y, self.size) @ np.array(self.weights), np.float32)

    def span(self) -> float:
        """Return by how many pixels the page bends from its middle to its sides, at the most."""
        across = np.linspace(0, self.size[0], 9, dtype=np.float32)
        down = np.array((0.1, 0.5, 0.9), np.float32) * self.size[1]
        depths = self.depth(np.tile(across, 3), np.repeat(down, 9)).reshape(3, 9)
        return float(np.ptp(depths, axis=1).max())


def terms(x: Floats, y: Floats, size: tuple[float, float]) -> Floats:
    """Return the terms of a bend (..., 7) at places of the page: all vanish where x is in the middle."""
    u, v = 2 * np.asarray(x) / size[0] - 1, 2 * np.asarray(y) / size[1] - 1
    return np.stack((u, u**2, u**3, u * v, u**2 * v, u * v**2, u**4), -1).astype(np.float32)


@dataclass(frozen=True)
class Placement:
    """The way from points of the upright, flat page to points of the page in its file: a bend, then a turn."""

    turn: Matrix = LEVEL
    bend: Bend | None = None

    def to_source(self, points: Floats) -> Floats:
        """Return where points (..., 2) of the page lie in the file's pixels."""
        x, y = points[..., 0], points[..., 1]
        if self.bend is not None:
            y = y + self.bend.depth(x, y)
        turn = np.array(self.turn, np.float32)
        return np.stack((x, y), -1) @ turn[:, :2].T + turn[:, 2]

    def flat(self, points: Floats) -> Floats:
        """Return where points (..., 2) of the turned but still bent page lie on the flat one."""
        if self.bend is None:
            return points
        x, bent = points[..., 0], points[..., 1]
        y = bent
        for _ in range(_STEPS):
            y = bent - self.bend.depth(x, y)
        return np.stack((x, y), -1).astype(np.float32)


UPRIGHT = Placement()
