"""Times in a sentence: points first, then the words around them that make ranges, openings and preferences."""

import re
from collections.abc import Iterator
from dataclasses import replace

from albumen.library.query import calendar as cal
from albumen.library.query import timewords as tw
from albumen.library.query.parts import Role, Span, Time
from albumen.library.query.sentence import Sentence
from albumen.library.query.timepoints import Point, compound, said
from albumen.library.query.timerules import RULES

FROM = ("from", "aus", "vom")


def find_times(s: Sentence) -> None:
    """Claim every time in the sentence."""
    points = sorted(collect(s), key=lambda p: p.start)
    while points:
        point = points.pop(0)
        if points and (joined := ranged(s, point, points[0])):
            points.pop(0)
            settle(s, joined, lead=False)
        elif points and (both := united(s, point, points[0])):
            points[0] = both
        else:
            settle(s, opened(s, point) or point)


def collect(s: Sentence) -> Iterator[Point]:
    """Yield all points that do not overlap; earlier rules win."""
    seen = bytearray(s.taken)
    for rule in (rule for rule in RULES if rule.may_be_in(s)):
        for match in rule.pattern.finditer(s.folded):
            taken = match.end() == match.start() or any(seen[match.start() : match.end()])
            if not taken and (point := rule.read(s, match)):
                seen[point.start : point.end] = b"\1" * (point.end - point.start)
                yield point


def ranged(s: Sentence, first: Point, last: Point) -> Point | None:
    """Join "between A and B", "A to B" and "A-B" into one span."""
    between = s.folded[first.end : last.start]
    before = tw.BETWEEN.search(s.folded, 0, first.start)
    if not ((tw.TO.fullmatch(between) and before) or tw.STRICT_TO.fullmatch(between)):
        return None
    start = before.start() if before else first.start
    if first.time.months and last.time.months:
        run = (last.time.months[-1] - first.time.months[0]) % 12 + 1
        months = tuple((first.time.months[0] + i - 1) % 12 + 1 for i in range(run))
        label = f"{first.time.label.split()[0]} to {last.time.label}"
        return Point(start, last.end, Time(months=months, label=label))
    opening, closing = bounds(first, last), bounds(last, first)
    if not (opening and closing and opening.start and closing.end and opening.start < closing.end):
        return None
    span = Span(opening.start, closing.end)
    return Point(start, last.end, Time(spans=(span,), label=said(span)))


def bounds(point: Point, other: Point) -> Span | None:
    """Return the point's one span; a bare month takes the other's year."""
    if len(point.time.spans) == 1:
        return point.time.spans[0]
    spans = other.time.spans
    if len(spans) == 1 and len(point.time.months) == 1 and spans[0].start:
        return cal.months(spans[0].start.year, point.time.months[0])
    return None


def united(s: Sentence, first: Point, last: Point) -> Point | None:
    """Join "2015 and 2017" into one point that holds either."""
    if not tw.BOTH.fullmatch(s.folded, first.end, last.start):
        return None
    a, b = first.time, last.time
    same = [bool(x) == bool(y) for x, y in zip(shape(a), shape(b), strict=True)]
    if not all(same) or first.shows or last.shows:
        return None
    time = Time(
        (*a.spans, *b.spans), (*a.months, *b.months), (*a.weekdays, *b.weekdays), a.hours, f"{a.label} or {b.label}"
    )
    return Point(first.start, last.end, time, weak=first.weak and last.weak)


def shape(time: Time) -> tuple[object, ...]:
    """Return which kinds of limit a time has."""
    return time.spans, time.months, time.weekdays, time.hours


def opened(s: Sentence, point: Point) -> Point | None:
    """Turn "since A", "before A" and the like into a span open at one end."""
    if len(point.time.spans) != 1:
        return None
    span = point.time.spans[0]
    choices = (
        (tw.SINCE_ONLY, Span(span.start, None), "since"), (tw.BEFORE, Span(None, span.start), "before"),
        (tw.AFTER, Span(span.end, None), "after"), (tw.UNTIL, Span(None, span.end), "until"),
    )  # fmt: skip
    for pattern, span_then, word in choices:
        if match := pattern.search(s.folded, 0, point.start):
            time = Time(spans=(span_then,), label=f"{word} {point.time.label}")
            return replace(point, start=match.start(), time=time, weak=False)
    return opened_after(s, point, span)


def opened_after(s: Sentence, point: Point, span: Span) -> Point | None:
    """Turn Chinese "A之前" and "A以来" into a span open at one end."""
    if match := tw.HAN_BEFORE.match(s.folded, point.end):
        return replace(point, end=match.end(), time=Time((Span(None, span.start),), label=f"before {point.time.label}"))
    if match := tw.HAN_AFTER.match(s.folded, point.end):
        start = span.start if match[0] == "以来" else span.end
        return replace(point, end=match.end(), time=Time((Span(start, None),), label=f"after {point.time.label}"))
    return None


def settle(s: Sentence, point: Point, *, lead: bool = True) -> None:
    """Decide whether a point filters, ranks or means nothing, and claim it."""
    start, end = point.start, point.end
    before = tw.LEAD.search(s.folded, 0, start) if lead else None
    if before and s.free(before.start(), before.end()):
        start = before.start()
    of = s.folded[end : end + 1] == "的"
    if of:
        end += 1
    elif re.match(r"'s\b", s.folded[end:]):
        end += 2
    if point.shows:
        s.claim(point.start, point.end, point.time, role=Role.SCORE, kept=True)
    elif not point.weak or of or (start < point.start and asks(s, start, point)):
        s.claim_or_not(start, end, point.time)
    elif point.soft:
        s.claim(point.start, point.end, point.time, role=Role.SCORE, kept=True)


def asks(s: Sentence, start: int, point: Point) -> bool:
    """Tell whether a weak point after a preposition is a date, and not the beginning of a thing's name."""
    lead = s.folded[start : point.start].split()
    if lead[0] in FROM and point.time.months:
        return True  # "from March" is no place and no thing
    loose = lead[0] in ("of", *FROM, "for", "de", "di", "a", "la", "le", "el", "on", "an", "per", "da", "von")
    weekday_or_holiday = bool(point.time.weekdays or point.soft)
    return not compound(s, point.end) and (not loose or weekday_or_holiday)
