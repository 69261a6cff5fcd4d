"""Things found at places in a picture."""

from types import SimpleNamespace

import numpy as np
import pytest

from albumen.vision.objects.efficientdet import Calibrated, likely, names, read


def outputs(*rows):
    kinds, scores, boxes = zip(*rows, strict=True)
    return {
        "StatefulPartitionedCall:3": np.array([boxes], np.float32),
        "StatefulPartitionedCall:2": np.array([kinds], np.float32),
        "StatefulPartitionedCall:1": np.array([scores], np.float32),
        "StatefulPartitionedCall:0": np.array([len(rows)], np.float32),
    }


def test_boxes_are_turned_to_left_top_right_bottom_and_clipped():
    found = read(outputs((0, 0.9, (0.1, 0.2, 0.6, 1.3))), 0.1)
    assert found.names == ("person",)
    assert found.boxes[0] == pytest.approx([0.2, 0.1, 1.0, 0.6])


def test_the_surest_comes_first_and_the_weak_and_the_unused_are_left_out():
    unused = names().index("???")
    box = (0, 0, 1, 1)
    found = read(outputs((0, 0.3, box), (17, 0.8, box), (unused, 0.9, box), (1, 0.01, box)), 0.1)
    assert found.names == ("dog", "person")


def test_nothing_found_is_an_empty_answer():
    assert len(read(outputs((0, 0.01, (0, 0, 1, 1))), 0.5)) == 0


def test_confidences_become_the_share_that_is_right():
    found = likely(np.array([0.1, 0.5, 0.9], np.float32), {"bias": 0.8, "slope": 2.2})
    assert (np.diff(found) > 0).all()
    assert found == pytest.approx([0.017, 0.69, 0.996], abs=0.005)


def test_a_card_without_calibration_leaves_confidences_as_they_are():
    scores = np.array([0.2, 0.7], np.float32)
    assert likely(scores, {}) is scores


def test_a_calibrated_detector_keeps_names_and_boxes():
    raw = read(outputs((0, 0.5, (0, 0, 1, 1))), 0.1)
    card = SimpleNamespace(calibration={"bias": 0.8, "slope": 2.2})
    (found,) = Calibrated(SimpleNamespace(card=card, detect=lambda images, least: [raw])).detect([None])
    assert found.names == raw.names and (found.boxes == raw.boxes).all()
    assert found.scores == pytest.approx([0.69], abs=0.01)
