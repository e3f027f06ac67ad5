"""The printer as a whole: its port, its connections, its mechanism and its faults."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Final, Literal, Self

from escpos_paper import Block
from virtual_printer.answers import Answers
from virtual_printer.darkroom import Darkroom
from virtual_printer.fault import Fault, FaultName, Faults, fault_name
from virtual_printer.identity import Identity
from virtual_printer.mechanism import Mechanism
from virtual_printer.paper_trail import Event, PaperTrail, PrintedTicket
from virtual_printer.place import MOST_CONNECTIONS, Place
from virtual_printer.port import Link
from virtual_printer.slip import Slip
from virtual_printer.tcp_port import TcpPort

_CLOSING: Final = frozenset({FaultName.REFUSE, FaultName.UNPLUGGED})
"""While one of these lasts, nobody new gets in."""


class VirtualPrinter:
    """A printer on a TCP port, with its paper in memory and, given a folder, on disk.

    With `pty` or `fifo` it is behind a device file at that path instead. `speed` is in mm/s;
    `math.inf` prints at once. `second` says what happens to a connection while another one is open:
    it waits (Epson) or is reset (other makers). With `paper_dir` its files go to `paper_dir/name/`,
    see `PaperTrail`; PNGs need a `darkroom`.

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
        columns: int = 48,
        second: Literal["block", "refuse"] = "block",
        darkroom: Darkroom | None = None,
    ) -> None:
        self.name = name
        self.identity = Identity(name, columns)
        self.columns = columns
        self.trail = PaperTrail(paper_dir / name if paper_dir else None, darkroom)
        self._port = Place(port, pty, fifo).port(host)
        self._second = second
        self._faults = Faults()
        self._answers = Answers(
            faults=self._faults,
            trail=self.trail,
            identity=self.identity,
            listener=lambda: self._active,
            on_late_word=self._progressed,
        )
        self.mechanism = Mechanism(
            slip=Slip(columns, self.trail),
            faults=self._faults,
            trail=self.trail,
            answers=self._answers,
            speed_mm_s=speed,
            on_fault=self._apply,
            on_progress=self._progressed,
        )
        self._active: Link | None = None
        self._waiting: deque[Link] = deque()
        self._power_on: asyncio.TimerHandle | None = None
        self._listening: asyncio.Task[None] | None = None

    # Life

    async def __aenter__(self) -> Self:
        """Raises OSError when the port is taken."""
        self.trail.open()
        await self._port.open(self)
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
        self._drop_connections()
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
            await self._port.open(self)
        except OSError as error:
            # Somebody took the port while the printer was off; `clear` tries again.
            self.trail.note("listen_failed", why=str(error))

    # What it shows

    @property
    def place(self) -> str:
        """`host:port`, or the path of the device file."""
        return self._port.place

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
    def faults(self) -> list[Fault]:
        """Those in effect, then those that wait for their byte."""
        return list(self._faults)

    @property
    def online(self) -> bool:
        return not self._answers.condition.offline

    @property
    def connected_peer(self) -> str | None:
        return self._active.peer if self._active else None

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
            self._drop_connections()
        self._answers.condition_changed()
        self._progressed()

    def _cycle_power(self, off_s: float) -> None:
        self.mechanism.power_off()
        self._drop_connections()
        if self._power_on:
            self._power_on.cancel()
        if off_s:
            self._port.close()
        # At once for a device file, which went with its connection.
        self._power_on = asyncio.get_running_loop().call_later(off_s, self._listen_again)

    # Connections

    def _drop_connections(self) -> None:
        for connection in self._connections():
            connection.reset()

    def _connections(self) -> list[Link]:
        return [*([self._active] if self._active else []), *self._waiting]

    def room_bytes(self) -> int:
        return self.mechanism.room_bytes()

    def connection_opened(self, connection: Link) -> None:
        if self._active is None:
            self._activate(connection)
        elif self._second == "refuse" or len(self._connections()) >= MOST_CONNECTIONS:
            self.trail.note("connection_refused", peer=connection.peer)
            connection.reset()
        else:
            self._waiting.append(connection)
            connection.set_reading(False)
            self.trail.note("connection_waits", peer=connection.peer)

    def _activate(self, connection: Link) -> None:
        self._active = connection
        self.mechanism.buffer.begin_host()
        self.trail.note("connection_opened", peer=connection.peer)
        connection.set_reading(self.room_bytes() > 0)

    def received(self, connection: Link, data: bytes) -> None:
        self.mechanism.receive(data, connection)
        if self.mechanism.reset_is_due:
            self.mechanism.reset_is_due = False
            self._faults.disarm_reset()
            self.trail.note("fault_set", fault=FaultName.RST)
            connection.reset()
            self._listen_again()

    def host_finished(self, connection: Link) -> None:
        self.trail.note("host_finished", peer=connection.peer)
        self._progressed()

    def connection_closed(self, connection: Link, how: str) -> None:
        self.trail.note("connection_closed", peer=connection.peer, how=how)
        if connection is self._active:
            self._active = self._waiting.popleft() if self._waiting else None
            if self._active:
                self._activate(self._active)
        elif connection in self._waiting:
            self._waiting.remove(connection)

    def _progressed(self) -> None:
        """The mechanism has done what it could do for now."""
        if self._active is None:
            return
        if self._active.half_closed and self.mechanism.is_idle:
            self._active.close()
        elif not self._active.half_closed:
            self._active.set_reading(self.room_bytes() > 0)
