"""Whether a printer's queue moves: a backlog that prints is slow, and nobody's trouble."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bonfire.messages import PrinterState

UNHEARD: Final = timedelta(seconds=45)
"""Three heartbeats: what happened in a longer gap, nobody knows."""


@dataclass(frozen=True, slots=True)
class Queue:
    """How one printer's queue stood when its print host last told of it, by that host's clock."""

    waiting: int
    oldest_due_at: datetime | None
    seen_at: datetime
    moved_at: datetime
    """When it last got shorter, or another ticket came to its head, or it was first heard of."""


Queues = Mapping[str, Queue]
"""By the printer's id."""


def follow(known: Queues, printers: tuple[PrinterState, ...], at: datetime) -> Queues:
    """What a heartbeat tells of its printers' queues, after what is known of them."""
    return {printer.id: _follow(known.get(printer.id), printer, at) for printer in printers}


def _follow(known: Queue | None, printer: PrinterState, at: datetime) -> Queue:
    stands = known is not None and _stands(known, printer, at)
    moved_at = known.moved_at if known is not None and stands else at
    return Queue(printer.waiting, printer.oldest_due_at, at, moved_at)


def _stands(known: Queue, printer: PrinterState, at: datetime) -> bool:
    if known.oldest_due_at is None or printer.oldest_due_at is None:
        return False
    heard_throughout = timedelta() <= at - known.seen_at <= UNHEARD
    same_head = printer.oldest_due_at <= known.oldest_due_at
    return heard_throughout and same_head and printer.waiting >= known.waiting
