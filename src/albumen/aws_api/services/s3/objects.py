"""Operations on objects: put, get, head, delete, copy."""

from collections.abc import Mapping
from typing import TypedDict, Unpack, cast
from urllib.parse import unquote

from albumen.aws_api.chunks import md5_of
from albumen.aws_api.errors import Fault
from albumen.aws_api.services.s3 import checksums, members
from albumen.aws_api.services.s3.ranges import Slice, asked
from albumen.aws_api.services.s3.store import Object, Staged, Store
from albumen.aws_api.wire import Body, Call

Result = dict[str, object]


class Identifier(TypedDict, total=False):
    """An object to delete."""

    Key: str


class Delete(TypedDict, total=False):
    """What DeleteObjects is to delete."""

    Objects: list[Identifier]
    Quiet: bool


class Empty:
    """A body that was not sent."""

    def read(self, size: int = -1, /) -> bytes:
        """Return nothing."""
        return b""


class Objects:
    """The operations on single objects."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def put_object(
        self, call: Call, *, bucket: str, key: str, body: Body | None = None, **given: Unpack[members.PutMembers]
    ) -> Result:
        """Store a body under a key."""
        only_new = given.get("if_none_match") == "*"
        staged = self.stage(call, bucket, body, given)
        note = members.note(given, etag=staged.md5, sums=staged.checksums)
        made = self.store.put(call.account, bucket, key, staged, note, only_new=only_new)
        return {"ETag": made.etag, "ChecksumType": "FULL_OBJECT"} | members.checksum_members(staged.checksums)

    def stage(self, call: Call, bucket: str, body: Body | None, given: Mapping[str, object]) -> Staged:
        """Take in the body of a request that carries object data."""
        self.store.bucket(call.account, bucket)
        md5 = given.get("content_md5")
        trailer = checksums.announced(call.trailer)
        expected = md5_of(str(md5)) if md5 else None
        return self.store.stage(body or Empty(), algorithms=members.sums(given, trailer), md5=expected)

    def get_object(self, call: Call, *, bucket: str, key: str, **given: Unpack[members.ReadMembers]) -> Result:
        """Answer with an object or a range of it."""
        found = self.store.find(call.account, bucket, key)
        return self._read(found, given)

    def _read(self, found: Object, given: members.ReadMembers) -> Result:
        members.check(found, given)
        about = members.described(found, given)
        span = asked(given.get("range"), found.size)
        start, stop = span or (0, found.size)
        if span:
            about |= {"ContentRange": f"bytes {start}-{stop - 1}/{found.size}", "ContentLength": stop - start}
        return about | {"Body": Slice(found.path, start, stop)}

    def head_object(self, call: Call, *, bucket: str, key: str, **given: Unpack[members.ReadMembers]) -> Result:
        """Describe an object."""
        found = self.store.find(call.account, bucket, key)
        return {k: v for k, v in self._read(found, given).items() if k != "Body"}

    def get_object_tagging(self, call: Call, *, bucket: str, key: str) -> Result:
        """Answer that an object has no tags: requests that set some are refused."""
        self.store.find(call.account, bucket, key)
        return {"TagSet": []}

    def delete_object(self, call: Call, *, bucket: str, key: str) -> Result:
        """Remove an object; one that is not there is no error."""
        self.store.delete(call.account, bucket, key)
        return {}

    def delete_objects(self, call: Call, *, bucket: str, delete: Delete) -> Result:
        """Remove up to 1,000 objects."""
        keys = [str(o.get("Key", "")) for o in delete.get("Objects", [])]
        if not 0 < len(keys) <= 1000:
            raise Fault("MalformedXML", f"Between 1 and 1000 objects can be deleted at a time, not {len(keys)}.")
        for key in keys:
            self.store.delete(call.account, bucket, key)
        return {} if delete.get("Quiet") else {"Deleted": [{"Key": k} for k in keys]}

    def copy_object(
        self, call: Call, *, bucket: str, key: str, copy_source: str, **given: Unpack[members.CopyMembers]
    ) -> Result:
        """Copy an object, with what is known of it or with what the request says of it."""
        source = self.source(call, copy_source)
        members.check_source(source, given)
        replaced = given.get("metadata_directive") == "REPLACE"
        if (source.path, replaced) == (self._existing(call, bucket, key), False):
            raise Fault("InvalidRequest", "An object cannot be copied to itself without changing its metadata.")
        with source.path.open("rb") as file:
            staged = self.store.stage(cast("Body", file), algorithms=dict.fromkeys(_full(source)))
        fresh = members.note(given, etag=staged.md5, sums=staged.checksums)
        note = fresh if replaced else _copied(source, staged)
        made = self.store.put(call.account, bucket, key, staged, note)
        return {"CopyObjectResult": {"ETag": made.etag, "LastModified": made.modified}}

    def source(self, call: Call, text: str) -> Object:
        """Return the object that a copy's source names."""
        path = unquote(text.partition("?")[0]).removeprefix("/")
        bucket, _, key = path.partition("/")
        return self.store.find(call.account, bucket, key)

    def _existing(self, call: Call, bucket: str, key: str) -> object:
        try:
            return self.store.find(call.account, bucket, key).path
        except Fault:
            return None


def _full(source: Object) -> list[str]:
    return [n for n, v in source.note.checksums.items() if "-" not in v]


def _copied(source: Object, staged: Staged) -> members.Note:
    about = source.note
    return members.Note(
        staged.md5, 0, 0, about.content_type, about.headers, about.metadata, staged.checksums, "FULL_OBJECT"
    )
