"""What the host can set about printing, as it is after power on or ESC @."""

from __future__ import annotations

from dataclasses import dataclass, field

from escpos_paper.block import Align, Style
from escpos_paper.engine import Engine
from escpos_paper.symbol_settings import BarcodeSettings, QrSettings

_ALIGNS = {0: Align.LEFT, 1: Align.CENTER, 2: Align.RIGHT}


@dataclass
class PrintSettings:
    """Mutable on purpose: it *is* the printer's memory."""

    engine: Engine
    style: Style
    spacing_dots: int
    page: int = 0
    align: Align = Align.LEFT
    tab_stops: tuple[int, ...] = tuple(range(8, 256, 8))
    qr: QrSettings = field(default_factory=QrSettings)
    barcode: BarcodeSettings = field(default_factory=BarcodeSettings)
    stored_image: bytes = b""

    @classmethod
    def of(cls, engine: Engine) -> PrintSettings:
        return cls(engine, Style(font=engine.default_font), engine.spacing_dots)

    def set_print_mode(self, bits: int) -> None:
        """ESC !: everything at once."""
        self.style = Style(
            font=self.engine.fonts[bits & 0x01],
            bold=bool(bits & 0x08),
            height=2 if bits & 0x10 else 1,
            width=2 if bits & 0x20 else 1,
            underline=bool(bits & 0x80),
            inverse=self.style.inverse,
            upside_down=self.style.upside_down,
            red=self.style.red,
        )

    def set_size(self, bits: int) -> None:
        """GS !: width in the upper half, height in the lower."""
        self.style = self.style._replace(width=(bits >> 4 & 7) + 1, height=(bits & 7) + 1)

    def set_bold(self, bits: int) -> None:
        self.style = self.style._replace(bold=bool(bits & 1))

    def set_underline(self, mode: int) -> None:
        self.style = self.style._replace(underline=mode in (1, 2, 49, 50))

    def set_inverse(self, bits: int) -> None:
        self.style = self.style._replace(inverse=bool(bits & 1))

    def set_upside_down(self, bits: int) -> None:
        self.style = self.style._replace(upside_down=bool(bits & 1))

    def set_font(self, font: int) -> None:
        self.style = self.style._replace(font=self.engine.fonts[font in (1, 49)])

    def set_colour(self, colour: int) -> None:
        """ESC r. A black ribbon has no second half that the needles could hit."""
        self.style = self.style._replace(red=self.engine.red and colour in (1, 49))

    def set_align(self, align: int) -> None:
        self.align = _ALIGNS.get(align % 48, self.align)

    def set_page(self, page: int) -> None:
        self.page = page

    def set_barcode_height(self, dots: int) -> None:
        self.barcode.height_dots = dots or 1

    def set_barcode_width(self, dots: int) -> None:
        self.barcode.module_dots = min(max(dots, 1), 6)

    def set_barcode_text(self, position: int) -> None:
        self.barcode.text_position = position % 48
