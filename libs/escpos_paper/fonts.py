"""Where the font is that tickets are drawn in."""

from __future__ import annotations

from pathlib import Path
from typing import Final

FONT_FOLDERS: Final = (Path("/usr/share/fonts/truetype/dejavu"), Path("/usr/share/fonts/dejavu"))
"""Debian's and its relatives' homes of DejaVu Sans Mono."""


class FontMissing(RuntimeError):
    """Tickets are drawn in DejaVu Sans Mono: install the package fonts-dejavu-core."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


def font_path(*, bold: bool) -> Path:
    """Raises FontMissing."""
    name = "DejaVuSansMono-Bold.ttf" if bold else "DejaVuSansMono.ttf"
    for folder in FONT_FOLDERS:
        if (folder / name).is_file():
            return folder / name
    raise FontMissing
