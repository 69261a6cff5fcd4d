"""Questions to a document: the answer is a piece of it, with its place and confidence, or nothing.

Method: candidates from pairs, table cells and titles are scored by how well their label and the question cover each
other, and by whether the value is of the sort asked for; below a threshold the answer stays blank.
"""

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from albumen.documents import facts
from albumen.documents.document import Box, CellKind, Document, Line, Page, RegionKind, Table, Word, around

_THRESHOLD = 0.7
_SCORES = (0.7, 0.8, 0.9, 0.95, 1.0)
_RIGHT = (0.25, 0.5, 0.85, 0.93, 0.97)  # share of answers with such a score that were right
_FILLER = frozenset({
    "a", "an", "the", "of", "on", "in", "at", "to", "for", "from", "is", "are", "was", "were", "be", "been", "do",
    "does", "did", "what", "which", "who", "whom", "whose", "when", "where", "why", "how", "this", "that", "these",
    "those", "it", "its", "their", "there", "document", "page", "form", "please", "tell", "me", "give", "show",
    "find", "have", "has", "had", "and", "or", "by", "with", "as", "listed", "stated", "written", "shown",
    "mentioned", "value", "much", "many",
})  # fmt: skip
_SAME = (
    {"total", "sum", "amount", "overall"},
    {"date", "day", "dated"},
    {"number", "no", "num", "#", "id", "nr"},
    {"phone", "telephone", "tel", "mobile"},
    {"birth", "dob", "birthdate", "born"},
    {"expiry", "expiration", "exp", "expires", "expire"},
    {"issue", "iss", "issued"},
    {"vendor", "seller", "supplier", "company", "from"},
    {"customer", "buyer", "receiver", "client", "to"},
    {"salary", "pay", "wage", "wages"},
    {"year", "annual", "ytd"},
    {"email", "e-mail", "mail"},
    {"zip", "postcode", "postal"},
    {"gross", "before"},
)


@dataclass(frozen=True)
class Answer:
    """What answers a question: text, confidence 0 to 1, page number and box."""

    text: str
    confidence: float
    page: int
    box: Box


@dataclass(frozen=True)
class _Candidate:
    label: str
    words: tuple[Word, ...]
    page: int
    trust: float


def query(document: Document, question: str, *, pages: Sequence[int] | None = None) -> Answer | None:
    """Return the best answer to a question, or None if nothing in the document answers it."""
    asked = content(question)
    chosen = [p for p in document.pages if pages is None or p.number in pages]
    if not asked:
        return None
    if "title" in asked and len(asked) == 1:
        return _title(chosen)
    ranked = [(_score(asked, question, c), c) for page in chosen for c in _candidates(page)]
    score, best = max(ranked, key=lambda pair: pair[0], default=(0.0, None))
    if best is None or score < _THRESHOLD:
        return None
    text = " ".join(word.text for word in best.words)
    return Answer(text, float(np.interp(score, _SCORES, _RIGHT)), best.page, around(word.box for word in best.words))


def content(text: str) -> list[str]:
    """Return the words of a question or label that carry meaning, in lower case."""
    words = re.findall(r"[^\W_]+(?:['-][^\W_]+)*|#", text.casefold())
    return [w for w in (word.removesuffix("'s") for word in words) if w not in _FILLER]


def _candidates(page: Page) -> Iterator[_Candidate]:
    for pair in page.pairs:
        if pair.value:
            yield _Candidate(pair.key_text, pair.value, page.number, pair.confidence)
    for table in page.tables:
        yield from _cells(table, page.number)


def _cells(table: Table, page: int) -> Iterator[_Candidate]:
    """Yield body cells, labelled by the header above and the first cell of their row."""
    heads = {c.column: c.text for c in table.cells if c.kind is CellKind.HEADER}
    firsts = {c.row: c.text for c in reversed(table.cells) if c.words}
    for cell in table.cells:
        label = f"{firsts.get(cell.row, '')} {heads.get(cell.column, '')}".strip()
        if cell.words and cell.kind is not CellKind.HEADER and cell.text != firsts.get(cell.row):
            yield _Candidate(label, cell.words, page, 0.9)


def _score(asked: Sequence[str], question: str, candidate: _Candidate) -> float:
    label = content(candidate.label)
    if not label:
        return 0.0
    asked_found = sum(max(_alike(a, b) for b in label) for a in asked) / len(asked)
    label_found = sum(max(_alike(a, b) for b in asked) for a in label) / len(label)
    sort = _sort(question, " ".join(word.text for word in candidate.words))
    return (0.65 * asked_found + 0.35 * label_found) * sort * (0.9 + 0.1 * candidate.trust)


def _alike(a: str, b: str) -> float:
    if a == b or a.rstrip("s") == b.rstrip("s"):
        return 1.0
    if any(a in group and b in group for group in _SAME):
        return 0.85
    likeness = difflib.SequenceMatcher(None, a, b, autojunk=False).ratio()
    return likeness if likeness > 0.82 and min(len(a), len(b)) > 3 else 0.0


_SORTS: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...] = (
    (re.compile(r"\bwhen\b|\bdate\b|\bday\b|birth", re.IGNORECASE), facts.DATE),
    (re.compile(r"\bhow much\b|\bamount\b|\btotal\b|\bprice\b|\bcost\b|\btax\b", re.IGNORECASE), facts.NUMBER),
    (re.compile(r"\bnumber\b|\bhow many\b|\bphone\b|\bzip\b", re.IGNORECASE), facts.NUMBER),
    (re.compile(r"\be-?mail\b", re.IGNORECASE), facts.EMAIL),
    (re.compile(r"\bwho\b|\bname\b", re.IGNORECASE), re.compile(r"[^\W\d]{2}")),
)


def _sort(question: str, value: str) -> float:
    """Return 1 when a value is of the sort that the question asks for, less when it is not."""
    wanted = [pattern for asks, pattern in _SORTS if asks.search(question)]
    return 0.6 if wanted and not any(pattern.search(value) for pattern in wanted) else 1.0


def _title(pages: Sequence[Page]) -> Answer | None:
    """Return the heading at the top of the first page that has one."""
    for page in pages:
        heading = next((region for region in page.regions if region.kind is RegionKind.TITLE), None)
        lines: Sequence[Line] = heading.lines if heading else ()
        if lines:
            return Answer(" ".join(line.text for line in lines), 0.85, page.number, around(o.box for o in lines))
    return None
