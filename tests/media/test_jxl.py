import io
import struct

import numpy as np
import pytest
from imagecodecs import brotli_encode, jpegxl_encode
from PIL import Image as Pillow

from albumen.core.errors import TooLarge, Unreadable
from albumen.media import blocks, jxl
from albumen.media.canvas import Limits
from albumen.media.formats import Format, sniff
from albumen.media.image import decode
from tests.media.pictures import texture

HEAD = struct.pack(">I4s4s", 12, b"JXL ", b"\r\n\x87\n") + struct.pack(">I4s4sI4s", 20, b"ftyp", b"jxl ", 0, b"jxl ")
SIZES = [(1, 1), (64, 64), (640, 480), (480, 640), (1000, 500), (513, 377), (1920, 1080), (8200, 9)]


def naked(width: int = 64, height: int = 48) -> bytes:
    return jpegxl_encode(texture(width, height), level=95)


def box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(content), kind) + content


def exif() -> bytes:
    tags = Pillow.Exif()
    tags[0x0110] = "Pentagraph 3"
    return b"\0\0\0\0" + tags.tobytes().removeprefix(b"Exif\0\0")


@pytest.mark.parametrize("size", SIZES)
def test_the_size_is_read_from_the_header(size: tuple[int, int]) -> None:
    assert jxl.size(naked(*size)) == size


def test_pixels_come_back() -> None:
    pixels = texture(640, 480)
    decoded = decode(jpegxl_encode(pixels, level=95), Format.JXL)
    assert (decoded.width, decoded.height) == (640, 480)
    assert np.abs(decoded.canvas.astype(int) - pixels).mean() < 4


def test_a_large_one_is_shrunk_to_the_canvas() -> None:
    decoded = decode(naked(2000, 1000), Format.JXL)
    assert (decoded.width, decoded.height, decoded.canvas.shape) == (2000, 1000, (720, 1440, 3))


@pytest.mark.parametrize("dtype", ["uint16", "float32"])
def test_deeper_pixels_are_brought_to_eight_bits(dtype: str) -> None:
    pixels = texture(64, 48)
    deep = pixels.astype(np.uint16) * 257 if dtype == "uint16" else (pixels / 255).astype(np.float32)
    decoded = decode(jpegxl_encode(deep, lossless=True), Format.JXL)
    assert np.abs(decoded.canvas.astype(int) - pixels).max() <= 1


def test_grey_with_alpha_lies_on_white() -> None:
    pixels = np.zeros((20, 30, 2), np.uint8)
    pixels[:10, :, 1] = 255
    canvas = decode(jpegxl_encode(pixels, lossless=True), Format.JXL).canvas
    assert canvas.shape == (20, 30, 3)
    assert canvas[2, 2].tolist() == [0, 0, 0]
    assert canvas[18, 2].tolist() == [255, 255, 255]


def test_too_many_pixels_are_refused_before_decoding() -> None:
    # 30-bit sides: a header of a dozen bytes that asks for 10^18 pixels.
    bits = 0 | 3 << 1 | ((1 << 30) - 1) << 3 | 1 << 33
    bomb = b"\xff\x0a" + bits.to_bytes(8, "little")
    with pytest.raises(TooLarge, match="megapixels"):
        decode(bomb, Format.JXL, limits=Limits())


@pytest.mark.parametrize("damage", [b"\xff\x0a", HEAD, HEAD + box(b"jxlc", b"nothing"), naked()[:200]])
def test_a_damaged_one_says_so(damage: bytes) -> None:
    with pytest.raises(Unreadable, match="JPEG XL file is damaged"):
        decode(damage, Format.JXL)


@pytest.mark.parametrize("folded", [False, True])
def test_a_container_tells_its_camera(folded: bool) -> None:
    meta = box(b"brob", b"Exif" + brotli_encode(exif())) if folded else box(b"Exif", exif())
    file = HEAD + meta + box(b"jxlc", naked())
    assert sniff(file) is Format.JXL
    assert decode(file, Format.JXL).width == 64
    assert blocks.find(io.BytesIO(file), Format.JXL).exif.image[0x0110] == b"Pentagraph 3\0"


def test_text_that_unfolds_without_end_is_left_out() -> None:
    bomb = box(b"brob", b"xml " + brotli_encode(b" " * (blocks.MOST_TEXT + 1)))
    assert blocks.find(io.BytesIO(HEAD + bomb), Format.JXL) == blocks.Blocks()
