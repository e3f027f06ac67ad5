"""A link over a file descriptor that never blocks: a socket, or a device of the kernel's."""

from __future__ import annotations

import asyncio
import errno
import os
from typing import Final

from print_agent.printers.link import Listener

_READ_BYTES: Final = 4096
_READS_PER_TURN: Final = 16


class DescriptorLink:
    """Implements `Link` but for `finish`, on which transports differ. It owns the descriptor."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._loop = asyncio.get_running_loop()
        self._listener: Listener | None = None
        self._writable: asyncio.Future[None] | None = None

    def listen(self, listener: Listener) -> None:
        self._listener = listener
        self._loop.add_reader(self._descriptor, self._receive)

    def poll(self) -> None:
        self._receive()
        if self._listener is not None and (gone := self._gone()):
            self._end(error_of(gone))

    def write(self, data: memoryview) -> int:
        if self._listener is None:
            raise error_of(errno.EPIPE)
        try:
            return os.write(self._descriptor, data)
        except BlockingIOError:
            return 0
        except OSError as error:
            self._end(error)
            raise

    async def wait_writable(self, timeout_s: float) -> None:
        if self._listener is None:
            return
        writable = self._writable = self._loop.create_future()
        self._loop.add_writer(self._descriptor, wake, writable)
        alarm = self._loop.call_later(timeout_s, wake, writable)
        try:
            await writable
        finally:
            alarm.cancel()
            self._stop_writing()

    def close(self) -> None:
        self._stop_listening()
        self._release()

    def _gone(self) -> int:
        """The errno by which it shows that the other side went away, or 0."""
        return 0

    def _release(self) -> None:
        """Close the descriptor. May be called again."""
        raise NotImplementedError

    def _heard_nothing(self) -> None:
        """A read returned no byte."""
        self._end(None)

    def _read_failed(self, error: OSError) -> None:
        self._end(error)

    def _receive(self) -> None:
        """What has arrived, and the end if there is one; a flood waits for its next turn."""
        for _ in range(_READS_PER_TURN):
            listener = self._listener
            if listener is None:
                return
            try:
                data = os.read(self._descriptor, _READ_BYTES)
            except BlockingIOError:
                return
            except OSError as error:
                self._read_failed(error)
                return
            if not data:
                self._heard_nothing()
                return
            listener.received(data)

    def _end(self, error: OSError | None) -> None:
        listener = self._listener
        self._stop_listening()
        if listener is not None:
            listener.ended(error)

    def _stop_listening(self) -> None:
        if self._listener is not None:
            self._listener = None
            self._loop.remove_reader(self._descriptor)
        self._stop_writing()

    def _stop_writing(self) -> None:
        if self._writable is not None:
            self._loop.remove_writer(self._descriptor)
            wake(self._writable)
            self._writable = None


def wake(waiting: asyncio.Future[None]) -> None:
    if not waiting.done():
        waiting.set_result(None)


def error_of(code: int) -> OSError:
    return OSError(code, os.strerror(code))
