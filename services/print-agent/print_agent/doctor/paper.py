"""What a printer's tickets look like by its configuration, and what to expect of it on paper."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from bonfire.config import Buzzer, Printer, Technology
from print_agent.ticket import Profile, profile_of
from print_agent.ticket.raster import INSTALLED, Fonts

_BUZZERS: Final = {
    Buzzer.NONE: "none",
    Buzzer.ESC_A: "sounds by ESC ( A",
    Buzzer.ESC_B: "sounds by ESC B",
    Buzzer.DRAWER: "shares the cash drawer's port: left alone, a drawer would open",
}


def paper_in_words(printer: Printer, fonts: Fonts = INSTALLED) -> list[str]:
    """Sentences for a person, of what bonfire.toml says and of what this machine lacks for it."""
    return list(_sentences(printer, profile_of(printer, printer.ticket), fonts))


def _sentences(printer: Printer, profile: Profile, fonts: Fonts) -> Iterator[str]:
    ribbon = ", red and black" if printer.red else ""
    page = f"code page {profile.code_page} (ESC t {profile.code_page_number})"
    yield f"Paper: {printer.technology}{ribbon}, {profile.columns} columns, {page}."
    yield f"Buzzer: {_BUZZERS[printer.buzzer]}."
    if printer.technology is Technology.IMPACT:
        yield "Other alphabets: written in Latin letters, since needles print no pictures."
    elif not printer.raster:
        yield "Other alphabets: written in Latin letters, since raster = false."
    else:
        missing = fonts.missing()
        yield from (f"Not on paper: {each}." for each in missing)
        if not missing:
            yield "Other alphabets: drawn."
