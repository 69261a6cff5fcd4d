"""People over HTTP: who is in the pictures, and what a person puts right, which later imports leave alone."""

import io
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import numpy as np
import pytest
from PIL import Image
from sqlalchemy import insert, select

from albumen.library.sorting import sort_faces
from albumen.stores.catalog.catalog import Catalog
from albumen.stores.catalog.schema import faces, people
from albumen.stores.vectors import Vectors
from tests.fakes import make_photo
from tests.rest_api import small
from tests.rest_api.small import Site, make_shop, running

L = "/api/libraries/1"
CARD = "face-net"
POINTS = [[0.35, 0.4], [0.55, 0.4], [0.45, 0.5], [0.38, 0.6], [0.52, 0.6]]


@dataclass
class Crowd:
    """A library of eight photos with a face each: four of one person, three of another, one of a third."""

    site: Site
    client: httpx.Client
    vectors: Vectors

    def sort(self) -> None:
        """Sort the faces anew, as an import does that found a new one."""
        catalog = self.site.shop.shelf.open(self.site.shop.accounts.libraries(1)[0]).catalog
        with catalog.write() as db:
            key = db.execute(insert(faces).values(face(8))).inserted_primary_key
        self.vectors.add(np.array([key[0]]), looks(0))  # type: ignore[index]
        sort_faces(catalog, self.vectors, CARD)

    def people(self, **query: bool) -> list[dict[str, object]]:
        return self.client.get(f"{L}/people", params=query).json()["items"]

    def faces_of(self, id: str) -> list[dict[str, object]]:
        return self.client.get(f"{L}/assets/{id}").json()["faces"]

    def shown(self, person: object) -> list[str]:
        return [row["id"] for row in self.client.get(f"{L}/people/{person}/assets").json()["items"]]


def looks(*whose: int) -> np.ndarray:
    """Return a unit vector for each, the same for the same person but for a little."""
    rng = np.random.default_rng(3)
    rows = np.eye(3, 128)[list(whose)] + rng.normal(0, 0.01, (len(whose), 128))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def face(asset: int) -> dict[str, object]:
    box = {"left": 0.3, "top": 0.2, "right": 0.6, "bottom": 0.7}
    return {"asset_id": asset, "card": CARD, "score": 0.9 + asset / 1000, "landmarks": POINTS, **box}


@pytest.fixture
def crowd(tmp_path: Path) -> Iterator[Crowd]:
    shop = make_shop(tmp_path)
    small.people(shop)
    for i in range(8):
        make_photo(tmp_path / "photos" / f"{i}.jpg", (30 * i, 90, 200), (640, 480))
    opened = shop.shelf.open(shop.accounts.libraries(1)[0])
    opened.library.run_import([str(tmp_path / "photos")], lambda progress: None)
    vectors = Vectors(tmp_path / "face-vectors", 128)
    with opened.catalog.write() as db:
        db.execute(insert(faces), [face(asset) for asset in range(1, 9)])
        keys = np.array(db.execute(select(faces.c.id).order_by(faces.c.asset_id)).scalars().all())
    vectors.add(keys, looks(0, 0, 0, 0, 1, 1, 1, 2))
    sort_faces(opened.catalog, vectors, CARD)
    with running(shop, tmp_path) as site:
        yield Crowd(site, site.signed_in("ada"), vectors)


def test_those_in_most_pictures_come_first_and_strangers_are_left_out(crowd: Crowd) -> None:
    listed = crowd.people()
    assert [(one["name"], one["count"], one["hidden"]) for one in listed] == [(None, 4, False), (None, 3, False)]
    assert len(crowd.shown(listed[0]["id"])) == 4
    page = crowd.client.get(f"{L}/people/{listed[0]['id']}/assets", params={"limit": 3}).json()
    rest = crowd.client.get(f"{L}/people/{listed[0]['id']}/assets", params={"limit": 3, "cursor": page["next"]}).json()
    assert [len(page["items"]), len(rest["items"]), rest["next"]] == [3, 1, None]
    assert crowd.client.get(f"{L}/people/999").status_code == 404
    assert crowd.client.get(f"{L}/people/999/assets").status_code == 404


def test_a_name_of_blanks_takes_no_face_away(crowd: Crowd) -> None:
    person = crowd.people()[0]
    assert crowd.client.put(f"{L}/faces/{person['face']}", json={"name": "  "}).status_code == 400
    assert crowd.people()[0] == person


def test_a_face_is_shown_with_some_room_around_it(crowd: Crowd) -> None:
    person = crowd.people()[0]
    answer = crowd.client.get(f"{L}/faces/{person['face']}/thumb")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/webp")
    assert "immutable" in answer.headers["cache-control"]
    with Image.open(io.BytesIO(answer.content)) as picture:
        assert picture.size == (160, 160)
    assert crowd.client.get(f"{L}/faces/999/thumb").status_code == 404


