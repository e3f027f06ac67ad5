"""One ticket on its way to one printer: hand it over, then wait for the printer's word."""

from __future__ import annotations

from typing import Final

from bonfire.clock import Clock
from bonfire.errors import Reason
from bonfire.messages import Confirmation
from print_agent.printers import (
    Outcome,
    PrinterSettings,
    PrintResult,
    Status,
    TroubleListener,
    advice,
    commands,
)
from print_agent.printers.exchange import Exchange
from print_agent.printers.patience import Patience

READY: Final = Status()


class Delivery:
    """`run` it once. The connection is worth nothing afterwards unless the result is CONFIRMED."""

    def __init__(
        self,
        exchange: Exchange,
        settings: PrinterSettings,
        clock: Clock,
        confirmation: Confirmation,
        process_id: bytes,
        on_trouble: TroubleListener,
    ) -> None:
        self._exchange = exchange
        self._inbox = exchange.inbox
        self._settings = settings
        self._clock = clock
        self._confirmation = confirmation
        self._process_id = process_id
        self._on_trouble = on_trouble
        self._seen = self._inbox.status
        self._in_order_before = self._inbox.in_order

    async def run(self, ticket: bytes) -> PrintResult:
        payload = self._with_request(ticket)
        started = self._clock.monotonic()
        sent = await self._hand_over(payload)
        handed_over = self._clock.monotonic()
        if sent < len(payload):
            reason: Reason | None = self._why_not_taken(sent)
        else:
            reason = await self._hear()
        return PrintResult(
            outcome=self._outcome(reason, sent),
            bytes_sent=sent,
            confirmation=self._confirmation,
            reason=reason,
            detail=self._detail(reason, sent, len(payload)),
            send_s=handed_over - started,
            confirm_s=self._clock.monotonic() - handed_over,
        )

    def _with_request(self, ticket: bytes) -> bytes:
        match self._confirmation:
            case Confirmation.PROCESS_ID:
                # Only such a printer surely knows GS a as well. Automatic status is what tells of
                # empty paper while a long ticket blocks the connection for any question.
                request = commands.ask_printed(self._process_id)
                return commands.with_status_back(ticket) + request
            case Confirmation.STATUS:
                return ticket + commands.ASK_IN_ORDER
            case Confirmation.CLOSE:
                return ticket

    async def _hand_over(self, payload: bytes) -> int:
        patience = self._patience(self._settings.send_timeout_s)

        def left_s() -> float:
            self._exchange.poll()
            self._note_status(patience)
            left = patience.left(self._clock.monotonic())
            return min(left, self._settings.ask_again_s)

        return await self._exchange.send(payload, left_s)

    def _why_not_taken(self, sent: int) -> Reason:
        if sent == 0:
            return Reason.RESET_BEFORE_BYTES if self._exchange.over else Reason.NO_ANSWER
        return Reason.CONNECTION_LOST if self._exchange.over else Reason.SEND_TIMEOUT

    async def _hear(self) -> Reason | None:
        """Wait for the printer's word; None once it is there."""
        if self._confirmation is Confirmation.CLOSE:
            self._exchange.poll()
            if self._exchange.over:
                return Reason.CONNECTION_LOST  # it went before it knew that we were done
            self._exchange.finish()
        settings = self._settings
        patience = self._patience(settings.confirm_timeout_s + settings.grace_s)
        while (left := patience.left(self._clock.monotonic())) > 0:
            await self._exchange.until(self._has_news, min(left, settings.ask_again_s))
            if self._has_word():
                patience.saw(READY, self._clock.monotonic())  # or it could not have printed
                return None
            if self._exchange.over:
                return Reason.CONNECTION_LOST
            if not self._note_status(patience) and self._may_ask:
                self._exchange.ask_status()
        return Reason.NOT_CONFIRMED

    @property
    def _may_ask(self) -> bool:
        return self._settings.status == "dle-eot" and self._confirmation is not Confirmation.CLOSE

    def _patience(self, timeout_s: float) -> Patience:
        now = self._clock.monotonic()
        return Patience(now, timeout_s, self._settings.hold_timeout_s, self._on_trouble)

    def _has_news(self) -> bool:
        return self._has_word() or self._inbox.status is not self._seen

    def _has_word(self) -> bool:
        match self._confirmation:
            case Confirmation.PROCESS_ID:
                # Only this very id. A later one would do as well, but there is none: a ticket ends
                # before the next is sent, and one that ends unconfirmed is the connection's last.
                return self._inbox.has_word(self._process_id)
            case Confirmation.STATUS:
                return self._inbox.in_order > self._in_order_before
            case Confirmation.CLOSE:
                return self._exchange.ended_cleanly

    def _note_status(self, patience: Patience) -> bool:
        """Take a status that came since; says whether there was one."""
        status = self._inbox.status
        if status is self._seen:
            return False
        self._seen = status
        patience.saw(status, self._clock.monotonic())
        return True

    def _outcome(self, reason: Reason | None, sent: int) -> Outcome:
        if reason is not None:
            return Outcome.UNKNOWN if sent else Outcome.FAILED
        weak = self._confirmation is Confirmation.CLOSE
        return Outcome.WEAK if weak else Outcome.CONFIRMED

    def _detail(self, reason: Reason | None, sent: int, total: int) -> str:
        if reason is None:
            return ""
        if sent == 0:
            return advice.sentence(self._settings, reason)
        printer = f"{self._settings.id} at {self._settings.place}"
        match reason:
            case Reason.NOT_CONFIRMED:
                return f"{printer} took all {total} bytes and did not say that it printed them"
            case Reason.SEND_TIMEOUT:
                return f"{printer} stopped taking bytes after {sent} of {total}"
            case _:
                return f"the connection to {printer} broke after {sent} of {total} bytes"
