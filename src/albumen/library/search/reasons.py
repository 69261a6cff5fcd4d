"""Why a result was found: what filters held, what is written of it, and what models saw that the sentence asks for."""

import json
from collections.abc import Iterable, Sequence, Set
from functools import lru_cache
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection

from albumen.library.query.explain import meaning
from albumen.library.query.parts import Query, Role
from albumen.library.query.said import Said, say
from albumen.stores.catalog.fulltext import FIELDS, spaced
from albumen.vision.embed.features import categories
from albumen.vision.embed.sentences import holds, telling

SEEN = ("objects", "labels")
SAID = {field: say("taken_place" if field == "place" else field) for field in FIELDS}
MOST = 3


def of_parts(query: Query) -> tuple[Said, ...]:
    """Return a reason for each part that filtered: it holds for every result."""
    return tuple(meaning(part.filter) for part in query.parts if part.role is Role.FILTER)


def of_content(db: Connection, content: str, ids: Sequence[int]) -> dict[int, tuple[Said, ...]]:
    """Return the reasons why each asset fits the words of `content`."""
    if not content:
        return {}
    asked = set(telling(content))
    seen, told = _seen(db, ids), _told(db, ids, asked)
    return {i: (*told.get(i, ()), *_shown(seen.get(i, []), asked)) for i in ids}


def _shown(entries: Sequence[tuple[str, float]], asked: Set[str]) -> list[Said]:
    best: dict[str, float] = {}
    for name, score in sorted(entries, key=itemgetter(1), reverse=True):
        best.setdefault(name, score)
    ordered = list(best.items())
    fitting = [entry for entry in ordered if not asked.isdisjoint(_words(entry[0]))]
    kind = "shows" if fitting else "looks_like"
    return [say(kind, what=name, score=round(score, 4)) for name, score in (fitting or ordered)[:MOST]]


@lru_cache(4096)
def _words(name: str) -> frozenset[str]:
    return frozenset((*telling(name), *(word for words in categories().get(name, ()) for word in words.split("+"))))


def _seen(db: Connection, ids: Sequence[int]) -> dict[int, list[tuple[str, float]]]:
    rows = list(_rows(db, f"SELECT asset_id, value FROM facts WHERE task IN {SEEN} AND asset_id", ids))
    seen: dict[int, list[tuple[str, float]]] = {}
    for (asset_id, _), entries in zip(rows, json.loads(f"[{','.join(row[1] for row in rows)}]"), strict=True):
        seen.setdefault(asset_id, []).extend((entry[0], entry[1]) for entry in entries)
    return seen


def _told(db: Connection, ids: Sequence[int], asked: Set[str]) -> dict[int, list[Said]]:
    """Return the fields of each asset in which all that is asked for is written."""
    rows = _rows(db, f"SELECT rowid, {', '.join(FIELDS)} FROM docs WHERE rowid", ids) if asked else ()
    return {
        row[0]: [SAID[name] for name, said in zip(FIELDS, row[1:], strict=True) if said and holds(spaced(said), asked)]
        for row in rows
    }


def _rows(db: Connection, query: str, ids: Sequence[int]) -> Iterable[tuple[Any, ...]]:
    driver: Any = db.connection.driver_connection  # fifty rows a search, of which the toolkit would make much ado
    return driver.execute(f"{query} IN ({', '.join(str(int(i)) for i in ids)})")
