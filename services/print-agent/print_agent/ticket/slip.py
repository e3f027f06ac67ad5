"""What the agent adds to a job when it prints it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bonfire.messages import TicketOrder


@dataclass(frozen=True, slots=True)
class Earlier:
    """A ticket that is, or may be, on paper already."""

    number: str  # without the sign: "0417"
    printed_at: datetime  # aware


@dataclass(frozen=True, slots=True)
class Replaced:
    """The ticket that a change or a cancellation takes back, and what stood on it."""

    ticket: Earlier
    order: TicketOrder
    surely_printed: bool = True


@dataclass(frozen=True, slots=True)
class Unused:
    """A number of this printer that no ticket has, and where its ticket came out, if anywhere."""

    number: str
    printed_at: str = ""  # a printer's name


@dataclass(frozen=True, slots=True)
class Slip:
    """`number` is the printer's ticket number, "0417", or "0417/2" for its second print."""

    number: str
    printed_at: datetime  # aware
    possible_duplicate_of: Earlier | None = None
    replaces: Replaced | None = None  # of a change or a cancellation; None: nothing is known of it
    reprint: int = 0  # how often a person has asked for it; 0 for the first print
    moved_from: str = ""  # the printer that this ticket is for, when it comes out of another one
    late_minutes: int | None = None
    test: bool = False
    previous: str = ""  # the number before this one on the same printer
    unused: tuple[Unused, ...] = ()
