"""The S3 subset, as boto3 sees it."""

import base64
import hashlib
import io
import socket
import time
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
import urllib3
from boto3.s3.transfer import TransferConfig
from botocore.exceptions import ClientError

from albumen.aws_api.services.s3.store import Store

LONG = "x" * 1024
ODD_KEYS = [
    "..",
    "../../etc/passwd",
    "a//b",
    "a/",
    "/a",
    ".",
    "a/./b",
    LONG,
    "ü" * 512,
    "50%.jpg",
    "a b+c&d?.txt",
    "c:*|",
]
MIB = 1024 * 1024


def code(error: pytest.ExceptionInfo[ClientError]) -> str:
    return error.value.response["Error"]["Code"]


def test_gives_back_the_bytes_it_was_given(s3: Any) -> None:
    body = bytes(range(256)) * 5000
    put = s3.put_object(Bucket="pictures", Key="a/b.bin", Body=body, ContentType="image/png", Metadata={"who": "me"})
    got = s3.get_object(Bucket="pictures", Key="a/b.bin", ChecksumMode="ENABLED")
    assert got["Body"].read() == body
    assert got["ETag"] == put["ETag"] == f'"{hashlib.md5(body).hexdigest()}"'
    assert (got["ContentType"], got["Metadata"], got["ContentLength"]) == ("image/png", {"who": "me"}, len(body))
    assert got["ChecksumCRC32"] == put["ChecksumCRC32"]


@pytest.mark.parametrize("key", ODD_KEYS, ids=lambda k: k[:20])
def test_keeps_odd_keys_apart_and_inside_the_bucket(s3: Any, store: Store, key: str) -> None:
    s3.put_object(Bucket="pictures", Key=key, Body=key.encode())
    assert s3.get_object(Bucket="pictures", Key=key)["Body"].read() == key.encode()
    assert key in [o["Key"] for o in s3.list_objects_v2(Bucket="pictures", Prefix=key)["Contents"]]
    assert {p.name for p in store.root.iterdir()} == {"111111111111", ".albumen-s3"}
    s3.delete_object(Bucket="pictures", Key=key)
    with pytest.raises(ClientError) as error:
        s3.get_object(Bucket="pictures", Key=key)
    assert code(error) == "NoSuchKey"


@pytest.mark.parametrize("first", [0, 1])
def test_a_key_may_be_an_object_and_the_beginning_of_others(s3: Any, first: int) -> None:
    pair = ["both/k", "both/k/below"]
    for key in (pair[first], pair[1 - first]):
        s3.put_object(Bucket="pictures", Key=key, Body=key.encode())
    assert [s3.get_object(Bucket="pictures", Key=k)["Body"].read().decode() for k in pair] == pair
    assert [o["Key"] for o in s3.list_objects_v2(Bucket="pictures", Prefix="both/")["Contents"]] == pair
    s3.delete_objects(Bucket="pictures", Delete={"Objects": [{"Key": k} for k in pair]})
    assert "Contents" not in s3.list_objects_v2(Bucket="pictures", Prefix="both/")


def test_a_large_file_goes_up_in_parts_and_comes_back_whole(s3: Any, tmp_path: Path) -> None:
    path = tmp_path / "large"
    path.write_bytes(hashlib.shake_128(b"seed").digest(13 * MIB))
    s3.upload_file(str(path), "pictures", "large", Config=TransferConfig(multipart_threshold=8 * MIB))
    back = io.BytesIO()
    s3.download_fileobj("pictures", "large", back)
    assert back.getvalue() == path.read_bytes()
    assert s3.head_object(Bucket="pictures", Key="large")["ETag"].endswith('-2"')


def test_parts_that_were_not_uploaded_do_not_make_an_object(s3: Any) -> None:
    made = s3.create_multipart_upload(Bucket="pictures", Key="broken")["UploadId"]
    where = {"Bucket": "pictures", "Key": "broken", "UploadId": made}
    etag = s3.upload_part(PartNumber=1, Body=b"x", **where)["ETag"]
    assert [p["Size"] for p in s3.list_parts(**where)["Parts"]] == [1]
    for parts in ([{"PartNumber": 2, "ETag": etag}], [{"PartNumber": 1, "ETag": '"0"'}]):
        with pytest.raises(ClientError) as error:
            s3.complete_multipart_upload(MultipartUpload={"Parts": parts}, **where)
        assert code(error) == "InvalidPart"
    s3.abort_multipart_upload(**where)
    with pytest.raises(ClientError) as error:
        s3.upload_part(PartNumber=1, Body=b"x", **where)
    assert code(error) == "NoSuchUpload"
    assert "Contents" not in s3.list_objects_v2(Bucket="pictures", Prefix="broken")


