"""Images in ESC/POS's four encodings, as rows of bits."""

from __future__ import annotations

from escpos_paper.block import Align, Picture


def from_raster(raw: bytes, align: Align) -> Picture | None:
    """GS v 0 m xL xH yL yH d…: rows of bytes; bit 0 of m doubles the width, bit 1 the height."""
    mode = raw[3] & 3
    row_bytes = raw[4] + 256 * raw[5]
    height = raw[6] + 256 * raw[7]
    return _picture(raw[8:], row_bytes * 8, height, (1 + (mode & 1), 1 + (mode >> 1)), align)


def from_bit_image(raw: bytes, align: Align, *, impact: bool = False) -> Picture | None:
    """ESC * m nL nH d…: columns of 8 or 24 dots, the top dot the highest bit.

    The printer stretches the coarse modes, so every strip of a print head is 24 dots high. Needles
    only have the modes of 8 dots, which are two units of the paper's feed apart.
    """
    mode = raw[2]
    columns = raw[3] + 256 * raw[4]
    column_bytes = 3 if mode in (32, 33) else 1
    rows = _transposed(raw[5:], columns, column_bytes)
    stretch = (1 if mode in (1, 33) else 2, 2 if impact else 3 // column_bytes)
    return _picture(rows, columns, 8 * column_bytes, stretch, align)


def stored_graphics(body: bytes, align: Align) -> Picture | None:
    """The body of GS ( L or GS 8 L that stores an image: `30 70 a bx by c xL xH yL yH d…`.

    Function 0x70 (112) is the raster format. None for every other function.
    """
    if len(body) < 10 or body[1] != 112:
        return None
    width = body[6] + 256 * body[7]
    height = body[8] + 256 * body[9]
    return _picture(body[10:], width, height, (body[3], body[4]), align)


def _picture(
    bits: bytes, width: int, height: int, stretch: tuple[int, int], align: Align
) -> Picture | None:
    """None for an image without a dot, or with fewer bytes than it announces."""
    across, down = (min(max(factor, 1), 3) for factor in stretch)
    row_bytes = (width + 7) // 8
    if not width or not height or len(bits) < row_bytes * height:
        return None
    rows = [bits[row * row_bytes : (row + 1) * row_bytes] for row in range(height)]
    if across > 1:
        rows = [_stretched(row, width, across) for row in rows]
    stretched = b"".join(row * down for row in rows) if down > 1 else b"".join(rows)
    return Picture(width * across, height * down, stretched, align)


def _stretched(row: bytes, width: int, factor: int) -> bytes:
    dots = f"{int.from_bytes(row, 'big'):0{len(row) * 8}b}"[:width]
    wide = "".join(dot * factor for dot in dots)
    padded = wide.ljust((len(wide) + 7) // 8 * 8, "0")
    return int(padded, 2).to_bytes(len(padded) // 8, "big")


def _transposed(data: bytes, columns: int, column_bytes: int) -> bytes:
    """Columns from top to bottom become rows from left to right."""
    height = column_bytes * 8
    row_bytes = (columns + 7) // 8
    rows = bytearray(row_bytes * height)
    for x in range(columns):
        column = int.from_bytes(data[x * column_bytes : (x + 1) * column_bytes], "big")
        for y in range(height):
            if column >> (height - 1 - y) & 1:
                rows[y * row_bytes + x // 8] |= 0x80 >> (x & 7)
    return bytes(rows)
