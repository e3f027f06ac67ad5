"""What the agent adds to a job when it prints it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Earlier:
    """A ticket of the same job that may be on paper already."""

    number: str  # without the sign: "0417"
    printed_at: datetime  # aware


@dataclass(frozen=True, slots=True)
class Slip:
    """`number` is the printer's ticket number, "0417", or "0417/2" for its second print."""

    number: str
    printed_at: datetime  # aware
    possible_duplicate_of: Earlier | None = None
    late_minutes: int | None = None
    test: bool = False
