"""Tables made from captions alone."""

import hashlib

import numpy as np
import pytest

from albumen.training import concepts, wordnet
from albumen.vision.embed.features import categories

NOUNS = """\
  1 a licence line
00000100 03 n 01 animal 0 000 | a living thing
00000200 05 n 02 dog 0 hound 0 001 @ 00000100 n 0000 | a pet
00000300 05 n 01 crane 0 001 @ 00000100 n 0000 | a bird
00000400 06 n 01 engine 0 000 | a machine
00000500 06 n 01 crane 0 001 @ 00000400 n 0000 | lifts
00000600 06 n 01 dog 0 000 | an andiron
"""


@pytest.fixture
def nouns(tmp_path):
    (tmp_path / "data.noun").write_text(NOUNS)
    return wordnet.read(tmp_path)


def test_the_order_of_classes_tells_which_meaning_is_meant(nouns):
    assert wordnet.ascending(["dog", "crane", "engine", "crane"], nouns) == [200, 300, 400, 500]


def test_a_name_wordnet_lacks_is_passed_over(nouns):
    assert wordnet.ascending(["dog", "unheard of", "engine"], nouns) == [200, None, 400]


def test_more_general_words_name_a_thing_too(nouns):
    assert nouns.names(200) == {"dog", "hound", "animal"}


def test_features_are_what_a_caption_mentions():
    names = list(categories())
    x = concepts.features("Two dogs next to a red traffic light")
    assert x[names.index("dog")] == x[80 + names.index("dog")] == x[names.index("traffic light")] == 1
    assert x[80 + names.index("traffic light")] == x[names.index("cat")] == 0
    assert x.sum() == 5  # with `two` and `red`


class Hashed:
    """Embeds texts as sums of random vectors of their words."""

    def __init__(self, dim):
        self.dim = dim

    def embed(self, texts):
        return concepts.unit(
            np.array([sum((self._word(w) for w in t.lower().split()), np.zeros(self.dim)) for t in texts])
        )

    def _word(self, word):
        seed = int(hashlib.sha256(word.encode()).hexdigest()[:8], 16)
        return np.random.default_rng(seed).normal(size=self.dim)


def test_tables_carry_a_thing_to_the_captions_that_mention_it(nouns):
    groups = [
        [f"a {thing} by the {place}", f"one {thing}"] for thing in ("dog", "cat", "pizza") for place in ("sea", "house")
    ] * 20
    tables = concepts.build(groups, nouns, Hashed(24), Hashed(16))
    dog = list(categories()).index("dog")
    x = tables.mean.copy()
    x[dog] = 1
    vector = concepts.unit((x - tables.mean) @ tables.head)
    wanted = concepts.unit(Hashed(24).embed(["one dog", "one cat", "one pizza"]) - tables.centre)
    assert (wanted @ vector).argmax() == 0
    said = tables.rate[: tables.common] + (x - tables.mean) @ tables.word_head
    columns = tables.words.tolist()
    assert said[columns.index("dog")] > 0.6 > 0.4 > said[columns.index("cat")]
