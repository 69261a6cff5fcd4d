"""Encoders of the CLIP and SigLIP kind: one network for pictures, one for sentences, both said by the card.

The card's options: `context` (tokens), `pad` (number of the padding token), `fill` (whether sentences are filled up to
the context), `mask` (whether the text network takes an attention mask), `lower` (whether text is put in lower case),
`image_output` and `text_output` (their names), `image_pooling` and `text_pooling` (how tokens become one vector).
"""

from collections.abc import Sequence
from typing import Literal

import cv2
import numpy as np
from tokenizers import Tokenizer

from albumen.core.arrays import Floats, Image, Ints
from albumen.core.errors import ModelError
from albumen.models.card import Card, Frozen, Input
from albumen.models.pool import Pool
from albumen.models.runtimes import Tensor
from albumen.vision.embed.encoder import Seen

Pooling = Literal["none", "first", "last", "mean"]
BATCH = 16
_WAYS = {"area": cv2.INTER_AREA, "bilinear": cv2.INTER_LINEAR, "bicubic": cv2.INTER_CUBIC}


class Options(Frozen):
    """What a card says of this family."""

    dim: int
    context: int = 77
    pad: int = 0
    fill: bool = True
    mask: bool = False
    lower: bool = False
    image_output: str
    text_output: str
    image_pooling: Pooling = "none"
    text_pooling: Pooling = "none"


class Clip:
    """Put pictures and sentences into one space with a pair of networks trained for that."""

    def __init__(self, card: Card, pool: Pool) -> None:
        if card.input is None:
            raise ModelError(f"model {card.name} has no [input]; say size and normalisation in its card")
        self.card = card
        self._input = card.input
        self._options = Options.model_validate({k: v for k, v in card.options.items() if k in Options.model_fields})
        self.dim = self._options.dim
        self._pool = pool
        self._tokenizer = Tokenizer.from_file(str(pool.path(card, "tokenizer.json")))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(self._options.context)  # pyright: ignore[reportUnknownMemberType]

    def images(self, seen: Sequence[Seen]) -> Floats:
        """Return one unit vector a picture, (n, dim)."""
        runtime = self._pool.session(self.card, "image.onnx")
        rows = [np.zeros((0, self.dim), np.float32)]
        for start in range(0, len(seen), BATCH):
            batch = np.stack([tensor(s.image, self._input) for s in seen[start : start + BATCH]])
            out = _named(runtime.run({"": batch}), self._options.image_output, self.card)
            rows.append(pooled(out, self._options.image_pooling, np.ones(out.shape[:2], np.int64)))
        return unit(np.concatenate(rows))

    def text(self, texts: Sequence[str]) -> Floats:
        """Return one unit vector a sentence, (m, dim)."""
        options = self._options
        if not texts:
            return np.zeros((0, self.dim), np.float32)
        found = self._tokenizer.encode_batch([t.lower() if options.lower else t for t in texts])
        ids, mask = filled([e.ids for e in found], options.context if options.fill else 0, options.pad)
        inputs = {"input_ids": ids, "attention_mask": mask} if options.mask else {"": ids}
        out = _named(self._pool.session(self.card, "text.onnx").run(inputs), options.text_output, self.card)
        return unit(pooled(out, options.text_pooling, mask))


def tensor(image: Image, wanted: Input) -> Floats:
    """Return a picture as the network's input, (3, height, width) or (height, width, 3)."""
    pixels = fitted(image, wanted).astype(np.float32) * wanted.scale
    pixels = (pixels - np.array(wanted.mean, np.float32)) / np.array(wanted.std, np.float32)
    pixels = pixels[..., ::-1] if wanted.channels == "bgr" else pixels
    return np.ascontiguousarray(pixels.transpose(2, 0, 1) if wanted.layout == "nchw" else pixels, np.float32)


def fitted(image: Image, wanted: Input) -> Image:
    """Return a picture in the network's size: squeezed, cropped to its middle, or framed in grey."""
    high, wide = image.shape[:2]
    ratios = wanted.height / high, wanted.width / wide
    if wanted.fit == "squash":
        return _resized(image, wanted.width, wanted.height, wanted)
    scale = max(ratios) if wanted.fit == "crop" else min(ratios)
    small = _resized(image, max(round(wide * scale), 1), max(round(high * scale), 1), wanted)
    out = np.full((wanted.height, wanted.width, 3), 127, np.uint8)
    # one of source and target is at least as long as the other along each side, by `fit`
    y, x = (wanted.height - small.shape[0]) // 2, (wanted.width - small.shape[1]) // 2
    part = small[max(-y, 0) : max(-y, 0) + wanted.height, max(-x, 0) : max(-x, 0) + wanted.width]
    out[max(y, 0) : max(y, 0) + part.shape[0], max(x, 0) : max(x, 0) + part.shape[1]] = part
    return out


def filled(sequences: Sequence[Sequence[int]], length: int, pad: int) -> tuple[Ints, Ints]:
    """Return token numbers filled up to `length` (at least the longest), and ones where tokens are."""
    ids = np.full((len(sequences), max(length, max(map(len, sequences)))), pad, np.int64)
    mask = np.zeros_like(ids)
    for row, sequence in enumerate(sequences):
        ids[row, : len(sequence)] = sequence
        mask[row, : len(sequence)] = 1
    return ids, mask


def pooled(out: Floats, pooling: Pooling, mask: Ints) -> Floats:
    """Return one vector a row of (n, tokens, dim), or the rows as they are where the network pooled them itself."""
    match pooling:
        case "none":
            return out
        case "first":
            return out[:, 0]
        case "last":
            return out[np.arange(len(out)), mask.sum(1) - 1]
        case "mean":
            return ((out * mask[..., None]).sum(1) / mask.sum(1, keepdims=True)).astype(np.float32)


def unit(rows: Floats) -> Floats:
    """Return rows of length one."""
    return (rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)).astype(np.float32)


def _resized(image: Image, width: int, height: int, wanted: Input) -> Image:
    # area averages, which the others do not when they make smaller
    shrinks = width * height < image.shape[0] * image.shape[1]
    how = cv2.INTER_AREA if shrinks else _WAYS[wanted.interpolation]
    return np.asarray(cv2.resize(image, (width, height), interpolation=how), np.uint8)


def _named(outputs: dict[str, Tensor], name: str, card: Card) -> Floats:
    if name not in outputs:
        raise ModelError(f"model {card.name} has no output {name!r}; its card must name one of {', '.join(outputs)}")
    return np.asarray(outputs[name], np.float32)
