"""What is kept of faces: collections, faces with their vectors, users and tags, in one SQLite file."""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from albumen.core.arrays import Floats
from albumen.stores.database import Database

SCHEMA = """
create table if not exists collections (
    account text not null, id text not null, created real not null, primary key (account, id));
create table if not exists faces (
    number integer primary key autoincrement, account text not null, collection text not null, id text not null unique,
    image text not null, external text, user text, digest text not null, confidence real not null,
    box_left real not null, box_top real not null, box_right real not null, box_bottom real not null,
    vector blob not null,
    foreign key (account, collection) references collections (account, id) on delete cascade);
create index if not exists faces_by_collection on faces (account, collection, number);
create index if not exists faces_by_picture on faces (account, collection, digest);
create index if not exists faces_by_user on faces (account, collection, user) where user is not null;
create table if not exists deletions (
    account text not null, collection text not null, count integer not null, primary key (account, collection));
create table if not exists users (
    account text not null, collection text not null, id text not null, created real not null, vector blob,
    primary key (account, collection, id),
    foreign key (account, collection) references collections (account, id) on delete cascade);
create table if not exists tokens (
    account text not null, operation text not null, token text not null, request text not null, answer text not null,
    used real not null, primary key (account, operation, token));
create table if not exists tags (
    account text not null, resource text not null, key text not null, value text not null,
    primary key (account, resource, key));
"""


@dataclass(frozen=True)
class Place:
    """A collection of an account."""

    account: str
    collection: str


@dataclass(frozen=True)
class Face:
    """A face in a collection, without its vector."""

    id: str
    image: str
    external: str | None
    user: str | None
    confidence: float
    box: tuple[float, float, float, float]


@dataclass(frozen=True)
class NewFace:
    """A face to keep."""

    face: Face
    digest: str
    """SHA-256 of the picture's bytes."""
    vector: Floats  # (dim,)


COLUMNS = "id, image, external, user, confidence, box_left, box_top, box_right, box_bottom"


