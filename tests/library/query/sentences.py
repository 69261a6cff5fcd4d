"""The hand-written table of sentences, the library they are asked of, and a brief way to write parts."""

import tomllib
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from albumen.library.places import Gazetteer
from albumen.library.query.parts import (
    Album,
    Camera,
    Colour,
    Content,
    Count,
    FileName,
    Filter,
    Kind,
    Known,
    Lasting,
    Like,
    Not,
    Part,
    Person,
    Place,
    Rating,
    Role,
    Shape,
    Span,
    Tag,
    Text,
    Time,
)

TODAY = date(2026, 11, 21)


class Case(NamedTuple):
    language: str
    sentence: str
    content: str
    parts: tuple[str, ...]


def cases(name: str = "sentences.toml") -> list[Case]:
    rows = tomllib.loads((Path(__file__).parent / name).read_text(encoding="utf-8"))
    return [Case(tongue, row[0], row[1], tuple(row[2:])) for tongue, table in rows.items() for row in table]


def known(spots: Gazetteer) -> Known:
    return Known(
        people=("Anna Schmidt", "Ben Meyer", "Rose Miller", "Mark Hill", "李明"),
        cameras=("NIKON D750", "Apple iPhone 12"),
        places={"Rome": 12, "Italy": 30, "Munich": 5},
        albums=("Summer in Rome", "Wedding"),
        spots=spots,
    )


def brief(part: Part) -> str:
    return ("~" if part.role is Role.SCORE else "") + words(part.filter)


def words(filter: Filter) -> str:  # noqa: C901 - one line a kind of filter
    match filter:
        case Not(of):
            return f"not {words(of)}"
        case Time():
            return "time " + when(filter)
        case Place(name):
            return f"place {name}"
        case Camera(name, lens):
            return f"camera {name}" if name else f"camera lens {lens}"
        case Kind(name):
            return f"kind {name}"
        case Shape(name):
            return f"shape {name}"
        case Lasting(least, most):
            return f"lasting {'' if least is None else f'{least:g}'}..{'' if most is None else f'{most:g}'}"
        case Text(said, exact):
            return f"text {'exact ' if exact else ''}{said}"
        case Count(of, least, most):
            return f"count {of} {least}..{'' if most is None else most}"
        case Colour(name, of):
            return f"colour {name} {of}".strip()
        case Person(name):
            return f"person {name}"
        case Like(id):
            return f"like {id}"
        case FileName(pattern):
            return f"filename {pattern}"
        case Rating(least, most):
            return f"rating {least}..{most}"
        case Tag(name):
            return f"tag {name}"
        case Album(name):
            return f"album {name}"
        case Content(said):
            return f"content {said}"


def when(time: Time) -> str:
    if len(time.spans) > 2:
        return time.label
    if time.spans:
        return " or ".join(map(dates, time.spans))
    if time.hours:
        return f"hours {time.hours[0]}-{time.hours[-1]}"
    name, values = ("months", time.months) if time.months else ("weekdays", time.weekdays)
    return f"{name} {','.join(map(str, values))}"


def dates(span: Span) -> str:
    return f"{day(span.start)}..{day(span.end and span.end - timedelta(days=1))}"


def day(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d}" if moment else ""
