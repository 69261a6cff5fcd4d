import hashlib
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from imagecodecs import jpegxl_encode

from albumen.core.errors import MediaError, Unreadable, Unsupported
from albumen.media.formats import Format, is_sidecar, sniff, worth_looking_at
from albumen.media.look import look
from tests.media.pictures import HEIC, clip, encoded, pan, texture

SEEDS = {
    Format.JPEG: encoded(texture(64, 48), "JPEG"),
    Format.PNG: encoded(texture(64, 48), "PNG"),
    Format.WEBP: encoded(texture(64, 48), "WEBP"),
    Format.TIFF: encoded(texture(64, 48), "TIFF"),
    Format.GIF: encoded(texture(64, 48), "GIF"),
    Format.BMP: encoded(texture(64, 48), "BMP"),
    Format.AVIF: encoded(texture(64, 48), "AVIF"),
    Format.HEIF: HEIC.read_bytes(),
    Format.JXL: jpegxl_encode(texture(64, 48), level=90),
    Format.MP4: clip(pan(0, 6, width=64, height=48)),
    Format.AVI: clip(pan(0, 6, width=64, height=48), format="avi"),
    Format.MATROSKA: clip(pan(0, 6, width=64, height=48), format="matroska"),
    Format.WEBM: clip(pan(0, 6, width=64, height=48), format="webm", codec="libvpx"),
}


@pytest.mark.parametrize("format", SEEDS)
def test_tells_the_format_by_the_bytes_and_not_by_the_name(tmp_path: Path, format: Format) -> None:
    path = tmp_path / "wrong.txt"
    path.write_bytes(SEEDS[format])
    seen = look(path)
    assert seen.format is format
    assert seen.digest == hashlib.sha256(SEEDS[format]).hexdigest()
    assert (seen.width, seen.height, seen.bytes) == (64, 48, len(SEEDS[format]))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    format=st.sampled_from(sorted(SEEDS)),
    changes=st.lists(st.tuples(st.floats(0, 1), st.binary(min_size=1, max_size=4)), max_size=6),
    keep=st.floats(0.05, 1),
)
def test_changed_bytes_give_a_look_or_a_sentence(
    tmp_path: Path, format: Format, changes: list[tuple[float, bytes]], keep: float
) -> None:
    data = bytearray(SEEDS[format])
    for place, new in changes:
        at = int(place * (len(data) - 1))
        data[at : at + len(new)] = new
    path = tmp_path / "fuzzed"
    path.write_bytes(data[: int(keep * len(data))])
    try:
        assert look(path).canvas.ndim == 3
    except MediaError as error:
        assert str(error).endswith(".") and "\n" not in str(error)


def test_a_damaged_video_is_named_by_its_format(tmp_path: Path) -> None:
    path = tmp_path / "cut.webm"
    path.write_bytes(SEEDS[Format.WEBM][:60])
    with pytest.raises(Unreadable, match="The WebM video is damaged"):
        look(path)


def test_browsers_are_told_webm_by_its_own_type() -> None:
    assert (Format.WEBM.mime, Format.MATROSKA.mime) == ("video/webm", "video/matroska")


def test_heif_is_known(tmp_path: Path) -> None:
    assert sniff(HEIC.read_bytes()) is Format.HEIF


def test_what_is_no_picture_is_refused_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "empty.jpg").touch()
    (tmp_path / "text.jpg").write_text("hello")
    with pytest.raises(Unreadable, match="empty"):
        look(tmp_path / "empty.jpg")
    with pytest.raises(Unsupported):
        look(tmp_path / "text.jpg")
    with pytest.raises(Unreadable, match="cannot be read"):
        look(tmp_path / "missing.jpg")
    with pytest.raises(Unreadable):
        look(tmp_path)


def test_a_device_is_not_read() -> None:
    if os.path.exists("/dev/zero"):
        with pytest.raises(Unsupported, match="device"):
            look("/dev/zero")


def test_a_scan_looks_at_media_and_knows_sidecars() -> None:
    assert worth_looking_at("a.JPG") and worth_looking_at("b.Mov") and worth_looking_at("c.nef")
    assert not worth_looking_at("._a.jpg") and not worth_looking_at("notes.txt") and not worth_looking_at("a.jpg.xmp")
    assert is_sidecar("a.jpg.XMP") and is_sidecar("a.jpg.json") and not is_sidecar("a.jpg")
