"""What a printer says about itself, in Epson's bits."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from virtual_printer.fault import STOPPING, FaultName

_FIXED: Final = 0x12
"""Bits 1 and 4 are set in every DLE EOT answer."""

_ASB_ONLINE: Final = 0x02
_ASB_ERROR: Final = 0x04
_ASB_PAPER: Final = 0x08


@dataclass(frozen=True, slots=True)
class Condition:
    """The sensors and the errors at one moment."""

    paper_near_end: bool = False
    paper_out: bool = False
    cover_open: bool = False
    cutter_error: bool = False
    head_hot: bool = False
    fed_by_button: bool = False
    offline: bool = False

    @classmethod
    def of(cls, faults: Collection[FaultName]) -> Condition:
        return cls(
            paper_near_end=FaultName.PAPER_NEAR_END in faults or FaultName.PAPER_OUT in faults,
            paper_out=FaultName.PAPER_OUT in faults,
            cover_open=FaultName.COVER_OPEN in faults,
            cutter_error=FaultName.CUTTER_ERROR in faults or FaultName.CUTTER_JAM in faults,
            head_hot=FaultName.HEAD_HOT in faults,
            fed_by_button=FaultName.OFFLINE in faults,
            offline=not STOPPING.isdisjoint(faults),
        )

    @property
    def has_error(self) -> bool:
        return self.cutter_error or self.head_hot

    def real_time(self, question: int) -> bytes:
        """The answer to DLE EOT n, n from 1 to 4: one byte `0xx1xx10`."""
        bits = {
            1: 0x08 * self.offline,
            2: 0x04 * self.cover_open
            | 0x08 * self.fed_by_button
            | 0x20 * self.paper_out
            | 0x40 * self.has_error,
            3: 0x08 * self.cutter_error | 0x40 * self.head_hot,
            4: 0x0C * self.paper_near_end | 0x60 * self.paper_out,
        }
        return bytes((_FIXED | bits[question],))

    def paper_sensor(self) -> bytes:
        """The answer to GS r 1."""
        return bytes((0x03 * self.paper_near_end | 0x0C * self.paper_out,))

    def automatic(self) -> bytes:
        """The four bytes of Automatic Status Back."""
        return bytes(
            (
                0x10 | 0x08 * self.offline | 0x20 * self.cover_open | 0x40 * self.fed_by_button,
                0x08 * self.cutter_error | 0x40 * self.head_hot,
                0x03 * self.paper_near_end | 0x0C * self.paper_out,
                0,
            )
        )

    def differs(self, before: Condition, mask: int) -> bool:
        """Whether something changed that GS a `mask` asks to be told about."""
        return any(
            mask & bit and self._watched(bit) != before._watched(bit)
            for bit in (_ASB_ONLINE, _ASB_ERROR, _ASB_PAPER)
        )

    def _watched(self, bit: int) -> tuple[bool, ...]:
        return {
            _ASB_ONLINE: (self.offline, self.cover_open, self.fed_by_button),
            _ASB_ERROR: (self.cutter_error, self.head_hot),
            _ASB_PAPER: (self.paper_near_end, self.paper_out),
        }[bit]
