"""Textract's jobs on stored documents as boto3 sees them."""

import json
import time
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from albumen.aws_api.services.s3 import Store
from albumen.aws_api.services.textract import Textract
from albumen.aws_api.wire import Call
from tests.aws_api.textract.conftest import ROLE, TOPIC, FakePages, at, kinds, tiff, wait

CALL = Call("000000000000", "id")


def start(t: Any, name: str = "three.tiff", **more: Any) -> str:
    return t.start_document_text_detection(DocumentLocation=at(name), **more)["JobId"]


def code(ask: Any, **members: Any) -> str:
    with pytest.raises(ClientError) as caught:
        ask(**members)
    return caught.value.response["Error"]["Code"]


def test_reads_every_page_of_a_stored_document(t: Any, bucket: Any) -> None:
    answer = wait(t.get_document_text_detection, start(t))
    assert answer["JobStatus"] == "SUCCEEDED"
    assert answer["DocumentMetadata"] == {"Pages": 3}
    assert kinds(answer["Blocks"]) == {"PAGE": 3, "LINE": 12, "WORD": 24}
    assert [b["Page"] for b in answer["Blocks"] if b["BlockType"] == "PAGE"] == [1, 2, 3]
    assert "NextToken" not in answer and "Warnings" not in answer


def test_results_come_in_pages_that_make_up_the_whole(t: Any, bucket: Any) -> None:
    job = start(t)
    whole = [b["Id"] for b in wait(t.get_document_text_detection, job)["Blocks"]]
    seen: list[str] = []
    more: dict[str, str] = {}
    while True:
        answer = t.get_document_text_detection(JobId=job, MaxResults=7, **more)
        assert answer["DocumentMetadata"] == {"Pages": 3} and 0 < len(answer["Blocks"]) <= 7
        seen += [b["Id"] for b in answer["Blocks"]]
        if "NextToken" not in answer:
            break
        more = {"NextToken": answer["NextToken"]}
    assert seen == whole
    assert len(t.get_document_text_detection(JobId=job, MaxResults=5000)["Blocks"]) == 39


def test_a_token_is_good_for_its_own_job_only(t: Any, bucket: Any) -> None:
    one, other = start(t), start(t)
    for job in (one, other):
        wait(t.get_document_text_detection, job)
    token = t.get_document_text_detection(JobId=one, MaxResults=1)["NextToken"]
    get = t.get_document_text_detection
    assert code(get, JobId=other, NextToken=token) == "InvalidParameterException"
    assert code(get, JobId=one, NextToken="junk") == "InvalidParameterException"


def test_a_job_is_found_by_its_own_kind_only(t: Any, bucket: Any) -> None:
    job = start(t)
    assert code(t.get_document_analysis, JobId=job) == "InvalidJobIdException"
    assert code(t.get_expense_analysis, JobId=job) == "InvalidJobIdException"
    assert code(t.get_document_text_detection, JobId="0" * 64) == "InvalidJobIdException"


def test_questions_are_asked_on_their_pages(t: Any, bucket: Any) -> None:
    asked = [{"Text": "What is the total?", "Pages": p} for p in (["1"], ["2-3"], ["*"], ["7"])]
    config = {"Queries": [*asked, {"Text": "What is the total?", "Alias": "FIRST"}]}
    job = t.start_document_analysis(
        DocumentLocation=at("three.tiff"), FeatureTypes=["QUERIES", "TABLES"], QueriesConfig=config
    )
    answer = wait(t.get_document_analysis, job["JobId"])
    where = [b["Page"] for b in answer["Blocks"] if b["BlockType"] == "QUERY"]
    assert where == [1, 1, 1, 2, 2, 3, 3]
    assert answer["Warnings"] == [{"ErrorCode": "INVALID_REQUEST_PARAMETERS", "Pages": [7]}]
    assert kinds(answer["Blocks"])["TABLE"] == 3


def test_thirty_questions_a_page_are_the_most(t: Any, bucket: Any) -> None:
    asked = [{"Text": "What is the total?"}] * 31
    ask = {"DocumentLocation": at("three.tiff"), "FeatureTypes": ["QUERIES"]}
    assert code(t.start_document_analysis, **ask, QueriesConfig={"Queries": asked}) == "InvalidParameterException"
    assert t.start_document_analysis(**ask, QueriesConfig={"Queries": asked[1:]})["JobId"]
    assert code(t.start_document_analysis, **ask) == "InvalidParameterException"


def test_every_page_is_a_receipt_of_its_own(t: Any, bucket: Any) -> None:
    job = t.start_expense_analysis(DocumentLocation=at("three.tiff"))["JobId"]
    found = wait(t.get_expense_analysis, job)["ExpenseDocuments"]
    assert [f["ExpenseIndex"] for f in found] == [1, 2, 3]
    page = t.get_expense_analysis(JobId=job, MaxResults=2)
    assert len(page["ExpenseDocuments"]) == 2 and page["NextToken"]


def test_the_same_token_begins_one_job(t: Any, bucket: Any) -> None:
    first = start(t, ClientRequestToken="once", JobTag="a")
    assert start(t, ClientRequestToken="once", JobTag="a") == first
    changed = {"DocumentLocation": at("page.png"), "ClientRequestToken": "once", "JobTag": "a"}
    assert code(t.start_document_text_detection, **changed) == "IdempotentParameterMismatchException"


