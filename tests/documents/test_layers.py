"""Whether a PDF's text layer is believed."""

from collections.abc import Sequence

import cv2
import numpy as np
import pytest

from albumen.core.arrays import Image
from albumen.documents.document import Box, Line, Word
from albumen.documents.layers import is_sound

SAID = ("The landlord lets", "to the tenant", "a flat")


def page(*texts: str) -> tuple[list[Line], Image]:
    """Return the lines of a layer and a page that shows them."""
    image, lines = np.full((400, 600, 3), 255, np.uint8), list[Line]()
    for row, text in enumerate(texts):
        words, left = list[Word](), 30
        for word in text.split():
            (width, height), _ = cv2.getTextSize(word, cv2.FONT_HERSHEY_SIMPLEX, 1, 2)
            cv2.putText(image, word, (left, 60 + 80 * row), cv2.FONT_HERSHEY_SIMPLEX, 1, (0, 0, 0), 2)
            words.append(Word(word, 1.0, Box(left, 60 + 80 * row - height, left + width, 64 + 80 * row)))
            left += width + 15
        lines.append(Line(tuple(words)))
    return lines, image


@pytest.mark.parametrize(("seen", "sound"), [(SAID, True), (("", "", ""), False), (("xq", "zzz vv", "77"), False)])
def test_a_layer_is_believed_when_the_page_shows_what_it_says(seen: Sequence[str], sound: bool) -> None:
    lines, image = page(*SAID)
    assert is_sound(lines, image, lambda strips: list(seen[: len(strips)])) is sound


def test_a_layer_is_not_believed_when_the_page_shows_much_more() -> None:
    lines, image = page(*SAID)
    assert not is_sound(lines[2:], image, lambda strips: [SAID[2]] * len(strips))


def test_all_samples_are_read_in_one_go_and_hold_their_line() -> None:
    asked: list[Sequence[Image]] = []

    def read(strips: Sequence[Image]) -> list[str]:
        asked.append(strips)
        return list(SAID)

    lines, image = page(*SAID)
    assert is_sound(lines, image, read)
    (strips,) = asked
    assert len(strips) == 3 and all((strip.min(), strip[0].min()) == (0, 255) for strip in strips)
