"""How fast the web app's timeline is with a made-up library: first paint, and frames over 50 ms while scrolling.

Usage: python -m benchmarks.web [COUNT]; it needs Chromium, Node.js and the built app (npm ci && npm run build, in ui/).
The pictures are tiny and come from memory, so that the app is measured and not the server.
"""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

MOCK = Path(__file__).resolve().parents[1] / "ui" / "mock" / "server.mjs"
SCROLL = """async ([pixels, seconds]) => {
  const area = document.querySelector('.scroller');
  const frames = [];
  const ends = performance.now() + seconds * 1000;
  let last = await new Promise(requestAnimationFrame);
  while (performance.now() < ends) {
    area.scrollTop += pixels;
    const now = await new Promise(requestAnimationFrame);
    frames.push(now - last);
    last = now;
  }
  return frames;
}"""
SHOWN = """() => new Promise((done) => {
  const here = () => [...document.querySelectorAll('.tile img')].some((one) => one.complete);
  const look = () => (here() ? done(performance.now()) : requestAnimationFrame(look));
  look();
})"""


@dataclass(frozen=True)
class Speed:
    """What was measured, in milliseconds and frames."""

    first_paint_ms: float
    first_picture_ms: float
    frames: int
    over_50_ms: int
    median_ms: float
    tiles: int
    still_over_50_ms: int


@contextmanager
def served(count: int) -> Iterator[str]:
    """Serve the app with a made-up library of `count` photos; yield the address."""
    command = [shutil.which("node") or "node", str(MOCK), "0", str(count)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout
            yield server.stdout.readline().strip()
        finally:
            server.terminate()


def measure(browser: Browser, url: str, *, pixels: int = 40, seconds: int = 8) -> Speed:
    """Open the timeline and scroll it by `pixels` a frame."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, service_workers="block")
    page = context.new_page()
    page.goto(url)
    picture = page.evaluate(SHOWN)
    paint = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    page.wait_for_timeout(1000)
    still = page.evaluate(SCROLL, [0, seconds])  # what this machine does to a page that does nothing
    frames = sorted(page.evaluate(SCROLL, [pixels, seconds]))
    tiles = page.locator(".tile, .blank").count()
    context.close()
    slow = sum(ms > 50 for ms in frames)
    return Speed(paint, picture, len(frames), slow, frames[len(frames) // 2], tiles, sum(ms > 50 for ms in still))


def main() -> None:
    """Measure and print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    with served(count) as url, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=found, args=["--no-sandbox"])
        for pixels in (40, 400):
            print(f"{count} photos, {pixels} pixels a frame: {measure(browser, url, pixels=pixels)}")
        browser.close()


if __name__ == "__main__":
    main()
