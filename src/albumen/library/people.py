"""Who was seen, as stored: people with their names and how often they were seen."""

from dataclasses import dataclass

from sqlalchemy import func, select, update

from albumen.core.errors import NotFound
from albumen.stores.catalog import intake
from albumen.stores.catalog.catalog import Catalog
from albumen.stores.catalog.schema import faces, people


@dataclass(frozen=True)
class Person:
    """Somebody: a name where one was given, and in how many faces they were seen."""

    id: int
    name: str | None
    faces: int


def list_people(catalog: Catalog, *, least: int = 2) -> list[Person]:
    """Return those who have a name or were seen in so many faces, the most seen first."""
    count = func.count(faces.c.id)
    query = select(people.c.id, people.c.name, count).outerjoin(faces, faces.c.person_id == people.c.id)
    query = query.group_by(people.c.id).having((count >= least) | people.c.name.is_not(None))
    with catalog.read() as db:
        return [Person(*row) for row in db.execute(query.order_by(count.desc(), people.c.id))]


def name_person(catalog: Catalog, person_id: int, name: str) -> None:
    """Give a person a name; an empty one takes it away."""
    with catalog.write() as db:
        told = db.execute(update(people).where(people.c.id == person_id).values(name=name.strip() or None))
        if not told.rowcount:
            raise NotFound(f"there is no person {person_id}; albumen people list shows them")
        intake.touch_assets(db, db.execute(select(faces.c.asset_id).where(faces.c.person_id == person_id)).scalars())
