"""The order in which lines of text are read when nothing is known of columns: rows from top, each from the left."""

from collections.abc import Sequence

import numpy as np

from albumen.core.arrays import Floats


def in_reading_order(lines: Sequence[Floats]) -> list[int]:
    """Return the indices of lines, each given as the points (n, 2) it covers, in reading order."""
    if not lines:
        return []
    boxes = np.array([(*points.min(0), *points.max(0)) for points in lines])
    rows: list[list[int]] = []
    for i in np.argsort((boxes[:, 1] + boxes[:, 3]) / 2, kind="stable"):
        if rows and _same_row(boxes[rows[-1][0]], boxes[i]):
            rows[-1].append(int(i))
        else:
            rows.append([int(i)])
    return [i for row in rows for i in sorted(row, key=lambda i: float(boxes[i, 0]))]


def _same_row(a: Floats, b: Floats) -> bool:
    shared = min(a[3], b[3]) - max(a[1], b[1])
    return bool(shared > 0.5 * min(a[3] - a[1], b[3] - b[1]))
