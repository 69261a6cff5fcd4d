"""The web app as a person uses it, in Chromium against the real server."""

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.web.conftest import IMPORTED, NAME, PASSWORD, Site, until

pytestmark = [pytest.mark.weights, pytest.mark.browser]


def open_first(page: Page, kind: str = "Photo") -> None:
    badged = ":has(.badge)" if kind == "Video" else ":not(:has(.badge))"
    page.locator(f".tile{badged} [data-id]").first.click()
    page.get_by_role("dialog").wait_for()


def open_coffee(page: Page) -> None:
    page.goto(page.url.split("?")[0].rstrip("/") + "/search?q=a+cup+of+coffee")
    page.locator("[data-id]").first.click()
    page.get_by_role("dialog").wait_for()
    if not page.get_by_role("complementary").is_visible():
        page.keyboard.press("i")
    page.get_by_role("complementary").wait_for()


def test_the_timeline_shows_every_import_under_its_month(page: Page) -> None:
    expect(page.get_by_role("heading", name=re.compile("July 2019"))).to_be_visible()
    assert page.locator("[data-id]").count() >= IMPORTED


def test_arrow_keys_move_between_pictures_and_enter_opens(page: Page) -> None:
    page.locator("[data-id]").first.focus()
    page.keyboard.press("ArrowRight")
    second = page.locator(":focus").get_attribute("data-id")
    assert second == page.locator("[data-id]").nth(1).get_attribute("data-id")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"photo={second}"))
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_sentence_is_taken_apart_and_its_parts_can_be_relaxed(page: Page) -> None:
    page.keyboard.press("/")
    page.keyboard.type("coffee in Rome, summer 2019")
    page.keyboard.press("Enter")
    place = page.get_by_role("button", name=re.compile("Do not insist on: in Rome"))
    expect(place).to_be_visible()
    expect(page.locator("[data-id]")).to_have_count(1)
    place.click()
    expect(page).to_have_url(re.compile("relax="))
    expect(page.get_by_role("button", name=re.compile("^Insist on:"))).to_be_visible()


