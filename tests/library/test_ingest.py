"""Importing: what is new, known, moved, gone and back, and that stopping at any moment loses and doubles nothing."""

import os
import shutil
import signal
from pathlib import Path

import pytest
from sqlalchemy import select, text

from albumen.core.errors import LibraryBusy, NotFound
from albumen.library.folder import Folder
from albumen.stores.catalog import lookup
from albumen.stores.catalog.catalog import Catalog
from albumen.stores.catalog.schema import assets, files
from tests.fakes import OwnEyes, import_into, make_clip, make_photo, open_stores
from tests.library.survival import contents, killer


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    for i in range(6):
        make_photo(folder / f"trip {i % 2}" / f"photo{i}.jpg", (40 * i, 255 - 40 * i, 10 * i))
    return folder


@pytest.fixture
def library(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "library")


def states(library: Folder) -> dict[str, str]:
    with Catalog(library.catalog).read() as db:
        return {os.fsdecode(p).rsplit("/", 1)[1]: s for p, s in db.execute(select(files.c.path, files.c.state))}


def counts(library: Folder) -> dict[str, int]:
    with Catalog(library.catalog).read() as db:
        return lookup.counts(db)


def test_imports_new_photos_with_thumbnails_vectors_and_words(library: Folder, photos: Path) -> None:
    summary = import_into(library, photos)
    assert (summary.new, summary.known, summary.unreadable) == (6, 0, [])
    stores = open_stores(library)
    assert len(stores.frames) == 6
    with stores.catalog.read() as db:
        digests = [r[0] for r in db.execute(select(assets.c.digest))]
        assert db.execute(text("SELECT count(*) FROM docs WHERE docs MATCH 'photo3'")).scalar() == 1
    assert all(stores.blobs.find(d, "1440.jpg") and stores.blobs.find(d, "250.webp") for d in digests)


def test_a_second_import_looks_at_nothing(library: Folder, photos: Path) -> None:
    import_into(library, photos)
    eyes = OwnEyes()
    summary = import_into(library, photos, eyes=eyes)
    assert (summary.new, summary.known, eyes.looks) == (0, 6, 0)


def test_a_renamed_folder_keeps_its_assets_and_is_not_looked_at_again(library: Folder, photos: Path) -> None:
    import_into(library, photos)
    (photos / "trip 0").rename(photos / "Rome 2019")
    eyes = OwnEyes()
    summary = import_into(library, photos, eyes=eyes)
    assert (summary.new, summary.moved, summary.missing, eyes.looks) == (0, 3, 0, 0)
    assert counts(library)["assets"] == counts(library)["files"] == 6


def test_a_copy_is_one_asset_seen_at_two_places(library: Folder, photos: Path) -> None:
    shutil.copy(photos / "trip 0" / "photo0.jpg", photos / "copy.jpg")
    summary = import_into(library, photos)
    assert (summary.new, summary.known) == (6, 1)
    assert (counts(library)["assets"], counts(library)["files"]) == (6, 7)


def test_a_vanished_folder_makes_its_files_offline_and_they_come_back(library: Folder, photos: Path) -> None:
    import_into(library, photos)
    away = photos.with_name("away")
    photos.rename(away)
    assert import_into(library, photos).offline == 6
    assert set(states(library).values()) == {"offline"}
    away.rename(photos)
    eyes = OwnEyes()
    summary = import_into(library, photos, eyes=eyes)
    assert (summary.returned, eyes.looks) == (6, 0)
    assert set(states(library).values()) == {"present"}


def test_an_empty_mount_point_makes_its_files_offline(library: Folder, photos: Path) -> None:
    import_into(library, photos)
    shutil.move(photos, photos.with_name("away"))
    photos.mkdir()
    assert import_into(library, photos).offline == 6


def test_a_deleted_photo_is_missing_and_stays_known(library: Folder, photos: Path) -> None:
    import_into(library, photos)
    (photos / "trip 0" / "photo0.jpg").unlink()
    assert import_into(library, photos).missing == 1
    assert states(library)["photo0.jpg"] == "missing"
    assert counts(library)["assets"] == 6


def test_an_edited_photo_becomes_a_new_asset(library: Folder, photos: Path) -> None:
    import_into(library, photos)
    make_photo(photos / "trip 0" / "photo0.jpg", (1, 2, 3), size=(80, 80))
    assert import_into(library, photos).new == 1
    assert (counts(library)["assets"], counts(library)["files"]) == (7, 6)


