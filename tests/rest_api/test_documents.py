"""Documents over HTTP: the list, their pages, pictures of pages, and answers with their places."""

import time
from datetime import date

import httpx
import pytest

from albumen.library.documents.reading import Read
from albumen.library.later import fill_in
from albumen.rest_api.resources import jobs
from tests.library.test_documents import LEASE, RECEIPT, OwnPages, Trusting
from tests.media.pdfs import make_pdf
from tests.rest_api.small import Site

ROOT = "/api/libraries/1"


@pytest.fixture(scope="module")
def papers(site: Site, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Bring a receipt and a lease of two pages into ada's library and return their ids."""
    folder = tmp_path_factory.mktemp("papers")
    (folder / "cafe.pdf").write_bytes(make_pdf([RECEIPT]))
    (folder / "lease.pdf").write_bytes(make_pdf([["Another page"], LEASE]))
    library = site.shop.shelf.open(site.shop.accounts.libraries(1)[0]).library
    library.run_import([str(folder)], lambda progress: None)
    stores = library.stores  # type: ignore[attr-defined]
    fill_in(stores, Read(stores, OwnPages(), Trusting, today=date(2026, 1, 2)))
    items = site.signed_in("ada").get(f"{ROOT}/documents").json()["items"]
    return {"cafe" if item["pages"] == 1 else "lease": item["row"]["id"] for item in items}


def test_documents_are_listed_by_kind_and_paged(ada: httpx.Client, papers: dict[str, str]) -> None:
    listing = ada.get(f"{ROOT}/documents", params={"kind": "receipt"}).json()
    assert listing["kinds"]["receipt"] == 1
    (item,) = listing["items"]
    assert item["row"]["id"] == papers["cafe"] and item["row"]["kind"] == "document"
    assert (item["total"], item["day"], item["read"]) == (27.5, "2018-03-14", 1)
    first = ada.get(f"{ROOT}/documents", params={"limit": 1}).json()
    second = ada.get(f"{ROOT}/documents", params={"limit": 1, "cursor": first["next"]}).json()
    assert {first["items"][0]["row"]["id"], second["items"][0]["row"]["id"]} == set(papers.values())
    assert second["next"] is None
    assert ada.get(f"{ROOT}/documents", params={"cursor": "x1"}).status_code == 400


def test_a_page_has_its_lines_fields_and_picture(ada: httpx.Client, papers: dict[str, str]) -> None:
    page = ada.get(f"{ROOT}/assets/{papers['cafe']}/document").json()
    assert page["lines"][0]["text"] == RECEIPT[0] and len(page["lines"][0]["polygon"]) == 4
    assert {field["kind"]: field["value"] for field in page["fields"]}["TOTAL"] == 27.5
    second = ada.get(f"{ROOT}/assets/{papers['lease']}/document", params={"page": 2}).json()
    assert (second["page"], second["pages"]) == (2, 2)
    picture = ada.get(f"{ROOT}/assets/{papers['lease']}/pages/2")
    assert picture.headers["content-type"] == "image/jpeg" and picture.content.startswith(b"\xff\xd8")
    assert ada.get(f"{ROOT}/assets/{papers['lease']}/pages/3").status_code == 404
    assert ada.get(f"{ROOT}/assets/{papers['lease']}/document", params={"page": 3}).status_code == 404


def test_a_photo_is_no_document(ada: httpx.Client, ids: list[str], papers: dict[str, str]) -> None:
    photo = next(id for id in ids if id not in papers.values())
    assert ada.get(f"{ROOT}/assets/{photo}/document").status_code == 404
    assert ada.get(f"{ROOT}/assets/{photo}/answers", params={"q": "total?"}).status_code == 404


def test_questions_are_answered_with_their_place_or_left_blank(ada: httpx.Client, papers: dict[str, str]) -> None:
    asked = {"q": "What was the price of the flat on the 2019 contract?"}
    first = ada.get(f"{ROOT}/documents/answers", params=asked).json()["items"][0]
    assert (first["row"]["id"], first["text"], first["page"]) == (papers["lease"], "EUR 250,000.00", 2)
    assert len(first["polygon"]) == 4 and "flat" in first["line"]
    one = f"{ROOT}/assets/{papers['cafe']}/answers"
    assert "27.50" in ada.get(one, params={"q": "What is the total?"}).json()["items"][0]["text"]
    assert ada.get(one, params={"q": "Who is the pilot?"}).json()["items"] == []
    assert ada.get(f"{ROOT}/documents/answers", params={"q": "Who sank the ship?"}).json()["items"] == []


def test_whoever_may_look_may_ask(site: Site, papers: dict[str, str]) -> None:
    asked = {"q": "What is the total?"}
    assert site.signed_in("eve").get(f"{ROOT}/documents/answers", params=asked).status_code == 200
    assert site.signed_in("bob").get(f"{ROOT}/documents/answers", params=asked).status_code == 404


def test_a_second_look_follows_an_import_and_gives_way_to_one_that_waits(ada: httpx.Client, site: Site) -> None:
    opened = site.shop.shelf.open(site.shop.accounts.libraries(1)[0])
    before = opened.library.looks  # type: ignore[attr-defined]
    work = jobs.importing(site.shop, 1, opened, list)
    first = site.shop.jobs.start("import", "a", work, library=1, account=1)
    second = site.shop.jobs.start("import", "b", work, library=1, account=1)
    end = time.monotonic() + 20
    while not (first.ended and second.ended) and time.monotonic() < end:
        time.sleep(0.02)
    assert [first.state, second.state] == ["done", "done"]
    assert opened.library.looks == before + 2  # type: ignore[attr-defined]


def test_an_import_waits_while_another_program_imports(ada: httpx.Client, site: Site) -> None:
    opened = site.shop.shelf.open(site.shop.accounts.libraries(1)[0])
    with opened.library.folder.importing():
        job = site.shop.jobs.start("import", "a", jobs.importing(site.shop, 1, opened, list), library=1, account=1)
        time.sleep(0.3)
        assert not job.ended
    end = time.monotonic() + 20
    while not job.ended and time.monotonic() < end:
        time.sleep(0.02)
    assert (job.state, job.message) == ("done", None)
