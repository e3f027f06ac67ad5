"""Rows as the bytes of one ticket.

The only commands in them are those that this module and its dialects write: ESC @, the buzzer, the
code page, styles, colours, line spacing, feeds, pictures of rows and one cut. Text arrives clean,
in what the printer can show; what might still be a control byte in it is dropped here, at the last
place where text and commands are apart.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from bonfire.errors import Permanent, Reason
from bonfire.messages import JobKind, PrintJob
from print_agent.ticket.buzzer import sound
from print_agent.ticket.code_page import encoder
from print_agent.ticket.dialect import dialect_of
from print_agent.ticket.driver import new_driver
from print_agent.ticket.layout import compose
from print_agent.ticket.profile import DEFAULT, Profile
from print_agent.ticket.raster import NO_FONTS, draw
from print_agent.ticket.row import BlankRows, Gap, Output, Row
from print_agent.ticket.slip import Slip
from print_agent.ticket.style import PLAIN, Style
from print_agent.ticket.typeset import typeset

_FEED_DOTS: Final = b"\x1bJ"
_CONTROLS: Final = bytes({*range(0x20), 0x7F} - {ord("\n")})


def render_ticket(job: PrintJob, slip: Slip, profile: Profile = DEFAULT) -> bytes:
    """The whole ticket with its cut.

    A font that breaks while it is read costs its letters, not the ticket. Raises `Permanent` with
    `Reason.RENDER_ERROR` whatever goes wrong: another attempt would end the same way.
    """
    try:
        try:
            return _render(job, slip, profile)
        except OSError:
            return _render(job, slip, replace(profile, fonts=NO_FONTS))
    except Exception as error:  # the boundary of one job: it fails, and not the agent
        # Only the kind of error: its message may quote the guest.
        detail = f"the ticket could not be rendered: {type(error).__name__}"
        raise Permanent(Reason.RENDER_ERROR, detail) from error


def _render(job: PrintJob, slip: Slip, profile: Profile) -> bytes:
    kind = JobKind.TEST if slip.test else job.kind
    rows = typeset(compose(job, slip, profile), profile)
    return print_rows(rows, profile, sound(profile.buzzer, kind))


def print_rows(rows: Iterable[Output], profile: Profile = DEFAULT, signal: bytes = b"") -> bytes:
    """One ticket: ESC @ first, since the printer keeps the settings of whoever printed before.

    `signal` is for the buzzer, which is to sound while the paper comes out.
    """
    typewriter = _Typewriter(profile, signal)
    for row in rows:
        typewriter.put(row)
    return typewriter.cut()


class _Typewriter:
    """Sends a style only where it changes."""

    def __init__(self, profile: Profile, signal: bytes) -> None:
        self._profile = profile
        self._encode = encoder(profile.code_page, "strict" if profile.draws else "replace")
        self._driver = driver = new_driver()
        self._dialect = dialect_of(profile, driver)
        self._style = PLAIN
        self._solid = False
        self._red = False
        self._write = driver._raw
        driver.hw("INIT")
        if signal:
            self._write(signal)
        self._write(b"\x1bt" + bytes([profile.code_page_number]))
        self._dialect.begin()

    def put(self, output: Output) -> None:
        match output:
            case Row():
                self._row(output)
            case Gap():
                self._write(_FEED_DOTS + bytes([output.dots]))
            case BlankRows():
                self._driver.print_and_feed(output.rows)

    def cut(self) -> bytes:
        """Feeds the last row past the knife, cuts, and gives all bytes."""
        self._driver.cut(feed=False)  # GS V 66: the printer knows how far its knife is away
        return self._driver.output

    def _row(self, row: Row) -> None:
        # Not through the driver's text(), which looks up every character.
        try:
            texts = [self._encode(span.text) for span in row.spans]
        except UnicodeEncodeError:  # where pictures are printed of what the code page lacks
            picture = draw(row, self._profile.fonts, self._profile.dots)
            self._write(picture.command())
            return
        self._begin(row)
        for span, text in zip(row.spans, texts, strict=True):
            if text:
                self._change(span.style)
                self._write(text.translate(None, _CONTROLS))
        self._write(b"\n")

    def _begin(self, row: Row) -> None:
        if row.solid != self._solid:
            self._driver.line_spacing(self._dialect.solid_spacing if row.solid else None)
            self._solid = row.solid
        if row.red != self._red:
            self._dialect.colour(red=row.red)
            self._red = row.red

    def _change(self, style: Style) -> None:
        if style != self._style:
            self._dialect.style(style, self._style)
            self._style = style
