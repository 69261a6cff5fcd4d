"""Tables, forms, check boxes, reading order and regions on made pages; no weights."""

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
import pytest

from albumen.documents import figures, forms, layout, marks, regions, rules
from albumen.documents.document import Box, Cell, CellKind, Document, Line, Mark, Page, Pair, RegionKind, Table, Word
from albumen.documents.reader import structured
from albumen.documents.tables import finding, ruled, unruled


def word(text: str, left: float, top: float, *, height: float = 20, width: float | None = None) -> Word:
    return Word(text, 0.99, Box(left, top, left + (width or 11 * len(text)), top + height))


def line(text: str, left: float, top: float, *, height: float = 20) -> Line:
    words: list[Word] = []
    for part in text.split():
        words.append(word(part, left, top, height=height))
        left = words[-1].box.right + 6
    return Line(tuple(words))


def paper() -> np.ndarray:
    return np.full((800, 1000, 3), 255, np.uint8)


def grid_of(rows: list[str], edges: tuple[int, ...], top: int = 100, step: int = 50) -> list[Line]:
    return [
        line(text, edges[c] + 8, top + 15 + step * r)
        for r, row in enumerate(rows)
        for c, text in enumerate(row.split("|"))
        if text
    ]


def drawn_grid(image: np.ndarray, edges: tuple[int, ...], rows: int, top: int = 100, step: int = 50) -> np.ndarray:
    for r in range(rows + 1):
        cv2.line(image, (edges[0], top + step * r), (edges[-1], top + step * r), (0, 0, 0), 2)
    for x in edges:
        cv2.line(image, (x, top), (x, top + step * rows), (0, 0, 0), 2)
    return image


EDGES = (100, 300, 500, 700)
ROWS = ["Item|Price|Tax", "Tea|2.50|0.20", "Bread|3.00|0.24"]


def page_of(lines: list[Line], image: np.ndarray) -> Page:
    return structured(Page(1, image.shape[1], image.shape[0], tuple(lines)), image)


def test_a_drawn_grid_becomes_a_table_with_its_texts() -> None:
    page = page_of(grid_of(ROWS, EDGES), drawn_grid(paper(), EDGES, 3))
    (table,) = page.tables
    assert table.ruled
    assert table.grid() == [row.split("|") for row in ROWS]
    assert [c.kind for c in table.cells if c.row == 0] == [CellKind.HEADER] * 3


def test_a_missing_rule_merges_two_cells() -> None:
    image = drawn_grid(paper(), EDGES, 3)
    image[104:147, 294:307] = 255
    (table,) = page_of(grid_of(["Together||Alone", *ROWS[1:]], EDGES), image).tables
    first = table.cells[0]
    assert (first.row, first.column, first.rows, first.columns) == (0, 0, 1, 2)
    assert first.text == "Together"


def test_texts_in_columns_become_a_table_without_rules() -> None:
    (table,) = unruled.find(grid_of(ROWS, EDGES), line_height=20)
    assert (table.rows, table.columns) == (3, 3)


def test_running_text_in_two_columns_is_no_table() -> None:
    text = "people who come after them in the morning with bread"
    lines = [line(text, x, 100 + 30 * i) for i in range(6) for x in (50, 700)]
    assert unruled.find(lines, line_height=20) == []


def test_signs_stay_with_their_amounts_when_columns_are_cut() -> None:
    rows = [[line("Gross", 50, 100), line("$ 452.43", 300, 100)], [line("Net", 50, 130), line("$ 291.90", 300, 130)]]
    table = finding.find([o for r in rows for o in r], (), rules.Rules((), ()), line_height=20)[0]
    assert table.grid() == [["Gross", "$ 452.43"], ["Net", "$ 291.90"]]


def test_a_page_parted_by_a_gutter_gives_two_tables() -> None:
    left = grid_of(["A|1|2", "B|3|4", "C|5|6", "D|7|8"], (50, 150, 250), step=40)
    right = grid_of(["E|1|2", "F|3|4", "G|5|6", "H|7|8"], (620, 720, 820), top=120, step=40)
    alone = [line("Notes to the left", 50, 300 + 40 * i) for i in range(4)]
    assert len(unruled.find([*left, *right, *alone], line_height=20)) == 2


def test_rules_ignore_words_and_join_broken_pieces() -> None:
    ink = np.zeros((200, 600), np.bool_)
    ink[100:102, 20:280] = ink[100:102, 300:580] = True
    ink[40:60, 50:400] = True
    found = rules.find(rules.without(ink, [Box(50, 40, 400, 60)]), line_height=20)
    assert [(r.start, r.end) for r in found.across] == [pytest.approx((20, 580), abs=1)]
    assert not found.down


def test_two_rules_that_never_touch_are_no_table() -> None:
    rule = rules.Rule
    assert ruled.find(rules.Rules((rule(10, 0, 100), rule(50, 0, 100)), (rule(500, 0, 60),)), line_height=10) == []


