"""Rows as the bytes of one ticket.

The only commands in them are those that this module writes: ESC @, the code page, styles, line
spacing, feeds and one cut. Text arrives clean and in the code page; what might still be a control
byte in it is dropped here, at the last place where text and commands are apart.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from bonfire.errors import Permanent, Reason
from bonfire.messages import PrintJob
from print_agent.ticket.driver import CODE_PAGE, Driver, new_driver
from print_agent.ticket.layout import compose
from print_agent.ticket.profile import DEFAULT, Profile
from print_agent.ticket.slip import Slip
from print_agent.ticket.style import PLAIN, Style
from print_agent.ticket.typeset import Gap, Output, Row, typeset

# In a printer's dots; no printer feeds less than the height of the row that it has printed.
_SOLID_SPACING: Final = 24
_FEED_DOTS: Final = b"\x1bJ"
_CONTROLS: Final = bytes({*range(0x20), 0x7F} - {ord("\n")})


def render_ticket(job: PrintJob, slip: Slip, profile: Profile = DEFAULT) -> bytes:
    """The whole ticket with its cut.

    Raises `Permanent` with `Reason.RENDER_ERROR` whatever goes wrong: another attempt would end
    the same way.
    """
    try:
        return print_rows(typeset(compose(job, slip, profile), profile))
    except Exception as error:  # the boundary of one job: it fails, and not the agent
        # Only the kind of error: its message may quote the guest.
        detail = f"the ticket could not be rendered: {type(error).__name__}"
        raise Permanent(Reason.RENDER_ERROR, detail) from error


def print_rows(rows: Iterable[Output]) -> bytes:
    """One ticket: ESC @ first, since the printer keeps the settings of whoever printed before."""
    typewriter = _Typewriter(new_driver())
    for row in rows:
        typewriter.put(row)
    return typewriter.cut()


class _Typewriter:
    """Sends a style only where it changes, and text in as few pieces as that allows."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        self._style = PLAIN
        self._solid = False
        self._text: list[str] = []
        driver.hw("INIT")
        driver.charcode(CODE_PAGE)

    def put(self, output: Output) -> None:
        if isinstance(output, Row):
            self._row(output)
            return
        self._flush()
        if isinstance(output, Gap):
            self._driver._raw(_FEED_DOTS + bytes([output.dots]))
        else:
            self._driver.print_and_feed(output.rows)

    def _row(self, row: Row) -> None:
        if row.solid != self._solid:
            self._flush()
            self._driver.line_spacing(_SOLID_SPACING if row.solid else None)
            self._solid = row.solid
        for span in row.spans:
            if span.text:
                self._change(span.style)
                self._text.append(span.text)
        self._text.append("\n")

    def cut(self) -> bytes:
        """Feeds the last row past the knife, cuts, and gives all bytes."""
        self._flush()
        self._driver.cut(feed=False)  # GS V 66: the printer knows how far its knife is away
        return self._driver.output

    def _change(self, style: Style) -> None:
        now = self._style
        if style == now:
            return
        self._flush()
        self._driver.set(
            custom_size=(style.width, style.height) != (now.width, now.height) or None,
            width=style.width,
            height=style.height,
            bold=style.bold if style.bold != now.bold else None,
            invert=style.inverse if style.inverse != now.inverse else None,
            font=("b" if style.small else "a") if style.small != now.small else None,
        )
        self._style = style

    def _flush(self) -> None:
        if self._text:
            # Not through its text(), which looks up every character: two thirds of a ticket's time.
            encoded = "".join(self._text).encode(CODE_PAGE, "replace")
            self._driver._raw(encoded.translate(None, _CONTROLS))
            self._text.clear()
