"""A pipe of bytes to one printer: what TCP, USB and serial ports have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol


class Listener(Protocol):
    """Whoever uses a link hears of it through these; they are called from the event loop."""

    def received(self, data: bytes) -> None: ...

    def ended(self, error: OSError | None) -> None:
        """Nothing more will come: a clean end (None) or a broken connection. Called once."""
        ...


class Link(Protocol):
    def listen(self, listener: Listener) -> None:
        """Begin to receive. Called once, before anything else."""
        ...

    def poll(self) -> None:
        """Take in, now, what has arrived, and notice when the other side is gone."""
        ...

    def write(self, data: memoryview) -> int:
        """Hand over what fits without waiting, perhaps nothing; returns how many bytes that was.

        Raises OSError when the connection is gone; then none of `data` was taken.
        """
        ...

    async def wait_writable(self, timeout_s: float) -> None:
        """Return when `write` may take something, when the link ended, or after `timeout_s`."""
        ...

    def finish(self) -> None:
        """No more bytes from us; those handed over still arrive, and the printer may speak on."""
        ...

    def close(self) -> None:
        """Let go. What was handed over is still delivered where the transport can."""
        ...


Through = Callable[[Link], Link]
"""What somebody wants between a session and its link, to see what passes."""


def as_it_is(link: Link) -> Link:
    return link
