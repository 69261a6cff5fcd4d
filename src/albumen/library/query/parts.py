"""What a search sentence is made of: filters as data, each in a part that remembers the words it came from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Literal, Protocol, TypeAlias

from albumen.library.places import Spot


class Role(StrEnum):
    """Whether a part excludes what does not fit, or only ranks what fits higher."""

    FILTER = "filter"
    SCORE = "score"


@dataclass(frozen=True)
class Span:
    """A stretch of local time from `start` up to, not including, `end`; None is open."""

    start: datetime | None
    end: datetime | None


@dataclass(frozen=True)
class Time:
    """When: in any of the spans (if any), and in those months, weekdays (Monday 0) and hours (if any)."""

    spans: tuple[Span, ...] = ()
    months: tuple[int, ...] = ()
    weekdays: tuple[int, ...] = ()
    hours: tuple[int, ...] = ()
    label: str = ""

    def holds(self, taken: datetime) -> bool:
        """Tell whether a local time of taking fits."""
        return (
            (not self.spans or any(within(span, taken) for span in self.spans))
            and (not self.months or taken.month in self.months)
            and (not self.weekdays or taken.weekday() in self.weekdays)
            and (not self.hours or taken.hour in self.hours)
        )


@dataclass(frozen=True)
class Place:
    """Where: a country or region by its code, a town by a circle, else by name alone (`kind` is `named`)."""

    name: str
    kind: Literal["country", "region", "city", "point", "named"]
    country: str = ""
    region_code: str = ""
    lat: float = 0.0
    lon: float = 0.0
    km: float = 0.0
    other: str = ""
    """The better known namesake that was not meant, because the library has pictures of this one."""


@dataclass(frozen=True)
class Camera:
    """Which device or lens, by words that its make, model or lens name contains; folded."""

    name: str = ""
    lens: str = ""


MediaKind: TypeAlias = Literal["photo", "video", "screenshot", "live", "panorama", "raw", "gif"]


@dataclass(frozen=True)
class Kind:
    """What kind of media."""

    name: MediaKind


PaperKind: TypeAlias = Literal["document", "receipt", "invoice", "identity", "form"]


@dataclass(frozen=True)
class Paper:
    """What kind of document; receipts are invoices too, for people call one the other."""

    name: PaperKind


@dataclass(frozen=True)
class Amount:
    """A sum of money in hundredths: if both are the same, it stands in the document, else its total lies between."""

    least: int
    most: int


@dataclass(frozen=True)
class Shape:
    """How the picture stands."""

    name: Literal["portrait", "landscape", "square"]


@dataclass(frozen=True)
class Lasting:
    """How long a video runs, in seconds; None is open."""

    least: float | None = None
    most: float | None = None


@dataclass(frozen=True)
class Text:
    """Words written in the picture."""

    words: str
    exact: bool = False


@dataclass(frozen=True)
class Count:
    """How many of something, named as detectors name it; `most` None is open. A `face` is one that fills much."""

    of: str
    least: int
    most: int | None


@dataclass(frozen=True)
class Colour:
    """A basic colour (or `monochrome`), and the thing that has it, empty for the picture as a whole."""

    name: str
    of: str = ""


@dataclass(frozen=True)
class Person:
    """A person the library knows by name."""

    name: str


@dataclass(frozen=True)
class Like:
    """Looks like an asset of the library."""

    id: str


@dataclass(frozen=True)
class FileName:
    """Words or a pattern with `*` that the file's name contains."""

    pattern: str


@dataclass(frozen=True)
class Rating:
    """Rated at least and at most so many stars."""

    least: int
    most: int = 5


@dataclass(frozen=True)
class Tag:
    """Has a tag."""

    name: str


@dataclass(frozen=True)
class Album:
    """Is in an album."""

    name: str


@dataclass(frozen=True)
class Content:
    """What the picture shows, in words for the image-text encoder."""

    words: str


Plain: TypeAlias = (
    Time | Place | Camera | Kind | Shape | Lasting | Text | Count | Colour | Person | Like | FileName | Rating | Tag
    | Album | Content | Paper | Amount
)  # fmt: skip


@dataclass(frozen=True)
class Not:
    """The opposite of another filter."""

    of: Plain


Filter: TypeAlias = Plain | Not


@dataclass(frozen=True)
class Part:
    """One recognised stretch of the sentence: `sentence[start:end]`, its meaning and its role.

    A part from a flag has no stretch: `start` and `end` are 0.
    """

    start: int
    end: int
    text: str
    filter: Filter
    role: Role = Role.FILTER
    kept: bool = False
    """The words stay in the content sentence as well."""

    @property
    def kind(self) -> str:
        """Return the name of the part's kind: `time`, `place`, `not` ..."""
        return type(self.filter).__name__.lower()


@dataclass(frozen=True)
class Query:
    """A search sentence taken apart; `content` is what is left for the image-text encoder."""

    sentence: str
    parts: tuple[Part, ...]
    content: str

    def filters(self) -> tuple[Filter, ...]:
        """Return what excludes."""
        return tuple(p.filter for p in self.parts if p.role is Role.FILTER)

    def relaxed(self, part: Part) -> "Query":
        """Return the query with that part ranking instead of excluding."""
        return replace(self, parts=tuple(replace(p, role=Role.SCORE) if p == part else p for p in self.parts))

    def plus(self, parts: Sequence[Part]) -> "Query":
        """Return the query with more parts, such as those from flags."""
        return replace(self, parts=(*self.parts, *parts))


class FindsSpots(Protocol):
    """Tells what places a name may stand for, the likeliest first."""

    def find(self, name: str, /) -> tuple[Spot, ...]:
        """Return the candidates."""
        ...


@dataclass(frozen=True)
class Known:
    """What the library knows, which decides what an ambiguous word means."""

    people: tuple[str, ...] = ()
    cameras: tuple[str, ...] = ()
    places: Mapping[str, int] = field(default_factory=dict[str, int])
    """Names of towns, regions and countries with the number of assets there."""
    homes: Mapping[tuple[str, str], int] = field(default_factory=dict[tuple[str, str], int])
    """Name of a town, case folded, and code of its region -> number of assets there: tells namesakes apart."""
    tags: tuple[str, ...] = ()
    albums: tuple[str, ...] = ()
    papers: tuple[str, ...] = ()
    """The kinds of documents that there are."""
    spots: FindsSpots | None = None
    first_year: int = 1990
    """The year of the oldest asset: yearly holidays are computed from here on."""
    southern: bool = False
    """Seasons are those of the southern hemisphere."""


def within(span: Span, taken: datetime) -> bool:
    """Tell whether a local time lies in a span."""
    return (span.start is None or span.start <= taken) and (span.end is None or taken < span.end)
