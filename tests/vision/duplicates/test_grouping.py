from pathlib import Path

import cv2
import numpy as np
import pytest

from albumen.vision.duplicates.grouping import Rules, alike, groups, matches
from albumen.vision.duplicates.prints import Prints, fingerprint


def picture(seed: int = 0, height: int = 96, width: int = 128) -> np.ndarray:
    noise = np.random.default_rng(seed).normal(size=(height, width, 3)).astype(np.float32)
    smooth = cv2.GaussianBlur(noise, (0, 0), 9)
    return np.clip(smooth / smooth.std() * 50 + 128, 0, 255).astype(np.uint8)


def prints(*pictures: np.ndarray) -> Prints:
    return Prints.joined([fingerprint(p) for p in pictures])


def test_versions_of_one_picture_are_a_group_and_others_stay_out() -> None:
    one = picture(0)
    darker = (255 * (one / 255.0) ** 1.5).astype(np.uint8)
    found = groups(prints(picture(1), one, darker, picture(2), cv2.resize(one, (64, 48)), np.rot90(one)))
    assert found == [(1, 2, 4, 5)]


def test_a_match_says_how_the_second_has_to_be_turned() -> None:
    one = picture(0)
    match = matches(prints(one, one[:, ::-1]))[0]
    assert match.orientation.mirrored
    assert not match.orientation.transposed
    assert match.worst < 0.1


def test_a_scene_in_which_something_moved_is_no_duplicate() -> None:
    scene, later = picture(0, 256, 256), picture(0, 256, 256)
    later[110:134, 110:134] = np.where(later[110:134, 110:134] > 128, 0, 255)
    assert matches(prints(scene, later), Rules(worst=9))
    assert groups(prints(scene, later)) == []


def test_blank_pages_are_never_called_duplicates() -> None:
    blank = np.full((80, 60, 3), 250, np.uint8)
    assert groups(prints(blank, blank, blank)) == []


def test_slow_change_does_not_chain_a_scene_together() -> None:
    one, other = picture(0).astype(float), picture(1).astype(float)
    steps = [(one * (1 - t) + other * t).astype(np.uint8) for t in np.linspace(0, 1, 15)]
    found = groups(prints(*steps))
    assert found
    assert all(not {0, 14} <= set(g) for g in found)


def test_the_tone_curve_does_not_matter() -> None:
    grey = fingerprint(picture(0)).greys[0]
    correlation, worst = alike(grey, (255 * (grey / 255.0) ** 2).astype(np.uint8))
    assert correlation > 0.99
    assert worst < 0.2


@pytest.mark.data
def test_all_versions_of_the_shared_picture_are_found_and_nothing_else(data: Path) -> None:
    folder = data / "duplicates"
    files = sorted(p for p in folder.rglob("*") if p.suffix in {".jpg", ".png", ".webp"})
    pictures = [cv2.cvtColor(cv2.imread(str(p), cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB) for p in files]
    found = groups(prints(*pictures))
    assert len(found) == 1
    assert {files[i].relative_to(folder).parts[0] for i in found[0]} == {"bridge"}
    assert len(found[0]) == 31