@pytest.mark.parametrize(
    ("name", "expected"),
    [("missing.pdf", "InvalidS3ObjectException"), ("notes.txt", "UnsupportedDocumentException")],
)
def test_a_job_that_cannot_succeed_is_not_begun(t: Any, bucket: Any, name: str, expected: str) -> None:
    assert code(t.start_document_text_detection, DocumentLocation=at(name)) == expected
    assert code(t.start_expense_analysis, DocumentLocation=at(name)) == expected


def test_a_topic_without_an_address_and_a_key_are_refused(t: Any, bucket: Any) -> None:
    channel = {"SNSTopicArn": TOPIC + "Other", "RoleArn": ROLE}
    for more in ({"NotificationChannel": channel}, {"KMSKeyId": "key"}):
        ask = {"DocumentLocation": at("three.tiff")} | more
        assert code(t.start_document_text_detection, **ask) == "InvalidParameterException"


def test_a_damaged_page_is_answered_blank_with_a_warning(t: Any, bucket: Any) -> None:
    answer = wait(t.get_document_text_detection, start(t, "torn.tiff"))
    assert answer["JobStatus"] == "PARTIAL_SUCCESS"
    assert answer["Warnings"] == [{"ErrorCode": "BAD_DOCUMENT", "Pages": [2]}]
    pages = [b["Page"] for b in answer["Blocks"] if b["BlockType"] == "PAGE"]
    assert pages == [1, 2, 3] and answer["DocumentMetadata"]["Pages"] == 3


def test_a_document_without_a_readable_page_fails_with_the_reason(t: Any, bucket: Any) -> None:
    answer = wait(t.get_document_text_detection, start(t, "black.tiff"))
    assert (answer["JobStatus"], "Blocks" in answer) == ("FAILED", False)
    assert "black" in answer["StatusMessage"]


def test_results_are_written_in_numbered_parts_without_nulls(t: Any, bucket: Any) -> None:
    job = start(t, OutputConfig={"S3Bucket": "papers", "S3Prefix": "out"})
    wait(t.get_document_text_detection, job)
    keys = [o["Key"] for o in bucket.list_objects_v2(Bucket="papers", Prefix=f"out/{job}")["Contents"]]
    assert keys == [f"out/{job}/.s3_access_check", f"out/{job}/1"]
    text = bucket.get_object(Bucket="papers", Key=f"out/{job}/1")["Body"].read().decode()
    part = json.loads(text)
    assert "null" not in text and len(part["Blocks"]) == 39
    assert part["DocumentMetadata"] == {"Pages": 3} and part["JobStatus"] == "SUCCEEDED"


def test_results_go_to_a_prefix_of_their_own_unless_told(t: Any, bucket: Any) -> None:
    job = t.start_expense_analysis(DocumentLocation=at("page.png"), OutputConfig={"S3Bucket": "papers"})["JobId"]
    wait(t.get_expense_analysis, job)
    assert bucket.head_object(Bucket="papers", Key=f"textract_output/{job}/1")["ContentLength"] > 100


def test_a_bucket_for_results_must_be_there(t: Any, bucket: Any) -> None:
    ask = {"DocumentLocation": at("page.png"), "OutputConfig": {"S3Bucket": "nowhere"}}
    assert code(t.start_document_text_detection, **ask) == "InvalidS3ObjectException"


def test_tells_a_topic_when_a_job_is_over(t: Any, bucket: Any, letters: list[dict[str, Any]]) -> None:
    job = start(t, NotificationChannel={"SNSTopicArn": TOPIC, "RoleArn": ROLE}, JobTag="march")
    wait(t.get_document_text_detection, job)
    (letter,) = letters
    said = json.loads(letter["Message"])
    assert time.time() * 1000 - said.pop("Timestamp") < 60_000
    assert said == {
        "JobId": job,
        "Status": "SUCCEEDED",
        "API": "StartDocumentTextDetection",
        "JobTag": "march",
        "DocumentLocation": {"S3ObjectName": "three.tiff", "S3Bucket": "papers"},
    }


def test_a_job_goes_on_after_a_restart_with_the_page_it_was_at(tmp_path: Path) -> None:
    store = Store(tmp_path / "buckets")
    store.create_bucket("000000000000", "papers")
    store.write("000000000000", "papers", "three.tiff", tiff(255, 255, 255), "image/tiff")

    class Stopping(FakePages):
        def page(self, sheet: Any, /, *, structure: bool = True) -> Any:
            if sheet.number == 2:
                before.workers[0]._stopping.set()  # pyright: ignore[reportPrivateUsage]
            return super().page(sheet, structure=structure)

    before = Textract(Stopping(), tmp_path, objects=store)
    later: Any = before.groups[1]
    job = later.start_document_text_detection(CALL, document_location=at("three.tiff"))["JobId"]
    before.workers[0].start()
    for thread in before.workers[0]._threads:  # pyright: ignore[reportPrivateUsage]
        thread.join(10)
    reader = FakePages()
    after = Textract(reader, tmp_path, objects=store)
    after.workers[0].start()
    get: Any = after.groups[1]
    answer = wait(lambda JobId: get.get_document_text_detection(CALL, job_id=JobId), job)
    after.workers[0].stop()
    assert reader.read == [(3, False)]
    assert answer["JobStatus"] == "SUCCEEDED" and len(answer["Blocks"]) == 39