def test_a_person_in_the_trash_is_not_listed(crowd: Crowd) -> None:
    ids = crowd.shown(crowd.people()[1]["id"])
    crowd.client.post(f"{L}/trash", json={"ids": ids}).raise_for_status()
    assert [one["count"] for one in crowd.people()] == [4]


def test_a_name_is_kept_and_shown_on_faces(crowd: Crowd) -> None:
    person = crowd.people()[0]["id"]
    named = crowd.client.patch(f"{L}/people/{person}", json={"name": "  Ada   Lovelace "}).json()
    assert named["name"] == "Ada Lovelace"
    assert crowd.faces_of(crowd.shown(person)[0])[0]["name"] == "Ada Lovelace"
    crowd.sort()
    assert [one["name"] for one in crowd.people()] == ["Ada Lovelace", None]
    assert crowd.client.patch(f"{L}/people/{person}", json={"name": "a\u202eb"}).status_code == 400
    assert crowd.client.patch(f"{L}/people/999", json={"name": "x"}).status_code == 404


def test_who_is_hidden_is_listed_only_when_asked_for(crowd: Crowd) -> None:
    person = crowd.people()[0]["id"]
    crowd.client.patch(f"{L}/people/{person}", json={"hidden": True}).raise_for_status()
    assert [one["count"] for one in crowd.people()] == [3]
    assert [one["id"] for one in crowd.people(hidden=True)] == [person]


def test_people_who_are_joined_stay_one(crowd: Crowd) -> None:
    one, other = (person["id"] for person in crowd.people())
    crowd.client.patch(f"{L}/people/{other}", json={"name": "Ada"}).raise_for_status()
    joined = crowd.client.post(f"{L}/people/{one}/merge", json={"ids": [other]}).json()
    assert (joined["id"], joined["name"], joined["count"]) == (one, "Ada", 7)
    crowd.sort()
    assert [(p["id"], p["name"]) for p in crowd.people()] == [(one, "Ada")]
    assert len(crowd.shown(one)) >= 7
    assert crowd.client.get(f"{L}/people/{other}").status_code == 404
    assert crowd.client.post(f"{L}/people/{one}/merge", json={"ids": [one]}).status_code == 400
    assert crowd.client.post(f"{L}/people/{one}/merge", json={"ids": [999]}).status_code == 404


def test_a_face_that_was_moved_stays_where_it_was_put(crowd: Crowd) -> None:
    one, other = (person["id"] for person in crowd.people())
    away, over, named = crowd.shown(one)[:3]
    moves = {away: {"person": None}, over: {"person": other}, named: {"name": "Grace"}}
    for id, body in moves.items():
        answer = crowd.client.put(f"{L}/faces/{crowd.faces_of(id)[0]['id']}", json=body)
        assert answer.json()["row"]["id"] == id, answer.text
    crowd.sort()
    assert [crowd.faces_of(id)[0]["person"] for id in (away, over)] == [None, other]
    assert crowd.faces_of(named)[0]["name"] == "Grace"
    again = crowd.client.put(f"{L}/faces/{crowd.faces_of(away)[0]['id']}", json={"name": "GRACE"}).json()
    assert again["faces"][0]["person"] == crowd.faces_of(named)[0]["person"]


def test_a_face_is_told_one_thing_at_a_time(crowd: Crowd) -> None:
    face = crowd.people()[0]["face"]
    for wrong in ({}, {"person": 1, "name": "Ada"}, {"name": None}, {"name": ""}, {"person": "x"}):
        assert crowd.client.put(f"{L}/faces/{face}", json=wrong).status_code == 400
    assert crowd.client.put(f"{L}/faces/{face}", json={"person": 999}).status_code == 404
    assert crowd.client.put(f"{L}/faces/999", json={"person": None}).status_code == 404


def test_an_older_catalog_learns_to_hide_people(tmp_path: Path) -> None:
    Catalog(tmp_path / "catalog.sqlite").close()
    with sqlite3.connect(tmp_path / "catalog.sqlite") as db:
        db.execute("ALTER TABLE people DROP COLUMN hidden")
        db.execute("INSERT INTO people(name) VALUES ('Ada')")
        db.execute("UPDATE alembic_version SET version_num = '0002'")
    db.close()
    catalog = Catalog(tmp_path / "catalog.sqlite")
    with catalog.read() as read:
        assert [(p.name, p.hidden) for p in read.execute(select(people))] == [("Ada", False)]
    catalog.close()
