import io
import json
import struct
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from albumen.media import metadata
from albumen.media.exif import Exif
from albumen.media.formats import HEAD, Format, sniff
from albumen.media.record import DateSource, Metadata, ZoneSource

TRUTH = 67


def told_by(path: Path) -> Metadata:
    with path.open("rb") as file:
        format = sniff(file.read(HEAD))
        assert format is not None
        return metadata.read(file, format)


def entries(data: Path) -> list[dict[str, Any]]:
    return json.loads((data / "photos" / "index.json").read_text())


@pytest.fixture(params=range(TRUTH))
def case(data: Path, request: pytest.FixtureRequest) -> tuple[dict[str, Any], Metadata]:
    entry = entries(data)[request.param]
    return entry, told_by(data / "photos" / entry["file"])


@pytest.mark.data
def test_the_truth_covers_every_file(data: Path) -> None:
    assert len(entries(data)) == TRUTH


@pytest.mark.data
def test_agrees_with_the_truth_on_the_camera(case: tuple[dict[str, Any], Metadata]) -> None:
    entry, told = case
    assert (told.make, told.model) == (entry.get("make"), entry.get("model"))
    assert told.orientation == entry.get("orientation")


@pytest.mark.data
def test_agrees_with_the_truth_on_the_place(case: tuple[dict[str, Any], Metadata]) -> None:
    entry, told = case
    lat, lon = entry.get("lat"), entry.get("lon")
    if lat is None or (lat, lon) == (0.0, 0.0):
        assert told.lat is None and told.lon is None
    else:
        # The truth of with-gps.mp4 is rounded to three decimals.
        tolerance = 5e-4 if entry["file"] == "with-gps.mp4" else 2e-6
        assert (told.lat, told.lon) == pytest.approx((lat, lon), abs=tolerance)


@pytest.mark.data
def test_agrees_with_the_truth_on_the_date(case: tuple[dict[str, Any], Metadata]) -> None:
    entry, told = case
    date = entry.get("date_original")
    created = entry.get("video", {}).get("creation_time")
    if date and entry["date_usable"]:
        subsecond = entry.get("subsec_original", "0").ljust(6, "0")
        local = datetime.strptime(date[:19].replace("-", ":").replace("T", " "), "%Y:%m:%d %H:%M:%S")
        assert told.taken == local.replace(microsecond=int(subsecond))
        assert told.taken_from is DateSource.CAMERA
    elif created:
        assert told.taken == datetime.fromisoformat(created).replace(tzinfo=None)
        assert told.taken_from is DateSource.CONTAINER
    elif date:
        assert told.taken_from is not DateSource.CAMERA


@pytest.mark.data
def test_agrees_with_the_truth_on_the_offset(case: tuple[dict[str, Any], Metadata]) -> None:
    entry, told = case
    offset = entry.get("offset_original")
    if offset:
        sign = -1 if offset[0] == "-" else 1
        assert told.offset_minutes == sign * (int(offset[1:3]) * 60 + int(offset[4:6]))
        assert told.zone_from is ZoneSource.TAG


@pytest.mark.data
@pytest.mark.parametrize(
    ("name", "minutes", "source"),
    [
        ("Issue 80.jpg", -360, ZoneSource.TAG),
        ("Reconyx HF2 Pro Covert.jpg", -360, ZoneSource.TAG),
        ("with-gps.mov", 180, ZoneSource.TAG),
        ("IMG_1034.heic", 480, ZoneSource.GPS_TIME),
        ("Issue 555 (1).tif", 240, ZoneSource.PLACE),
        ("xmp480qt.mov", 0, ZoneSource.UTC),
        ("Canon PowerShot A85.jpg", None, None),
        ("Sony ILCE-7M3 (A7M3).mts", 120, ZoneSource.TAG),
    ],
)
def test_finds_the_offset_or_says_that_it_is_unknown(
    data: Path, name: str, minutes: int | None, source: ZoneSource | None
) -> None:
    told = told_by(data / "photos" / name)
    assert (told.offset_minutes, told.zone_from) == (minutes, source)


@pytest.mark.data
@pytest.mark.parametrize("number", range(1, 9))
def test_reads_an_odd_offset_on_a_leap_day(data: Path, number: int) -> None:
    told = told_by(data / "photos" / "made" / f"orientation_{number}.jpg")
    assert told.taken == datetime(2024, 2, 29, 23, 59, 50 + number)
    assert (told.offset_minutes, told.orientation) == (345, number)


