"""How a printer sounds: another pattern for a new ticket, for one that changes or stops something,
and for one that was asked for again.

Sources: Epson's ESC/POS command reference, `ESC ( A` function 48 (1B 28 41 04 00 30 n c t; n is the
sound, c how often, t the cycle in 100 ms; 48 <= n <= 58, 1 <= c <= 63, 10 <= t <= 255), and for
`ESC B` the manuals of Xprinter and its relatives (1B 42 n t; n times, t * 50 or 100 ms, both from 1
to 9).
A buzzer on the drawer's port gets nothing: where there is none, a drawer would open.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bonfire.config import Buzzer
from bonfire.messages import JobKind

# Of Epson's sounds those of 2490 Hz, which a fan does not drown: 200 ms, three times 200 ms; and
# 1320 Hz for 200 ms.
_HIGH: Final = 0x34
_HIGH_THRICE: Final = 0x3A
_LOW: Final = 0x33
_CYCLE: Final = 10

_ESC_A: Final[Mapping[JobKind, bytes]] = {
    JobKind.NEW: bytes([_HIGH, 2, _CYCLE]),
    JobKind.CHANGE: bytes([_HIGH_THRICE, 3, _CYCLE]),
    JobKind.CANCEL: bytes([_HIGH_THRICE, 3, _CYCLE]),
    JobKind.REPRINT: bytes([_LOW, 1, _CYCLE]),
}
_ESC_B: Final[Mapping[JobKind, bytes]] = {
    JobKind.NEW: bytes([2, 2]),
    JobKind.CHANGE: bytes([7, 1]),
    JobKind.CANCEL: bytes([7, 1]),
    JobKind.REPRINT: bytes([1, 4]),
}


def sound(buzzer: Buzzer, kind: JobKind) -> bytes:
    """The command for a ticket of this kind, if the printer has a buzzer; a test is silent."""
    match buzzer:
        case Buzzer.ESC_A if kind in _ESC_A:
            return b"\x1b(A\x04\x000" + _ESC_A[kind]
        case Buzzer.ESC_B if kind in _ESC_B:
            return b"\x1bB" + _ESC_B[kind]
        case _:
            return b""
