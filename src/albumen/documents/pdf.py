"""The words of a PDF's own text layer, from the letters that its page holds."""

from collections.abc import Iterator
from dataclasses import replace

from albumen.core.arrays import Floats
from albumen.documents.document import Box, Line, Word
from albumen.media.leaf import Glyphs

_PAD = 0.06


def lines(glyphs: Glyphs) -> tuple[Line, ...] | None:
    """Return the lines that letters form; None where they are unsound. Letters that stand askew are left out."""
    if _unsound(glyphs.text):
        return None
    letters = "".join("\n" if askew else letter for letter, askew in zip(glyphs.text, glyphs.turned, strict=True))
    return tuple(_lines(letters, glyphs.boxes)) or None


def _unsound(letters: str) -> bool:
    """Say whether letters stand for no character anybody can read: a font without a map."""
    odd = sum(c == "\ufffd" or "\ue000" <= c <= "\uf8ff" or (c < " " and c not in "\r\n\t") for c in letters)
    return odd > 0.02 * len(letters)


def _lines(letters: str, boxes: Floats) -> Iterator[Line]:
    """Yield the lines of a text layer: words end at white space, lines at line ends."""
    line: list[Word] = []
    word: list[int] = []
    for i, letter in enumerate((*letters, "\n")):
        if not letter.isspace():
            word.append(i)
            continue
        if word:
            line.append(_word(letters, boxes, word))
            word = []
        if letter in "\r\n" and line:
            yield Line(tuple(_padded(line)))
            line = []


def _padded(line: list[Word]) -> Iterator[Word]:
    """Give words the little room to the left and above that read words have."""
    pad = _PAD * max(word.box.height for word in line)
    for word in line:
        left, top, right, bottom = word.box
        yield replace(word, box=Box(left - pad, top - pad, right, bottom))


def _word(letters: str, boxes: Floats, members: list[int]) -> Word:
    of = boxes[members]
    inked = of[(of[:, 2] > of[:, 0]) | (of[:, 3] > of[:, 1])]
    inked = inked if len(inked) else of[:1]
    box = Box(*inked[:, :2].min(0).tolist(), *inked[:, 2:].max(0).tolist())
    return Word("".join(letters[i] for i in members), 0.999, box)
