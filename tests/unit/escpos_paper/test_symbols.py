"""QR codes and barcodes that the printer draws itself."""

from __future__ import annotations

import pytest

from escpos_paper import Align, Barcode, QrCode, tickets
from escpos_paper.symbol import QR_CAPACITY_BYTES, barcode_bars, qr_modules


def qr(data: bytes, *, size: int = 3, correction: int = 48) -> bytes:
    store = (len(data) + 3).to_bytes(2, "little")
    return (
        b"\x1d(k\x04\x001A2\x00"
        + b"\x1d(k\x03\x001C"
        + bytes((size,))
        + b"\x1d(k\x03\x001E"
        + bytes((correction,))
        + b"\x1d(k"
        + store
        + b"1P0"
        + data
        + b"\x1d(k\x03\x001Q0"
    )


def symbols(data: bytes) -> list[QrCode | Barcode]:
    blocks = [block for ticket in tickets(data) for block in ticket.blocks]
    return [block for block in blocks if isinstance(block, (QrCode, Barcode))]


def test_a_qr_code_has_its_data_its_size_and_its_correction():
    (code,) = symbols(b"\x1ba\x01" + qr(b"https://example.org", size=6, correction=51))
    assert code == QrCode(b"https://example.org", 6, "H", Align.CENTER)
    assert len(code.modules) == 29
    assert code.height_dots == 29 * 6


def test_a_qr_code_has_its_three_finders():
    modules = qr_modules(b"hello", "L")
    last = len(modules) - 1
    for x, y in ((0, 0), (last - 6, 0), (0, last - 6)):
        assert all(modules[y][x : x + 7])
        assert not any(modules[y + 1][x + 1 : x + 6])
        assert all(modules[y + 3][x + 2 : x + 5])


def test_the_stored_data_print_as_often_as_the_host_says():
    assert len(symbols(qr(b"A") + b"\x1d(k\x03\x001Q0")) == 2


def test_a_qr_code_without_data_or_with_too_much_prints_nothing():
    assert symbols(b"\x1d(k\x03\x001Q0A\n") == []
    assert symbols(qr(b"x" * (QR_CAPACITY_BYTES["H"] + 1), correction=51) + b"A\n") == []
    assert symbols(b"\x1d(k\x02\x001QA\n") == []


def test_the_most_data_that_a_qr_code_holds_is_drawn():
    correction = "H"
    assert len(qr_modules(b"\xff" * QR_CAPACITY_BYTES[correction], correction)) == 177


def test_other_two_dimensional_codes_are_left_out():
    assert symbols(b"\x1d(k\x04\x000P0A\x1d(k\x03\x000Q0A\n") == []


def test_what_a_qr_code_says_is_readable_in_the_text():
    assert tickets(qr(b"caf\xc3\xa9 \xff\x07"))[0].text() == "[QR: café \ufffd\ufffd]"


@pytest.mark.parametrize(
    ("raw", "symbology", "data"),
    [
        (b"\x1dk\x00123456789012\x00", "UPC-A", b"123456789012"),
        (b"\x1dk\x024006381333931\x00", "EAN13", b"4006381333931"),
        (b"\x1dkC\x0c400638133393", "EAN13", b"400638133393"),
        (b"\x1dk\x0312345670\x00", "EAN8", b"12345670"),
        (b"\x1dk\x04ABC-1\x00", "CODE39", b"ABC-1"),
        (b"\x1dkE\x05ABC-1", "CODE39", b"ABC-1"),
        (b"\x1dk\x051234\x00", "ITF", b"1234"),
        (b"\x1dk\x06A123B\x00", "CODABAR", b"A123B"),
        (b"\x1dkI\x07{BHello", "CODE128", b"Hello"),
        (b"\x1dkI\x04{C\x0c\x22", "CODE128", b"1234"),
        (b"\x1dkI\x09{Ba{{b{1c", "CODE128", b"a{bc"),
    ],
)
def test_a_barcode_in_either_form_has_its_data_and_real_bars(raw, symbology, data):
    (code,) = symbols(raw)
    assert isinstance(code, Barcode)
    assert (code.symbology, code.data) == (symbology, data)
    assert set(code.bars) == {"0", "1"}
    assert tickets(raw)[0].text() == f"[{symbology}: {data.decode()}]"


def test_a_known_barcode_has_its_known_bars():
    # Start, left half by the parity of the 5, middle, right half, end: from the standard's example.
    assert barcode_bars("EAN13", b"5901234123457") == (
        "101"
        "000101101001110110011001001101111010011101"
        "01010"
        "110011011011001000010101110010011101000100"
        "101"
    )


@pytest.mark.parametrize(
    ("symbology", "data"),
    [
        ("EAN13", b"not digits"),
        ("EAN13", b"1"),
        ("CODE39", b"\xff"),
        ("CODE128", b"\xc3\xa9"),
        ("CODABAR", b"!!"),
        ("CODE93", b"ABC"),
        ("UPC-E", b"123456"),
    ],
)
def test_data_that_cannot_be_drawn_have_no_bars(symbology, data):
    assert barcode_bars(symbology, data) == ""


def test_a_barcode_has_the_sizes_that_were_set():
    (code,) = symbols(b"\x1dh\x40\x1dw\x02\x1dH\x03\x1dk\x04A\x00")
    assert isinstance(code, Barcode)
    assert (code.bars_height_dots, code.module_dots) == (64, 2)
    assert (code.text_above, code.text_below) == (True, True)
    assert code.height_dots == 64 + 24 + 24


def test_sizes_outside_the_standard_are_brought_into_it():
    (code,) = symbols(b"\x1dh\x00\x1dw\xff\x1dH2\x1dk\x04A\x00")
    assert isinstance(code, Barcode)
    assert (code.bars_height_dots, code.module_dots, code.text_below) == (1, 6, True)


@pytest.mark.parametrize("raw", [b"\x1dk\x60\x01A", b"\x1dk\x04\x00", b"\x1dkE\x00"])
def test_an_unknown_or_empty_barcode_prints_nothing(raw):
    assert symbols(raw + b"A\n") == []
