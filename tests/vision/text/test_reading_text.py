"""Text in pictures: the pure parts on made arrays, and the whole on drawn pictures with known words."""

import cv2
import numpy as np
import pytest

from albumen.core.arrays import Floats, Image
from albumen.models.cards import Cards
from albumen.models.pool import Pool
from albumen.models.store import ModelStore
from albumen.vision.text import characters, detection, overlooked, recognition
from albumen.vision.text.detection import Found
from albumen.vision.text.lines import Placed, regroup
from albumen.vision.text.order import in_reading_order
from albumen.vision.text.ppocr import PPOCR, Setting
from albumen.vision.text.recognition import Reading
from albumen.vision.text.rows import rows
from albumen.vision.text.script import settled
from albumen.vision.text.spelling import is_alphabetic, is_icon, typed, unmixed
from albumen.vision.text.strips import Strip, cut
from albumen.vision.text.words import words


def placed(text: str, left: float, right: float, top: float = 0, height: float = 10) -> Placed:
    box = np.array([[left, top], [right, top], [right, top + height], [left, top + height]], np.float32)
    return Placed(text, 1.0, box)


def texts(lines: list[list[Placed]]) -> list[str]:
    return [" ".join(word.text for word in line) for line in lines]


def test_the_alphabet_starts_with_the_blank_and_ends_with_the_space() -> None:
    assert characters.from_dictionary(b"a\nb\n") == ("", "a", "b", " ")


def test_an_onnx_file_gives_its_characters() -> None:
    entry = b"\x0a\x09character\x12\x03a\nb"
    data = b"\x08\x07" + b"\x72" + bytes([len(entry)]) + entry
    assert characters.from_onnx(data) == ("", "a", "b", " ")


def test_an_onnx_file_without_characters_is_refused() -> None:
    with pytest.raises(ValueError, match="no metadata 'character'"):
        characters.from_onnx(b"\x08\x07")


def test_the_canvas_has_few_sizes_and_knows_its_scale() -> None:
    canvas = detection.canvas(np.zeros((600, 2000, 3), np.uint8), long_side=1000)
    assert canvas.pixels.shape == (3, 384, 1024)
    assert canvas.scale == 0.5


def test_a_block_of_heat_becomes_a_grown_rectangle_in_picture_pixels() -> None:
    heat = np.zeros((100, 200), np.float32)
    heat[40:50, 20:120] = 0.9
    (quad,) = detection.rectangles(heat, scale=0.5).quads
    left, top = quad.min(0)
    right, bottom = quad.max(0)
    assert left < 40 and right > 240 and top < 80 and bottom > 100
    assert tuple(quad[0]) == (left, top)


def test_faint_heat_is_no_text() -> None:
    heat = np.full((100, 200), 0.35, np.float32)
    found = detection.rectangles(heat, scale=1)
    assert len(found.quads) == len(found.faint) == 0
    assert not detection.any_text(heat)


def test_a_small_faint_blob_may_be_a_sign() -> None:
    heat = np.zeros((100, 200), np.float32)
    heat[40:44, 20:22] = 0.6
    found = detection.rectangles(heat, scale=1)
    assert len(found.quads) == 0
    np.testing.assert_allclose(found.faint.mean((0, 1)), (20.5, 41.5), atol=1)


def row_with(ink: tuple[slice, slice]) -> tuple[Image, Floats]:
    """Return a page with one strip of text on its left, and ink somewhere."""
    page = np.full((100, 300, 3), 255, np.uint8)
    page[ink] = 0
    return page, np.array([[[10, 30], [110, 30], [110, 60], [10, 60]]], np.float32)


@pytest.mark.parametrize("sign", [np.s_[44:46, 200:212], np.s_[38:52, 200:206]], ids=["dash", "figure"])
def test_ink_alone_in_a_row_of_text_is_looked_at(sign: tuple[slice, slice]) -> None:
    page, quads = row_with(sign)
    (square,) = overlooked.signs(page, Found(quads, quads[:0]), quads)
    left, top = square.min(0)
    right, bottom = square.max(0)
    assert left <= 200 and right >= 206 and top <= 38 and bottom >= 52


