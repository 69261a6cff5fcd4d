"""At each limit and one step over it: what is still answered, what is refused with which error, and nothing stored."""

import base64
import hashlib
import http.client
import io
import json
import os
import struct
import unicodedata
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import httpx
import numpy as np
import pytest
from botocore.auth import S3SigV4QueryAuth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError
from PIL import Image as Pillow

from albumen.aws_api.access import Access
from albumen.aws_api.application import Options, services
from albumen.aws_api.errors import Fault
from albumen.aws_api.forms import Form, check
from albumen.aws_api.services.s3.store import HIDDEN
from tests.aws_api import aws_fakes
from tests.aws_api.aws_fakes import BLUE, GREY, RED, picture
from tests.aws_api.conftest import SECRET, OneKey, wait_for

MIB = 1024 * 1024
ACCOUNT = "111111111111"


@dataclass
class Site:
    """A server with access keys, its address and its folder."""

    address: str
    folder: Path

    def client(self, service: str, secret: str = SECRET, **config: Any) -> Any:
        return boto3.client(
            service,
            endpoint_url=self.address,
            region_name="us-east-1",
            aws_access_key_id="AKIDEXAMPLE",
            aws_secret_access_key=secret,
            config=Config(retries={"max_attempts": 2, "mode": "standard"}, **config),
        )

    def files(self) -> list[str]:
        """Return every file below the folder of buckets, notes aside."""
        root = self.folder / "buckets"
        found = (p.relative_to(root).as_posix() for p in root.rglob("*") if p.is_file())
        return sorted(p for p in found if "/notes/" not in p)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, serving: Callable[..., Any]) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("boundaries")
    made = services(folder, aws_fakes.tasks(), Options())
    with serving(made, Access.by_keys(OneKey())) as address:
        wait_for(address)
        site = Site(address, folder)
        site.client("s3").create_bucket(Bucket="media")
        yield site


@pytest.fixture(scope="module")
def r(site: Site) -> Any:
    return site.client("rekognition")


@pytest.fixture(scope="module")
def s3(site: Site) -> Any:
    return site.client("s3")


def code(call: Callable[[], object]) -> str:
    with pytest.raises(ClientError) as error:
        call()
    about = error.value.response["ResponseMetadata"]
    assert (about["HTTPStatusCode"] < 500, about["RetryAttempts"]) == (True, 0)
    return str(error.value.response["Error"]["Code"])


def padded(data: bytes, size: int) -> bytes:
    return data + bytes(size - len(data))


# pictures


def test_five_megabytes_of_bytes_are_answered_and_one_more_is_too_large(r: Any) -> None:
    assert r.detect_faces(Image={"Bytes": padded(picture(RED), 5 * MIB)})["FaceDetails"]
    large = {"Bytes": padded(picture(RED), 5 * MIB + 1)}
    assert code(lambda: r.detect_faces(Image=large)) == "ImageTooLargeException"
    assert code(lambda: r.compare_faces(SourceImage={"Bytes": picture(RED)}, TargetImage=large)) == (
        "ImageTooLargeException"
    )


def test_fifteen_megabytes_of_an_object_are_answered_and_one_more_is_too_large(r: Any, s3: Any) -> None:
    for size, name in ((15 * MIB, "most"), (15 * MIB + 1, "over")):
        s3.put_object(Bucket="media", Key=name, Body=padded(picture(RED), size))
    where = {"S3Object": {"Bucket": "media", "Name": "most"}}
    assert r.detect_faces(Image=where)["FaceDetails"]
    over = {"S3Object": {"Bucket": "media", "Name": "over"}}
    assert code(lambda: r.detect_faces(Image=over)) == "ImageTooLargeException"


def test_protective_equipment_has_limits_of_its_own(r: Any) -> None:
    ask = r.detect_protective_equipment
    assert ask(Image={"Bytes": padded(picture(RED, size=64), 4 * MIB)})["Persons"]
    assert code(lambda: ask(Image={"Bytes": padded(picture(RED), 4 * MIB + 1)})) == "ImageTooLargeException"
    assert code(lambda: ask(Image={"Bytes": picture(RED, size=63)})) == "InvalidParameterException"


def test_eighty_pixels_are_enough_and_one_less_is_not(r: Any) -> None:
    assert r.detect_faces(Image={"Bytes": picture(RED, size=80)})["FaceDetails"]
    for ask in (r.detect_faces, r.detect_labels, r.detect_text, r.detect_moderation_labels):
        assert code(lambda ask=ask: ask(Image={"Bytes": picture(RED, size=79)})) == "InvalidParameterException"


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF", "WEBP", "ICO"])
def test_only_jpeg_and_png_are_pictures_as_with_aws(r: Any, kind: str) -> None:
    assert code(lambda: r.detect_labels(Image={"Bytes": picture(BLUE, kind=kind)})) == "InvalidImageFormatException"


