"""Who may ask and who may change something at the operations port, and the trace of each change."""

from __future__ import annotations

import logging
import math
from collections import deque
from http import HTTPStatus
from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler

from bonfire.clock import Clock
from bonfire.errors import BonfireError, Reason
from bonfire.tokens import Owner, Scope, Tokens
from bonfire.web.problem import problem, problem_response

log = logging.getLogger(__name__)

# For each token. A person or a script at work; a script gone wild is told to wait.
MOST_CHANGES: Final = 30
WINDOW_S: Final = 60.0
LONGEST_PATH: Final = 200

CALLER: Final = web.RequestKey("caller", str)
"""In a request that was let in: the name of the token."""


class _Refused(Exception):
    """The request is not let in."""

    def __init__(
        self, status: HTTPStatus, reason: str, detail: str, headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.answer = problem_response(status, reason, detail, headers)


class Doorkeeper:
    """Wraps handlers; what these raise as `BonfireError` becomes a problem detail as well."""

    def __init__(self, tokens: Tokens | None, clock: Clock) -> None:
        """Without tokens nobody is let in."""
        self._tokens = tokens
        self._clock = clock
        self._changes: dict[str, deque[float]] = {}

    def reading(self, handler: Handler, scope: Scope) -> Handler:
        async def answer(request: web.Request) -> web.StreamResponse:
            try:
                self._let_in(request, scope)
                return await handler(request)
            except _Refused as refused:
                return refused.answer
            except BonfireError as error:
                return problem(error)

        return answer

    def changing(self, handler: Handler, scope: Scope) -> Handler:
        """Each try of a known caller leaves its trace in the log, also where it is refused."""

        async def answer(request: web.Request) -> web.StreamResponse:
            try:
                owner = self._let_in(request, scope)
                self._count(request, owner)
                _audit("somebody changes something", "ops.asked", request, owner)
                response = await handler(request)
            except _Refused as refused:
                return refused.answer
            except BonfireError as error:
                response = problem(error)
            _audit("the change was answered", "ops.answered", request, owner, response.status)
            return response

        return answer

    def _let_in(self, request: web.Request, scope: Scope) -> Owner:
        if self._tokens is None:
            raise _Refused(
                HTTPStatus.FORBIDDEN,
                "no_tokens",
                "nobody may ask this: name a file of tokens in BONFIRE_OPS_TOKENS_FILE",
            )
        owner = self._tokens.find(request.headers.get("Authorization"))
        if owner is None:
            raise _Refused(
                HTTPStatus.UNAUTHORIZED,
                Reason.UNAUTHORIZED,
                "send `Authorization: Bearer <token>` with a token we know",
                {"WWW-Authenticate": "Bearer"},
            )
        if scope not in owner.scopes:
            detail = f"the token {owner.name!r} lacks the scope {scope.value!r}"
            self._refuse(request, owner, HTTPStatus.FORBIDDEN, "scope_missing", detail)
        request[CALLER] = owner.name
        return owner

    def _count(self, request: web.Request, owner: Owner) -> None:
        now_s = self._clock.monotonic()
        changes = self._changes.setdefault(owner.name, deque(maxlen=MOST_CHANGES))
        if len(changes) == MOST_CHANGES and now_s - changes[0] < WINDOW_S:
            wait_s = math.ceil(changes[0] + WINDOW_S - now_s)
            detail = f"the token {owner.name!r} may change {MOST_CHANGES} things a minute"
            headers = {"Retry-After": str(wait_s)}
            self._refuse(
                request, owner, HTTPStatus.TOO_MANY_REQUESTS, "too_many_changes", detail, headers
            )
        changes.append(now_s)

    def _refuse(
        self,
        request: web.Request,
        owner: Owner,
        status: HTTPStatus,
        reason: str,
        detail: str,
        headers: dict[str, str] | None = None,
    ) -> None:
        _audit("somebody was refused", "ops.refused", request, owner, status.value)
        raise _Refused(status, reason, detail, headers)


def _audit(
    message: str, event: str, request: web.Request, owner: Owner, status: int | None = None
) -> None:
    fields: dict[str, str | int] = {
        "event": event,
        "token": owner.name,
        "method": request.method,
        "path": request.path_qs[:LONGEST_PATH],
    }
    if status is not None:
        fields["status"] = status
    log.info(message, extra=fields)
