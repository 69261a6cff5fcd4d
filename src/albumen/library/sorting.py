"""Sorts the library's faces into people after each import; what a person said, and whom they named, never moves.

New faces are compared with the faces nearest to them, and only the people whom these belong to are looked at. All faces
are sorted anew once they have doubled, or on request.
"""

from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, Connection, and_, bindparam, delete, exists, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from albumen.core.arrays import Floats, Ints
from albumen.core.findings import Faces
from albumen.stores.catalog import intake
from albumen.stores.catalog.catalog import Catalog
from albumen.stores.catalog.changes import AnyRow
from albumen.stores.catalog.schema import assets, faces, meta, people
from albumen.stores.vectors import Vectors
from albumen.vision.faces.groups import NOBODY, Known
from albumen.vision.faces.people import Merge, group, merges
from albumen.vision.faces.quality import worth
from albumen.vision.faces.similarity import Likeness

SEEN = "people.face"
CANVAS = 1440
SHARP = 100.0
NEAREST = 24
"""Among how many of the nearest faces a new face looks for its person."""
AT_ONCE = 1000


def sort_faces(catalog: Catalog, vectors: Vectors, card: str, *, afresh: bool = False) -> int:
    """Sort the faces that are new since the last time, or all of them; return how many were sorted."""
    with catalog.read() as db:
        new, known = _since(db, card)
        if not new and not afresh:
            return 0
        whole = afresh or len(new) >= known
        rows = _rows(db, card) if whole else _around(db, card, new, vectors)
    last = max((row.id for row in rows), default=0)
    rows, found, photos = _seen(rows, vectors)
    only = None if whole else np.flatnonzero(np.isin([row.id for row in rows], new))
    whose = group(found, photos, quality=_worth(rows), known=_known(rows), only=only)
    with catalog.write() as db:
        _write(db, rows, whose)
        row = {"key": SEEN, "value": str(last)}
        db.execute(upsert(meta).values(row).on_conflict_do_update(index_elements=["key"], set_=row))
    return len(rows) if afresh else len(new)


def alike(catalog: Catalog, vectors: Vectors, card: str, likeness: Likeness) -> list[Merge]:
    """Return the pairs of people who may be one, the likeliest first."""
    with catalog.read() as db:
        rows, found, photos = _seen(_rows(db, card, faces.c.person_id.is_not(None)), vectors)
    known = _known(rows)
    return merges(found, photos, known.people, likeness, known=known)


def _seen(rows: list[AnyRow], vectors: Vectors) -> tuple[list[AnyRow], Floats, Ints]:
    """Return the faces that have a vector, their vectors (n, dim), and the photo of each."""
    found = vectors.get([row.id for row in rows])
    has = np.isfinite(found).all(1)
    rows = [rows[i] for i in np.flatnonzero(has)]
    return rows, found[has], np.array([row.asset_id for row in rows], np.int64)


def _since(db: Connection, card: str) -> tuple[list[int], int]:
    """Return the faces that are new since the last time, and how many there were then."""
    seen = int(db.execute(select(meta.c.value).where(meta.c.key == SEEN)).scalar() or 0)
    own = faces.c.card == card
    new = db.execute(select(faces.c.id).where(own, faces.c.id > seen)).scalars().all()
    return list(new), db.execute(select(func.count()).where(own, faces.c.id <= seen)).scalar() or 0


def _around(db: Connection, card: str, new: list[int], vectors: Vectors) -> list[AnyRow]:
    """Return the new faces, and all faces of the people whom those nearest to them belong to."""
    near: set[int] = set()
    for some in batched(new):
        found = vectors.get(some)
        found = found[np.isfinite(found).all(1)]
        hits = vectors.search(found, NEAREST).keys if len(found) else np.empty(0, np.int64)
        near.update(hits[hits >= 0].tolist())
    whose: set[int] = set()
    for some in batched(sorted(near)):
        rows = db.execute(select(faces.c.person_id).where(faces.c.id.in_(some), faces.c.card == card))
        whose.update(person for (person,) in rows if person is not None)
    rows = [row for some in batched(sorted(whose)) for row in _rows(db, card, faces.c.person_id.in_(some))]
    told = {row.id for row in rows}
    others = [face for face in new if face not in told]
    return rows + [row for some in batched(others) for row in _rows(db, card, faces.c.id.in_(some))]


