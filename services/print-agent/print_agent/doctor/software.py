"""What this machine runs, as far as it can matter to a printer."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from typing import Final

from bonfire import __version__
from print_agent.ticket.raster import INSTALLED, Fonts

_PACKAGES: Final = ("python-escpos", "pillow", "pyusb")


def software(fonts: Fonts = INSTALLED) -> str:
    """A line for each thing."""
    return "\n".join(_lines(fonts))


def _lines(fonts: Fonts) -> Iterator[str]:
    yield f"Bonfire {__version__}"
    yield f"Python {platform.python_version()}"
    yield f"{_system()}, {platform.system()} {platform.release()} {platform.machine()}"
    for package in _PACKAGES:
        yield f"{package} {_version(package)}"
    yield f"fonts: {', '.join(fonts.names()) or 'none'}"
    yield from (f"not on paper: {missing}" for missing in fonts.missing())


def _system() -> str:
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        return "an unnamed system"


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "is not installed"
