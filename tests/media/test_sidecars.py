import json
from datetime import datetime
from pathlib import Path

import pytest

from albumen.media import companions, sidecars
from albumen.media.record import DateSource, Metadata, ZoneSource
from albumen.media.xmp import Xmp, read_xmp


@pytest.mark.parametrize(
    ("medium", "beside"),
    [
        ("IMG_1.jpg", "IMG_1.jpg.json"),
        ("IMG_1.jpg", "IMG_1.jpg.supplemental-metadata.json"),
        ("IMG_1.jpg", "IMG_1.jpg.suppl.json"),
        ("IMG_1(2).jpg", "IMG_1.jpg(2).json"),
        ("IMG_1(2).jpg", "IMG_1.jpg.supplemental-metadata(2).json"),
        ("IMG_1-edited.jpg", "IMG_1.jpg.json"),
        ("IMG_1-bearbeitet(1).jpg", "IMG_1.jpg(1).json"),
        ("a_very_long_name_that_takeout_has_cut_at_some_po.jpg", "a_very_long_name_that_takeout_has_cut_at_some_.json"),
        ("IMG_1-edited(1).jpg", "IMG_1.jpg.supplemental-metadata(1).json"),
        ("PXL_20230101_123456789.PORTRAIT-01.COVER.jpg", "PXL_20230101_123456789.PORTRAIT-01.COVER.jpg.su.json"),
        ("original_1d4caa6f-16c6-4c3d-901b-9387de10e5_P.jpg", "original_1d4caa6f-16c6-4c3d-901b-9387de10e5_P..json"),
        ("😀" * 24 + ".jpg", "😀" * 23 + ".json"),
        ("IMG_1.JPG", "IMG_1.jpg.json"),
        ("IMG_1.jpg", "IMG_1.json"),
        ("IMG_2.MP4", "IMG_2.HEIC.supplemental-metadata.json"),
        ("IMG_1.jpg", "IMG_1.jpg.xmp"),
        ("IMG_1.jpg", "img_1.XMP"),
    ],
)
def test_finds_the_sidecar(medium: str, beside: str) -> None:
    assert companions.sidecars([beside, medium, "other.png"]) == {medium: (beside,)}


@pytest.mark.parametrize(
    ("medium", "beside"),
    [("IMG_1.jpg", "IMG_1.jpg(1).json"), ("IMG_1(1).jpg", "IMG_1.jpg.json"), ("IMG_1.jpg", "IMG_10.jpg.json")],
)
def test_leaves_the_sidecar_of_another_file(medium: str, beside: str) -> None:
    assert companions.sidecars([medium, beside]) == {}


def test_names_that_differ_in_case_alone_keep_their_own_sidecars() -> None:
    names = ["IMG_1.JPG", "IMG_1.jpg", "IMG_1.JPG.json", "IMG_1.jpg.json"]
    assert companions.sidecars(names) == {"IMG_1.JPG": ("IMG_1.JPG.json",), "IMG_1.jpg": ("IMG_1.jpg.json",)}


def test_a_name_with_bytes_that_are_no_text_is_looked_for_too() -> None:
    assert companions.sidecars(["\udce9" * 50 + ".jpg", "a.json"]) == {}


def test_the_most_telling_sidecar_comes_last() -> None:
    names = ["IMG_1.jpg", "IMG_1.jpg.xmp", "IMG_1.xmp", "IMG_1.jpg.json"]
    assert companions.sidecars(names) == {"IMG_1.jpg": ("IMG_1.jpg.json", "IMG_1.xmp", "IMG_1.jpg.xmp")}


def test_pairs_live_photos_by_name_and_then_by_their_mark() -> None:
    assert companions.live_pairs(["IMG_1.HEIC", "IMG_1.JPG", "img_1.mov", "b.mov"]) == {"IMG_1.HEIC": "img_1.mov"}
    still, clip = Metadata(content_id="A"), Metadata(content_id="A", duration_ms=2900)
    assert companions.is_live_pair(still, clip)
    assert not companions.is_live_pair(still, Metadata(content_id="B", duration_ms=2900))
    assert not companions.is_live_pair(Metadata(), Metadata(duration_ms=60_000))


