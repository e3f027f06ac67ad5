"""Who is connected: one host prints, others wait or are sent away."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Literal

from virtual_printer.fault import FaultName, Faults
from virtual_printer.mechanism import Mechanism
from virtual_printer.paper_trail import PaperTrail
from virtual_printer.place import MOST_CONNECTIONS
from virtual_printer.port import Link


class Reception:
    """Gives the mechanism the bytes of one host at a time, and holds that host while it is full.

    `on_reset` is called when a host was reset because of its byte.
    """

    def __init__(
        self,
        mechanism: Mechanism,
        *,
        second: Literal["block", "refuse"],
        faults: Faults,
        trail: PaperTrail,
        on_reset: Callable[[], None],
    ) -> None:
        self._mechanism = mechanism
        self._second = second
        self._faults = faults
        self._trail = trail
        self._on_reset = on_reset
        self._active: Link | None = None
        self._waiting: deque[Link] = deque()

    @property
    def active(self) -> Link | None:
        """Whom the printer talks to."""
        return self._active

    def drop_all(self) -> None:
        for connection in self._connections():
            connection.reset()

    def _connections(self) -> list[Link]:
        return [*([self._active] if self._active else []), *self._waiting]

    # The port calls these

    def room_bytes(self) -> int:
        return self._mechanism.room_bytes()

    def connection_opened(self, connection: Link) -> None:
        if self._active is None:
            self._activate(connection)
        elif self._second == "refuse" or len(self._connections()) >= MOST_CONNECTIONS:
            self._trail.note("connection_refused", peer=connection.peer)
            connection.reset()
        else:
            self._waiting.append(connection)
            connection.set_reading(False)
            self._trail.note("connection_waits", peer=connection.peer)

    def _activate(self, connection: Link) -> None:
        self._active = connection
        self._mechanism.buffer.begin_host()
        self._trail.note("connection_opened", peer=connection.peer)
        connection.set_reading(self.room_bytes() > 0)

    def received(self, connection: Link, data: bytes) -> None:
        self._mechanism.receive(data, connection)
        if self._mechanism.reset_is_due:
            self._mechanism.reset_is_due = False
            self._faults.disarm_reset()
            self._trail.note("fault_set", fault=FaultName.RST)
            connection.reset()
            self._on_reset()

    def host_finished(self, connection: Link) -> None:
        self._trail.note("host_finished", peer=connection.peer)
        self.progressed()

    def connection_closed(self, connection: Link, how: str) -> None:
        self._trail.note("connection_closed", peer=connection.peer, how=how)
        if connection is self._active:
            self._active = self._waiting.popleft() if self._waiting else None
            if self._active:
                self._activate(self._active)
        elif connection in self._waiting:
            self._waiting.remove(connection)

    # The mechanism calls this

    def progressed(self) -> None:
        """The mechanism has done what it could do for now."""
        if self._active is None:
            return
        if self._active.half_closed and self._mechanism.is_idle:
            self._active.close()
        elif not self._active.half_closed:
            self._active.set_reading(self.room_bytes() > 0)
