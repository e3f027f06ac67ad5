"""A USB bus for pyusb, in place of libusb's: what is plugged in leads to a file or to a test.

It knows what pyusb asks of a bus, and what Linux answers; no hardware was there to compare with.
"""

from __future__ import annotations

import errno
import os
import select
import threading
import time
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import usb.backend
import usb.core

PRINTER_CLASS = 0x07
OUT, IN = 0x01, 0x82
SERIAL_INDEX = 3


def failure(code: int) -> usb.core.USBError:
    kind = usb.core.USBTimeoutError if code == errno.ETIMEDOUT else usb.core.USBError
    return kind(os.strerror(code), -1, code)


@dataclass
class PluggedIn:
    """A device with one interface. A test may change everything at any time."""

    vendor: int = 0x04B8
    product: int = 0x0E28
    serial: str = "X5T1"
    path: Path | None = None  # a device file that its endpoints lead to
    interface_class: int = PRINTER_CLASS
    protocol: int = 2
    alternate: int = 0
    endpoints: tuple[int, ...] = (OUT, IN)
    configured: bool = True
    driver: bool = False  # one of the kernel's has the interface
    drivers_known: bool = True  # False: a system that cannot tell
    busy: bool = False  # another program has it
    permitted: bool = True
    unplugged: bool = False
    holds: bool = False  # takes no bytes
    stalled: set[int] = field(default_factory=set)
    says: list[bytes] = field(default_factory=list)  # without a path
    heard: bytearray = field(default_factory=bytearray)
    done: list[str] = field(default_factory=list)  # what was done to it, in order

    def check(self) -> None:
        if self.unplugged or (self.path is not None and not os.path.lexists(self.path)):
            raise failure(errno.ENODEV)


class Bus(usb.backend.IBackend):  # type: ignore[misc]  # pyusb has no types
    """Implements pyusb's backend."""

    def __init__(self, *devices: PluggedIn) -> None:
        self.devices = list(devices)

    def enumerate_devices(self) -> Iterator[PluggedIn]:
        for device in self.devices:
            if not device.unplugged and (device.path is None or os.path.lexists(device.path)):
                yield device

    def get_device_descriptor(self, dev: PluggedIn) -> Any:
        number = self.devices.index(dev) + 1
        return SimpleNamespace(
            bLength=18,
            bDescriptorType=1,
            bcdUSB=0x0200,
            bDeviceClass=0,
            bDeviceSubClass=0,
            bDeviceProtocol=0,
            bMaxPacketSize0=64,
            idVendor=dev.vendor,
            idProduct=dev.product,
            bcdDevice=0x0100,
            iManufacturer=1,
            iProduct=2,
            iSerialNumber=SERIAL_INDEX if dev.serial else 0,
            bNumConfigurations=1,
            address=number,
            bus=1,
            port_number=number,
            port_numbers=(number,),
            speed=3,
        )

    def get_configuration_descriptor(self, dev: PluggedIn, config: int) -> Any:
        if config:
            raise IndexError
        return SimpleNamespace(
            bLength=9,
            bDescriptorType=2,
            wTotalLength=32,
            bNumInterfaces=1,
            bConfigurationValue=1,
            iConfiguration=0,
            bmAttributes=0xC0,
            bMaxPower=1,
            extra_descriptors=[],
        )

    def get_interface_descriptor(self, dev: PluggedIn, intf: int, alt: int, config: int) -> Any:
        if intf or alt or config:
            raise IndexError
        return SimpleNamespace(
            bLength=9,
            bDescriptorType=4,
            bInterfaceNumber=0,
            bAlternateSetting=dev.alternate,
            bNumEndpoints=len(dev.endpoints),
            bInterfaceClass=dev.interface_class,
            bInterfaceSubClass=1,
            bInterfaceProtocol=dev.protocol,
            iInterface=0,
            extra_descriptors=[],
        )

    def get_endpoint_descriptor(
        self, dev: PluggedIn, ep: int, intf: int, alt: int, config: int
    ) -> Any:
        return SimpleNamespace(
            bLength=7,
            bDescriptorType=5,
            bEndpointAddress=dev.endpoints[ep],
            bmAttributes=2,
            wMaxPacketSize=64,
            bInterval=0,
            bRefresh=0,
            bSynchAddress=0,
            extra_descriptors=[],
        )

    def open_device(self, dev: PluggedIn) -> _Handle:
        dev.check()
        if not dev.permitted:
            raise failure(errno.EACCES)
        return _Handle(dev)

    def close_device(self, dev_handle: _Handle) -> None:
        dev_handle.close()
        dev_handle.device.done.append("closed")

    def get_configuration(self, dev_handle: _Handle) -> int:
        return int(dev_handle.device.configured)

    def set_configuration(self, dev_handle: _Handle, config_value: int) -> None:
        dev_handle.device.configured = True
        dev_handle.device.done.append("configured")

    def set_interface_altsetting(self, dev_handle: _Handle, intf: int, altsetting: int) -> None:
        dev_handle.device.done.append(f"setting {altsetting}")

    def claim_interface(self, dev_handle: _Handle, intf: int) -> None:
        device = dev_handle.device
        if device.busy or device.driver:
            raise failure(errno.EBUSY)
        device.done.append("claimed")

    def release_interface(self, dev_handle: _Handle, intf: int) -> None:
        dev_handle.device.check()
        dev_handle.device.done.append("released")

    def is_kernel_driver_active(self, dev_handle: _Handle, intf: int) -> bool:
        if not dev_handle.device.drivers_known:
            raise NotImplementedError
        return dev_handle.device.driver

    def detach_kernel_driver(self, dev_handle: _Handle, intf: int) -> None:
        dev_handle.device.driver = False
        dev_handle.device.done.append("detached")

    def attach_kernel_driver(self, dev_handle: _Handle, intf: int) -> None:
        dev_handle.device.check()
        dev_handle.device.driver = True
        dev_handle.device.done.append("attached")

    def reset_device(self, dev_handle: _Handle) -> None:
        dev_handle.device.done.append("reset")

    def clear_halt(self, dev_handle: _Handle, ep: int) -> None:
        dev_handle.device.stalled.discard(ep)
        dev_handle.device.done.append("unstalled")

    def ctrl_transfer(
        self,
        dev_handle: _Handle,
        bmRequestType: int,
        bRequest: int,
        wValue: int,
        wIndex: int,
        data: Any,
        timeout: int,
    ) -> int:
        """Texts only: index 0 tells the languages."""
        languages = b"\x09\x04"
        text = dev_handle.device.serial.encode("utf-16-le") if wValue & 0xFF else languages
        answer = bytes((len(text) + 2, 3)) + text
        data[: len(answer)] = array("B", answer)
        return len(answer)

    def bulk_write(self, dev_handle: _Handle, ep: int, intf: int, data: Any, timeout: int) -> int:
        return dev_handle.write(ep, bytes(data), timeout / 1000)

    def bulk_read(self, dev_handle: _Handle, ep: int, intf: int, buff: Any, timeout: int) -> int:
        data = dev_handle.read(ep, len(buff), timeout / 1000)
        buff[: len(data)] = array("B", data)
        return len(data)


