import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow
from PIL import ImageCms

from albumen.core.errors import MediaError, TooLarge, Unreadable
from albumen.media import tiff
from albumen.media.canvas import Limits, shrink
from albumen.media.formats import Format
from albumen.media.hashes import distance, perceptual_hash
from albumen.media.image import decode, thumbnails
from tests.media.pictures import encoded, texture


def difference(a: np.ndarray, b: np.ndarray) -> float:
    assert a.shape == b.shape
    return float(np.abs(a.astype(int) - b.astype(int)).mean())


@pytest.mark.parametrize("size", [(4000, 3000), (3000, 4000), (1441, 900), (1440, 1080), (300, 200), (1, 1)])
def test_the_canvas_fits_and_keeps_its_shape(size: tuple[int, int]) -> None:
    data = encoded(texture(*size), "JPEG", quality=90)
    decoded = decode(data, Format.JPEG)
    assert (decoded.width, decoded.height) == size
    height, width = decoded.canvas.shape[:2]
    assert max(width, height) == min(1440, max(size))
    assert abs(width / height - size[0] / size[1]) < 0.01


def test_a_scaled_decode_shows_what_a_full_one_shows() -> None:
    data = encoded(texture(4000, 3000), "JPEG", quality=92)
    full = np.asarray(Pillow.open(io.BytesIO(data)).resize((1440, 1080), Pillow.Resampling.BOX))
    assert difference(decode(data, Format.JPEG).canvas, full) < 1.0


@pytest.mark.data
def test_all_eight_orientations_look_the_same(data: Path) -> None:
    first = decode((data / "photos/made/orientation_1.jpg").read_bytes(), Format.JPEG, orientation=1)
    for number in range(2, 9):
        stored = (data / f"photos/made/orientation_{number}.jpg").read_bytes()
        turned = decode(stored, Format.JPEG, orientation=number)
        assert (turned.width, turned.height) == (600, 800)
        assert difference(turned.canvas, first.canvas) < 3


@pytest.mark.parametrize(
    ("format", "name"),
    [(Format.PNG, "PNG"), (Format.WEBP, "WEBP"), (Format.TIFF, "TIFF"), (Format.BMP, "BMP"), (Format.AVIF, "AVIF")],
)
def test_each_format_gives_the_picture(format: Format, name: str) -> None:
    pixels = texture(400, 300)
    options = {"quality": 95} if name in ("WEBP", "AVIF") else {}
    assert difference(decode(encoded(pixels, name, **options), format).canvas, pixels) < 4


def saved(picture: Pillow.Image, format: str = "PNG", **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, format, **options)
    return out.getvalue()


def test_what_is_transparent_becomes_white() -> None:
    clear = Pillow.new("RGBA", (60, 40), (255, 0, 0, 0))
    assert decode(saved(clear), Format.PNG).canvas.min() == 255
    half = Pillow.new("RGBA", (60, 40), (0, 0, 0, 128))
    assert decode(saved(half), Format.PNG).canvas[0, 0] == pytest.approx([127] * 3, abs=1)


def test_a_transparent_palette_colour_becomes_white() -> None:
    picture = Pillow.new("P", (60, 40), 3)
    picture.putpalette([0, 0, 0] * 256)
    assert decode(saved(picture, transparency=3), Format.PNG).canvas.min() == 255


def test_sixteen_bits_keep_their_brightness() -> None:
    grey = Pillow.fromarray(np.linspace(0, 65535, 256 * 16).reshape(16, 256).astype(np.uint16))
    canvas = decode(saved(grey), Format.PNG).canvas
    assert canvas[0, 0, 0] == 0 and canvas[-1, -1, 0] == 255
    assert canvas.mean() == pytest.approx(127.5, abs=1)


