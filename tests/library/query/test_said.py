"""What the search says: every kind of sentence has its English, and its values fill it."""

import string

import pytest

from albumen.library.query import parts
from albumen.library.query.explain import explain, meaning
from albumen.library.query.parts import Part, Role
from albumen.library.query.said import ENGLISH, Said, say

FILTERS = {
    parts.Time(label="summer 2019"): say("time", label="summer 2019"),
    parts.Time(label="since 2019"): say("time_from", label="since 2019"),
    parts.Place("Rome", "city", km=15.6): say("place_within", name="Rome", km=16),
    parts.Place("Italy", "country"): say("place", name="Italy"),
    parts.Place("home", "named"): say("place_called", name="home"),
    parts.Camera("nikon"): say("camera", name="nikon"),
    parts.Camera(lens="macro"): say("lens", name="macro"),
    parts.Kind("video"): say("only_videos"),
    parts.Kind("raw"): say("only", what="RAW photos"),
    parts.Lasting(least=10): say("shortest", seconds=10),
    parts.Lasting(most=2.5): say("longest", seconds=2.5),
    parts.Text("sale"): say("text", words="sale"),
    parts.Text("sale", exact=True): say("exact", words="sale"),
    parts.Count("dog", 2, None): say("at_least", n=2, of="dog"),
    parts.Count("dog", 0, 2): say("at_most", n=2, of="dog"),
    parts.Count("dog", 2, 3): say("between", n=2, most=3, of="dog"),
    parts.Count("dog", 2, 2): say("as_many", n=2, of="dog"),
    parts.Colour("monochrome"): say("monochrome"),
    parts.Colour("red", "bus"): say("colour_of", name="red", of="bus"),
    parts.Rating(3): say("rated", n="3 to 5"),
    parts.Not(parts.Person("Ada")): say("not", of="with Ada"),
}


@pytest.mark.parametrize(("filter", "said"), FILTERS.items(), ids=lambda v: v.kind if isinstance(v, Said) else "")
def test_each_filter_is_said_as_data_and_in_english(filter: parts.Filter, said: Said) -> None:
    assert meaning(filter) == said
    assert not {"{", "}"} & set(said.text)


def test_a_part_that_only_ranks_says_so() -> None:
    part = Part(0, 4, "Rome", parts.Place("Rome", "city", km=16), Role.SCORE)
    assert explain(part).text == "preferably in Rome (within 16 km)"


def test_values_are_never_taken_for_a_pattern() -> None:
    assert meaning(parts.Person("{label} {0} %s")).text == "with {label} {0} %s"
    assert meaning(parts.Not(parts.Person("{of.__class__}"))).text == "not with {of.__class__}"


def test_every_sentence_names_its_values() -> None:
    for text in ENGLISH.values():
        assert all(name is None or name.isidentifier() for _, name, _, _ in string.Formatter().parse(text))
