"""Who is who from one frame to the next: numbers that stay with a person."""

from dataclasses import dataclass, field

import numpy as np

from albumen.core.arrays import Floats

LEAST_OVERLAP = 0.2
PATIENCE_MS = 2000


@dataclass
class Boxes:
    """Numbers things by where they were a moment ago."""

    _seen: dict[int, tuple[int, Floats]] = field(default_factory=dict[int, tuple[int, Floats]])
    _next: int = 0

    def number(self, ms: int, boxes: Floats) -> list[int]:
        """Return the number of each box (n, 4) at a time; a box that continues an earlier one keeps its number."""
        free = {k: box for k, (at, box) in self._seen.items() if ms - at <= PATIENCE_MS}
        pairs = [(overlap(box, old), i, k) for i, box in enumerate(boxes) for k, old in free.items()]
        given: dict[int, int] = {}
        for shared, i, k in sorted(pairs, key=lambda p: -p[0]):
            if shared >= LEAST_OVERLAP and i not in given and k not in given.values():
                given[i] = k
        for i, box in enumerate(boxes):
            if i not in given:
                given[i] = self._next
                self._next += 1
            self._seen[given[i]] = (ms, box)
        return [given[i] for i in range(len(boxes))]


@dataclass
class People:
    """Numbers faces by whom they look like."""

    least: float
    """Cosine from which two faces are one person."""
    _means: list[Floats] = field(default_factory=list[Floats])

    def number(self, vectors: Floats) -> list[int]:
        """Return the number of each face (n, dim); one like nobody before gets a new number."""
        return [self._one(v) for v in vectors]

    def _one(self, vector: Floats) -> int:
        likeness = [float(m @ vector / max(float(np.linalg.norm(m)), 1e-9)) for m in self._means]
        best = int(np.argmax(likeness)) if likeness else -1
        if best >= 0 and likeness[best] >= self.least:
            self._means[best] = self._means[best] + vector
            return best
        self._means.append(vector.copy())
        return len(self._means) - 1


def overlap(a: Floats, b: Floats) -> float:
    """Return intersection over union of two boxes."""
    inner = np.clip(np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2]), 0, None)
    both = float(np.prod(inner))
    return both / max(float(np.prod(a[2:] - a[:2]) + np.prod(b[2:] - b[:2])) - both, 1e-9)
