"""Who is in the pictures, as a person sees it and puts it right: naming, hiding, joining people, moving faces.

A face that a person put somewhere stays there: sorting faces anew after an import goes around it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import Connection, delete, exists, func, insert, select, update

from albumen.core.arrays import Ints
from albumen.core.errors import NotFound, QueryError
from albumen.library.people import name_person
from albumen.library.places.names import fold
from albumen.stores.catalog import intake
from albumen.stores.catalog.catalog import Catalog
from albumen.stores.catalog.schema import assets, faces, people

LONGEST_NAME = 200
ROOM = 0.4
"""Of a face's size, on each side of it, that a picture of it shows."""
SIDE = 160


@dataclass(frozen=True)
class Human:
    """Somebody the library knows, with the face that shows them best."""

    id: int
    name: str | None
    hidden: bool
    count: int
    """In how many pictures that are not in the trash."""
    cover: str
    """The digest of the picture that the face is in."""
    face: int
    box: tuple[float, float, float, float]


@dataclass(frozen=True)
class FaceAt:
    """One face: in which picture, and where in it as fractions, left, top, right, bottom."""

    id: int
    asset_id: int
    digest: str
    box: tuple[float, float, float, float]


def humans(db: Connection, *, hidden: bool = False, only: int | None = None) -> list[Human]:
    """Return those who have a name or are in two pictures at least, those in most pictures first."""
    f, gone = faces.c, select(assets.c.id).where(assets.c.trashed_s.is_not(None))
    count = func.count(f.asset_id.distinct())
    box = (f.left, f.top, f.right, f.bottom)
    # The other columns of a group with a maximum are those of the row that has it.
    columns: tuple[Any, ...] = (f.person_id, count, f.id, f.asset_id, *box, func.max(f.score * (f.right - f.left)))
    asked = select(*columns).where(f.person_id.is_not(None), f.asset_id.not_in(gone)).group_by(f.person_id)
    known = select(people.c.id, people.c.name, people.c.hidden)
    if only is not None:
        asked, known = asked.where(f.person_id == only), known.where(people.c.id == only)
    names = {row.id: row for row in db.execute(known)}
    seen = [row for row in db.execute(asked) if _listed(names[row.person_id], row[1], hidden, only)]
    digests = _digests(db, [row.asset_id for row in seen])
    found = [
        Human(p.id, p.name, p.hidden, row[1], digests[row.asset_id], row.id, tuple(round(v, 4) for v in row[4:8]))
        for row in seen
        for p in (names[row.person_id],)
    ]
    return sorted(found, key=lambda human: (-human.count, human.id))


def human(db: Connection, person: int) -> Human:
    """Return one person with any number of pictures, or raise `NotFound`."""
    found = humans(db, only=person)
    if not found:
        raise _unknown(person)
    return found[0]


def pictures(db: Connection, person: int) -> Ints:
    """Return the keys of the assets that show a person."""
    _require(db, [person])
    rows = db.execute(select(faces.c.asset_id).where(faces.c.person_id == person).distinct())
    return np.array([row[0] for row in rows], np.int64)


def rename(catalog: Catalog, person: int, name: str) -> None:
    """Give a person a name; an empty one takes it away."""
    name_person(catalog, person, _checked(name))


def hide(catalog: Catalog, person: int, hidden: bool) -> None:
    """Leave a person out of lists, or no longer; searches by name still find them."""
    with catalog.write() as db:
        _require(db, [person])
        db.execute(update(people).where(people.c.id == person).values(hidden=hidden))


def join(catalog: Catalog, person: int, others: Sequence[int]) -> None:
    """Make several people one; the person keeps their name, or gets the first that another has."""
    gone = sorted(set(others) - {person})
    if not gone:
        raise QueryError("name the people who are the same person")
    with catalog.write() as db:
        names = _require(db, [person, *gone])
        name = next((names[i] for i in (person, *gone) if names[i]), None)
        touched = _assets_of(db, [person, *gone])
        db.execute(update(faces).where(faces.c.person_id.in_([person, *gone])).values(person_id=person, by_owner=True))
        db.execute(update(people).where(people.c.id == person).values(name=name))
        db.execute(delete(people).where(people.c.id.in_(gone)))
        intake.touch_assets(db, touched)


