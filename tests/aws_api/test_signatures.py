"""Signatures: AWS's published test cases, real clients with right and wrong keys, and bodies in chunks."""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import urllib3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from albumen.aws_api.access import Access
from albumen.aws_api.bodies import Whole
from albumen.aws_api.chunks import Chunked, ChunkSigner, Hashed, unwrap
from albumen.aws_api.errors import Fault
from albumen.aws_api.signature import (
    Caller,
    Key,
    Signed,
    Verifier,
    canonical_path,
    canonical_query,
    canonical_request,
    read,
    signing_key,
)
from albumen.aws_api.spec import Spec
from albumen.aws_api.wire import Request

SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
SUITE = datetime(2015, 8, 30, 12, 36, tzinfo=UTC)
EMPTY = hashlib.sha256(b"").hexdigest()


class Suite:
    def find(self, access_key: str) -> Key | None:
        return Key(SECRET, "123456789012") if access_key == "AKIDEXAMPLE" else None


def request(
    method: str = "GET", path: str = "/", query: str = "", *, signature: str, signed: str, **headers: str
) -> Request:
    scope = "AKIDEXAMPLE/20150830/us-east-1/service/aws4_request"
    authorization = f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders={signed}, Signature={signature}"
    base = {"host": "example.amazonaws.com", "x-amz-date": "20150830T123600Z", "authorization": authorization}
    return Request(method, path, query, base | {k.replace("_", "-"): v for k, v in headers.items()}, Whole(b""))


@pytest.mark.parametrize(
    ("case", "made"),
    [
        (
            "get-vanilla",
            request(
                signed="host;x-amz-date",
                signature="5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
            ),
        ),
        (
            "get-vanilla-query-order-key-case",
            request(
                query="Param2=value2&Param1=value1",
                signed="host;x-amz-date",
                signature="b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
            ),
        ),
        (
            "get-utf8",
            request(
                path="/ሴ".encode().decode("latin-1"),
                signed="host;x-amz-date",
                signature="8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85",
            ),
        ),
        (
            "post-vanilla",
            request(
                "POST",
                signed="host;x-amz-date",
                signature="5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
            ),
        ),
    ],
)
def test_the_published_cases_verify(case: str, made: Request) -> None:
    verifier = Verifier(Suite(), now=lambda: SUITE)
    assert verifier.caller(made, service="service", body_hash=lambda: EMPTY).account == "123456789012"


def test_paths_are_normalised_and_encoded_twice_except_for_s3() -> None:
    assert canonical_path("/model/amazon.titan%3A0%2Fx/invoke", s3=False) == "/model/amazon.titan%253A0%252Fx/invoke"
    assert canonical_path("/a//b/../c/", s3=False) == "/a/c/"
    assert canonical_path("/b/a//b%20c/..", s3=True) == "/b/a//b%20c/.."
    assert canonical_query("b=2&a=%20x&a=1&X-Amz-Signature=z") == "a=%20x&a=1&b=2"


def signed_by_botocore(
    path: str, service: str, headers: dict[str, str] | None = None, at: datetime | None = None
) -> Request:
    """Return a request as botocore signs it now."""
    made = AWSRequest(
        "POST", f"http://127.0.0.1:4747{path}", data=b"body", headers={"Host": "127.0.0.1:4747", **(headers or {})}
    )
    SigV4Auth(Credentials("AKIDEXAMPLE", SECRET), service, "eu-west-1").add_auth(made)
    named = {k.lower(): v if isinstance(v, str) else v.decode() for k, v in made.headers.items()}
    return Request("POST", path, "", named, Whole(b"body"))


@pytest.mark.parametrize(
    "path", ["/", "/model/a.b-v2%3A0/invoke", "/model/arn%3Aaws%3Abedrock%3A%2Fx/converse", "/a%20b/~_-."]
)
def test_what_botocore_signs_verifies_and_what_was_changed_does_not(path: str) -> None:
    made = signed_by_botocore(path, "bedrock", {"X-Amz-Target": "a"})
    digest = hashlib.sha256(b"body").hexdigest
    assert Verifier(Suite()).caller(made, service="bedrock", body_hash=digest).region == "eu-west-1"
    changed = [
        Request("PUT", path, "", made.headers, made.body),
        Request("POST", path + "x", "", made.headers, made.body),
        Request("POST", path, "a=b", made.headers, made.body),
        Request("POST", path, "", {**made.headers, "x-amz-target": "b"}, made.body),
        Request("POST", path, "", {**made.headers, "host": "other"}, made.body),
    ]
    for other in changed:
        with pytest.raises(Fault, match="InvalidSignatureException"):
            Verifier(Suite()).caller(other, service="bedrock", body_hash=digest)
    with pytest.raises(Fault, match="InvalidSignatureException"):
        Verifier(Suite()).caller(made, service="bedrock", body_hash=hashlib.sha256(b"other").hexdigest)
    with pytest.raises(Fault, match="InvalidSignatureException"):
        Verifier(Suite()).caller(made, service="s3", body_hash=digest)
    extra = Request("POST", path, "", {**made.headers, "x-amz-meta": "unsigned"}, made.body)
    with pytest.raises(Fault, match="IncompleteSignatureException"):
        Verifier(Suite()).caller(extra, service="bedrock", body_hash=digest)


@pytest.mark.parametrize("minutes", [-20, 20])
def test_a_clock_that_is_off_is_refused(minutes: int) -> None:
    made = signed_by_botocore("/", "rekognition")
    late = Verifier(Suite(), now=lambda: datetime.now(UTC) + timedelta(minutes=minutes))
    with pytest.raises(Fault, match="RequestTimeTooSkewed"):
        late.caller(made, service="rekognition", body_hash=hashlib.sha256(b"body").hexdigest)


