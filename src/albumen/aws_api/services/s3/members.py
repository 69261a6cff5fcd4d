"""Members of S3 requests by the keyword each has, and what they say about an object."""

from collections.abc import Mapping
from datetime import datetime
from typing import TypedDict, cast

from botocore import xform_name

from albumen.aws_api.errors import Fault
from albumen.aws_api.protocol.values import write_time
from albumen.aws_api.services.s3.checksums import ALGORITHMS
from albumen.aws_api.services.s3.store import Note, Object

HEADERS = (
    "CacheControl",
    "ContentDisposition",
    "ContentEncoding",
    "ContentLanguage",
    "Expires",
    "WebsiteRedirectLocation",
)


class Sums(TypedDict, total=False):
    """Checksums that a request carries in headers."""

    checksum_algorithm: str
    checksum_crc32: str
    checksum_crc32_c: str
    checksum_crc64_nvme: str
    checksum_sha1: str
    checksum_sha256: str
    checksum_sha512: str
    checksum_md5: str
    content_md5: str


class About(TypedDict, total=False):
    """What a request says about an object besides its bytes."""

    cache_control: str
    content_disposition: str
    content_encoding: str
    content_language: str
    content_type: str
    expires: datetime
    metadata: dict[str, str]
    website_redirect_location: str


class PutMembers(Sums, About, total=False):
    """Members of PutObject beyond bucket, key and body."""

    if_none_match: str


class UploadMembers(About, total=False):
    """Members of CreateMultipartUpload beyond bucket and key."""

    checksum_algorithm: str
    checksum_type: str


class SourceConditions(TypedDict, total=False):
    """When to copy at all."""

    copy_source_if_match: str
    copy_source_if_none_match: str
    copy_source_if_modified_since: datetime
    copy_source_if_unmodified_since: datetime


class CopyMembers(About, SourceConditions, total=False):
    """Members of CopyObject beyond bucket, key and source."""

    metadata_directive: str


class Conditions(TypedDict, total=False):
    """When to answer with an object at all."""

    if_match: str
    if_none_match: str
    if_modified_since: datetime
    if_unmodified_since: datetime


class ReadMembers(Conditions, total=False):
    """Members of GetObject and HeadObject beyond bucket and key."""

    range: str
    checksum_mode: str
    response_cache_control: str
    response_content_disposition: str
    response_content_encoding: str
    response_content_language: str
    response_content_type: str


def note(given: Mapping[str, object], *, etag: str = "", sums: dict[str, str] | None = None) -> Note:
    """Return what is to be remembered of an object; `aws-chunked` is how it travelled, not what it is."""
    headers = {h: _text(given[k]) for h in HEADERS if given.get(k := xform_name(h))}
    coding = [c.strip() for c in headers.pop("ContentEncoding", "").split(",")]
    kept = ",".join(c for c in coding if c and c != "aws-chunked")
    return Note(
        etag,
        0,
        0,
        content_type=str(given.get("content_type") or "binary/octet-stream"),
        headers=headers | ({"ContentEncoding": kept} if kept else {}),
        metadata=cast("dict[str, str]", given.get("metadata") or {}),
        checksums=sums or {},
    )


def _text(value: object) -> str:
    return str(write_time(value, "rfc822")) if isinstance(value, datetime) else str(value)


def sums(given: Mapping[str, object], trailer: list[str]) -> dict[str, str | None]:
    """Return each checksum to compute, with its expected value where a header gives it."""
    in_headers = {n: given.get(xform_name(f"Checksum{n}")) for n in ALGORITHMS}
    wanted: dict[str, str | None] = dict.fromkeys(trailer)
    if given.get("checksum_algorithm"):
        wanted[str(given["checksum_algorithm"])] = None
    return wanted | {n: str(v) for n, v in in_headers.items() if v}


def check(found: Object, given: Mapping[str, object]) -> None:
    """Refuse to answer with an object that is not in the state the client asks for."""
    tags = {found.note.etag, "*"}
    if "if_match" in given and not tags & _tags(given["if_match"]):
        raise Fault("PreconditionFailed", "At least one of the pre-conditions you specified did not hold.")
    since = given.get("if_unmodified_since")
    if "if_match" not in given and isinstance(since, datetime) and found.modified > since:
        raise Fault("PreconditionFailed", "At least one of the pre-conditions you specified did not hold.")
    if "if_none_match" in given:
        if tags & _tags(given["if_none_match"]):
            raise Fault("NotModified", "Not Modified")
        return
    since = given.get("if_modified_since")
    if isinstance(since, datetime) and found.modified <= since:
        raise Fault("NotModified", "Not Modified")


def check_source(found: Object, given: Mapping[str, object]) -> None:
    """Refuse to copy an object that is not in the state the client asks for."""
    prefix = "copy_source_"
    try:
        check(found, {k.removeprefix(prefix): v for k, v in given.items() if k.startswith(f"{prefix}if_")})
    except Fault as fault:
        raise Fault("PreconditionFailed", fault.message) from None


def _tags(text: object) -> set[str]:
    return {t.strip().removeprefix("W/").strip('"') for t in str(text).split(",")}


def described(found: Object, given: Mapping[str, object]) -> dict[str, object]:
    """Return what GetObject and HeadObject say about an object."""
    about: dict[str, object] = {
        "AcceptRanges": "bytes",
        "LastModified": found.modified,
        "ContentLength": found.size,
        "ETag": found.etag,
        "ContentType": found.note.content_type,
        "Metadata": found.note.metadata,
        **found.note.headers,
    }
    instead = {n: given.get(xform_name(f"Response{n}")) for n in (*HEADERS, "ContentType")}
    about |= {n: v for n, v in instead.items() if v}
    if given.get("checksum_mode") == "ENABLED" and "range" not in given and found.note.checksums:
        about |= checksum_members(found.note.checksums) | {"ChecksumType": found.note.checksum_type}
    return about


def checksum_members(known: Mapping[str, str]) -> dict[str, object]:
    """Return checksums as response members."""
    return {f"Checksum{n}": v for n, v in known.items()}
