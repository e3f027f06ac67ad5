"""The notifier's own pages at the operations port: what happened, and who was told of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Final

from aiohttp import web

from bonfire.errors import Permanent, Reason
from bonfire.ops_api import OpsApi
from notifier.history import Row
from notifier.history.pages import Wanted
from notifier.history.sqlite import SqliteHistory

MOST_ROWS: Final = 500
DEFAULT_ROWS: Final = 100
LONGEST_TYPE: Final = 200


class QueryInvalid(Permanent):
    """What was asked for cannot be understood; the message says which part, and how to ask."""


class Pages:
    """`GET /events`, `/incidents`, `/notifications`, `/fleet`: newest first, and bounded."""

    def __init__(self, history: SqliteHistory) -> None:
        self._history = history

    def add_to(self, ops: OpsApi) -> None:
        ops.add_get("/events", _rows("events", self._history.events))
        ops.add_get("/incidents", _rows("incidents", self._history.incidents))
        ops.add_get("/notifications", _rows("notifications", self._history.notifications))
        ops.add_get("/fleet", self._fleet)

    async def _fleet(self, _request: web.Request) -> web.Response:
        processes = [
            {
                "received_at": at.isoformat(timespec="milliseconds"),
                **beat.model_dump(mode="json", by_alias=True),
            }
            for beat, at in await self._history.fleet()
        ]
        return web.json_response({"fleet": processes})


def _rows(
    name: str, select: Callable[[Wanted], Awaitable[Sequence[Row]]]
) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def answer(request: web.Request) -> web.Response:
        return web.json_response({name: await select(_wanted(request))})

    return answer


def _wanted(request: web.Request) -> Wanted:
    query = request.query
    return Wanted(
        since=_since(query.get("since", "")),
        type=query.get("type", "")[:LONGEST_TYPE],
        limit=_limit(query.get("limit", "")),
    )


def _since(text: str) -> datetime | None:
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        detail = "`since` is a time like 2026-05-12T18:00:00Z"
        raise QueryInvalid(Reason.INVALID_FIELDS, detail) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _limit(text: str) -> int:
    if not text:
        return DEFAULT_ROWS
    if not (text.isascii() and text.isdigit() and len(text) < 9 and 1 <= int(text) <= MOST_ROWS):
        detail = f"`limit` is a whole number from 1 to {MOST_ROWS}"
        raise QueryInvalid(Reason.INVALID_FIELDS, detail)
    return int(text)