def rekognition_code(call: Callable[[], object]) -> str:
    with pytest.raises(ClientError) as error:
        call()
    return error.value.response["Error"]["Code"]


def test_real_clients_are_told_what_is_wrong_with_their_keys(client: Callable[..., Any], signed_server: str) -> None:
    assert client("s3").list_buckets()["Owner"]["ID"] == "111111111111"
    assert rekognition_code(lambda: client("rekognition").list_collections()) == "AccessDeniedException"
    assert rekognition_code(lambda: client("rekognition", secret="x").list_collections()) == "InvalidSignatureException"
    assert rekognition_code(lambda: client("rekognition", key="x").list_collections()) == "UnrecognizedClientException"
    assert rekognition_code(lambda: client("s3", secret="x").list_buckets()) == "SignatureDoesNotMatch"
    assert rekognition_code(lambda: client("s3", key="x").list_buckets()) == "InvalidAccessKeyId"
    answer = urllib3.PoolManager().request(
        "POST", signed_server, headers={"x-amz-target": "RekognitionService.ListCollections"}
    )
    assert (answer.status, answer.json()["__type"]) == (400, "MissingAuthenticationTokenException")


def anonymous(peer: str = "127.0.0.1", **headers: str) -> Caller:
    operation = Spec(["rekognition"]).services["rekognition"]["ListCollections"]
    made = Request("POST", "/", "", {"host": "localhost:4747", **headers}, Whole(b""))
    return Access().caller(made, operation, "rekognition", peer)


def test_without_keys_only_this_machine_is_served() -> None:
    assert anonymous().account == "000000000000"
    assert anonymous(origin="http://localhost:5173").account == "000000000000"
    with pytest.raises(Fault, match="only requests from this machine"):
        anonymous("192.0.2.1")
    with pytest.raises(Fault, match="only requests from this machine"):
        anonymous(host="rebound.example.com")
    with pytest.raises(Fault, match="may not use this server"):
        anonymous(origin="https://example.com")


def chunk(data: bytes, extension: str = "") -> bytes:
    return f"{len(data):x}{extension}\r\n".encode() + data + b"\r\n"


def test_chunked_bodies_are_put_together_and_their_trailers_read() -> None:
    wire = chunk(b"hello ") + chunk(b"world") + b"0\r\nx-amz-checksum-crc32: AAAA\r\n\r\n"
    body = unwrap(Whole(wire), {"x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER"}, Caller("1"))
    assert isinstance(body, Chunked)
    assert [body.read(4), body.read(4), body.read(4), body.read(4)] == [b"hell", b"o wo", b"rld", b""]
    assert body.trailers == {"x-amz-checksum-crc32": "AAAA"}


@pytest.mark.parametrize("wire", [b"", b"5\r\nab", b"zz\r\n", b"2\r\nabc\r\n0\r\n\r\n", b"ffffffffff\r\n", b"-1\r\n"])
def test_broken_chunks_are_refused(wire: bytes) -> None:
    with pytest.raises(Fault):
        Chunked(Whole(wire)).read()


def test_a_chunked_body_shorter_than_announced_is_refused() -> None:
    said = {"x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER", "x-amz-decoded-content-length": "9"}
    with pytest.raises(Fault, match="IncompleteBody"):
        unwrap(Whole(chunk(b"hello") + b"0\r\n\r\n"), said, Caller("1")).read()


def test_chunk_signatures_form_a_chain() -> None:
    caller = Caller("1", signing_key=b"k", seed="seed", moment="20150830T123600Z", scope="s")
    signer = ChunkSigner(caller)
    with pytest.raises(Fault, match="SignatureDoesNotMatch"):
        Chunked(Whole(chunk(b"x", ";chunk-signature=00") + b"0\r\n\r\n"), signer).read()


def test_the_published_chain_of_chunk_signatures_verifies() -> None:
    key = signing_key("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", ("20130524", "us-east-1", "s3"))
    seed = "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9"
    scope = "20130524/us-east-1/s3/aws4_request"
    signer = ChunkSigner(Caller("1", signing_key=key, seed=seed, moment="20130524T000000Z", scope=scope))
    first = "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648"
    second = "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497"
    last = "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9"
    parts = [chunk(b"a" * size, f";chunk-signature={s}") for size, s in ((65536, first), (1024, second), (0, last))]
    assert len(Chunked(Whole(b"".join(parts)), signer).read()) == 66560


def test_a_body_that_is_not_what_was_declared_is_refused() -> None:
    body = Hashed(Whole(b"other"), hashlib.sha256(b"this").hexdigest())
    with pytest.raises(Fault, match="XAmzContentSHA256Mismatch"):
        while body.read(2):
            pass


def test_what_a_request_says_of_its_signature_must_be_whole() -> None:
    for header in ("", "AWS4-HMAC-SHA256 Credential=x", "Basic abc", "AWS4-HMAC-SHA256 a=b, c"):
        with pytest.raises(Fault, match="IncompleteSignature"):
            read(Request("GET", "/", "", {"host": "h", "authorization": header}, Whole(b"")))
    assert (
        canonical_request(
            Request("GET", "/", "", {"host": " a  b "}, Whole(b"")),
            Signed("", ("", "", ""), ("host",), "", ""),
            s3=False,
            payload="p",
        )
        == "GET\n/\n\nhost:a b\n\nhost\np"
    )
