"""The commands that see who is in the pictures."""

import json
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import insert, select, update

from albumen.cli.exits import Exit
from albumen.library.folder import Folder
from albumen.stores.catalog.catalog import Catalog
from albumen.stores.catalog.schema import assets, faces
from albumen.stores.vectors import Vectors
from albumen.vision.faces.sface import SFace
from tests.cli.test_commands import albumen
from tests.fakes import import_into, make_photo

CARD = "sface-2021dec.fp32"
FACE = {"card": CARD, "score": 0.99, "left": 0.2, "top": 0.2, "right": 0.8, "bottom": 0.8}
POINTS = [[0.35, 0.4], [0.65, 0.4], [0.5, 0.55], [0.4, 0.7], [0.6, 0.7]]


@pytest.fixture
def library(tmp_path: Path) -> Folder:
    """Return the library of four photos, with two faces each of two people, whom nobody has told apart yet."""
    for i in range(4):
        make_photo(tmp_path / "photos" / f"{i}.jpg", (50 * i, 30, 30))
    folder = Folder(tmp_path / "library")
    import_into(folder, tmp_path / "photos")
    catalog, vectors = Catalog(folder.catalog), Vectors(folder.vectors / CARD, SFace.dim)
    with catalog.write() as db:
        db.execute(update(assets).values(width=1000, height=1000))
        photos = list(db.execute(select(assets.c.id)).scalars())
        rows = [FACE | {"asset_id": photo, "landmarks": POINTS} for photo in photos]
        keys = [db.execute(insert(faces).values(row)).inserted_primary_key for row in rows]
    vectors.add([int(key[0]) for key in keys if key], np.eye(SFace.dim, dtype=np.float32)[[0, 0, 1, 1]])
    catalog.close()
    return folder


def people(library: Folder) -> list[dict[str, object]]:
    return json.loads(albumen("--library", str(library.path), "people", "list", "--json").stdout)["people"]


def test_faces_are_sorted_afresh_and_names_stay(library: Folder) -> None:
    assert people(library) == []
    ran = albumen("--library", str(library.path), "people", "sort")
    assert (ran.returncode, ran.stdout) == (Exit.OK, "4 faces sorted; 2 people with a name or two faces\n")
    listed = albumen("--library", str(library.path), "people", "list").stdout.splitlines()
    assert [line.split() for line in listed] == [["1", "2", "faces"], ["2", "2", "faces"], ["2", "people"]]
    albumen("--library", str(library.path), "people", "name", "1", "Ann")
    catalog = Catalog(library.catalog)
    with catalog.write() as db:  # somebody's faces are torn apart, as a run of poor imports may leave them
        db.execute(update(faces).where(faces.c.person_id != 1).values(person_id=None))
    catalog.close()
    assert [person["name"] for person in people(library)] == ["Ann"]
    ran = albumen("--library", str(library.path), "people", "sort", "--json")
    assert json.loads(ran.stdout) == {"faces": 4, "people": 2}
    assert [(person["name"], person["faces"]) for person in people(library)] == [("Ann", 2), (None, 2)]


def test_faces_are_not_sorted_while_an_import_runs(library: Folder) -> None:
    with library.importing():
        ran = albumen("--library", str(library.path), "people", "sort")
    assert ran.returncode == Exit.BUSY
    assert "another import" in ran.stderr


def test_people_who_may_be_one_are_listed_and_joined(library: Folder) -> None:
    vectors = Vectors(library.vectors / CARD, SFace.dim)
    angle = np.arccos(0.44)  # about as alike as two faces must be to be as likely one person as two
    towards = np.zeros((2, SFace.dim), np.float32)
    towards[:, 0], towards[:, 1] = np.cos(angle), np.sin(angle)
    catalog = Catalog(library.catalog)
    with catalog.read() as db:
        keys = list(db.execute(select(faces.c.id).order_by(faces.c.id)).scalars())
    catalog.close()
    albumen("people", "sort", "--library", str(library.path))
    albumen("people", "name", "1", "Ann", "--library", str(library.path))
    vectors.remove(keys[2:])
    vectors.add(keys[2:], towards)
    (pair,) = json.loads(albumen("people", "alike", "--json", "--library", str(library.path)).stdout)["pairs"]
    assert (pair["person"], pair["other"]) == (1, 2)
    assert 0.3 < pair["probability"] < 0.7
    assert "Ann and person 2" in albumen("people", "alike", "--library", str(library.path)).stdout
    ran = albumen("people", "join", "2", "1", "--library", str(library.path))
    assert (ran.returncode, ran.stdout) == (Exit.OK, "1 person is Ann now\n")
    assert [(person["id"], person["name"], person["faces"]) for person in people(library)] == [(2, "Ann", 4)]


def test_nobody_is_joined_with_themselves_or_with_somebody_unknown(library: Folder) -> None:
    albumen("people", "sort", "--library", str(library.path))
    assert albumen("people", "join", "1", "1", "--library", str(library.path)).returncode == Exit.USAGE
    assert albumen("people", "join", "1", "77", "--library", str(library.path)).returncode == Exit.NOT_FOUND
    assert [person["faces"] for person in people(library)] == [2, 2]
