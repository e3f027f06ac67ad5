"""The tickets that are kept: every one of the gallery as text, some of them as pictures.

Who changes the look of a ticket writes them anew with `make goldens`, and looks at what changed.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
from collections.abc import Iterable
from itertools import groupby, product
from pathlib import Path
from typing import Final

from PIL import Image, ImageChops, ImageFont

from escpos_paper import Ticket
from escpos_paper.fonts import font_path
from gallery.cases import Case, all_cases
from gallery.drawing import Drawn
from print_agent.ticket.raster import INSTALLED

ROOT: Final = Path(__file__).parents[1]
FOLDER: Final = ROOT / "tests" / "integration" / "gallery" / "golden"
DIFFERENCES: Final = ROOT / "var" / "goldens"

FONTS: Final = "fonts.json"

_GAP_DOTS: Final = 16
_HEADING: Final = "===== "
# How a font draws these says whether it is the one that kept the tickets. Its file does not: Debian
# 12 and 13 build the same letters into different files.
_LETTERS: Final = "".join(map(chr, range(33, 127))) + "ÄÖÜäöüßéèçœ€·─│┌Ωжשش北京烤鸭ガ한ก"
_LETTERS_SIZE: Final = 24
# A letter of each font that draws what no code page has.
_ALPHABETS: Final = "Ωש北ก"

_STATIONS: Final = ("kitchen", "bar", "pass", "courier", "bag")
_PAPERS: Final = ("80mm-48", "58mm-32", "impact-33-red")


def _every(*parts: Iterable[str]) -> set[str]:
    return {".".join(name) for name in product(*parts)}


_KITCHEN: Final = (("everything",), ("kitchen",))
PICTURES: Final = frozenset(
    _every(("everything",), _STATIONS, ("NEW",), _PAPERS, ("de",))
    | _every(*_KITCHEN, ("CHANGE", "CANCEL"), _PAPERS, ("de",))
    | _every(*_KITCHEN, ("REPRINT-2", "POSSIBLE-DUPLICATE"), ("80mm-48",), ("de",))
    | _every(*_KITCHEN, ("FROM-KITCHEN-1", "LATE-12", "TEST"), ("80mm-48",), ("de",))
    | _every(*_KITCHEN, ("NEW",), ("80mm-42", "80mm-small", "80mm-large", "58mm-large"), ("de",))
    | _every(*_KITCHEN, ("NEW",), ("impact-40-red", "80mm-bare"), ("de",))
    | _every(("everything",), ("bar",), ("NEW",), ("80mm-merged",), ("de",))
    | _every(*_KITCHEN, ("CHANGE",), ("80mm-48",), ("en", "fr", "it"))
    | _every(("foreign-alphabets",), ("kitchen",), ("NEW",), _PAPERS, ("de",))
    | _every(("dine-in-table", "pickup-asap-cash"), ("kitchen",), ("NEW",), ("80mm-48",), ("de",))
    | _every(("modifiers-in-every-place",), ("kitchen",), ("NEW",), ("80mm-48",), ("de",))
    | _every(("delivery-scheduled-paid",), ("courier",), ("NEW",), ("80mm-48",), ("de",))
)


def pictured() -> tuple[Case, ...]:
    """The cases whose pictures are kept."""
    return tuple(case for case in all_cases() if case.name in PICTURES)


def paper_fonts() -> dict[str, str]:
    """The fonts that stand for a printer's own letters, with digests of what they draw.

    Raises `FontMissing`.
    """
    return _drawn_letters(font_path(bold=bold) for bold in (False, True))


def alphabet_fonts() -> dict[str, str]:
    """The fonts of what prints as a picture, as far as they are installed."""
    faces = [face for face in map(INSTALLED.face, _ALPHABETS) if face]
    return _drawn_letters(file for face in faces for file in (face.regular, face.bold) if file)


def _drawn_letters(files: Iterable[Path]) -> dict[str, str]:
    return {file.name: _digest(_letters(file)) for file in files}


def _letters(file: Path) -> bytes:
    font = ImageFont.truetype(str(file), _LETTERS_SIZE, layout_engine=ImageFont.Layout.BASIC)
    mask = font.getmask(_LETTERS)
    return repr(mask.size).encode() + bytes(mask)


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16]


def kept(ticket: Ticket) -> str:
    """What is kept of each ticket: its length, where and in which style each letter stands (as a
    digest), and its text. No font has a part in it where nothing is printed as a picture.
    """
    layout = _digest(repr(ticket.blocks).encode())
    return f"{ticket.height_mm:.0f} mm, layout {layout}\n{ticket.text()}"


def has_pictures(text: str) -> bool:
    """Whether something on the ticket is in letters that only a font has."""
    return "[picture " in text


def texts(named: Iterable[tuple[Case, str]]) -> dict[str, str]:
    """What the files of texts hold, by their names: one for each document and profile."""
    ordered = sorted(named, key=lambda one: (_file(one[0]), one[0].name))
    return {
        file: "\n".join(f"{_HEADING}{case.name}\n{text}\n" for case, text in members)
        for file, members in groupby(ordered, key=lambda one: _file(one[0]))
    }


def tickets_in(file: str) -> dict[str, str]:
    """The tickets of one such file, by their names."""
    parts = re.split(rf"^{_HEADING}(.+)\n", file, flags=re.MULTILINE)[1:]
    return {name: text.rstrip("\n") for name, text in zip(parts[::2], parts[1::2], strict=True)}


def _file(case: Case) -> str:
    return f"{case.document}.{case.profile}.txt"


def write(gallery: Iterable[Drawn]) -> None:
    """All of them; files of tickets that are no longer in the gallery go."""
    drawn = tuple(gallery)
    tickets = texts((d.case, kept(d.ticket)) for d in drawn)
    files = {name: text.encode() for name, text in tickets.items()}
    files |= {f"{d.case.name}.png": d.png for d in drawn if d.case.name in PICTURES}
    files[FONTS] = json.dumps(paper_fonts() | alphabet_fonts(), indent=2).encode() + b"\n"
    FOLDER.mkdir(parents=True, exist_ok=True)
    for old in FOLDER.iterdir():
        if old.name not in files:
            old.unlink()
    for name, content in files.items():
        (FOLDER / name).write_bytes(content)


def opened(png: bytes) -> Image.Image:
    with Image.open(io.BytesIO(png)) as picture:
        return picture.convert("RGB")


def differ(before: Image.Image, now: Image.Image) -> bool:
    return before.size != now.size or ImageChops.difference(before, now).getbbox() is not None


def side_by_side(name: str, before: Image.Image, now: Image.Image) -> Path:
    """Writes both and what differs beside one another; returns the file."""
    height = max(before.height, now.height)
    change = ImageChops.difference(_as_high(before, height), _as_high(now, height))
    pictures = (before, now, ImageChops.invert(change))
    width = sum(picture.width for picture in pictures) + 2 * _GAP_DOTS
    sheet = Image.new("RGB", (width, height), "grey")
    left = 0
    for picture in pictures:
        sheet.paste(picture, (left, 0))
        left += picture.width + _GAP_DOTS
    DIFFERENCES.mkdir(parents=True, exist_ok=True)
    file = DIFFERENCES / f"{name}.png"
    sheet.save(file)
    return file


def _as_high(picture: Image.Image, height: int) -> Image.Image:
    higher = Image.new("RGB", (picture.width, height), "white")
    higher.paste(picture)
    return higher
