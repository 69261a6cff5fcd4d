"""The timeline stays quick with 100,000 photos."""

import shutil

import pytest
from playwright.sync_api import Browser

from benchmarks.web import measure, served

pytestmark = pytest.mark.browser


def test_paints_in_a_second_and_a_half_and_scrolls_smoothly_at_100_000_photos(browser: Browser, built: object) -> None:
    if shutil.which("node") is None:
        pytest.skip("no Node.js to serve the made-up library")
    with served(100_000) as url:
        speed = measure(browser, url, seconds=4)
    assert speed.first_paint_ms < 1500, speed
    assert speed.tiles < 300, "only what is near the window may exist"
    assert speed.frames >= 30 and speed.over_50_ms <= speed.still_over_50_ms + speed.frames / 5, speed
