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

    def knows(self, text: str) -> bool:
        """Tell whether all letters of a text are in the alphabet."""
        return set(text) <= {*self._letters_known(), " "}

    def read(self, strips: Sequence[Strip]) -> list[Reading]:
        """Return what each strip says."""
        alphabet = self._letters_known()
        widths = [recognition.strip_width(*s.pixels.shape[:2]) for s in strips]
        readings: dict[int, Reading] = {}
        for width, members in recognition.batches(widths):
            batch = recognition.stack((strips[i].pixels for i in members), width)
            (output,) = self._pool.session(self._card, self._file).run({"": batch}).values()
            for row, i in zip(np.asarray(output, np.float32), members, strict=True):
                readings[i] = recognition.decode(row, alphabet, min(1.0, widths[i] / width))
        return [readings[i] for i in range(len(strips))]

    def _letters_known(self) -> tuple[str, ...]:
        self._alphabet = self._alphabet or self._load()
        return self._alphabet

    def _load(self) -> tuple[str, ...]:
        if self._letters in {file.name for file in self._card.files}:
            return characters.from_dictionary(self._pool.path(self._card, self._letters).read_bytes())
        return characters.from_onnx(self._pool.path(self._card, self._file).read_bytes())