def test_boxes_are_ticked_or_empty_and_circles_are_neither() -> None:
    image = np.zeros((200, 400), np.uint8)
    cv2.rectangle(image, (20, 20), (44, 44), 1, 2)
    cv2.rectangle(image, (100, 20), (124, 44), 1, 2)
    cv2.line(image, (104, 24), (120, 40), 1, 3)
    cv2.line(image, (120, 24), (104, 40), 1, 3)
    cv2.circle(image, (212, 32), 12, 1, 2)
    found = marks.find(image.astype(np.bool_), line_height=22)
    assert [mark.selected for mark in found] == [False, True]


def test_a_box_without_a_label_is_no_check_box() -> None:
    lonely = Mark(False, 0.9, Box(20, 500, 44, 524))
    assert marks.with_reason([lonely], [line("far away", 600, 100)], ()) == []
    assert marks.with_reason([lonely], [line("Married", 52, 502)], ()) == [lonely]


def test_empty_cells_are_check_boxes_only_where_one_like_them_is_ticked() -> None:
    grid = ruled.find(_rules_of(drawn_grid(np.full((800, 1000, 3), 255, np.uint8), EDGES, 3)), line_height=20)
    empty, ticked = (Mark(t, 0.9, Box(320 + x, 110, 350 + x, 140)) for t, x in ((False, 0), (True, 200)))
    assert marks.with_reason([empty], [], grid) == []
    assert marks.with_reason([empty, ticked], [], grid) == [empty, ticked]


def _rules_of(image: np.ndarray) -> rules.Rules:
    return rules.find(rules.dark(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)), line_height=20)


def test_keys_before_colons_take_what_follows_in_the_line_or_beside_it() -> None:
    lines = [line("Telephone: (702) 486-1404 Fax: 486-1441", 50, 50), line("Name:", 50, 100), line("Ada", 300, 100)]
    pairs = {p.key_text: p.text for p in forms.find(lines, (), ())}
    assert pairs == {"Telephone:": "(702) 486-1404", "Fax:": "486-1441", "Name:": "Ada"}