@pytest.mark.parametrize(
    ("asked", "expected", "where"),
    [("bytes=0-3", b"0123", "bytes 0-3/10"), ("bytes=7-", b"789", "bytes 7-9/10"), ("bytes=-2", b"89", "bytes 8-9/10")],
)
def test_a_range_is_part_of_the_object(s3: Any, asked: str, expected: bytes, where: str) -> None:
    s3.put_object(Bucket="pictures", Key="digits", Body=b"0123456789")
    got = s3.get_object(Bucket="pictures", Key="digits", Range=asked)
    assert (got["Body"].read(), got["ContentRange"]) == (expected, where)
    assert got["ResponseMetadata"]["HTTPStatusCode"] == 206


def test_a_range_beyond_the_end_is_refused(s3: Any) -> None:
    s3.put_object(Bucket="pictures", Key="digits", Body=b"0123456789")
    with pytest.raises(ClientError) as error:
        s3.get_object(Bucket="pictures", Key="digits", Range="bytes=10-")
    assert code(error) == "InvalidRange"


def test_lists_in_pages_that_add_up(s3: Any) -> None:
    s3.create_bucket(Bucket="pages")
    keys = [f"{a}{b}{c}" for a in "ab" for b in ("-", "/") for c in "123"]
    for key in keys:
        s3.put_object(Bucket="pages", Key=key, Body=b"")
    for operation, size in (("list_objects", "PageSize"), ("list_objects_v2", "PageSize")):
        pages = list(s3.get_paginator(operation).paginate(Bucket="pages", PaginationConfig={size: 5}))
        assert [o["Key"] for p in pages for o in p["Contents"]] == sorted(keys)
        assert [len(p["Contents"]) for p in pages] == [5, 5, 2]
    split = s3.list_objects_v2(Bucket="pages", Delimiter="/", MaxKeys=5)
    assert [p["Prefix"] for p in split["CommonPrefixes"]] == ["a/"]
    rest = s3.list_objects_v2(Bucket="pages", Delimiter="/", ContinuationToken=split["NextContinuationToken"])
    assert [p["Prefix"] for p in rest["CommonPrefixes"]] == ["b/"]
    with pytest.raises(ClientError) as error:
        s3.delete_bucket(Bucket="pages")
    assert code(error) == "BucketNotEmpty"


@pytest.mark.parametrize("algorithm", ["CRC32", "CRC32C", "SHA1", "SHA256", "CRC64NVME"])
def test_checksums_are_kept_and_wrong_ones_refused(s3: Any, algorithm: str) -> None:
    where = {"Bucket": "pictures", "Key": f"sum-{algorithm}"}
    s3.put_object(Body=b"some bytes", ChecksumAlgorithm=algorithm, **where)
    right = s3.head_object(ChecksumMode="ENABLED", **where)[f"Checksum{algorithm}"]
    assert s3.get_object(ChecksumMode="ENABLED", **where)["Body"].read() == b"some bytes"
    if algorithm == "CRC32":
        assert right == base64.b64encode(zlib.crc32(b"some bytes").to_bytes(4, "big")).decode()
    with pytest.raises(ClientError) as error:
        s3.put_object(Body=b"other bytes", **{f"Checksum{algorithm}": right}, **where)
    assert code(error) == "BadDigest"
    assert s3.get_object(**where)["Body"].read() == b"some bytes"


def test_copies_and_conditions(s3: Any) -> None:
    s3.put_object(Bucket="pictures", Key="from", Body=b"abc", ContentType="text/plain")
    s3.copy_object(Bucket="pictures", Key="dir/to ü", CopySource={"Bucket": "pictures", "Key": "from"})
    got = s3.get_object(Bucket="pictures", Key="dir/to ü")
    assert (got["Body"].read(), got["ContentType"]) == (b"abc", "text/plain")
    for condition, expected in (({"IfNoneMatch": got["ETag"]}, "304"), ({"IfMatch": '"0"'}, "PreconditionFailed")):
        with pytest.raises(ClientError) as error:
            s3.get_object(Bucket="pictures", Key="dir/to ü", **condition)
        assert code(error) == expected
    with pytest.raises(ClientError) as error:
        s3.put_object(Bucket="pictures", Key="from", Body=b"new", IfNoneMatch="*")
    assert code(error) == "PreconditionFailed"