class _Handle:
    def __init__(self, device: PluggedIn) -> None:
        self.device = device
        self._closing = threading.Lock()
        self._fd = -1
        if device.path is not None:
            self._fd = os.open(device.path, os.O_RDWR | os.O_NONBLOCK | os.O_NOCTTY)

    def close(self) -> None:
        with self._closing:
            if self._fd >= 0:
                os.close(self._fd)
                self._fd = -1

    def write(self, endpoint: int, data: bytes, timeout_s: float) -> int:
        self._check(endpoint)
        if self.device.holds:
            time.sleep(min(timeout_s, 0.05))
            raise failure(errno.ETIMEDOUT)
        if self._fd < 0:
            self.device.heard += data
            return len(data)
        return int(self._when_ready(select.POLLOUT, timeout_s, lambda: os.write(self._fd, data)))

    def read(self, endpoint: int, size: int, timeout_s: float) -> bytes:
        self._check(endpoint)
        if self._fd >= 0:
            return bytes(
                self._when_ready(select.POLLIN, timeout_s, lambda: os.read(self._fd, size))
            )
        if self.device.says:
            return self.device.says.pop(0)
        time.sleep(min(timeout_s, 0.01))
        self._check(endpoint)
        raise failure(errno.ETIMEDOUT)

    def _check(self, endpoint: int) -> None:
        self.device.check()
        if endpoint in self.device.stalled:
            raise failure(errno.EPIPE)

    def _when_ready(self, event: int, timeout_s: float, then: Callable[[], Any]) -> Any:
        look = select.poll()
        look.register(self._fd, event)
        ready = look.poll(timeout_s * 1000)
        try:
            if not ready:
                raise BlockingIOError
            done = then()
        except BlockingIOError as error:
            raise failure(errno.ETIMEDOUT) from error
        except OSError as error:
            raise failure(errno.ENODEV) from error
        if not done:
            raise failure(errno.ENODEV)  # a terminal whose other end is gone
        return done
