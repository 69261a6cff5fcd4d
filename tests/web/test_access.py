"""For everybody: axe on every page in both schemes, narrow windows, no motion, forced colours, the keyboard alone."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.web.conftest import ROOT, Site, settled
from tests.web.papers import teach

pytestmark = [pytest.mark.weights, pytest.mark.browser]

AXE = ROOT / "ui" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
PATHS = (
    "/", "/search?q=a+cat", "/search", "/people", "/documents", "/map", "/upload", "/activity", "/trash", "/models",
    "/settings",
)  # fmt: skip


def problems(page: Page) -> list[str]:
    """Return what axe finds against WCAG 2.2 A and AA, one line each."""
    if not AXE.is_file():
        pytest.skip("axe-core is not installed; run: npm ci, in ui/")
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())
    found = page.evaluate("(rules) => axe.run({runOnly: rules})", RULES)
    return [f"{v['id']}: {node['target']} {node['failureSummary']}" for v in found["violations"] for node in v["nodes"]]


def looks(page: Page) -> Iterator[str]:
    """Show a page in both schemes, and in a phone's width."""
    for name, scheme, wide in (("light", "light", 1280), ("dark", "dark", 1280), ("phone", "light", 360)):
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        page.set_viewport_size({"width": wide, "height": 800})
        settled(page)
        yield name


@pytest.mark.parametrize("path", PATHS)
def test_a_page_is_accessible_in_both_schemes_and_fits_a_phone(page: Page, site: Site, path: str) -> None:
    page.goto(site.url + path)
    page.locator("main :is(h2, a, button, label, .map)").first.wait_for()
    for look in looks(page):
        assert problems(page) == [], look
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_the_viewer_is_accessible_with_facts_and_with_a_document(page: Page) -> None:
    teach(page)
    page.locator("[data-id]").first.click()
    panel = page.get_by_role("complementary")
    if not panel.is_visible():
        page.keyboard.press("i")
    for tab in ("Information", "Document"):
        panel.get_by_role("button", name=tab).click()
        for look in looks(page):
            assert problems(page) == [], (tab, look)


def test_forced_colours_leave_everything_to_be_told_apart(page: Page, site: Site) -> None:
    page.emulate_media(forced_colors="active")
    page.goto(f"{site.url}/search?q=a+cat")
    page.locator(".mark.sure").first.wait_for()
    filled = "(node) => getComputedStyle(node).backgroundColor"
    assert page.locator(".mark.sure").first.evaluate(filled) != page.locator("body").evaluate(filled)
    assert problems(page) == []


def test_who_wants_no_motion_gets_none(page: Page) -> None:
    page.emulate_media(reduced_motion="reduce")
    page.locator("[data-id]").first.click()
    duration = page.get_by_role("dialog").evaluate("(node) => parseFloat(getComputedStyle(node).animationDuration)")
    assert duration < 0.001


def test_the_keyboard_alone_ticks_opens_reads_and_closes(page: Page) -> None:
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.locator("[data-id]").first.focus()
    page.keyboard.press("x")
    expect(page.get_by_role("toolbar")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("toolbar")).to_have_count(0)
    page.keyboard.press("Enter")
    page.get_by_role("dialog").wait_for()
    for _ in range(12):
        page.keyboard.press("Tab")
        assert page.evaluate("document.querySelector('[role=dialog]').contains(document.activeElement)")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator("[data-id]").first).to_be_focused()


def test_pictures_say_what_they_show(page: Page) -> None:
    expect(page.get_by_role("link", name=re.compile("cat", re.IGNORECASE)).first).to_be_visible()
