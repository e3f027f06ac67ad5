"""USB printers by the kernel's driver, usblp: /dev/usb/lp0.

A write hands the driver at most 8 kB and does not wait; the next is taken, and the device is
writable, once the printer has taken those. So "writable" is also how a clean end shows: nothing
of ours is left in this machine. Closing before takes back what the printer has not taken.
"""

from __future__ import annotations

from bonfire.config import UsbDeviceAddress
from print_agent.printers.descriptor import error_of
from print_agent.printers.device import CharacterDevice, DeviceLink
from print_agent.printers.plugged import PluggedPrinter
from print_agent.printers.worker import Worker


class UsbPrinter(PluggedPrinter):
    def _device(self) -> UsbDevice:
        address = self.settings.address
        assert isinstance(address, UsbDeviceAddress)  # noqa: S101 -- `configured` chose by it
        return UsbDevice(address.path, reads=self._reads)


class UsbDevice(CharacterDevice):
    def link(self, worker: Worker) -> UsbLink:
        return UsbLink(self, worker)


class UsbLink(DeviceLink):
    """Implements `Link`."""

    def __init__(self, device: CharacterDevice, worker: Worker) -> None:
        super().__init__(device, worker)
        self._finishing = False

    def finish(self) -> None:
        if self._listener is not None and not self._finishing:
            self._finishing = True
            self._loop.add_writer(self._descriptor, self._all_taken)

    def _all_taken(self) -> None:
        code = self._gone()
        self._end(error_of(code) if code else None)

    def _stop_listening(self) -> None:
        if self._finishing:
            self._finishing = False
            self._loop.remove_writer(self._descriptor)
        super()._stop_listening()
