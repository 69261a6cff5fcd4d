"""The questions of a request: how many, and on which pages each is asked."""

import math
import re
from collections.abc import Sequence
from typing import Required, TypedDict

from albumen.aws_api.errors import Fault

MOST_AT_ONCE, MOST_STORED = 15, 30
RANGE = re.compile(r"(\d+|\*)(?:-(\d+|\*))?")


class Query(TypedDict, total=False):
    """One question."""

    Text: Required[str]
    Alias: str
    Pages: list[str]


class QueriesConfig(TypedDict):
    """The questions of a request."""

    Queries: list[Query]


def checked(features: Sequence[str], config: QueriesConfig | None, most: int) -> list[Query]:
    """Return the questions, or refuse features that lack theirs and questions that nobody asks."""
    if not features:
        raise _invalid("FeatureTypes must name at least one feature.")
    queries = config["Queries"] if config else []
    if ("QUERIES" in features) != bool(queries):
        raise _invalid("the feature QUERIES and QueriesConfig must come together.")
    starts = {first for query in queries for first, _ in _ranges(query)}
    if any(len(asked(queries, page)) > most for page in starts):
        raise _invalid(f"there can be at most {most} queries a page.")
    return queries


def asked(queries: Sequence[Query], page: int) -> list[tuple[str, str | None]]:
    """Return text and alias of the questions that are asked on a page."""
    here = [q for q in queries if any(first <= page <= last for first, last in _ranges(q))]
    return [(q["Text"], q.get("Alias")) for q in here]


def beyond(queries: Sequence[Query], pages: int) -> list[int]:
    """Return the pages that questions name and a document of so many pages does not have."""
    named = {int(edge) for query in queries for r in _ranges(query) for edge in r if not math.isinf(edge)}
    return sorted(page for page in named if page > pages)


def _ranges(query: Query) -> list[tuple[int, float]]:
    """Return the first and the last page of each range; a question without any is about the first page."""
    return [_range(text) for text in query.get("Pages", ["1"])]


def _range(text: str) -> tuple[int, float]:
    found = RANGE.fullmatch(text)
    if found is None or (found[1] == "*" and found[2]):
        raise _invalid(f"{text} is no range of pages; write 1, 1-3, 2-* or *.")
    first = 1 if found[1] == "*" else int(found[1])
    end = found[2] or found[1]
    last = math.inf if end == "*" else int(end)
    if not 1 <= first <= last:
        raise _invalid(f"{text} is no range of pages; the first page is 1 and the last not before the first.")
    return first, last


def _invalid(why: str) -> Fault:
    return Fault("InvalidParameterException", f"Request has invalid parameters: {why}")
