"""Searching a small library whose encoder knows three colours: what filters, what scores, what is left out, and why."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from albumen.core.arrays import Floats
from albumen.core.errors import NotFound, QueryError
from albumen.library.folder import Folder
from albumen.library.keeping import set_trashed
from albumen.library.places import Gazetteer
from albumen.library.query.explain import explain
from albumen.library.query.parse import from_flags, parse
from albumen.library.query.parts import Known
from albumen.library.search.answer import Answer
from albumen.library.search.known import Knowing
from albumen.library.search.search import Search
from albumen.stores.catalog import lookup
from albumen.stores.catalog.schema import faces, facts
from albumen.stores.fusion import Question
from albumen.vision.embed import scoring
from tests.fakes import DIM, import_into, make_photo, open_stores

TODAY = date(2026, 11, 21)
PLACES = Gazetteer()
ROME, LIMA = (41.89, 12.49), (-12.05, -77.04)


class ColourScorer:
    """Takes the first of three colours that a sentence names; a picture fits it as far as it has that colour."""

    def query(self, text: str) -> scoring.Query:
        vector = np.zeros(DIM, np.float32)
        named = [i for i, name in enumerate(("red", "green", "blue")) if name in text]
        vector[named[0] if named else DIM - 1] = 1
        return scoring.Query(vector, {}, 1.0, {}, 1)

    def question(self, asked: scoring.Query) -> Question:
        return Question(asked.vector, np.empty(0, np.int64), np.empty(0, np.float32))

    def probability(self, query: scoring.Query, scores: Floats) -> Floats:
        return np.clip(scores, 0, 1)


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    make_photo(folder / "red rome.jpg", (250, 2, 2), taken="2019:07:14 18:05:30", make="Nikon", place=ROME)
    make_photo(folder / "red lima.jpg", (250, 3, 3), taken="2020:01:03 09:00:00", make="Canon", place=LIMA)
    make_photo(folder / "green.jpg", (2, 250, 2), taken="2019:08:01 12:00:00", size=(48, 64))
    make_photo(folder / "blue.jpg", (2, 2, 250))
    return folder


class Asked:
    """A library to ask in sentences."""

    def __init__(self, folder: Folder) -> None:
        self.folder = folder
        self.stores = open_stores(folder)
        self.search = Search(self.stores.catalog, self.stores.frames, self.stores.words, ColourScorer())
        self._knowing = Knowing(PLACES)

    def known(self) -> Known:
        self.search.index.refresh()
        with self.stores.catalog.read() as db:
            return self._knowing(self.search.index, db)

    def __call__(self, sentence: str, *, flags: dict[str, Sequence[str]] | None = None, limit: int = 50) -> Answer:
        what = self.known()
        query = parse(sentence, today=TODAY, known=what).plus(from_flags(flags or {}, today=TODAY, known=what))
        return self.search(query, limit=limit)

    def names(self, sentence: str, **flags: Sequence[str]) -> list[str]:
        answer = self(sentence, flags=flags)
        return [name_of(r.path) for r in answer.results[: answer.sure + answer.maybe]]

    def id_of(self, name: str) -> str:
        return next(r.digest for r in self("kind:photo").results if name_of(r.path) == name)


def name_of(path: bytes) -> str:
    return path.decode().rsplit("/", 1)[1].removesuffix(".jpg")


@pytest.fixture
def asked(tmp_path: Path, photos: Path) -> Asked:
    folder = Folder(tmp_path / "library")
    import_into(folder, photos, places=PLACES)
    return Asked(folder)


def test_searches_of_one_library_run_side_by_side(asked: Asked) -> None:
    meeting = threading.Barrier(2, timeout=10)

    class Together(ColourScorer):
        def question(self, asked: scoring.Query) -> Question:
            meeting.wait()  # breaks where one search waits for the end of the other
            return super().question(asked)

    search = Search(asked.stores.catalog, asked.stores.frames, asked.stores.words, Together())
    query = parse("a green thing", today=TODAY, known=asked.known())
    with ThreadPoolExecutor(2) as threads:
        one, other = threads.map(lambda _: search(query), range(2))
    assert one == other and name_of(one.results[0].path) == "green"


def test_pixels_answer_what_is_left_of_a_sentence(asked: Asked) -> None:
    answer = asked("a green thing")
    assert name_of(answer.results[0].path) == "green"
    assert (answer.sure, answer.maybe) == (1, 0)


def test_weaker_results_follow_the_ones_that_fit(asked: Asked) -> None:
    assert len(asked("a green thing").results) == 4


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("summer 2019", {"red rome", "green"}),
        ("before 2020", {"red rome", "green"}),
        ("photos from Rome", {"red rome"}),
        ("photos from Peru", {"red lima"}),
        ("taken with a Nikon", {"red rome"}),
        ("portrait format", {"green"}),
        ("kind:video", set[str]()),
        ("file:blue", {"blue"}),
        ("file:red*", {"red rome", "red lima"}),
        ("not in Italy", {"red lima", "green", "blue"}),
    ],
)
def test_facts_filter(asked: Asked, sentence: str, found: set[str]) -> None:
    assert set(asked.names(sentence)) == found


def test_facts_alone_are_sure_and_the_newest_comes_first(asked: Asked) -> None:
    answer = asked("summer 2019")
    assert [name_of(r.path) for r in answer.results] == ["green", "red rome"]
    assert (answer.sure, answer.results[0].score) == (2, 1.0)


def test_facts_and_pixels_work_together(asked: Asked) -> None:
    assert asked.names("a red thing in Peru") == ["red lima"]


def test_a_flag_is_as_good_as_a_word(asked: Asked) -> None:
    assert asked.names("a red thing", place=["Peru"]) == ["red lima"]
    with pytest.raises(QueryError):
        asked("", flags={"since": ["the day that never was"]})


def test_negated_content_excludes(asked: Asked) -> None:
    assert set(asked.names("photos -red")) == {"green", "blue"}


def test_what_a_long_sentence_says_is_absent_ranks_and_loses_nothing(asked: Asked) -> None:
    answer = asked("there is a red thing on the wall with no red")
    assert answer.sure == 0
    assert len(answer.results) == 4


def test_what_filters_is_a_reason(asked: Asked) -> None:
    (result,) = asked("photos from Rome").results
    assert any("Rome" in reason.text for reason in result.reasons)


def test_a_part_that_fits_nothing_is_relaxed_and_nothing_is_sure(asked: Asked) -> None:
    answer = asked("a red thing in 1995")
    assert answer.sure == 0
    assert name_of(answer.results[0].path).startswith("red")
    assert {str(part.role) for part in answer.parts if part.kind == "time"} == {"score"}


def test_a_time_of_day_that_is_written_nowhere_is_relaxed(asked: Asked) -> None:
    assert len(asked("a red clock that says 8:25").results) == 4


def test_an_explicit_part_that_fits_nothing_finds_nothing(asked: Asked) -> None:
    assert asked("a red thing time:1995").results == ()


def test_a_file_name_is_found_by_its_words(asked: Asked) -> None:
    answer = asked("lima")
    assert name_of(answer.results[0].path) == "red lima"
    assert answer.results[0].score == 1.0


def test_similar_pictures_come_without_the_picture_itself(asked: Asked) -> None:
    answer = asked(f"like:{asked.id_of('red rome')[:16]}")
    assert name_of(answer.results[0].path) == "red lima"
    assert "red rome" not in {name_of(r.path) for r in answer.results}
    with pytest.raises(NotFound):
        asked("like:ffffffffffff")


def test_the_trash_is_left_out_until_it_is_restored(asked: Asked) -> None:
    with asked.stores.catalog.read() as db:
        green = lookup.find_asset(db, asked.id_of("green"))
    set_trashed(asked.stores.catalog, [green], True)
    assert "green" not in asked.names("kind:photo")
    set_trashed(asked.stores.catalog, [green], False)
    assert "green" in asked.names("kind:photo")


def test_a_deleted_photo_is_left_out_and_an_offline_one_is_shown(asked: Asked, photos: Path) -> None:
    (photos / "green.jpg").unlink()
    import_into(asked.folder, photos, places=PLACES)
    assert set(asked.names("kind:photo")) == {"red rome", "red lima", "blue"}
    photos.rename(photos.with_name("away"))
    import_into(asked.folder, photos, places=PLACES)
    assert set(asked.names("kind:photo")) == {"red rome", "red lima", "blue"}


def test_a_photo_imported_by_somebody_else_is_found_at_once(asked: Asked, photos: Path) -> None:
    assert len(asked("kind:photo").results) == 4
    make_photo(photos / "late.jpg", (2, 251, 2))
    import_into(asked.folder, photos, places=PLACES)
    assert "late" in asked.names("a green thing")


def test_results_do_not_move_while_others_are_added(asked: Asked, photos: Path) -> None:
    before = asked.names("a red thing")
    make_photo(photos / "blue two.jpg", (3, 3, 250))
    import_into(asked.folder, photos, places=PLACES)
    assert asked.names("a red thing") == before


@pytest.mark.parametrize(
    "sentence", ["", "   ", "'", '"', "-", "::", "place:", "a" * 5000, "\x00", "%s'; DROP TABLE assets"]
)
def test_odd_sentences_are_answered(asked: Asked, sentence: str) -> None:
    asked(sentence)


def test_what_the_library_knows_is_gathered_anew_after_each_change(asked: Asked, tmp_path: Path) -> None:
    before = asked.known()
    assert asked.known() is before
    make_photo(tmp_path / "more" / "kyoto.jpg", (9, 250, 9), taken="2021:05:05 12:00:00", place=(35.01, 135.77))
    import_into(asked.folder, tmp_path / "more", places=PLACES)
    after = asked.known()
    assert set(after.places) - set(before.places) == {"Kyoto"}


def test_of_two_towns_the_one_with_pictures_is_meant_and_the_other_is_named(asked: Asked, tmp_path: Path) -> None:
    make_photo(tmp_path / "texas" / "paris texas.jpg", (250, 9, 2), place=(33.66, -95.55))
    import_into(asked.folder, tmp_path / "texas", places=PLACES)
    answer = asked("photos from Paris")
    assert [name_of(r.path) for r in answer.results] == ["paris texas"]
    assert explain(answer.parts[0]).text.startswith("in Paris, Texas, United States")
    assert explain(answer.parts[0]).text.endswith("not Paris, France")
    make_photo(tmp_path / "texas" / "two.jpg", (250, 9, 3), place=(48.86, 2.35))
    make_photo(tmp_path / "texas" / "three.jpg", (250, 9, 4), place=(48.86, 2.34))
    import_into(asked.folder, tmp_path / "texas", places=PLACES)
    assert set(asked.names("photos from Paris")) == {"two", "three"}
    assert asked.names("photos from Paris, Texas") == ["paris texas"]


def test_colours_of_whole_pictures_are_facts(asked: Asked) -> None:
    shares = {"red rome": {"red": 0.5}, "green": {"green": 0.9, "red": 0.05}, "blue": {"grey": 0.7, "white": 0.3}}
    ids = {name_of(r.path): r.asset_id for r in asked("kind:photo").results}
    blank = dict.fromkeys(("black", "white", "grey", "red", "green"), 0.0)
    with asked.stores.catalog.write() as db:
        for name, colours in shares.items():
            row = {"asset_id": ids[name], "task": "colours", "card": "colours", "value": blank | colours, "at_s": 0.0}
            db.execute(facts.insert().values(**row))
    assert [asked.names(q) for q in ("color:red", "black and white photos")] == [["red rome"], ["blue"]]
    assert asked("color:red").results[0].score == 1.0


def test_a_portrait_is_a_picture_that_a_face_fills(asked: Asked) -> None:
    ids = {name_of(r.path): r.asset_id for r in asked("kind:photo").results}
    box = {"left": 0.3, "right": 0.6, "top": 0.2, "landmarks": [], "card": "faces.fake"}
    heights = {"red rome": (0.5, 0.9), "red lima": (0.05, 0.9), "green": (0.5, 0.65)}
    with asked.stores.catalog.write() as db:
        for name, (height, score) in heights.items():
            db.execute(faces.insert().values(asset_id=ids[name], bottom=0.2 + height, score=score, **box))
    assert asked.names("portrait photos") == ["red rome"]
