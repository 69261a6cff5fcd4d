"""What vision models say about one picture: labels, objects, faces and text, each a struct of arrays.

All positions are fractions of the upright picture: x to the right, y down, 0 to 1.
Boxes are (left, top, right, bottom).
"""

from dataclasses import dataclass

from albumen.core.arrays import Floats, check_shape


@dataclass(frozen=True)
class Labels:
    """What a picture as a whole shows: N names with confidences 0 to 1, highest first."""

    names: tuple[str, ...]
    scores: Floats  # (N,)

    def __post_init__(self) -> None:
        check_shape("Labels.scores", self.scores, (len(self.names),))

    def __len__(self) -> int:
        return len(self.names)


@dataclass(frozen=True)
class Objects:
    """Things found at places: N names, confidences 0 to 1 (highest first) and boxes."""

    names: tuple[str, ...]
    scores: Floats  # (N,)
    boxes: Floats  # (N, 4) left, top, right, bottom

    def __post_init__(self) -> None:
        n = len(self.names)
        check_shape("Objects.scores", self.scores, (n,))
        check_shape("Objects.boxes", self.boxes, (n, 4))

    def __len__(self) -> int:
        return len(self.names)


@dataclass(frozen=True)
class Faces:
    """Faces found: N confidences (highest first), boxes, and five landmarks each.

    The landmarks are right eye, left eye, nose tip, right and left mouth corner, as the person has them.
    """

    scores: Floats  # (N,)
    boxes: Floats  # (N, 4)
    landmarks: Floats  # (N, 5, 2)

    def __post_init__(self) -> None:
        n = len(self.scores)
        check_shape("Faces.scores", self.scores, (n,))
        check_shape("Faces.boxes", self.boxes, (n, 4))
        check_shape("Faces.landmarks", self.landmarks, (n, 5, 2))

    def __len__(self) -> int:
        return len(self.scores)


@dataclass(frozen=True)
class Words:
    """Written words in reading order: N texts, confidences 0 to 1, quadrilaterals, and the line each belongs to.

    A quadrilateral starts at the corner where reading starts and runs clockwise as the text stands.
    """

    texts: tuple[str, ...]
    scores: Floats  # (N,)
    polygons: Floats  # (N, 4, 2)
    lines: tuple[int, ...]  # (N,) index of the line, never falling

    def __post_init__(self) -> None:
        n = len(self.texts)
        check_shape("Words.scores", self.scores, (n,))
        check_shape("Words.polygons", self.polygons, (n, 4, 2))
        if len(self.lines) != n:
            raise ValueError(f"Words.lines must have length {n}, not {len(self.lines)}")

    def __len__(self) -> int:
        return len(self.texts)

    def text(self) -> str:
        """Return the text, one line of the picture a line, words joined by one space."""
        rows: dict[int, list[str]] = {}
        for word, line in zip(self.texts, self.lines, strict=True):
            rows.setdefault(line, []).append(word)
        return "\n".join(" ".join(row) for row in rows.values())
