"""`/retry/…` at the operations port: the tickets that were given up, and what becomes of them."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from aiohttp import web

from bonfire.clock import Clock
from bonfire.config import Config
from bonfire.errors import Permanent, Reason
from bonfire.messages import NOWHERE
from bonfire.ops_api import OpsApi
from bonfire.outbox import Outbox
from bonfire.teller import Teller
from bonfire.web.doorkeeper import CALLER
from bonfire.web.problem import problem_response
from bonfire.web.server import read_body
from order_ingest.domain.reason_words import sentence
from order_ingest.domain.states import JobState, LetterState
from order_ingest.ledger import DeadLetterRecord, Decision, Ledger, LetterQuery, Settlement

log = logging.getLogger(__name__)

MOST_BYTES: Final = 4_096
MOST_LISTED: Final = 200
MOST_ID: Final = 2**63 - 1


class RetryRefused(Permanent):
    """The request is not as it has to be; the message says how."""


class RetryDesk:
    """Nothing that it shows holds a word of a guest."""

    def __init__(
        self, config: Config, ledger: Ledger, outbox: Outbox, teller: Teller, clock: Clock
    ) -> None:
        self._config = config
        self._ledger = ledger
        self._outbox = outbox
        self._teller = teller
        self._clock = clock

    def add_to(self, ops: OpsApi) -> None:
        ops.add_get("/retry/dead-letter", self.list)
        ops.add_post("/retry/requeue", self.requeue)
        ops.add_post("/retry/discard", self.discard)

    async def list(self, request: web.Request) -> web.Response:
        query = self._query(request.query)
        found = await self._ledger.dead_letters(query)
        more = len(found) == query.limit
        return web.json_response(
            {
                "dead_letters": [_shown(letter) for letter in found],
                "next_before": found[-1].id if more else None,
            }
        )

    async def requeue(self, request: web.Request) -> web.Response:
        letter_id = await _letter_id(request)
        settlement = await self._ledger.requeue(
            letter_id, request[CALLER], self._clock.now(), self._config.agents
        )
        if settlement.job is not None:
            self._outbox.wake(settlement.job.agent)
        return self._answer(settlement, letter_id, request[CALLER])

    async def discard(self, request: web.Request) -> web.Response:
        letter_id = await _letter_id(request)
        settlement = await self._ledger.discard(letter_id, request[CALLER], self._clock.now())
        return self._answer(settlement, letter_id, request[CALLER])

    def _answer(self, settlement: Settlement, letter_id: int, caller: str) -> web.Response:
        letter = settlement.letter
        if letter is None:
            detail = f"there is no dead letter {letter_id}"
            return problem_response(HTTPStatus.NOT_FOUND, "unknown_dead_letter", detail)
        if settlement.decision is not Decision.DONE:
            return _refused(settlement, letter)
        self._teller.woke(settlement.events)
        log.info(
            "somebody settled a dead letter",
            extra={
                "event": f"dead_letter.{letter.state.value}",
                "dead_letter": letter.id,
                "token": caller,
                "job_id": letter.job_id,
            },
        )
        generation = settlement.job.generation if settlement.job is not None else None
        return web.json_response(_shown(letter) | {"sent_as_generation": generation})

    def _query(self, given: Mapping[str, str]) -> LetterQuery:
        """Raises `RetryRefused` or `UnknownLocation`."""
        strange = given.keys() - {"location", "state", "before", "limit"}
        if strange:
            raise RetryRefused(Reason.INVALID_FIELDS, "only location, state, before and limit")
        location = given.get("location")
        if location == NOWHERE:
            location = ""
        elif location is not None:
            location = self._config.location(location).id
        return LetterQuery(
            location,
            _state(given["state"]) if "state" in given else None,
            _number("before", given["before"], MOST_ID) if "before" in given else None,
            _number("limit", given.get("limit", "50"), MOST_LISTED),
        )


def _state(word: str) -> LetterState:
    try:
        return LetterState(word)
    except ValueError as error:
        known = ", ".join(LetterState)
        raise RetryRefused(Reason.INVALID_FIELDS, f"state is one of {known}") from error


def _number(name: str, text: str, most: int) -> int:
    # `isdecimal` takes the digits of every script, and `int` reads them all.
    if not (text.isascii() and text.isdecimal() and len(text) < 20 and 1 <= int(text) <= most):
        raise RetryRefused(Reason.INVALID_FIELDS, f"{name} is a number from 1 to {most}")
    return int(text)


async def _letter_id(request: web.Request) -> int:
    body = await read_body(request, MOST_BYTES)
    try:
        value: Any = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise RetryRefused(Reason.NOT_JSON, 'the body is JSON: {"id": 12}') from error
    letter_id = value.get("id") if isinstance(value, dict) else None
    if type(letter_id) is not int or not 1 <= letter_id <= MOST_ID or len(value) > 1:
        detail = 'the body is {"id": 12}, and nothing else: an id from GET /retry/dead-letter'
        raise RetryRefused(Reason.INVALID_FIELDS, detail)
    return letter_id


def _refused(settlement: Settlement, letter: DeadLetterRecord) -> web.Response:
    match settlement.decision:
        case Decision.SETTLED:
            return problem_response(HTTPStatus.CONFLICT, "settled_already", _happened(letter))
        case Decision.NOT_DEAD if settlement.job_state is JobState.PRINTED:
            return problem_response(HTTPStatus.CONFLICT, "printed_already", _PRINTED)
        case Decision.NOT_DEAD:
            detail = "its ticket is on its way again: nothing is to be done"
            return problem_response(HTTPStatus.CONFLICT, "not_dead", detail)
        case Decision.NO_HOST:
            detail = (
                f"no restaurant has the print host {letter.agent!r} any more:"
                " have the order cooked from the shop's own page"
            )
            return problem_response(HTTPStatus.CONFLICT, "no_host", detail)
        case _:
            return problem_response(HTTPStatus.UNPROCESSABLE_ENTITY, "no_job", _no_job(letter))


_PRINTED: Final = "its ticket was printed meanwhile: ask for a reprint if it is needed once more"


def _happened(letter: DeadLetterRecord) -> str:
    at = letter.settled_at.isoformat(timespec="seconds") if letter.settled_at else "?"
    match letter.state:
        case LetterState.PRINTED:
            return f"{_PRINTED} ({at})"
        case LetterState.REQUEUED:
            return f"{letter.settled_by} has sent its ticket again at {at}"
        case LetterState.DISCARDED:
            return f"{letter.settled_by} has discarded it at {at}"
        case _:
            return f"it spoke of a copy whose ticket had gone on by another one ({at})"


def _no_job(letter: DeadLetterRecord) -> str:
    if letter.job_id:
        return "this ledger has no such ticket: have the order cooked from the shop's own page"
    return (
        "it holds no ticket that could be printed. Find out who sends it, and settle it with"
        " POST /retry/discard"
    )


def _shown(letter: DeadLetterRecord) -> dict[str, Any]:
    settled_at = letter.settled_at
    return {
        "id": letter.id,
        "state": letter.state.value,
        "origin": letter.origin.value,
        "reason": letter.reason,
        "meaning": sentence(letter.reason),
        "detail": letter.detail,
        "on_paper": letter.on_paper.value,
        "count": letter.count,
        "first_seen_at": letter.first_seen_at.isoformat(),
        "last_seen_at": letter.last_seen_at.isoformat(),
        "location": letter.location or NOWHERE,
        "order_number": letter.order_number,
        "job_id": letter.job_id,
        "generation": letter.generation,
        "agent": letter.agent,
        "station": letter.station,
        "printer": letter.printer,
        "queue": letter.queue,
        "kind": letter.kind,
        "attempts": [attempt.model_dump(mode="json") for attempt in letter.attempts],
        "settled_at": settled_at.isoformat() if settled_at is not None else None,
        "settled_by": letter.settled_by,
    }
