import numpy as np
import pytest

from albumen.vision.moderation.open_nsfw import MEANS, tensor


def test_the_network_sees_blue_first_without_the_means() -> None:
    picture = np.zeros((300, 500, 3), np.uint8)
    picture[:, :, 2] = 250
    seen = tensor(picture)
    assert seen.shape == (224, 224, 3)
    assert seen[0, 0] == pytest.approx(np.array([250, 0, 0]) - np.array(MEANS), abs=4)


def test_a_large_picture_is_averaged_not_sampled() -> None:
    picture = np.zeros((1024, 1024, 3), np.uint8)
    picture[::2] = 255
    assert tensor(picture)[:, :, 0].std() < 10
