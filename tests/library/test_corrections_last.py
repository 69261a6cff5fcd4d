"""What a person said of a photo outlives anything that its files say later."""

import os
from pathlib import Path

from sqlalchemy import delete

from albumen.library.corrections import correct
from albumen.library.folder import Folder
from albumen.stores.catalog import lookup
from albumen.stores.catalog.schema import facts
from tests.fakes import Nowhere, import_into, make_photo, open_stores


def imported(tmp_path: Path) -> tuple[Folder, Path]:
    photo = make_photo(tmp_path / "photos" / "a.jpg", taken="2019:07:14 18:05:30", place=(41.9, 12.5))
    library = Folder(tmp_path / "library")
    import_into(library, photo.parent)
    return library, photo


def test_a_corrected_date_and_rating_survive_a_touched_file(tmp_path: Path) -> None:
    library, photo = imported(tmp_path)
    catalog = open_stores(library).catalog
    for task, value in (("taken", "2001-02-03T04:05:06"), ("rating", 4)):
        with catalog.read() as db:
            shown = lookup.asset(db, 1).changed
        correct(catalog, 1, task, value, shown=shown, places=Nowhere())
    os.utime(photo, (1, 1))
    import_into(library, photo.parent)
    with catalog.read() as db:
        row = lookup.asset(db, 1)
    assert (row.taken[:19], row.rating, row.lat) == ("2001-02-03T04:05:06", 4, 41.9)


def test_an_asset_whose_own_words_were_not_kept_stays_as_it_is(tmp_path: Path) -> None:
    library, photo = imported(tmp_path)
    catalog = open_stores(library).catalog
    with catalog.write() as db:
        db.execute(delete(facts).where(facts.c.task == "file"))
    os.utime(photo, (1, 1))
    import_into(library, photo.parent)
    with catalog.read() as db:
        assert lookup.asset(db, 1).taken is not None
