"""What Rekognition needs from vision: one small protocol a model, and the bundle of those that are installed here."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from albumen.aws_api.services.rekognition.traits import Traits
from albumen.core.arrays import Floats, Image
from albumen.core.errors import NotInstalled
from albumen.core.findings import Faces, Objects, Words
from albumen.documents.document import Page
from albumen.documents.pages import Sheet

T = TypeVar("T")


class Tagger(Protocol):
    """Says what a picture as a whole shows."""

    def probabilities(self, images: Sequence[Image], /) -> Floats:
        """Return class probabilities (n, classes)."""
        ...


class Detector(Protocol):
    """Finds things at places."""

    def detect(self, images: Sequence[Image], /) -> list[Objects]:
        """Return the things in each picture, by their COCO names."""
        ...


class FaceFinder(Protocol):
    """Finds faces."""

    def detect(self, images: Sequence[Image], /) -> list[Faces]:
        """Return the faces in each picture."""
        ...


class FaceEmbedder(Protocol):
    """Turns faces into vectors that are near each other for one person."""

    def embed(self, image: Image, faces: Faces, /) -> Floats:
        """Return a vector of unit length a face (n, dim)."""
        ...


class Scale(Protocol):
    """What cosines between face vectors mean to people: 0 to 100, 80 being the usual acceptance."""

    def percent(self, cosines: Floats, /) -> Floats:
        """Return similarities for cosines."""
        ...

    def cosine(self, percent: float, /) -> float:
        """Return the cosine that a similarity stands for."""
        ...


class FaceReader(Protocol):
    """Says more of faces than where they are."""

    def read(self, image: Image, faces: Faces, /) -> list[Traits]:
        """Return what can be said of each face."""
        ...


class Reader(Protocol):
    """Reads written words."""

    def read(self, images: Sequence[Image], /) -> list[Words]:
        """Return the words in each picture."""
        ...


class ReadsPages(Protocol):
    """Reads pages of documents."""

    def page(self, sheet: Sheet, /, *, structure: bool = True) -> Page:
        """Return what is written on a page; without structure words and lines only."""
        ...


class Moderator(Protocol):
    """Scores how likely a picture is not for everyone's eyes."""

    def score(self, images: Sequence[Image], /) -> Floats:
        """Return a probability a picture (n,)."""
        ...


class Quality(Protocol):
    """How sharp, bright and contrasty pixels are, each 0 to 100."""

    @property
    def sharpness(self) -> float:
        """Return 0 for blurred, 100 for sharp."""
        ...

    @property
    def brightness(self) -> float:
        """Return 0 for black, 100 for white."""
        ...

    @property
    def contrast(self) -> float:
        """Return 0 for flat, 100 for black and white."""
        ...


@dataclass(frozen=True)
class Tasks:
    """The models that are installed here; an operation whose model is missing says so."""

    tagger: Tagger | None = None
    classes: tuple[str, ...] = ()
    """The tagger's classes by name, in the model's order."""
    detector: Detector | None = None
    face_finder: FaceFinder | None = None
    face_embedder: FaceEmbedder | None = None
    face_scale: Scale | None = None
    face_reader: FaceReader | None = None
    reader: Reader | None = None
    documents: ReadsPages | None = None
    moderator: Moderator | None = None
    quality: Callable[[Image], Quality] | None = None
    versions: dict[str, str] = field(default_factory=dict[str, str])


def need(task: T | None, what: str) -> T:
    """Return a task, or say that no model for it is installed."""
    if task is None:
        raise NotInstalled(f"No model for {what} is installed on this server.")
    return task
