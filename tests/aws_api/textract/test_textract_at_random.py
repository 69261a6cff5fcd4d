"""Random requests to Textract's operations: answers that fit their shapes, and modelled errors only, never a 500."""

import asyncio
import base64
import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from botocore.parsers import create_parser
from hypothesis import given
from hypothesis import strategies as st

from albumen.aws_api.access import Access
from albumen.aws_api.gateway import Gateway
from albumen.aws_api.services.s3 import Store
from albumen.aws_api.services.textract import Textract
from albumen.aws_api.spec import Spec
from tests.aws_api.curiosity import curious
from tests.aws_api.textract.conftest import FakePages, picture, tiff

OPERATIONS = Spec().services["textract"]
SERVED = [n for n in OPERATIONS if "Adapter" not in n and "Lending" not in n and "Resource" not in n]
STORED = [
    {"S3Object": {"Bucket": b, "Name": n}} for b, n in (("papers", "two.tiff"), ("papers", "no"), ("nowhere", "x"))
]
BYTES = [{"Bytes": base64.b64encode(d).decode()} for d in (picture(), tiff(255, 255), picture()[:50], b"junk")]
JUNK = st.sampled_from([None, 0, -1, 10**12, 1e300, "", "\x00", "x" * 5000, [], {}, [[]], True, {"x": 1}, "ü💥"])
QUERY = st.fixed_dictionaries(
    {"Text": st.sampled_from(["What is the total?", "Who?"])},
    optional={
        "Alias": st.just("A"),
        "Pages": st.lists(st.sampled_from(["1", "2", "1-2", "2-1", "*", "2-*", "*-2", "-", "99", "0"]), min_size=1),
    },
)
FEATURES = st.lists(st.sampled_from(["TABLES", "FORMS", "QUERIES", "SIGNATURES", "LAYOUT"]))
KNOWN: dict[str, st.SearchStrategy[Any]] = {
    "Document": st.sampled_from([*BYTES, *STORED]),
    "DocumentPages": st.lists(st.sampled_from([*BYTES, *STORED]), min_size=1, max_size=2),
    "DocumentLocation": st.sampled_from(STORED),
    "FeatureTypes": FEATURES,
    "QueriesConfig": st.fixed_dictionaries({"Queries": st.lists(QUERY, min_size=1, max_size=32)}),
    "OutputConfig": st.sampled_from([{"S3Bucket": "papers"}, {"S3Bucket": "nowhere", "S3Prefix": "a"}]),
    "JobId": st.sampled_from(["0" * 64, "x"]),
    "JobTag": st.just("tag"),
    "ClientRequestToken": st.sampled_from(["one", "two"]),
    "MaxResults": st.integers(1, 2000),
    "NextToken": st.text("abc=", min_size=1, max_size=8),
}
REQUIRED = {"Document", "DocumentPages", "DocumentLocation", "JobId", "FeatureTypes"}


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str, Any], httpx.Response]]:
    folder = tmp_path_factory.mktemp("random")
    store = Store(folder / "buckets")
    store.create_bucket("000000000000", "papers")
    store.write("000000000000", "papers", "two.tiff", tiff(255, 255), "image/tiff")
    gateway = Gateway({"textract": Textract(FakePages(), folder, objects=store)}, access=Access())
    transport = httpx.ASGITransport(gateway, client=("127.0.0.1", 1))
    client, loop = httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:4747"), asyncio.new_event_loop()

    def post(operation: str, body: Any) -> httpx.Response:
        headers = {"x-amz-target": f"Textract.{operation}", "content-type": "application/x-amz-json-1.1"}
        return loop.run_until_complete(client.post("/", headers=headers, content=json.dumps(body)))

    yield post
    loop.run_until_complete(client.aclose())
    gateway.close()
    loop.close()


@pytest.mark.parametrize("operation", SERVED)
def test_any_request_gets_an_answer_or_a_modelled_error(
    ask: Callable[[str, Any], httpx.Response], operation: str
) -> None:
    known = OPERATIONS[operation]
    assert known.input is not None
    members = {n: KNOWN[n] for n in known.input.members if n in KNOWN}
    required = {n: s for n, s in members.items() if n in REQUIRED}
    requests = st.fixed_dictionaries(required, optional={n: s for n, s in members.items() if n not in required})
    names = st.sampled_from([*known.input.members, "NotAMember"])

    @curious(15)
    @given(requests, st.dictionaries(names, JUNK, max_size=1))
    def run(request: dict[str, Any], junk: dict[str, Any]) -> None:
        answer = ask(operation, request | junk)
        assert answer.status_code in (200, 400), answer.text
        given = {"status_code": answer.status_code, "headers": dict(answer.headers), "body": answer.content}
        parsed = create_parser("json").parse(given, known.model.output_shape)
        if answer.status_code == 200:
            assert b"null" not in answer.content
        else:
            assert parsed["Error"]["Code"] in known.errors and parsed["Error"]["Message"]

    run()
