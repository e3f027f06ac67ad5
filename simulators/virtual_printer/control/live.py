"""The stream that lets a page watch the paper come out."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final

from aiohttp import web

from escpos_paper import Block
from virtual_printer.control.snapshot import blocks_snapshot, printer_snapshot
from virtual_printer.paper_trail import Event
from virtual_printer.printer import VirtualPrinter

MOST_WATCHERS: Final = 32
MOST_WAITING: Final = 2_000
"""Messages for one watcher; who falls further behind is cut off and comes back by itself."""

_STATE_EVERY_S: Final = 0.5
_EVENTS_SHOWN_AT_FIRST: Final = 20

Message = tuple[str, dict[str, Any]]


class LiveView:
    """Server-sent events: `state` of the printers, `paper` that comes out, `event` for the log."""

    def __init__(self, printers: Mapping[str, VirtualPrinter]) -> None:
        self._printers = printers
        self._watchers: set[asyncio.Queue[Message | None]] = set()
        self._watches = contextlib.ExitStack()

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """GET /events, until the watcher leaves or falls behind."""
        if len(self._watchers) >= MOST_WATCHERS:
            raise web.HTTPServiceUnavailable(text=f"{MOST_WATCHERS} pages are watching already")
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-cache"}
        )
        await response.prepare(request)
        queue: asyncio.Queue[Message | None] = asyncio.Queue(MOST_WAITING)
        self._join(queue)
        try:
            await self._serve(queue, response)
        except ConnectionError:
            # The page was closed; there is nobody left to tell.
            pass
        finally:
            self._leave(queue)
        return response

    async def _serve(
        self, queue: asyncio.Queue[Message | None], response: web.StreamResponse
    ) -> None:
        states: dict[str, dict[str, Any]] = {}
        while True:
            for name, printer in self._printers.items():
                state = printer_snapshot(printer)
                if states.get(name) != state:
                    states[name] = state
                    await _send(response, ("state", state))
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_STATE_EVERY_S):
                    message = await queue.get()
                if message is None:
                    return
                await _send(response, message)

    def _join(self, queue: asyncio.Queue[Message | None]) -> None:
        for name, printer in self._printers.items():
            if not self._watchers:
                self._watches.enter_context(
                    printer.watched(partial(self._printed, name), partial(self._happened, name))
                )
            blocks = blocks_snapshot(printer.recent_paper)
            queue.put_nowait(("paper", {"printer": name, "blocks": blocks}))
            for event in list(printer.trail.events)[-_EVENTS_SHOWN_AT_FIRST:]:
                queue.put_nowait(("event", {"printer": name, **event}))
        self._watchers.add(queue)

    def _leave(self, queue: asyncio.Queue[Message | None]) -> None:
        """Without a watcher the printers do no work for any."""
        self._watchers.discard(queue)
        if not self._watchers:
            self._watches.close()

    def _printed(self, name: str, blocks: Sequence[Block]) -> None:
        self._tell(("paper", {"printer": name, "blocks": blocks_snapshot(blocks)}))

    def _happened(self, name: str, event: Event) -> None:
        self._tell(("event", {"printer": name, **event}))

    def _tell(self, message: Message) -> None:
        for queue in list(self._watchers):
            if queue.full():
                _end(queue)
            else:
                queue.put_nowait(message)

    async def close(self, app: web.Application) -> None:
        """End every stream, so that the server can stop."""
        for queue in self._watchers:
            _end(queue)


def _end(queue: asyncio.Queue[Message | None]) -> None:
    while not queue.empty():
        queue.get_nowait()
    queue.put_nowait(None)


async def _send(response: web.StreamResponse, message: Message) -> None:
    kind, body = message
    data = json.dumps(body, ensure_ascii=False)
    await response.write(f"event: {kind}\ndata: {data}\n\n".encode())
