"""Image-text encoders of two towers, such as SigLIP 2 and CLIP: the pixels alone decide."""

from collections.abc import Sequence

import numpy as np
from tokenizers import Tokenizer

from albumen.core.arrays import Floats, Image
from albumen.models.card import Card
from albumen.models.pool import Pool
from albumen.models.prepare import prepare
from albumen.vision.embed.encoder import Seen

BATCH = 16
"""Pictures or sentences in one run; more need more memory and are no faster on two cores."""


class Clip:
    """Puts pictures and sentences into one space by a pair of towers."""

    def __init__(self, card: Card, pool: Pool) -> None:
        assert card.input is not None
        self.card = card
        self.dim = int(card.options["dim"])
        self._spec = card.input
        self._pool = pool
        self._tokenizer: Tokenizer | None = None

    def images(self, seen: Sequence[Seen]) -> Floats:
        """Return one unit vector a picture, (n, dim)."""
        return self.pixels([s.image for s in seen])

    def pixels(self, images: Sequence[Image]) -> Floats:
        """Return one unit vector an image, (n, dim)."""
        tower = self._pool.session(self.card, "vision_model.onnx")
        out = np.zeros((len(images), self.dim), np.float32)
        for start in range(0, len(images), BATCH):
            batch = np.concatenate([prepare(i, self._spec) for i in images[start : start + BATCH]])
            out[start : start + BATCH] = tower.run({"": batch})[self.card.options["image_output"]]
        return _unit(out)

    def text(self, texts: Sequence[str]) -> Floats:
        """Return one unit vector a sentence, (m, dim)."""
        tower = self._pool.session(self.card, "text_model.onnx")
        out = np.zeros((len(texts), self.dim), np.float32)
        for start in range(0, len(texts), BATCH):
            found = self._tokens().encode_batch(self._cased(texts[start : start + BATCH]))
            fed = {"input_ids": np.array([e.ids for e in found], np.int64)}
            # exports differ in whether they ask for the mask
            if "attention_mask" in tower.inputs:
                fed["attention_mask"] = np.array([e.attention_mask for e in found], np.int64)
            out[start : start + BATCH] = tower.run(fed)[self.card.options["text_output"]]
        return _unit(out)

    def _cased(self, texts: Sequence[str]) -> list[str]:
        return [t.lower() for t in texts] if self.card.options.get("text_lower") else list(texts)

    def _tokens(self) -> Tokenizer:
        if self._tokenizer is None:
            length, pad = int(self.card.options["text_length"]), int(self.card.options["text_pad"])
            tokenizer = Tokenizer.from_file(str(self._pool.path(self.card, "tokenizer.json")))
            tokenizer.enable_truncation(length)  # pyright: ignore[reportUnknownMemberType]
            tokenizer.enable_padding(length=length, pad_id=pad)  # pyright: ignore[reportUnknownMemberType]
            self._tokenizer = tokenizer
        return self._tokenizer


def _unit(vectors: Floats) -> Floats:
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
