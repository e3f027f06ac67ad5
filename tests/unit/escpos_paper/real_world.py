"""Bytes as python-escpos writes them: what most hosts of the world send.

The library reads its database of printers once in each process, and the print agent gives it a
database of its own. So it writes this ticket in a process that nobody else has set up.
"""

from __future__ import annotations

import contextlib
import functools
import io
import os
import subprocess
import sys
import tempfile

from PIL import Image, ImageDraw


def disc(width: int, height: int) -> Image.Image:
    image = Image.new("1", (width, height), 1)
    ImageDraw.Draw(image).ellipse((0, 0, width - 1, height - 1), fill=0)
    return image


@functools.cache
def full_ticket() -> bytes:
    """One of everything, ended by a cut."""
    with tempfile.TemporaryDirectory() as folder:  # where the library keeps what it has read
        written = subprocess.run(
            [sys.executable, "-m", __name__],
            env={**os.environ, "ESCPOS_CAPABILITIES_PICKLE_DIR": folder, "TMPDIR": folder},
            capture_output=True,
            check=True,
        )
    return written.stdout


def write_ticket() -> bytes:
    from escpos.printer import Dummy  # not in the process of the tests

    printer = Dummy()
    # The library prints remarks about barcodes to the standard output.
    with contextlib.redirect_stdout(io.StringIO()):
        printer.hw("INIT")
        printer.charcode("CP858")
        printer.set(align="center", bold=True, custom_size=True, width=2, height=2)
        printer.text("KÜCHE\n")
        printer.set(align="left", normal_textsize=True, invert=True)
        printer.text(" ALLERGIE: Nüsse \n")
        printer.set(invert=False, underline=1, bold=False)
        printer.text("Straße 5 €\n")
        printer.set(underline=0, font="b")
        printer.text("klein\n")
        printer.set(font="a", align="center")
        printer.qr("https://example.org/o/10042", native=True, size=4)
        printer.barcode("4006381333931", "EAN13", function_type="A")
        printer.barcode("{BHello-42", "CODE128", function_type="B")
        for implementation in ("bitImageRaster", "graphics", "bitImageColumn"):
            printer.image(disc(96, 48), impl=implementation)
        printer.set(align="left")
        printer.text("#0417  job 3f9a12bc\n")
        printer.buzzer()
        printer.cashdraw(2)
        printer.cut()
    return bytes(printer.output)


if __name__ == "__main__":
    sys.stdout.buffer.write(write_ticket())
