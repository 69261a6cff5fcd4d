"""PP-OCR: a DB detector, a line-direction classifier and a CTC recogniser read words with exact boxes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from albumen.core.arrays import Floats, Image
from albumen.core.findings import Words
from albumen.models.card import Card
from albumen.models.pool import Pool
from albumen.models.runtimes import Runtime
from albumen.vision.text import detection, overlooked, recognition
from albumen.vision.text.cascade import Cascade, ReadsStrips
from albumen.vision.text.lines import Line, Placed, regroup
from albumen.vision.text.order import in_reading_order
from albumen.vision.text.recogniser import Recogniser
from albumen.vision.text.recognition import Reading
from albumen.vision.text.rows import rows
from albumen.vision.text.script import settled
from albumen.vision.text.spelling import is_alphabetic, is_icon, is_sign, typed, unmixed
from albumen.vision.text.strips import Strip, cut
from albumen.vision.text.words import Word, words


class Setting(StrEnum):
    """What kind of picture is read: a photo that rarely shows text, or a page that is full of it."""

    PHOTO = "photo"
    PAGE = "page"


@dataclass(frozen=True)
class _Plan:
    gate: int  # long side of the quick look for any text; 0 for none
    long_side: int
    short_side: int
    sure: float  # mean confidence below which a line is not kept
    careful: bool  # take the better recogniser also for unknown letters and where a space may be lost
    signs: bool  # read what may be a sign alone


_PLANS = {
    Setting.PHOTO: _Plan(320, 800, 0, 0.8, careful=False, signs=False),
    Setting.PAGE: _Plan(0, 1280, 736, 0.6, careful=True, signs=True),
}
_SURE_SIGN, _SURE_DASH = 0.85, 0.7  # confidences below which signs that the detector hardly saw are not kept
_DOUBT = 0.9  # a line with a character less sure than this is read again by the better recogniser
_SUSPECT, _PROVEN = 0.3, 4  # share of votes that is worth reading so many lines both ways
_VOTERS = 10  # lines asked which way up they are
_WHOLE = np.eye(2, 3, dtype=np.float32)  # a strip that is a picture of its own
_UPRIGHT_TALL = 4.0  # on an upright page, a box taller than this many widths is text that runs upwards


class PPOCR:
    """Reads the words of pictures with a PP-OCR card's detector, direction classifier and recogniser."""

    def __init__(self, card: Card, pool: Pool, *, setting: Setting = Setting.PHOTO) -> None:
        self.card = card
        self._pool = pool
        self._plan = _PLANS[setting]
        self._quick: ReadsStrips
        self._quick = self._reads = Recogniser(card, pool, "rec.onnx", "dict.txt")
        if "quick.onnx" in {file.name for file in card.files}:
            better, self._quick = self._quick, Recogniser(card, pool, "quick.onnx", "quick.txt")
            self._reads = Cascade(self._quick, better, below=_DOUBT, careful=self._plan.careful)

    def read(self, images: Sequence[Image]) -> list[Words]:
        """Return the words of each picture in reading order."""
        strips = [self._strips(image) for image in images]
        flat = [strip for page in strips for strip in page]
        readings = self._reads.read(flat)
        found: list[Words] = []
        at = 0
        for image, page in zip(images, strips, strict=True):
            found.append(self._words(image, page, readings[at : at + len(page)]))
            at += len(page)
        return found

    def lines(self, strips: Sequence[Image]) -> list[str]:
        """Return the text of strips (h, w, 3) that show one upright line each, without looking where it stands."""
        return [reading.text for reading in self._reads.read([Strip(pixels, _WHOLE) for pixels in strips])]

    def _session(self, name: str) -> Runtime:
        return self._pool.session(self.card, name)

    def _heat(self, image: Image, long_side: int, short_side: int = 0) -> tuple[Floats, float]:
        step = detection.STEP if long_side > 640 else 64
        canvas = detection.canvas(image, long_side=long_side, short_side=short_side, step=step)
        (heat,) = self._session("det.onnx").run({"": canvas.pixels[None]}).values()
        return np.asarray(heat, np.float32)[0, 0], canvas.scale

    def _strips(self, image: Image) -> list[Strip]:
        plan = self._plan
        if plan.gate and not detection.any_text(self._heat(image, plan.gate)[0]):
            return []
        heat, scale = self._heat(image, plan.long_side, plan.short_side)
        found = detection.rectangles(heat, scale=scale)
        if not len(found.quads):
            return []
        quads = detection.standing(found.quads, tall=_UPRIGHT_TALL)
        strips = [row for quad in quads for row in rows(cut(image, quad), tall=detection.tall(quads))]
        signs = overlooked.signs(image, found, quads) if plan.signs else ()
        strips = [*strips, *(replace(cut(image, quad), alone=True) for quad in signs)]
        return [s.upside_down() for s in strips] if self._upside_down(strips) else strips

    def _upside_down(self, strips: Sequence[Strip]) -> bool:
        """Ask the longest lines whether the page stands on its head, and read some both ways if they think so."""
        voters = sorted(strips, key=lambda s: -s.pixels.shape[1] / s.pixels.shape[0])[:_VOTERS]
        batch = np.concatenate([recognition.stack([s.pixels], 192) for s in voters])
        (answer,) = self._session("cls.onnx").run({"": batch}).values()
        if float(np.asarray(answer, np.float32)[:, 1].mean()) < _SUSPECT:
            return False
        both = self._quick.read([*voters[:_PROVEN], *(s.upside_down() for s in voters[:_PROVEN])])
        scores = [reading.score for reading in both]
        return sum(scores[len(scores) // 2 :]) > sum(scores[: len(scores) // 2])

    def _words(self, image: Image, strips: Sequence[Strip], readings: Sequence[Reading]) -> Words:
        read = list(zip(strips, settled(readings), strict=True))
        kept = [(strip, reading) for strip, reading in read if not strip.alone and reading.score >= self._plan.sure]
        kept += _signs([(strip, reading) for strip, reading in read if strip.alone])
        lines = [_placed(strip, words(strip.pixels, reading)) for strip, reading in kept]
        return _assemble(regroup([line for line in lines if line]), image.shape[1], image.shape[0])


def _signs(read: Sequence[tuple[Strip, Reading]]) -> list[tuple[Strip, Reading]]:
    """Return what the detector hardly saw and the recogniser is sure of, each place once."""
    found: list[tuple[Strip, Reading]] = []
    for strip, reading in sorted(read, key=lambda one: -one[1].score):
        if reading.score >= _sure_sign(reading) and not any(strip.near(other) for other, _ in found):
            found.append((strip, reading))
    return found


def _placed(strip: Strip, found: Sequence[Word]) -> Line:
    plain = _written if is_alphabetic(" ".join(w.text for w in found)) else str
    return [Placed(plain(w.text), w.score, strip.corners(w.box)) for w in found if not is_icon(w.text)]


def _sure_sign(reading: Reading) -> float:
    """Return how sure a reading must be so that a sign is believed to stand where the detector saw next to nothing."""
    if not is_sign(typed(reading.text)):
        return np.inf
    return _SURE_DASH if typed(reading.text) == "-" else _SURE_SIGN


def _written(word: str) -> str:
    return unmixed(typed(word))


def _assemble(lines: Sequence[Line], width: int, height: int) -> Words:
    """Put the lines of one picture in reading order, with places as fractions of the picture."""
    order = in_reading_order([np.concatenate([word.corners for word in line]) for line in lines])
    found = [(number, word) for number, i in enumerate(order) for word in lines[i]]
    corners = np.array([word.corners for _, word in found], np.float32).reshape(-1, 4, 2)
    return Words(
        tuple(word.text for _, word in found),
        np.array([word.score for _, word in found], np.float32),
        np.clip(corners / np.array([width, height], np.float32), 0, 1),
        tuple(number for number, _ in found),
    )
