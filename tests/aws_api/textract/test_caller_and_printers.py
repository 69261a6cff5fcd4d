"""AWS's own caller, pretty-printer and response parsers against a running server that asks for signatures."""

import json
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.aws_api.textract.conftest import ROLE, WHITE, kinds, picture, tiff

pytest.importorskip("textractcaller")
from textractcaller import (
    QueriesConfig,
    Query,
    Textract_Features,
    call_textract,
    call_textract_analyzeid,
    call_textract_expense,
    call_textract_lending,
    get_full_json,
    get_full_json_from_output_config,
)
from textractcaller.t_call import (
    Adapter,
    AdaptersConfig,
    NotificationChannel,
    OutputConfig,
    Textract_API,
    Textract_Call_Mode,
)
from textractprettyprinter import t_pretty_print_expense
from textractprettyprinter.t_pretty_print import (
    Pretty_Print_Table_Format,
    Textract_Pretty_Print,
    get_string,
    get_text_from_layout_json,
)
from textractprettyprinter.t_pretty_print_layout import get_layout_csv_from_trp2
from trp import Document, trp2_analyzeid, trp2_expense
from trp.trp2 import TDocumentSchema

# the caller leaves the files that it opens to the garbage collector
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
FEATURES = list(Textract_Features)
QUESTIONS = QueriesConfig([Query("What is the total?", alias="TOTAL", pages=["1"]), Query("Who is the pilot?")])
QUICK = {"force_async_api": True, "job_done_polling_interval": 0.02}


@pytest.fixture(scope="module", autouse=True)
def papers(signed_server: Path) -> None:
    """Put documents into a bucket."""
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket="papers", CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
    for name, data in {"page.png": picture(), "page.pdf": picture("PDF"), "three.tiff": tiff(*[WHITE] * 3)}.items():
        s3.put_object(Bucket="papers", Key=f"in/{name}", Body=data)


@pytest.fixture(scope="module")
def analysis() -> dict[str, Any]:
    return call_textract(picture(), FEATURES, QUESTIONS)


@pytest.fixture(scope="module")
def receipts() -> dict[str, Any]:
    return call_textract_expense("s3://papers/in/three.tiff", **QUICK)


# the caller


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF"])
def test_a_call_with_bytes_and_with_a_file(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"page.{kind.lower()}"
    path.write_bytes(picture(kind))
    for source in (str(path), path.read_bytes(), bytearray(path.read_bytes())):
        for features in (None, [], FEATURES[:2]):
            assert Document(call_textract(source, features)).pages[0].lines[1].text == "Total: 42.00"


@pytest.mark.parametrize("mode", [Textract_Call_Mode.DEFAULT, Textract_Call_Mode.FORCE_SYNC])
def test_a_call_with_a_stored_picture(mode: Textract_Call_Mode) -> None:
    assert kinds(call_textract("s3://papers/in/page.png", call_mode=mode)["Blocks"]) == {
        "PAGE": 1,
        "LINE": 4,
        "WORD": 8,
    }


@pytest.mark.parametrize(
    "how",
    [
        {"force_async_api": True},
        {"call_mode": Textract_Call_Mode.FORCE_ASYNC},
        {"force_async_api": True, "features": FEATURES, "queries_config": QUESTIONS},
    ],
)
def test_a_call_that_waits_for_a_job(how: dict[str, Any]) -> None:
    answer = call_textract("s3://papers/in/three.tiff", job_done_polling_interval=0.02, **how)
    assert answer["JobStatus"] == "SUCCEEDED" and len(Document(answer).pages) == 3
    assert kinds(answer["Blocks"]).get("TABLE", 0) == (3 if "features" in how else 0)


def test_a_stored_pdf_is_a_job_by_its_name_or_its_kind() -> None:
    for name, more in (("page.pdf", {}), ("page.png", {"mime_type": "application/pdf"})):
        answer = call_textract(f"s3://papers/in/{name}", job_done_polling_interval=0.02, **more)
        assert answer["JobStatus"] == "SUCCEEDED"


def test_a_job_with_all_its_options_tells_a_queue_and_writes_its_results() -> None:
    sns, sqs = boto3.client("sns"), boto3.client("sqs")
    topic, queue = sns.create_topic(Name="done")["TopicArn"], sqs.create_queue(QueueName="done")["QueueUrl"]
    about = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=about["QueueArn"])
    output = OutputConfig(s3_bucket="papers", s3_prefix="test/outputconfig")
    options = {
        "features": FEATURES,
        "queries_config": QUESTIONS,
        "output_config": output,
        "job_tag": "ledgers",
        "client_request_token": "once",
        "notification_channel": NotificationChannel(role_arn=ROLE, sns_topic_arn=topic),
        "return_job_id": True,
        "force_async_api": True,
    }
    jobs = {call_textract("s3://papers/in/three.tiff", **options)["JobId"] for _ in range(2)}
    (message,) = sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=20)["Messages"]
    told = json.loads(json.loads(message["Body"])["Message"])
    assert jobs == {told["JobId"]} and (told["Status"], told["JobTag"]) == ("SUCCEEDED", "ledgers")
    whole = get_full_json(told["JobId"], Textract_API.ANALYZE, boto3.client("textract"), 0.02)
    written = get_full_json_from_output_config(output_config=output, job_id=told["JobId"])
    assert written["Blocks"] == whole["Blocks"] and kinds(whole["Blocks"])["QUERY_RESULT"] == 1
    assert TDocumentSchema().load(written).get_query_answers(TDocumentSchema().load(written).pages[0])


