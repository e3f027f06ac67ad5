"""Where a printer is: on the network, on a USB port or behind a serial one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address
from typing import Final
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlsplit

DEFAULT_PORT: Final = 9100
DEFAULT_BAUD: Final = 19_200
BAUDS: Final = (1200, 2400, 4800, 9600, 19_200, 38_400, 57_600, 115_200, 230_400)

_EXAMPLES: Final = {
    "tcp": f'should look like "tcp://192.168.1.50:{DEFAULT_PORT}"',
    "usb": 'should look like "usb:///dev/usb/lp0" or "usb://04b8:0e28"',
    "serial": 'should look like "serial:///dev/ttyUSB0?baud=19200&flow=rtscts"',
}
_HOST_NAME: Final = re.compile(r"(?!-)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*\.?")
_LOOKS_LIKE_IPV4: Final = re.compile(r"[0-9.]+")
_USB_ID: Final = re.compile(r"[0-9a-fA-F]{4}:[0-9a-fA-F]{4}")
_USB_SERIAL: Final = re.compile(r"[\x21-\x2e\x30-\x7e]{1,126}")  # USB allows 126; no slash here
# No dots on their own: two spellings of one device would pass for two printers.
# They take every byte, so that a ticket would vanish there, or belong to a screen.
_NO_PRINTERS: Final = frozenset(
    f"/dev/{name}"
    for name in (
        *("null", "zero", "full", "random", "urandom", "mem", "kmsg", "console", "tty"),
        *("stdin", "stdout", "stderr", "ptmx"),
    )
)
_DEVICE: Final = re.compile(r"(/(?!\.{1,2}(/|$))[A-Za-z0-9._:+@-]{1,120}){1,12}")


class Flow(StrEnum):
    """How a printer on a serial port says that it takes no more bytes for now."""

    RTS_CTS = "rtscts"
    DSR_DTR = "dsrdtr"
    XON_XOFF = "xonxoff"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class TcpAddress:
    """`host` is a name or an IP address without brackets, in lower case."""

    host: str
    port: int = DEFAULT_PORT

    @property
    def place(self) -> str:
        """As a person would say it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"

    def __str__(self) -> str:
        return f"tcp://{self.place}"


@dataclass(frozen=True, slots=True)
class UsbDeviceAddress:
    """A printer of which the operating system makes a device, such as /dev/usb/lp0."""

    path: str

    @property
    def place(self) -> str:
        return self.path

    def __str__(self) -> str:
        return f"usb://{self.path}"


@dataclass(frozen=True, slots=True)
class UsbAddress:
    """A printer by its ids on the bus; `serial` is empty where it is the only one of its model."""

    vendor: int
    product: int
    serial: str = ""

    @property
    def place(self) -> str:
        return f"USB {self.vendor:04x}:{self.product:04x}" + (self.serial and f"/{self.serial}")

    def __str__(self) -> str:
        serial = f"/{quote(self.serial, safe='')}" if self.serial else ""
        return f"usb://{self.vendor:04x}:{self.product:04x}{serial}"


@dataclass(frozen=True, slots=True)
class SerialAddress:
    """A printer behind a serial port with 8 data bits, no parity and 1 stop bit."""

    path: str
    baud: int = DEFAULT_BAUD
    flow: Flow = Flow.RTS_CTS

    @property
    def place(self) -> str:
        return self.path

    def __str__(self) -> str:
        return f"serial://{self.path}?baud={self.baud}&flow={self.flow}"


Address = TcpAddress | UsbDeviceAddress | UsbAddress | SerialAddress


