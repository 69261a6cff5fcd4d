import tomllib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from albumen.library.places import Gazetteer, distance
from albumen.library.places.names import fold

TABLE = tomllib.loads((Path(__file__).parent / "places.toml").read_text(encoding="utf-8"))
ROWS = [row for name, rows in TABLE.items() if name != "missed" for row in rows]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_a_known_coordinate_is_in_its_town_and_country(world: Gazetteer, row: list) -> None:
    _, lat, lon, town, country = row
    place = world.place(lat, lon)
    assert (place.country if place else "") == country
    if town:
        assert place
        assert fold(place.name) == fold(town)


@given(st.floats(allow_nan=True, allow_infinity=True), st.floats(allow_nan=True, allow_infinity=True))
def test_no_pair_of_numbers_raises(world: Gazetteer, lat: float, lon: float) -> None:
    world.place(lat, lon)


@given(st.floats(-90, 90), st.floats(-180, 180))
def test_the_town_is_as_far_as_it_says(world: Gazetteer, lat: float, lon: float) -> None:
    place = world.place(lat, lon)
    if place and place.name:
        assert place.km <= 50
        assert float(distance(lat, lon, np.array(place.lat), np.array(place.lon))) == pytest.approx(
            place.km, rel=0.05, abs=0.3
        )


def test_a_photo_without_coordinates_is_nowhere(world: Gazetteer) -> None:
    assert world.place(None, 12.5) is None
    assert world.place(41.9, None) is None


def test_a_district_is_named_before_its_town(world: Gazetteer) -> None:
    place = world.place(40.7580, -73.9855)
    assert place
    assert place.text() == "Times Square, New York City, New York, United States"


@pytest.mark.parametrize(
    ("language", "said"), [("de", "München, Bavaria, Deutschland"), ("it", "Monaco di Baviera, Bavaria, Germania")]
)
def test_names_come_in_the_reader_s_language(language: str, said: str) -> None:
    place = Gazetteer(language=language).place(48.137, 11.575)
    assert place
    assert place.text() == said


@pytest.mark.parametrize(
    ("name", "kind", "said"),
    [
        ("Rome", "city", "Rome, Italy"),
        ("rome, us", "city", "Rome, United States"),
        ("Rome, GA", "city", "Rome, United States"),
        ("München", "city", "Munich, Germany"),
        ("muenchen", "city", "Munich, Germany"),
        ("Florenz", "city", "Florence, Italy"),
        ("罗马", "city", "Rome, Italy"),
        ("Bavaria", "region", "Bavaria, Germany"),
        ("Toskana", "region", "Tuscany, Italy"),
        ("Allemagne", "country", "Germany"),
        ("意大利", "country", "Italy"),
        ("turkey", "country", "Türkiye"),
        ("SÃO PAULO", "region", "São Paulo, Brazil"),
    ],
)
def test_a_name_finds_the_likeliest_spot_first(world: Gazetteer, name: str, kind: str, said: str) -> None:
    spot = world.find(name)[0]
    assert (spot.kind, spot.text()) == (kind, said)


def test_candidates_come_by_number_of_people(world: Gazetteer) -> None:
    people = [s.people for s in world.find("Springfield") if s.kind == "city"]
    assert len(people) > 5
    assert people == sorted(people, reverse=True)


def test_what_is_no_place_finds_nothing(world: Gazetteer) -> None:
    assert world.find("a red bus") == ()
    assert world.find("") == ()
    assert world.find("\n") == ()


def test_every_shipped_table_names_its_source() -> None:
    from albumen.library.places.tables import DATA

    notice = (DATA / "NOTICE.md").read_text(encoding="utf-8")
    shipped = {f.name for f in DATA.iterdir() if f.name != "NOTICE.md"}
    assert all(name in notice for name in shipped)
    assert "CC BY 4.0" in notice
    assert "public domain" in notice
