"""The quality tier end to end: a pair of small towers, fetched from a hub, finds colours by their names."""

import json

import numpy as np
import pytest
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace

from albumen.models.card import Card
from albumen.models.cards import Cards
from albumen.models.pool import Pool
from albumen.models.store import ModelStore
from albumen.vision.embed.clip import Clip

onnx = pytest.importorskip("onnx")
HELPER, FLOAT, INT64 = onnx.helper, onnx.TensorProto.FLOAT, onnx.TensorProto.INT64
WORDS = {"[PAD]": 0, "red": 1, "green": 2, "blue": 3}
AXES = np.vstack([np.zeros(3), np.eye(3)]).astype(np.float32)


def model(nodes, inputs, output, weights):
    graph = HELPER.make_graph(
        nodes,
        "tower",
        [HELPER.make_tensor_value_info(name, kind, shape) for name, kind, shape in inputs],
        [HELPER.make_tensor_value_info(output, FLOAT, ["n", 3])],
        [onnx.numpy_helper.from_array(array, name) for name, array in weights.items()],
    )
    return HELPER.make_model(graph, opset_imports=[HELPER.make_opsetid("", 17)], ir_version=8).SerializeToString()


def vision():
    nodes = [
        HELPER.make_node("GlobalAveragePool", ["pixel_values"], ["mean"]),
        HELPER.make_node("Flatten", ["mean"], ["image_embeds"]),
    ]
    return model(nodes, [("pixel_values", FLOAT, ["n", 3, 8, 8])], "image_embeds", {})


def text(masked):
    nodes = [HELPER.make_node("Gather", ["table", "input_ids"], ["words"])]
    inputs, last = [("input_ids", INT64, ["n", "length"])], "words"
    if masked:
        nodes += [
            HELPER.make_node("Cast", ["attention_mask"], ["kept"], to=FLOAT),
            HELPER.make_node("Unsqueeze", ["kept", "axis"], ["column"]),
            HELPER.make_node("Mul", ["words", "column"], ["seen"]),
        ]
        inputs, last = [*inputs, ("attention_mask", INT64, ["n", "length"])], "seen"
    nodes.append(HELPER.make_node("ReduceMean", [last], ["text_embeds"], axes=[1], keepdims=0))
    return model(nodes, inputs, "text_embeds", {"table": AXES} | ({"axis": np.array([2])} if masked else {}))


def tokenizer():
    made = Tokenizer(WordLevel(WORDS, unk_token="[PAD]"))
    made.pre_tokenizer = Whitespace()
    return made.to_str().encode()


@pytest.fixture(params=[False, True], ids=["ids only", "with a mask"])
def encoder(request, hub, tmp_path, make_card):
    files = {"vision_model.onnx": vision(), "text_model.onnx": text(request.param), "tokenizer.json": tokenizer()}
    card = make_card(
        "towers.tiny",
        options={
            "dim": 3,
            "image_output": "image_embeds",
            "text_output": "text_embeds",
            "text_length": 6,
            "text_pad": 0,
            "text_lower": True,
        },
        **{name.replace(".", "__"): (content, hub.add(name, content)) for name, content in files.items()},
    )
    spec = {"width": 8, "height": 8, "scale": 1 / 255}
    card = Card.model_validate(card.model_dump(mode="json") | {"input": spec})
    return Clip(card, Pool(ModelStore(tmp_path / "models", hub=hub.url)))


def plain(*colour):
    return np.full((30, 40, 3), colour, np.uint8)


def test_a_picture_is_nearest_to_the_name_of_its_colour(encoder):
    pictures = encoder.pixels([plain(250, 10, 10), plain(10, 250, 10), plain(20, 20, 250)])
    names = encoder.text(["Red", "a green thing", "blue"])
    assert (pictures @ names.T).argmax(axis=1).tolist() == [0, 1, 2]
    np.testing.assert_allclose(np.linalg.norm(np.vstack([pictures, names]), axis=1), 1, atol=1e-5)


def test_batches_do_not_change_the_vectors(encoder):
    pictures = [plain(k * 6, 255 - k * 6, 40) for k in range(37)]
    np.testing.assert_allclose(encoder.pixels(pictures)[20], encoder.pixels(pictures[20:21])[0], atol=1e-5)
    texts = ["red", "green blue"] * 20
    np.testing.assert_allclose(encoder.text(texts)[33], encoder.text(texts[33:34])[0], atol=1e-5)


def test_a_text_longer_than_the_tower_takes_is_cut(encoder):
    np.testing.assert_allclose(encoder.text(["red " * 50 + "blue"]), [[1, 0, 0]], atol=1e-5)


def test_nothing_gives_no_vectors(encoder):
    assert (encoder.pixels([]).shape, encoder.text([]).shape) == ((0, 3), (0, 3))


@pytest.mark.parametrize("card", [c for c in Cards.load() if c.family == "clip"], ids=lambda c: c.name)
def test_a_card_of_the_family_says_all_that_the_family_needs(card):
    assert {f.name for f in card.files} == {"vision_model.onnx", "text_model.onnx", "tokenizer.json"}
    assert {"dim", "image_output", "text_output", "text_length", "text_pad"} <= set(card.options)
    assert card.input is not None
    assert json.loads(card.model_dump_json())["tier"] == "quality"
