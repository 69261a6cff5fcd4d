"""The answers of AnalyzeDocument with its queries, AnalyzeExpense and AnalyzeID, in the shapes of Amazon Textract."""

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

from albumen.documents import facts, identity
from albumen.documents.document import Document, Page, Word, around
from albumen.documents.expense import reading
from albumen.documents.expense.field import Expense, Field
from albumen.documents.queries import query
from albumen.documents.textract import MODEL_VERSION, Block, Graph, geometry, graph, link


def analyze_document(
    document: Document, features: Sequence[str], queries: Sequence[tuple[str, str | None]] = ()
) -> Block:
    """Return the answer of AnalyzeDocument; each query is its text and its alias or None."""
    found: list[Block] = []
    for page in document.pages:
        made = graph(page, features)
        for text, alias in queries if "QUERIES" in features else ():
            _query(made, document, text, alias)
        found.extend(made.blocks)
    return {
        "DocumentMetadata": {"Pages": len(document.pages)},
        "Blocks": found,
        "AnalyzeDocumentModelVersion": MODEL_VERSION,
    }


def _query(made: Graph, document: Document, text: str, alias: str | None) -> None:
    """Append a question, and its answer if this page holds one."""
    asked = {"Text": text} | ({"Alias": alias} if alias else {})
    block = made.add("QUERY", Query=asked)
    made.adopt(block)
    answer = query(document, text, pages=(made.page.number,))
    if answer is not None:
        result = made.put("QUERY_RESULT", answer.box, answer.confidence, Text=answer.text)
        made.adopt(result)
        link(block, "ANSWER", [result["Id"]])


def analyze_expense(document: Document) -> Block:
    """Return the answer of AnalyzeExpense, one expense a page."""
    return {
        "DocumentMetadata": {"Pages": len(document.pages)},
        "ExpenseDocuments": [_expense(reading.read(page), index) for index, page in enumerate(document.pages, 1)],
    }


def _expense(found: Expense, index: int) -> Block:
    items = [{"LineItemExpenseFields": [_field(found.page, field) for field in item]} for item in found.items]
    return {
        "ExpenseIndex": index,
        "SummaryFields": [_summary(found.page, field) for field in found.fields],
        "LineItemGroups": [{"LineItemGroupIndex": 1, "LineItems": items}] if items else [],
        "Blocks": graph(found.page).blocks,
    }


def _field(page: Page, field: Field) -> Block:
    made: Block = {
        "Type": {"Text": field.kind, "Confidence": 100 * field.confidence},
        "ValueDetection": _detection(page, field.value, field.text),
        "PageNumber": page.number,
    }
    if field.label:
        made["LabelDetection"] = _detection(page, field.label, " ".join(word.text for word in field.label))
    return made


def _summary(page: Page, field: Field) -> Block:
    """Return a field with its currency and group, which only summary fields may have: clients refuse them on items."""
    code = facts.currency_of(field.text) if facts.MONEY.search(field.text) else None
    group = {"GroupProperties": [{"Types": [field.group], "Id": str(uuid.uuid4())}]} if field.group else {}
    return _field(page, field) | ({"Currency": {"Code": code, "Confidence": 90.0}} if code else {}) | group


def _detection(page: Page, words: Sequence[Word], text: str) -> Block:
    return {
        "Text": text,
        "Geometry": geometry(page, around(word.box for word in words)),
        "Confidence": 100 * min(1.0, sum(word.confidence for word in words) / len(words)),
    }


def analyze_id(documents: Sequence[Document], *, today: date) -> Block:
    """Return the answer of AnalyzeID for the pages (front, back) of one paper."""
    pages = [page for document in documents for page in document.pages]
    found = identity.read(pages, today=today)
    blocks = [block for page in pages for block in graph(page).blocks]
    return {
        "DocumentMetadata": {"Pages": len(pages)},
        "IdentityDocuments": [
            {
                "DocumentIndex": 1,
                "IdentityDocumentFields": [_identity(kind, found.get(kind)) for kind in identity.FIELDS],
                "Blocks": blocks,
            }
        ],
        "AnalyzeIDModelVersion": MODEL_VERSION,
    }


def _identity(kind: str, fact: identity.Fact | None) -> dict[str, Any]:
    detection: Block = {
        "Text": fact.text if fact else "",
        "Confidence": 100 * fact.confidence if fact else 90.0,
    }
    if fact and fact.day is not None:
        detection["NormalizedValue"] = {"Value": f"{fact.day.isoformat()}T00:00:00", "ValueType": "Date"}
    return {"Type": {"Text": kind}, "ValueDetection": detection}
