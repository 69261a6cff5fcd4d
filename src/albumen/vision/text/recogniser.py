"""One CTC recogniser of a card at work: strips in, readings out."""

from collections.abc import Sequence

import numpy as np

from albumen.models.card import Card
from albumen.models.pool import Pool
from albumen.vision.text import characters, recognition
from albumen.vision.text.recognition import Reading
from albumen.vision.text.strips import Strip


class Recogniser:
    """Reads strips with the ONNX file `file` of a card; its characters come from `letters`, or the file's metadata."""

    def __init__(self, card: Card, pool: Pool, file: str, letters: str) -> None:
        self._card = card
        self._pool = pool
        self._file = file
        self._letters = letters
        self._alphabet: tuple[str, ...] = ()

    def read(self, strips: Sequence[Strip]) -> list[Reading]:
        """Return what each strip says."""
        alphabet = self._alphabet = self._alphabet or self._load()
        widths = [recognition.strip_width(*s.pixels.shape[:2]) for s in strips]
        readings: dict[int, Reading] = {}
        for width, members in recognition.batches(widths):
            batch = recognition.stack((strips[i].pixels for i in members), width)
            (output,) = self._pool.session(self._card, self._file).run({"": batch}).values()
            for row, i in zip(np.asarray(output, np.float32), members, strict=True):
                readings[i] = recognition.decode(row, alphabet, min(1.0, widths[i] / width))
        return [readings[i] for i in range(len(strips))]

    def _load(self) -> tuple[str, ...]:
        if self._letters in {file.name for file in self._card.files}:
            return characters.from_dictionary(self._pool.path(self._card, self._letters).read_bytes())
        return characters.from_onnx(self._pool.path(self._card, self._file).read_bytes())


def reread(strips: Sequence[Strip], first: Sequence[Reading], better: Recogniser, *, below: float) -> list[Reading]:
    """Read again what the first reading is not sure of: any strip with a character under `below`."""
    doubtful = [i for i, reading in enumerate(first) if len(reading.scores) == 0 or reading.scores.min() < below]
    again = dict(zip(doubtful, better.read([strips[i] for i in doubtful]), strict=True))
    return [again.get(i, reading) for i, reading in enumerate(first)]