@pytest.mark.parametrize(
    "ink", [np.s_[4:6, 200:212], np.s_[44:46, 120:290], np.s_[10:90, 200:203], np.s_[40:50, 50:60]],
    ids=["in no row", "long", "tall", "inside the text"],
)  # fmt: skip
def test_other_ink_is_not(ink: tuple[slice, slice]) -> None:
    page, quads = row_with(ink)
    assert len(overlooked.signs(page, Found(quads, quads[:0]), quads)) == 0


def test_a_pattern_of_ink_is_no_text() -> None:
    page, quads = row_with(np.s_[44:46, 200:203])
    page = np.tile(page, (1, 9, 1))
    page[40:50:5, 120::12] = 0
    assert len(overlooked.signs(page, Found(quads, quads[:0]), quads)) == 0


def test_figures_under_each_other_are_two_strips() -> None:
    pixels = np.full((60, 30, 3), 255, np.uint8)
    pixels[8:24, 10:20] = pixels[36:52, 10:20] = 0
    upper, lower = rows(Strip(pixels, np.eye(2, 3, dtype=np.float32)), tall=30)
    assert len(upper.pixels) == 30
    assert lower.corners((0, 0, 30, 30))[0].tolist() == [0, 30]


def test_a_tall_letter_stays_one_strip() -> None:
    pixels = np.full((60, 30, 3), 255, np.uint8)
    pixels[8:52, 10:20] = 0
    assert len(rows(Strip(pixels, np.eye(2, 3, dtype=np.float32)), tall=30)) == 1


def reading(text: str, *, plain: str = "", score: float = 1.0) -> Reading:
    scores = np.full(len(text), score, np.float32)
    return Reading(text, scores, np.linspace(0, 1, len(text), dtype=np.float32), plain or text)


def test_a_doubtful_chinese_letter_on_an_english_page_is_a_sign() -> None:
    page = [reading("Assets and liabilities of the fund"), reading("烛", plain="*", score=0.9)]
    assert [r.text for r in settled(page)][1] == "*"


def test_chinese_letters_stay_where_the_page_is_written_in_them() -> None:
    page = [reading("合计金额"), reading("现金", plain="**", score=0.8), reading("Total 5.00")]
    assert [r.text for r in settled(page)] == ["合计金额", "现金", "Total 5.00"]


def test_doubtful_accents_fall_where_the_page_has_no_others() -> None:
    doubtful = reading("evén", plain="even", score=0.6)
    assert settled([reading("plain words"), doubtful])[1].text == "even"
    assert settled([reading("été à Orléans", score=0.7), doubtful])[1].text == "evén"


def test_tall_boxes_start_at_the_side_only_on_a_sideways_page() -> None:
    tall = np.array([[0, 0], [10, 0], [10, 30], [0, 30]], np.float32)
    wide = np.array([[0, 0], [300, 0], [300, 10], [0, 10]], np.float32)
    assert detection.standing(np.stack([tall, wide]), tall=4)[0, 0].tolist() == [0, 0]
    assert detection.standing(np.stack([tall, tall]), tall=4)[0, 0].tolist() == [0, 30]


def test_a_letter_alone_gets_room_around_it() -> None:
    assert [width for width, _ in recognition.batches([20, 40])] == [160]


def test_batches_have_few_shapes_and_lose_no_strip() -> None:
    widths = list(range(40, 1000, 7))
    seen = list(recognition.batches(widths))
    assert sorted(i for _, members in seen for i in members) == list(range(len(widths)))
    assert {len(members) for _, members in seen} <= {1, 2, 4, 8, 16}
    assert all(width in recognition.WIDTHS and width >= widths[i] for width, members in seen for i in members)


def test_ctc_output_becomes_characters_at_their_columns() -> None:
    output = np.zeros((10, 3), np.float32)
    for column, letter in enumerate([0, 1, 1, 0, 1, 0, 0, 2, 0, 0]):
        output[column, letter] = 0.9
    reading = recognition.decode(output, ("", "a", "b"))
    assert reading.text == "aab"
    np.testing.assert_allclose(reading.centres, [0.2, 0.45, 0.75])
    assert reading.score == pytest.approx(0.9)


