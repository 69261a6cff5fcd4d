"""Starts and stops several ASGI applications as one."""

import asyncio
from collections.abc import Sequence
from typing import Any

from albumen.web.pages import App, Message, Scope

STOP_SECONDS = 20.0


class Lives:
    """The lifespans of applications that share a server."""

    def __init__(self, apps: Sequence[App], scope: Scope) -> None:
        self._lives = [_Life(app, scope) for app in apps]

    async def start(self) -> str | None:
        """Start each in turn; return what the first that fails says."""
        for life in self._lives:
            failure = await life.tell("startup")
            if failure:
                return failure
        return None

    async def stop(self) -> None:
        """Stop each, the last started first."""
        for life in reversed(self._lives):
            await life.tell("shutdown")


class _Life:
    def __init__(self, app: App, scope: Scope) -> None:
        self._to: asyncio.Queue[Message] = asyncio.Queue()
        self._back: asyncio.Queue[Message] = asyncio.Queue()
        self._task: asyncio.Future[Any] = asyncio.ensure_future(self._run(app, scope))

    async def _run(self, app: App, scope: Scope) -> None:
        await app(scope, self._to.get, self._back.put)

    async def tell(self, what: str) -> str | None:
        await self._to.put({"type": f"lifespan.{what}"})
        answer = asyncio.ensure_future(self._back.get())
        await asyncio.wait({answer, self._task}, timeout=STOP_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        if not answer.done():
            answer.cancel()
            error = self._task.exception() if self._task.done() and not self._task.cancelled() else None
            return str(error or f"an application did not answer its {what}")
        message = answer.result()
        return str(message.get("message", "")) if message["type"].endswith("failed") else None