def move(catalog: Catalog, face: int, *, to: int | None = None, named: str = "") -> FaceAt:
    """Say whose a face is: a person's, somebody's of that name, or nobody's; return the face."""
    with catalog.write() as db:
        found = face_at(db, face)
        target = _named(db, _checked(named)) if named.strip() else to
        if target is not None:
            _require(db, [target])
        db.execute(update(faces).where(faces.c.id == face).values(person_id=target, by_owner=True))
        seen = exists().where(faces.c.person_id == people.c.id)
        db.execute(delete(people).where(people.c.name.is_(None), ~seen))
        intake.touch_assets(db, [found.asset_id])
    return found


def face_at(db: Connection, face: int) -> FaceAt:
    """Return where a face is, or raise `NotFound`."""
    f = faces.c
    columns = (f.id, f.asset_id, assets.c.digest, f.left, f.top, f.right, f.bottom)
    row = db.execute(select(*columns).join(assets, assets.c.id == f.asset_id).where(f.id == face)).first()
    if row is None:
        raise NotFound(f"there is no face {face}; the picture may have been looked at anew, so load it again")
    return FaceAt(row.id, row.asset_id, row.digest, (row.left, row.top, row.right, row.bottom))


def portrait(picture: bytes, box: tuple[float, float, float, float]) -> bytes:
    """Return a square WebP of a face cut out of a JPEG, with some room around it."""
    from albumen.media.canvas import shrink
    from albumen.media.formats import Format
    from albumen.media.image import decode, encode_webp

    canvas = decode(picture, Format.JPEG).canvas
    height, width = canvas.shape[:2]
    left, top, right, bottom = box[0] * width, box[1] * height, box[2] * width, box[3] * height
    side = min(max(right - left, bottom - top) * (1 + 2 * ROOM), width, height)
    x = int(np.clip((left + right - side) / 2, 0, width - side))
    y = int(np.clip((top + bottom - side) / 2, 0, height - side))
    return encode_webp(shrink(canvas[y : y + max(int(side), 1), x : x + max(int(side), 1)], SIDE))


def _listed(person: Any, count: int, hidden: bool, only: int | None) -> bool:
    return only is not None or (bool(person.hidden) == hidden and (person.name is not None or count > 1))


def _digests(db: Connection, keys: Sequence[int]) -> dict[int, str]:
    rows = (
        db.execute(select(assets.c.id, assets.c.digest).where(assets.c.id.in_(keys[start : start + 500])))
        for start in range(0, len(keys), 500)
    )
    return {row[0]: row[1] for chunk in rows for row in chunk}


def _require(db: Connection, ids: Sequence[int]) -> dict[int, str | None]:
    """Return the names of people, or raise `NotFound` for the first that there is not."""
    names = {row[0]: row[1] for row in db.execute(select(people.c.id, people.c.name).where(people.c.id.in_(ids)))}
    for person in ids:
        if person not in names:
            raise _unknown(person)
    return names


def _assets_of(db: Connection, ids: Sequence[int]) -> list[int]:
    return list(db.execute(select(faces.c.asset_id).where(faces.c.person_id.in_(ids)).distinct()).scalars())


def _named(db: Connection, name: str) -> int:
    """Return the person of that name, a new one if there is none."""
    known = db.execute(select(people.c.id, people.c.name).where(people.c.name.is_not(None)).order_by(people.c.id))
    for person, other in known:
        if fold(other) == fold(name):
            return person
    key = db.execute(insert(people).values(name=name)).inserted_primary_key
    return int(key[0]) if key else 0


def _checked(name: str) -> str:
    stripped = " ".join(name.split())
    if len(stripped) > LONGEST_NAME or not stripped.isprintable():
        raise QueryError(f"a person's name has at most {LONGEST_NAME} printable letters, not {name!r:.80}")
    return stripped


def _unknown(person: int) -> NotFound:
    return NotFound(f"there is no person {person}; they may have been joined with another, so load the list again")