def parse(text: object) -> Address:
    """Read an address as bonfire.toml has it; raises ValueError, in words.

    `tcp://host[:9100]`, `usb:///dev/usb/lp0`, `usb://04b8:0e28[/serial]` or
    `serial:///dev/ttyUSB0[?baud=19200&flow=rtscts]`.
    """
    if isinstance(text, TcpAddress | UsbDeviceAddress | UsbAddress | SerialAddress):
        return text
    scheme = text.partition("://")[0].lower() if isinstance(text, str) else ""
    if not isinstance(text, str) or scheme not in _EXAMPLES:
        raise ValueError(f'{_EXAMPLES["tcp"]}, "usb:///dev/usb/lp0" or "serial:///dev/ttyUSB0"')
    example = _EXAMPLES[scheme]
    try:
        parts = urlsplit(text)
        return _READERS[scheme](parts)
    except ValueError as error:
        raise ValueError(f"{example}: {error}") from error


def same_device(one: Address, other: Address) -> bool:
    """Do both mean one printer, as far as their texts tell?

    A USB address without a serial number means any printer of its model.
    """
    if isinstance(one, UsbAddress) and isinstance(other, UsbAddress):
        same_model = (one.vendor, one.product) == (other.vendor, other.product)
        return same_model and (one.serial == other.serial or not (one.serial and other.serial))
    if isinstance(one, _OF_PATH) and isinstance(other, _OF_PATH):
        return one.path == other.path
    return one == other


def _tcp(parts: SplitResult) -> TcpAddress:
    port = DEFAULT_PORT if parts.port is None else parts.port
    if parts.username is not None or parts.path or parts.query or parts.fragment:
        raise ValueError("only a host and a port, nothing more")
    if port == 0:
        raise ValueError("the port is 1 to 65535")
    return TcpAddress(_host(parts.hostname or ""), port)


def _host(text: str) -> str:
    if ":" in text or _LOOKS_LIKE_IPV4.fullmatch(text):
        return str(ip_address(text))
    if not _HOST_NAME.fullmatch(text) or len(text) > 253:
        raise ValueError(f"{text[:80]!r} is no host name")
    return text


def _usb(parts: SplitResult) -> UsbDeviceAddress | UsbAddress:
    if parts.query or parts.fragment:
        raise ValueError("only a device, or two ids and a serial number, nothing more")
    if not parts.netloc:
        return UsbDeviceAddress(_path(parts))
    if not _USB_ID.fullmatch(parts.netloc):
        raise ValueError(f"{parts.netloc[:80]!r} is no vendor and product id, as lsusb shows them")
    vendor, product = parts.netloc.split(":")
    serial = unquote(parts.path.removeprefix("/"))
    if parts.path and not serial:
        raise ValueError("no serial number follows the slash; leave the slash out for any of them")
    if serial and not _USB_SERIAL.fullmatch(serial):
        raise ValueError(f"{serial[:80]!r} is no serial number")
    return UsbAddress(int(vendor, 16), int(product, 16), serial)


def _serial(parts: SplitResult) -> SerialAddress:
    if parts.netloc or parts.fragment:
        raise ValueError("three slashes, then the device")
    given = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
    options = dict(given)
    unknown = sorted(options.keys() - {"baud", "flow"})
    if unknown or len(options) < len(given):
        raise ValueError("only baud and flow can be given, each once")
    baud, flow = options.get("baud", str(DEFAULT_BAUD)), options.get("flow", Flow.RTS_CTS)
    if baud not in map(str, BAUDS):
        raise ValueError(f"baud is one of {', '.join(map(str, BAUDS))}")
    if flow not in list(Flow):
        raise ValueError(f"flow is {' or '.join(Flow)}")
    return SerialAddress(_path(parts), int(baud), Flow(flow))


def _path(parts: SplitResult) -> str:
    if not _DEVICE.fullmatch(parts.path):
        raise ValueError(f"{parts.path[:80]!r} is no device")
    if parts.path in _NO_PRINTERS:
        raise ValueError(f"{parts.path!r} is never a printer")
    return parts.path


_OF_PATH: Final = (UsbDeviceAddress, SerialAddress)
_READERS: Final = {"tcp": _tcp, "usb": _usb, "serial": _serial}
