"""Bringing files in: dropped, shared by another app, and sent on after the connection broke."""

import base64
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, Request, Route, expect

from tests.media.pictures import HEIC
from tests.web.conftest import Site
from tests.web.files import make_film

pytestmark = [pytest.mark.weights, pytest.mark.browser]

CHUNK = 8 << 20
FILE = """const file = ([name, data]) => new File([Uint8Array.from(atob(data), (c) => c.charCodeAt(0))], name);"""
DROP = f"""(files) => {{
  {FILE}
  const dataTransfer = new DataTransfer();
  for (const one of files) dataTransfer.items.add(file(one));
  dispatchEvent(new DragEvent('drop', {{ dataTransfer, bubbles: true, cancelable: true }}));
}}"""
SHARE = f"""(shared) => {{
  {FILE}
  const transfer = new DataTransfer();
  transfer.items.add(file(shared));
  const form = document.createElement('form');
  Object.assign(form, {{ method: 'POST', action: '/share', enctype: 'multipart/form-data' }});
  const input = Object.assign(document.createElement('input'), {{ type: 'file', name: 'files' }});
  input.files = transfer.files;
  form.append(input);
  document.body.append(form);
  form.submit();
}}"""


def noise(high: int, wide: int, seed: int) -> Image.Image:
    return Image.fromarray(np.random.default_rng(seed).integers(0, 256, (high, wide, 3), np.uint8))


def text(file: Path) -> str:
    return base64.b64encode(file.read_bytes()).decode()


def test_a_heic_and_a_film_that_are_dropped_anywhere_arrive(page: Page, site: Site, tmp_path: Path) -> None:
    photo, film = HEIC, tmp_path / "holiday.mp4"
    make_film(site.photos / "coffee.png", film)
    page.evaluate(DROP, [[photo.name, text(photo)], [film.name, text(film)]])
    expect(page.get_by_text("In the library")).to_have_count(2, timeout=60_000)


def test_an_upload_goes_on_where_the_connection_broke(page: Page, site: Site, tmp_path: Path) -> None:
    large, offsets = tmp_path / "large.png", list[int]()
    noise(1700, 1700, 2).save(large, compress_level=0)
    assert CHUNK < large.stat().st_size < 2 * CHUNK

    def broken(route: Route, request: Request) -> None:
        if request.method == "PATCH":
            offsets.append(int(request.headers["upload-offset"]))
            if offsets.count(CHUNK) == 1 and offsets[-1] == CHUNK:
                return route.abort("connectionreset")
        route.continue_()

    page.route("**/uploads/*", broken)
    page.goto(f"{site.url}/upload")
    page.locator("input[type=file]").set_input_files(large)
    expect(page.get_by_text("In the library")).to_be_visible(timeout=60_000)
    assert offsets == [0, CHUNK, CHUNK]


def test_what_another_app_shares_is_uploaded(page: Page, tmp_path: Path) -> None:
    photo = tmp_path / "shared.jpg"
    noise(90, 120, 3).save(photo)
    page.evaluate("navigator.serviceWorker.ready.then(() => undefined)")
    page.reload()
    page.locator("[data-id]").first.wait_for()
    page.evaluate(SHARE, [photo.name, text(photo)])
    page.wait_for_url("**/upload")
    expect(page.get_by_text("shared.jpg")).to_be_visible()
    expect(page.get_by_text("In the library")).to_be_visible(timeout=60_000)