def test_a_job_of_more_than_a_thousand_blocks_is_put_together_again() -> None:
    boto3.client("s3").put_object(Bucket="papers", Key="in/long.tiff", Body=tiff(*[WHITE] * 50))
    answer = call_textract("s3://papers/in/long.tiff", FEATURES, QUESTIONS, **QUICK)
    assert len(answer["Blocks"]) > 1000 and kinds(answer["Blocks"])["PAGE"] == answer["DocumentMetadata"]["Pages"] == 50
    assert "NextToken" not in answer


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({}, "UnsupportedDocumentException"),
        ({"kms_key_id": "key", **QUICK}, "InvalidParameterException"),
        (
            {"features": FEATURES[:1], "adapters_config": AdaptersConfig([Adapter("a" * 12, "1")])},
            "InvalidParameterException",
        ),
        ({"output_config": OutputConfig("nowhere", "x"), **QUICK}, "InvalidS3ObjectException"),
    ],
)
def test_what_a_call_is_refused_with(options: dict[str, Any], code: str) -> None:
    with pytest.raises(ClientError) as caught:
        call_textract("s3://papers/in/three.tiff", **options)
    assert caught.value.response["Error"]["Code"] == code


def test_mortgage_papers_are_refused_with_the_reason() -> None:
    with pytest.raises(ClientError, match="mortgages"):
        call_textract_lending("s3://papers/in/page.pdf", return_job_id=True)


def test_a_call_for_receipts(receipts: dict[str, Any]) -> None:
    for source in (picture(), bytearray(picture("TIFF")), "s3://papers/in/page.png"):
        assert len(call_textract_expense(source)["ExpenseDocuments"]) == 1
    assert [e["ExpenseIndex"] for e in receipts["ExpenseDocuments"]] == [1, 2, 3]


def test_a_call_for_identity_papers() -> None:
    for sides in (["s3://papers/in/page.png"], [bytearray(picture())], [picture(), "s3://papers/in/page.png"]):
        found = trp2_analyzeid.TAnalyzeIdDocumentSchema().load(call_textract_analyzeid(sides))
        assert len(found.identity_documents[0].identity_document_fields) == 21
        assert len(found.get_values_as_list()) == 21


# parsers and printers


def test_both_parsers_read_an_analysis(analysis: dict[str, Any]) -> None:
    (page,) = Document(analysis).pages
    assert [[cell.text.strip() for cell in row.cells] for t in page.tables for row in t.rows] == [["Total:", "42.00"]]
    assert next((field.key.text, field.value.text) for field in page.form.fields) == ("Total:", "42.00")
    parsed = TDocumentSchema().load(analysis)
    (only,) = parsed.pages
    assert sorted((a[:3] for a in parsed.get_query_answers(only)), key=lambda a: a[0]) == [
        ["What is the total?", "TOTAL", "42.00"],
        ["Who is the pilot?", None, ""],
    ]
    assert len(parsed.signatures(only)) == len(parsed.tables(only)) == 1
    assert len(TDocumentSchema().dump(parsed)["Blocks"]) == len(analysis["Blocks"])


@pytest.mark.parametrize("table_format", list(Pretty_Print_Table_Format))
def test_every_format_of_the_printer(
    analysis: dict[str, Any], receipts: dict[str, Any], table_format: Pretty_Print_Table_Format
) -> None:
    text = get_string(analysis, list(Textract_Pretty_Print), table_format, with_confidence=True, with_geo=True)
    assert "Ledger" in text and "42.00" in text and "03/04/1990" in text
    expense = t_pretty_print_expense.get_string(
        receipts, list(t_pretty_print_expense.Textract_Expense_Pretty_Print), table_format
    )
    assert expense.count("42.00") >= 3


def test_the_layout_as_text_and_as_rows(analysis: dict[str, Any], receipts: dict[str, Any]) -> None:
    assert "Ledger 1" in get_text_from_layout_json(analysis, generate_markdown=True)[1]
    (rows,) = get_layout_csv_from_trp2(TDocumentSchema().load(analysis))
    assert any("Ledger 1" in row for row in rows)
    assert len(trp2_expense.TAnalyzeExpenseDocumentSchema().load(receipts).expenses_documents) == 3
