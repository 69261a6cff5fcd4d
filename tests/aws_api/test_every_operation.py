"""Random requests built from the shapes of every operation: answers that fit their shapes, and modelled errors only."""

import asyncio
import base64
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from botocore.model import ListShape, MapShape, StructureShape
from botocore.parsers import create_parser
from hypothesis import given
from hypothesis import strategies as st

from albumen.aws_api.access import Access
from albumen.aws_api.application import app
from albumen.aws_api.spec import Spec
from albumen.aws_api.validation import problems
from tests.aws_api import aws_fakes
from tests.aws_api.curiosity import curious

SPEC = Spec()
OPERATIONS = SPEC.services["rekognition"]
CURIOUS = curious(5)
BYTES = {"Bytes": base64.b64encode(aws_fakes.picture(aws_fakes.RED, aws_fakes.GREEN)).decode()}
JUNK = {"Bytes": base64.b64encode(b"junk").decode()}
STORED = {"S3Object": {"Bucket": "bucket", "Name": "photo.png"}}
VIDEO = {"S3Object": {"Bucket": "bucket", "Name": "clip.mp4"}}
NOBODY = "00000000-0000-0000-0000-000000000000"
FACES: list[str] = []
JOBS: list[str] = []
KNOWN: dict[str, st.SearchStrategy[Any]] = {
    "CollectionId": st.sampled_from(["known", "known", "known", "unknown"]),
    "UserId": st.sampled_from(["known", "known", "new"]),
    "S3Bucket": st.sampled_from(["bucket", "bucket", "nowhere"]),
    "FaceId": st.sampled_from([0, 1, 2]).map(lambda i: [*FACES, NOBODY][i]),
    "JobId": st.integers(0, 7).map(lambda i: JOBS[i]),
    "MediaAnalysisJobId": st.just(-1).map(lambda i: JOBS[i]),
    "Image": st.sampled_from([BYTES, BYTES, STORED, JUNK]),
    "Video": st.sampled_from([VIDEO, VIDEO, STORED]),
    "MediaAnalysisInput": st.just({"S3Object": {"Bucket": "bucket", "Name": "manifest"}}),
    "MediaAnalysisDetectModerationLabelsConfig": st.sampled_from([{}, {"MinConfidence": 70}]),
    "SearchUsersRequest": st.one_of(
        st.just({"CollectionId": "known", "UserId": "known"}),
        st.integers(0, 1).map(lambda i: {"CollectionId": "known", "FaceId": FACES[i]}),
    ),
    "ResourceArn": st.just("arn:aws:rekognition:us-east-1:000000000000:collection/known"),
}
RARE = {"NextToken", "HumanLoopConfig", "ProjectVersion", "KmsKeyId", "NotificationChannel", "Version"}
"""Members that mostly lead to a refusal; the test of broken requests tries them."""


class Caller:
    """Sends requests to the gateway without a socket, and keeps something to ask about."""

    def __init__(self, folder: Path) -> None:
        self._gateway = app(folder, aws_fakes.tasks())
        transport = httpx.ASGITransport(self._gateway, client=("127.0.0.1", 1))
        self._client = httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:4747")
        self._loop = asyncio.new_event_loop()
        self._folder = folder
        self.answered: set[str] = set()

    def __call__(self, operation: str, body: Any) -> httpx.Response:
        headers = {"x-amz-target": f"RekognitionService.{operation}", "content-type": "application/x-amz-json-1.1"}
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        answer = self._loop.run_until_complete(self._client.post("/", headers=headers, content=content))
        self.answered |= {operation} if answer.status_code == 200 else set()
        return answer

    def begin(self) -> None:
        """Fill a bucket, and finish a job of every kind."""
        bucket = self._folder / "buckets" / "000000000000" / "bucket"
        bucket.mkdir(parents=True)
        (bucket / "photo.png").write_bytes(aws_fakes.picture(aws_fakes.RED))
        (bucket / "manifest").write_text('{"source-ref": "s3://bucket/photo.png"}')
        aws_fakes.clip(bucket / "clip.mp4", [aws_fakes.RED], seconds=1)
        self.prepare()
        self._gateway.start()
        more: dict[str, Any] = {"FaceSearch": {"CollectionId": "known"}, "SegmentDetection": {"SegmentTypes": ["SHOT"]}}
        kinds = [n.removeprefix("Get") for n in OPERATIONS if n.startswith("Get") and f"Start{n[3:]}" in OPERATIONS]
        for kind in (k for k in kinds if k not in ("MediaAnalysisJob", "CelebrityRecognition")):
            JOBS.append(self(f"Start{kind}", {"Video": VIDEO} | more.get(kind, {})).json()["JobId"])
            while self(f"Get{kind}", {"JobId": JOBS[-1]}).json()["JobStatus"] == "IN_PROGRESS":
                time.sleep(0.02)
        where = {"S3Object": {"Bucket": "bucket", "Name": "manifest"}}
        asked = {"OperationsConfig": {"DetectModerationLabels": {}}, "Input": where}
        JOBS.append(self("StartMediaAnalysisJob", asked | {"OutputConfig": {"S3Bucket": "bucket"}}).json()["JobId"])

    def prepare(self) -> None:
        """See that there is a collection with faces and a user."""
        self("CreateCollection", {"CollectionId": "known"})
        self("CreateUser", {"CollectionId": "known", "UserId": "known"})
        found = self("IndexFaces", {"CollectionId": "known", "Image": BYTES}).json()["FaceRecords"]
        FACES[:] = [f["Face"]["FaceId"] for f in found]
        self("AssociateFaces", {"CollectionId": "known", "UserId": "known", "FaceIds": FACES[:1]})

    def end(self) -> None:
        self._loop.run_until_complete(self._client.aclose())
        self._gateway.close()
        self._loop.close()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Caller]:
    caller = Caller(tmp_path_factory.mktemp("aws"))
    caller.begin()
    yield caller
    caller.end()


