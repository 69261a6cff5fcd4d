"""What lies beside a picture: Live Photos, XMP and Takeout's JSON are part of one asset and follow it everywhere."""

import json
import os
from pathlib import Path

import pytest
from sqlalchemy import select, text

from albumen.library.folder import Folder
from albumen.library.keeping import Wrong, verify
from albumen.media import sidecars
from albumen.stores.catalog import lookup
from albumen.stores.catalog.catalog import Catalog
from albumen.stores.catalog.schema import assets, files
from tests.fakes import OwnEyes, import_into, make_clip, make_photo, open_stores

XMP = """<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmp:Rating="{rating}"><dc:subject><rdf:Bag><rdf:li>{tag}</rdf:li></rdf:Bag></dc:subject></rdf:Description>
</rdf:RDF></x:xmpmeta>"""


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    return make_photo(tmp_path / "photos" / "IMG_1.JPG").parent


@pytest.fixture
def library(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "library")


def write_xmp(path: Path, *, rating: int = 4, tag: str = "harbour") -> Path:
    path.write_text(XMP.format(rating=rating, tag=tag))
    return path


def roles(library: Folder) -> dict[str, str]:
    """Return the role of each file; its state too where it is not present."""
    with Catalog(library.catalog).read() as db:
        rows = db.execute(select(files.c.path, files.c.role, files.c.state))
        return {os.fsdecode(os.path.basename(p)): r if s == "present" else f"{r} {s}" for p, r, s in rows}


def assets_of(library: Folder) -> list[tuple[str, int | None, list[str]]]:
    with Catalog(library.catalog).read() as db:
        rows = db.execute(select(assets.c.kind, assets.c.rating, assets.c.details).order_by(assets.c.kind))
        return [(kind, rating, details.get("keywords", [])) for kind, rating, details in rows]


def found_by(library: Folder, word: str) -> int:
    with Catalog(library.catalog).read() as db:
        return db.execute(text("SELECT count(*) FROM docs WHERE docs MATCH :w"), {"w": word}).scalar() or 0


def test_a_still_and_its_clip_are_one_asset(library: Folder, photos: Path) -> None:
    make_clip(photos / "IMG_1.MOV")
    eyes = OwnEyes()
    summary = import_into(library, photos, eyes=eyes)
    assert (summary.new, summary.known, eyes.looks) == (1, 0, 1)
    assert roles(library) == {"IMG_1.JPG": "original", "IMG_1.MOV": "live"}
    again = import_into(library, photos, eyes=eyes)
    assert (again.new, again.known, eyes.looks) == (0, 1, 1)


def test_a_long_video_of_the_same_name_is_an_asset_of_its_own(library: Folder, photos: Path) -> None:
    make_clip(photos / "IMG_1.MOV", seconds=8)
    assert import_into(library, photos).new == 2
    assert roles(library) == {"IMG_1.JPG": "original", "IMG_1.MOV": "original"}
    eyes = OwnEyes()
    again = import_into(library, photos, eyes=eyes)
    assert (again.new, again.known, eyes.looks) == (0, 2, 0)


def test_a_clip_beside_a_broken_still_is_kept(library: Folder, photos: Path) -> None:
    (photos / "IMG_1.JPG").write_bytes(b"nothing")
    make_clip(photos / "IMG_1.MOV")
    summary = import_into(library, photos)
    assert (summary.new, len(summary.unreadable)) == (1, 1)
    eyes = OwnEyes()
    again = import_into(library, photos, eyes=eyes)
    assert (again.new, again.known, len(again.unreadable), eyes.looks) == (0, 1, 1, 0)


def test_a_broken_clip_is_named_and_the_still_is_kept(library: Folder, photos: Path) -> None:
    (photos / "IMG_1.MOV").write_bytes(b"nothing")
    summary = import_into(library, photos)
    assert (summary.new, [os.path.basename(p) for p, _ in summary.unreadable]) == (1, [b"IMG_1.MOV"])
    again = import_into(library, photos)
    assert (again.new, again.known, len(again.unreadable)) == (0, 1, 1)


def test_a_still_that_comes_after_its_clip_takes_it_in(library: Folder, photos: Path) -> None:
    still = photos / "IMG_1.JPG"
    away = still.rename(photos.parent / "IMG_1.JPG")
    make_clip(photos / "IMG_1.MOV")
    import_into(library, photos)
    assert [kind for kind, *_ in assets_of(library)] == ["video"]
    away.rename(still)
    import_into(library, photos)
    assert [kind for kind, *_ in assets_of(library)] == ["photo"]
    assert roles(library) == {"IMG_1.JPG": "original", "IMG_1.MOV": "live"}
    assert len(open_stores(library).frames) == 1


def test_a_clip_whose_still_was_deleted_becomes_a_video_and_joins_it_when_it_is_back(
    library: Folder, photos: Path
) -> None:
    make_clip(photos / "IMG_1.MOV")
    import_into(library, photos)
    still = photos / "IMG_1.JPG"
    away = still.rename(photos.parent / "IMG_1.JPG")
    summary = import_into(library, photos)
    assert (summary.new, summary.missing) == (1, 1)
    assert roles(library) == {"IMG_1.JPG": "original missing", "IMG_1.MOV": "original"}
    away.rename(still)
    import_into(library, photos)
    assert [kind for kind, *_ in assets_of(library)] == ["photo"]
    assert roles(library) == {"IMG_1.JPG": "original", "IMG_1.MOV": "live"}


