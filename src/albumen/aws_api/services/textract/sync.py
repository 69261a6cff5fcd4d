"""Operations that are answered at once, on documents of one page."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

from albumen.aws_api.services.rekognition.tasks import ReadsPages, need
from albumen.aws_api.services.textract import questions
from albumen.aws_api.services.textract.papers import DocumentRef, Papers
from albumen.aws_api.wire import Call
from albumen.documents import answers, textract
from albumen.documents.document import Document
from albumen.jobs.queue import Json

NO_READER = "reading documents"


class AtOnce:
    """Reads one page and answers."""

    def __init__(self, reader: ReadsPages | None, papers: Papers, today: Callable[[], date]) -> None:
        self._reader, self._papers, self._today = reader, papers, today

    def detect_document_text(self, call: Call, *, document: DocumentRef) -> Json:
        """Answer with lines and words."""
        return textract.detect_document_text(self._read(call, document, structure=False))

    def analyze_document(
        self,
        call: Call,
        *,
        document: DocumentRef,
        feature_types: Sequence[str],
        queries_config: questions.QueriesConfig | None = None,
    ) -> Json:
        """Answer with text and what was asked for: tables, forms, layout, signatures, questions."""
        queries = questions.checked(feature_types, queries_config, questions.MOST_AT_ONCE)
        return answers.analyze_document(self._read(call, document), feature_types, questions.asked(queries, 1))

    def analyze_expense(self, call: Call, *, document: DocumentRef) -> Json:
        """Answer with the fields and items of a receipt or invoice."""
        return answers.analyze_expense(self._read(call, document))

    def analyze_id(self, call: Call, *, document_pages: Sequence[DocumentRef]) -> Json:
        """Answer with the fields of an identity paper, front and back."""
        read = [self._read(call, ref, number=i) for i, ref in enumerate(document_pages, 1)]
        return answers.analyze_id(read, today=self._today())

    def _read(self, call: Call, ref: DocumentRef, *, structure: bool = True, number: int = 1) -> Document:
        reader = need(self._reader, NO_READER)
        sheet = replace(self._papers.sheet(call.account, ref), number=number)
        return Document((reader.page(sheet, structure=structure),))
