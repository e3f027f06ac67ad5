"""How a piece of text is printed."""

from __future__ import annotations

from typing import Final, NamedTuple


class Style(NamedTuple):
    """`width` and `height` multiply the character, 1 to 8; `small` is the printer's font B."""

    width: int = 1
    height: int = 1
    bold: bool = False
    inverse: bool = False
    small: bool = False

    def columns(self, of: int) -> int:
        """Characters of this style that fit on paper `of` normal characters wide."""
        return (of * 4 // 3 if self.small else of) // self.width


PLAIN: Final = Style()
LOUD: Final = Style(height=2, bold=True, inverse=True)
LARGE: Final = Style(width=2, height=2, bold=True)
LOUD_AND_LARGE: Final = Style(width=2, height=2, bold=True, inverse=True)
