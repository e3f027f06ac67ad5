"""Everything that can be wrong with a printer, by the name that people use."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from control_port import InvalidFault, fault_named


class FaultName(StrEnum):
    PAPER_NEAR_END = "paper-near-end"
    PAPER_OUT = "paper-out"
    COVER_OPEN = "cover-open"
    CUTTER_ERROR = "cutter-error"
    CUTTER_JAM = "cutter-jam"
    HEAD_HOT = "head-hot"
    OFFLINE = "offline"
    SILENT = "silent"
    NO_STATUS = "no-status"
    NO_PROCESS_ID = "no-process-id"
    GARBAGE_STATUS = "garbage-status"
    LATE_CONFIRMATION = "late-confirmation"
    SLOW = "slow"
    BLACK_HOLE = "black-hole"
    REFUSE = "refuse"
    BUSY = "busy"
    UNPLUGGED = "unplugged"
    RST = "rst"
    POWER_CYCLE = "power-cycle"


MEANING: Final[dict[FaultName, str]] = {
    FaultName.PAPER_NEAR_END: "prints, and says that the roll is nearly empty",
    FaultName.PAPER_OUT: "stops, goes offline, keeps what it has and prints it later",
    FaultName.COVER_OPEN: "stops, goes offline, keeps what it has and prints it later",
    FaultName.CUTTER_ERROR: "stopped by the cutter; DLE ENQ 1 or 2 recovers it",
    FaultName.CUTTER_JAM: "stopped by the cutter, and no command helps until it is cleared",
    FaultName.HEAD_HOT: "pauses until the print head has cooled down",
    FaultName.OFFLINE: "switched offline at its panel",
    FaultName.SILENT: "prints and confirms, but answers no question about its status",
    FaultName.NO_STATUS: "a clone that never says anything at all",
    FaultName.NO_PROCESS_ID: "a clone that ignores GS ( H",
    FaultName.GARBAGE_STATUS: "answers with bytes that mean nothing",
    FaultName.LATE_CONFIRMATION: "confirms `value` seconds after printing",
    FaultName.SLOW: "prints at `value` mm/s",
    FaultName.BLACK_HOLE: "takes everything, says that all is well, prints nothing",
    FaultName.REFUSE: "refuses new connections; a device file is away, for whoever opens it",
    FaultName.BUSY: "takes no more bytes, and holds the host by flow control",
    FaultName.UNPLUGGED: "the cable is out: the port or device file is gone, with its connections",
    FaultName.RST: "resets the connection when byte `at_byte` of a ticket has arrived; once",
    FaultName.POWER_CYCLE: "off and on again, off for `value` seconds; the buffer is lost",
}

STOPPING: Final = frozenset(
    {
        FaultName.PAPER_OUT,
        FaultName.COVER_OPEN,
        FaultName.CUTTER_ERROR,
        FaultName.CUTTER_JAM,
        FaultName.HEAD_HOT,
        FaultName.OFFLINE,
    }
)
"""While one of these lasts, nothing is printed and nothing in the buffer is obeyed."""


def fault_name(name: str) -> FaultName:
    """Raises `InvalidFault`."""
    return fault_named(FaultName, name)


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault to set.

    `value` is seconds or mm/s where `MEANING` says so. With `at_byte` the fault waits until so
    many bytes of a ticket were printed (for `rst`: had arrived). A ticket's bytes are counted from
    its ESC @ to the end of its cut; enquiries between them do not count.
    """

    name: FaultName
    value: float | None = None
    at_byte: int | None = None

    @classmethod
    def of(cls, name: str, value: float | None = None, at_byte: int | None = None) -> Fault:
        """Raises `InvalidFault`."""
        known = fault_name(name)
        if at_byte is not None and at_byte < 1:
            raise InvalidFault("at_byte counts from 1")
        if known is FaultName.RST and at_byte is None:
            raise InvalidFault("rst needs at_byte")
        needs_value = known in (FaultName.SLOW, FaultName.LATE_CONFIRMATION)
        if needs_value and value is None:
            raise InvalidFault(f"{known} needs a value: it {MEANING[known]}")
        if value is not None and not (math.isfinite(value) and value >= 0):
            raise InvalidFault("value must be a number, and not negative")
        if known is FaultName.SLOW and value == 0:
            raise InvalidFault("slow needs a value above 0 mm/s")
        return cls(known, value, at_byte)


class Faults:
    """The faults that a printer has, and those that wait for their byte."""

    def __init__(self) -> None:
        self._active: dict[FaultName, Fault] = {}
        self._armed: list[Fault] = []
        # Asked for each command, so they are kept rather than worked out.
        self.stop_printing = False
        self.swallow = False
        self.hold = False
        self.slow_mm_s: float | None = None
        self.are_armed = False

    def __contains__(self, name: FaultName) -> bool:
        return name in self._active

    def __iter__(self) -> Iterator[Fault]:
        return iter([*self._active.values(), *self._armed])

    def _changed(self) -> None:
        self.stop_printing = not STOPPING.isdisjoint(self._active)
        self.swallow = FaultName.BLACK_HOLE in self._active
        self.hold = FaultName.BUSY in self._active
        self.slow_mm_s = self.value(FaultName.SLOW)
        self.are_armed = bool(self._armed)

    @property
    def active(self) -> frozenset[FaultName]:
        return frozenset(self._active)

    @property
    def reset_at_byte(self) -> int | None:
        """The next byte of a ticket at which the connection is to be reset."""
        return min((f.at_byte for f in self._armed if _is_reset(f) and f.at_byte), default=None)

    def value(self, name: FaultName) -> float | None:
        fault = self._active.get(name)
        return fault.value if fault else None

    def set(self, fault: Fault) -> None:
        self._active[fault.name] = fault
        self._changed()

    def arm(self, fault: Fault) -> None:
        self._armed.append(fault)
        self._changed()

    def due(self, printed_bytes: int) -> list[Fault]:
        """Those whose byte has been printed; they are armed no more."""
        found = [f for f in self._armed if not _is_reset(f) and (f.at_byte or 0) <= printed_bytes]
        self._disarm(found)
        return found

    def disarm_reset(self) -> None:
        self._disarm([fault for fault in self._armed if _is_reset(fault)])

    def _disarm(self, faults: list[Fault]) -> None:
        self._armed = [fault for fault in self._armed if fault not in faults]
        self._changed()

    def clear(self, name: FaultName | None = None) -> None:
        """One fault, or all of them, armed ones too."""
        if name is None:
            self._active.clear()
            self._armed.clear()
        else:
            self._active.pop(name, None)
            self._armed = [fault for fault in self._armed if fault.name is not name]
        self._changed()


def _is_reset(fault: Fault) -> bool:
    return fault.name is FaultName.RST
