"""What a strip of text says: strips to batches of few widths, and CTC output to characters with places."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from albumen.core.arrays import Floats, Image

HEIGHT = 48
WIDTHS = (
    160, 176, 192, 224, 256, 288, 320, 352, 400, 448, 512, 576, 640, 720, 800, 896, 1008, 1136,
    1280, 1440, 1616, 1808, 2032, 2272, 2544, 2848, 3200,
)  # fmt: skip
"""Widths that strips are padded to: an eighth apart, so that little is computed in vain; a letter alone needs room."""
_BATCH_PIXELS = 2560  # widths of a batch added up, so that every batch costs about the same memory


@dataclass(frozen=True)
class Reading:
    """What a strip says: N characters, confidences 0 to 1, and their centres as fractions of the strip's width.

    `plain` holds for each character the likeliest one of a plain English keyboard, which is mostly the same.
    """

    text: str
    scores: Floats  # (N,)
    centres: Floats  # (N,)
    plain: str = ""

    @property
    def score(self) -> float:
        """Return the mean confidence, 0 when nothing was read."""
        return float(self.scores.mean()) if len(self.scores) else 0.0


def batches(widths: Sequence[int]) -> Iterator[tuple[int, list[int]]]:
    """Yield (padded width, indices) so that only a few widths and the batch sizes 1, 2, 4, 8 and 16 occur."""
    by_width: dict[int, list[int]] = {}
    for i in sorted(range(len(widths)), key=lambda i: widths[i]):
        fits = next((w for w in WIDTHS if w >= widths[i]), WIDTHS[-1])
        by_width.setdefault(fits, []).append(i)
    for width, members in by_width.items():
        size = min(16, 1 << max(0, (_BATCH_PIXELS // width).bit_length() - 1))
        while members:
            while size > len(members):
                size //= 2
            yield width, members[:size]
            members = members[size:]


def strip_width(height: int, width: int) -> int:
    """Return how wide a strip is when scaled to the model's height."""
    return int(min(WIDTHS[-1], max(1, np.ceil(HEIGHT * width / max(height, 1)))))


def stack(strips: Iterable[Image], width: int) -> Floats:
    """Scale strips (h, w, 3) RGB to the model's height and pad them with grey: (N, 3, 48, width), -1 to 1, BGR."""
    rows: list[Floats] = []
    for strip in strips:
        wide = min(width, strip_width(*strip.shape[:2]))
        method = cv2.INTER_AREA if strip.shape[0] > HEIGHT else cv2.INTER_CUBIC
        small = cv2.resize(strip, (wide, HEIGHT), interpolation=method)
        row = np.zeros((3, HEIGHT, width), np.float32)
        row[:, :, :wide] = small[:, :, ::-1].transpose(2, 0, 1).astype(np.float32) / 127.5 - 1
        rows.append(row)
    return np.stack(rows)


def decode(output: Floats, alphabet: tuple[str, ...], filled: float = 1.0) -> Reading:
    """Read CTC output (T, characters) greedily; `filled` is the share of the columns that the strip covers."""
    best = output.argmax(1)
    scores = output[np.arange(len(best)), best]
    starts = np.flatnonzero((best != 0) & (best != np.concatenate(([-1], best[:-1]))))
    ends = np.flatnonzero((best != 0) & (best != np.concatenate((best[1:], [-1])))) + 1
    peaks = [int(start + scores[start:end].argmax()) for start, end in zip(starts, ends, strict=True)]
    letters = [alphabet[int(best[peak])] for peak in peaks]
    plain = [c if c.isascii() else _typed(output[peak], alphabet) for c, peak in zip(letters, peaks, strict=True)]
    centres = (starts + ends) / 2 / (len(best) * filled)
    return Reading("".join(letters), np.asarray(scores[peaks], np.float32), centres.astype(np.float32), "".join(plain))


def _typed(column: Floats, alphabet: tuple[str, ...]) -> str:
    """Return the likeliest character of a plain keyboard in one column (characters,)."""
    keys = _keyboard(alphabet)
    return alphabet[int(keys[column[keys].argmax()])]


@lru_cache(maxsize=4)
def _keyboard(alphabet: tuple[str, ...]) -> NDArray[np.int64]:
    return np.array([i for i, letter in enumerate(alphabet) if letter.isascii() and letter.strip()], np.int64)