def test_results_say_how_sure_they_are_and_why(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/search?q=a+cat")
    expect(page.locator(".verdict")).to_contain_text(re.compile(r"[1-9]\d* sure, \d+ maybe"))
    expect(page.locator("figcaption").first).to_contain_text("cat")


def test_the_viewer_zooms_at_the_pointer_and_fits_again(page: Page) -> None:
    open_first(page)
    wide = "document.querySelector('.frame .picture').getBoundingClientRect().width"
    before = page.evaluate(wide)
    page.mouse.move(700, 400)
    page.mouse.wheel(0, -400)
    until(page, f"(before) => {wide} > before * 1.5", before)
    page.keyboard.press("0")
    until(page, f"(before) => Math.abs({wide} - before) < 2", before)


def test_a_correction_outranks_the_models_and_can_be_taken_back(page: Page) -> None:
    open_coffee(page)
    panel = page.get_by_role("complementary")
    panel.get_by_label("Add a label").fill("grandmother's cup")
    panel.get_by_label("Add a label").press("Enter")
    expect(panel.get_by_role("button", name="Remove grandmother's cup")).to_be_visible()
    expect(panel.get_by_text("Your word counts")).to_be_visible()
    page.reload()
    page.get_by_role("dialog").wait_for()
    expect(page.get_by_role("button", name="Remove grandmother's cup")).to_be_visible()
    page.get_by_role("button", name="Take back").first.click()
    expect(page.get_by_role("button", name="Remove grandmother's cup")).to_have_count(0)


def test_two_tabs_that_edit_one_picture_do_not_overwrite_each_other(page: Page, context: BrowserContext) -> None:
    open_coffee(page)
    other = context.new_page()
    other.goto(page.url)
    other.get_by_label("Add a tag").wait_for()
    page.get_by_label("Add a tag").fill("first")
    page.get_by_label("Add a tag").press("Enter")
    expect(page.get_by_role("button", name="Remove first")).to_be_visible()
    other.get_by_label("Add a tag").fill("second")
    other.get_by_label("Add a tag").press("Enter")
    expect(other.get_by_text("changed elsewhere")).to_be_visible()
    expect(other.get_by_role("button", name="Remove first")).to_be_visible()


def test_text_from_a_file_is_never_markup(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/search?q=" + "%3Cimg src=x onerror=alert(1)%3E")
    page.locator(".verdict, .empty").first.wait_for()
    assert page.locator("img[src='x']").count() == 0
    page.goto(f"{site.url}/search?q=photos+from+Rome")
    page.locator("[data-id]").first.click()
    page.keyboard.press("i")
    expect(page.get_by_role("complementary")).to_be_visible()
    assert page.locator("img[src='x']").count() == 0


def test_a_video_plays_and_can_be_sought(page: Page, site: Site) -> None:
    open_first(page, "Video")
    video = page.locator("video")
    video.evaluate("async (film) => { film.muted = true; await film.play(); film.currentTime = 2; }")
    video.evaluate("(film) => new Promise((done) => { film.ontimeupdate = () => film.currentTime > 2.1 && done(); })")
    sent = page.request.get(f"{site.url}{video.get_attribute('src')}", headers={"Range": "bytes=0-99"})
    assert (sent.status, len(sent.body())) == (206, 100)


def test_an_uploaded_photo_arrives_in_the_timeline_and_is_known_the_second_time(page: Page, site: Site) -> None:
    photo = site.photos.parent / "rocket.jpg"
    count = page.request.get(f"{site.url}/api/libraries/1/timeline").json()["total"]
    page.get_by_role("link", name="Upload").click()
    page.locator("input[type=file]").set_input_files(photo)
    expect(page.get_by_text("In the library")).to_be_visible(timeout=60_000)
    total = "async (n) => (await (await fetch('/api/libraries/1/timeline')).json()).total === n"
    until(page, total, count + 1)
    page.get_by_role("link", name="Photos").first.click()
    page.locator("[data-id]").first.focus()
    page.keyboard.press("End")
    expect(page.locator(f"[data-index='{count}'] [data-id]")).to_be_focused()
    page.get_by_role("link", name="Upload").click()
    page.locator("input[type=file]").set_input_files(photo)
    expect(page.get_by_text("Already in the library")).to_be_visible()


def test_a_picture_goes_to_the_trash_and_comes_back(page: Page, site: Site) -> None:
    tile = page.locator(".tile").first
    gone = page.locator(f"[data-id='{tile.locator('a').get_attribute('data-id')}']")
    tile.hover()
    page.locator(".tick").first.click()
    page.get_by_role("button", name="Move to trash").click()
    expect(gone).to_have_count(0)
    page.goto(f"{site.url}/trash")
    expect(gone).to_be_visible()
    page.locator(".tile").first.hover()
    page.locator(".tick").first.click()
    page.get_by_role("button", name="Restore").click()
    expect(page.get_by_role("heading", name="The trash is empty")).to_be_visible()


def test_the_map_shows_where_and_opens_the_picture(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/map")
    page.get_by_role("button", name="1 picture here").click()
    expect(page.get_by_role("dialog")).to_be_visible()


def test_a_television_is_let_in_by_its_code(page: Page, site: Site) -> None:
    browser = page.context.browser
    assert browser
    television = browser.new_page(viewport={"width": 960, "height": 540}, locale="en-GB")
    television.goto(f"{site.url}/frame")
    code = television.locator(".code").inner_text().replace(" ", "")
    page.goto(f"{site.url}/settings")
    page.get_by_label("Code", exact=True).fill(code)
    page.get_by_role("button", name="Allow").click()
    expect(television.locator(".slide .picture").first).to_be_visible()
    television.keyboard.press("Enter")
    expect(television.get_by_text("Paused")).to_be_visible()
    assert television.request.post(f"{site.url}/api/libraries/1/trash", data={"ids": []}).status == 403
    television.close()


@pytest.mark.parametrize(
    ("tag", "word"), [("de-DE", "Hochladen"), ("es-ES", "Subir"), ("fr-FR", "Ajouter"), ("zh-CN", "上传")]
)
def test_speaks_the_browsers_language(page: Page, site: Site, tag: str, word: str) -> None:
    browser = page.context.browser
    assert browser
    context = browser.new_context(locale=tag, storage_state=page.context.storage_state())
    other = context.new_page()
    other.goto(site.url)
    expect(other.get_by_role("link", name=word)).to_be_visible()
    context.close()


def test_opens_without_a_network_once_it_was_open(page: Page, context: BrowserContext, site: Site) -> None:
    page.evaluate("navigator.serviceWorker.ready.then(() => undefined)")
    page.reload()
    page.locator("[data-id]").first.wait_for()
    context.set_offline(True)
    page.reload()
    expect(page.get_by_text("The server does not answer")).to_be_visible()


def test_a_wrong_password_is_refused_in_plain_words(page: Page, site: Site) -> None:
    browser = page.context.browser
    assert browser
    stranger = browser.new_page(locale="en-GB")
    stranger.goto(site.url)
    stranger.get_by_label("Name").fill(NAME)
    stranger.get_by_label("Password").fill(PASSWORD + "!")
    stranger.get_by_role("button", name="Sign in").click()
    expect(stranger.get_by_role("alert")).to_contain_text("wrong")
    stranger.close()


def test_back_and_forward_lead_through_what_was_opened(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/search?q=a+cat")
    page.locator("[data-id]").first.click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("searchbox")).to_have_value("a cat")
    page.go_forward()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.go_back()
    page.go_back()
    expect(page).to_have_url(f"{site.url}/")


def test_the_address_of_an_open_picture_opens_it_with_its_neighbours(page: Page, site: Site) -> None:
    second = page.locator("[data-id]").nth(1).get_attribute("data-id")
    page.goto(f"{site.url}/?photo={second}")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.get_by_role("button", name="Next").click()
    expect(page).not_to_have_url(re.compile(f"photo={second}"))
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_lost_connection_is_said_and_forgotten_when_it_is_back(page: Page, site: Site) -> None:
    page.route("**/events", lambda route: route.abort("connectionreset"))
    page.goto(site.url)
    said = page.get_by_text("what is loaded stays here")
    expect(said).to_be_visible()
    expect(page.locator("[data-id]").first).to_be_visible()
    page.unroute("**/events")
    expect(said).to_have_count(0)