def test_a_tiff_of_endless_masks_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tiff, "MOST_PAGES", 20)
    file = io.BytesIO()
    mask = Pillow.new("L", (1, 1))
    mask.save(file, "TIFF", save_all=True, append_images=[mask] * 40, tiffinfo={254: 4})
    with pytest.raises(TooLarge, match="more than 20 pages"):
        tiff.pages(file.getvalue())


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "CMYK", "I", "F", "YCbCr", "LAB"])
def test_every_mode_of_a_tiff_opens(mode: str) -> None:
    pixels = texture(80, 60)
    if mode == "LAB":
        srgb, lab = ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB")
        picture = ImageCms.profileToProfile(Pillow.fromarray(pixels), srgb, lab, outputMode="LAB")
        assert picture is not None
    else:
        picture = Pillow.fromarray(pixels).convert(mode)
    canvas = decode(saved(picture, "TIFF"), Format.TIFF).canvas
    assert canvas.shape == (60, 80, 3)
    grey = pixels.mean(axis=2)
    alike = 0.2 if mode == "1" else 0.8  # one bit is dithered
    assert np.corrcoef(canvas.mean(axis=2).ravel(), grey.ravel())[0, 1] > alike


def test_cmyk_jpegs_are_not_inverted() -> None:
    light = Pillow.new("CMYK", (64, 64), (10, 5, 5, 0))
    assert decode(saved(light, "JPEG"), Format.JPEG).canvas.mean() > 200


