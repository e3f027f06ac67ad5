"""Where hosts reach the printer, and what the printer sees of one of them."""

from __future__ import annotations

from typing import Protocol


class Link(Protocol):
    """The way to one host."""

    peer: str
    half_closed: bool
    """The host has said that nothing more will come."""

    def send(self, data: bytes) -> bool:
        """False when nobody can get it any more."""
        ...

    def set_reading(self, reading: bool) -> None:
        """Read on, or let the host wait."""
        ...

    def close(self) -> None:
        """After everything that was sent."""
        ...

    def reset(self) -> None:
        """At once, as a device that has lost its power."""
        ...


class Listener(Protocol):
    """The printer, as its port sees it."""

    def room_bytes(self) -> int: ...
    def connection_opened(self, connection: Link) -> None: ...
    def received(self, connection: Link, data: bytes) -> None: ...
    def host_finished(self, connection: Link) -> None: ...
    def connection_closed(self, connection: Link, how: str) -> None: ...


class Port(Protocol):
    """A socket or a device file. It may be closed and opened again, in the same place."""

    @property
    def place(self) -> str:
        """`host:port`, or the path of the file."""
        ...

    @property
    def is_open(self) -> bool: ...

    async def open(self, listener: Listener) -> None:
        """Raises OSError when the place is taken."""
        ...

    def close(self) -> None:
        """Nobody new gets in; who is there stays."""
        ...
