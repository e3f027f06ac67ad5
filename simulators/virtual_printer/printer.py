"""The printer as a whole: its port, its connections, its mechanism and its faults."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Final, Literal, Self

from escpos_paper import Block, Engine
from virtual_printer.answers import Answers
from virtual_printer.darkroom import Darkroom
from virtual_printer.enpc import Responder, answer
from virtual_printer.fault import Fault, FaultName, Faults, fault_name
from virtual_printer.identity import Identity
from virtual_printer.mechanism import Mechanism
from virtual_printer.models import model_named
from virtual_printer.paper_trail import Event, PaperTrail, PrintedTicket
from virtual_printer.place import Place
from virtual_printer.reception import Reception
from virtual_printer.slip import Slip
from virtual_printer.tcp_port import TcpPort

_CLOSING: Final = frozenset({FaultName.REFUSE, FaultName.UNPLUGGED})
"""While one of these lasts, nobody new gets in."""


class VirtualPrinter:
    """A printer on a TCP port, with its paper in memory and, given a folder, on disk.

    `model` is one of `MODELS`, which also says `columns` and `engine` where they are not given.
    With `pty` or `fifo` it is behind a device file at that path instead. `speed` is in mm/s;
    `math.inf` prints at once. `second` says what happens to a connection while another one is open:
    it waits (Epson) or is reset (other makers). With `paper_dir` its files go to `paper_dir/name/`,
    see `PaperTrail`; PNGs need a `darkroom`. With `enpc_port` (0 takes a free one) a model that
    speaks Epson's protocol on UDP answers there.

        async with VirtualPrinter("kitchen-1") as printer:
            ...  # connect to 127.0.0.1, printer.port
            printer.set_fault("paper-out", at_byte=200)
            tickets = await printer.wait_for_tickets(1)
    """

    def __init__(
        self,
        name: str,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        pty: Path | None = None,
        fifo: Path | None = None,
        paper_dir: Path | None = None,
        speed: float = 250.0,
        model: str | None = None,
        columns: int | None = None,
        engine: Engine | None = None,
        second: Literal["block", "refuse"] = "block",
        enpc_port: int | None = None,
        darkroom: Darkroom | None = None,
    ) -> None:
        """Raises UnknownModel."""
        self.name = name
        known = model_named(model or ("vp-58" if columns and columns <= 35 else "vp-80"))
        self.model = replace(known, engine=engine) if engine else known
        self.identity = Identity(name, self.model)
        self.columns = columns or self.model.columns
        self.trail = PaperTrail(paper_dir / name if paper_dir else None, darkroom)
        self._port = Place(port, pty, fifo).port(host)
        self._faults = Faults()
        self._answers = Answers(
            faults=self._faults,
            trail=self.trail,
            identity=self.identity,
            listener=lambda: self.reception.active,
            on_late_word=lambda: self.reception.progressed(),
        )
        self.mechanism = Mechanism(
            slip=Slip(self.columns, self.trail, self.model.engine),
            faults=self._faults,
            trail=self.trail,
            answers=self._answers,
            speed_mm_s=speed,
            has_knife=self.model.cutter,
            on_fault=self._apply,
            on_progress=lambda: self.reception.progressed(),
        )
        self.reception = Reception(
            self.mechanism,
            second=second,
            faults=self._faults,
            trail=self.trail,
            on_reset=self._listen_again,
        )
        self._enpc_port = enpc_port
        self._responder = Responder(self._answer_on_udp)
        self._power_on: asyncio.TimerHandle | None = None
        self._listening: asyncio.Task[None] | None = None

    # Life

    async def __aenter__(self) -> Self:
        """Raises OSError when a port is taken."""
        self.trail.open()
        try:
            if self._enpc_port is not None:
                await self._responder.open(self.host, self._enpc_port)
            await self._port.open(self.reception)
        except OSError:
            self._responder.close()
            raise
        self.trail.note("started", printer=self.name, place=self.place)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._power_on:
            self._power_on.cancel()
        if self._listening:
            self._listening.cancel()
        self._port.close()
        self.mechanism.stop()
        self.reception.drop_all()
        self._responder.close()
        # One turn of the loop, in which the transports close.
        await asyncio.sleep(0)
        self.trail.note("stopped")
        self.trail.close()

    def _listen_again(self) -> None:
        self._power_on = None
        if not self._port.is_open and _CLOSING.isdisjoint(self._faults.active):
            self._listening = asyncio.get_running_loop().create_task(
                self._listen_or_tell(), name=f"{self.name}: listen again"
            )

    async def _listen_or_tell(self) -> None:
        try:
            await self._port.open(self.reception)
        except OSError as error:
            # Somebody took the port while the printer was off; `clear` tries again.
            self.trail.note("listen_failed", why=str(error))

    # What it shows

    @property
    def place(self) -> str:
        """`host:port`, or the path of the device file."""
        return self._port.place

    @property
    def host(self) -> str:
        """The TCP address; empty for a printer behind a device file."""
        return self._port.host if isinstance(self._port, TcpPort) else ""

    @property
    def port(self) -> int:
        """The TCP port; 0 for a printer behind a device file."""
        return self._port.port if isinstance(self._port, TcpPort) else 0

    @property
    def tickets(self) -> list[PrintedTicket]:
        """The tickets that were cut off so far (the last 10 000)."""
        self.mechanism.slip.catch_up()
        return list(self.trail.tickets)

    @property
    def ticket_count(self) -> int:
        """The number of the last ticket; it goes on in a folder that was used before."""
        return self.trail.last_seq

    @property
    def recent_paper(self) -> Sequence[Block]:
        """What came out last, cut or not."""
        return tuple(self.mechanism.slip.recent)

    @contextmanager
    def watched(
        self, on_print: Callable[[Sequence[Block]], None], on_event: Callable[[Event], None]
    ) -> Iterator[None]:
        """Be told what comes out and what happens, while the block lasts. One watcher at a time."""
        self.mechanism.slip.on_print = on_print
        try:
            with self.trail.listener(on_event):
                yield
        finally:
            self.mechanism.slip.on_print = None

    @property
    def enpc_port(self) -> int:
        """The UDP port of Epson's protocol; 0 when it is not spoken."""
        return self._responder.port

    @property
    def faults(self) -> list[Fault]:
        """Those in effect, then those that wait for their byte."""
        return list(self._faults)

    @property
    def online(self) -> bool:
        return not self._answers.condition.offline

    @property
    def connected_peer(self) -> str | None:
        active = self.reception.active
        return active.peer if active else None

    async def wait_for_tickets(self, count: int, timeout_s: float = 10.0) -> list[PrintedTicket]:
        """The tickets, once there are `count` of them. Raises TimeoutError."""
        something_happened = asyncio.Event()
        with self.trail.listener(lambda event: something_happened.set()):
            async with asyncio.timeout(timeout_s):
                while len(self.tickets) < count:
                    something_happened.clear()
                    await something_happened.wait()
        return self.tickets

    # Faults

    def set_fault(
        self, name: str, *, value: float | None = None, at_byte: int | None = None
    ) -> Fault:
        """Set a fault now, or once `at_byte` bytes of a ticket are printed. Raises InvalidFault."""
        fault = Fault.of(name, value, at_byte)
        if fault.at_byte is None:
            self._apply(fault)
        else:
            self._faults.arm(fault)
            self.trail.note("fault_armed", fault=fault.name, value=value, at_byte=at_byte)
        return fault

    def clear_fault(self, name: str | None = None) -> None:
        """End one fault or all of them; printing goes on where it stopped. Raises InvalidFault."""
        known = None if name is None else fault_name(name)
        self._faults.clear(known)
        self.trail.note("fault_cleared", fault=known or "all", by="hand")
        self._answers.condition_changed()
        if not self._power_on:
            self._listen_again()
        self.mechanism.work()

    def power_cycle(self, off_s: float = 0.0) -> None:
        """Off and on again: connections die, and what is not on paper is gone."""
        self.set_fault(FaultName.POWER_CYCLE, value=off_s)

    def _apply(self, fault: Fault) -> None:
        self.trail.note("fault_set", fault=fault.name, value=fault.value, at_byte=fault.at_byte)
        if fault.name is FaultName.POWER_CYCLE:
            self._cycle_power(fault.value or 0.0)
            return
        self._faults.set(Fault(fault.name, fault.value))
        if fault.name in _CLOSING:
            self._port.close()
        if fault.name is FaultName.UNPLUGGED:
            self.reception.drop_all()
        self._answers.condition_changed()
        self.reception.progressed()

    def _cycle_power(self, off_s: float) -> None:
        self.mechanism.power_off()
        self.reception.drop_all()
        if self._power_on:
            self._power_on.cancel()
        if off_s:
            self._port.close()
        # At once for a device file, which went with its connection.
        self._power_on = asyncio.get_running_loop().call_later(off_s, self._listen_again)

    def _answer_on_udp(self, packet: bytes) -> bytes | None:
        """A printer that is off, unplugged or never says anything is silent here too."""
        speaks = self.model.enpc and FaultName.NO_STATUS not in self._faults
        if not speaks or not self._port.is_open:
            return None
        said = answer(packet, self.identity, lambda: self._answers.condition.automatic())
        if said:
            self.trail.note("asked_on_udp", asked=packet[:14].hex(" "))
        return said
