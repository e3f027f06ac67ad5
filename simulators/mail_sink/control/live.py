"""The stream that lets a page watch the mails come in."""

from __future__ import annotations

import asyncio
import contextlib
import json
from typing import Final

from aiohttp import web

from mail_sink.control.snapshot import sink_snapshot
from mail_sink.sink import MailSink

MOST_WATCHERS: Final = 32

QUIET_S: Final = 15.0
"""After so long without news a comment finds out whether the page is still there."""


class LiveView:
    """Server-sent events: `state`, each time that anything has changed."""

    def __init__(self, sink: MailSink) -> None:
        self._sink = sink
        self._watchers: set[asyncio.Event] = set()
        self._closing = False

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """GET /api/events, until the watcher leaves."""
        if len(self._watchers) >= MOST_WATCHERS:
            raise web.HTTPServiceUnavailable(text=f"{MOST_WATCHERS} pages are watching already")
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-cache"}
        )
        changed = asyncio.Event()
        self._watchers.add(changed)
        try:
            with self._sink.mailbox.listener(changed.set):
                await response.prepare(request)
                await self._serve(changed, response)
        except ConnectionError:
            # The page was closed; there is nobody left to tell.
            pass
        finally:
            self._watchers.discard(changed)
        return response

    async def _serve(self, changed: asyncio.Event, response: web.StreamResponse) -> None:
        message = self._state()
        while not self._closing:
            await response.write(message)
            message = b": still here\n\n"
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(QUIET_S):
                    await changed.wait()
                changed.clear()
                message = self._state()

    def _state(self) -> bytes:
        return f"event: state\ndata: {json.dumps(sink_snapshot(self._sink))}\n\n".encode()

    async def close(self, app: web.Application) -> None:
        """End every stream, so that the server can stop."""
        self._closing = True
        for watcher in self._watchers:
            watcher.set()
