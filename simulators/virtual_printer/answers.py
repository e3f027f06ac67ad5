"""Everything the printer says."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from escpos_paper import Command, Kind
from virtual_printer.condition import Condition
from virtual_printer.fault import FaultName, Faults
from virtual_printer.identity import Identity
from virtual_printer.paper_trail import PaperTrail

if TYPE_CHECKING:
    from virtual_printer.mechanism import Host

ANSWERED: Final = frozenset(
    {Kind.STATUS, Kind.PROCESS_ID, Kind.AUTO_STATUS, Kind.IDENTITY, Kind.INITIALIZE}
)
"""What `Answers.in_order` obeys."""

_GARBAGE: Final = 0xFF
"""Its fixed bits are wrong for every kind of answer."""


class Answers:
    """Status, identity and confirmations, as the present faults let them out."""

    def __init__(
        self,
        *,
        faults: Faults,
        trail: PaperTrail,
        identity: Identity,
        listener: Callable[[], Host | None],
        on_late_word: Callable[[], None],
    ) -> None:
        self._faults = faults
        self._trail = trail
        self._identity = identity
        self._listener = listener
        self._on_late_word = on_late_word
        self._automatic_mask = 0
        self._told = Condition()
        self._late: tuple[bytes, Host] | None = None
        self._late_timer: asyncio.TimerHandle | None = None

    @property
    def condition(self) -> Condition:
        return Condition.of(self._faults.active)

    @property
    def has_late_word(self) -> bool:
        """A confirmation waits to be sent."""
        return self._late is not None

    # Questions

    def real_time_status(self, command: Command, host: Host) -> None:
        """DLE EOT n."""
        self._answer_status(command, self.condition.real_time(command.raw[2]), host)

    def in_order(self, command: Command, host: Host) -> None:
        """Obey a command of a kind in `ANSWERED`, when the mechanism has come to it."""
        kind = command.kind
        if kind is Kind.STATUS:
            if not self._identity.model.sensor:
                return
            self._answer_status(command, self._sensor(command), host)
        elif kind is Kind.PROCESS_ID:
            self._confirm(command, host)
        elif kind is Kind.AUTO_STATUS:
            self._set_automatic(command, host)
        elif kind is Kind.IDENTITY:
            self._answer_status(command, self._identity.answer(command.raw[2]), host)
        elif kind is Kind.INITIALIZE:
            self._automatic_mask = 0

    def _sensor(self, command: Command) -> bytes | None:
        """GS r n, and its old forms ESC v and ESC u 0. The drawer's switch is always open."""
        asks_paper = command.raw == b"\x1bv" or command.raw[2:] in (b"\x01", b"1")
        asks_drawer = command.raw[:2] == b"\x1bu" or command.raw[2:] in (b"\x02", b"2")
        if asks_paper and command.raw[:2] != b"\x1bu":
            return self.condition.paper_sensor()
        return b"\0" if asks_drawer else None

    def _answer_status(self, command: Command, answer: bytes | None, host: Host) -> None:
        if FaultName.SILENT in self._faults or FaultName.NO_STATUS in self._faults:
            answer = None
        elif answer and FaultName.GARBAGE_STATUS in self._faults:
            answer = bytes((_GARBAGE,)) * len(answer)
        if answer:
            host.send(answer)
        self._trail.note(
            "status", asked=command.raw.hex(" "), answered=answer.hex(" ") if answer else None
        )

    @property
    def clears_buffer(self) -> bool:
        """Does the printer know DLE DC4 with function 8?"""
        return self._identity.model.clears_buffer

    def cleared(self, host: Host) -> None:
        """The reply to DLE DC4 fn 8."""
        host.send(b"\x37\x25\x00")
        self._trail.note("cleared")

    # Automatic status

    def _set_automatic(self, command: Command, host: Host) -> None:
        self._automatic_mask = command.raw[2]
        self._told = self.condition
        if self._automatic_mask:
            self._answer_status(command, self.condition.automatic(), host)

    def condition_changed(self) -> None:
        """Tell whoever listens, if it wanted to know."""
        before, self._told = self._told, self.condition
        host = self._listener()
        if host and self._told.differs(before, self._automatic_mask):
            answer = self._told.automatic()
            self._answer_status(Command(Kind.AUTO_STATUS, b""), answer, host)

    # Confirmations

    def _confirm(self, command: Command, host: Host) -> None:
        """GS ( H fn 48: everything before it has been printed."""
        if len(command.raw) != 11 or command.raw[5:7] != b"00":
            return
        if not self._identity.model.process_id:
            return
        if FaultName.NO_PROCESS_ID in self._faults or FaultName.NO_STATUS in self._faults:
            return
        # A later id implies the earlier ones, so one that still waits is not sent any more.
        self._late = (command.raw[7:11], host)
        delay_s = self._faults.value(FaultName.LATE_CONFIRMATION)
        if not delay_s:
            self._send_confirmation()
        elif self._late_timer is None:
            loop = asyncio.get_running_loop()
            self._late_timer = loop.call_later(delay_s, self._send_late)

    def _send_late(self) -> None:
        self._send_confirmation()
        self._on_late_word()

    def _send_confirmation(self) -> None:
        if self._late is None:
            return
        process_id, host = self._late
        self.forget_late_word()
        delivered = host.send(b"\x37\x22" + process_id + b"\x00")
        self._trail.note(
            "confirmation", process_id=process_id.decode("latin-1"), delivered=delivered
        )

    def forget_late_word(self) -> None:
        self._late = None
        if self._late_timer:
            self._late_timer.cancel()
            self._late_timer = None

    def power_off(self) -> None:
        self._automatic_mask = 0
        self.forget_late_word()
