"""A running server with three accounts and a small library, shared by a module's tests."""

from collections.abc import Iterator

import httpx
import pytest

from tests.fakes import make_photo
from tests.rest_api.small import Site, make_shop, people, running


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("server")
    shop = make_shop(folder)
    people(shop)
    for i in range(6):
        make_photo(folder / "photos" / f"photo{i}.jpg", (40 * i, 255 - 40 * i, 10 * i), (64 + 8 * i, 48))
    library = shop.shelf.open(shop.accounts.libraries(1)[0]).library
    library.run_import([str(folder / "photos")], lambda progress: None)
    with running(shop, folder / "static") as running_site:
        yield running_site


@pytest.fixture(scope="module")
def ada(site: Site) -> httpx.Client:
    return site.signed_in("ada")


@pytest.fixture(scope="module")
def ids(ada: httpx.Client) -> list[str]:
    return [row["id"] for row in ada.get("/api/libraries/1/assets").json()["items"]]
