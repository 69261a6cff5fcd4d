"""A head fitted in closed form to a user's own captions and tags: it turns queries towards what the user would say.

A picture's vector v becomes v + trust * v @ matrix, which is a ridge regression from pictures to what captions say
beyond them. Its product with a query is that of v itself with a turned query, so no picture is looked at or written
again. How far to trust it is decided by predicting each caption from all the others, so that with too few or too
mixed pairs it stays out.
"""

from dataclasses import dataclass

import numpy as np

from albumen.core.arrays import Floats, Ints, check_shape

STRENGTHS = (0.3, 1.0, 3.0)
TRUSTS = (0.25, 0.5)
SHARP = (1.0, 2.5, 5.0, 10.0, 20.0)
"""Products are multiplied by the best of these before they compete, so that being louder is no gain."""
SURELY = 2.0
"""Standard errors by which the gain must exceed nothing, or the head stays out."""
LEAST = 20
"""Pictures below which nothing is fitted."""


@dataclass(frozen=True)
class Head:
    """Turns queries of a space of D numbers by what was learnt from pairs."""

    matrix: Floats  # (D, D)
    trust: float
    """How far queries are turned; 0 leaves them as they are."""
    pairs: int = 0

    def __post_init__(self) -> None:
        check_shape("Head.matrix", self.matrix, (None, len(self.matrix)))

    def turn(self, query: Floats) -> Floats:
        """Return the query, (D,), that finds by plain vectors what the given one finds by improved ones."""
        return query if not self.trust else np.asarray(query + self.trust * (self.matrix @ query), np.float32)


def fit(vectors: Floats, captions: Floats, said: Ints) -> Head:
    """Return the head for N pictures (N, D), of which is said what `said` (N,) names among the U captions (U, D)."""
    check_shape("captions", captions, (None, vectors.shape[1]))
    check_shape("said", said, (len(vectors),))
    best = Head(np.zeros((vectors.shape[1],) * 2, np.float32), 0.0, len(vectors))
    if len(vectors) < LEAST or len(captions) < 2:
        return best
    before, most = losses(vectors @ captions.T, said), 0.0
    for strength in STRENGTHS:
        matrix, unseen = _ridge(vectors, captions[said] - vectors, strength)
        for trust in TRUSTS:
            moved = np.asarray(vectors + trust * unseen, np.float32)
            gain = before - losses(moved @ captions.T, said)
            if gain.mean() > max(most, SURELY * gain.std() / np.sqrt(len(gain))):
                best, most = Head(matrix, trust, len(vectors)), float(gain.mean())
    return best


def losses(products: Floats, said: Ints) -> Floats:
    """Return for each picture how surprising it is, in nats, that its own caption fits it; products (N, U)."""
    fits: Floats = np.asarray(products - products.max(axis=1)[:, None], np.float32)
    own: Floats = np.take_along_axis(fits, said[:, None], axis=1)[:, 0]
    tried = [np.log(np.exp(sharp * fits).sum(axis=1)) - sharp * own for sharp in SHARP]
    return np.asarray(min(tried, key=np.mean), np.float32)


def _ridge(x: Floats, y: Floats, strength: float) -> tuple[Floats, Floats]:
    """Return the matrix from x to y, and what each row of y would be predicted to be by all the others."""
    gram = np.asarray(x.T @ x + strength * np.eye(x.shape[1]), np.float32)
    inverse = np.asarray(np.linalg.inv(gram), np.float32)
    matrix = np.asarray(inverse @ (x.T @ y), np.float32)
    own = np.einsum("ij,jk,ik->i", x, inverse, x, optimize=True)
    return matrix, np.asarray(y - (y - x @ matrix) / (1 - own)[:, None], np.float32)