def test_a_wide_gamut_profile_is_brought_to_srgb() -> None:
    """Swap the primaries of sRGB's own profile: red written with it must come out as green."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    swapped = profile.replace(b"rXYZ", b"tmpX").replace(b"gXYZ", b"rXYZ").replace(b"tmpX", b"gXYZ")
    swapped = swapped.replace("sRGB".encode("utf-16-be"), "oRGB".encode("utf-16-be")).replace(b"sRGB", b"oRGB")
    red = Pillow.new("RGB", (64, 64), (230, 20, 20))
    for format, name in ((Format.JPEG, "JPEG"), (Format.PNG, "PNG")):
        r, g, _ = decode(saved(red, name, icc_profile=swapped), format).canvas[32, 32]
        assert g > 200 > 60 > r


def test_a_broken_profile_leaves_the_pixels() -> None:
    red = Pillow.new("RGB", (64, 64), (230, 20, 20))
    assert decode(saved(red, icc_profile=b"nonsense" * 20), Format.PNG).canvas[0, 0].tolist() == [230, 20, 20]


def test_an_animation_shows_its_first_frame() -> None:
    frames = [Pillow.new("RGB", (50, 40), colour) for colour in ("red", "blue")]
    for format, name in ((Format.GIF, "GIF"), (Format.WEBP, "WEBP")):
        data = saved(frames[0], name, save_all=True, append_images=frames[1:])
        r, _, b = decode(data, format).canvas[20, 25]
        assert r > 200 and b < 50


def test_a_panorama_of_fifty_thousand_pixels_opens() -> None:
    wide = Pillow.new("RGB", (50_000, 250), (200, 100, 50))
    for format, name in ((Format.JPEG, "JPEG"), (Format.PNG, "PNG")):
        decoded = decode(saved(wide, name), format)
        assert (decoded.width, decoded.height, decoded.canvas.shape) == (50_000, 250, (7, 1440, 3))


def png_of(width: int, height: int) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


def test_a_bomb_is_refused_by_its_header() -> None:
    with pytest.raises(TooLarge, match="400 megapixels"):
        decode(png_of(20_000, 20_000), Format.PNG)


def test_a_jpeg_bomb_is_refused_by_its_header() -> None:
    data = bytearray(saved(Pillow.new("L", (16, 16)), "JPEG"))
    at = data.index(b"\xff\xc0")
    data[at + 5 : at + 9] = struct.pack(">HH", 65_500, 65_500)
    with pytest.raises(TooLarge):
        decode(bytes(data), Format.JPEG)


@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
def test_a_jpeg_cut_off_is_unreadable(share: float) -> None:
    data = encoded(texture(800, 600), "JPEG", quality=95)
    with pytest.raises(Unreadable, match="cut off"):
        decode(data[: int(len(data) * share)], Format.JPEG)


def test_stray_bytes_that_every_viewer_forgives_are_forgiven() -> None:
    data = encoded(texture(80, 60), "JPEG")
    at = data.index(b"\xff\xdb")
    assert decode(data[:at] + b"\0\0" + data[at:], Format.JPEG).canvas.shape == (60, 80, 3)


def test_thumbnails_are_small_upright_and_without_metadata() -> None:
    large, small = thumbnails(decode(encoded(texture(4000, 3000), "JPEG"), Format.JPEG, orientation=6).canvas)
    opened = Pillow.open(io.BytesIO(large)), Pillow.open(io.BytesIO(small))
    assert [picture.size for picture in opened] == [(1080, 1440), (188, 250)]
    assert [picture.format for picture in opened] == ["JPEG", "WEBP"]
    assert not any(picture.getexif() for picture in opened)
    assert len(small) < 15_000


def test_nothing_is_enlarged() -> None:
    tiny = texture(30, 20)
    assert shrink(tiny, 1440) is tiny


def test_near_duplicates_have_near_hashes() -> None:
    pixels = texture(640, 480, seed=5)
    again = decode(encoded(shrink(pixels, 320), "JPEG", quality=40), Format.JPEG).canvas
    others = [perceptual_hash(texture(640, 480, seed=seed)) for seed in range(20, 40)]
    mine = perceptual_hash(pixels)
    assert distance(mine, perceptual_hash(again)) <= 6
    assert min(distance(mine, other) for other in others) > 12
    assert 0 <= mine < 1 << 64


@pytest.mark.data
def test_every_still_has_its_true_upright_size(data: Path) -> None:
    import json

    from albumen.media.look import look

    for entry in json.loads((data / "photos" / "index.json").read_text()):
        if "upright" in entry and not entry["file"].lower().endswith(".heic"):
            seen = look(data / "photos" / entry["file"])
            assert [seen.width, seen.height] == entry["upright"], entry["file"]


@pytest.mark.data
@pytest.mark.parametrize("name", ["IMG_2927.HEIC", "cheers_1440x960.heic"])
def test_heic_is_upright(data: Path, name: str) -> None:
    from albumen.media.look import look

    seen = look(data / "photos" / name)
    assert (seen.width, seen.height) in ((3024, 4032), (1440, 960))
    assert seen.canvas.shape[0] * seen.width == pytest.approx(seen.canvas.shape[1] * seen.height, rel=0.01)


@pytest.mark.data
def test_a_raw_without_a_preview_is_developed(data: Path) -> None:
    decoded = decode((data / "photos/made/synthetic.dng").read_bytes(), Format.RAW)
    assert (decoded.width, decoded.height, decoded.canvas.shape) == (300, 400, (400, 300, 3))
    assert decoded.canvas.std() > 20


def test_a_damaged_file_of_each_format_gives_a_sentence() -> None:
    for format in Format:
        if format.kind == "image":
            with pytest.raises(MediaError) as caught:
                decode(b"\xff\xd8\xff\xe0 no picture at all" * 10, format)
            assert str(caught.value).endswith(".")
            assert str(caught.value).startswith(f"The {format.called} file is ")


def test_limits_can_be_tightened() -> None:
    with pytest.raises(TooLarge):
        decode(saved(Pillow.new("RGB", (100, 100))), Format.PNG, limits=Limits(pixels=5000))


def test_a_jpeg_that_is_not_scaled_down_is_decoded_exactly() -> None:
    small = encoded(texture(640, 480), "JPEG", quality=60)
    exact = np.asarray(Pillow.open(io.BytesIO(small)))
    assert np.array_equal(decode(small, Format.JPEG).canvas, exact)
