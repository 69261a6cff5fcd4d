"""What a browser needs to hear before a page may use this API from another origin."""

from albumen.aws_api.access import Access
from albumen.aws_api.wire import Reply, Request

METHODS = "GET, HEAD, PUT, POST, DELETE"
EXPOSED = "ETag, x-amzn-RequestId, x-amz-request-id, x-amzn-ErrorType, Content-Range, Accept-Ranges, x-amz-version-id"


def shared(origin: str) -> dict[str, str]:
    """Return the headers that let pages of an origin read a reply."""
    return {"Access-Control-Allow-Origin": origin, "Access-Control-Expose-Headers": EXPOSED, "Vary": "Origin"}


def preflight(request: Request, access: Access) -> Reply:
    """Return the answer to a browser that asks whether a page may send a request."""
    origin = request.headers.get("origin", "")
    if not origin or not access.allows(origin):
        return Reply(403)
    asked = request.headers.get("access-control-request-headers", "*")
    allowed = {
        "Access-Control-Allow-Methods": METHODS,
        "Access-Control-Allow-Headers": asked,
        "Access-Control-Max-Age": "3600",
    }
    return Reply(204, shared(origin) | allowed)
