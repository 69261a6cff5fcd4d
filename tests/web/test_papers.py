"""Documents in the viewer: their text over the picture, fields, tables, and questions whose answers are shown in it."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.web.conftest import Site
from tests.web.papers import teach

pytestmark = [pytest.mark.weights, pytest.mark.browser]


def open_paper(page: Page) -> None:
    teach(page)
    page.locator("[data-id]").nth(1).click()
    page.get_by_role("dialog").wait_for()
    if not page.get_by_role("complementary").is_visible():
        page.keyboard.press("i")
    page.get_by_role("complementary").get_by_role("button", name="Document").click()


def test_a_document_shows_its_fields_its_tables_and_its_text(page: Page) -> None:
    open_paper(page)
    panel = page.get_by_role("complementary")
    expect(panel.get_by_role("button", name="Total 19.55")).to_be_visible()
    expect(panel.get_by_role("cell", name="Flat white")).to_be_visible()
    expect(panel.get_by_text(re.compile("CORNER BAKERY"))).to_be_visible()


def test_the_words_can_be_selected_in_the_picture(page: Page) -> None:
    open_paper(page)
    line = page.locator(".text .line", has_text="CORNER BAKERY")
    box, picture = line.bounding_box(), page.locator(".frame .picture").bounding_box()
    assert box and picture
    assert abs(box["width"] / picture["width"] - 0.6) < 0.02
    line.dblclick(position={"x": 5, "y": box["height"] / 2})
    assert page.evaluate("getSelection().toString()").strip() == "CORNER"


def test_an_answer_is_marked_where_it_is_written(page: Page) -> None:
    open_paper(page)
    page.get_by_label("Ask this document").fill("What is the total?")
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.locator(".reply")).to_contain_text("19.55")
    marked, picture = page.locator(".picture polygon").first.bounding_box(), page.locator(".picture").bounding_box()
    assert marked and picture
    assert abs((marked["y"] - picture["y"]) / picture["height"] - 0.5) < 0.02


def test_a_question_in_the_search_is_answered_from_the_documents(page: Page, site: Site) -> None:
    teach(page)
    page.goto(f"{site.url}/search?q=What+was+the+total%3F")
    page.get_by_role("region", name="Answers from your documents").get_by_role("link").click()
    expect(page.locator(".reply")).to_contain_text("19.55")
