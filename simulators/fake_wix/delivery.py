"""Delivering webhooks by Wix's rules: an answer in time or another try, up to twelve more."""

from __future__ import annotations

import asyncio
import time
from dataclasses import asdict, dataclass, field
from typing import Any, Final

import aiohttp

# Whatever comes later than this counts as a failure, even if it is a 200.
ANSWER_TIMEOUT_S: Final = 1.25
MINUTE_S, HOUR_S = 60.0, 3600.0
# Each after the failure before it; together 47 h 11 min.
RETRY_AFTER_S: Final = (
    1 * MINUTE_S,
    10 * MINUTE_S,
    1 * HOUR_S,
    *(2 * HOUR_S,) * 3,
    *(4 * HOUR_S,) * 3,
    *(8 * HOUR_S,) * 2,
    12 * HOUR_S,
)
MAX_ANSWER_BYTES: Final = 4096


@dataclass(frozen=True, slots=True)
class Attempt:
    """One POST. `status` is None if no answer came in time; `error` says why."""

    status: int | None
    took_ms: float
    answer: str = ""
    error: str = ""

    @property
    def succeeded(self) -> bool:
        return self.status == 200


@dataclass(slots=True)
class Delivery:
    """One event on its way to one address, and everything that happened to it."""

    event: str
    order_id: str
    body: bytes
    delay_s: float = 0.0
    state: str = "waiting"  # then "delivered" or "given up"
    attempts: list[Attempt] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return {
            "event": self.event,
            "order_id": self.order_id,
            "state": self.state,
            "attempts": [asdict(attempt) for attempt in self.attempts],
        }


async def post(session: aiohttp.ClientSession, url: str, body: bytes) -> Attempt:
    """Sends one webhook and waits for its answer as long as Wix would."""
    started = time.perf_counter()
    status, answer, error = None, "", ""
    try:
        async with asyncio.timeout(ANSWER_TIMEOUT_S):
            async with session.post(
                url, data=body, headers={"Content-Type": "text/plain"}, allow_redirects=False
            ) as response:
                content = await response.content.read(MAX_ANSWER_BYTES)
                status, answer = response.status, content.decode(errors="replace")
    except TimeoutError:
        error = f"no answer within {ANSWER_TIMEOUT_S * 1000:.0f} ms"
    except aiohttp.ClientError as failure:
        error = str(failure) or type(failure).__name__
    return Attempt(status, round((time.perf_counter() - started) * 1000, 2), answer, error)


async def deliver(
    session: aiohttp.ClientSession, url: str, delivery: Delivery, time_scale: float = 1.0
) -> None:
    """Tries until a 200 comes in time or Wix would give up; always with the same old bytes.

    `time_scale` is how many seconds of Wix's schedule pass in one second here.
    """
    await asyncio.sleep(delivery.delay_s)
    for pause_s in (*RETRY_AFTER_S, None):
        attempt = await post(session, url, delivery.body)
        delivery.attempts.append(attempt)
        if attempt.succeeded:
            delivery.state = "delivered"
            return
        if pause_s is not None:
            await asyncio.sleep(pause_s / time_scale)
    delivery.state = "given up"
