"""Full-text search over what is written in, said of and known about assets (SQLite's FTS5)."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from sqlalchemy import Connection, Integer, Select, column, select, table, text

from albumen.core.arrays import Floats, Ints

FIELDS = ("written", "caption", "names", "tags", "filename", "place")
# Scripts that write no spaces are split into single signs, in documents and in queries alike.
_UNSPACED = re.compile(r"([\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uac00-\ud7af\u0e00-\u0e7f])")
_PLURALS = ("s", "es", "n", "en", "e", "x")
"""How most words in the plural end in English, German, Dutch, Spanish, Portuguese and French."""
_TERM = re.compile(r"\w+", re.UNICODE)


def spaced(value: str) -> str:
    """Return the text in composed form with a space around every sign of a script that has none."""
    if value.isascii():
        return value
    return _UNSPACED.sub(r" \1 ", unicodedata.normalize("NFC", value))


def set_doc(db: Connection, asset_id: int, fields: Mapping[str, str]) -> None:
    """Replace what can be found of an asset; `fields` is keyed by `FIELDS`."""
    db.execute(text("DELETE FROM docs WHERE rowid = :id"), {"id": asset_id})
    values = {name: spaced(fields.get(name, "")) for name in FIELDS}
    names = ", ".join(FIELDS)
    marks = ", ".join(f":{name}" for name in FIELDS)
    db.execute(text(f"INSERT INTO docs(rowid, {names}) VALUES (:id, {marks})"), {"id": asset_id, **values})


def change_doc(db: Connection, asset_id: int, fields: Mapping[str, str]) -> None:
    """Replace only the given fields of what can be found of an asset."""
    sets = ", ".join(f"{name} = :{name}" for name in fields)
    values = {name: spaced(value) for name, value in fields.items()}
    db.execute(text(f"UPDATE docs SET {sets} WHERE rowid = :id"), {"id": asset_id, **values})


def holding(db: Connection, phrase: str, *, fields: Sequence[str] = FIELDS, limit: int = 10_000) -> Ints:
    """Return the ids (n,) of the assets in which all words of `phrase` stand, in singular or plural, the newest first.

    A longer word that only begins so says something else: a bear is not what "bearbeitet" tells of.
    """
    terms = _TERM.findall(spaced(phrase))
    if not terms:
        return np.empty(0, np.int64)
    driver: Any = db.connection.driver_connection  # the toolkit would wrap each of thousands of rows
    rows = driver.execute(
        "SELECT rowid FROM docs WHERE docs MATCH ? ORDER BY rowid DESC LIMIT ?", (_each(terms, fields), limit)
    )
    return np.array([row[0] for row in rows], np.int64)


def _each(terms: Sequence[str], fields: Sequence[str]) -> str:
    """Return the search expression for all of the terms, in any number."""
    wanted = " AND ".join("(" + " OR ".join(f'"{form}"' for form in _numbers(term)) + ")" for term in terms)
    return f"{{{' '.join(fields)}}} : ({wanted})"


def _numbers(term: str) -> list[str]:
    """Return a word and what it may be in the plural, and without the ending of one."""
    if not term.isalpha() or len(term) < 3:
        return [term]
    singular = [term[:-1]] if term.endswith("s") else []
    return [term, *singular, *(term + ending for ending in _PLURALS)]


def _all(terms: Sequence[str], fields: Sequence[str]) -> str:
    """Return the search expression for all of the terms, the last one as the start of a word."""
    wanted = " ".join(f'"{term}"' for term in terms)
    return f"{{{' '.join(fields)}}} : ({wanted}*)"


def match(db: Connection, phrase: str, *, fields: Sequence[str] = FIELDS, limit: int = 10_000) -> tuple[Ints, Floats]:
    """Return asset ids (n,) and scores (n,), best first: all words of `phrase`, the last one as the start of a word.

    Scores are BM25 with its sign turned, so that more is better.
    """
    terms = _TERM.findall(spaced(phrase))
    if not terms:
        return np.empty(0, np.int64), np.empty(0, np.float32)
    rows = db.execute(
        text("SELECT rowid, -bm25(docs) FROM docs WHERE docs MATCH :q ORDER BY bm25(docs) LIMIT :n"),
        {"q": _all(terms, fields), "n": limit},
    ).all()
    return np.array([r[0] for r in rows], np.int64), np.array([r[1] for r in rows], np.float32)


def match_any(db: Connection, words: Sequence[str], *, among: Select[Any], limit: int) -> list[int]:
    """Return the ids of the assets in `among` in which any of the words stands, or begins one; the best first."""
    terms = [term for word in words for term in _TERM.findall(spaced(word))]
    if not terms:
        return []
    query = " OR ".join(f'"{term}"*' if len(term) > 3 else f'"{term}"' for term in terms)
    rowid = column("rowid", Integer)
    ranked = select(rowid).select_from(table("docs")).where(text("docs MATCH :q"))
    ranked = ranked.where(rowid.in_(among)).order_by(text("bm25(docs)")).limit(limit)
    return [int(row[0]) for row in db.execute(ranked, {"q": query})]


def text_of(db: Connection, asset_id: int) -> str:
    """Return all the words under which an asset is found."""
    row = db.execute(text(f"SELECT {', '.join(FIELDS)} FROM docs WHERE rowid = :id"), {"id": asset_id}).first()
    return "\n".join(row) if row else ""


def match_phrase(db: Connection, phrase: str, *, fields: Sequence[str] = FIELDS) -> Ints:
    """Return the ids (n,) of the assets in which the words of `phrase` stand side by side in this order."""
    terms = _TERM.findall(spaced(phrase))
    if not terms:
        return np.empty(0, np.int64)
    query = f'{{{" ".join(fields)}}} : "{" ".join(terms)}"'
    rows = db.execute(text("SELECT rowid FROM docs WHERE docs MATCH :q"), {"q": query}).all()
    return np.array([r[0] for r in rows], np.int64)