def test_sixteen_bits_grey_palettes_and_transparency_are_read(r: Any) -> None:
    pixels = Pillow.fromarray(np.full((90, 90, 3), RED, np.uint8))
    for mode in ("RGBA", "P", "L", "LA", "I;16", "1"):
        out = io.BytesIO()
        pixels.convert("L").convert(mode).save(out, "PNG") if mode == "I;16" else pixels.convert(mode).save(out, "PNG")
        assert "Labels" in r.detect_labels(Image={"Bytes": out.getvalue()}), mode
    out = io.BytesIO()
    pixels.convert("CMYK").save(out, "JPEG")
    assert "Labels" in r.detect_labels(Image={"Bytes": out.getvalue()})


def bomb(side: int) -> bytes:
    """Return a small PNG that claims to be a square of so many pixels a side."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    rows = zlib.compress(bytes(1 + 3 * min(side, 1000)) * 10)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [0, 60_000, 2**31 - 1])
def test_a_picture_that_claims_impossible_sizes_is_refused_at_once(r: Any, side: int) -> None:
    assert code(lambda: r.detect_labels(Image={"Bytes": bomb(side)})) in (
        "InvalidImageFormatException",
        "ImageTooLargeException",
        "InvalidParameterException",
    )


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_picture_that_breaks_off_is_refused(r: Any, kind: str) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (300, 300, 3), np.uint8)
    out = io.BytesIO()
    Pillow.fromarray(noise).save(out, kind)
    for share in (0.02, 0.1):
        part = out.getvalue()[: int(len(out.getvalue()) * share)]
        assert code(lambda part=part: r.detect_labels(Image={"Bytes": part})) == "InvalidImageFormatException"


def test_nothing_is_kept_of_a_picture_that_was_refused(r: Any) -> None:
    r.create_collection(CollectionId="clean")
    for data in (b"junk", picture(RED, size=79), padded(picture(RED), 5 * MIB + 1)):
        code(lambda data=data: r.index_faces(CollectionId="clean", Image={"Bytes": data}))
    code(lambda: r.index_faces(CollectionId="clean", Image={"Bytes": picture(RED)}, ExternalImageId="a b"))
    code(lambda: r.index_faces(CollectionId="clean", Image={"Bytes": picture(RED)}, DetectionAttributes=["NO"]))
    assert r.describe_collection(CollectionId="clean")["FaceCount"] == 0


def test_quality_filters_leave_small_faces_out_and_say_so(r: Any) -> None:
    r.create_collection(CollectionId="small")
    stripe = np.full((80, 300, 3), GREY, np.uint8)
    stripe[:, :25] = RED
    out = io.BytesIO()
    Pillow.fromarray(stripe).save(out, "PNG")
    found = r.index_faces(CollectionId="small", Image={"Bytes": out.getvalue()}, QualityFilter="AUTO")
    assert [u["Reasons"] for u in found["UnindexedFaces"]] == [["SMALL_BOUNDING_BOX"]]
    assert r.index_faces(CollectionId="small", Image={"Bytes": out.getvalue()}, QualityFilter="NONE")["FaceRecords"]


@pytest.mark.parametrize(
    ("operation", "asked"),
    [
        ("create_collection", {"CollectionId": "x" * 256}),
        ("create_collection", {"CollectionId": "a/b"}),
        ("create_collection", {"CollectionId": "../up"}),
        ("list_faces", {"CollectionId": "clean", "MaxResults": 4097}),
        ("create_user", {"CollectionId": "clean", "UserId": "u" * 129}),
        ("search_faces_by_image", {"CollectionId": "clean", "Image": {"Bytes": b"x"}, "FaceMatchThreshold": 100.5}),
        ("detect_labels", {"Image": {"Bytes": b"x"}, "MinConfidence": 200}),
        ("detect_text", {"Image": {"Bytes": b"x"}, "Filters": {"WordFilter": {"MinBoundingBoxHeight": 1.5}}}),
        ("start_label_detection", {"Video": {}, "ClientRequestToken": "not allowed!"}),
        ("delete_faces", {"CollectionId": "clean", "FaceIds": ["no-uuid"]}),
        ("tag_resource", {"ResourceArn": "arn:aws:rekognition:x:y:collection/z", "Tags": {"k" * 129: "v"}}),
    ],
)
def test_members_over_their_limits_are_invalid(r: Any, operation: str, asked: dict[str, Any]) -> None:
    assert code(lambda: getattr(r, operation)(**asked)) == "InvalidParameterException"


# signatures


def signed(site: Site, method: str, path: str, body: bytes = b"", **more: Any) -> tuple[str, dict[str, str]]:
    """Return url and headers of a request to S3 signed now, or so many minutes from now."""
    request = AWSRequest(method, site.address + path, data=body, headers=more.pop("headers", {}))
    signer = SigV4Auth(Credentials("AKIDEXAMPLE", SECRET), more.get("service", "rekognition"), "us-east-1")
    signer.add_auth(request)
    return request.url, dict(request.headers)


def test_a_replayed_request_is_answered_alike_and_a_changed_one_is_refused(site: Site) -> None:
    headers = {"X-Amz-Target": "RekognitionService.ListCollections", "Content-Type": "application/x-amz-json-1.1"}
    url, given = signed(site, "POST", "/", b"{}", headers=headers)
    first, again = (httpx.post(url, headers=given, content=b"{}") for _ in range(2))
    assert (first.status_code, again.content) == (200, first.content)
    for change in (
        {"content": b'{"MaxResults":1}'},
        {"headers": given | {"X-Amz-Target": "RekognitionService.DeleteCollection"}},
        {"headers": given | {"X-Amz-Date": "20200101T000000Z"}},
        {"headers": {k: v for k, v in given.items() if k != "Authorization"}},
    ):
        answer = httpx.post(url, **({"headers": given, "content": b"{}"} | change))
        assert answer.status_code == 400
        assert answer.json()["__type"] in (
            "InvalidSignatureException", "MissingAuthenticationTokenException", "IncompleteSignatureException",
        )  # fmt: skip


@pytest.mark.parametrize("minutes", [-16, 16])
def test_a_clock_that_is_off_gets_the_error_of_the_protocol(
    site: Site, monkeypatch: pytest.MonkeyPatch, minutes: int
) -> None:
    moment = datetime.now(UTC) + timedelta(minutes=minutes)
    monkeypatch.setattr("botocore.auth.get_current_datetime", lambda *_, **__: moment.replace(tzinfo=None))
    url, given = signed(site, "POST", "/", b"{}", headers={"X-Amz-Target": "RekognitionService.ListCollections"})
    answer = httpx.post(url, headers=given, content=b"{}")
    assert (answer.status_code, answer.json()["__type"]) == (400, "InvalidSignatureException")
    assert answer.json()["Message"].startswith("Signature expired: ")


def test_a_presigned_address_ends_with_its_time(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.client("s3").put_object(Bucket="media", Key="shared", Body=b"x")
    for version in ("s3v4", "s3"):
        s3 = site.client("s3", signature_version=version)
        url = s3.generate_presigned_url("get_object", {"Bucket": "media", "Key": "shared"}, ExpiresIn=30)
        assert httpx.get(url).status_code == 200
        old = url.replace("X-Amz-Expires=30", "X-Amz-Expires=604801")
        assert version == "s3" or httpx.get(old).status_code == 400
    past = datetime.now(UTC) - timedelta(hours=2)
    monkeypatch.setattr("botocore.auth.get_current_datetime", lambda *_, **__: past.replace(tzinfo=None))
    request = AWSRequest("PUT", f"{site.address}/media/late")
    S3SigV4QueryAuth(Credentials("AKIDEXAMPLE", SECRET), "s3", "us-east-1", expires=3600).add_auth(request)
    late = str(request.prepare().url)
    answer = httpx.put(late, content=b"x")
    assert (answer.status_code, "Request has expired" in answer.text) == (403, True)
    assert "late" not in "".join(site.files())


def test_a_form_is_only_as_good_as_its_policy(site: Site) -> None:
    s3, file = site.client("s3", signature_version="s3v4"), {"file": ("x.png", picture(RED), "image/png")}

    def post(fields: dict[str, str], url: str, data: bytes = picture(RED)) -> int:
        return httpx.post(url, data=fields, files={"file": ("x.png", data, "image/png")}).status_code

    for client in (s3, site.client("s3", signature_version="s3")):
        form = client.generate_presigned_post(
            "media", "forms/x.png", Conditions=[["content-length-range", 1, 5000]], ExpiresIn=60
        )
        assert post(form["fields"], form["url"]) == 204
        assert post(form["fields"] | {"key": "forms/other"}, form["url"]) == 403
        assert post(form["fields"] | {"x-amz-meta-a": "b"}, form["url"]) == 403
        assert post(form["fields"] | {"policy": form["fields"]["policy"][:-4]}, form["url"]) == 403
        assert post(form["fields"], form["url"], bytes(6000)) == 400
        assert post({"key": "forms/anonymous"}, form["url"]) == 403
    wrong = site.client("s3", "wrong", signature_version="s3v4").generate_presigned_post("media", "forms/wrong")
    assert post(wrong["fields"], wrong["url"]) == 403
    late = s3.generate_presigned_post("media", "forms/late", ExpiresIn=-5)
    assert post(late["fields"], late["url"]) == 403
    away = s3.generate_presigned_post("media", "forms/y", Fields={"success_action_status": "201"},
                                      Conditions=[{"success_action_status": "201"}])  # fmt: skip
    answer = httpx.post(away["url"], data=away["fields"], files=file)
    assert (answer.status_code, "<Key>forms/y</Key>" in answer.text) == (201, True)
    assert [f for f in site.files() if "forms" in f] == [f"{ACCOUNT}/media/forms/{n}" for n in ("x.png", "y")]
    broken = httpx.post(f"{site.address}/media", content=b"--x\r\n", headers={"Content-Type": "multipart/form-data"})
    assert (broken.status_code, "MalformedPOSTRequest" in broken.text) == (400, True)


def test_a_form_that_means_harm_is_refused_at_once(site: Site) -> None:
    def post(body: bytes) -> int:
        kind = {"Content-Type": "multipart/form-data; boundary=x"}
        return httpx.post(f"{site.address}/media", content=body + b"\r\n--x--", headers=kind, timeout=5).status_code

    field = b'\r\n--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s'
    fields = {b"AWSAccessKeyId": b"AKIDEXAMPLE", b"policy": b"e30=", b"signature": "é".encode(), b"file": b""}
    assert post(b"".join(field % each for each in fields.items())[2:]) == 403
    assert post(b"--x\r\nContent-Disposition: form-data" + 200_000 * b";" + b'; name="file"\r\n\r\n') == 400
    assert post(300_000 * (field % (b"a", b""))) == 400


def test_a_signature_of_odd_letters_is_only_a_wrong_one(site: Site) -> None:
    url, given = signed(site, "GET", "/media", service="s3")
    given["Authorization"] = given["Authorization"][:-4] + "\xe9\xe9"
    assert httpx.get(url, headers={k: v.encode("latin-1") for k, v in given.items()}).status_code == 403
    query = "AWSAccessKeyId=AKIDEXAMPLE&Expires=9999999999&Signature=%C3%A9"
    assert httpx.get(f"{site.address}/media?{query}").status_code == 403


def test_a_policy_that_is_no_policy_is_refused() -> None:
    for policy in ({"conditions": 3}, {"conditions": None}, {"conditions": [3]}, [], 5):
        said = policy | {"expiration": "2100-01-01T00:00:00Z"} if isinstance(policy, dict) else policy
        form = Form({"key": "a", "policy": base64.b64encode(json.dumps(said).encode()).decode()}, b"")
        with pytest.raises(Fault, match="Invalid Policy"):
            check(form, "media", datetime.now(UTC))


# names


def raw(site: Site, method: str, path: str, body: bytes = b"x") -> tuple[int, str]:
    """Send a path exactly as it is, signed, and return status and body."""
    _, given = signed(site, method, path, body, service="s3", headers={
        "x-amz-content-sha256": hashlib.sha256(body).hexdigest(), "Host": site.address.removeprefix("http://"),
    })  # fmt: skip
    connection = http.client.HTTPConnection(site.address.removeprefix("http://"), timeout=10)
    connection.request(method, path, body, given)
    answer = connection.getresponse()
    said = answer.status, answer.read().decode(errors="replace")
    connection.close()
    return said


@pytest.mark.parametrize(
    "path",
    [
        "/media/../../../outside",
        "/media/%2e%2e/%2e%2e/outside",
        "/media/..%2f..%2foutside",
        "/media/a/../../outside",
        "/../outside/key",
        "/%2e%2e/outside",
        "/..%2f..%2f/outside",
        "/media%00/outside",
        "/media/a%00b",
        "/media/%ff%fe",
        "/" + "b" * 64 + "/key",
        "/media/" + "k" * 1025,
        "/media/C:%5Cwindows%5Coutside",
    ],
)
def test_no_name_leads_out_of_a_bucket(site: Site, path: str) -> None:
    before = {p for p in site.folder.parent.rglob("*") if p.is_file()}
    status, said = raw(site, "PUT", path)
    assert status in (200, 400, 403, 404), said
    bucket = site.folder / "buckets" / ACCOUNT / "media"
    fresh = {p for p in site.folder.parent.rglob("*") if p.is_file()} - before
    for file in fresh:
        assert file.is_relative_to(bucket) or "/.albumen-s3/notes/" in file.as_posix(), file
    assert status == 200 or not fresh


def test_names_that_look_alike_are_different_objects(s3: Any) -> None:
    names = [unicodedata.normalize(form, "café/Å") for form in ("NFC", "NFD")]
    for name in names:
        s3.put_object(Bucket="media", Key=f"alike/{name}", Body=name.encode())
    assert [s3.get_object(Bucket="media", Key=f"alike/{n}")["Body"].read() for n in names] == [
        n.encode() for n in names
    ]
    assert {o["Key"] for o in s3.list_objects_v2(Bucket="media", Prefix="alike/", EncodingType="url")["Contents"]}


# uploads


def test_a_chunk_with_a_wrong_signature_stores_nothing(site: Site) -> None:
    chunk = b"c" * 1000
    wire = b"%x;chunk-signature=%s\r\n%s\r\n0;chunk-signature=%s\r\n\r\n" % (1000, b"0" * 64, chunk, b"0" * 64)
    said = {
        "x-amz-content-sha256": "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
        "x-amz-decoded-content-length": "1000",
        "content-encoding": "aws-chunked",
    }
    url, given = signed(site, "PUT", "/media/chunked", wire, service="s3", headers=said)
    answer = httpx.put(url, headers=given, content=wire)
    assert (answer.status_code, "SignatureDoesNotMatch" in answer.text) == (403, True)
    assert not [f for f in site.files() if "chunked" in f or "incoming" in f]


def test_parts_under_five_megabytes_and_truncated_parts_make_no_object(site: Site, s3: Any) -> None:
    upload = s3.create_multipart_upload(Bucket="media", Key="parts")["UploadId"]
    where = {"Bucket": "media", "Key": "parts", "UploadId": upload}
    tags = [s3.upload_part(PartNumber=n, Body=b"x" * 1000, **where)["ETag"] for n in (1, 2)]
    listed = [{"PartNumber": n, "ETag": t} for n, t in enumerate(tags, 1)]
    assert code(lambda: s3.complete_multipart_upload(MultipartUpload={"Parts": listed}, **where)) == "EntityTooSmall"
    assert code(lambda: s3.complete_multipart_upload(MultipartUpload={"Parts": listed[::-1]}, **where)) == (
        "InvalidPartOrder"
    )
    assert code(lambda: s3.upload_part(PartNumber=10_001, Body=b"x", **where)) == "InvalidArgument"
    torn = site.folder / "buckets" / HIDDEN / "uploads" / ("0" * 32) / "upload.json"
    torn.parent.mkdir()
    torn.touch()  # as an end of the server just then leaves it
    assert [u["UploadId"] for u in s3.list_multipart_uploads(Bucket="media")["Uploads"]] == [upload]
    url = site.client("s3", signature_version="s3v4").generate_presigned_url(
        "upload_part", where | {"PartNumber": 3}, ExpiresIn=60
    )
    connection = http.client.HTTPConnection(site.address.removeprefix("http://"), timeout=10)
    connection.putrequest("PUT", url.removeprefix(site.address))
    connection.putheader("Content-Length", "100000")
    connection.endheaders()
    connection.send(b"only a part")
    connection.close()
    assert [p["PartNumber"] for p in s3.list_parts(**where)["Parts"]] == [1, 2]
    s3.abort_multipart_upload(**where)
    assert s3.list_multipart_uploads(Bucket="media").get("Uploads", []) == []
    assert not [f for f in site.files() if "parts" in f]


def test_a_body_with_another_digest_than_declared_stores_nothing(site: Site, s3: Any) -> None:
    body = os.urandom(1000)
    url, given = signed(site, "PUT", "/media/digest", b"other", service="s3",
                        headers={"x-amz-content-sha256": hashlib.sha256(b"other").hexdigest()})  # fmt: skip
    answer = httpx.put(url, headers=given, content=body)
    assert (answer.status_code, "XAmzContentSHA256Mismatch" in answer.text) == (400, True)
    assert code(lambda: s3.put_object(Bucket="media", Key="md5", Body=b"x", ContentMD5="AAAA")) == "InvalidDigest"
    assert not [f for f in site.files() if "digest" in f or "md5" in f]
