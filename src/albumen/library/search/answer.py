"""What a search answers: results with reasons, the parts it understood, and where the sure ones end."""

from dataclasses import dataclass

from albumen.library.query.parts import Part
from albumen.library.query.said import Said


@dataclass(frozen=True)
class Result:
    """One asset that was found."""

    asset_id: int
    digest: str
    path: bytes
    score: float
    """Probability that this is what was asked for, 0 to 1; 1 where every part is a fact."""
    reasons: tuple[Said, ...]
    at_ms: int = 0
    """The moment of a video."""


@dataclass(frozen=True)
class Answer:
    """The results of a search, best first."""

    results: tuple[Result, ...]
    parts: tuple[Part, ...]
    content: str
    """What was left of the sentence for the pixels to answer."""
    sure: int
    """How many assets are likely what was asked for."""
    maybe: int
    """How many more are worth a look."""