def test_words_shrink_to_their_ink_and_ignore_rules() -> None:
    strip = np.full((40, 200, 3), 255, np.uint8)
    strip[12:28, 10:60] = 0
    strip[12:28, 100:150] = 0
    strip[36:38] = 0
    reading = Reading("ab cd", np.ones(5, np.float32), np.array([0.1, 0.25, 0.4, 0.55, 0.7], np.float32))
    first, second = words(strip, reading)
    assert (first.text, second.text) == ("ab", "cd")
    np.testing.assert_allclose(first.box, (9, 11, 60, 28), atol=1.1)
    np.testing.assert_allclose(second.box, (99, 11, 150, 28), atol=1.1)


def test_a_box_before_a_word_is_no_part_of_it() -> None:
    strip = np.full((40, 200, 3), 255, np.uint8)
    strip[12:28, 10:26] = strip[12:28, 60:100] = 0
    reading = Reading("□YES", np.ones(4, np.float32), np.array([0.09, 0.32, 0.4, 0.48], np.float32))
    assert [word.text for word in words(strip, reading)] == ["□", "YES"]


def test_a_clear_gap_parts_words_whatever_their_letters() -> None:
    strip = np.full((40, 240, 3), 255, np.uint8)
    for left in (10, 26, 42, 90, 106, 122):
        strip[12:28, left : left + 12] = 0
    centres = np.array([16, 32, 48, 96, 112, 128], np.float32) / 240
    assert [w.text for w in words(strip, Reading("No#+12", np.ones(6, np.float32), centres))] == ["No#", "+12"]


@pytest.mark.parametrize(("text", "parts"), [("Inc.Ab", ["Inc.", "Ab"]), ("www.ab", ["www.ab"])])
def test_a_gap_after_a_full_stop_parts_words_only_before_a_capital(text: str, parts: list[str]) -> None:
    strip = np.full((40, 200, 3), 255, np.uint8)
    for left in (10, 24, 38, 52, 72, 86):
        strip[12:28, left : left + 12] = 0
    centres = np.array([16, 30, 44, 58, 78, 92], np.float32) / 200
    assert [w.text for w in words(strip, Reading(text, np.ones(6, np.float32), centres))] == parts


def test_a_turned_strip_knows_where_it_came_from() -> None:
    image = np.zeros((100, 100, 3), np.uint8)
    quad = np.array([[20, 10], [60, 50], [50, 60], [10, 20]], np.float32)
    strip = cut(image, quad)
    height, width = strip.pixels.shape[:2]
    np.testing.assert_allclose(strip.corners((0, 0, width, height)), quad, atol=1e-3)
    np.testing.assert_allclose(strip.upside_down().corners((0, 0, width, height)), np.roll(quad, 2, 0), atol=1e-3)


def test_columns_near_each_other_are_cut_and_wide_spaces_of_a_till_are_not() -> None:
    date = [
        placed("8/22/2020", 0, 50),
        placed("Online", 61, 90),
        placed("Retail", 93, 120),
        placed("Purchase", 123, 160),
    ]
    assert texts(regroup([date])) == ["8/22/2020", "Online Retail Purchase"]
    till = [placed("ST#", 0, 30), placed("1477", 38, 70), placed("OP#", 79, 110), placed("19280104", 121, 200)]
    assert texts(regroup([till])) == ["ST# 1477 OP# 19280104"]


def test_what_goes_on_after_a_colon_or_a_number_may_stand_farther() -> None:
    assert texts(regroup([[placed("Local:", 0, 30), placed("2", 47, 52)]])) == ["Local: 2"]
    assert texts(regroup([[placed("3.", 0, 8), placed("Rent", 24, 52)]])) == ["3. Rent"]


def test_a_wide_gap_cuts_a_line_and_a_narrow_one_joins_two() -> None:
    far = [[placed("Total", 0, 40), placed("9.00", 100, 130)]]
    near = [[placed("Total", 0, 40)], [placed("due", 44, 70)]]
    assert texts(regroup(far)) == ["Total", "9.00"]
    assert texts(regroup(near)) == ["Total due"]


def test_rows_apart_are_never_joined() -> None:
    assert len(regroup([[placed("a", 0, 10)], [placed("b", 12, 22, top=9)]])) == 2


def test_two_words_alike_in_all_but_their_place_are_two() -> None:
    twins = [[placed("0.00", 0, 30)], [placed("0.00", 0, 30, top=40)], [placed("RM", 34, 50, top=40)]]
    assert texts(regroup(twins)) == ["0.00", "0.00 RM"]


