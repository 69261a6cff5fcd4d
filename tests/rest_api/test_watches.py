"""A server that watches: what changes in known folders becomes a job and is in the library."""

from pathlib import Path

from albumen.rest_api.watches import Watches
from tests.fakes import make_photo
from tests.rest_api.small import make_shop, people, running, wait_for

L = "/api/libraries/1"


def test_a_new_photo_in_a_known_folder_is_imported(tmp_path: Path) -> None:
    shop = make_shop(tmp_path)
    people(shop)
    make_photo(tmp_path / "photos" / "one.jpg", (10, 200, 30), (64, 48))
    library = shop.shelf.open(shop.accounts.libraries(1)[0]).library
    library.run_import([str(tmp_path / "photos")], lambda progress: None)
    make_photo(tmp_path / "photos" / "missed.jpg", (200, 10, 30), (64, 48))  # while nobody watched
    watches = Watches(shop)
    with running(shop, tmp_path) as site:
        ada = site.signed_in("ada")
        watches.start()
        wait_for(lambda: ada.get(f"{L}/timeline").json()["total"] == 2)
        wait_for(lambda: ada.get(f"{L}/jobs").json()["items"][0]["state"] == "done")
        make_photo(tmp_path / "photos" / "new.jpg", (10, 20, 230), (64, 48))
        wait_for(lambda: ada.get(f"{L}/timeline").json()["total"] == 3)
        assert {job["kind"] for job in ada.get(f"{L}/jobs").json()["items"]} == {"import"}
        watches.stop()
