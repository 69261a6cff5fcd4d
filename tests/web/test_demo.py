"""The demo: its link signs a browser in once, and its photos say when and where they were taken."""

import urllib.error
import urllib.request
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from albumen.media import metadata
from albumen.media.formats import Format
from scripts.demo import Served, open_window, ticket
from scripts.demo_photos import ROME, Shot, take


class Followed(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: object) -> None:
        return None


def answer(address: str) -> tuple[str | None, str | None]:
    """Return the cookie that an address hands over, and where it leads."""
    try:
        urllib.request.build_opener(Followed).open(address)
    except urllib.error.HTTPError as redirect:
        return redirect.headers["Set-Cookie"], redirect.headers["Location"]
    raise AssertionError("it does not lead on")


def test_the_link_signs_in_once_and_only_who_knows_it() -> None:
    site = Served("http://127.0.0.1:9", "albumen=secret; Path=/; HttpOnly")
    with ticket(site) as address:
        assert answer(address.rsplit("/", 1)[0] + "/guessed") == (None, "http://127.0.0.1:9/")
        assert answer(address) == ("albumen=secret; Path=/; HttpOnly", "http://127.0.0.1:9/")
        assert answer(address) == (None, "http://127.0.0.1:9/")


def test_no_browser_is_opened_where_there_is_no_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    assert not open_window("http://127.0.0.1:9/")


def test_a_photo_of_the_demo_says_when_and_where(tmp_path: Path) -> None:
    source, target = tmp_path / "source.png", tmp_path / "shot.jpg"
    Image.fromarray(np.zeros((20, 30, 3), np.uint8)).save(source)
    take(Shot(target.name, source.name, "2019-07-14 18:05", ROME, (0, 0, 0.5, 1)), source, target)
    with target.open("rb") as file:
        found = metadata.read(file, Format.JPEG)
    assert found.taken == datetime(2019, 7, 14, 18, 5)
    assert (round(found.lat or 0, 3), round(found.lon or 0, 3)) == (41.890, 12.492)
    with Image.open(target) as shown:
        assert shown.size == (15, 20)
