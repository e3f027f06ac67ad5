"""USB printers by libusb, where the kernel has no driver for them: usb://04b8:0e28.

libusb's calls wait, so one thread writes and one reads, each call with a deadline. What the
writing thread has is handed over; a clean end is that the printer has taken all of it. The device
is never reset, from which some printers take minutes to come back, and a driver of the kernel that
had the interface gets it back.
"""

from __future__ import annotations

import asyncio
import errno
from functools import partial
from typing import Any, Final

from bonfire.clock import Clock
from bonfire.config import UsbAddress
from print_agent.printers import PrinterSettings
from print_agent.printers.descriptor import error_of, wake
from print_agent.printers.link import Listener, Through, as_it_is
from print_agent.printers.plugged import PluggedPrinter
from print_agent.printers.usb_device import UsbBusDevice
from print_agent.printers.worker import Worker

# On its way to the printer, at most; small, so that one that takes no more is noticed.
_MOST_PENDING_BYTES: Final = 4096
# Some printers answer a read with nothing at all, as often as they are asked.
_PAUSE_S: Final = 0.02


class LibusbPrinter(PluggedPrinter):
    def __init__(
        self,
        settings: PrinterSettings,
        clock: Clock,
        *,
        interrupted: bool = False,
        through: Through = as_it_is,
        backend: Any = None,
    ) -> None:
        """`backend` is one of pyusb's; None for libusb's own."""
        super().__init__(settings, clock, interrupted=interrupted, through=through)
        self._backend = backend

    def _device(self) -> LinkedDevice:
        address = self.settings.address
        assert isinstance(address, UsbAddress)  # noqa: S101 -- `configured` chose by it
        return LinkedDevice(address, self._backend)


class LinkedDevice(UsbBusDevice):
    def link(self, worker: Worker) -> LibusbLink:
        return LibusbLink(self, worker)


class LibusbLink:
    """Implements `Link`."""

    def __init__(self, device: UsbBusDevice, writer: Worker) -> None:
        self._device = device
        self._writer = writer
        self._reader: Worker | None = None
        self._loop = asyncio.get_running_loop()
        self._listener: Listener | None = None
        self._pending = 0  # bytes
        self._writable: asyncio.Future[None] | None = None
        self._finishing = False
        self._closed = False

    def listen(self, listener: Listener) -> None:
        self._listener = listener
        if self._device.can_read:
            self._reader = Worker("reader of a printer")
            self._read_on()

    def poll(self) -> None:
        """What the reading thread has heard is on its way already."""

    def write(self, data: memoryview) -> int:
        if self._listener is None:
            raise error_of(errno.EPIPE)
        chunk = bytes(data[: _MOST_PENDING_BYTES - self._pending])
        if chunk:
            self._pending += len(chunk)
            written = self._writer.do(partial(self._device.write, chunk))
            written.add_done_callback(partial(self._written, len(chunk)))
        return len(chunk)

    async def wait_writable(self, timeout_s: float) -> None:
        if self._listener is None or self._pending < _MOST_PENDING_BYTES:
            return
        writable = self._writable = self._loop.create_future()
        alarm = self._loop.call_later(timeout_s, wake, writable)
        try:
            await writable
        finally:
            alarm.cancel()
            self._writable = None

    def finish(self) -> None:
        self._finishing = True
        if not self._pending:
            self._loop.call_soon(self._end, None)

    def close(self) -> None:
        self._listener = None
        self._wake()
        if self._closed:
            return
        self._closed = True
        self._device.give_up()
        if self._reader is not None:
            self._reader.finish(lambda: None)
        self._writer.finish(self._device.close)

    def _read_on(self) -> None:
        if self._listener is not None and self._reader is not None:
            self._reader.do(self._device.read).add_done_callback(self._heard)

    def _heard(self, read: asyncio.Future[bytes]) -> None:
        if (error := read.exception()) is not None:
            self._end(error)
            return
        if (data := read.result()) and self._listener is not None:
            self._listener.received(data)
            self._read_on()
        else:
            self._loop.call_later(_PAUSE_S, self._read_on)

    def _written(self, count: int, written: asyncio.Future[None]) -> None:
        self._pending -= count
        if (error := written.exception()) is not None:
            self._end(error)
            return
        self._wake()
        if self._finishing and not self._pending:
            self._end(None)

    def _end(self, error: BaseException | None) -> None:
        listener, self._listener = self._listener, None
        self._wake()
        if listener is None:
            return
        if error is None or isinstance(error, OSError):
            listener.ended(error)
        else:  # something that pyusb does not know of itself
            listener.ended(error_of(errno.EIO))

    def _wake(self) -> None:
        if self._writable is not None:
            wake(self._writable)
