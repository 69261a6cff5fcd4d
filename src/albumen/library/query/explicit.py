"""The explicit syntax, which always wins: `place:turkey`, `time:2019`, `text:"no entry"`, `-dog`, `-kind:video`."""

import re
from collections.abc import Callable
from typing import cast, get_args

from albumen.core.errors import QueryError
from albumen.library.query.media import amount
from albumen.library.query.papers import read_paper
from albumen.library.query.parts import (
    Album,
    Camera,
    Colour,
    Content,
    Count,
    FileName,
    Kind,
    Lasting,
    Like,
    MediaKind,
    Not,
    Person,
    Plain,
    Rating,
    Shape,
    Span,
    Tag,
    Text,
    Time,
)
from albumen.library.query.sentence import Sentence, fold_letters
from albumen.library.query.things import BASIC, COLOURS, NOUNS
from albumen.library.query.times import find_times
from albumen.library.query.where import named_place

TERM = re.compile(
    r"(?<!\S)(?P<minus>-)?(?:(?P<key>[a-z]{2,12}):(?:\"(?P<quoted>[^\"]*)\"|(?P<bare>[^\s\"]+))"
    r"|(?<=-)(?:\"(?P<gone>[^\"]+)\"|(?P<word>[^\W\d_][\w-]*)))"
)
SHAPES = ("portrait", "landscape", "square")
RELATION = re.compile(r"(>=|<=|>|<|=)?\s*(\d+(?:\.\d+)?)\s*(\+)?")


def read_time(s: Sentence, value: str) -> Plain | None:
    """Return the times that a value names."""
    inner = Sentence(value, today=s.today, known=s.known)
    find_times(inner)
    times = [p.filter for p in inner.parts if isinstance(p.filter, Time)]
    if not times:
        inner = Sentence(f"in {value}", today=s.today, known=s.known)
        find_times(inner)
        times = [p.filter for p in inner.parts if isinstance(p.filter, Time)]
    return times[0] if len(times) == 1 else None


def open_time(s: Sentence, value: str, *, since: bool) -> Plain | None:
    """Return the time from the start, or up to the end, of what a value names."""
    time = read_time(s, value)
    if not isinstance(time, Time) or len(time.spans) != 1:
        return None
    span = Span(time.spans[0].start, None) if since else Span(None, time.spans[0].end)
    return Time((span,), label=f"{'since' if since else 'until'} {time.label}")


def bounded(value: str) -> tuple[float, float | None] | None:
    """Return the least and the most of `3`, `>=3`, `<3`, `3+`."""
    match = RELATION.fullmatch(value.strip())
    if not match:
        return None
    number = float(match[2])
    table = {">=": (number, None), "<=": (0.0, number), ">": (number + 1, None), "<": (0.0, number - 1)}
    return table.get(match[1] or "", (number, None if match[3] else number))


def read_count(s: Sentence, value: str) -> Plain | None:
    """Return `dog=2`, `people>=3` or `2` (people) as a count."""
    name = re.match(r"[^\W\d]+", value)
    limits = bounded(value[name.end() :] if name else value)
    if not limits:
        return None
    of = NOUNS.get(fold_letters(name[0]), name[0]) if name else "person"
    return Count(of, int(limits[0]), None if limits[1] is None else int(limits[1]))


def read_rating(s: Sentence, value: str) -> Plain | None:
    """Return `4`, `4+` or `>=4` as a rating."""
    limits = bounded(value)
    return Rating(int(limits[0]), int(min(5, limits[1] if limits[1] is not None else 5))) if limits else None


def read_length(s: Sentence, value: str) -> Plain | None:
    """Return `>60`, `<1.5m` as a length of videos."""
    match = re.fullmatch(r"(>=?|<=?)?\s*(\d+(?:\.\d+)?)\s*(s|m|min|h)?", value)
    if not match:
        return None
    seconds = amount(match[2]) * {"m": 60, "h": 3600}.get((match[3] or "s")[0], 1)
    return Lasting(most=seconds) if (match[1] or "").startswith("<") else Lasting(least=seconds)


def read_kind(s: Sentence, value: str) -> Plain | None:
    """Return a kind of media or an orientation."""
    name = fold_letters(value).rstrip("s")
    if name in SHAPES:
        return Shape(name)
    return Kind(cast(MediaKind, name)) if name in get_args(MediaKind) else read_paper(value)


def read_colour(s: Sentence, value: str) -> Plain | None:
    """Return a basic colour."""
    name = COLOURS.get(fold_letters(value), fold_letters(value))
    return Colour(name) if name in (*BASIC, "monochrome") else None


def read_person(s: Sentence, value: str) -> Plain | None:
    """Return a person, spelled as the library does where it knows the name."""
    same = [p for p in s.known.people if fold_letters(p) == fold_letters(value)]
    return Person(same[0] if same else value)


READERS: dict[str, Callable[[Sentence, str], Plain | None]] = {
    "time": read_time,
    "date": read_time,
    "since": lambda s, v: open_time(s, v, since=True),
    "until": lambda s, v: open_time(s, v, since=False),
    "place": lambda s, v: named_place(s, v),
    "near": lambda s, v: named_place(s, v, near=True),
    "text": lambda s, v: Text(v),
    "kind": read_kind,
    "type": read_kind,
    "shape": read_kind,
    "camera": lambda s, v: Camera(fold_letters(v)),
    "lens": lambda s, v: Camera(lens=fold_letters(v)),
    "person": read_person,
    "who": read_person,
    "color": read_colour,
    "colour": read_colour,
    "count": read_count,
    "rating": read_rating,
    "length": read_length,
    "tag": lambda s, v: Tag(v),
    "album": lambda s, v: Album(v),
    "file": lambda s, v: FileName(v),
    "like": lambda s, v: Like(v),
    "what": lambda s, v: Content(v),
}
EXAMPLES = {
    "time": "2019, 2019-07, summer 2019 or last week", "kind": "photo, video, screenshot, live, panorama, raw,"
        " gif, portrait, landscape, document, receipt, invoice, identity, form",
    "color": ", ".join((*BASIC, "monochrome")), "count": "2, dog=2 or people>=3", "rating": "4 or >=4",
    "length": ">60 or <2m",
}  # fmt: skip
SAME = {"date": "time", "since": "time", "until": "time", "type": "kind", "shape": "kind", "colour": "color"}


def read(s: Sentence, key: str, value: str) -> Plain:
    """Return what `key:value` asks for; raise `QueryError` where the value means nothing."""
    found = READERS[key](s, value) if value.strip() else None
    if found is None:
        example = EXAMPLES.get(SAME.get(key, key), "a word")
        raise QueryError(f"{key}:{value} cannot be understood; {key} takes {example}.")
    return found


def find_explicit(s: Sentence) -> None:
    """Claim every `key:value` and `-word`; what does not mean anything stays content."""
    for match in TERM.finditer(s.text):
        value = match["quoted"] or match["bare"] or match["gone"] or match["word"] or ""
        key = match["key"] or "what"
        found = READERS[key](s, value) if key in READERS and value.strip() else None
        if found is not None and s.free(*match.span()):
            negated = match["minus"] and not isinstance(found, Not)
            s.claim(*match.span(), Not(found) if negated else found, kept=False)