def test_presigned_addresses_work_without_credentials(client: Callable[..., Any], s3: Any) -> None:
    s3.put_object(Bucket="pictures", Key="a b/ü", Body=b"shared")
    http = urllib3.PoolManager()
    for version in (None, "s3v4"):
        signer = client("s3", signature_version=version) if version else s3
        url = signer.generate_presigned_url("get_object", {"Bucket": "pictures", "Key": "a b/ü"}, ExpiresIn=60)
        assert http.request("GET", url).data == b"shared"
        assert http.request("GET", url.replace("a%20b", "other")).status == 403
        put = signer.generate_presigned_url("put_object", {"Bucket": "pictures", "Key": "put"}, ExpiresIn=60)
        assert http.request("PUT", put, body=b"by url").status == 200
        assert s3.get_object(Bucket="pictures", Key="put")["Body"].read() == b"by url"


def test_an_account_does_not_see_another_ones_buckets(client: Callable[..., Any], s3: Any) -> None:
    other = client("s3", key="AKIDOTHER")
    assert "pictures" not in [b["Name"] for b in other.list_buckets()["Buckets"]]
    with pytest.raises(ClientError) as error:
        other.list_objects_v2(Bucket="pictures")
    assert code(error) == "NoSuchBucket"


@pytest.mark.parametrize("name", ["..", ".albumen-s3", "UPPER", "a..b", "1.2.3.4", "ab"])
def test_bucket_names_that_could_be_paths_are_refused(signed_server: str, s3: Any, name: str) -> None:
    url = f"{signed_server}/{name}/key"
    assert urllib3.PoolManager().request("GET", url, preload_content=True).status in (400, 403, 404)
    if name not in ("..",):
        with pytest.raises(ClientError) as error:
            s3._make_api_call("CreateBucket", {"Bucket": name})
        assert code(error) == "InvalidBucketName"


def test_what_is_not_served_says_so(s3: Any) -> None:
    with pytest.raises(ClientError) as error:
        s3.get_bucket_acl(Bucket="pictures")
    assert code(error) == "NotImplemented"
    with pytest.raises(ClientError) as error:
        s3.put_object(Bucket="pictures", Key="tagged", Body=b"", Tagging="a=b")
    assert code(error) == "NotImplemented"


def test_files_put_into_the_folder_by_hand_are_objects_and_links_out_of_it_are_not(s3: Any, store: Store) -> None:
    folder = store.root / "111111111111" / "pictures"
    (folder / "by-hand.txt").write_text("hello")
    (folder / "way-out").symlink_to("/etc/hostname")
    assert s3.get_object(Bucket="pictures", Key="by-hand.txt")["Body"].read() == b"hello"
    assert [o["Key"] for o in s3.list_objects_v2(Bucket="pictures", Prefix="by-")["Contents"]] == ["by-hand.txt"]
    with pytest.raises(ClientError) as error:
        s3.get_object(Bucket="pictures", Key="way-out")
    assert code(error) == "NoSuchKey"


def test_a_link_to_a_folder_outside_is_no_way_out(s3: Any, store: Store, tmp_path: Path) -> None:
    (store.root / "111111111111" / "pictures" / "linked").symlink_to(tmp_path)
    with pytest.raises(ClientError) as error:
        s3.put_object(Bucket="pictures", Key="linked/new/x", Body=b"x")
    assert code(error) == "AccessDenied"
    assert list(tmp_path.iterdir()) == []


def test_speaks_http_2_without_tls_on_the_same_port(signed_server: str) -> None:
    with httpx.Client(http1=False, http2=True) as http:
        answer = http.get(f"{signed_server}/pictures/nothing")
    assert (answer.http_version, answer.status_code) == ("HTTP/2", 403)
    assert b"<Code>AccessDenied</Code>" in answer.content


def test_answers_pages_of_allowed_origins_only(signed_server: str) -> None:
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "x-amz-target"}
    allowed = httpx.options(signed_server, headers={"Origin": "http://localhost:3000", **asked})
    assert allowed.headers["access-control-allow-origin"] == "http://localhost:3000"
    assert allowed.headers["access-control-allow-headers"] == "x-amz-target"
    refused = httpx.options(signed_server, headers={"Origin": "https://example.com", **asked})
    assert (refused.status_code, "access-control-allow-origin" in refused.headers) == (403, False)


def test_an_upload_that_is_cut_off_leaves_nothing(s3: Any, store: Store, signed_server: str) -> None:
    url = s3.generate_presigned_url("put_object", {"Bucket": "pictures", "Key": "cut"}, ExpiresIn=60)
    host, port = signed_server.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as connection:
        path = url.removeprefix(signed_server)
        head = f"PUT {path} HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Length: 1000\r\n\r\n"
        connection.sendall(head.encode() + b"only a part")
    time.sleep(0.5)
    assert "Contents" not in s3.list_objects_v2(Bucket="pictures", Prefix="cut")
    assert list((store.root / ".albumen-s3" / "incoming").iterdir()) == []