def batched(ids: list[int]) -> list[list[int]]:
    """Return the ids in portions that fit into one statement."""
    return [ids[at : at + AT_ONCE] for at in range(0, len(ids), AT_ONCE)]


def _rows(db: Connection, card: str, which: ColumnElement[bool] | None = None) -> list[AnyRow]:
    f = faces.c
    columns: tuple[Any, ...] = (f.id, f.asset_id, f.person_id, f.by_owner, f.score, f.left, f.top, f.right, f.bottom)
    columns += (f.landmarks, assets.c.width, assets.c.height, people.c.name)
    joined = faces.join(assets, assets.c.id == f.asset_id).outerjoin(people, people.c.id == f.person_id)
    wanted = f.card == card if which is None else and_(f.card == card, which)
    return list(db.execute(select(*columns).select_from(joined).where(wanted).order_by(f.id)))


def _known(rows: list[AnyRow]) -> Known:
    whose = np.array([NOBODY if r.person_id is None else r.person_id for r in rows], np.int64)
    sure = np.array([r.person_id is not None and (r.by_owner or r.name is not None) for r in rows], np.bool_)
    return Known(whose, sure)


def _worth(rows: list[AnyRow]) -> Floats:
    """Return how far each face can stand for a person, by its size, its pose and how surely it is a face, (N,)."""
    size = np.array([(r.width, r.height) for r in rows], np.float32).reshape(-1, 2)
    size *= np.minimum(1, CANVAS / np.maximum(size.max(1, keepdims=True), 1))
    boxes = np.array([(r.left, r.top, r.right, r.bottom) for r in rows], np.float32).reshape(-1, 4)
    points = np.array([r.landmarks for r in rows], np.float32).reshape(-1, 5, 2)
    found = Faces(np.array([r.score for r in rows], np.float32), boxes, points)
    pixels = ((boxes[:, 2:] - boxes[:, :2]) * size).min(1)
    return worth(found, size[:, None], np.full(len(rows), SHARP, np.float32), pixels)


def _write(db: Connection, rows: list[AnyRow], whose: Ints) -> None:
    """Write who each face is; new people get rows, and those whom nobody is any more and whom nobody named go."""
    held = {row.person_id for row in rows if row.person_id is not None}
    there = set(db.execute(select(people.c.id)).scalars())  # some may have been joined with others meanwhile
    fresh = [person for person in dict.fromkeys(whose.tolist()) if person != NOBODY and person not in held]
    adding = insert(people).returning(people.c.id, sort_by_parameter_order=True)
    added = list[int](db.execute(adding, [{"name": None} for _ in fresh]).scalars() if fresh else [])
    numbers: dict[int, int | None] = (
        {NOBODY: None} | {i: i if i in there else None for i in held} | dict(zip(fresh, added, strict=True))
    )
    moved: list[dict[str, Any]] = [
        {"face": row.id, "person": numbers[person], "asset": row.asset_id}
        for row, person in zip(rows, whose.tolist(), strict=True)
        if not row.by_owner and numbers[person] != row.person_id
    ]
    if moved:
        theirs = update(faces).where(faces.c.id == bindparam("face"), faces.c.by_owner.is_(False))
        db.execute(theirs.values(person_id=bindparam("person")), moved)
        for some in batched(sorted({row["asset"] for row in moved})):
            intake.touch_assets(db, some)
    seen = exists().where(faces.c.person_id == people.c.id)
    db.execute(delete(people).where(people.c.name.is_(None), ~seen))