class Gallery(Database):
    """The file of collections."""

    def __init__(self, path: Path) -> None:
        """Open the file, or make it."""
        super().__init__(path, SCHEMA)

    # collections

    def create_collection(self, place: Place) -> bool:
        """Make a collection; return whether it is new."""
        with self.writing() as db:
            made = db.execute(
                "insert or ignore into collections values (?, ?, ?)", (place.account, place.collection, time.time())
            )
            return made.rowcount == 1

    def delete_collection(self, place: Place) -> bool:
        """Remove a collection with everything in it; return whether it was there."""
        with self.writing() as db:
            gone = db.execute("delete from collections where account = ? and id = ?", (place.account, place.collection))
            return gone.rowcount == 1

    def collection(self, place: Place) -> tuple[float, int, int] | None:
        """Return when a collection was made, how many faces and how many users it has."""
        key = (place.account, place.collection)
        made = self.db.execute("select created from collections where account = ? and id = ?", key).fetchone()
        if made is None:
            return None
        count = "select count(*) from {} where account = ? and collection = ?"
        return made[0], *(self.db.execute(count.format(t), key).fetchone()[0] for t in ("faces", "users"))

    def collections(self, account: str, after: str, limit: int) -> list[str]:
        """Return names of collections in order."""
        found = self.db.execute(
            "select id from collections where account = ? and id > ? order by id limit ?", (account, after, limit)
        )
        return [row[0] for row in found]

    # faces

    def add(self, place: Place, faces: Iterable[NewFace]) -> None:
        """Keep faces."""
        rows = [
            (
                *(
                    place.account,
                    place.collection,
                    f.face.id,
                    f.face.image,
                    f.face.external,
                    f.digest,
                    f.face.confidence,
                ),
                *f.face.box,
                f.vector.astype(np.float32).tobytes(),
            )
            for f in faces
        ]
        with self.writing() as db:
            db.executemany(
                "insert into faces (account, collection, id, image, external, digest, confidence, box_left, box_top,"
                " box_right, box_bottom, vector) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                rows,
            )

    def known(self, place: Place, digest: str, external: str | None) -> list[Face]:
        """Return the faces that the same picture with the same name gave before."""
        found = self.db.execute(
            f"select {COLUMNS} from faces where account = ? and collection = ? and digest = ? and external is ?"
            " order by number",
            (place.account, place.collection, digest, external),
        )
        return [_face(row) for row in found]

    def faces(
        self, place: Place, *, after: int = 0, limit: int = -1, user: str | None = None, ids: Sequence[str] = ()
    ) -> list[tuple[int, Face]]:
        """Return faces in the order in which they came, each with its number."""
        where, values = "account = ? and collection = ? and number > ?", [place.account, place.collection, after]
        if user is not None:
            where, values = f"{where} and user = ?", [*values, user]
        if ids:
            where, values = f"{where} and id in ({','.join('?' * len(ids))})", [*values, *ids]
        query = f"select number, {COLUMNS} from faces where {where} order by number limit ?"
        return [(row[0], _face(row[1:])) for row in self.db.execute(query, [*values, limit])]

    def face(self, place: Place, face_id: str) -> Face | None:
        """Return one face."""
        found = self.faces(place, ids=[face_id])
        return found[0][1] if found else None

    def numbered(self, place: Place, numbers: Sequence[int]) -> dict[int, Face]:
        """Return faces by their numbers."""
        found = self.db.execute(
            f"select number, {COLUMNS} from faces where account = ? and collection = ?"
            f" and number in ({','.join('?' * len(numbers))})",
            [place.account, place.collection, *numbers],
        )
        return {row[0]: _face(row[1:]) for row in found}

    def delete(self, place: Place, ids: Sequence[str]) -> list[int]:
        """Remove faces and return their numbers, which may be given to others."""
        key, gone = (place.account, place.collection), list[int]()
        with self.writing() as db:
            for face_id in ids:
                query = "delete from faces where account = ? and collection = ? and id = ? returning number"
                gone += [row[0] for row in db.execute(query, (*key, face_id))]
            if gone:
                query = "insert into deletions values (?, ?, 1) on conflict do update set count = count + 1"
                db.execute(query, key)
        return gone

    def state(self, place: Place) -> str | None:
        """Return what changes when a face's number stops standing for that face; None without a collection."""
        row = self.db.execute(
            "select created, coalesce((select count from deletions where account = ?1 and collection = ?2), 0)"
            " from collections where account = ?1 and id = ?2",
            (place.account, place.collection),
        ).fetchone()
        return f"{row[0]!r} {row[1]}" if row else None

    def places(self) -> list[Place]:
        """Return all collections of all accounts."""
        return [Place(*row) for row in self.db.execute("select account, id from collections order by created")]

    def numbers(self, place: Place) -> list[int]:
        """Return the numbers of a collection's faces."""
        key = (place.account, place.collection)
        rows = self.db.execute("select number from faces where account = ? and collection = ?", key)
        return [row[0] for row in rows]

    def vectors(self, place: Place, after: int = 0) -> list[tuple[int, bytes]]:
        """Return number and vector of the faces that came after a number."""
        return self.db.execute(
            "select number, vector from faces where account = ? and collection = ? and number > ? order by number",
            (place.account, place.collection, after),
        ).fetchall()

    def vectors_of(self, place: Place, ids: Sequence[str]) -> Floats:
        """Return the vectors of some faces, in no particular order."""
        found = self.db.execute(
            f"select vector from faces where account = ? and collection = ? and id in ({','.join('?' * len(ids))})",
            [place.account, place.collection, *ids],
        )
        rows = [np.frombuffer(row[0], np.float32) for row in found]
        return np.stack(rows) if rows else np.zeros((0, 0), np.float32)


def _face(row: Sequence[object]) -> Face:
    face_id, image, external, user, confidence, *box = row
    left, top, right, bottom = (float(str(v)) for v in box)
    named = None if external is None else str(external)
    owner = None if user is None else str(user)
    return Face(str(face_id), str(image), named, owner, float(str(confidence)), (left, top, right, bottom))
