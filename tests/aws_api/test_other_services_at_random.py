"""Valid random requests to S3, SQS, SNS and STS, written and read by botocore: no 500, no answer off its shape."""

import asyncio
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlencode

import httpx
import pytest
from botocore.parsers import create_parser
from botocore.serialize import create_serializer
from hypothesis import given
from hypothesis import strategies as st

from albumen.aws_api.application import app
from albumen.aws_api.spec import Operation
from albumen.aws_api.validation import problems
from tests.aws_api import aws_fakes
from tests.aws_api.curiosity import curious
from tests.aws_api.test_every_operation import values

ADDRESS = "http://127.0.0.1:4747"
ACCOUNT = "000000000000"
SERVED = {
    "s3": "ListBuckets CreateBucket HeadBucket DeleteBucket GetBucketLocation GetBucketVersioning ListObjects "
    "ListObjectsV2 ListObjectVersions PutObject GetObject HeadObject DeleteObject DeleteObjects CopyObject "
    "GetObjectTagging CreateMultipartUpload UploadPart UploadPartCopy CompleteMultipartUpload AbortMultipartUpload "
    "ListParts ListMultipartUploads",
    "sqs": "CreateQueue GetQueueUrl ListQueues GetQueueAttributes SetQueueAttributes DeleteQueue PurgeQueue "
    "SendMessage ReceiveMessage DeleteMessage DeleteMessageBatch ChangeMessageVisibility",
    "sns": "CreateTopic DeleteTopic ListTopics GetTopicAttributes Subscribe Unsubscribe ListSubscriptions "
    "ListSubscriptionsByTopic Publish",
    "sts": "GetCallerIdentity",
}
CASES = [(service, name) for service, names in SERVED.items() for name in names.split()]
UPLOADS: list[str] = []
TOPIC = f"arn:aws:sns:us-east-1:{ACCOUNT}:topic"
QUEUE = f"{ADDRESS}/{ACCOUNT}/queue"
KNOWN: dict[str, st.SearchStrategy[Any]] = {
    "Bucket": st.sampled_from(["bucket", "bucket", "bucket", "fresh", "nowhere"]),
    "Key": st.sampled_from(["a", "a", "b/c", "ü b", "new"]),
    "CopySource": st.sampled_from(["bucket/a", "bucket/b%2Fc", "bucket/gone", "x"]),
    "CopySourceRange": st.sampled_from(["bytes=0-1", "bytes=9-", "junk"]),
    "Range": st.sampled_from(["bytes=0-1", "bytes=-1", "bytes=9-", "junk"]),
    "Body": st.binary(max_size=20),
    "ContentMD5": st.just("1B2M2Y8AsgTpgAmY7PhCfg=="),
    "ContinuationToken": st.just("62"),
    "UploadId": st.sampled_from([0, 0, 0, 1]).map(lambda i: [*UPLOADS[-1:], "0" * 32][i]),
    "PartNumber": st.integers(-1, 10_001),
    "QueueUrl": st.sampled_from([QUEUE, QUEUE, f"{ADDRESS}/{ACCOUNT}/none", "junk"]),
    "QueueName": st.sampled_from(["queue", "made", "bad name"]),
    "WaitTimeSeconds": st.sampled_from([0, -1, 21]),
    "TopicArn": st.sampled_from([TOPIC, TOPIC, "junk"]),
    "Protocol": st.sampled_from(["sqs", "http"]),
    "Endpoint": st.sampled_from([f"arn:aws:sqs:us-east-1:{ACCOUNT}:queue", "junk"]),
}
LEFT_OUT = {"Expires", "IfModifiedSince", "IfUnmodifiedSince", "ChecksumAlgorithm", "ChecksumType"}
"""Members that botocore writes in a form of its own making; real clients try them in other tests."""


