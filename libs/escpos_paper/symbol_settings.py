"""What the host has set and stored about symbols, until it tells the printer to print one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from escpos_paper.block import Align, Barcode, QrCode
from escpos_paper.symbol import QR_CAPACITY_BYTES

_CORRECTIONS: Final = {48: "L", 49: "M", 50: "Q", 51: "H"}

_SYMBOLOGIES: Final = {
    0: "UPC-A",
    1: "UPC-E",
    2: "EAN13",
    3: "EAN8",
    4: "CODE39",
    5: "ITF",
    6: "CODABAR",
    7: "CODE93",
    8: "CODE128",
}
"""GS k m: by m for the forms that end with NUL, by m - 65 for the counted ones."""


@dataclass
class QrSettings:
    """GS ( k with cn = 49."""

    module_dots: int = 3
    correction: str = "L"
    data: bytes = b""

    def apply(self, body: bytes, align: Align) -> QrCode | None:
        """Obey `cn fn …`; gives the symbol when it is to be printed. Other cn are ignored.

        What is too long for a symbol prints nothing, as on paper.
        """
        if len(body) < 3 or body[0] != 49:
            return None
        function = body[1]
        if function == 67:
            self.module_dots = min(max(body[2], 1), 16)
        elif function == 69:
            self.correction = _CORRECTIONS.get(body[2], "L")
        elif function == 80:
            self.data = body[3:]
        elif function == 81 and 0 < len(self.data) <= QR_CAPACITY_BYTES[self.correction]:
            return QrCode(self.data, self.module_dots, self.correction, align)
        return None


@dataclass
class BarcodeSettings:
    """GS h, GS w and GS H."""

    height_dots: int = 162
    module_dots: int = 3
    text_position: int = 0

    def barcode(self, raw: bytes, align: Align) -> Barcode | None:
        """Obey GS k in either form. None for a symbology that ESC/POS does not know."""
        mode = raw[2]
        data = raw[3:].rstrip(b"\0") if mode <= 6 else raw[4:]
        symbology = _SYMBOLOGIES.get(mode if mode <= 6 else mode - 65)
        if symbology is None or not data:
            return None
        return Barcode(
            symbology=symbology,
            data=_code128_data(data) if symbology == "CODE128" else data,
            module_dots=self.module_dots,
            bars_height_dots=self.height_dots,
            text_above=self.text_position in (1, 3),
            text_below=self.text_position in (2, 3),
            align=align,
        )


def _code128_data(data: bytes) -> bytes:
    """Resolve the code sets: `{A`, `{B`, `{C` choose, `{{` is a brace, `{1` to `{4` functions."""
    out = bytearray()
    pairs = False
    position = 0
    while position < len(data):
        byte = data[position]
        if byte == 0x7B and position + 1 < len(data):
            code = data[position + 1]
            position += 2
            if code == 0x7B:
                out.append(code)
            elif code in b"ABC":
                pairs = code == 0x43
            continue
        out += f"{byte:02d}".encode() if pairs else bytes((byte,))
        position += 1
    return bytes(out)