def test_a_sign_joins_its_number() -> None:
    (line,) = regroup([[placed("-", 0, 4, 4, 2), placed("28.05", 8, 40)]])
    assert [w.text for w in line] == ["-28.05"]
    np.testing.assert_allclose(line[0].corners[[0, 2]], [[0, 0], [40, 10]])


def test_reading_goes_by_rows_from_the_left() -> None:
    boxes = [np.array([[x, y], [x + 5, y + 10]], np.float32) for x, y in ((50, 2), (0, 0), (0, 30))]
    assert in_reading_order(boxes) == [1, 0, 2]


def test_typographic_marks_are_typed_plainly_and_icons_are_no_words() -> None:
    assert typed("“it’s”–…") == '"it\'s"-...'
    assert typed("２×３：m²") == "2x3:m2"
    assert is_icon("□") and not is_icon("a□")
    assert is_alphabetic("Straße 5") and not is_alphabetic("東京都")


@pytest.mark.parametrize(
    ("read", "written"),
    [("0rder", "Order"), ("T0TAL", "TOTAL"), ("c0ffee", "coffee"), ("1O.50", "10.50"), ("2O19", "2019")],
)
def test_noughts_among_letters_and_letters_among_noughts_are_told_apart(read: str, written: str) -> None:
    assert unmixed(read) == written


@pytest.mark.parametrize(
    ("read", "written"), [("S291.90", "$291.90"), ("S1,204.00", "$1,204.00"), ("S12", "S12"), ("US1.50", "US1.50")]
)
def test_an_s_before_an_amount_is_a_dollar(read: str, written: str) -> None:
    assert unmixed(read) == written


@pytest.mark.parametrize("code", ["CO2", "A0123", "R0", "0.5l", "INV0", "B0B", "OR18", "100"])
def test_codes_of_letters_and_digits_stay_as_read(code: str) -> None:
    assert unmixed(code) == code


@pytest.fixture(scope="module")
def reader(models_folder) -> PPOCR:
    return PPOCR(Cards.load()["ppocr-v6.small"], Pool(ModelStore(models_folder)), setting=Setting.PAGE)


def drawn() -> np.ndarray:
    page = np.full((400, 900, 3), 255, np.uint8)
    cv2.putText(page, "Invoice number 4711", (40, 100), cv2.FONT_HERSHEY_SIMPLEX, 1.4, (0, 0, 0), 3)
    cv2.putText(page, "Total 28.50 EUR", (40, 220), cv2.FONT_HERSHEY_SIMPLEX, 1.4, (0, 0, 0), 3)
    return page


@pytest.mark.weights
def test_reads_a_drawn_page_with_the_places_of_its_words(reader: PPOCR) -> None:
    (found,) = reader.read([drawn()])
    assert found.text().split() == ["Invoice", "number", "4711", "Total", "28.50", "EUR"]
    left, top = found.polygons[0].min(0)
    assert 0.03 < left < 0.06 and 0.14 < top < 0.2


@pytest.mark.weights
@pytest.mark.parametrize("quarter", [1, 2, 3])
def test_reads_a_page_that_lies_on_its_side_or_head(reader: PPOCR, quarter: int) -> None:
    (found,) = reader.read([np.ascontiguousarray(np.rot90(drawn(), quarter))])
    assert sorted(found.texts) == sorted(["Invoice", "number", "4711", "Total", "28.50", "EUR"])


@pytest.mark.weights
def test_figures_and_dashes_alone_in_a_column_are_read(reader: PPOCR) -> None:
    page = np.full((420, 900, 3), 255, np.uint8)
    for row, (name, count) in enumerate((("Writing paper", "1"), ("Pens, blue", "-"), ("Postage", "7"))):
        for left, text in ((40, name), (500, count), (700, "28.50")):
            cv2.putText(page, text, (left, 100 + 70 * row), cv2.FONT_HERSHEY_SIMPLEX, 0.7, (0, 0, 0), 1, cv2.LINE_AA)
    (found,) = reader.read([page])
    assert [t for t in found.texts if len(t) == 1] == ["1", "-", "7"]


@pytest.mark.weights
def test_a_blank_picture_has_no_words(reader: PPOCR) -> None:
    assert len(reader.read([np.full((300, 300, 3), 200, np.uint8)])[0]) == 0
