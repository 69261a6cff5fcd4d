"""Drift is the cosine between two models' outputs on prepared images, and is written into the card."""

import tomllib

import numpy as np
import pytest

from albumen.core.errors import ModelError, NotFound
from albumen.models.card import Drift, Input
from albumen.models.drift import cosines, load_inputs, measure, write
from albumen.models.prepare import prepare
from albumen.models.runtimes.openvino import capabilities
from albumen.models.store import ModelStore


class Gives:
    """A model that gives the same outputs always."""

    def __init__(self, **outputs):
        self.outputs = {k: np.array(v, np.float32) for k, v in outputs.items()}

    def run(self, inputs):
        return self.outputs

    def close(self):
        pass


def test_the_cosine_spans_all_outputs_whatever_their_order():
    a, b = Gives(x=[1, 0], y=[1]), Gives(y=[1], x=[0, 1])
    assert cosines(a, b, [np.zeros(1)]) == pytest.approx([0.5])
    assert cosines(a, a, [np.zeros(1)] * 3) == pytest.approx([1, 1, 1])


def test_models_with_other_outputs_are_not_compared():
    with pytest.raises(ModelError, match="same outputs: 2 numbers and 1"):
        cosines(Gives(x=[1, 2]), Gives(x=[1]), [np.zeros(1)])


def test_an_image_becomes_the_input_that_the_card_describes():
    image = np.zeros((10, 20, 3), np.uint8)
    image[..., 0] = 200
    spec = Input(width=8, height=8, channels="bgr", scale=1 / 255, mean=(0, 0, 0.5), std=(1, 1, 0.5))
    x = prepare(image, spec)
    assert (x.shape, x.dtype) == ((1, 3, 8, 8), np.float32)
    assert x[0, 2, 0, 0] == pytest.approx((200 / 255 - 0.5) / 0.5, abs=1e-6)
    padded = prepare(image, spec.model_copy(update={"fit": "pad", "layout": "nhwc", "dtype": "uint8"}))
    assert (padded.shape, padded.dtype, padded[0, 3, 0, 2], padded[0, 5, 0, 2]) == ((1, 8, 8, 3), np.uint8, 200, 0)
    cropped = prepare(image, spec.model_copy(update={"fit": "crop"}))
    assert cropped.shape == (1, 3, 8, 8)


def test_two_models_are_compared_on_a_folder_of_images(tmp_path, make_card, towers):
    cv2 = pytest.importorskip("cv2")
    onnx = pytest.importorskip("onnx")

    def flattening(content):
        model = onnx.load_from_string(content)
        model.graph.node.insert(0, onnx.helper.make_node("Flatten", ["image"], ["x"]))
        shape = [1, 3, 4, 4]
        model.graph.input[0].CopyFrom(onnx.helper.make_tensor_value_info("image", onnx.TensorProto.FLOAT, shape))
        return model.SerializeToString()

    rng, cards = np.random.default_rng(0), []
    for k, name in enumerate(("full.fp32", "other.int8")):
        content = flattening(towers(inputs=48, dim=16, seed=k))
        (tmp_path / f"{k}.onnx").write_bytes(content)
        card = make_card(name, m__onnx=(content, f"file:{tmp_path}/{k}.onnx"))
        cards.append(card.model_copy(update={"input": Input(width=4, height=4, scale=1 / 255)}))
    (tmp_path / "images").mkdir()
    for k in range(3):
        cv2.imwrite(str(tmp_path / "images" / f"{k}.png"), rng.integers(0, 255, (9, 7, 3), dtype=np.uint8))
    store = ModelStore(tmp_path / "models")
    inputs = load_inputs(tmp_path / "images", cards[0])
    found = measure(store, cards[0], inputs, precision="int8", against=cards[1])
    assert found.images == 3
    assert found.worst <= found.mean < 0.9
    assert measure(store, cards[0], inputs, precision="int8", against=cards[0]).worst == pytest.approx(1)
    with pytest.raises(ModelError, match="name the fp32 model"):
        measure(store, cards[0], inputs, precision="int8")
    if "BF16" in capabilities():
        assert measure(store, cards[0], inputs, precision="bf16").worst > 0.99
    else:
        with pytest.raises(ModelError, match="does not compute in bf16"):
            measure(store, cards[0], inputs, precision="bf16")


def test_a_folder_without_images_is_named(tmp_path, make_card):
    card = make_card(a=(b"1", "file:a")).model_copy(update={"input": Input(width=4, height=4)})
    with pytest.raises(NotFound, match="no JPEG or PNG images"):
        load_inputs(tmp_path, card)


def test_a_second_measurement_takes_the_place_of_the_first(tmp_path):
    path = tmp_path / "card.toml"
    path.write_text('name = "a.b"\n\n[[files]]\nname = "m"\n\n[options]\ndim = 3\n')
    write(path, Drift(precision="bf16", mean=0.9, worst=0.8, images=4))
    write(path, Drift(precision="int8", mean=0.7, worst=0.6, images=4))
    write(path, Drift(precision="bf16", mean=0.99, worst=0.98, images=9))
    read = tomllib.loads(path.read_text())
    assert {d["precision"]: d["worst"] for d in read["drift"]} == {"bf16": 0.98, "int8": 0.6}
    assert (read["name"], read["files"], read["options"]) == ("a.b", [{"name": "m"}], {"dim": 3})
