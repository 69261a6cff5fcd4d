"""Fixtures of the web app's tests: the real server on a fresh library, and Chromium in front of it."""

import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from albumen.models.sources import parse
from albumen.models.sources.packages import Packages
from scripts.demo_photos import Shot, take
from tests.web.files import make_dated, make_film

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "src" / "albumen" / "web" / "static"
SKIMAGE = "pypi:scikit-image==0.26.0/skimage/data/"
NAME, PASSWORD = "ada", "correct horse battery"
PORTRAITS = (
    Shot("portrait 1.jpg", "astronaut.png", "1999-07-22 09:40"),
    Shot("portrait 2.jpg", "astronaut.png", "1999-07-22 09:41", part=(0.1, 0, 0.8, 0.62), light=1.1),
)
IMPORTED = 6
SETTLED = """() => Promise.all(
  document.getAnimations()
    .filter((one) => one.effect.getComputedTiming().endTime < Infinity)
    .map((one) => one.finished.catch(() => null)))"""


@dataclass(frozen=True)
class Site:
    """A running server: its address, the address that its first start printed, and photos to give to it."""

    url: str
    setup_url: str
    photos: Path


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start Chromium once."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        pytest.skip("no Chromium; on Debian: apt-get install chromium")
    expect.set_options(timeout=20_000)  # the first search loads its models
    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def built() -> Path:
    """Return the folder of the built app."""
    if not (STATIC / "index.html").is_file():
        pytest.skip("the web app is not built; run: npm ci && npm run build, in ui/")
    return STATIC


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="session")
def photos(models_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of photographs, two of one person, and a film; `rocket.jpg` beside it is for uploading."""
    folder = tmp_path_factory.mktemp("photos") / "album"
    folder.mkdir()
    packages = Packages(models_folder / "test-photos")
    wanted = (
        ("chelsea.png", folder),
        ("coffee.png", folder),
        ("rocket.jpg", folder.parent),
        ("astronaut.png", folder.parent),
    )
    for name, target in wanted:
        packages.fetch(parse(SKIMAGE + name), target / name, lambda done, total: None)
    make_dated(folder / "coffee.png", folder / "IMG_0412.jpg")
    make_film(folder / "chelsea.png", folder / "film.mp4")
    for shot in PORTRAITS:
        take(shot, folder.parent / shot.source, folder / shot.name)
    return folder


@pytest.fixture(scope="session")
def site(built: Path, photos: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Serve a new library from a process of its own."""
    library, port = tmp_path_factory.mktemp("library"), free_port()
    command = [Path(sys.executable).with_name("albumen"), "--library", str(library), "serve", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=ROOT) as server:
        try:
            yield Site(f"http://127.0.0.1:{port}", _printed(server), photos)
        finally:
            server.terminate()
            server.communicate(timeout=20)


def _printed(server: "subprocess.Popen[str]") -> str:
    """Return the address with the set-up code that the server prints when it is ready."""
    assert server.stdout
    ends = time.monotonic() + 90
    while time.monotonic() < ends and (line := server.stdout.readline()):
        if found := re.search(r"http://\S+#setup=\S+", line):
            return found.group()
    raise AssertionError("the server printed no address for its owner")


@pytest.fixture(scope="session")
def signed_in(site: Site, browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the owner's account and import the photos through the app; return the kept cookies."""
    kept = tmp_path_factory.mktemp("state") / "state.json"
    context = browser.new_context(locale="en-GB")
    page = context.new_page()
    page.goto(site.setup_url)
    page.get_by_label("Name").fill(NAME)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Password again").fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    page.get_by_role("heading", name="No photos yet").wait_for()
    page.get_by_role("link", name="Import a folder").click()
    page.get_by_label("Folder").fill(str(site.photos))
    page.get_by_role("button", name="Import").click()
    page.locator("article", has_text="done").wait_for(timeout=150_000)
    context.storage_state(path=kept)
    context.close()
    return kept


@pytest.fixture
def context(browser: Browser, signed_in: Path) -> Iterator[BrowserContext]:
    """Open a window's worth of state with the owner signed in."""
    context = browser.new_context(storage_state=signed_in, locale="en-GB", viewport={"width": 1280, "height": 800})
    context.set_default_timeout(20_000)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext, site: Site) -> Page:
    """Open the timeline; what a page throws or its policy forbids fails the test."""
    page = context.new_page()
    page.on("pageerror", _fail)
    page.on("console", lambda said: _fail(said.text) if "Content Security Policy" in said.text else None)
    page.goto(site.url)
    page.locator("[data-id]").first.wait_for()
    return page


def until(page: Page, holds: str, arg: object = None) -> None:
    """Wait until a function of the page holds; Playwright's own waiting needs what the page's policy forbids."""
    page.evaluate(
        f"""async (arg) => {{
          const [holds, ends] = [{holds}, performance.now() + 20_000];
          while (!(await holds(arg))) {{
            if (performance.now() > ends) throw new Error('it never held');
            await new Promise(requestAnimationFrame);
          }}
        }}""",
        arg,
    )


def settled(page: Page) -> None:
    """Wait until nothing fades or glides any more."""
    page.evaluate(SETTLED)


def _fail(error: object) -> None:
    raise AssertionError(f"the page reported: {error}")
