"""Sends what is queued, as long as it takes: to record an outcome is part of having it."""

from __future__ import annotations

import asyncio
import logging
import random
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

from bonfire.breaker import Breaker, BreakerChange, BreakerPolicy
from bonfire.clock import Clock, wait_at_most
from bonfire.errors import Permanent, Reason, Retryable
from bonfire.inbox import until_on_disk
from bonfire.messages import BreakerState
from bonfire.store import StoreError
from notifier.channels import Channel, ChannelUnavailable, MailRefused, MailUnknown
from notifier.domain.retries import next_try, next_try_of_refused
from notifier.history import Due, History, Queued, Result
from notifier.mails import MailWriter
from notifier.metrics import SMTP, NotifierMetrics

log = logging.getLogger(__name__)

POLICY: Final = BreakerPolicy(failures=2, open_s=120.0, successes=1)
TOGETHER: Final = 16
LOOK_EVERY_S: Final = 60.0
DISK_PAUSE_S: Final = 5.0
DRAIN_S: Final = 10.0
"""How long a stop waits for the mail in hand; what it then cuts off is sent again, as the same."""

_SERVER_TROUBLE: Final = (
    Reason.MAIL_UNREACHABLE,
    Reason.MAIL_TLS,
    Reason.MAIL_LOGIN,
    Reason.MAIL_SERVER_ERROR,
    Reason.MAIL_UNKNOWN,
)

