"""Queries, fused scores and what they are worth."""

import numpy as np
import pytest

from albumen.vision.embed import queries, scoring
from albumen.vision.embed.tables import Tables

CONSTANTS = scoring.Constants(0.2, 1.0, 0.5, -4.0, 1.2, -5.0, 1.5)


@pytest.fixture(scope="module")
def known():
    return frozenset(map(str, Tables.load().english))


@pytest.mark.parametrize("text", ["a dog on the beach", "Red bus", "people at a birthday party", "two cats"])
def test_english_is_recognised(text, known):
    assert queries.is_english(text, known)


@pytest.mark.parametrize(
    "text", ["ein Hund am Strand", "un perro en la playa", "一只狗", "собака", "due gatti sul letto", ""]
)
def test_other_languages_are_recognised(text, known):
    assert not queries.is_english(text, known)


def test_only_words_with_evidence_are_asked_for():
    assert queries.asked("the dog of Anna", {"dog": 4, "cat": 5}) == {4: 1.0}


def test_guessed_words_are_the_likeliest():
    assert queries.guessed(np.array([0.05, 0.6, 0.2], np.float32)) == {1: pytest.approx(0.6), 2: pytest.approx(0.2)}


def test_a_colour_belongs_to_the_next_thing():
    tables = Tables.load()
    assert queries.rules("a red bus", tables) != queries.rules("a blue bus", tables)
    assert queries.rules("a red bus and a dog", tables) == queries.rules("red bus", tables)
    assert queries.rules("red and a great deal of other words bus", tables) == {}


def test_rules_and_words_never_share_a_number():
    tables = Tables.load()
    assert min(queries.rules("two red dogs", tables)) >= len(tables.words)
    assert max(queries.rules("several brown toothbrushes", tables)) < 2**16


def test_probability_rises_with_the_score():
    p = scoring.probability(np.array([-1, 0, 3, 6], np.float32), 2, CONSTANTS)
    assert (np.diff(p) > 0).all() and 0 < p[0] < 0.05 and p[3] > 0.9


def test_short_and_long_queries_are_judged_each_by_its_own_measure():
    scores = np.array([2.0], np.float32)
    p = [float(scoring.probability(scores, n, CONSTANTS)[0]) for n in (1, 2, 4, 5, 12)]
    assert p[0] == p[1] > p[2] > 0.9 * p[3] and p[3] == p[4]


def test_a_word_as_frequent_as_usual_is_no_evidence():
    rate = np.array([0.1, 0.001], np.float32)
    assert scoring.likelier(rate, rate) == pytest.approx([0, 0], abs=1e-6)
