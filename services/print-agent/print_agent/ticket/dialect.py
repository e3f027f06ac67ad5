"""How a style becomes commands: for a thermal printer, and for one with needles and a ribbon."""

from __future__ import annotations

from functools import lru_cache
from typing import Final, Protocol

from print_agent.ticket.driver import Driver, new_driver
from print_agent.ticket.profile import Profile
from print_agent.ticket.style import PLAIN, Style

# In a printer's own dots, so that rows touch; none feeds less than the height of what it printed.
_THERMAL_SOLID: Final = 24
_IMPACT_SOLID: Final = 18  # in 1/144 inch: nine needles, 1/72 inch apart

# ESC ! on a TM-U220 or TM-U230: font B has letters of 7 by 9 dots, 40 or more on a row of 76 mm.
_FONT_B: Final = 0x01
_EMPHASISED: Final = 0x08
_DOUBLE_HEIGHT: Final = 0x10
_DOUBLE_WIDTH: Final = 0x20
_FONT_B_FROM_COLUMNS: Final = 40


class Dialect(Protocol):
    """Is told only what changes. `begin` comes once, after ESC @."""

    solid_spacing: int

    def begin(self) -> None: ...
    def style(self, style: Style, before: Style) -> None: ...

    def colour(self, *, red: bool) -> None:
        """At the beginning of a row, the only place where a printer obeys it."""


class Thermal:
    solid_spacing = _THERMAL_SOLID

    def __init__(self, driver: Driver) -> None:
        self._driver = driver

    def begin(self) -> None:
        """ESC @ has set everything."""

    def style(self, style: Style, before: Style) -> None:
        self._driver._raw(_thermal(style, before))

    def colour(self, *, red: bool) -> None:
        """There is one."""


@lru_cache(maxsize=256)
def _thermal(style: Style, before: Style) -> bytes:
    """A ticket changes its style some sixty times, but in few ways."""
    driver = new_driver()
    driver.set(
        custom_size=(style.width, style.height) != (before.width, before.height) or None,
        width=style.width,
        height=style.height,
        bold=style.bold if style.bold != before.bold else None,
        invert=style.inverse if style.inverse != before.inverse else None,
        font=("b" if style.small else "a") if style.small != before.small else None,
    )
    return driver.output


class Impact:
    """ESC ! sets everything that it has, font included; it has no GS ! and no GS B."""

    solid_spacing = _IMPACT_SOLID

    def __init__(self, driver: Driver, columns: int) -> None:
        self._driver = driver
        self._font = _FONT_B if columns >= _FONT_B_FROM_COLUMNS else 0

    def begin(self) -> None:
        """Which font it begins with is set by switches under its lid."""
        self.style(PLAIN, PLAIN)

    def style(self, style: Style, before: Style) -> None:
        bits = self._font
        if style.bold:
            bits |= _EMPHASISED
        if style.height > 1:
            bits |= _DOUBLE_HEIGHT
        if style.width > 1:
            bits |= _DOUBLE_WIDTH
        self._driver._raw(b"\x1b!" + bytes([bits]))

    def colour(self, *, red: bool) -> None:
        self._driver._raw(b"\x1br" + bytes([red]))


def dialect_of(profile: Profile, driver: Driver) -> Dialect:
    return Impact(driver, profile.columns) if profile.impact else Thermal(driver)
