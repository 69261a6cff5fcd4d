"""One ASGI application for all services: finds the operation, checks who asks and what, calls the service, replies."""

import asyncio
import logging
import uuid
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Protocol

from albumen.aws_api import forms, protocol
from albumen.aws_api.access import Access
from albumen.aws_api.bodies import Arriving, Message, Receive, Room, Whole, whole
from albumen.aws_api.chunks import unwrap
from albumen.aws_api.cors import preflight, shared
from albumen.aws_api.dispatch import Meant, by_action, is_aws, locate
from albumen.aws_api.errors import Fault, internal, too_large
from albumen.aws_api.handlers import Handlers
from albumen.aws_api.protocol import query
from albumen.aws_api.spec import Operation, Spec
from albumen.aws_api.wire import Call, Reply, Request

log = logging.getLogger(__name__)
Scope = Mapping[str, Any]
Send = Callable[[Message], Awaitable[None]]
LARGEST_BODY = 40 * 1024 * 1024
BODIES = 512 * 1024 * 1024
"""Bytes of bodies, S3's aside, that are in memory at once."""
WORKERS = {"s3": 24, "sqs": 24, "": 8}
"""Threads: S3 has its own, because a slow upload holds one as long as it lasts, and queues, which are waited at."""


class Worker(Protocol):
    """Something of a service that works beside requests."""

    def start(self) -> None:
        """Begin to work."""
        ...

    def stop(self) -> None:
        """End in good order."""
        ...