Tell = Callable[[BreakerChange], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class _Outcome:
    """How a try ended: with `result`, if it is not to be tried again."""

    result: Result
    again: bool = False
    reason: str = ""
    answer: str = ""


class Delivery:
    """`run` is the task; `wake` tells it that something was queued."""

    def __init__(
        self,
        history: History,
        channel: Channel,
        writer: MailWriter,
        clock: Clock,
        rng: random.Random,
        metrics: NotifierMetrics,
        tell: Tell,
    ) -> None:
        """`tell` is given each change of the breaker; it may raise `StoreError`."""
        self._history = history
        self._channel = channel
        self._writer = writer
        self._clock = clock
        self._rng = rng
        self._metrics = metrics
        self._tell = tell
        self._changes: deque[BreakerChange] = deque()
        self.breaker = Breaker(SMTP, POLICY, clock, self._changed, _is_the_servers_failure)
        self._woken = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._stopping = False

    def wake(self) -> None:
        self._woken.set()

    async def run(self) -> None:
        while True:
            self._woken.clear()
            if (left_alone_s := self.breaker.retry_after_s) > 0:
                await self._clock.sleep(left_alone_s)
            elif (pause_s := await self._round()) > 0:
                await wait_at_most(self._clock, self._woken, pause_s)

    async def stop(self) -> None:
        """Begin no other mail, and give the one in hand a moment."""
        self._stopping = True
        await wait_at_most(self._clock, self._idle, DRAIN_S)

    async def _round(self) -> float:
        """Send what is due; returns the seconds until there may be more."""
        try:
            due = await self._history.due(self._clock.now(), TOGETHER)
        except StoreError:  # the store tells people
            return DISK_PAUSE_S
        for notification in due.notifications:
            if self._stopping:
                return LOOK_EVERY_S
            if self.breaker.retry_after_s > 0:
                break
            self._idle.clear()
            try:
                await self._deliver(notification)
            finally:
                self._idle.set()
        return 0.0 if due.notifications else self._until(due)

    def _until(self, due: Due) -> float:
        if due.next_at is None:
            return LOOK_EVERY_S
        left_s = (due.next_at - self._clock.now()).total_seconds()
        return min(max(left_s, 0.1), LOOK_EVERY_S)

    async def _deliver(self, notification: Queued) -> None:
        was_closed = self.breaker.state is BreakerState.CLOSED
        outcome = await self._try(notification)
        recovered = not was_closed and self.breaker.state is BreakerState.CLOSED
        recording = asyncio.ensure_future(self._record(notification, outcome, recovered))
        try:
            await asyncio.shield(recording)
        except asyncio.CancelledError:
            # The mail is gone: not to write that down would be to send it once more.
            await recording
            raise

    async def _try(self, notification: Queued) -> _Outcome:
        try:
            mail = self._writer.write(notification)
            answer = await self.breaker.call(partial(self._channel.send, mail))
        except Permanent as error:
            return _Outcome(Result.REFUSED, False, error.reason.value, error.detail)
        except MailRefused as error:
            return _Outcome(Result.REFUSED, True, error.reason.value, error.detail)
        except Retryable as error:
            return _Outcome(Result.GIVEN_UP, True, error.reason.value, error.detail)
        except Exception as error:  # one bad notification must not stop the others
            log.exception(
                "a notification could not be sent, by a fault of ours",
                extra={"event": "notification.failed", "notification": notification.id},
            )
            reason = Reason.INTERNAL_ERROR.value
            return _Outcome(Result.GIVEN_UP, True, reason, type(error).__name__)
        return _Outcome(Result.ACCEPTED, answer=answer)

    async def _record(self, notification: Queued, outcome: _Outcome, recovered: bool) -> None:
        now = self._clock.now()
        await until_on_disk(partial(self._write, notification, outcome, now), self._clock)
        while self._changes:
            await until_on_disk(partial(self._tell, self._changes[0]), self._clock)
            self._changes.popleft()
        if recovered:  # what waited for the server itself waits no longer
            hasten = partial(self._history.hasten, _SERVER_TROUBLE, now)
            await until_on_disk(hasten, self._clock)

    async def _write(self, notification: Queued, outcome: _Outcome, now: datetime) -> None:
        next_at = self._next_try(notification, outcome, now) if outcome.again else None
        if next_at is not None:
            await self._history.postpone(notification, next_at, outcome.reason, outcome.answer)
            _log_postponed(notification, outcome)
            return
        result = outcome.result
        if await self._history.close(notification, result, now, outcome.reason, outcome.answer):
            self._count(notification, result, now)
            _log_ended(notification, result, outcome)

    def _next_try(self, notification: Queued, outcome: _Outcome, now: datetime) -> datetime | None:
        if outcome.result is Result.REFUSED:
            return next_try_of_refused(notification.queued_at, now)
        jitter = self._rng.uniform(-1, 1)
        return next_try(notification.attempts + 1, notification.queued_at, now, jitter)

    def _count(self, notification: Queued, result: Result, now: datetime) -> None:
        notice = notification.notice
        self._metrics.queued(-1)
        self._metrics.ended(notice.type, result)
        if result is Result.ACCEPTED:
            self._metrics.accepted((now - notice.happened_at).total_seconds())

    def _changed(self, change: BreakerChange) -> None:
        self._metrics.breaker.changed(change)
        self._changes.append(change)
        if change.before is BreakerState.CLOSED:
            log.error(
                "the mail server does not take mails; they wait, and it is asked rarely",
                extra={"event": "mail.lost", "reason": change.reason},
            )
        elif change.state is BreakerState.CLOSED:
            log.info("the mail server takes mails again", extra={"event": "mail.back"})


def _is_the_servers_failure(error: Exception) -> bool:
    return isinstance(error, ChannelUnavailable | MailUnknown)


def _log_postponed(notification: Queued, outcome: _Outcome) -> None:
    if notification.attempts == 0:
        fields = {"event": "notification.postponed", "reason": outcome.reason}
        log.warning("a mail was not taken and is tried again", extra=_about(notification, fields))


def _log_ended(notification: Queued, result: Result, outcome: _Outcome) -> None:
    level = logging.INFO if result is Result.ACCEPTED else logging.ERROR
    fields = {"event": f"notification.{result.value}", "reason": outcome.reason}
    log.log(level, "a notification ended", extra=_about(notification, fields))


def _about(notification: Queued, fields: dict[str, str]) -> dict[str, object]:
    notice = notification.notice
    return {
        **fields,
        "notification": notification.id,
        "type": notice.type.value,
        "phase": notice.phase.value,
    }
