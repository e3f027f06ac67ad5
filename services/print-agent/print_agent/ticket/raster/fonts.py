"""Which fonts are installed, and which of them draws a piece of text.

Known families, looked for in the folders where systems keep fonts: no process is asked, and a font
of symbols that happens to lie there draws nothing. A machine without any of them prints what its
code page has.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Final

import PIL.features
from PIL import ImageFont

from print_agent.ticket.raster.character_map import (
    CharacterMap,
    UnusableFont,
    read_character_map,
)

FOLDERS: Final = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"))
RIGHT_TO_LEFT: Final = ("R", "AL")
_MOST_KNOWN: Final = 20_000


@dataclass(frozen=True, slots=True)
class Family:
    """`size` in pixels makes its letters as large as the printer's own. A `fixed` one has letters
    as wide as the printer's, which are set one by one.
    """

    files: tuple[str, ...]
    size: int
    bold: tuple[str, ...] = ()
    fixed: bool = False


# The first that has a character draws it. Those before the rule are what deploy/install brings, by
# the packages in `_WANTED`. Their licences: Bitstream Vera's; Apache 2.0 or GPL 3 with the font
# exception; GPL 2 with the font exception. Nothing of them is in our files or on the paper.
FAMILIES: Final = (
    Family(("DejaVuSansMono.ttf",), 20, ("DejaVuSansMono-Bold.ttf",), fixed=True),
    Family(("DejaVuSans.ttf",), 22, ("DejaVuSans-Bold.ttf",)),
    Family(("wqy-microhei.ttc",), 24),
    Family(("Loma.ttf", "Loma.otf"), 25, ("Loma-Bold.ttf", "Loma-Bold.otf")),
    # ---
    Family(("NotoSansCJK-Regular.ttc",), 24, ("NotoSansCJK-Bold.ttc",)),
    Family(("DroidSansFallbackFull.ttf", "DroidSansFallback.ttf"), 24),
    Family(("wqy-zenhei.ttc",), 24),
    Family(("NotoSansThai-Regular.ttf",), 22, ("NotoSansThai-Bold.ttf",)),
    Family(("NotoSansArabic-Regular.ttf",), 22, ("NotoSansArabic-Bold.ttf",)),
    Family(("NotoSansHebrew-Regular.ttf",), 22, ("NotoSansHebrew-Bold.ttf",)),
    Family(("NotoSansDevanagari-Regular.ttf",), 22, ("NotoSansDevanagari-Bold.ttf",)),
    Family(("Lohit-Devanagari.ttf",), 24),
    Family(("NotoSans-Regular.ttf",), 22, ("NotoSans-Bold.ttf",)),
    Family(("FreeSans.ttf", "FreeSans.otf"), 23, ("FreeSansBold.ttf", "FreeSansBold.otf")),
    Family(("unifont.otf", "unifont.ttf"), 24),
)

# One word of each that kitchens ask for, and the Debian package that draws it.
_WANTED: Final = {
    "Greek and Cyrillic": ("Ωж", "fonts-dejavu-core"),
    "Arabic and Hebrew": ("شש", "fonts-dejavu-core"),
    "Chinese, Japanese and Korean": ("北ガ한", "fonts-wqy-microhei"),
    "Thai": ("กี่", "fonts-tlwg-loma-ttf"),
}


@dataclass(frozen=True)
class Face:
    """A family that is installed."""

    family: Family
    regular: Path
    bold: Path | None
    characters: CharacterMap
    shaping: bool

    def has(self, text: str) -> bool:
        return all(self.characters.has(ord(character)) for character in text)

    def font(self, scale: int, *, bold: bool) -> ImageFont.FreeTypeFont:
        path = self.bold if bold and self.bold else self.regular
        return _load(path, self.family.size * scale, self.shaping)

    def length(self, text: str, scale: int, *, bold: bool) -> float:
        """In dots, `scale` of them for each that normal letters have."""
        direction = "rtl" if self.shaping and right_to_left(text) else None
        return self.font(scale, bold=bold).getlength(text, direction=direction)


class Fonts:
    """The fonts under `folders`, found and loaded when they are needed first."""

    def __init__(self, folders: Sequence[Path] = FOLDERS, shaping: bool | None = None) -> None:
        """`shaping` is whether Pillow has libraqm and FriBiDi; None asks it."""
        self._folders = tuple(folders)
        self._shaping = shaping
        self._known: dict[str, Face | None] = {}

    def face(self, cluster: str) -> Face | None:
        """What draws a character with its marks, whole and as a reader expects it, if anything."""
        try:
            return self._known[cluster]
        except KeyError:
            if len(self._known) > _MOST_KNOWN:
                self._known.clear()
            face = self._known[cluster] = self._find(cluster)
            return face

    def missing(self) -> tuple[str, ...]:
        """What cannot be printed for want of a font or a library, in words for a person."""
        found = [
            f"{alphabet}: install the Debian package {package}"
            for alphabet, (sample, package) in _WANTED.items()
            if not all(any(face.has(letter) for face in self._faces) for letter in sample)
        ]
        if not self.shaping:
            found.append("right-to-left and joined scripts: install the Debian package libfribidi0")
        return tuple(found)

    def joining_face(self, cluster: str) -> Face | None:
        """What draws it among letters that join, which have no fixed width."""
        faces = (face for face in self._faces if not face.family.fixed)
        return next((face for face in faces if face.has(cluster)), None)

    def names(self) -> tuple[str, ...]:
        """The files that are there, those that draw before others first."""
        return tuple(face.regular.name for face in self._faces)

    @cached_property
    def shaping(self) -> bool:
        found = PIL.features.check("raqm") if self._shaping is None else self._shaping
        return bool(found)

    def _find(self, cluster: str) -> Face | None:
        if not self.shaping and _needs_shaping(cluster):
            return None
        if right_to_left(cluster):
            return self.joining_face(cluster)
        return next((face for face in self._faces if face.has(cluster)), None)

    @cached_property
    def _faces(self) -> list[Face]:
        files = {
            path.name: path
            for folder in reversed(self._folders)
            for path in sorted(folder.rglob("*"), reverse=True)
            if path.suffix in (".ttf", ".otf", ".ttc")
        }
        found = list(self._installed(files))
        # Every row has something of our own in it, in the printer's letters.
        return found if any(face.family.fixed for face in found) else []

    def _installed(self, files: dict[str, Path]) -> Iterator[Face]:
        for family in FAMILIES:
            regular = self._first(family.files, family, files)
            if regular is None:
                continue
            try:
                characters = read_character_map(regular)
            except UnusableFont:
                continue  # as if it were not there: `missing` tells what that costs
            bold = self._first(family.bold, family, files)
            yield Face(family, regular, bold, characters, self.shaping)

    def _first(self, names: Sequence[str], family: Family, files: dict[str, Path]) -> Path | None:
        """The first of these files that can be used."""
        for name in names:
            try:
                _load(files[name], family.size, self.shaping)
            except (KeyError, OSError):
                continue
            return files[name]
        return None


INSTALLED: Final = Fonts()
NO_FONTS: Final = Fonts(folders=())


def right_to_left(text: str) -> bool:
    """Whether the first letter with a direction is written to the left."""
    if text.isascii():
        return False
    for character in text:
        direction = unicodedata.bidirectional(character)
        if direction == "L" or direction in RIGHT_TO_LEFT:
            return direction != "L"
    return False


def _needs_shaping(cluster: str) -> bool:
    return len(cluster) > 1 or right_to_left(cluster)


@cache
def _load(path: Path, size: int, shaping: bool) -> ImageFont.FreeTypeFont:
    engine = ImageFont.Layout.RAQM if shaping else ImageFont.Layout.BASIC
    # Not by `truetype`, which looks for a file that it cannot read elsewhere, by its name.
    return ImageFont.FreeTypeFont(str(path), size, layout_engine=engine)
