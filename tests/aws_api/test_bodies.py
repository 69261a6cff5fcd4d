"""What clients send is held in memory within limits, whoever they are."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest

from albumen.aws_api.access import Access
from albumen.aws_api.bodies import Message, Room
from albumen.aws_api.errors import Fault
from albumen.aws_api.gateway import Gateway

SCOPE = {
    "type": "http",
    "method": "POST",
    "path": "/",
    "query_string": b"",
    "client": ("127.0.0.1", 1),
    "headers": [
        (b"host", b"localhost"),
        (b"content-type", b"application/x-amz-json-1.1"),
        (b"x-amz-target", b"RekognitionService.DetectLabels"),
    ],
}


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    made = Gateway({}, access=Access(), bodies=1_000)
    yield made
    made.close()


class Client:
    """Sends its parts one by one, the last of them when it is told to."""

    def __init__(self, gateway: Gateway, *parts: bytes) -> None:
        self.sent: list[Message] = []
        self.go = asyncio.Event()
        self._parts = [{"type": "http.request", "body": part, "more_body": True} for part in parts]
        self._parts.append({"type": "http.request", "body": b"", "more_body": False})
        self.task = asyncio.create_task(gateway(SCOPE, self._receive, self._send))

    async def _receive(self) -> Message:
        if len(self._parts) == 1:
            await self.go.wait()
        return self._parts.pop(0)

    async def _send(self, message: Message) -> None:
        self.sent.append(message)

    async def error(self) -> str:
        self.go.set()
        await self.task
        said: dict[str, Any] = json.loads(self.sent[1]["body"])
        return said["__type"]


def test_bodies_beyond_what_memory_is_for_are_told_to_come_again(gateway: Gateway) -> None:
    async def act() -> list[str]:
        first, second = Client(gateway, b"{" * 700), Client(gateway, b"{" * 600)
        refused = await second.error()
        held = await first.error()
        later = Client(gateway, b"{" * 600)
        return [refused, held, await later.error()]

    refused, held, later = asyncio.run(act())
    assert refused == "ThrottlingException"
    assert held != "ThrottlingException"
    assert later != "ThrottlingException"


def test_what_a_guest_took_is_free_again_however_it_ends() -> None:
    room = Room(10)
    with pytest.raises(Fault, match="reduce your request rate"), room.guest() as take:
        take(8)
        take(3)
    with room.guest() as take:
        take(10)
