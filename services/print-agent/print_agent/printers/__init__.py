"""The printer port: what the spooler needs of a printer, and nothing of sockets or ESC/POS.

`tcp.TcpPrinter`, `usb.UsbPrinter`, `libusb.LibusbPrinter` and `serial_port.SerialPrinter` implement
it; `fake.FakePrinter` ships with it under the same contract tests.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, Protocol

from bonfire.config.address import Address
from bonfire.errors import Reason, Retryable
from bonfire.messages import Confirmation


class PrinterTrouble(Retryable):
    """The printer cannot take a ticket now, and no byte of one was sent to it.

    `remedy` is what to do, in whole sentences, where more is known than the reason tells.
    """

    def __init__(self, reason: Reason, detail: str, remedy: str = "") -> None:
        super().__init__(reason, detail)
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class PrinterSettings:
    """Where one printer is, what it can do, and how long it may take. Seconds throughout."""

    id: str
    address: Address
    columns: int = 48
    confirmation: Confirmation | Literal["auto"] = "auto"
    status: Literal["dle-eot", "none"] = "dle-eot"
    shared: bool = False  # something else prints there too: never swallow the rest of its ticket
    accept_weak: bool = False  # for doctor: it may print without ever saying so
    connect_timeout_s: float = 3.0
    status_timeout_s: float = 2.0
    send_timeout_s: float = 60.0
    confirm_timeout_s: float = 15.0  # counted anew whenever a trouble ends
    grace_s: float = 5.0  # after that, for a printer that says it is ready and yet is silent
    ask_again_s: float = 3.0  # between status queries while the printer's word is awaited
    hold_timeout_s: float = 7_200.0  # for a printer that holds our bytes while it is in trouble
    close_timeout_s: float = 1.0

    @property
    def place(self) -> str:
        """Its address as a person would say it: "192.168.1.50:9100", "/dev/usb/lp0"."""
        return self.address.place

    @property
    def may_know_process_id(self) -> bool:
        """Else it is not asked for one: configured otherwise are above all printers that print
        the question.
        """
        return self.confirmation in ("auto", Confirmation.PROCESS_ID)


@dataclass(frozen=True, slots=True)
class Status:
    """Ready unless there is a trouble. Paper that nears its end is no trouble."""

    trouble: Reason | None = None
    near_end: bool = False

    @property
    def ready(self) -> bool:
        return self.trouble is None


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What a printer says that it is; an empty text is a question that it did not answer."""

    maker: str = ""
    model: str = ""
    serial: str = ""
    firmware: str = ""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a printer can do, as far as it answered; None is a question that it was not asked, or
    whose answer could not be told from another's.
    """

    model_id: int | None = None  # GS I 1
    type_id: int | None = None  # GS I 2
    rom_id: int | None = None  # GS I 3
    fonts: str = ""  # GS I 69: of fonts for a language, or of a code page; makers differ
    process_id: bool | None = None  # tells what it has printed (GS ( H)
    in_order: bool | None = None  # tells what it has processed (GS r)
    buffer_clear: bool | None = None  # can forget what it has not printed yet (DLE DC4, fn 8)

    @property
    def cutter(self) -> bool | None:
        return None if self.type_id is None else bool(self.type_id & 0x02)

    @property
    def confirmation(self) -> Confirmation:
        """The best that it has."""
        if self.process_id:
            return Confirmation.PROCESS_ID
        return Confirmation.STATUS if self.in_order else Confirmation.CLOSE


@dataclass(frozen=True, slots=True)
class Interview:
    """Who a printer is (None if it does not say), how it confirms, and what it can do."""

    fingerprint: Fingerprint | None
    confirmation: Confirmation
    capabilities: Capabilities


class Outcome(StrEnum):
    """Of one attempt to print. Never two outcomes only."""

    CONFIRMED = "confirmed"  # the printer said that it printed
    WEAK = "weak"  # a printer that cannot say so took every byte and closed cleanly
    FAILED = "failed"  # no byte of the ticket was handed over
    UNKNOWN = "unknown"  # anything from nothing to the whole ticket may be on paper


@dataclass(frozen=True, slots=True)
class PrintResult:
    """How one attempt ended; `reason` is None exactly when it is confirmed or weak.

    `bytes_sent` counts what was handed to the operating system, the confirmation request included.
    `send_s` and `confirm_s` are the seconds until the last byte was handed over, and from there to
    the printer's word.
    """

    outcome: Outcome
    bytes_sent: int
    confirmation: Confirmation
    reason: Reason | None = None
    detail: str = ""
    send_s: float = 0.0
    confirm_s: float = 0.0


TroubleListener = Callable[[Reason | None], None]
"""Told, while a ticket is in the printer's hands, what holds it up, and None when that is over."""


