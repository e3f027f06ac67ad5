"""The printer behind a device file: USB, or a serial line."""

from __future__ import annotations

import asyncio
import fcntl
import os
import tty
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import Final

from virtual_printer.port import Listener

_PIPE_BYTES: Final = 4096
"""As little as Linux allows: what lies in a pipe is on its way to a printer that may be full."""


class Device:
    """The printer's end of the file.

    No host is seen to come or go: a device just gets bytes, from whoever has it open. What it says
    and nobody reads waits for the next who does, up to what the kernel keeps; the rest is lost.
    """

    def __init__(
        self,
        listener: Listener,
        fds: tuple[int, ...],
        peer: str,
        on_unplugged: Callable[[], None],
        *,
        answers: bool,
    ) -> None:
        """The first of `fds` is the printer's; all of them are closed with the device."""
        self._listener = listener
        self._fds = fds
        self._fd: int | None = fds[0]
        self._on_unplugged = on_unplugged
        self._answers = answers
        self._reading = False
        self.half_closed = False
        self.peer = peer

    @property
    def is_open(self) -> bool:
        return self._fd is not None

    def send(self, data: bytes) -> bool:
        if self._fd is None or not self._answers:
            return False
        try:
            return os.write(self._fd, data) == len(data)
        except BlockingIOError:
            return False  # nobody has read for long

    def set_reading(self, reading: bool) -> None:
        if self._fd is None or reading == self._reading:
            return
        self._reading = reading
        loop = asyncio.get_running_loop()
        if reading:
            loop.add_reader(self._fd, self._read)
        else:
            loop.remove_reader(self._fd)

    def _read(self) -> None:
        if self._fd is None:
            return
        try:
            data = os.read(self._fd, max(self._listener.room_bytes(), 1))
        except BlockingIOError:
            return  # somebody was told that there is something, and there is not
        self._listener.received(self, data)

    def close(self) -> None:
        self.reset()

    def reset(self) -> None:
        if self._fd is None:
            return
        self.set_reading(False)
        self._fd = None
        for fd in self._fds:
            os.close(fd)
        self._on_unplugged()
        loop = asyncio.get_running_loop()
        loop.call_soon(self._listener.connection_closed, self, "unplugged")


class DevicePort(ABC):
    """A file that hosts open. It goes when the device is unplugged."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._away = path.with_name(f".{path.name}.away")
        self._device: Device | None = None

    @property
    def place(self) -> str:
        return str(self._path)

    @property
    def is_open(self) -> bool:
        return os.path.lexists(self._path) and self._is_plugged_in()

    def _is_plugged_in(self) -> bool:
        return self._device is not None and self._device.is_open

    async def open(self, listener: Listener) -> None:
        if self._is_plugged_in():
            self._away.rename(self._path)
        else:
            self._device = self._plug_in(listener)
            listener.connection_opened(self._device)

    def close(self) -> None:
        if self.is_open:
            self._path.rename(self._away)

    def _unplugged(self) -> None:
        self._path.unlink(missing_ok=True)
        self._away.unlink(missing_ok=True)

    @abstractmethod
    def _plug_in(self, listener: Listener) -> Device:
        """Make the file, in place of what a printer that was killed has left there."""


class PtyPort(DevicePort):
    """A terminal that answers, like a serial adapter or `/dev/usb/lp0`; the path leads to it."""

    def _plug_in(self, listener: Listener) -> Device:
        printers_end, hosts_end = os.openpty()
        try:
            tty.setraw(hosts_end)
            os.set_blocking(printers_end, False)
            if self._path.is_symlink():
                self._path.unlink()
            self._path.symlink_to(os.ttyname(hosts_end))
        except OSError:
            os.close(printers_end)
            os.close(hosts_end)
            raise
        # The hosts' end stays open too: without any, Linux tells of an error in place of silence.
        ends = (printers_end, hosts_end)
        return Device(listener, ends, self.place, self._unplugged, answers=True)


class FifoPort(DevicePort):
    """A named pipe: a printer that can only be written to."""

    def _plug_in(self, listener: Listener) -> Device:
        if self._path.is_fifo():
            self._path.unlink()
        os.mkfifo(self._path)
        # Open for both: with a writer of its own it never comes to an end.
        fd = os.open(self._path, os.O_RDWR | os.O_NONBLOCK)
        fcntl.fcntl(fd, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
        return Device(listener, (fd,), self.place, self._unplugged, answers=False)
