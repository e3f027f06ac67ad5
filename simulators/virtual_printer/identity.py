"""Who the printer says it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from zlib import crc32

MAKER: Final = "BONFIRE"
FIRMWARE: Final = "1.00 ESC/POS"
LANGUAGE: Final = "PC437"

_MODEL_ID: Final = 0x20
_TYPE_WITH_CUTTER: Final = 0x02
_ROM_VERSION: Final = 0x01


@dataclass(frozen=True, slots=True)
class Identity:
    """The answers to GS I. The serial number follows from the name, so it survives a restart."""

    name: str
    columns: int

    @property
    def model(self) -> str:
        return "VP-80" if self.columns > 35 else "VP-58"

    @property
    def serial(self) -> str:
        return f"VP{crc32(self.name.encode()):08X}"

    def answer(self, question: int) -> bytes | None:
        """For GS I n: one byte for n = 1 to 3, a block `_`text NUL for 65 to 69."""
        if question % 48 in (1, 2, 3) and question < 65:
            return bytes(((_MODEL_ID, _TYPE_WITH_CUTTER, _ROM_VERSION)[question % 48 - 1],))
        texts = {65: FIRMWARE, 66: MAKER, 67: self.model, 68: self.serial, 69: LANGUAGE}
        text = texts.get(question)
        return None if text is None else b"_" + text.encode("ascii") + b"\0"
