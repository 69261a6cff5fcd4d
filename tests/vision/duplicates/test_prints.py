import cv2
import numpy as np
import pytest

from albumen.vision.duplicates.prints import ORIENTATIONS, Prints, distances, fingerprint, orient


def picture(seed: int = 0, height: int = 96, width: int = 128) -> np.ndarray:
    noise = np.random.default_rng(seed).normal(size=(height, width, 3)).astype(np.float32)
    smooth = cv2.GaussianBlur(noise, (0, 0), 9)
    return np.clip(smooth / smooth.std() * 50 + 128, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("number", range(8))
def test_each_orientation_has_the_hash_of_the_turned_picture(number: int) -> None:
    square = picture(3, 128, 128)
    turned = np.stack([orient(square[..., c], ORIENTATIONS[number]) for c in range(3)], axis=-1)
    assert int(np.bitwise_count(fingerprint(turned).hashes[0, 0] ^ fingerprint(square).hashes[0, number])) <= 2


def test_a_hash_survives_scaling_and_saving_and_differs_between_pictures() -> None:
    one = picture(0)
    saved = cv2.imdecode(cv2.imencode(".jpg", cv2.resize(one, None, fx=0.5, fy=0.5))[1], cv2.IMREAD_COLOR)
    prints = Prints.joined([fingerprint(one), fingerprint(saved), fingerprint(picture(1))])
    bits = distances(prints, np.array([0, 0]), np.array([1, 2]))[:, 0]
    assert bits[0] <= 4
    assert bits[1] >= 14


def test_blank_pictures_are_flat() -> None:
    prints = Prints.joined([fingerprint(np.full((50, 50, 3), 200, np.uint8)), fingerprint(picture())])
    assert prints.flat.tolist() == [True, False]


def test_rejects_hashes_without_all_orientations() -> None:
    with pytest.raises(ValueError, match="hashes must have shape"):
        Prints(np.zeros((1, 3), np.uint64), np.zeros((1, 32, 32), np.uint8))
