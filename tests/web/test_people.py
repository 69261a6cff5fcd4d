"""People in the web app: named, put right face by face, joined and hidden, in Chromium against the real server."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.web.conftest import Site

pytestmark = [pytest.mark.weights, pytest.mark.browser]


def open_person(page: Page, site: Site, name: str = "") -> None:
    page.goto(f"{site.url}/people")
    page.locator("main li a", has_text=re.compile(name or "Who is this|Eileen")).first.click()
    page.get_by_label("Name of this person").wait_for()


def call(page: Page, name: str) -> None:
    page.get_by_label("Name of this person").fill(name)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text(f"Called {name} from now on")).to_be_visible()


def test_a_person_gets_a_name_and_is_found_by_it(page: Page, site: Site) -> None:
    open_person(page, site)
    expect(page.locator("[data-id]")).to_have_count(2)
    call(page, "Eileen")
    page.goto(f"{site.url}/search?q=Eileen")
    expect(page.locator("[data-id]")).to_have_count(2)
    expect(page.locator(".verdict")).to_contain_text("2 sure")


def test_a_face_that_is_somebody_else_leaves_the_person_and_can_be_given_back(page: Page, site: Site) -> None:
    open_person(page, site)
    call(page, "Eileen C.")
    page.locator("[data-id]").first.click()
    page.keyboard.press("i")
    face = page.get_by_role("complementary").get_by_role("button", name=re.compile(r"^Eileen C\."))
    face.click()
    page.get_by_role("button", name="Not Eileen C.").click()
    unknown = page.get_by_role("complementary").get_by_role("button", name=re.compile("Who is this"))
    expect(unknown.first).to_be_visible()
    unknown.first.click()
    page.get_by_role("dialog").get_by_label("Name of this person").fill("Eileen C.")
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(face).to_be_visible()


def test_a_hidden_person_leaves_the_list_until_they_are_shown_again(page: Page, site: Site) -> None:
    open_person(page, site)
    page.get_by_role("button", name="Hide", exact=True).click()
    expect(page.get_by_text("Hidden", exact=True)).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    page.goto(f"{site.url}/people")
    expect(page.locator("main li a").first).to_be_visible()
