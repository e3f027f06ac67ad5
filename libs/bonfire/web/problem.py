"""Errors over HTTP as problem details (RFC 9457): what is wrong and what to do."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Final

from aiohttp import web

from bonfire.errors import BonfireError, Reason

STATUS_OF: Final[dict[Reason, HTTPStatus]] = {
    Reason.NOT_A_TOKEN: HTTPStatus.BAD_REQUEST,
    Reason.NOT_UTF8: HTTPStatus.BAD_REQUEST,
    Reason.NOT_JSON: HTTPStatus.BAD_REQUEST,
    Reason.TOO_DEEP: HTTPStatus.BAD_REQUEST,
    Reason.TOO_SLOW: HTTPStatus.REQUEST_TIMEOUT,
    Reason.INCOMPLETE: HTTPStatus.BAD_REQUEST,
    Reason.TOO_LARGE: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    Reason.BAD_ALGORITHM: HTTPStatus.UNAUTHORIZED,
    Reason.BAD_SIGNATURE: HTTPStatus.UNAUTHORIZED,
    Reason.TOKEN_EXPIRED: HTTPStatus.UNAUTHORIZED,
    Reason.UNAUTHORIZED: HTTPStatus.UNAUTHORIZED,
    Reason.IDEMPOTENCY_CONFLICT: HTTPStatus.CONFLICT,
    Reason.INVALID_FIELDS: HTTPStatus.UNPROCESSABLE_ENTITY,
    Reason.UNKNOWN_LOCATION: HTTPStatus.UNPROCESSABLE_ENTITY,
    Reason.INTERNAL_ERROR: HTTPStatus.INTERNAL_SERVER_ERROR,
}
"""Every other reason is our own trouble: 503, so that the sender tries again."""


def problem(error: BonfireError) -> web.Response:
    status = STATUS_OF.get(error.reason, HTTPStatus.SERVICE_UNAVAILABLE)
    headers = {}
    if status is HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    if status is HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = "10"
    return problem_response(status, error.reason, error.detail, headers)


def problem_response(
    status: HTTPStatus, reason: str, detail: str, headers: dict[str, str] | None = None
) -> web.Response:
    body = {
        "type": f"urn:bonfire:problem:{reason}",
        "title": status.phrase,
        "status": status.value,
        "detail": detail,
    }
    return web.Response(
        status=status,
        body=json.dumps(body).encode(),
        content_type="application/problem+json",
        headers=headers,
    )
