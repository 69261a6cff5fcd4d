"""S3 as a service: buckets, listings and multipart uploads around the operations on objects."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TypedDict, Unpack, cast

from albumen.aws_api.errors import Fault
from albumen.aws_api.services.s3 import listing, members, ranges
from albumen.aws_api.services.s3.objects import Objects, Result
from albumen.aws_api.services.s3.store import Store
from albumen.aws_api.services.s3.uploads import Part, Upload, Uploads
from albumen.aws_api.wire import Body, Call


class Completed(TypedDict, total=False):
    """The parts that make up an object."""

    Parts: list[dict[str, object]]


class Pieces:
    """Bytes that come piece by piece, as a body."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self._rest = pieces, b""

    def read(self, size: int = -1, /) -> bytes:
        """Return up to `size` bytes as they come, or all the rest."""
        if size < 0:
            return self._rest + b"".join(self._pieces)
        data = self._rest or next(self._pieces, b"")
        self._rest = data[size:]
        return data[:size]


class Listing(TypedDict, total=False):
    """How to list, in both versions."""

    prefix: str
    delimiter: str
    max_keys: int
    encoding_type: str


class S3(Objects):
    """The served part of S3."""

    IGNORED = frozenset(
        {
            "ACL",
            "BucketKeyEnabled",
            "BypassGovernanceRetention",
            "ChecksumAlgorithm",
            "ContentLength",
            "CreateBucketConfiguration",
            "ExpectedBucketOwner",
            "ExpectedSourceBucketOwner",
            "FetchOwner",
            "GrantFullControl",
            "GrantRead",
            "GrantReadACP",
            "GrantWriteACP",
            "MaxBuckets",
            "ObjectOwnership",
            "OptionalObjectAttributes",
            "RequestPayer",
            "ServerSideEncryption",
            "StorageClass",
            "TaggingDirective",
        }
    )

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self.uploads = Uploads(store)

    def list_buckets(self, call: Call) -> Result:
        """List the caller's buckets."""
        found = self.store.buckets(call.account)
        return {"Buckets": [{"Name": n, "CreationDate": t} for n, t in found], "Owner": {"ID": call.account}}

    def create_bucket(self, call: Call, *, bucket: str) -> Result:
        """Make a bucket."""
        self.store.create_bucket(call.account, bucket)
        return {"Location": f"/{bucket}"}

    def head_bucket(self, call: Call, *, bucket: str) -> Result:
        """Tell whether a bucket is there."""
        self.store.bucket(call.account, bucket)
        return {"BucketRegion": call.region}

    def get_bucket_location(self, call: Call, *, bucket: str) -> Result:
        """Say that a bucket is wherever the caller thinks it is: regions make no difference here."""
        self.store.bucket(call.account, bucket)
        return {"LocationConstraint": call.region if call.region != "us-east-1" else None}

    def get_bucket_versioning(self, call: Call, *, bucket: str) -> Result:
        """Say, by saying nothing, that a bucket keeps no versions."""
        self.store.bucket(call.account, bucket)
        return {}

    def delete_bucket(self, call: Call, *, bucket: str) -> Result:
        """Remove an empty bucket."""
        self.store.delete_bucket(call.account, bucket)
        return {}

    def list_objects(self, call: Call, *, bucket: str, marker: str = "", **how: Unpack[Listing]) -> Result:
        """List objects, first version."""
        page, about = self._page(call, bucket, marker, how)
        encoding = how.get("encoding_type")
        last = listing.encode(page.more_after, encoding) if how.get("delimiter") else None
        return about | {"Marker": listing.encode(marker, encoding), "NextMarker": last}

    def list_objects_v2(
        self,
        call: Call,
        *,
        bucket: str,
        continuation_token: str | None = None,
        start_after: str = "",
        **how: Unpack[Listing],
    ) -> Result:
        """List objects, second version."""
        page, about = self._page(call, bucket, _after(continuation_token, start_after), how)
        token = page.more_after.encode().hex() if page.more_after else None
        echo = {"ContinuationToken": continuation_token, "StartAfter": start_after or None}
        return about | echo | {"KeyCount": len(page), "NextContinuationToken": token}

    def list_object_versions(self, call: Call, *, bucket: str, key_marker: str = "", **how: Unpack[Listing]) -> Result:
        """List objects as the only version that each has."""
        page, about = self._page(call, bucket, key_marker, how)
        latest = {"VersionId": "null", "IsLatest": True}
        rows = cast("list[Result]", about.pop("Contents"))
        last = listing.encode(page.more_after, how.get("encoding_type"))
        echo = {"KeyMarker": listing.encode(key_marker, how.get("encoding_type")), "NextKeyMarker": last}
        return about | echo | {"Versions": [row | latest for row in rows]}

    def _page(self, call: Call, bucket: str, after: str, how: Listing) -> tuple[listing.Page, Result]:
        limit, encoding = how.get("max_keys", 1000), how.get("encoding_type")
        if limit < 0:
            raise Fault("InvalidArgument", "Argument maxKeys must be an integer between 0 and 2147483647.")
        limit, prefix, delimiter = min(limit, 1000), how.get("prefix", ""), how.get("delimiter", "")
        found = self.store.walk(call.account, bucket, prefix)
        page = listing.page(found, prefix=prefix, delimiter=delimiter, after=after, limit=limit)
        objects = self.store.described(call.account, bucket, page.objects)
        return page, {
            "Name": bucket,
            "Prefix": listing.encode(prefix, encoding),
            "Delimiter": listing.encode(delimiter or None, encoding),
            "MaxKeys": limit,
            "EncodingType": encoding,
            "IsTruncated": page.more_after is not None,
            "Contents": listing.contents(objects, encoding),
            "CommonPrefixes": listing.common(page, encoding),
        }

    def create_multipart_upload(
        self, call: Call, *, bucket: str, key: str, **given: Unpack[members.UploadMembers]
    ) -> Result:
        """Begin an upload in parts."""
        algorithm = given.get("checksum_algorithm")
        upload = Upload(call.account, bucket, key, algorithm, members.note(given))
        named: Result = {"Bucket": bucket, "Key": key, "UploadId": self.uploads.begin(upload)}
        return named | {"ChecksumAlgorithm": algorithm, "ChecksumType": given.get("checksum_type")}

    def upload_part(
        self,
        call: Call,
        *,
        bucket: str,
        key: str,
        upload_id: str,
        part_number: int,
        body: Body | None = None,
        **given: Unpack[members.Sums],
    ) -> Result:
        """Take in one part."""
        if not 1 <= part_number <= 10_000:
            raise Fault("InvalidArgument", f"Part number must be between 1 and 10000, not {part_number}.")
        folder, upload = self.uploads.get(call.account, bucket, key, upload_id)
        asked = {"checksum_algorithm": upload.algorithm} | given
        part = self.uploads.add(folder, part_number, self.stage(call, bucket, body, asked))
        return {"ETag": f'"{part.md5}"'} | members.checksum_members(part.checksums)

    def upload_part_copy(
        self,
        call: Call,
        *,
        bucket: str,
        key: str,
        upload_id: str,
        part_number: int,
        copy_source: str,
        copy_source_range: str | None = None,
        **given: Unpack[members.SourceConditions],
    ) -> Result:
        """Take in one part from another object."""
        source = self.source(call, copy_source)
        members.check_source(source, given)
        span = ranges.asked(copy_source_range, source.size) or (0, source.size)
        piece = Pieces(iter(ranges.Slice(source.path, *span)))
        made = self.upload_part(call, bucket=bucket, key=key, upload_id=upload_id, part_number=part_number, body=piece)
        return {"CopyPartResult": made | {"LastModified": datetime.now(UTC).replace(microsecond=0)}}

    def complete_multipart_upload(
        self, call: Call, *, bucket: str, key: str, upload_id: str, multipart_upload: Completed | None = None
    ) -> Result:
        """Put an upload's parts together."""
        folder, upload = self.uploads.get(call.account, bucket, key, upload_id)
        made = self.uploads.complete(folder, upload, (multipart_upload or {}).get("Parts", []))
        sums = members.checksum_members(made.note.checksums)
        about = {"ETag": made.etag, "ChecksumType": made.note.checksum_type if sums else None}
        return {"Location": f"http://{call.host}/{bucket}/{key}", "Bucket": bucket, "Key": key} | about | sums

    def abort_multipart_upload(self, call: Call, *, bucket: str, key: str, upload_id: str) -> Result:
        """Forget an upload."""
        folder, _ = self.uploads.get(call.account, bucket, key, upload_id)
        self.uploads.abort(folder)
        return {}

    def list_multipart_uploads(self, call: Call, *, bucket: str, prefix: str = "") -> Result:
        """List the uploads into a bucket that have begun and not ended."""
        self.store.bucket(call.account, bucket)
        found = [u for u in self.uploads.begun(call.account, bucket) if u[1].key.startswith(prefix)]
        rows = [{"UploadId": i, "Key": u.key, "Initiated": t, "StorageClass": "STANDARD"} for i, u, t in found]
        return {"Bucket": bucket, "Prefix": prefix, "IsTruncated": False, "Uploads": rows}

    def list_parts(
        self, call: Call, *, bucket: str, key: str, upload_id: str, max_parts: int = 1000, part_number_marker: int = 0
    ) -> Result:
        """List the parts that have arrived."""
        folder, _ = self.uploads.get(call.account, bucket, key, upload_id)
        parts = [p for p in self.uploads.parts(folder).values() if p.number > part_number_marker]
        shown = parts[: min(max_parts, 1000)]
        more = {"IsTruncated": len(shown) < len(parts), "NextPartNumberMarker": shown[-1].number if shown else 0}
        named: Result = {"Bucket": bucket, "Key": key, "UploadId": upload_id, "MaxParts": max_parts}
        return named | more | {"Parts": [_listed(p) for p in shown]}


def _listed(part: Part) -> Result:
    return {
        "PartNumber": part.number,
        "LastModified": part.modified,
        "ETag": f'"{part.md5}"',
        "Size": part.size,
    } | members.checksum_members(part.checksums)


def _after(token: str | None, start_after: str) -> str:
    try:
        return bytes.fromhex(token).decode() if token else start_after
    except ValueError:
        raise Fault("InvalidArgument", "The continuation token provided is incorrect.") from None
