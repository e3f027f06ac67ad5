"""Faults on purpose, so that a test can watch the healing. Never enabled where people eat."""

from __future__ import annotations

import asyncio
import logging
import time
from http import HTTPStatus
from typing import Final

from aiohttp import web

from bonfire.errors import Permanent, Reason
from bonfire.ops_api import OpsApi

log = logging.getLogger(__name__)

LONGEST_S: Final = 120.0
ANSWER_FIRST_S: Final = 0.1


class FaultInvalid(Permanent):
    """There is no such fault."""


def add_faults(ops: OpsApi) -> None:
    """`POST /faults/block-loop?seconds=`, for tests only; without this call it is not found."""
    log.warning(
        "fault injection is enabled: whoever may operate can hang this service",
        extra={"event": "faults.enabled"},
    )
    ops.add_post("/faults/block-loop", _block_loop)


async def _block_loop(request: web.Request) -> web.Response:
    """Answers first: later the loop is blocked, and perhaps the process has ended."""
    seconds = _seconds(request.query.get("seconds", ""))
    asyncio.get_running_loop().call_later(ANSWER_FIRST_S, _block, seconds)
    return web.json_response({"blocks_s": seconds}, status=HTTPStatus.ACCEPTED)


def _block(seconds: float) -> None:
    time.sleep(seconds)  # noqa: TID251 -- to block the loop is the point


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= LONGEST_S:
        raise FaultInvalid(
            Reason.INVALID_FIELDS, f"give seconds, more than 0 and at most {LONGEST_S:g}"
        )
    return seconds
