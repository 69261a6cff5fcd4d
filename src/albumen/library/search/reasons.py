"""Why a result was found: what filters held, what is written of it, and what models saw that the sentence asks for."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select, text

from albumen.library.query.explain import meaning
from albumen.library.query.parts import Query, Role
from albumen.library.query.said import Said, say
from albumen.stores.catalog.fulltext import FIELDS, spaced
from albumen.stores.catalog.schema import facts
from albumen.vision.embed.features import categories
from albumen.vision.embed.sentences import telling

SEEN = ("objects", "labels")
MOST = 3


def of_parts(query: Query) -> tuple[Said, ...]:
    """Return a reason for each part that filtered: it holds for every result."""
    return tuple(meaning(part.filter) for part in query.parts if part.role is Role.FILTER)


def of_content(db: Connection, content: str, ids: Sequence[int]) -> dict[int, tuple[Said, ...]]:
    """Return the reasons why each asset fits the words of `content`."""
    if not content:
        return {}
    asked = set(telling(content))
    found: dict[int, tuple[Said, ...]] = {}
    seen, told = _seen(db, ids), _told(db, ids)
    for asset_id in ids:
        written = [
            say("taken_place" if field == "place" else field)
            for field, words in told.get(asset_id, {}).items()
            if asked and asked <= words
        ]
        found[asset_id] = tuple(written + _shown(seen.get(asset_id, []), asked))
    return found


def _shown(entries: Sequence[tuple[str, float]], asked: set[str]) -> list[Said]:
    best: dict[str, float] = {}
    for name, score in entries:
        best[name] = max(score, best.get(name, 0.0))
    ordered = sorted(best.items(), key=lambda e: -e[1])
    fitting = [(name, score) for name, score in ordered if asked & _words(name)]
    shown = fitting or ordered
    kind = "shows" if fitting else "looks_like"
    return [say(kind, what=name, score=round(score, 4)) for name, score in shown[:MOST]]


def _words(name: str) -> set[str]:
    return {*telling(name), *(word for words in categories().get(name, ()) for word in words.split("+"))}


def _seen(db: Connection, ids: Sequence[int]) -> dict[int, list[tuple[str, float]]]:
    rows = db.execute(select(facts.c.asset_id, facts.c.value).where(facts.c.asset_id.in_(ids), facts.c.task.in_(SEEN)))
    seen: dict[int, list[tuple[str, float]]] = {}
    for asset_id, value in rows:
        entries: list[Any] = value
        seen.setdefault(asset_id, []).extend((entry[0], entry[1]) for entry in entries)
    return seen


def _told(db: Connection, ids: Sequence[int]) -> Mapping[int, dict[str, set[str]]]:
    marks = ", ".join(str(int(i)) for i in ids) or "NULL"
    rows = db.execute(text(f"SELECT rowid, {', '.join(FIELDS)} FROM docs WHERE rowid IN ({marks})"))
    return {
        row[0]: {field: set(telling(spaced(value))) for field, value in zip(FIELDS, row[1:], strict=True) if value}
        for row in rows
    }
