"""The page of models is what the cards say."""

from pathlib import Path

from albumen.models.cards import Cards
from albumen.models.docs import page

PAGE = Path(__file__).resolve().parents[2] / "docs" / "models.md"


def test_the_committed_page_is_up_to_date():
    assert PAGE.read_text("utf-8") == page(Cards.load()), "run `python -m albumen.models.docs docs/models.md`"


def test_the_page_marks_what_is_unpinned_and_what_is_not_free(make_card):
    card = make_card(a=(9_000_000, "hf:acme/towers@main/a.onnx")).model_copy(update={"licence": "CC-BY-NC-4.0"})
    row = "| `tower.test` (unpinned) | embed | 9.0 MB | CC-BY-NC-4.0, **not free for everyone** |  |"
    assert row in page([card])
    assert "From `hf:acme/towers@main`." in page([card])
