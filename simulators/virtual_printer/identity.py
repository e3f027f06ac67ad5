"""Who the printer says it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from zlib import crc32

from virtual_printer.models import Model

_ROM_VERSION: Final = 0x01
_LOCALLY_ADMINISTERED: Final = b"\x02\x00"


@dataclass(frozen=True, slots=True)
class Identity:
    """The answers to GS I. The serial number follows from the name, so it survives a restart."""

    name: str
    model: Model

    @property
    def serial(self) -> str:
        return f"VP{crc32(self.name.encode()):08X}"

    @property
    def hardware_address(self) -> bytes:
        """Six bytes that no real device has."""
        return _LOCALLY_ADMINISTERED + crc32(self.name.encode()).to_bytes(4, "big")

    def answer(self, question: int) -> bytes | None:
        """For GS I n: one byte for n = 1 to 3, a block `_`text NUL for 65 to 69."""
        model = self.model
        if model.model_id is None:
            return None
        if question % 48 in (1, 2, 3) and question < 65:
            return bytes(((model.model_id, model.type_id, _ROM_VERSION)[question % 48 - 1],))
        texts = {
            65: model.firmware,
            66: model.maker,
            67: model.name,
            68: self.serial,
            69: model.language,
        }
        text = texts.get(question)
        return None if text is None else b"_" + text.encode("ascii") + b"\0"