def test_keys_and_values_beside_and_under_each_other_are_one_form() -> None:
    names = ("Name:", "Age:", "Zip:", "Tel:")
    keys = [line(name, 50 + 300 * (i % 2), 300 + 46 * (i // 2)) for i, name in enumerate(names)]
    values = [line(f"value {i}", 180 + 300 * (i % 2), 300 + 46 * (i // 2)) for i in range(4)]
    rows = [keys[0], values[0], keys[1], values[1], keys[2], values[2], keys[3], values[3]]
    pairs = [Pair(key.words, value.words) for key, value in zip(keys, values, strict=True)]
    (form,) = regions.regions(rows, (), pairs, (1000, 800))
    assert form.kind is RegionKind.PAIRS and list(form.lines) == rows


def test_texts_without_keys_are_no_form() -> None:
    texts = [line(f"words {i}", 50 + 300 * (i % 2), 300 + 46 * (i // 2)) for i in range(6)]
    assert RegionKind.PAIRS not in {region.kind for region in regions.regions(texts, (), (), (1000, 800))}


def test_a_key_takes_what_follows_signs_that_stand_alone() -> None:
    row = [line("Phone:", 100, 100), line("(", 220, 100), line(")", 300, 100), line("414-2285", 340, 100)]
    assert [(p.key_text, p.text) for p in forms.find(row, (), ())] == [("Phone:", "( ) 414-2285")]


def test_a_key_alone_takes_the_block_under_it() -> None:
    lines = [line("To:", 50, 50), line("Test Business", 50, 75), line("Melbourne", 50, 100), line("Far below", 50, 400)]
    (pair,) = forms.find(lines, (), ())
    assert pair.text == "Test Business Melbourne"


def test_a_check_box_belongs_to_the_label_right_of_it() -> None:
    tick = Mark(True, 0.9, Box(20, 50, 42, 72))
    (pair,) = forms.find([line("Rent room", 50, 51)], [tick], ())
    assert (pair.key_text, pair.marks) == ("Rent room", (tick,))


def test_two_columns_are_read_one_after_the_other() -> None:
    text = "words of a column that are wide enough"
    lines = [line(f"{text} {side}{i}", x, 100 + 30 * i) for i in range(4) for side, x in (("L", 50), ("R", 700))]
    ends = [one.words[-1].text for one in layout.reading_order(lines)]
    assert ends == ["L0", "L1", "L2", "L3", "R0", "R1", "R2", "R3"]


def test_large_letters_are_a_title_and_a_lone_number_at_the_foot_a_page_number() -> None:
    lines = [line("Report", 300, 60, height=60), *(line("plain text here", 50, 200 + 26 * i) for i in range(5))]
    lines.append(line("7", 480, 775))
    kinds = [region.kind for region in regions.regions(lines, (), (), (1000, 800))]
    assert kinds == [RegionKind.TITLE, RegionKind.TEXT, RegionKind.PAGE_NUMBER]


def test_a_short_line_in_capitals_heads_what_is_under_it_and_bullets_make_one_list() -> None:
    body = [line("words of a paragraph that goes on for a while", 50, 230 + 26 * i) for i in range(3)]
    entries = [line(f"- entry number {i}", 50, 400 + 26 * i) for i in range(3)]
    found = regions.regions([line("IMPORTANT NOTES", 50, 195), *body, *entries], (), (), (1000, 800))
    assert [region.kind for region in found] == [RegionKind.SECTION, RegionKind.TEXT, RegionKind.LIST]
    assert [len(entry) for entry in regions.entries(found[2])] == [1, 1, 1]


def test_every_line_is_in_one_part_of_the_page() -> None:
    lines = [line(f"word {i} of many", 50 + 300 * (i % 3), 60 + 40 * (i // 3)) for i in range(30)]
    found = regions.regions(lines, (), (), (1000, 800))
    assert sorted(id(one) for region in found for one in region.lines) == sorted(map(id, lines))


def test_a_picture_among_text_is_a_figure_and_a_rule_is_none() -> None:
    image = paper()
    cv2.rectangle(image, (300, 300), (420, 380), (30, 60, 160), -1)
    cv2.line(image, (50, 500), (500, 500), (0, 0, 0), 2)
    (box,) = figures.find(image, [], [], line_height=20)
    assert box.holds(360, 340) and 100 < box.width < 140


def long_page(number: int, top: float, rows: Sequence[Sequence[str]], *, headed: bool) -> Page:
    edges, steps = (50.0, 300.0, 600.0), tuple(top + 30.0 * i for i in range(len(rows) + 1))
    cells = tuple(
        Cell(
            r, c, Box(edges[c], steps[r], edges[c + 1], steps[r + 1]),
            words=line(text, edges[c] + 5, steps[r] + 5).words,
            kind=CellKind.HEADER if headed and r == 0 else CellKind.BODY,
        )
        for r, row in enumerate(rows) for c, text in enumerate(row)
    )  # fmt: skip
    table = Table(Box(50, top, 600, steps[-1]), len(rows), 2, cells, row_edges=steps, column_edges=edges)
    return Page(number, 700, 1000, (line(f"Page {number}", 300, 960),), (table,))


def test_a_table_that_goes_on_over_pages_is_one_and_its_heading_is_not_repeated() -> None:
    heads = ("Item", "Price")
    pages = (
        long_page(1, 700, [heads, ("Tea", "4"), ("Milk", "2")], headed=True),
        long_page(2, 60, [heads, ("Bread", "3")], headed=True),
    )
    (table,) = Document(pages).tables()
    assert table.grid() == [["Item", "Price"], ["Tea", "4"], ["Milk", "2"], ["Bread", "3"]]
    assert [number for number, _ in table.parts] == [1, 2]


def test_a_table_below_text_is_another_one() -> None:
    second = long_page(2, 400, [("Bread", "3")], headed=False)
    second = replace(second, lines=(*second.lines, line("Other things follow", 50, 200)))
    assert len(Document((long_page(1, 700, [("Tea", "4")], headed=False), second)).tables()) == 2


def test_a_heading_of_two_words_over_narrow_numbers_is_one_cell() -> None:
    rows = [line("Region", 50, 100), line("Second half", 400, 100)]
    rows += [line(text, x, 130 + 30 * i) for i in range(4) for x, text in ((50, f"Area {i}"), (400, f"{i}.50"))]
    (table,) = unruled.find(rows, line_height=20)
    assert table.columns == 2


def test_a_note_under_a_table_is_its_footer() -> None:
    rows = [line(text, x, y) for y in (100, 130, 160) for x, text in ((50, f"item {y}"), (400, f"{y}.00"))]
    note = line("* prices in euros for all items", 50, 190)
    (table,) = finding.find([*rows, note], (), rules.Rules((), ()), line_height=20)
    assert table.footer is note


def test_numbers_that_stand_close_are_cells_under_their_headings() -> None:
    heads = [line("CO", 10, 100), line("FILE", 80, 100), line("DEPT", 170, 100), line("CLOCK", 260, 100)]
    close = Line((word("126543", 80, 125), word("123456", 170, 125), word("12345", 260, 125)))
    (table,) = unruled.find([*heads, line("AB", 10, 125), close], line_height=20)
    assert (table.rows, table.columns) == (2, 4)


def test_strokes_above_the_word_signature_are_one() -> None:
    image = paper()
    curve = np.array([[x, 400 + int(30 * np.sin(x / 15))] for x in range(200, 420, 4)], np.int32)
    cv2.polylines(image, [curve], False, (20, 20, 60), 3)
    (found,) = page_of([line("Signature", 200, 450), line("Total 9.00", 50, 50)], image).signatures
    assert found.box.holds(300, 400)
    assert page_of([line("Remarks", 200, 450)], image).signatures == ()
