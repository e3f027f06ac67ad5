"""A printer on the USB bus, by pyusb. Every method but `give_up` blocks."""

from __future__ import annotations

import errno
import importlib
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Final

from bonfire.config import UsbAddress
from print_agent.printers.descriptor import error_of
from print_agent.printers.plugged import InWords

_PRINTER_CLASS: Final = 0x07
_IPP: Final = 4  # a protocol of that class: no ESC/POS there
_BULK: Final = 0x02
_IN: Final = 0x80
_WRITE_MS: Final = 500  # then somebody may have given up
_READ_MS: Final = 50  # what closing may have to wait for
_READ_BYTES: Final = 4096
_OR_ELSE: Final = "or use the kernel's driver: usb:///dev/usb/lp0."
_NO_PYUSB: Final = f"Its agent has no pyusb: install bonfire-orders[print-agent], {_OR_ELSE}"
_NO_LIBUSB: Final = f"Its agent has no libusb: install the package libusb-1.0-0, {_OR_ELSE}"


class UsbBusDevice:
    """Of `plugged.Device` all but `link`."""

    def __init__(self, address: UsbAddress, backend: Any = None) -> None:
        self.path = ""
        self._address = address
        self._backend = backend
        self._device: Any = None
        self._interface: Any = None
        self._claimed = False
        self._detached = False
        self._out: Any = None
        self._in: Any = None
        self._given_up = threading.Event()
        self._reading = threading.Lock()

    @property
    def can_read(self) -> bool:
        return self._in is not None

    def open(self) -> None:
        with _in_words():
            self._device = self._find()
            self._interface = _printer_of(_configuration(self._device))
            self._out = _endpoint(self._interface, 0)
            self._in = _endpoint(self._interface, _IN)
            self._claim()

    def write(self, data: bytes) -> None:
        """Returns when the printer has taken it, or somebody gave up."""
        while data and not self._given_up.is_set():
            try:
                data = data[self._out.write(data, _WRITE_MS) :]
            except OSError as error:
                if error.errno == errno.ETIMEDOUT:
                    continue
                self._unstall(self._out, error)
                raise

    def read(self) -> bytes:
        """What it says; nothing if it says nothing for a moment."""
        with self._reading:
            if self._given_up.is_set():
                return b""
            try:
                return bytes(self._in.read(_READ_BYTES, _READ_MS))
            except OSError as error:
                if error.errno == errno.ETIMEDOUT:
                    return b""
                self._unstall(self._in, error)
                raise

    def give_up(self) -> None:
        self._given_up.set()

    def close(self) -> None:
        self.give_up()
        if self._device is None:
            return
        number = self._interface and self._interface.bInterfaceNumber
        with self._reading:
            if self._claimed:
                with suppress(OSError):  # it was unplugged
                    _pyusb("util").release_interface(self._device, number)
            if self._detached:
                with suppress(OSError, NotImplementedError):
                    self._device.attach_kernel_driver(number)
            with suppress(OSError):
                _pyusb("util").dispose_resources(self._device)
            self._device, self._claimed, self._detached = None, False, False

    def _find(self) -> Any:
        address = self._address
        of_the_model: list[Any] = list(
            _pyusb("core").find(
                find_all=True,
                backend=self._backend,
                idVendor=address.vendor,
                idProduct=address.product,
            )
        )
        chosen: Any = None
        try:
            chosen = self._only_one(of_the_model)
        finally:
            for other in of_the_model:  # to ask for a serial number opens the device
                if other is not chosen:
                    _pyusb("util").dispose_resources(other)
        self.path = _path_of(chosen)
        return chosen

    def _only_one(self, of_the_model: Sequence[Any]) -> Any:
        wanted = self._address.serial
        found = [one for one in of_the_model if not wanted or self._serial_of(one) == wanted]
        if not found:
            raise error_of(errno.ENODEV)
        if len(found) > 1:
            raise error_of(errno.ENOTUNIQ)
        return found[0]

    def _serial_of(self, device: Any) -> str:
        try:
            return _pyusb("util").get_string(device, device.iSerialNumber) or ""
        except ValueError as error:  # pyusb's word for "I may not ask it"
            self.path = _path_of(device)
            raise error_of(errno.EACCES) from error

    def _claim(self) -> None:
        device, number = self._device, self._interface.bInterfaceNumber
        with suppress(NotImplementedError):  # a system that has no such drivers
            if device.is_kernel_driver_active(number):
                device.detach_kernel_driver(number)
                self._detached = True
        _pyusb("util").claim_interface(device, number)
        self._claimed = True
        if self._interface.bAlternateSetting:
            device.set_interface_altsetting(number, self._interface.bAlternateSetting)

    def _unstall(self, endpoint: Any, error: OSError) -> None:
        """So that the next connection is not stuck on the same."""
        if error.errno == errno.EPIPE:
            with suppress(OSError):
                self._device.clear_halt(endpoint)


def _pyusb(module: str) -> Any:
    """Imported when it is needed: most agents have no such printer."""
    try:
        return importlib.import_module(f"usb.{module}")
    except ImportError as error:
        raise InWords(errno.EPERM, _NO_PYUSB) from error


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except _pyusb("core").NoBackendError as error:
        raise InWords(errno.EPERM, _NO_LIBUSB) from error


def _configuration(device: Any) -> Any:
    """The one that is set; one that nobody has set is the first."""
    try:
        return device.get_active_configuration()
    except OSError as error:
        if error.errno is not None:
            raise
        device.set_configuration()
        return device.get_active_configuration()


def _printer_of(interfaces: Iterable[Any]) -> Any:
    """The interface that calls itself a printer's, else one that takes bytes."""
    usable = [one for one in interfaces if _endpoint(one, 0) is not None]
    printers = [
        one
        for one in usable
        if one.bInterfaceClass == _PRINTER_CLASS and one.bInterfaceProtocol != _IPP
    ]
    if not usable:
        raise InWords(errno.ENODEV, "That device is no printer: it takes no bytes.")
    return (printers or usable)[0]


def _endpoint(interface: Any, direction: int) -> Any:
    for endpoint in interface:
        if endpoint.bEndpointAddress & _IN == direction and endpoint.bmAttributes & 3 == _BULK:
            return endpoint
    return None


def _path_of(device: Any) -> str:
    return f"/dev/bus/usb/{device.bus:03}/{device.address:03}"
