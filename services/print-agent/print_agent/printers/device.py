"""Character devices of the kernel: opened for one owner at a time, and never waited for."""

from __future__ import annotations

import asyncio
import errno
import fcntl
import os
import select
import stat
from contextlib import suppress
from typing import Final

from print_agent.printers.descriptor import DescriptorLink, error_of
from print_agent.printers.link import Listener
from print_agent.printers.worker import Worker

# Some printers answer a read with nothing at all, as often as they are asked.
_PAUSE_S: Final = 0.02


class CharacterDevice:
    """Implements `plugged.Device`."""

    def __init__(self, path: str, *, reads: bool = True) -> None:
        self.path = path
        self.reads = reads
        self.descriptor = -1

    def open(self) -> None:
        direction = os.O_RDWR if self.reads else os.O_WRONLY
        self.descriptor = os.open(self.path, direction | os.O_NONBLOCK | os.O_NOCTTY)
        if not _is_a_device(self.descriptor):
            raise error_of(errno.ENOTTY)
        # Against a second agent, and against other programs that are polite. The kernel's driver
        # for USB printers takes one at a time by itself.
        fcntl.flock(self.descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def close(self) -> None:
        if self.descriptor >= 0:
            closing, self.descriptor = self.descriptor, -1
            with suppress(OSError):  # the device went away
                os.close(closing)


class DeviceLink(DescriptorLink):
    """Implements `Link` but for `finish`."""

    def __init__(self, device: CharacterDevice, worker: Worker) -> None:
        super().__init__(device.descriptor)
        self._device = device
        self._worker: Worker | None = worker
        self._deaf = not device.reads
        self._pause: asyncio.TimerHandle | None = None

    def listen(self, listener: Listener) -> None:
        self._listener = listener
        self._hear_on()

    def _hear_on(self) -> None:
        self._pause = None
        if self._listener is not None and not self._deaf:
            self._loop.add_reader(self._descriptor, self._receive)

    def _receive(self) -> None:
        if not self._deaf:
            super()._receive()

    def _heard_nothing(self) -> None:
        """No end, unless the device is gone."""
        if code := self._gone():
            self._end(error_of(code))
        elif self._pause is None:
            self._loop.remove_reader(self._descriptor)
            self._pause = self._loop.call_later(_PAUSE_S, self._hear_on)

    def _read_failed(self, error: OSError) -> None:
        if error.errno == errno.EINVAL:  # the driver says so of a printer that only listens
            self._deaf = True
            self._loop.remove_reader(self._descriptor)
        else:
            self._end(error)

    def _gone(self) -> int:
        look = select.poll()
        look.register(self._descriptor, 0)
        return errno.ENODEV if look.poll(0) else 0  # POLLHUP or POLLERR, which need no asking

    def _stop_listening(self) -> None:
        if self._pause is not None:
            self._pause.cancel()
            self._pause = None
        super()._stop_listening()

    def _release(self) -> None:
        worker, self._worker = self._worker, None
        if worker is not None:
            worker.finish(self._device.close)


def _is_a_device(descriptor: int) -> bool:
    """Or a pipe; and one that tells when it has something and when it takes something."""
    kind = os.fstat(descriptor).st_mode
    if not (stat.S_ISCHR(kind) or stat.S_ISFIFO(kind)):
        return False
    try:
        with select.epoll() as look:
            look.register(descriptor, 0)
    except PermissionError:  # what epoll says of /dev/null and its like
        return False
    return True
