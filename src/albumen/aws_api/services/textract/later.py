"""Operations that begin a job on a stored document of many pages, and those that answer with what it found."""

from collections.abc import Mapping, Sequence
from typing import Unpack, cast

from albumen.aws_api.services.rekognition.tasks import ReadsPages, need
from albumen.aws_api.services.textract import questions
from albumen.aws_api.services.textract.results import Rows
from albumen.aws_api.services.textract.stored import Common, Kind, Stored
from albumen.aws_api.services.textract.sync import NO_READER
from albumen.aws_api.wire import Call
from albumen.documents import answers, textract
from albumen.documents.document import Document
from albumen.documents.pages import Sheet
from albumen.jobs.queue import Job, Json
from albumen.jobs.worker import Work

TEXT = Kind("DocumentTextDetection", "Blocks", "DetectDocumentTextModelVersion", 1000)
ANALYSIS = Kind("DocumentAnalysis", "Blocks", "AnalyzeDocumentModelVersion", 1000)
EXPENSE = Kind("ExpenseAnalysis", "ExpenseDocuments", "AnalyzeExpenseModelVersion", 20)


class Later:
    """Start and Get of each kind of job."""

    def __init__(self, reader: ReadsPages | None, stored: Stored) -> None:
        self._reader, self._stored = reader, stored

    def works(self) -> Mapping[str, Work]:
        """Return the work of each kind of job."""
        kinds = ((TEXT, self._see_text), (ANALYSIS, self._analyse), (EXPENSE, self._see_expense))
        return {kind.name: self._stored.work(kind, look, _missing) for kind, look in kinds}

    # text

    def start_document_text_detection(self, call: Call, **given: Unpack[Common]) -> Json:
        """Begin to read a document."""
        need(self._reader, NO_READER)
        return self._stored.start(call, TEXT, given, {})

    def _see_text(self, job: Job, sheet: Sheet) -> Rows:
        return list(textract.blocks(self._read(sheet, structure=False)))

    def get_document_text_detection(
        self, call: Call, *, job_id: str, max_results: int = 0, next_token: str | None = None
    ) -> Json:
        """Answer with a page of lines and words."""
        return self._stored.get(call, TEXT, job_id, most=max_results, token=next_token)

    # analysis

    def start_document_analysis(
        self,
        call: Call,
        *,
        feature_types: Sequence[str],
        queries_config: questions.QueriesConfig | None = None,
        **given: Unpack[Common],
    ) -> Json:
        """Begin to look for tables, forms, layout, signatures and answers."""
        need(self._reader, NO_READER)
        queries = questions.checked(feature_types, queries_config, questions.MOST_STORED)
        return self._stored.start(call, ANALYSIS, given, {"features": list(feature_types), "queries": queries})

    def _analyse(self, job: Job, sheet: Sheet) -> Rows:
        features = cast("list[str]", job.request["features"])
        here = questions.asked(_queries(job), sheet.number)
        return answers.analyze_document(self._read(sheet), features, here)["Blocks"]

    def get_document_analysis(
        self, call: Call, *, job_id: str, max_results: int = 0, next_token: str | None = None
    ) -> Json:
        """Answer with a page of blocks."""
        return self._stored.get(call, ANALYSIS, job_id, most=max_results, token=next_token)

    # expense

    def start_expense_analysis(self, call: Call, **given: Unpack[Common]) -> Json:
        """Begin to read receipts and invoices."""
        need(self._reader, NO_READER)
        return self._stored.start(call, EXPENSE, given, {})

    def _see_expense(self, job: Job, sheet: Sheet) -> Rows:
        found: Rows = answers.analyze_expense(self._read(sheet))["ExpenseDocuments"]
        return [expense | {"ExpenseIndex": sheet.number} for expense in found]

    def get_expense_analysis(
        self, call: Call, *, job_id: str, max_results: int = 0, next_token: str | None = None
    ) -> Json:
        """Answer with a page of receipts."""
        return self._stored.get(call, EXPENSE, job_id, most=max_results, token=next_token)

    def _read(self, sheet: Sheet, *, structure: bool = True) -> Document:
        return Document((need(self._reader, NO_READER).page(sheet, structure=structure),))


def _queries(job: Job) -> list[questions.Query]:
    return cast("list[questions.Query]", job.request.get("queries", []))


def _missing(job: Job, pages: int) -> list[int]:
    return questions.beyond(_queries(job), pages)
