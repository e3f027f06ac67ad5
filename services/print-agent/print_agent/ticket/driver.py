"""python-escpos, loaded without what it does to its host, and with one profile: ours.

Left alone, its import reads a database of all printer models, leaves a folder in the temporary
directory at every start, and calls `logging.basicConfig`. Its own environment variables point it
to a profile of a few lines instead, in a folder that is gone when the import is done.
"""

from __future__ import annotations

import json
import logging
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Protocol

_CODE_PAGE: Final = "CP858"  # it wants one; the ticket's own is set beside it
_PROFILE: Final = {
    "name": "Bonfire",
    "codePages": {"19": _CODE_PAGE},
    "features": {"paperFullCut": True, "paperPartCut": True},
    "fonts": {"0": {"columns": 48, "name": "Font A"}, "1": {"columns": 64, "name": "Font B"}},
    "media": {"width": {"mm": 80, "pixels": 576}},
}
_CAPABILITIES: Final = {
    "profiles": {"default": _PROFILE},
    "encodings": {_CODE_PAGE: {"name": _CODE_PAGE, "python_encode": _CODE_PAGE.lower()}},
}

_FILE: Final = "ESCPOS_CAPABILITIES_FILE"
_FOLDER: Final = "ESCPOS_CAPABILITIES_PICKLE_DIR"


class Driver(Protocol):
    """What we use of `escpos.printer.Dummy`: it collects the bytes and sends nothing."""

    @property
    def output(self) -> bytes: ...
    def hw(self, hw: str) -> None: ...
    def set(
        self,
        *,
        font: str | None = None,
        bold: bool | None = None,
        invert: bool | None = None,
        width: int | None = None,
        height: int | None = None,
        custom_size: bool | None = None,
    ) -> None: ...
    def line_spacing(self, spacing: int | None = None) -> None: ...
    def print_and_feed(self, n: int) -> None: ...
    def _raw(self, msg: bytes) -> None: ...
    def cut(self, *, feed: bool) -> None: ...


@contextmanager
def _contained() -> Iterator[None]:
    root, handler = logging.getLogger(), logging.NullHandler()
    environment, temporary = os.environ, tempfile.tempdir  # noqa: TID251 -- its only way in
    before = {name: environment.get(name) for name in (_FILE, _FOLDER)}
    with tempfile.TemporaryDirectory(prefix="bonfire-escpos-") as folder:
        file = Path(folder, "capabilities.json")
        file.write_text(json.dumps(_CAPABILITIES))
        root.addHandler(handler)  # basicConfig does nothing to a logger that has one
        tempfile.tempdir = folder  # it makes a folder even where it was given one
        environment.update({_FILE: str(file), _FOLDER: folder})
        try:
            yield
        finally:
            root.removeHandler(handler)
            tempfile.tempdir = temporary
            for name, value in before.items():
                if value is None:
                    del environment[name]
                else:
                    environment[name] = value


# Here and not at the first ticket, which would wait for it.
with _contained():
    from escpos.printer import Dummy


def new_driver() -> Driver:
    """An empty driver with our profile, for one ticket."""
    driver: Driver = Dummy()
    return driver
