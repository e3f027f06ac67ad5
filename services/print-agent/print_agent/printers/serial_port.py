"""Printers behind a serial port: 8 data bits, no parity, 1 stop bit.

How the printer holds us up is its own matter: RTS/CTS and XON/XOFF are the kernel's, which then
takes no more bytes from us. DTR/DSR no Linux driver knows, so it is done here: a printer that
drops DSR still has room for about 128 bytes (TM-T88III), so after each 64 we look at the line.

A clean end is an empty queue in the kernel, and time for what is still in the adapter. What a
printer has not taken when the port is closed is thrown away, since else closing would wait for it.
"""

from __future__ import annotations

import asyncio
import fcntl
import struct
import termios
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from bonfire.config import SerialAddress
from bonfire.config.address import Flow
from print_agent.printers import commands
from print_agent.printers.descriptor import error_of, wake
from print_agent.printers.device import CharacterDevice, DeviceLink
from print_agent.printers.plugged import PluggedPrinter
from print_agent.printers.worker import Worker

_BETWEEN_LOOKS_BYTES: Final = 64
_LOOK_AGAIN_S: Final = 0.02
_BITS_PER_BYTE: Final = 10
# Answered also by a printer that holds us up, and the only way to learn why it does.
_REAL_TIME: Final = (commands.ASK_STATUS, commands.CLEAR_BUFFER)


class SerialPrinter(PluggedPrinter):
    def _device(self) -> SerialPort:
        address = self.settings.address
        assert isinstance(address, SerialAddress)  # noqa: S101 -- `configured` chose by it
        return SerialPort(address, reads=self._reads)


class SerialPort(CharacterDevice):
    def __init__(self, address: SerialAddress, *, reads: bool = True) -> None:
        super().__init__(address.path, reads=reads)
        self.baud = address.baud
        self.flow = address.flow
        self.is_clear = True

    def open(self) -> None:
        super().open()
        try:
            _set_up(self.descriptor, self.baud, self.flow)
        except termios.error as error:  # no OSError, though it is one
            raise error_of(error.args[0]) from error
        if self.flow is Flow.DSR_DTR:
            self.look()

    def link(self, worker: Worker) -> SerialLink:
        return SerialLink(self, worker)

    def close(self) -> None:
        if self.descriptor >= 0:
            with suppress(termios.error):  # the adapter was pulled out
                termios.tcflush(self.descriptor, termios.TCOFLUSH)
        super().close()

    def look(self) -> bool:
        """Whether the printer takes more, and has all that we sent. An adapter may block."""
        self.is_clear = self._has_dsr() and self.unsent() == 0
        return self.is_clear

    def unsent(self) -> int:
        """Bytes in the kernel's queue. Does not block."""
        return _number(self.descriptor, termios.TIOCOUTQ)

    def _has_dsr(self) -> bool:
        return bool(_number(self.descriptor, termios.TIOCMGET) & termios.TIOCM_DSR)


class SerialLink(DeviceLink):
    """Implements `Link`."""

    def __init__(self, port: SerialPort, worker: Worker) -> None:
        super().__init__(port, worker)
        self._port = port
        self._timer: asyncio.TimerHandle | None = None
        self._looking = False
        # How many bytes may go before the next look at DSR.
        self._credit = _BETWEEN_LOOKS_BYTES if port.is_clear else 0

    def write(self, data: memoryview) -> int:
        if self._port.flow is not Flow.DSR_DTR or self._listener is None or _is_real_time(data):
            return super().write(data)
        taken = super().write(data[: self._credit]) if self._credit else 0
        self._credit -= taken
        self._after(self._transmission_s(taken), self._look)
        return taken

    async def wait_writable(self, timeout_s: float) -> None:
        if self._port.flow is not Flow.DSR_DTR or self._credit:
            await super().wait_writable(timeout_s)
        elif self._listener is not None:
            cleared = self._writable = self._loop.create_future()
            alarm = self._loop.call_later(timeout_s, wake, cleared)
            try:
                await cleared
            finally:
                alarm.cancel()
                self._writable = None

    def finish(self) -> None:
        self._after(0, self._is_sent)

    def _is_sent(self) -> None:
        try:
            unsent = self._port.unsent()
        except OSError as error:
            self._end(error)
            return
        if unsent:
            self._after(_LOOK_AGAIN_S, self._is_sent)
        else:
            self._after(self._transmission_s(_BETWEEN_LOOKS_BYTES), lambda: self._end(None))

    def _look(self) -> None:
        if self._looking or self._worker is None:
            return
        self._looking = True
        self._worker.do(self._port.look).add_done_callback(self._looked)

    def _looked(self, look: asyncio.Future[bool]) -> None:
        self._looking = False
        if self._listener is None:
            return
        error = look.exception()
        if isinstance(error, OSError):
            self._end(error)
        elif look.result():
            self._credit = _BETWEEN_LOOKS_BYTES
            self._stop_writing()
        else:
            self._after(_LOOK_AGAIN_S, self._look)

    def _after(self, seconds: float, then: Callable[[], None]) -> None:
        """In place of what was to come before."""
        self._forget_timer()
        if self._listener is not None:
            self._timer = self._loop.call_later(seconds, then)

    def _transmission_s(self, count: int) -> float:
        return count * _BITS_PER_BYTE / self._port.baud

    def _forget_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _stop_listening(self) -> None:
        self._forget_timer()
        super()._stop_listening()


def _is_real_time(data: memoryview) -> bool:
    """A ticket is never so short."""
    return len(data) <= max(map(len, _REAL_TIME)) and data.tobytes() in _REAL_TIME


def _set_up(descriptor: int, baud: int, flow: Flow) -> None:
    """Every byte as it is, both ways; whoever opens the port next does not reset the printer."""
    speed = getattr(termios, f"B{baud}")
    control = termios.CS8 | termios.CREAD | termios.CLOCAL
    if flow is Flow.RTS_CTS:
        control |= termios.CRTSCTS
    paced = termios.IXON if flow is Flow.XON_XOFF else 0
    characters = termios.tcgetattr(descriptor)[6]
    characters[termios.VMIN], characters[termios.VTIME] = 1, 0
    attributes = [paced | termios.IGNBRK, 0, control, 0, speed, speed, characters]
    termios.tcsetattr(descriptor, termios.TCSANOW, attributes)


def _number(descriptor: int, question: int) -> int:
    (number,) = struct.unpack("i", fcntl.ioctl(descriptor, question, bytes(4)))
    return int(number)
