"""What a control port is asked: read strictly, and refused in JSON with a reason."""

from __future__ import annotations

import json
import math
from collections.abc import Awaitable, Callable
from typing import Any, Final

from aiohttp import web

from control_port.fault import InvalidFault

LARGEST_BODY_BYTES: Final = 16 * 1024

_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def errors_as_json(request: web.Request, handler: _Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except InvalidFault as error:
        return web.json_response({"error": str(error)}, status=400)
    except web.HTTPException as error:
        return web.json_response({"error": error.text or error.reason}, status=error.status)


async def json_object(request: web.Request, fields: frozenset[str]) -> dict[str, Any]:
    """The body, with no other fields than these. Raises `web.HTTPException`."""
    # A form on a foreign page cannot send this type, so it cannot break anything here.
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType(text="send JSON, with Content-Type: application/json")
    try:
        body = json.loads(await request.read())
    except (ValueError, RecursionError) as error:
        raise web.HTTPBadRequest(text=f"the body is no JSON: {error}") from error
    if not isinstance(body, dict):
        raise web.HTTPBadRequest(text="the body must be a JSON object")
    unknown = body.keys() - fields
    if unknown:
        raise web.HTTPBadRequest(text=f"unknown fields: {', '.join(sorted(unknown))}")
    return body


def number(value: object, field: str) -> float | None:
    """Raises `web.HTTPException`."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise web.HTTPBadRequest(text=f"{field} must be a number")
    return float(value)


def whole(value: object, field: str) -> int | None:
    """Raises `web.HTTPException`."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int):
        raise web.HTTPBadRequest(text=f"{field} must be a whole number")
    return value