@pytest.mark.data
def test_reads_the_tags_of_a_raw_file(data: Path) -> None:
    told = told_by(data / "photos" / "made" / "synthetic.dng")
    assert (told.make, told.model, told.orientation, told.offset_minutes) == ("Example", "Synthetic RAW", 1, 345)
    assert (told.iso, told.exposure, told.f_number, told.focal_length) == (200, 0.004, 2.8, 35.0)


@pytest.mark.data
@pytest.mark.parametrize("name", ["motion_photo_MP.jpg", "MVIMG_20240229_235959.jpg"])
def test_finds_the_clip_of_a_motion_photo(data: Path, name: str) -> None:
    made = {entry["file"]: entry for entry in json.loads((data / "photos" / "made" / "index.json").read_text())}
    path = data / "photos" / "made" / name
    clip = told_by(path).embedded_video
    assert clip is not None
    assert (clip.offset, clip.length) == (made[name]["video_offset"], made[name]["video_length"])
    assert path.read_bytes()[clip.offset + 4 : clip.offset + 8] == b"ftyp"


@pytest.mark.data
def test_reads_the_mark_of_a_live_photo(data: Path) -> None:
    assert told_by(data / "photos" / "IMG_2927.HEIC").content_id == "1745E022-9712-43C7-B024-F308EC6413CB"


@pytest.mark.data
def test_reads_words_from_xmp_and_leaves_out_what_cameras_write_into_each_picture(data: Path) -> None:
    told = told_by(data / "photos" / "xmp480qt.mov")
    assert told.keywords == ("baltic", "sea", "timelapse")
    assert told.caption == "Baltic sea timelapse description"
    assert told_by(data / "photos" / "Olympus X-2.jpg").caption is None


@pytest.mark.data
def test_every_broken_file_gives_metadata_or_none_but_no_error(data: Path) -> None:
    for path in sorted((data / "photos" / "broken").iterdir()):
        with path.open("rb") as file:
            for format in Format:
                assert isinstance(metadata.read(file, format), Metadata)


def jpeg(photo: dict[int, bytes] | None = None, gps: dict[int, tuple[int, int, bytes]] | None = None) -> io.BytesIO:
    """Return the head of a JPEG with an EXIF block of text tags and GPS tags (kind, count, value)."""
    directories = [
        {0x8769: (4, 1, b""), 0x8825: (4, 1, b"")},
        {tag: (2, len(value), value) for tag, value in (photo or {}).items()},
        gps or {},
    ]
    starts, at = [], 8
    for tags in directories:
        starts.append(at)
        at += 6 + 12 * len(tags) + sum(len(value) for _, _, value in tags.values() if len(value) > 4)
    directories[0] = {0x8769: (4, 1, struct.pack("<I", starts[1])), 0x8825: (4, 1, struct.pack("<I", starts[2]))}
    tiff = b"II*\0" + struct.pack("<I", 8)
    for start, tags in zip(starts, directories, strict=True):
        data_at = start + 6 + 12 * len(tags)
        entries_, values = b"", b""
        for tag, (kind, count, value) in sorted(tags.items()):
            inline = value.ljust(4, b"\0") if len(value) <= 4 else struct.pack("<I", data_at + len(values))
            values += value if len(value) > 4 else b""
            entries_ += struct.pack("<HHI", tag, kind, count) + inline
        block = struct.pack("<H", len(tags)) + entries_ + b"\0\0\0\0" + values
        tiff += block.ljust([*starts, at][starts.index(start) + 1] - start, b"\0")
    body = b"Exif\0\0" + tiff
    return io.BytesIO(b"\xff\xd8\xff\xe1" + struct.pack(">H", len(body) + 2) + body + b"\xff\xda")


def rationals(*values: tuple[int, int]) -> tuple[int, int, bytes]:
    return 5, len(values), b"".join(struct.pack("<II", *value) for value in values)


def at(lat: tuple[int, int, bytes], south: bytes = b"N\0", lon: tuple[int, int, bytes] | None = None) -> Metadata:
    east = lon or rationals((8, 1), (30, 1), (0, 1))
    return metadata.read(
        jpeg(gps={1: (2, 2, south), 2: lat, 3: (2, 2, b"W\0"), 4: east}), Format.JPEG, zone=lambda lat, lon: ""
    )


def test_reads_hemispheres() -> None:
    told = at(rationals((20, 1), (30, 1), (36, 1)), b"S\0")
    assert (told.lat, told.lon) == (pytest.approx(-20.51), pytest.approx(-8.5))


def test_takes_minutes_with_decimals_where_seconds_are_not_a_number() -> None:
    assert at(rationals((48, 1), (533235, 10000), (0, 0))).lat == pytest.approx(48.888725)


