"""The timeline stays quick with 100,000 photos."""

import shutil

import pytest
from playwright.sync_api import Browser

from benchmarks.web import Speed, measure, served

pytestmark = pytest.mark.browser


def test_paints_in_a_second_and_a_half_and_scrolls_smoothly_at_100_000_photos(browser: Browser, built: object) -> None:
    if shutil.which("node") is None:
        pytest.skip("no Node.js to serve the made-up library")
    with served(100_000) as url:
        tries = (measure(browser, url, seconds=3) for _ in range(3))  # other work on the machine comes and goes
        assert any(smooth(speed) for speed in tries)


def smooth(speed: Speed) -> bool:
    assert speed.tiles < 300, "only what is near the window may exist"
    few = speed.over_50_ms <= speed.still_over_50_ms + speed.frames / 5
    return speed.first_paint_ms < 1500 and speed.frames >= 30 and few
