"""People: who they are, in which pictures, how their faces look, and what a person puts right about them."""

from typing import Annotated

import numpy as np
from fastapi import Path, Query, Response
from pydantic import Field, model_validator

from albumen.core.errors import NotFound
from albumen.library.faces import Human, face_at, hide, human, humans, join, move, pictures, portrait, rename
from albumen.library.timeline import View
from albumen.rest_api.media import FOREVER, HARMLESS
from albumen.rest_api.resources.assets import Detail, shown_detail, tell_library
from albumen.rest_api.resources.timeline import after
from albumen.rest_api.routes import Route
from albumen.rest_api.rules import CHANGE, LOOK, Here
from albumen.rest_api.shapes import Cursor, Library, Limit, Page, Row, Shape
from albumen.rest_api.shop import Opened, Parts

Number = Annotated[int, Path(ge=0, le=2**53)]
Hidden = Annotated[bool, Query(description="Those that are hidden, instead of the others.")]


class PersonShown(Shape):
    """Somebody the library knows, with the face that shows them best."""

    id: int
    name: str | None
    hidden: bool
    count: int = Field(description="In how many pictures.")
    cover: str = Field(description="The asset that the face is in.")
    face: int
    box: list[float]


class PersonChange(Shape):
    """What to change of a person; an empty name takes it away."""

    name: str | None = Field(None, max_length=1_000, examples=["Ada"])
    hidden: bool | None = None


class Others(Shape):
    """People who are the same person."""

    ids: list[Annotated[int, Field(ge=0, le=2**53)]] = Field(min_length=1, max_length=1_000, examples=[[7, 9]])


class Whose(Shape):
    """Whose a face is: a person's, somebody's of a name, or nobody's."""

    person: int | None = Field(None, ge=0, le=2**53)
    name: str | None = Field(None, min_length=1, max_length=1_000)

    @model_validator(mode="after")
    def one(self) -> "Whose":
        """Refuse to be told nothing, or two things."""
        if len(self.model_fields_set) != 1 or (self.model_fields_set == {"name"} and not (self.name or "").strip()):
            raise ValueError("say either the person (null is nobody) or the name")
        return self


def people(library: Library, opened: Opened, hidden: Hidden = False) -> Page[PersonShown]:
    """List who has a name or is in two pictures at least, those in most pictures first."""
    with opened.catalog.read() as db:
        return Page(items=[_shown(one) for one in humans(db, hidden=hidden)])


def person(library: Library, number: Number, opened: Opened) -> PersonShown:
    """Return one person."""
    with opened.catalog.read() as db:
        return _shown(human(db, number))


def change_person(
    library: Library, number: Number, body: PersonChange, visit: Here, opened: Opened, parts: Parts
) -> PersonShown:
    """Give a person a name, or leave them out of the list."""
    if body.name is not None:
        rename(opened.catalog, number, body.name)
    if body.hidden is not None:
        hide(opened.catalog, number, body.hidden)
    tell_library(parts, visit.held.id, opened)
    return person(library, number, opened)


def merge_people(
    library: Library, number: Number, body: Others, visit: Here, opened: Opened, parts: Parts
) -> PersonShown:
    """Make other people and this one the same person, for good."""
    join(opened.catalog, number, body.ids)
    tell_library(parts, visit.held.id, opened)
    return person(library, number, opened)


def person_assets(
    library: Library, number: Number, opened: Opened, cursor: Cursor = None, limit: Limit = 100
) -> Page[Row]:
    """Return the pictures of a person, newest first, a page at a time."""
    view = opened.timeline.view()
    with opened.catalog.read() as db:
        keys = pictures(db, number)
    theirs = View(view.version, view.keys[np.isin(view.keys, keys)], ())
    start = after(theirs, opened, cursor)
    rows = [Row(**row) for row in opened.rows(theirs.keys[start : start + limit])]
    return Page(items=rows, next=rows[-1].id if rows and start + limit < len(theirs.keys) else None)


def move_face(library: Library, number: Number, body: Whose, visit: Here, opened: Opened, parts: Parts) -> Response:
    """Say whose a face is; sorting faces anew leaves it there. Answers the asset anew."""
    found = move(opened.catalog, number, to=body.person, named=body.name or "")
    tell_library(parts, visit.held.id, opened)
    return shown_detail(opened, found.digest)


def face_thumb(library: Library, number: Number, opened: Opened) -> Response:
    """Return a small square picture of a face."""
    with opened.catalog.read() as db:
        found = face_at(db, number)
    path = opened.blobs.find(found.digest, "1440.jpg")
    if path is None:
        raise NotFound("there is no preview of this picture; import it again")
    return Response(portrait(path.read_bytes(), found.box), 200, {"Cache-Control": FOREVER, **HARMLESS}, "image/webp")


def _shown(one: Human) -> PersonShown:
    return PersonShown(
        id=one.id,
        name=one.name,
        hidden=one.hidden,
        count=one.count,
        cover=one.cover[:16],
        face=one.face,
        box=list(one.box),
    )


ROUTES = (
    Route("GET", "/libraries/{library}/people", people, LOOK),
    Route("GET", "/libraries/{library}/people/{number}", person, LOOK),
    Route("PATCH", "/libraries/{library}/people/{number}", change_person, CHANGE),
    Route("POST", "/libraries/{library}/people/{number}/merge", merge_people, CHANGE),
    Route("GET", "/libraries/{library}/people/{number}/assets", person_assets, LOOK),
    Route("PUT", "/libraries/{library}/faces/{number}", move_face, CHANGE, answers=Detail),
    Route("GET", "/libraries/{library}/faces/{number}/thumb", face_thumb, LOOK, binary=["image/webp"]),
)
