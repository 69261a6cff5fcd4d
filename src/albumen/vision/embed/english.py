"""Sentences to vectors with a BERT-class encoder (bge-small): English only."""

from collections.abc import Sequence

import numpy as np
from tokenizers import Tokenizer

from albumen.core.arrays import Floats, Ints
from albumen.models.card import Card
from albumen.models.pool import Pool

LONGEST = 64
"""Tokens beyond this many are cut off."""
BATCH = 64


class English:
    """Embed English sentences."""

    dim = 384

    def __init__(self, card: Card, pool: Pool) -> None:
        self._session = pool.session(card, "bge.onnx")
        self._tokenizer = Tokenizer.from_file(str(pool.path(card, "tokenizer.json")))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(LONGEST)  # pyright: ignore[reportUnknownMemberType]

    def embed(self, texts: Sequence[str]) -> Floats:
        """Return one unit vector a text, (m, 384)."""
        found: list[Ints] = [np.array(e.ids, np.int64) for e in self._tokenizer.encode_batch(list(texts))]
        out = np.zeros((len(texts), self.dim), np.float32)
        order = np.argsort([len(ids) for ids in found], kind="stable")
        for start in range(0, len(order), BATCH):
            rows = order[start : start + BATCH]
            out[rows] = self._run(*padded([found[int(r)] for r in rows]))
        return out

    def _run(self, ids: Ints, mask: Ints) -> Floats:
        outputs = self._session.run({"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)})
        first = np.asarray(next(iter(outputs.values())), np.float32)[:, 0]
        return first / np.linalg.norm(first, axis=1, keepdims=True)


def padded(sequences: Sequence[Ints]) -> tuple[Ints, Ints]:
    """Return token numbers filled up with zeros, and ones where tokens are; both (n, longest)."""
    ids = np.zeros((len(sequences), max(map(len, sequences))), np.int64)
    mask = np.zeros_like(ids)
    for row, sequence in enumerate(sequences):
        ids[row, : len(sequence)] = sequence
        mask[row, : len(sequence)] = 1
    return ids, mask