def ignore_trouble(_reason: Reason | None) -> None:
    """The listener of a caller who does not want to know."""


def always() -> bool:
    return True


class Session(Protocol):
    """One open connection to one printer. One call at a time; a ticket ends before the next."""

    @property
    def usable(self) -> bool:
        """May another ticket be printed here? False after anything but CONFIRMED."""
        ...

    async def status(self) -> Status:
        """Ask for the present state.

        Raises `PrinterTrouble` with NO_ANSWER, GARBAGE_STATUS or RESET_BEFORE_BYTES, after which
        the session is not usable. A printer with `status = "none"` is always ready.
        """
        ...

    async def identify(self) -> Fingerprint | None:
        """Ask who it is; None from a printer that does not say. Raises `PrinterTrouble`."""
        ...

    async def probe(self) -> Confirmation:
        """Find out how this printer confirms, on an otherwise empty job. Ask a ready printer only.

        Remember the answer: a printer that knows neither kind takes two status timeouts to tell.
        A configured kind is returned unasked. Raises `PrinterTrouble`.
        """
        ...

    async def examine(
        self, *, clear: bool, go_on: Callable[[], bool] = always
    ) -> Capabilities | None:
        """Ask an idle and ready printer what it can do; nothing is printed.

        `clear` allows the one question that empties its buffers: never while it may hold a ticket.
        A shared printer is not asked that in any case, nor one for a process id that is configured
        to confirm otherwise. Between questions, `go_on` says whether to; None if it did not. One
        that answers nothing takes a second or two to tell. Raises `PrinterTrouble`.
        """
        ...

    async def interview(self) -> Interview:
        """All of `identify`, `probe` and `examine` in a hurry: for who asks a ready printer beside
        its agent, and then hangs up.

        Milliseconds, or half a status timeout where nothing is answered. Whether it can clear its
        buffer is not asked. Raises `PrinterTrouble`.
        """
        ...

    async def print(
        self,
        data: bytes,
        confirmation: Confirmation,
        process_id: bytes,
        on_trouble: TroubleListener = ignore_trouble,
    ) -> PrintResult:
        """Print one ticket and wait for the printer's word on it.

        `data` is the whole ticket with its cut; `process_id` comes from `process_id.ProcessIds`.
        While the printer holds the ticket and is in trouble, `on_trouble` is told and the wait goes
        on, since it prints the rest by itself. A caller that cancels must take the attempt for
        UNKNOWN; the connection is closed then.
        """
        ...

    async def late_word(self, process_id: bytes, wait_s: float) -> bool:
        """Does the printer say, here and within `wait_s`, that an UNKNOWN attempt was printed?"""
        ...

    async def close(self) -> None:
        """Let the printer have everything that was sent, then let go of it. May be repeated."""
        ...


class Printer(Protocol):
    """One configured printer, connected or not."""

    @property
    def settings(self) -> PrinterSettings: ...

    async def connect(self) -> Session:
        """Raises `PrinterTrouble` with REFUSED, UNREACHABLE, NAME_UNKNOWN or NOT_PERMITTED."""
        ...