class Caller:
    """Sends what botocore serialises to the gateway, without a socket."""

    def __init__(self, folder: Path) -> None:
        self.gateway = app(folder, aws_fakes.tasks())
        self._loop = asyncio.new_event_loop()
        transport = httpx.ASGITransport(self.gateway, client=("127.0.0.1", 1))
        self._client = httpx.AsyncClient(transport=transport, base_url=ADDRESS)

    def operation(self, service: str, name: str) -> Operation:
        return self.gateway.spec.services[service][name]

    def members(self, operation: Operation) -> dict[str, Any]:
        """Return the members that are served or harmlessly passed over."""
        handler = self.gateway.handlers._table[operation.service, operation.name]  # pyright: ignore
        known = operation.input.members if operation.input else {}
        served = {n for n in known if operation.arguments[n] in handler.accepts or n in handler.ignores}
        return {n: m for n, m in known.items() if n in served - LEFT_OUT}

    def __call__(self, operation: Operation, members: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        kind = operation.protocol
        made = create_serializer(kind, include_validation=False).serialize_to_request(members, operation.model)
        path, _, literals = str(made["url_path"]).partition("?")
        query = "&".join(part for part in (literals, urlencode(made["query_string"] or {}, doseq=True)) if part)
        form = isinstance(made["body"], dict)
        content = urlencode(made["body"]).encode() if form else made["body"] or b""
        url = httpx.URL(ADDRESS).copy_with(raw_path=f"{quote(unquote(path))}?{query}".encode())
        answer = self._loop.run_until_complete(
            self._client.request(made["method"], url, headers=made["headers"], content=content)
        )
        assert answer.status_code < 500, answer.text
        shape = operation.model.output_shape
        streams = bool(shape and "Body" in shape.members)
        body = None if streams and answer.status_code < 300 else answer.content
        given_ = {"status_code": answer.status_code, "headers": answer.headers, "body": body}
        return answer.status_code, create_parser(kind).parse(given_, shape)

    def prepare(self) -> None:
        put = self.operation("s3", "PutObject")
        self(self.operation("s3", "CreateBucket"), {"Bucket": "bucket"})
        for key in ("a", "b/c"):
            self(put, {"Bucket": "bucket", "Key": key, "Body": b"body"})
        begun = self(self.operation("s3", "CreateMultipartUpload"), {"Bucket": "bucket", "Key": "a"})[1]
        UPLOADS.append(begun["UploadId"])
        self(self.operation("sqs", "CreateQueue"), {"QueueName": "queue"})
        self(self.operation("sns", "CreateTopic"), {"Name": "topic"})

    def sure(self, name: str) -> list[dict[str, Any]]:
        """Return requests that are answered, for operations where chance seldom makes one."""
        part = {"Bucket": "bucket", "Key": "a", "UploadId": UPLOADS[-1]}
        listed = {"Parts": [{"PartNumber": 1, "ETag": hashlib.md5(b"x").hexdigest()}]}
        match name:
            case "CopyObject":
                return [{"Bucket": "bucket", "Key": "new", "CopySource": "bucket/a"}]
            case "UploadPart":
                return [part | {"PartNumber": 1, "Body": b"x"}]
            case "UploadPartCopy":
                return [part | {"PartNumber": 2, "CopySource": "bucket/b%2Fc"}]
            case "CompleteMultipartUpload":
                self(self.operation("s3", "UploadPart"), part | {"PartNumber": 1, "Body": b"x"})
                return [part | {"MultipartUpload": listed}]
            case "ChangeMessageVisibility":
                self(self.operation("sqs", "SendMessage"), {"QueueUrl": QUEUE, "MessageBody": "x"})
                found = self(self.operation("sqs", "ReceiveMessage"), {"QueueUrl": QUEUE})[1]["Messages"][0]
                return [{"QueueUrl": QUEUE, "ReceiptHandle": found["ReceiptHandle"], "VisibilityTimeout": 1}]
            case "Subscribe":
                queue = f"arn:aws:sqs:us-east-1:{ACCOUNT}:queue"
                return [{"TopicArn": TOPIC, "Protocol": "sqs", "Endpoint": queue}]
            case _:
                return []

    def close(self) -> None:
        self._loop.run_until_complete(self._client.aclose())
        self.gateway.close()
        self._loop.close()


@pytest.fixture(scope="module")
def caller(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Caller]:
    made = Caller(tmp_path_factory.mktemp("random"))
    yield made
    made.close()


def test_every_served_operation_is_tried(caller: Caller) -> None:
    served = {k for k in caller.gateway.handlers._table if k[0] in SERVED}  # pyright: ignore
    assert served == set(CASES)


@pytest.mark.parametrize(("service", "name"), CASES)
def test_valid_requests_get_answers_of_their_shape(caller: Caller, service: str, name: str) -> None:
    caller.prepare()
    operation = caller.operation(service, name)
    drawn = {n: KNOWN[n] if n in KNOWN else values(m) for n, m in caller.members(operation).items()}
    required = set(operation.input.required_members) if operation.input else set()
    members = st.fixed_dictionaries(
        {n: drawn[n] for n in required}, optional={n: s for n, s in drawn.items() if n not in required}
    )
    answered: list[int] = []

    @curious(6)
    @given(members)
    def run(request: dict[str, Any]) -> None:
        status, parsed = caller(operation, request)
        parsed.pop("ResponseMetadata", None)
        parsed.pop("Body", None)
        if status >= 300:
            assert parsed["Error"]["Code"], parsed
            return
        answered.append(status)
        shape = operation.model.output_shape
        assert not [str(p) for p in problems(parsed, shape, "")] if shape else not parsed

    for plain in caller.sure(name):
        run.hypothesis.inner_test(request=plain)
    run()
    assert answered, "no request was answered, so no answer was checked"
