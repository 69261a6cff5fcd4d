from dataclasses import replace
from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from albumen.core.errors import QueryError
from albumen.library.query.explain import explain
from albumen.library.query.parse import from_flags, parse
from albumen.library.query.parts import Content, Known, Not, Place, Query, Role, Time
from albumen.library.query.sentence import Sentence
from albumen.library.query.timerules import RULES
from tests.library.query.sentences import TODAY, Case, brief, cases

WORDS = [
    *{w for c in cases() for w in c.sentence.split()},
    "-",
    ":",
    '"',
    "not",
    "İstanbul",
    "ß",
    "‮",
    "and",
    "2019年",
    "的",
]


def ask(sentence: str, library: Known) -> Query:
    return parse(sentence, today=TODAY, known=library)


@pytest.mark.parametrize("case", cases(), ids=lambda c: f"{c.language}: {c.sentence}")
def test_takes_a_sentence_apart_as_the_table_says(case: Case, library: Known) -> None:
    query = ask(case.sentence, library)
    assert sorted(map(brief, query.parts)) == sorted(case.parts)
    assert query.content == case.content


def test_sentences_that_nobody_mended_for_are_mostly_taken_apart_right(library: Known) -> None:
    table = cases("unseen.toml")
    right = [sorted(map(brief, ask(case.sentence, library).parts)) == sorted(case.parts) for case in table]
    assert sum(right) / len(table) >= 0.9


def test_the_table_covers_six_languages() -> None:
    assert len({c.language for c in cases()}) == 6
    assert len(cases()) >= 150


@given(st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join) | st.text(max_size=60))
@settings(max_examples=300, deadline=None)
def test_never_raises_and_every_part_quotes_the_sentence(library: Known, sentence: str) -> None:
    query = ask(sentence, library)
    last = 0
    for part in query.parts:
        assert last <= part.start < part.end <= len(sentence)
        assert query.sentence[part.start : part.end] == part.text
        assert explain(part).text
        last = part.end


@given(st.lists(st.sampled_from(WORDS), max_size=10).map(" ".join))
@settings(max_examples=200, deadline=None)
def test_blanks_and_repetition_change_nothing(library: Known, sentence: str) -> None:
    query = ask(sentence, library)
    assert ask(sentence, library) == query
    assert ask(f"  {sentence}  ", library).content == query.content


def test_blanks_around_a_camera_change_nothing(library: Known) -> None:
    assert ask("  Nikon  ", library).content == ask("Nikon", library).content == ""


def test_a_relaxed_part_ranks_and_does_not_exclude(library: Known) -> None:
    query = ask("dog in Rome 2019", library)
    place = next(p for p in query.parts if p.kind == "place")
    relaxed = query.relaxed(place)
    assert [type(f) for f in query.filters()] == [Place, Time]
    assert [type(f) for f in relaxed.filters()] == [Time]
    assert next(p for p in relaxed.parts if p.kind == "place").role is Role.SCORE


def test_seasons_follow_the_hemisphere_and_say_so(library: Known) -> None:
    part = parse("summer 2019", today=TODAY, known=replace(library, southern=True)).parts[0]
    assert brief(part) == "time 2019-12-01..2020-02-29"
    assert "southern hemisphere" in explain(part).text


def test_a_first_name_that_two_people_share_is_nobody(library: Known) -> None:
    both = replace(library, people=("Anna Schmidt", "Anna Weber"))
    assert ask("Anna at the beach", both).parts == ()
    assert [brief(p) for p in ask("Anna Weber at the beach", both).parts] == ["person Anna Weber"]


def test_without_a_gazetteer_only_the_library_s_own_places_filter(library: Known) -> None:
    alone = replace(library, spots=None)
    assert [brief(p) for p in ask("dog in Rome", alone).parts] == ["place Rome"]
    assert ask("dog in Paris", alone).parts == ()


def test_a_time_holds_what_lies_in_it(library: Known) -> None:
    query = ask("breakfast on Sundays in summer 2019", library)
    times = [f for f in query.filters() if isinstance(f, Time)]
    assert all(t.holds(datetime(2019, 7, 7, 9)) for t in times)
    assert not all(t.holds(datetime(2019, 7, 8, 9)) for t in times)
    assert not all(t.holds(datetime(2018, 7, 8, 9)) for t in times)


def test_flags_mean_what_the_explicit_syntax_means(library: Known) -> None:
    flags = {"since": ["2019"], "place": ["Rome"], "kind": ["video"], "not": ["dog", "snow"], "color": ["red"]}
    parts = from_flags(flags, today=TODAY, known=library)
    assert [brief(p) for p in parts] == [
        "time 2019-01-01..",
        "place Rome, Italy",
        "kind video",
        "not content dog",
        "not content snow",
        "colour red",
    ]


@pytest.mark.parametrize(
    ("flag", "value"), [("kind", "hologram"), ("since", "purple"), ("color", "loud"), ("count", "many"), ("place", " ")]
)
def test_a_flag_that_means_nothing_names_what_it_takes(flag: str, value: str, library: Known) -> None:
    with pytest.raises(QueryError, match=rf"{flag}:.* takes "):
        from_flags({flag: [value]}, today=TODAY, known=library)


def test_an_explicit_key_wins_over_every_reading(library: Known) -> None:
    assert [brief(p) for p in ask("what:christmas in Rome", library).parts] == [
        "content christmas",
        "place Rome, Italy",
    ]
    assert ask("what:christmas", library).content == "christmas"


def test_an_explanation_says_place_and_radius(library: Known) -> None:
    said = [explain(p).text for p in ask("not in Rome, two dogs", library).parts]
    assert said[0].startswith("not in Rome, Italy (within ")
    assert said[1] == "preferably with 2 × dog"


def test_leap_days_exist_only_in_leap_years(library: Known) -> None:
    assert ask("29 February 2019", library).filters() != ()
    spans = next(f for f in ask("29 February", library).filters() if isinstance(f, Time)).spans
    assert {s.start.date() for s in spans if s.start} == {date(y, 2, 29) for y in range(1992, 2027, 4)}


def test_what_is_absent_is_not_asked_of_the_encoder(library: Known) -> None:
    query = ask("beach without people", library)
    assert query.content == "beach"
    assert query.filters() == (Not(Content("people")),)


def test_rules_for_times_wait_for_a_sentence_that_may_have_one(library: Known) -> None:
    plain = Sentence("a dog on a sofa", today=TODAY, known=library)
    dated = Sentence("a dog in July", today=TODAY, known=library)
    assert sum(rule.may_be_in(plain) for rule in RULES) < len(RULES) / 3
    assert sum(rule.may_be_in(plain) for rule in RULES) < sum(rule.may_be_in(dated) for rule in RULES)
    assert all(rule.may_be_in(Sentence("昨天 7", today=TODAY, known=library)) for rule in RULES)
