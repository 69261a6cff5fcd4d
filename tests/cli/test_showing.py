"""What `albumen show` says of an asset, line by line."""

from typing import Any

import pytest

from albumen.cli.showing import lines

PHOTO: dict[str, Any] = {
    "id": "ab" * 32,
    "kind": "photo",
    "mime": "image/jpeg",
    "bytes": 82_129,
    "width": 640,
    "height": 480,
    "details": {},
    "files": [{"path": "/photos/a.jpg", "role": "original", "state": "present", "bytes": 82_129}],
    "facts": [],
    "faces": [],
}


def said(**more: Any) -> dict[str, str]:
    return dict(lines(PHOTO | more))


def test_what_is_unknown_has_no_line() -> None:
    assert list(said()) == ["id", "file", "kind"]
    assert said()["kind"] == "photo, image/jpeg, 640 x 480 pixels, 82 kB"
    assert said()["file"] == "/photos/a.jpg"


@pytest.mark.parametrize(
    ("offset", "zone_from", "reads"),
    [
        (None, None, "2019-07-14 14:00:00, zone unknown  [camera]"),
        (120, "place", "2019-07-14 14:00:00 UTC+02:00 by the place  [camera]"),
        (-210, "tag", "2019-07-14 14:00:00 UTC-03:30 as written  [camera]"),
        (0, "utc", "2019-07-14 14:00:00 UTC, local time unknown  [camera]"),
    ],
)
def test_a_date_tells_its_zone_and_who_says_so(offset: int | None, zone_from: str | None, reads: str) -> None:
    zone = {"zone_from": zone_from} if zone_from else {}
    known = {"taken": "2019-07-14T14:00:00.000", "taken_from": "camera", "details": zone}
    assert said(**known, **({} if offset is None else {"offset_minutes": offset}))["taken"] == reads


def test_place_camera_and_settings_have_a_line_each() -> None:
    found = said(
        town="Rome", country="IT", lat=41.9, lon=12.49, make="Apple", model="iPhone 8", lens="wide",
        details={"exposure": 1 / 17, "f_number": 1.8, "iso": 80, "keywords": ["sea", "sun"]},
    )  # fmt: skip
    assert found["place"] == "Rome, IT (41.90000, 12.49000)"
    assert found["camera"] == "Apple iPhone 8, wide, 1/17 s, f/1.8, ISO 80"
    assert found["keywords"] == "sea, sun"


def test_a_film_tells_its_length_and_coding() -> None:
    found = said(kind="video", mime="video/mp4", duration_ms=4_040, details={"codec": "h264", "fps": 29.97})
    assert found["kind"] == "video, video/mp4, 640 x 480 pixels, 4.0 s, h264 at 29.97 frames a second, 82 kB"


def test_files_say_where_they_are_not_plain_originals() -> None:
    live = {"path": "/photos/a.mov", "role": "live", "state": "offline", "bytes": 1}
    assert said(files=[live])["file"] == "/photos/a.mov (live, offline)"


@pytest.mark.parametrize(
    ("task", "value", "reads"),
    [
        ("colours", {"red": 0.25, "blue": 0.7512, "pink": 0.006}, "blue 75%, red 25%"),
        ("moderation", {"nsfw": 0.0}, "nsfw 0.0%"),
        ("labels", [["cup", 0.48], ["mug", 0.25]], "cup 48%, mug 25%"),
        ("labels", ["my cup"], "my cup"),
        ("objects", [], "nothing"),
        ("text", [["STOP", 0.9, [[0, 0], [1, 0]], 0], ["HERE", 0.9, [[0, 0], [1, 0]], 0]], "STOP HERE"),
    ],
)
def test_each_fact_is_told_in_words_with_who_said_it(task: str, value: Any, reads: str) -> None:
    assert said(facts=[{"task": task, "card": "some.card", "value": value}])[task] == f"{reads}  [some.card]"


def test_a_face_tells_whose_it_is() -> None:
    face = {"score": 0.9, "age": 30.4, "person": 3, "name": None, "card": "c"}
    assert said(faces=[face])["face"] == "90% sure, about 30 years old, person 3  [c]"
    assert said(faces=[face | {"name": "Ann", "age": None}])["face"] == "90% sure, Ann  [c]"
