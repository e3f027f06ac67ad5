"""The way of the guest's text into a block: cleaned, in what the printer can show, and bounded."""

from __future__ import annotations

from bonfire.sanitiser import clean, clean_line, shorten
from print_agent.ticket.profile import DEFAULT, Profile
from print_agent.ticket.words import Words

_MOST_BREAKS = 30


class Pen:
    """Writes one ticket's texts, and remembers how much that was and whether anything is missing.

    `incomplete` is set once a text was cut, or lost a character that the printer does not have:
    the ticket then says that the order has to be read online. `cut_last` speaks of the text
    written last.
    """

    def __init__(self, words: Words, profile: Profile = DEFAULT) -> None:
        self.words = words
        self.profile = profile
        self._charset = profile.charset
        self.incomplete = False
        self.cut_last = False
        self.characters = 0

    def line(self, text: str, most: int = 600) -> str:
        """`text` on one line."""
        return self._write(clean_line(text), most)

    def lines(self, text: str, most: int) -> str:
        """`text` with its line breaks, but without empty lines.

        A text that is mostly line breaks would only waste paper: it goes on with slashes.
        """
        rows = [" ".join(row.split()) for row in clean(text).split("\n")]
        filled = [row for row in rows if row]
        return self._write((" / " if len(filled) > _MOST_BREAKS else "\n").join(filled), most)

    def _write(self, text: str, most: int) -> str:
        fitted, lost = self._charset.fit(text)
        shown = shorten(fitted, most)
        self.cut_last = shown != fitted
        self.incomplete = self.incomplete or lost or self.cut_last
        self.characters += len(shown)
        return shown