def test_takes_a_position_without_seconds() -> None:
    assert at(rationals((48, 1), (30, 1))).lat == 48.5


@pytest.mark.parametrize("lat", [(91, 1), (0, 0), (200, 1)])
def test_refuses_a_position_that_cannot_be(lat: tuple[int, int]) -> None:
    told = at(rationals(lat, (0, 1), (0, 1)))
    assert (told.lat, told.lon) == (None, None)


def test_refuses_the_position_zero_zero() -> None:
    zero = rationals((0, 1), (0, 1), (0, 1))
    assert at(zero, lon=zero).lat is None


NOW = datetime(2026, 1, 1)


@pytest.mark.parametrize(
    ("written", "doubt"),
    [
        (b"1970:01:01 00:00:00\0", "never set"),
        (b"2099:12:31 10:00:00\0", "future"),
        (b"0001:01:01 10:00:00\0", "before the first photograph"),
    ],
)
def test_doubts_a_date_that_cannot_be(written: bytes, doubt: str) -> None:
    told = metadata.read(jpeg({0x9003: written}), Format.JPEG, now=NOW)
    assert told.taken is None and told.taken_from is None
    assert len(told.doubts) == 1 and doubt in told.doubts[0]


@pytest.mark.parametrize(
    "written", [b"0000:00:00 00:00:00\0", b"    :  :     :  :  \0", b"2020:13:40 99:00:00\0", b"\0"]
)
def test_takes_a_blank_or_impossible_date_for_none(written: bytes) -> None:
    assert metadata.read(jpeg({0x9003: written}), Format.JPEG, now=NOW).taken is None


def test_falls_back_to_the_next_date_that_can_be_true() -> None:
    told = metadata.read(
        jpeg({0x9003: b"2099:01:01 00:00:00\0", 0x9004: b"2015:06:07 08:09:10\0"}), Format.JPEG, now=NOW
    )
    assert (told.taken, told.taken_from) == (datetime(2015, 6, 7, 8, 9, 10), DateSource.DIGITIZED)


def test_believes_a_written_offset_more_than_the_place() -> None:
    told = metadata.read(
        jpeg(
            {0x9003: b"2020:07:01 12:00:00\0", 0x9011: b"+09:00\0"},
            {1: (2, 2, b"N\0"), 2: rationals((52, 1)), 3: (2, 2, b"E\0"), 4: rationals((13, 1))},
        ),
        Format.JPEG,
    )
    assert (told.offset_minutes, told.zone_from) == (540, ZoneSource.TAG)


def test_the_place_knows_of_summer_time() -> None:
    gps = {1: (2, 2, b"N\0"), 2: rationals((52, 1)), 3: (2, 2, b"E\0"), 4: rationals((13, 1))}
    summer = metadata.read(jpeg({0x9003: b"2020:07:01 12:00:00\0"}, gps), Format.JPEG)
    winter = metadata.read(jpeg({0x9003: b"2020:01:01 12:00:00\0"}, gps), Format.JPEG)
    assert (summer.offset_minutes, winter.offset_minutes) == (120, 60)
    assert summer.zone_from is ZoneSource.PLACE


def test_an_unknown_offset_stays_unknown() -> None:
    told = metadata.read(jpeg({0x9003: b"2020:07:01 12:00:00\0"}), Format.JPEG)
    assert (told.offset_minutes, told.zone_from) == (None, None)


def test_a_directory_that_points_to_itself_ends() -> None:
    loop = b"II*\0\x08\0\0\0" + struct.pack("<H", 1) + struct.pack("<HHII", 0x8769, 4, 1, 8) + b"\0\0\0\0"
    head = b"\xff\xd8\xff\xe1" + struct.pack(">H", len(loop) + 8) + b"Exif\0\0" + loop + b"\xff\xda"
    assert metadata.read(io.BytesIO(head), Format.JPEG) == Metadata()
    assert Exif().image == {}


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_region_turns_with_the_picture(orientation: int) -> None:
    import numpy as np

    from albumen.media.canvas import upright

    stored = np.zeros((40, 80, 3), np.uint8)
    stored[5:10, 8:32] = 255
    left, top, right, bottom = metadata.turned((8 / 80, 5 / 40, 32 / 80, 10 / 40), orientation)
    shown = upright(stored, orientation)
    height, width = shown.shape[:2]
    box = shown[round(top * height) : round(bottom * height), round(left * width) : round(right * width)]
    assert box.min() == 255 and shown.sum() == box.sum()