def test_a_broken_file_is_named_once_read_and_tried_again_when_it_changes(library: Folder, photos: Path) -> None:
    broken = photos / "broken.jpg"
    broken.write_bytes(b"\xff\xd8\xff\xe0 cut off")
    first = import_into(library, photos)
    assert [path for path, _ in first.unreadable] == [bytes(broken)]
    eyes = OwnEyes()
    again = import_into(library, photos, eyes=eyes)
    assert (len(again.unreadable), eyes.looks) == (1, 0)
    make_photo(broken, (9, 9, 9))
    assert import_into(library, photos).new == 1
    assert counts(library)["unreadable"] == 0


def test_a_file_name_that_is_no_text_is_imported(library: Folder, tmp_path: Path) -> None:
    made = make_photo(tmp_path / "photos" / "a.jpg")
    odd = bytes(made.parent) + b"/caf\xe9 \n.jpg"
    os.rename(made, odd)
    assert import_into(library, made.parent).new == 1
    with Catalog(library.catalog).read() as db:
        assert db.execute(select(files.c.path)).scalar() == odd


def test_a_folder_inside_a_known_one_is_looked_through_without_a_place_of_its_own(
    library: Folder, photos: Path
) -> None:
    import_into(library, photos)
    make_photo(photos / "trip 0" / "late.jpg", (1, 2, 3))
    (photos / "trip 0" / "photo0.jpg").unlink()
    eyes = OwnEyes()
    summary = import_into(library, photos / "trip 0", eyes=eyes)
    assert (summary.new, summary.missing, eyes.looks) == (1, 1, 1)
    assert import_into(library, photos, eyes=eyes).new == 0
    assert (eyes.looks, counts(library)["folders"]) == (1, 1)


def test_a_folder_around_a_known_one_looks_at_nothing_twice(library: Folder, photos: Path) -> None:
    import_into(library, photos / "trip 0")
    inside, eyes = counts(library)["assets"], OwnEyes()
    assert import_into(library, photos, eyes=eyes).known == inside
    assert eyes.looks == counts(library)["assets"] - inside
    (photos / "trip 0").rename(photos.with_name("away"))
    assert import_into(library, photos).missing == 0, "its own folder is away, which says nothing of its files"
    summary = import_into(library, photos / "trip 0")
    assert (summary.offline, summary.away) == (inside, [bytes(photos / "trip 0")])


def test_a_file_named_by_hand_is_judged_by_its_bytes(library: Folder, tmp_path: Path) -> None:
    photo = make_photo(tmp_path / "a.jpg").rename(tmp_path / "no suffix")
    (tmp_path / "notes.txt").write_text("no picture")
    assert import_into(library, photo).new == 1
    ((path, reason),) = import_into(library, tmp_path / "notes.txt").unreadable
    assert path.endswith(b"notes.txt") and "no picture or video" in reason
    assert import_into(library, tmp_path).unreadable == []


def test_a_path_that_was_never_there_is_an_error(library: Folder, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="nothing at"):
        import_into(library, tmp_path / "nowhere")


def test_a_loop_of_links_ends(library: Folder, photos: Path) -> None:
    (photos / "trip 0" / "loop").symlink_to(photos)
    assert import_into(library, photos).new == 6


def test_the_library_inside_an_imported_folder_is_left_alone(photos: Path) -> None:
    inside = Folder(photos / "library")
    import_into(inside, photos)
    assert import_into(inside, photos).new == 0


def test_a_second_importer_is_refused(library: Folder, photos: Path) -> None:
    library.create()
    with library.importing(), pytest.raises(LibraryBusy, match="another import"):
        import_into(library, photos)


KILLS = 16


def test_killed_at_any_moment_an_import_goes_on_to_the_same_library(tmp_path: Path, photos: Path) -> None:
    (photos / "broken.jpg").write_bytes(b"no picture")
    make_clip(photos / "trip 0" / "photo0.mov")
    make_clip(photos / "trip 1" / "photo1.mov", seconds=8)
    (photos / "trip 0" / "photo2.xmp").write_text("<x/>")
    with killer() as run:
        assert run(tmp_path / "undisturbed", photos, 0) == 0
        steps = int((tmp_path / "undisturbed" / "steps").read_text())
        expected = contents(tmp_path / "undisturbed")
        for part in range(1, KILLS + 1):
            library = tmp_path / f"killed{part}"
            assert run(library, photos, steps * part // (KILLS + 1)) == signal.SIGKILL
            import_into(Folder(library), photos)
            assert contents(library) == expected
