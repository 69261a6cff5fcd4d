"""CLIP-class encoders, proven on tiny networks made here."""

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, models, pre_tokenizers

from albumen.core.errors import ModelError
from albumen.core.findings import Objects
from albumen.models.card import Card, Input
from albumen.models.runtimes import open_runtime
from albumen.vision.colours.shares import Colours
from albumen.vision.embed.clip import Clip, filled, fitted, pooled
from albumen.vision.embed.encoder import Seen

WORDS = {"<pad>": 0, "red": 1, "green": 2, "blue": 3}


class FolderPool:
    """Opens a card's files from a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, _card, name):
        return self.folder / name

    def session(self, card, name):
        return open_runtime(self.folder / name, card)


def save(path, nodes, inputs, output, weights=()):
    graph = helper.make_graph(nodes, "tower", inputs, [output], [numpy_helper.from_array(w, n) for n, w in weights])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8), path)


@pytest.fixture
def towers(tmp_path):
    """Make towers that agree on colour: pictures become their mean colour, words a unit vector each."""
    save(
        tmp_path / "image.onnx",
        [helper.make_node("ReduceMean", ["pixels"], ["embeds"], axes=[2, 3], keepdims=0)],
        [helper.make_tensor_value_info("pixels", TensorProto.FLOAT, ["n", 3, 8, 8])],
        helper.make_tensor_value_info("embeds", TensorProto.FLOAT, ["n", 3]),
    )
    table = np.vstack([np.zeros((1, 3)), np.eye(3)]).astype(np.float32)
    save(
        tmp_path / "text.onnx",
        [helper.make_node("Gather", ["table", "input_ids"], ["tokens"])],
        [helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["n", "t"])],
        helper.make_tensor_value_info("tokens", TensorProto.FLOAT, ["n", "t", 3]),
        [("table", table)],
    )
    tokenizer = Tokenizer(models.WordLevel(WORDS, unk_token="<pad>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.save(str(tmp_path / "tokenizer.json"))
    return tmp_path


def card(**options):
    file = {"bytes": 1, "sources": ["file:x"], "sha256": "0" * 64}
    names = ("image.onnx", "text.onnx", "tokenizer.json")
    given = {
        "dim": 3,
        "context": 4,
        "image_output": "embeds",
        "text_output": "tokens",
        "text_pooling": "mean",
    } | options
    return Card.model_validate({
        "name": "tiny.fp32", "title": "Tiny", "task": "embed", "family": "clip", "tier": "quality", "licence": "MIT",
        "provenance": "made in a test", "files": [{"name": n, **file} for n in names], "options": given,
        "input": {"width": 8, "height": 8, "scale": 1 / 255, "mean": [0.0] * 3, "std": [1.0] * 3},
    })  # fmt: skip


def seen(colour):
    nothing = Objects((), np.zeros(0, np.float32), np.zeros((0, 4), np.float32))
    colours = Colours(np.zeros(11, np.float32), 0.0)
    return Seen(np.full((20, 30, 3), colour, np.uint8), np.zeros(1000, np.float32), nothing, colours)


@pytest.mark.parametrize("options", [{}, {"fill": False}, {"text_pooling": "first"}, {"lower": True}])
def test_each_colour_finds_its_picture(towers, options):
    clip = Clip(card(**options), FolderPool(towers))
    pictures = clip.images([seen(c) for c in ((250, 5, 5), (5, 250, 5), (5, 5, 250))])
    texts = clip.text(["red", "green", "blue"] if not options.get("lower") else ["RED", "GREEN", "Blue"])
    assert (texts @ pictures.T).argmax(1).tolist() == [0, 1, 2]
    assert np.linalg.norm(pictures, axis=1) == pytest.approx(np.ones(3))
    assert np.linalg.norm(texts, axis=1) == pytest.approx(np.ones(3))


def test_long_sentences_are_cut_at_the_context(towers):
    clip = Clip(card(), FolderPool(towers))
    assert clip.text(["red red red red blue blue blue"])[0] == pytest.approx([1, 0, 0])


def test_nothing_in_nothing_out(towers):
    clip = Clip(card(), FolderPool(towers))
    assert clip.images([]).shape == clip.text([]).shape == (0, 3)


def test_an_output_the_network_lacks_is_told_with_those_it_has(towers):
    clip = Clip(card(text_output="wrong"), FolderPool(towers))
    with pytest.raises(ModelError, match=r"no output 'wrong'.*tokens"):
        clip.text(["red"])


def test_pooling_leaves_out_the_filling():
    ids, mask = filled([[5, 6], [7]], 4, 0)
    out = np.arange(16, dtype=np.float32).reshape(2, 4, 2)
    assert ids.tolist() == [[5, 6, 0, 0], [7, 0, 0, 0]]
    assert pooled(out, "last", mask).tolist() == [[2, 3], [8, 9]]
    assert pooled(out, "mean", mask).tolist() == [[1, 2], [8, 9]]


@pytest.mark.parametrize(("fit", "sides"), [("squash", 0), ("crop", 0), ("pad", 127)])
def test_a_picture_is_fitted_as_the_card_says(fit, sides):
    image = np.zeros((40, 20, 3), np.uint8)
    out = fitted(image, Input(width=8, height=8, fit=fit))
    assert out.shape == (8, 8, 3)
    assert out[4, 0, 0] == sides and out[4, 4, 0] == 0