class Gateway:
    """The AWS-compatible API as an ASGI application."""

    def __init__(
        self, services: Mapping[str, object], *, access: Access, spec: Spec | None = None, bodies: int = BODIES
    ) -> None:
        """Serve `services` to whom `access` lets in; `bodies` are the bytes that requests may hold in memory."""
        self.spec = spec or Spec()
        self.handlers = Handlers(self.spec, services)
        self.access = access
        self._started = False
        self._room = Room(bodies)
        self._workers: list[Worker] = [w for s in services.values() for w in getattr(s, "workers", ())]
        self._pools = {name: ThreadPoolExecutor(n, thread_name_prefix=f"aws-{name}") for name, n in WORKERS.items()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one HTTP request, or the server's start and stop."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http":
            await self._http(scope, receive, send)

    @staticmethod
    def wants(scope: Scope) -> bool:
        """Tell whether a request comes from an AWS client, where other applications share the port."""
        return is_aws(_request(scope))

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        message = await receive()
        self.start()
        await send({"type": f"{message['type']}.complete"})
        message = await receive()
        await asyncio.get_running_loop().run_in_executor(None, self.close)
        await send({"type": f"{message['type']}.complete"})

    def start(self) -> None:
        """Start the services' workers."""
        self._started = True
        for worker in self._workers:
            worker.start()

    def close(self) -> None:
        """Stop the services' workers and the threads that answer."""
        if self._started:
            for worker in self._workers:
                worker.stop()
        for pool in self._pools.values():
            pool.shutdown(wait=False, cancel_futures=True)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = _request(scope)
        origin = request.headers.get("origin")
        if request.method == "OPTIONS":
            return await _send(preflight(request, self.access), request.method, send, self._pools[""])
        with self._room.guest() as take:
            reply, pool = await self._reply(scope, request, receive, take)
        if origin and self.access.allows(origin):
            reply.headers |= shared(origin)
        await _send(reply, request.method, send, pool)

    async def _reply(
        self, scope: Scope, request: Request, receive: Receive, take: Callable[[int], None]
    ) -> tuple[Reply, Executor]:
        request_id = str(uuid.uuid4())
        loop = asyncio.get_running_loop()
        meant = Meant("rest-xml", None, {})
        try:
            meant = locate(self.spec, request)
            request = await _with_body(request, meant, receive, take)
            if isinstance(request.body, Whole) and meant.protocol == "query":
                meant = by_action(self.spec, query.form(request.body.data))
        except Fault as fault:
            return protocol.refuse(fault, meant.operation, meant.protocol, request_id), self._pools[""]
        peer = (scope.get("client") or ("",))[0]
        pool = self._pools.get(meant.operation.service if meant.operation else "", self._pools[""])
        return await loop.run_in_executor(pool, self._serve, request, meant, peer, request_id), pool

    def _serve(self, request: Request, meant: Meant, peer: str, request_id: str) -> Reply:
        try:
            return self._answer(request, meant, peer, request_id)
        except Fault as fault:
            reply = protocol.refuse(fault, meant.operation, meant.protocol, request_id)
        except Exception:  # the server's outermost loop: the client gets a 500, the log the reason
            log.exception("%s failed", meant.operation.name if meant.operation else "a request")
            reply = protocol.refuse(internal(meant.operation), meant.operation, meant.protocol, request_id)
        if isinstance(request.body, Arriving):
            _drain(request.body)
        return reply

    def _answer(self, request: Request, meant: Meant, peer: str, request_id: str) -> Reply:
        operation = meant.require()
        if meant.by_form:
            return self._upload(request, operation, meant.labels["Bucket"], peer, request_id)
        signing_name = self.spec.signing_name(operation.service)
        caller = self.access.caller(request, operation, signing_name, peer)
        body = unwrap(request.body, request.headers, caller)
        members = protocol.parse(operation, replace(request, body=body), meant.labels)
        host, trailer = request.headers.get("host", ""), request.headers.get("x-amz-trailer", "")
        call = Call(caller.account, request_id, caller.region, host, trailer)
        return protocol.answer(operation, self.handlers.call(operation, call, members), request_id)

    def _upload(self, request: Request, operation: Operation, bucket: str, peer: str, request_id: str) -> Reply:
        """Store the file of a web page's form, and answer as its fields ask for."""
        form = forms.read(request.body, request.headers["content-type"])
        caller = self.access.form_caller(form, request, operation, peer)
        forms.check(form, bucket, datetime.now(UTC))
        call = Call(caller.account, request_id, caller.region, request.headers.get("host", ""))
        made = self.handlers.call(operation, call, form.members(bucket))
        reply = protocol.answer(operation, made, request_id)
        forms.conclude(form, reply, f"http://{call.host}/{bucket}/{form.key}")
        return reply


def _request(scope: Scope) -> Request:
    headers: dict[str, str] = {}
    for name, value in scope["headers"]:
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        headers[key] = f"{headers[key]},{text}" if key in headers else text
    raw_path = (scope.get("raw_path") or scope["path"].encode()).decode("latin-1").partition("?")[0]
    return Request(scope["method"], raw_path, scope["query_string"].decode("latin-1"), headers, Whole(b""))


async def _with_body(request: Request, meant: Meant, receive: Receive, take: Callable[[int], None]) -> Request:
    """Return the request with its body: for S3 one that is read as it arrives, otherwise all of it."""
    if meant.operation is not None and meant.operation.service == "s3":
        return replace(request, body=Arriving(receive, asyncio.get_running_loop()))
    data = await whole(receive, LARGEST_BODY, take)
    if data is None:
        sentence = f"The request body has more than {LARGEST_BODY} bytes."
        raise too_large(meant.operation, sentence) if meant.operation else Fault("RequestEntityTooLarge", sentence, 413)
    return replace(request, body=Whole(data))


def _drain(body: Arriving) -> None:
    try:
        body.drain()
    except Fault as fault:
        log.debug("the rest of a refused body did not arrive: %s", fault)


async def _send(reply: Reply, method: str, send: Send, pool: Executor) -> None:
    headers = dict(reply.headers)
    named = {k.lower() for k in headers}
    if isinstance(reply.body, bytes) and "content-length" not in named and reply.status not in (204, 304):
        headers["content-length"] = str(len(reply.body))
    encoded = [(k.lower().encode("latin-1"), v.encode("latin-1")) for k, v in headers.items()]
    await send({"type": "http.response.start", "status": reply.status, "headers": encoded})
    if isinstance(reply.body, bytes):
        return await send({"type": "http.response.body", "body": reply.body if method != "HEAD" else b""})
    loop, parts = asyncio.get_running_loop(), iter(reply.body)
    while (part := await loop.run_in_executor(pool, next, parts, None)) is not None:
        await send({"type": "http.response.body", "body": part, "more_body": True})
    await send({"type": "http.response.body", "body": b""})
