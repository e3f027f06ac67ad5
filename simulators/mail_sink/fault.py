"""Everything that can be wrong with a mail server, by the name that people use."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from control_port import InvalidFault, fault_named


class FaultName(StrEnum):
    REFUSE = "refuse"
    GREYLIST = "greylist"
    UNKNOWN_ADDRESS = "unknown-address"
    FULL = "full"
    SPAM = "spam"
    SLOW = "slow"
    HANG = "hang"
    DROP = "drop"
    BAD_AUTH = "bad-auth"
    NO_STARTTLS = "no-starttls"
    AWAY = "away"


MEANING: Final[dict[FaultName, str]] = {
    FaultName.REFUSE: "greets every connection with 421",
    FaultName.GREYLIST: "answers the first `value` tries for each recipient with 451",
    FaultName.UNKNOWN_ADDRESS: "answers 550 for the recipient `address`",
    FaultName.FULL: "answers 452 to every text and keeps nothing",
    FaultName.SPAM: "answers 554 to every text and keeps nothing",
    FaultName.SLOW: "waits `value` seconds before each line of its answers",
    FaultName.HANG: "keeps the mail, and never says so",
    FaultName.DROP: "drops the connection when the text has arrived, and keeps nothing",
    FaultName.BAD_AUTH: "wants a login and refuses every one with 535",
    FaultName.NO_STARTTLS: "offers no STARTTLS, as if somebody between had taken it out",
    FaultName.AWAY: "its port is closed, and with it every connection",
}

MOST_FAULTS: Final = 100


def fault_name(name: str) -> FaultName:
    """Raises `InvalidFault`."""
    return fault_named(FaultName, name)


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault to set; `value` (tries or seconds) and `address` belong where `MEANING` says so."""

    name: FaultName
    value: float | None = None
    address: str | None = None

    @classmethod
    def of(cls, name: str, value: float | None = None, address: str | None = None) -> Fault:
        """Raises `InvalidFault`."""
        known = fault_name(name)
        wants_value = known in (FaultName.GREYLIST, FaultName.SLOW)
        wants_address = known is FaultName.UNKNOWN_ADDRESS
        if wants_value != (value is not None):
            raise InvalidFault(f"{known} takes {'a' if wants_value else 'no'} value")
        if wants_address != bool(address):
            raise InvalidFault(f"{known} takes {'an' if wants_address else 'no'} address")
        if value is not None and not (math.isfinite(value) and value > 0):
            raise InvalidFault("value must be a number above 0")
        if known is FaultName.GREYLIST and value != int(value or 0):
            raise InvalidFault("greylist counts whole tries")
        return cls(known, value, address.casefold() if address else None)


class Faults:
    """The faults that the server has now, and the tries that it has counted for its greylist."""

    def __init__(self) -> None:
        self._active: dict[tuple[FaultName, str | None], Fault] = {}
        self._tries: Counter[tuple[str, str]] = Counter()

    def __contains__(self, name: FaultName) -> bool:
        return any(active is name for active, _ in self._active)

    def __iter__(self) -> Iterator[Fault]:
        return iter(list(self._active.values()))

    @property
    def delay_s(self) -> float:
        """Before each line of an answer."""
        slow = self._active.get((FaultName.SLOW, None))
        return 0.0 if slow is None else slow.value or 0.0

    def set(self, fault: Fault) -> None:
        """Raises `InvalidFault` when there are too many."""
        if len(self._active) >= MOST_FAULTS:
            raise InvalidFault(f"there are {MOST_FAULTS} faults already")
        self._active[fault.name, fault.address] = fault
        if fault.name is FaultName.GREYLIST:
            self._tries.clear()

    def clear(self, name: FaultName | None = None) -> None:
        """One fault, for every address, or all faults."""
        for key in list(self._active):
            if name is None or key[0] is name:
                del self._active[key]

    def is_unknown(self, address: str) -> bool:
        return (FaultName.UNKNOWN_ADDRESS, address.casefold()) in self._active

    def is_greylisted(self, sender: str, recipient: str) -> bool:
        """Counts this as a try."""
        greylist = self._active.get((FaultName.GREYLIST, None))
        if greylist is None:
            return False
        self._tries[sender, recipient] += 1
        return self._tries[sender, recipient] <= (greylist.value or 0)
