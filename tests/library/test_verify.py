"""The check of every file: what is missing, changed, cut off, foreign, or only not mounted."""

from pathlib import Path

import pytest

from albumen.core.errors import NotFound, StoreError
from albumen.library.folder import Folder
from albumen.library.keeping import Wrong, forget, verify
from albumen.stores.catalog.catalog import Catalog
from tests.fakes import import_into, make_photo


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    for i in range(3):
        make_photo(tmp_path / "photos" / f"{i}.jpg", (80 * i, 9, 9))
    return tmp_path / "photos"


def troubles(folder: Folder) -> dict[str, Wrong]:
    catalog = Catalog(folder.catalog, writable=False)
    return {t.path.decode().rsplit("/", 1)[1]: t.wrong for t in verify(catalog, bytes(folder.originals))}


@pytest.fixture
def library(tmp_path: Path, photos: Path) -> Folder:
    folder = Folder(tmp_path / "library")
    import_into(folder, photos)
    return folder


def test_all_is_well_after_an_import(library: Folder) -> None:
    assert troubles(library) == {}


def test_names_each_file_that_is_not_as_it_was(library: Folder, photos: Path) -> None:
    (photos / "0.jpg").unlink()
    data = (photos / "1.jpg").read_bytes()
    (photos / "1.jpg").write_bytes(data[:-9])
    turned = bytearray((photos / "2.jpg").read_bytes())
    turned[200] ^= 1
    (photos / "2.jpg").write_bytes(turned)
    library.originals.mkdir()
    (library.originals / "stray.jpg").write_bytes(b"?")
    expected = {"0.jpg": Wrong.MISSING, "1.jpg": Wrong.TRUNCATED, "2.jpg": Wrong.CHANGED, "stray.jpg": Wrong.FOREIGN}
    assert troubles(library) == expected


def test_a_folder_that_is_not_mounted_is_offline_and_not_missing(library: Folder, photos: Path) -> None:
    photos.rename(photos.with_name("away"))
    assert set(troubles(library).values()) == {Wrong.OFFLINE}
    photos.mkdir()
    assert set(troubles(library).values()) == {Wrong.OFFLINE}


def test_a_folder_that_was_moved_is_forgotten_once_its_files_were_seen_where_they_are_now(
    library: Folder, photos: Path
) -> None:
    elsewhere = photos.with_name("elsewhere")
    photos.rename(elsewhere)
    catalog = Catalog(library.catalog, writable=True)
    with pytest.raises(StoreError, match="3 of 3 files"):
        forget(catalog, bytes(photos))
    assert set(troubles(library).values()) == {Wrong.OFFLINE}, "a refusal changes nothing"
    import_into(library, elsewhere)
    assert forget(catalog, bytes(photos)) == 3
    assert troubles(library) == {}
    with pytest.raises(NotFound, match="there are: "):
        forget(catalog, bytes(photos))
    catalog.close()
