"""Every card that ships is the test matrix: it loads, says its licence, and is honest about its hashes."""

import subprocess
import sys

import pytest

from albumen.core.errors import ModelError, UnknownModel
from albumen.models.card import Tier
from albumen.models.cards import Cards, permissive, read
from albumen.models.sources import parse

CARDS = Cards.load()
COPYLEFT = ("GPL", "NC", "proprietary", "unknown")


def test_there_are_cards():
    assert len(CARDS) > 0


@pytest.mark.parametrize("card", list(CARDS), ids=lambda c: c.name)
def test_a_card_says_licence_provenance_and_where_each_file_is(card):
    assert card.licence
    assert len(card.provenance) > 20
    for file in card.files:
        assert [str(parse(source)) for source in file.sources] == list(file.sources)


@pytest.mark.parametrize("card", list(CARDS), ids=lambda c: c.name)
def test_what_is_unpinned_comes_from_the_hub_only(card):
    assert all(f.sha256 or all(s.startswith("hf:") for s in f.sources) for f in card.files)
    assert card.pinned or card.tier is Tier.QUALITY


@pytest.mark.parametrize("card", [c for c in CARDS if c.default], ids=lambda c: c.name)
def test_a_default_is_free_for_everyone_and_alone(card):
    assert permissive(card), f"{card.name} is {card.licence}"
    assert CARDS.default(card.task, card.tier) == card


@pytest.mark.parametrize("card", list(CARDS), ids=lambda c: c.name)
def test_a_licence_that_binds_users_is_marked_and_no_default(card):
    if any(word in card.licence for word in COPYLEFT):
        assert not permissive(card)


def test_several_licences_must_all_be_permissive_and_one_of_alternatives_may_be(make_card):
    def licensed(licence):
        return permissive(make_card(a=(b"1", "file:a")).model_copy(update={"licence": licence}))

    assert licensed("MIT AND Apache-2.0")
    assert licensed("GPL-2.0-only OR MIT")
    assert not licensed("MIT AND AGPL-3.0-only")
    assert not licensed("CC-BY-NC-4.0")


def test_a_card_closed_to_commerce_is_no_default(make_card):
    card = make_card(a=(b"1", "file:a")).model_copy(update={"commercial": False})
    with pytest.raises(UnknownModel, match="no permissive model for 'embed'"):
        Cards([card]).default("embed", "quality")


def test_an_ambiguous_default_names_both(make_card):
    cards = Cards([make_card("one.test", a=(b"1", "file:a")), make_card("two.test", a=(b"1", "file:a"))])
    with pytest.raises(UnknownModel, match=r"several models for 'embed': one\.test and two\.test"):
        cards.default("embed", Tier.QUALITY)


def test_an_unknown_name_is_answered_with_near_ones(make_card):
    cards = Cards([make_card("yunet-2023mar.fp32", a=(b"1", "file:a"))])
    with pytest.raises(
        UnknownModel, match=r"no model is named 'yunet-2023mar\.fp16'; did you mean yunet-2023mar\.fp32\?"
    ):
        cards["yunet-2023mar.fp16"]
    with pytest.raises(UnknownModel, match="albumen models list"):
        cards["zzz"]


def test_two_cards_of_one_name_are_refused(make_card):
    with pytest.raises(ModelError, match=r"two cards are named tower\.test"):
        Cards([make_card(a=(b"1", "file:a")), make_card(a=(b"2", "file:a"))])


def test_a_mistake_in_a_card_names_the_file(tmp_path):
    (tmp_path / "broken.toml").write_text('name = "no dot"')
    with pytest.raises(ModelError, match=r"broken\.toml"):
        read(tmp_path / "broken.toml")


def test_a_source_of_unknown_shape_is_refused():
    for source in ("https://example.org/a", "pypi:name/member", "npm:name@1", "hf:name/path"):
        with pytest.raises(ModelError, match="is none of hf:OWNER/REPO"):
            parse(source)


def test_scoped_packages_are_understood():
    address = parse("npm:@scope/name@1.2.3/package/a/b.onnx")
    assert (address.name, address.version, address.member) == ("@scope/name", "1.2.3", "package/a/b.onnx")


def test_listing_imports_no_runtime():
    code = (
        "import sys; from albumen.models.cards import Cards; from albumen.models.store import ModelStore; Cards.load();"
        "heavy = {'openvino', 'onnxruntime', 'ai_edge_litert', 'cv2', 'torch'} & set(sys.modules);"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