def test_a_deleted_clip_is_missing_and_a_replaced_one_is_taken_instead(library: Folder, photos: Path) -> None:
    clip = make_clip(photos / "IMG_1.MOV")
    import_into(library, photos)
    clip.unlink()
    assert import_into(library, photos).missing == 1
    assert roles(library) == {"IMG_1.JPG": "original", "IMG_1.MOV": "live missing"}
    make_clip(clip, seconds=3)
    eyes = OwnEyes()
    import_into(library, photos, eyes=eyes)
    assert (roles(library)["IMG_1.MOV"], eyes.looks, len(assets_of(library))) == ("live", 0, 1)


def test_a_live_photo_moves_as_a_whole(library: Folder, photos: Path) -> None:
    make_clip(photos / "IMG_1.MOV")
    write_xmp(photos / "IMG_1.xmp")
    import_into(library, photos)
    (photos / "Rome").mkdir()
    for path in photos.glob("IMG_1.*"):
        path.rename(photos / "Rome" / path.name)
    eyes = OwnEyes()
    summary = import_into(library, photos, eyes=eyes)
    assert (summary.new, summary.moved, summary.missing, eyes.looks) == (0, 3, 0, 0)
    assert roles(library) == {"IMG_1.JPG": "original", "IMG_1.MOV": "live", "IMG_1.xmp": "sidecar"}
    assert assets_of(library) == [("photo", 4, ["harbour"])]


def test_a_sidecar_is_merged_when_it_comes_changes_and_goes(library: Folder, photos: Path) -> None:
    import_into(library, photos)
    xmp = write_xmp(photos / "IMG_1.xmp")
    eyes = OwnEyes()
    assert import_into(library, photos, eyes=eyes).new == 0
    assert (assets_of(library), found_by(library, "harbour")) == ([("photo", 4, ["harbour"])], 1)
    write_xmp(xmp, rating=2, tag="lighthouse")
    import_into(library, photos, eyes=eyes)
    assert (assets_of(library), found_by(library, "harbour")) == ([("photo", 2, ["lighthouse"])], 0)
    xmp.unlink()
    summary = import_into(library, photos, eyes=eyes)
    assert (assets_of(library), found_by(library, "lighthouse")) == ([("photo", None, [])], 0)
    assert (eyes.looks, summary.missing, roles(library)) == (0, 0, {"IMG_1.JPG": "original"})


def test_a_sidecar_for_two_pictures_tells_of_both(library: Folder, photos: Path) -> None:
    make_photo(photos / "IMG_1.tiff.jpg", (9, 9, 90)).rename(photos / "IMG_1.jpeg")
    xmp = write_xmp(photos / "IMG_1.xmp")
    import_into(library, photos)
    write_xmp(xmp, rating=1, tag="pier")
    import_into(library, photos)
    assert assets_of(library) == [("photo", 1, ["pier"])] * 2
    assert import_into(library, photos).known == 2
    xmp.unlink()
    import_into(library, photos)
    assert assets_of(library) == [("photo", None, [])] * 2


def test_takeouts_json_gives_date_and_place(library: Folder, photos: Path) -> None:
    told = {
        "title": "IMG_1.JPG",
        "description": "the old pier",
        "photoTakenTime": {"timestamp": "1561939200"},
        "geoData": {"latitude": 55.6761, "longitude": 12.5683, "altitude": 3.0},
    }
    (photos / "IMG_1.JPG.supplemental-metadata.json").write_text(json.dumps(told))
    import_into(library, photos)
    with Catalog(library.catalog).read() as db:
        row = lookup.asset(db, lookup.asset_ids(db, "")[0])
    assert (row.taken[:10], row.taken_from, row.lat, row.details["caption"]) == (
        "2019-07-01",
        "takeout",
        55.6761,
        "the old pier",
    )
    assert found_by(library, "pier") == 1


def test_a_sidecar_that_is_too_large_is_named_and_not_read(library: Folder, photos: Path) -> None:
    (photos / "IMG_1.xmp").write_bytes(b" " * (sidecars.MOST_BYTES + 1))
    summary = import_into(library, photos)
    assert (summary.new, [os.path.basename(p) for p, _ in summary.unreadable]) == (1, [b"IMG_1.xmp"])
    again = import_into(library, photos)
    assert (again.known, len(again.unreadable)) == (1, 1)


def test_one_file_named_by_hand_brings_what_belongs_to_it(library: Folder, photos: Path) -> None:
    make_photo(photos / "IMG_2.JPG", (1, 200, 3))
    make_clip(photos / "IMG_1.MOV")
    write_xmp(photos / "IMG_1.xmp")
    assert import_into(library, photos / "IMG_1.JPG").new == 1
    assert roles(library) == {"IMG_1.JPG": "original", "IMG_1.MOV": "live", "IMG_1.xmp": "sidecar"}


def test_verify_names_changed_and_missing_companions(library: Folder, photos: Path) -> None:
    clip = make_clip(photos / "IMG_1.MOV")
    xmp = write_xmp(photos / "IMG_1.xmp")
    import_into(library, photos)
    assert list(verify(Catalog(library.catalog), b"")) == []
    clip.unlink()
    xmp.write_bytes(xmp.read_bytes() + b" ")
    found = {os.path.basename(t.path): t.wrong for t in verify(Catalog(library.catalog), b"")}
    assert found == {b"IMG_1.MOV": Wrong.MISSING, b"IMG_1.xmp": Wrong.CHANGED}
