"""Tags of resources; the resources that can have them here are collections."""

import re
from collections.abc import Mapping, Sequence

from albumen.aws_api.errors import Fault
from albumen.aws_api.services.rekognition.gallery import Gallery, Place
from albumen.aws_api.wire import Call

COLLECTION = re.compile(r"(?:arn:)?aws[a-z-]*:rekognition:[^:]*:(?P<account>[^:]*):collection/(?P<id>[a-zA-Z0-9_.\-]+)")
MOST = 200
Answer = dict[str, object]


class Tags:
    """TagResource, UntagResource and ListTagsForResource."""

    def __init__(self, gallery: Gallery) -> None:
        self._gallery = gallery

    def tag_resource(self, call: Call, *, resource_arn: str, tags: Mapping[str, str]) -> Answer:
        """Set tags."""
        resource = self._resource(call, resource_arn)
        if len(self._tags(call, resource).keys() | tags.keys()) > MOST:
            raise Fault("ServiceQuotaExceededException", f"A resource can have at most {MOST} tags.")
        rows = [(call.account, resource, k, v) for k, v in tags.items()]
        with self._gallery.writing() as db:
            db.executemany("insert or replace into tags values (?, ?, ?, ?)", rows)
        return {}

    def untag_resource(self, call: Call, *, resource_arn: str, tag_keys: Sequence[str]) -> Answer:
        """Remove tags; those that are not there are no error."""
        resource = self._resource(call, resource_arn)
        with self._gallery.writing() as db:
            rows = [(call.account, resource, k) for k in tag_keys]
            db.executemany("delete from tags where account = ? and resource = ? and key = ?", rows)
        return {}

    def list_tags_for_resource(self, call: Call, *, resource_arn: str) -> Answer:
        """List a resource's tags."""
        return {"Tags": self._tags(call, self._resource(call, resource_arn))}

    def forget(self, call: Call, resource_arn: str) -> None:
        """Remove the tags of a resource that is gone."""
        with self._gallery.writing() as db:
            resource = resource_arn.rpartition(":")[2]
            db.execute("delete from tags where account = ? and resource = ?", (call.account, resource))

    def _tags(self, call: Call, resource: str) -> dict[str, str]:
        query = "select key, value from tags where account = ? and resource = ? order by key"
        return dict(self._gallery.db.execute(query, (call.account, resource)).fetchall())

    def _resource(self, call: Call, resource_arn: str) -> str:
        """Return the part of the name that does not depend on a region, if there is such a resource."""
        found = COLLECTION.fullmatch(resource_arn)
        here = found and found["account"] == call.account
        if found and here and self._gallery.collection(Place(call.account, found["id"])):
            return f"collection/{found['id']}"
        raise Fault("ResourceNotFoundException", f"The resource {resource_arn} does not exist.")