def takeout(**more: object) -> bytes:
    return json.dumps({"title": "a.jpg", "photoTakenTime": {"timestamp": "1562054400"}, **more}).encode()


def test_takeout_fills_in_what_the_file_does_not_say() -> None:
    told = takeout(
        description="At the lake",
        favorited=True,
        people=[{"name": "Ann"}],
        geoData={"latitude": 52.5, "longitude": 13.4, "altitude": 30.0},
    )
    found = sidecars.with_takeout(Metadata(), told)
    assert (found.taken, found.offset_minutes) == (datetime(2019, 7, 2, 10), 120)
    assert (found.taken_from, found.zone_from) == (DateSource.TAKEOUT, ZoneSource.PLACE)
    assert (found.caption, found.favourite, found.people, found.lat) == ("At the lake", True, ("Ann",), 52.5)


def test_takeout_does_not_outrank_the_camera() -> None:
    mine = Metadata(taken=datetime(2019, 7, 2, 9), taken_from=DateSource.CAMERA, lat=1.0, lon=2.0, caption="mine")
    zero = {"latitude": 0.0, "longitude": 0.0, "altitude": 0.0}
    assert sidecars.with_takeout(mine, takeout(description="theirs", geoData=zero)) == mine
    assert sidecars.with_takeout(Metadata(), takeout(geoData=zero)).lat is None


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"a": 1}', b"[" * 100_000, b'{"title": 3, "people": 4}'])
def test_other_json_changes_nothing(content: bytes) -> None:
    assert sidecars.with_takeout(Metadata(), content) == Metadata()


@pytest.mark.data
def test_reads_the_sidecars_of_other_programs(data: Path) -> None:
    folder = data / "photos" / "sidecars"
    digikam = sidecars.with_xmp(Metadata(), (folder / "digikam-example.xmp").read_bytes())
    assert digikam.taken == datetime(2014, 4, 27, 12, 42, 47) and digikam.taken_from is DateSource.SIDECAR
    assert digikam.lat == pytest.approx(53 + 7.95354 / 60)
    assert set(digikam.keywords) == {"test", "test2", "test3"}
    exiftool = sidecars.with_xmp(Metadata(), (folder / "exiftool-9.74-example.xmp").read_bytes())
    assert exiftool.lon == pytest.approx(11 + 34.56936 / 60) and "Muenchen" in exiftool.keywords


REGIONS = b"""<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>
<rdf:Description xmlns:mwg-rs='http://www.metadataworkinggroup.com/schemas/regions/'
 xmlns:stArea='http://ns.adobe.com/xmp/sType/Area#'><mwg-rs:Regions rdf:parseType='Resource'><mwg-rs:RegionList>
<rdf:Bag><rdf:li><rdf:Description mwg-rs:Name='Ann' mwg-rs:Type='Face'><mwg-rs:Area stArea:x='0.5' stArea:y='0.4'
 stArea:w='0.2' stArea:h='0.4' stArea:unit='normalized'/></rdf:Description></rdf:li></rdf:Bag>
</mwg-rs:RegionList></mwg-rs:Regions></rdf:Description></rdf:RDF></x:xmpmeta>"""


def test_reads_names_and_faces() -> None:
    found = sidecars.with_xmp(Metadata(), REGIONS)
    assert found.people == ("Ann",)
    assert found.regions[0].box == pytest.approx((0.4, 0.2, 0.6, 0.6))


@pytest.mark.parametrize(
    "packet",
    [
        b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]>" + REGIONS.replace(b"Ann", b"&b;"),
        b"<!DOCTYPE a [<!ENTITY b 'x'><!ENTITY c '&b;&b;&b;'>]>" + REGIONS,
        b"\xff\xfe" + ("<!DOCTYPE a []>" + REGIONS.decode()).encode("utf-16-le"),
        b"<a>" * 100_000,
        b"\0\1\2",
    ],
)
def test_a_hostile_packet_gives_nothing(packet: bytes) -> None:
    assert read_xmp(packet) == Xmp()
