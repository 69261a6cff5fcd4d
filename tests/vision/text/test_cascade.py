"""When a quick reading is believed, and when the better recogniser is asked."""

from collections.abc import Sequence

import cv2
import numpy as np
import pytest

from albumen.vision.text.cascade import Cascade, lacks_space
from albumen.vision.text.recognition import Reading
from albumen.vision.text.strips import Strip

PLAIN = "abcdefghijklmnopqrstuvwxyz0123456789:$. "


class Says:
    """Says of each strip what stands in a table by the strip's width, as sure as told."""

    def __init__(self, said: dict[int, str], sure: float = 0.99, letters: str = PLAIN) -> None:
        self.said, self.sure, self.letters = said, sure, letters
        self.asked: list[int] = []

    def read(self, strips: Sequence[Strip]) -> list[Reading]:
        self.asked += [strip.pixels.shape[1] for strip in strips]
        return [reading(self.said[strip.pixels.shape[1]], self.sure) for strip in strips]

    def knows(self, text: str) -> bool:
        return set(text) <= set(self.letters)


def reading(text: str, sure: float = 0.99) -> Reading:
    centres = (np.arange(len(text), dtype=np.float32) + 0.5) / max(1, len(text))
    return Reading(text, np.full(len(text), sure, np.float32), centres)


def blank(*widths: int) -> list[Strip]:
    return [Strip(np.full((48, width, 3), 255, np.uint8), np.eye(2, 3, dtype=np.float32)) for width in widths]


def spaced(text: str) -> tuple[Strip, Reading]:
    """Return a strip with a bar for each letter of a text, and what a recogniser says that lost its spaces."""
    pixels = np.full((48, 40 * len(text), 3), 255, np.uint8)
    for i in (i for i, letter in enumerate(text) if letter != " "):
        cv2.rectangle(pixels, (40 * i + 5, 8), (40 * i + 33, 40), (0, 0, 0), -1)
    kept = np.array([i for i, letter in enumerate(text) if letter != " "], np.float32)
    said = Reading(text.replace(" ", ""), np.ones(len(kept), np.float32), (kept + 0.5) / len(text))
    return Strip(pixels, np.eye(2, 3, dtype=np.float32)), said


def test_what_the_quick_one_is_sure_of_is_not_read_twice() -> None:
    quick, better = Says({100: "one", 200: "two"}), Says({100: "One", 200: "Two"})
    found = Cascade(quick, better, below=0.9, careful=False).read(blank(200, 100))
    assert [r.text for r in found] == ["two", "one"] and better.asked == []


@pytest.mark.parametrize("quick", [Says({100: "one"}, sure=0.8), Says({100: ""})])
def test_what_it_doubts_or_sees_nothing_in_is_read_by_the_better_one(quick: Says) -> None:
    better = Says({100: "One"})
    assert Cascade(quick, better, below=0.9, careful=False).read(blank(100))[0].text == "One"


def test_the_longest_strips_tell_whether_the_quick_one_knows_the_letters() -> None:
    said = {100: "tu", 200: "con", 300: "mua", 400: "nga"}
    for true, quickly in (({400: "ngựa"}, []), ({400: "nga"}, [200, 100])):
        quick, better = Says(said), Says(said | true)
        found = Cascade(quick, better, below=0.9, careful=True).read(blank(100, 200, 300, 400))
        assert found[3].text == true[400] and quick.asked == quickly
        assert better.asked[:2] == [400, 300]


@pytest.mark.parametrize(("text", "lost"), [("hello", False), ("he llo", True), ("seen at", True), ("waiting", False)])
def test_a_space_that_was_lost_is_seen_in_the_ink(text: str, lost: bool) -> None:
    assert lacks_space(*spaced(text)) is lost


def test_a_letter_or_a_sign_before_a_figure_may_have_lost_its_space() -> None:
    for text, lost in (("cell8", True), ("$5", True), ("1PC", True), ("8th", False), ("12.50", False)):
        assert lacks_space(spaced(text)[0], reading(text)) is lost


def test_lost_spaces_are_read_again_only_with_care() -> None:
    said = {100: "cell8", 200: "other", 300: "longest"}
    for careful, last in ((True, "cell 8"), (False, "cell8")):
        better = Says(said | {100: "cell 8"})
        assert Cascade(Says(said), better, below=0.9, careful=careful).read(blank(300, 200, 100))[2].text == last
