"""Words of a sentence."""

import pytest

from albumen.vision.embed import queries
from albumen.vision.embed.sentences import holds, lemma, plurals, telling


@pytest.mark.parametrize(
    ("written", "singular"),
    [("dogs", "dog"), ("buses", "bus"), ("women", "woman"), ("puppies", "puppy"), ("grass", "grass"),
     ("benches", "bench"),
     ("horses", "horse"), ("skis", "ski"), ("tennis", "tennis"), ("boxes", "box")],
)  # fmt: skip
def test_finds_the_singular(written, singular):
    assert lemma(written) == singular


def test_keeps_only_words_that_say_something_and_each_once():
    assert telling("A Dog and the dogs on a beach.") == ["dog", "beach"]


@pytest.mark.parametrize(
    "text", ["Women with knives", "the cities, the mice", "IMG_0001.JPG", "boxes of skis", "", "puppies' feet", "woman"]
)
@pytest.mark.parametrize("asked", ["woman", "city mouse", "box ski", "img jpg", "puppy foot", "knife woman", "glasses"])
def test_a_text_holds_words_as_if_all_of_its_words_were_looked_at(text, asked):
    assert holds(text, set(telling(asked))) == (set(telling(asked)) <= set(telling(text)))


def test_knows_which_words_stand_in_the_plural():
    assert plurals("two dogs and a cat watch people") == {"dog", "people"}


@pytest.mark.parametrize(
    ("text", "english"), [("un chat", False), ("Le chat", False), ("ein Kind", False), ("UN soldiers", True)]
)
def test_an_article_tells_the_language_where_the_noun_is_a_word_of_both(text, english):
    assert queries.is_english(text, frozenset({"chat", "un", "le", "kind", "ein", "soldier", "soldiers"})) is english
