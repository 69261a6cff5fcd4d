"""Face vectors in memory, so that a search over a hundred thousand is one product of a matrix and a vector."""

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from albumen.aws_api.services.rekognition.gallery import Gallery, Place
from albumen.core.arrays import Floats

FIRST_ROOM = 1024


@dataclass
class Rows:
    """One collection's vectors; room for more is kept."""

    ids: list[str] = field(default_factory=list[str])
    vectors: Floats = field(default_factory=lambda: np.zeros((0, 0), np.float32))
    last: int = 0
    """Number of the newest face that is here."""

    def extend(self, fresh: list[tuple[int, str, bytes]]) -> None:
        """Take newer faces in."""
        if not fresh:
            return
        added = np.frombuffer(b"".join(v for _, _, v in fresh), np.float32).reshape(len(fresh), -1)
        self._make_room(len(self.ids) + len(fresh), added.shape[1])
        self.vectors[len(self.ids) : len(self.ids) + len(fresh)] = added
        self.ids += [i for _, i, _ in fresh]
        self.last = fresh[-1][0]

    def _make_room(self, rows: int, dim: int) -> None:
        if len(self.vectors) < rows:
            larger = np.zeros((max(FIRST_ROOM, 2 * rows), dim), np.float32)
            if len(self.ids):
                larger[: len(self.ids)] = self.vectors[: len(self.ids)]
            self.vectors = larger

    def nearest(self, vector: Floats, limit: int) -> list[tuple[str, float]]:
        """Return ids and cosines of the nearest faces, the nearest first."""
        if not self.ids:
            return []
        cosines = self.vectors[: len(self.ids)] @ vector
        count = min(limit, len(cosines))
        best = np.argpartition(-cosines, count - 1)[:count]
        order = best[np.argsort(-cosines[best], kind="stable")]
        return [(self.ids[i], float(cosines[i])) for i in order]

    def forget(self, ids: set[str]) -> None:
        """Take the rows of deleted faces out."""
        kept = [i for i, face_id in enumerate(self.ids) if face_id not in ids]
        self.vectors = self.vectors[kept]
        self.ids = [self.ids[i] for i in kept]


class Matrices:
    """The vectors of all collections that were searched."""

    def __init__(self, gallery: Gallery) -> None:
        self._gallery = gallery
        self._rows: dict[Place, Rows] = {}
        self._lock = threading.Lock()

    def nearest(self, place: Place, vector: Floats, limit: int) -> list[tuple[str, float]]:
        """Return ids and cosines of a collection's faces that are nearest to a vector."""
        with self._lock:
            rows = self._rows.setdefault(place, Rows())
            rows.extend(self._gallery.vectors(place, rows.last))
            return rows.nearest(vector, limit)

    def forget(self, place: Place, ids: Iterable[str] | None = None) -> None:
        """Forget some faces of a collection, or all of them."""
        with self._lock:
            if ids is None:
                self._rows.pop(place, None)
            elif place in self._rows:
                self._rows[place].forget(set(ids))
