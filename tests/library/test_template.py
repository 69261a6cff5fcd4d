"""Templates of managed uploads: what they may say, and that nothing they yield leaves the library."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from albumen.core.errors import SettingsError
from albumen.library.template import DEFAULT, LONGEST, Template
from albumen.media.record import Metadata

TAKEN = Metadata(taken=datetime(2019, 7, 3, 12, 0), make="Fuji/film", model="X..")


def test_fills_in_date_and_name() -> None:
    assert Template.parse(DEFAULT).fill("a b.jpg", TAKEN) == ("2019", "07", "a b.jpg")


def test_one_folder_stands_for_an_unknown_date() -> None:
    assert Template.parse("{camera}/{year}/{month}-{day}/{name}").fill("a.jpg", Metadata()) == (
        "unknown camera",
        "undated",
        "a.jpg",
    )
    assert Template.parse("{year}-{name}").fill("a.jpg", Metadata()) == ("undated", "a.jpg")


def test_a_cameras_name_stays_one_folder() -> None:
    assert Template.parse("{camera}/{name}").fill("a.jpg", TAKEN) == ("Fuji_film X", "a.jpg")


@pytest.mark.parametrize(
    "text",
    [
        "../{name}",
        "/etc/{name}",
        "{name}/{year}",
        "{year}",
        "{nam}",
        "{name",
        "a//{name}",
        "./{name}",
        "{name.x}",
        "{0}",
    ],
)
def test_refuses_templates_that_leave_the_library_or_lose_the_name(text: str) -> None:
    with pytest.raises(SettingsError, match="template"):
        Template.parse(text)


@given(st.text(min_size=1), st.sampled_from([DEFAULT, "{camera}/{name}", "x {name}", "{name}"]))
def test_no_name_leaves_its_folder_or_is_too_long(name: str, template: str) -> None:
    for part in Template.parse(template).fill(name, TAKEN):
        assert part not in ("", ".", "..") and "/" not in part and "\0" not in part and not part.startswith(".")
        assert len(part.encode("utf-8", "surrogatepass")) <= LONGEST + 2


def test_a_long_name_keeps_its_suffix() -> None:
    assert Template.parse("{name}").fill("ä" * 300 + ".jpeg", TAKEN)[0].endswith("ä.jpeg")


def test_a_suffix_is_measured_in_bytes() -> None:
    (part,) = Template.parse("{name}").fill("a" * 300 + "." + "ř" * 10, TAKEN)
    assert part.endswith("ř") and len(part.encode()) <= LONGEST
