"""The four characters by which a printer names the ticket that it has printed (GS ( H)."""

from __future__ import annotations

import secrets
from typing import Final

LENGTH: Final = 4
# The printer takes 20h to 7Eh; without the space, an id is readable in a log.
_FIRST: Final = 0x21
_BASE: Final = 0x7E - _FIRST + 1
COUNT: Final = _BASE**LENGTH


def encode(number: int) -> bytes:
    """The id of the `number`-th ticket; wraps after `COUNT` (78 million)."""
    digits = bytearray(LENGTH)
    for place in reversed(range(LENGTH)):
        number, digit = divmod(number, _BASE)
        digits[place] = _FIRST + digit
    return bytes(digits)


def is_valid(process_id: bytes) -> bool:
    return len(process_id) == LENGTH and all(0x20 <= byte <= 0x7E for byte in process_id)


class ProcessIds:
    """Counts on from a random start, so that a word on an old ticket never fits a new one."""

    def __init__(self, start: int | None = None) -> None:
        self._next = secrets.randbelow(COUNT) if start is None else start

    def take(self) -> bytes:
        taken = encode(self._next)
        self._next += 1
        return taken
