"""Printers with a cable of their own: what USB and serial adapters have in common.

Whatever may block is done on a thread of its own, with a deadline: opening a port whose adapter
hangs takes the kernel seconds. A device that was closed is let go of before it is opened again.
"""

from __future__ import annotations

import asyncio
import errno
import grp
import os
import stat
from pathlib import Path
from typing import Final, Protocol

from bonfire.clock import Clock
from bonfire.errors import Reason
from bonfire.messages import Confirmation
from print_agent.printers import PrinterSettings, PrinterTrouble, advice
from print_agent.printers.link import Link, Through, as_it_is
from print_agent.printers.session import EscPosSession, Memory
from print_agent.printers.worker import Worker

_REASON_OF: Final = {
    errno.EBUSY: Reason.REFUSED,
    errno.EAGAIN: Reason.REFUSED,  # somebody else has the lock
    errno.EACCES: Reason.NOT_PERMITTED,
    errno.EPERM: Reason.NOT_PERMITTED,
    errno.ENOTTY: Reason.NAME_UNKNOWN,  # it is another kind of file
    errno.EISDIR: Reason.NAME_UNKNOWN,
    errno.ENOTUNIQ: Reason.NAME_UNKNOWN,  # several answer to it
}
_HANGS: Final = "Its driver does not answer: unplug it, wait 10 seconds, and plug it in again."


class Device(Protocol):
    """What a worker opens and closes; both may block."""

    @property
    def path(self) -> str:
        """The file that a user needs the right to open; "" while it is not known."""
        ...

    def open(self) -> None:
        """Raises OSError, its text for a person where the number says too little."""
        ...

    def link(self, worker: Worker) -> Link:
        """Over the open device, which it closes by the worker's last errand. Does not block."""
        ...

    def close(self) -> None:
        """Also after an `open` that failed half-way, and again. Raises nothing."""
        ...


class PluggedPrinter:
    """Implements `Printer`. `interrupted`: the journal holds a ticket that was broken off here."""

    def __init__(
        self,
        settings: PrinterSettings,
        clock: Clock,
        *,
        interrupted: bool = False,
        through: Through = as_it_is,
    ) -> None:
        self.settings = settings
        self._clock = clock
        self._memory = Memory(interrupted)
        self._through = through
        self._worker: Worker | None = None

    async def connect(self) -> EscPosSession:
        device = self._device()
        try:
            async with asyncio.timeout(self.settings.connect_timeout_s):
                link = await self._open(device)
        except OSError as error:
            raise self._trouble(device, error) from error
        session = EscPosSession(self._through(link), self.settings, self._clock, self._memory)
        try:
            await session.hear_what_is_left()
        except BaseException:
            link.close()
            raise
        return session

    def _device(self) -> Device:
        raise NotImplementedError

    @property
    def _reads(self) -> bool:
        """Is there anything to hear of this printer? Some adapters cannot even be read."""
        confirms = self.settings.confirmation not in ("auto", Confirmation.CLOSE)
        return confirms or self.settings.status != "none"

    async def _open(self, device: Device) -> Link:
        if self._worker is not None:
            await self._worker.gone()
        worker = self._worker = Worker(f"printer {self.settings.id}")
        try:
            await asyncio.shield(worker.do(device.open))
        except BaseException:
            worker.finish(device.close)
            raise
        return device.link(worker)

    def _trouble(self, device: Device, error: OSError) -> PrinterTrouble:
        if isinstance(error, TimeoutError):
            return advice.trouble(self.settings, Reason.UNREACHABLE, _HANGS)
        reason = _REASON_OF.get(error.errno or 0, Reason.UNREACHABLE)
        if isinstance(error, InWords):
            return advice.trouble(self.settings, reason, str(error.strerror))
        remedy = _how_to_be_permitted(device.path) if reason is Reason.NOT_PERMITTED else ""
        return advice.trouble(self.settings, reason, remedy)


class InWords(OSError):
    """Its text is a sentence for a person that says what to do."""


def _how_to_be_permitted(path: str) -> str:
    """By whose right the device can be opened."""
    user = f"user number {os.geteuid()}"
    group = _group_that_may(path)
    if not group:
        return (
            f"No group may use {path or 'it'}, so {user}, as whom the agent runs, may not either: "
            "a udev rule has to give it to one."
        )
    return (
        f"It belongs to the group {group}: put {user}, as whom the agent runs, into that group "
        "and start the agent again."
    )


def _group_that_may(path: str) -> str:
    """The group that may read and write it; "" for none but root's."""
    both = stat.S_IRGRP | stat.S_IWGRP
    try:
        status = Path(path).stat()
        if status.st_gid == 0 or status.st_mode & both != both:
            return ""
        return grp.getgrgid(status.st_gid).gr_name
    except KeyError:
        return f"number {status.st_gid}"
    except OSError:  # a folder above it may not be entered
        return ""
