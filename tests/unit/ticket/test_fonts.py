"""Which fonts are found, and what they have."""

from __future__ import annotations

import shutil
import struct
from pathlib import Path

import pytest

from print_agent.ticket.raster import INSTALLED, NO_FONTS, Fonts
from print_agent.ticket.raster.character_map import UnusableFont, read_character_map
from tests.unit.ticket.alphabets import WORDS

DEJAVU = Path("/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf")


def font_file(path: Path, *subtables: tuple[int, int, bytes], tag: bytes = b"cmap") -> Path:
    """A file of one table: platform, encoding and content of each of its parts."""
    offset, header, body = 4 + 8 * len(subtables), b"", b""
    for platform, encoding, content in subtables:
        header += struct.pack(">HHI", platform, encoding, offset + len(body))
        body += content
    table = struct.pack(">HH", 0, len(subtables)) + header + body
    entry = struct.pack(">4sIII", tag, 0, 28, len(table))
    path.write_bytes(struct.pack(">IHHHH", 0x10000, 1, 0, 0, 0) + entry + table)
    return path


def segments(*found: tuple[int, int, int, int], glyphs: tuple[int, ...] = ()) -> bytes:
    """Format 4: end, start, delta and offset of each segment."""
    ends, starts, deltas, offsets = zip(*found, (0xFFFF, 0xFFFF, 1, 0), strict=True)
    words = (*ends, 0, *starts, *deltas, *offsets, *glyphs)
    return struct.pack(f">7H{len(words)}H", 4, 0, 0, 2 * len(ends), 0, 0, 0, *words)


def groups(*found: tuple[int, int, int]) -> bytes:
    """Format 12: start, end and first glyph of each group."""
    packed = b"".join(struct.pack(">III", *group) for group in found)
    return struct.pack(">HHIII", 12, 0, 16 + len(packed), 0, len(found)) + packed


def test_a_map_of_segments_knows_its_ranges_and_its_holes(tmp_path):
    table = segments((0x45, 0x41, 7, 0), (0x52, 0x50, 0, 4), glyphs=(3, 0, 5))
    has = read_character_map(font_file(tmp_path / "a.ttf", (3, 1, table))).has
    assert [chr(code) for code in range(0x30, 0x60) if has(code)] == [*"ABCDE", "P", "R"]
    assert not has(0xFFFF)
    assert not has(0x1F95C)


def test_an_array_of_glyphs_that_ends_too_early_has_no_more(tmp_path):
    table = segments((0x52, 0x50, 0, 4), glyphs=(3,))
    has = read_character_map(font_file(tmp_path / "a.ttf", (0, 3, table))).has
    assert [code for code in range(0x50, 0x53) if has(code)] == [0x50]


def test_a_map_of_the_whole_of_unicode_is_preferred(tmp_path):
    small, large = segments((0x41, 0x41, 1, 0)), groups((0x42, 0x42, 0), (0x1F600, 0x1F602, 9))
    has = read_character_map(font_file(tmp_path / "a.ttf", (3, 1, small), (3, 10, large))).has
    assert not has(0x41)
    assert not has(0x42)
    assert not has(0x20FFFF)
    assert has(0x1F602)


@pytest.mark.parametrize("content", [b"", b"\0\1\0\0\0", b"no font at all, but long enough"])
def test_what_is_no_font_is_told(tmp_path, content):
    path = tmp_path / "broken.ttf"
    path.write_bytes(content)
    with pytest.raises(UnusableFont):
        read_character_map(path)
    with pytest.raises(UnusableFont):
        read_character_map(tmp_path / "absent.ttf")


def test_a_font_without_a_map_of_unicode_is_told(tmp_path):
    with pytest.raises(UnusableFont):
        read_character_map(font_file(tmp_path / "a.ttf", (1, 0, b"")))
    with pytest.raises(UnusableFont):
        read_character_map(font_file(tmp_path / "b.ttf", (3, 1, struct.pack(">H", 6))))
    with pytest.raises(UnusableFont):
        read_character_map(font_file(tmp_path / "c.ttf", tag=b"glyf"))


def test_the_installed_fonts_have_every_alphabet_that_kitchens_ask_for():
    assert INSTALLED.missing() == ()
    assert INSTALLED.names()[0] == "DejaVuSansMono.ttf"
    assert all(INSTALLED.face(letter) for word in WORDS.values() for letter in word)


def test_a_machine_without_fonts_says_what_to_install():
    assert NO_FONTS.names() == ()
    assert [told.split(":")[0] for told in NO_FONTS.missing()] == [
        "Greek and Cyrillic",
        "Arabic and Hebrew",
        "Chinese, Japanese and Korean",
        "Thai",
    ]
    assert NO_FONTS.face("北") is None


def test_a_font_that_cannot_be_read_is_as_good_as_none(tmp_path):
    shutil.copy(DEJAVU, tmp_path)
    for name in ("DejaVuSansMono-Bold.ttf", "wqy-microhei.ttc"):
        (tmp_path / name).write_bytes(b"cut off")
    # A file with shapes and without characters.
    (tmp_path / "Loma.ttf").write_bytes(DEJAVU.read_bytes().replace(b"cmap", b"camp", 1))
    fonts = Fonts((tmp_path,))
    assert fonts.names() == ("DejaVuSansMono.ttf",)
    (face,) = {fonts.face(letter) for letter in "aΩ"}
    assert face is not None
    assert face.bold is None
    assert "Thai: install the Debian package fonts-tlwg-loma-ttf" in fonts.missing()


def test_without_the_letters_of_our_own_words_no_row_is_drawn(tmp_path):
    (loma,) = (face.regular for face in INSTALLED._faces if face.regular.stem == "Loma")
    shutil.copy(loma, tmp_path)
    assert Fonts((tmp_path,)).face("ก") is None


def test_without_a_library_for_it_nothing_is_drawn_that_has_to_be_joined_or_turned():
    fonts = Fonts(shaping=False)
    assert fonts.missing() == (
        "right-to-left and joined scripts: install the Debian package libfribidi0",
    )
    assert [fonts.face(letter) is None for letter in ("北", "Ω", "한", "ש", "ش", "กี่")] == [
        *(False, False, False),
        *(True, True, True),
    ]


def test_what_was_asked_for_is_forgotten_at_last(monkeypatch):
    monkeypatch.setattr("print_agent.ticket.raster.fonts._MOST_KNOWN", 2)
    fonts = Fonts()
    assert all(fonts.face(letter) for letter in "abcde")
    assert len(fonts._known) < 4
