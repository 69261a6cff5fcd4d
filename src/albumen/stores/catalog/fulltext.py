"""Full-text search over what is written in, said of and known about assets (SQLite's FTS5)."""

import re
import unicodedata
from collections.abc import Mapping, Sequence

import numpy as np
from sqlalchemy import Connection, text

from albumen.core.arrays import Floats, Ints

FIELDS = ("written", "caption", "names", "tags", "filename", "place")
# Scripts that write no spaces are split into single signs, in documents and in queries alike.
_UNSPACED = re.compile(r"([\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uac00-\ud7af\u0e00-\u0e7f])")
_TERM = re.compile(r"\w+", re.UNICODE)


def spaced(value: str) -> str:
    """Return the text in composed form with a space around every sign of a script that has none."""
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


def match(db: Connection, phrase: str, *, fields: Sequence[str] = FIELDS, limit: int = 10_000) -> tuple[Ints, Floats]:
    """Return asset ids (n,) and scores (n,), best first: all words of `phrase`, the last one as the start of a word.

    Scores are BM25 with its sign turned, so that more is better.
    """
    terms = _TERM.findall(spaced(phrase))
    if not terms:
        return np.empty(0, np.int64), np.empty(0, np.float32)
    wanted = " ".join(f'"{t}"' for t in terms) + "*"
    query = f"{{{' '.join(fields)}}} : ({wanted})"
    rows = db.execute(
        text("SELECT rowid, -bm25(docs) FROM docs WHERE docs MATCH :q ORDER BY bm25(docs) LIMIT :n"),
        {"q": query, "n": limit},
    ).all()
    return np.array([r[0] for r in rows], np.int64), np.array([r[1] for r in rows], np.float32)


def match_phrase(db: Connection, phrase: str, *, fields: Sequence[str] = FIELDS) -> Ints:
    """Return the ids (n,) of the assets in which the words of `phrase` stand side by side in this order."""
    terms = _TERM.findall(spaced(phrase))
    if not terms:
        return np.empty(0, np.int64)
    query = f'{{{" ".join(fields)}}} : "{" ".join(terms)}"'
    rows = db.execute(text("SELECT rowid FROM docs WHERE docs MATCH :q"), {"q": query}).all()
    return np.array([r[0] for r in rows], np.int64)
