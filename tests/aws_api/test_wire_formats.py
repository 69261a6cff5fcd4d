"""What we serialise botocore parses, what botocore serialises we parse, and AWS's own examples go through alike."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib import resources
from typing import Any
from urllib.parse import quote

import pytest
from botocore.awsrequest import HeadersDict
from botocore.model import OperationModel
from botocore.parsers import create_parser
from botocore.serialize import create_serializer

from albumen.aws_api import protocol
from albumen.aws_api.bodies import Whole
from albumen.aws_api.dispatch import is_aws, locate
from albumen.aws_api.errors import Fault
from albumen.aws_api.spec import Operation, Spec
from albumen.aws_api.validation import problems
from albumen.aws_api.wire import Reply, Request

SPEC = Spec()
EXAMPLES = json.loads(resources.files("botocore").joinpath("data/rekognition/2016-06-27/examples-1.json").read_text())[
    "examples"
]
CASES = [(name, i) for name, found in EXAMPLES.items() for i in range(len(found))]


def wire(operation: Operation, members: dict[str, Any]) -> Request:
    """Return the request that botocore makes of members."""
    made = create_serializer(operation.model.service_model.resolved_protocol).serialize_to_request(
        members, operation.model
    )
    path, _, literal = made["url_path"].partition("?")
    query = [literal] if literal else []
    pairs = made["query_string"].items() if isinstance(made["query_string"], Mapping) else made["query_string"]
    query += [f"{k}={quote(str(v))}" for k, v in pairs]
    body = made["body"] if isinstance(made["body"], bytes) else str(made["body"] or "").encode()
    headers = {k.lower(): str(v) for k, v in made["headers"].items()}
    return Request(made["method"], path, "&".join(query), headers, Whole(body))


def parsed(reply: Reply, model: OperationModel) -> dict[str, Any]:
    body = reply.body if isinstance(reply.body, bytes) else b"".join(reply.body)
    given = {"status_code": reply.status, "headers": HeadersDict(reply.headers), "body": body}
    found = create_parser(model.service_model.resolved_protocol).parse(given, model.output_shape)
    found.pop("ResponseMetadata")
    return found


@pytest.mark.parametrize(("name", "i"), CASES)
def test_the_examples_of_aws_go_through(name: str, i: int) -> None:
    operation, example = SPEC.services["rekognition"][name], EXAMPLES[name][i]
    request = wire(operation, example["input"])
    meant = locate(SPEC, request)
    assert meant.operation == operation
    members = protocol.parse(operation, request, meant.labels)
    assert members == example["input"]
    assert not list(problems(members, operation.model.input_shape, ""))
    reply = protocol.answer(operation, example["output"], "id")
    assert parsed(reply, operation.model) == example["output"]


@pytest.mark.parametrize(
    ("service", "name", "members"),
    [
        ("s3", "PutObject", {"Bucket": "b", "Key": "a b/ü/..", "Metadata": {"x": "y"}, "ContentType": "t"}),
        ("s3", "ListObjectsV2", {"Bucket": "b", "Prefix": "a+ b&", "MaxKeys": 3, "FetchOwner": True}),
        ("s3", "GetObject", {"Bucket": "b", "Key": "k", "IfModifiedSince": datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)}),
        ("s3", "DeleteObjects", {"Bucket": "b", "Delete": {"Objects": [{"Key": "a"}, {"Key": "b&"}], "Quiet": True}}),
        ("s3", "UploadPart", {"Bucket": "b", "Key": "k", "PartNumber": 3, "UploadId": "u"}),
        (
            "bedrock-runtime",
            "InvokeModel",
            {"modelId": "arn:aws:x/y", "body": b"{}", "contentType": "application/json"},
        ),
        ("bedrock-runtime", "Converse", {"modelId": "m:0", "messages": [{"role": "user", "content": [{"text": "ü"}]}]}),
        ("bedrock", "ListFoundationModels", {"byProvider": "p", "byOutputModality": "IMAGE"}),
    ],
)
def test_rest_requests_are_read_as_botocore_wrote_them(service: str, name: str, members: dict[str, Any]) -> None:
    operation = SPEC.services[service][name]
    request = wire(operation, members)
    found = SPEC.route(service, request.method, request.raw_path, request.query, request.headers)
    assert found and found.operation == operation
    read = protocol.parse(operation, request, found.labels)
    shown = {k: v.read() if hasattr(v, "read") else v for k, v in read.items() if k in members}
    assert shown == members


@pytest.mark.parametrize(
    ("service", "name", "result"),
    [
        (
            "s3",
            "ListObjectsV2",
            {"Name": "b", "KeyCount": 1, "IsTruncated": False, "Contents": [{"Key": "<&ü>", "Size": 1}]},
        ),
        ("s3", "HeadObject", {"ContentLength": 3, "ETag": '"x"', "Metadata": {"a": "b"}, "ContentType": "t"}),
        ("s3", "CopyObject", {"CopyObjectResult": {"ETag": '"x"', "LastModified": datetime(2020, 1, 2, tzinfo=UTC)}}),
        ("s3", "DeleteObjects", {"Deleted": [{"Key": "a"}, {"Key": "b"}]}),
        ("s3", "ListParts", {"Bucket": "b", "Parts": [{"PartNumber": 1, "Size": 2}], "IsTruncated": True}),
        (
            "bedrock",
            "ListFoundationModels",
            {"modelSummaries": [{"modelArn": "a", "modelId": "i", "inputModalities": ["TEXT"]}]},
        ),
    ],
)
def test_rest_answers_are_read_by_botocore_as_they_were_meant(service: str, name: str, result: dict[str, Any]) -> None:
    operation = SPEC.services[service][name]
    found = parsed(protocol.answer(operation, result, "id"), operation.model)
    assert {k: v for k, v in found.items() if k in result} == result


@pytest.mark.parametrize(
    ("service", "code", "status"), [("bedrock-runtime", "ThrottlingException", 429), ("s3", "NoSuchKey", 404)]
)
def test_refusals_have_the_status_of_the_model(service: str, code: str, status: int) -> None:
    operation = SPEC.services[service]["Converse" if service != "s3" else "GetObject"]
    reply = protocol.refuse(Fault(code, "why"), operation, operation.protocol, "id")
    assert reply.status == status
    given = {"status_code": status, "headers": {k.lower(): v for k, v in reply.headers.items()}, "body": reply.body}
    error = create_parser(operation.protocol).parse(given, operation.model.output_shape)["Error"]
    assert (error["Code"], error["Message"]) == (code, "why")


def test_nulls_and_unknown_members_never_leave_the_server() -> None:
    operation = SPEC.services["rekognition"]["ListCollections"]
    reply = protocol.answer(operation, {"CollectionIds": [], "NextToken": None, "Other": 1}, "id")
    assert reply.body == b'{"CollectionIds":[]}'


@pytest.mark.parametrize("body", [b"<", b"<!DOCTYPE x [<!ENTITY a 'b'>]><Delete/>", b"\xff\xff"])
def test_malformed_xml_is_refused(body: bytes) -> None:
    operation = SPEC.services["s3"]["DeleteObjects"]
    with pytest.raises(Fault, match="MalformedXML"):
        protocol.parse(operation, Request("POST", "/b", "delete", {}, Whole(body)), {"Bucket": "b"})


def test_a_shape_departs_in_every_way_it_can() -> None:
    shape = SPEC.services["rekognition"]["DetectLabels"].model.input_shape
    wrong = {"MinConfidence": 250, "MaxLabels": -1, "Features": ["BOGUS"], "Image": {"Bytes": "text"}, "X": 1}
    kinds = {(p.at, p.kind) for p in problems(wrong, shape, "")}
    assert kinds == {
        ("MinConfidence", "max"),
        ("MaxLabels", "min"),
        ("Features[0]", "enum"),
        ("Image.Bytes", "type"),
        ("X", "unknown"),
    }
    name = SPEC.services["rekognition"]["DescribeCollection"].model.input_shape
    assert [p.kind for p in problems({"CollectionId": "bad id!"}, name, "")] == ["pattern"]
    assert [p.kind for p in problems({}, name, "")] == ["required"]


def test_every_pattern_of_every_service_compiles() -> None:
    for model in SPEC.models.values():
        for name in model.shape_names:
            shape = model.shape_for(name)
            if shape.type_name == "string" and "pattern" in shape.metadata:
                list(problems("a" * int(shape.metadata.get("min", 1)), shape, "x"))


def test_requests_of_aws_clients_are_told_from_a_browsers() -> None:
    def aws(method: str = "GET", path: str = "/", query: str = "", **headers: str) -> bool:
        named = {k.replace("_", "-"): v for k, v in headers.items()}
        return is_aws(Request(method, path, query, named, Whole(b"")))

    assert aws(x_amz_target="x") and aws(query="X-Amz-Signature=1")
    assert not aws(query="q=1", authorization="Bearer x", accept="text/html")
    form = {"content_type": "multipart/form-data; boundary=x"}
    assert aws("POST", "/bucket", **form) and not aws("POST", "/api/files", **form) and not aws("GET", "/x", **form)