@pytest.fixture
def post(served: Caller) -> Caller:
    served.prepare()
    return served


def values(shape: Any, depth: int = 0) -> st.SearchStrategy[Any]:
    """Return JSON that a shape allows."""
    if shape.name in KNOWN:
        found = KNOWN[shape.name]
        return found
    low, high = shape.metadata.get("min", 0), shape.metadata.get("max", 6)
    match shape:
        case StructureShape():
            required = {n: values(shape.members[n], depth + 1) for n in shape.required_members}
            others = {n: values(m, depth + 1) for n, m in shape.members.items() if n not in required and n not in RARE}
            return st.fixed_dictionaries(required, optional=others if depth < 3 else {})
        case ListShape():
            return st.lists(values(shape.member, depth + 1), min_size=low, max_size=min(high, low + 2))
        case MapShape():
            keys = st.text("abcdef", min_size=1, max_size=8)
            return st.dictionaries(keys, st.text("abc", max_size=8), min_size=low, max_size=min(high, low + 2))
        case _:
            return scalars(shape, low, high)


def scalars(shape: Any, low: int, high: int) -> st.SearchStrategy[Any]:
    match shape.type_name:
        case "string" if shape.enum:
            return st.sampled_from(shape.enum)
        case "string":
            pattern = shape.metadata.get("pattern")
            if pattern and "p{" not in pattern:
                return st.from_regex(pattern, fullmatch=True).filter(
                    lambda s: low <= len(s) <= shape.metadata.get("max", 9999)
                )
            return st.text("abc", min_size=low, max_size=max(low, min(high, low + 5)))
        case "integer" | "long":
            return st.integers(low, shape.metadata.get("max", 100))
        case "float" | "double":
            return st.floats(low, shape.metadata.get("max", 100), allow_nan=False)
        case "boolean":
            return st.booleans()
        case "timestamp":
            return st.integers(0, 2**31)
        case "blob":
            return st.binary(min_size=low, max_size=low + 20).map(lambda b: base64.b64encode(b).decode())
        case other:
            raise AssertionError(other)


def check(operation: str, answer: httpx.Response) -> None:
    """Refuse a 500, an unmodelled error, and an answer that botocore or our own gate would refuse."""
    known = OPERATIONS[operation]
    assert answer.status_code != 500, answer.text
    assert answer.headers["x-amzn-requestid"]
    given = {"status_code": answer.status_code, "headers": dict(answer.headers), "body": answer.content}
    parsed = create_parser("json").parse(given, known.model.output_shape)
    if answer.status_code == 200:
        assert b"null" not in answer.content
        parsed.pop("ResponseMetadata")
        assert not [str(p) for p in problems(parsed, known.model.output_shape, "")]
    else:
        assert parsed["Error"]["Code"] in known.errors, parsed
        assert parsed["Error"]["Message"]


@pytest.mark.parametrize("operation", OPERATIONS)
def test_valid_requests_get_answers_or_modelled_errors(post: Caller, operation: str) -> None:
    shape = OPERATIONS[operation].input

    @CURIOUS
    @given(values(shape) if shape else st.just({}))
    def run(request: Any) -> None:
        check(operation, post(operation, request))

    run()


@pytest.mark.parametrize("operation", OPERATIONS)
def test_broken_requests_get_modelled_errors(post: Caller, operation: str) -> None:
    shape = OPERATIONS[operation].input
    junk = st.sampled_from([None, 0, -1, 10**12, 1e300, "", "\x00", "x" * 5000, [], {}, [[]], True, {"x": 1}, "ü💥"])

    @CURIOUS
    @given(values(shape) if shape else st.just({}), st.data())
    def run(request: dict[str, Any], data: st.DataObject) -> None:
        names = sorted(shape.members) if shape else []
        name = data.draw(st.sampled_from([*names, "NotAMember"]))
        check(operation, post(operation, request | {name: data.draw(junk)}))

    run()


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff\xfe", b'"text"', b"null", b"[" * 100_000])
def test_a_body_that_is_no_json_object_is_refused(post: Caller, body: bytes) -> None:
    answer = post("DetectLabels", body)
    assert (answer.status_code, answer.json()["__type"]) == (400, "SerializationException")


def test_an_operation_that_no_model_knows_is_refused(post: Caller) -> None:
    answer = post("DetectNothing", {})
    assert (answer.status_code, answer.json()["__type"]) == (400, "UnknownOperationException")


def test_every_operation_is_served_or_says_why_not(post: Caller, tmp_path: Path) -> None:
    gateway = app(tmp_path, aws_fakes.tasks(), keys=None)
    reasons = gateway.handlers.reasons("rekognition")
    for name, operation in OPERATIONS.items():
        assert gateway.handlers.serves(operation) != (name in reasons), name
    gateway.close()


def test_most_random_requests_were_answered(served: Caller) -> None:
    unserved = set(app_reasons(served))
    silent = set(OPERATIONS) - served.answered - unserved
    assert not silent, f"these never gave an answer, so their answers were not checked: {sorted(silent)}"


def app_reasons(caller: Caller) -> set[str]:
    return {n for n, o in OPERATIONS.items() if not caller._gateway.handlers.serves(o)}  # pyright: ignore


def test_access_is_open_to_this_machine_only() -> None:
    assert Access().allows("http://localhost:3000")
    assert not Access().allows("https://example.com")
