"""Random requests to S3 never make the server fail, and never touch anything outside the buckets."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from botocore.parsers import create_parser
from hypothesis import given
from hypothesis import strategies as st

from albumen.aws_api.access import Access
from albumen.aws_api.gateway import Gateway
from albumen.aws_api.services.s3 import S3, Store, keys
from tests.aws_api.curiosity import curious

PARTS = st.one_of(
    st.sampled_from(["", ".", "..", "a", "%2e%2e", "a%d", "%", "x" * 300, "\\", ".albumen-s3", "ü"]),
    st.text(max_size=6),
)
KEYS = st.lists(PARTS, min_size=1, max_size=5).map("/".join)
BUCKETS = st.sampled_from(["bucket", "bucket", "..", ".albumen-s3", "nowhere", "A", "%2e%2e"])
QUERIES = st.dictionaries(
    st.sampled_from(
        ["list-type", "prefix", "delimiter", "max-keys", "uploads", "uploadId", "partNumber", "delete", "acl", "marker"]
    ),
    st.one_of(st.sampled_from(["", "2", "-1", "1000", "/", "99999999999999999999"]), st.text(max_size=8)),
    max_size=3,
)
HEADERS = st.dictionaries(
    st.sampled_from(
        ["range", "if-none-match", "if-modified-since", "content-md5", "x-amz-copy-source", "x-amz-checksum-crc32"]
    ),
    st.sampled_from(
        ["", "bytes=0-1", "bytes=9-", "*", "junk", "bucket/a", "/bucket/../a", "1B2M2Y8AsgTpgAmY7PhCfg==", "AAAAAA=="]
    ),
    max_size=2,
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("at-random")


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[tuple[httpx.AsyncClient, asyncio.AbstractEventLoop]]:
    store = Store(folder / "root")
    store.create_bucket("000000000000", "bucket")
    gateway = Gateway({"s3": S3(store)}, access=Access())
    transport = httpx.ASGITransport(gateway, client=("127.0.0.1", 1))
    loop = asyncio.new_event_loop()
    made = httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:4747")
    yield made, loop
    loop.run_until_complete(made.aclose())
    gateway.close()
    loop.close()


@curious(120)
@given(
    st.sampled_from(["GET", "PUT", "POST", "DELETE", "HEAD"]), BUCKETS, KEYS, QUERIES, HEADERS, st.binary(max_size=40)
)
def test_nothing_makes_the_server_fail(
    client: tuple[httpx.AsyncClient, asyncio.AbstractEventLoop],
    folder: Path,
    method: str,
    bucket: str,
    key: str,
    query: dict[str, str],
    headers: dict[str, str],
    body: bytes,
) -> None:
    http, loop = client
    path = f"/{bucket}/{quote(key, safe='/', errors='replace')}"
    url = httpx.URL("http://127.0.0.1:4747").copy_with(
        raw_path=path.encode() + b"?" + str(httpx.QueryParams(query)).encode()
    )
    answer = loop.run_until_complete(http.request(method, url, headers=headers, content=body))
    assert answer.status_code not in (500, 502, 503), (answer.text, url)
    if answer.status_code >= 400 and method != "HEAD":
        given_ = {"status_code": answer.status_code, "headers": answer.headers, "body": answer.content}
        assert create_parser("rest-xml").parse(given_, None)["Error"]["Code"]
    assert {p.name for p in folder.iterdir()} == {"root"}
    assert {p.name for p in (folder / "root").iterdir()} <= {"000000000000", ".albumen-s3"}


@curious(150)
@given(KEYS)
def test_every_key_has_a_path_inside_its_bucket_and_back(key: str) -> None:
    if not key or len(key.encode(errors="replace")) > keys.LONGEST_KEY or "\ud800" <= max(key) <= "\udfff":
        return
    names = keys.names(key)
    assert all(n and n not in (".", "..") and "/" not in n and len(n.encode()) <= 255 for n in names)
    assert keys.key(names) == key
