"""What a QR code or a barcode looks like, from its data."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

QR_CAPACITY_BYTES: Final = {"L": 2953, "M": 2331, "Q": 1663, "H": 1273}
"""The most bytes that a symbol holds, by its error correction."""

_DRAWN_AS: Final = {
    "UPC-A": "upca",
    "EAN13": "ean13",
    "EAN8": "ean8",
    "CODE39": "code39",
    "ITF": "itf",
    "CODABAR": "codabar",
    "CODE128": "code128",
}


@lru_cache(maxsize=64)
def qr_modules(data: bytes, correction: str) -> tuple[tuple[bool, ...], ...]:
    """The symbol's modules row by row, True black, without the quiet zone.

    `data` must fit (`QR_CAPACITY_BYTES`); `correction` is L, M, Q or H.
    """
    # Most tickets carry no symbol, and the library takes longer to load than a ticket to print.
    import qrcode.constants

    level = getattr(qrcode.constants, f"ERROR_CORRECT_{correction}")
    code = qrcode.QRCode(error_correction=level, border=0)
    code.add_data(data)
    code.make(fit=True)
    return tuple(tuple(bool(module) for module in row) for row in code.get_matrix())


@lru_cache(maxsize=64)
def barcode_bars(symbology: str, data: bytes) -> str:
    """One '1' (black) or '0' per module.

    Empty when the data do not fit the symbology, or when it is one that cannot be drawn here.
    """
    import barcode
    from barcode.errors import BarcodeError

    name = _DRAWN_AS.get(symbology)
    if name is None:
        return ""
    options = {"add_checksum": False} if name == "code39" else {}
    try:
        code = barcode.get_barcode_class(name)(data.decode("ascii"), **options)
        return str(code.build()[0]).replace("G", "1")
    except (BarcodeError, UnicodeDecodeError, ValueError, KeyError, IndexError):
        # The library checks some mistakes itself and stumbles over the others.
        return ""
