"""What the bits of a status mean, in the order in which a person should care for them."""

from __future__ import annotations

from typing import Final

from bonfire.errors import Reason
from print_agent.printers import Status

_Bit = tuple[int, int, Reason]

# Which answer (DLE EOT 1 to 4, counted from 0), which bits, and what any of them means. An open lid
# comes first: with the lid open, the paper sensor often says "no paper" as well.
_REALTIME: Final[tuple[_Bit, ...]] = (
    (1, 0x04, Reason.COVER_OPEN),
    (1, 0x20, Reason.PAPER_OUT),
    (3, 0x60, Reason.PAPER_OUT),
    (2, 0x08, Reason.CUTTER_ERROR),
    (2, 0x20, Reason.PRINTER_ERROR),  # unrecoverable
    (2, 0x40, Reason.HEAD_HOT),  # recovers by itself
    (2, 0x04, Reason.PRINTER_ERROR),  # mechanical
    (1, 0x40, Reason.PRINTER_ERROR),
    (0, 0x28, Reason.OFFLINE),  # offline, or waiting to be put online
)
_REALTIME_NEAR_END: Final = (3, 0x0C)

_STATUS_BACK: Final[tuple[_Bit, ...]] = (
    (0, 0x20, Reason.COVER_OPEN),
    (2, 0x0C, Reason.PAPER_OUT),
    (1, 0x08, Reason.CUTTER_ERROR),
    (1, 0x20, Reason.PRINTER_ERROR),
    (1, 0x40, Reason.HEAD_HOT),
    (1, 0x04, Reason.PRINTER_ERROR),
    (0, 0x08, Reason.OFFLINE),
    (1, 0x01, Reason.OFFLINE),
)
_STATUS_BACK_NEAR_END: Final = (2, 0x03)


def of_realtime(answers: bytes) -> Status:
    """From the four answers to DLE EOT 1, 2, 3 and 4."""
    return _judge(answers, _REALTIME, _REALTIME_NEAR_END)


def of_status_back(status: bytes) -> Status:
    """From the four bytes of an automatic status."""
    return _judge(status, _STATUS_BACK, _STATUS_BACK_NEAR_END)


def _judge(status: bytes, bits: tuple[_Bit, ...], near_end: tuple[int, int]) -> Status:
    trouble = next((reason for at, mask, reason in bits if status[at] & mask), None)
    at, mask = near_end
    return Status(trouble, near_end=bool(status[at] & mask))
