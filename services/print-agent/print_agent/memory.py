"""What a running agent remembers of its printers, read from beside it.

The journal has one writer. This only reads, through a connection that cannot write, and takes no
lock that the agent would notice.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from bonfire.errors import Permanent, Reason
from print_agent.journal import KnownPrinter
from print_agent.journal.rows import known_printers

T = TypeVar("T")

# Counts and reasons alone: whatever else a job holds may be a guest's.
_COUNTED: Final = (
    "SELECT state, reason, count(*) FROM jobs WHERE printer = ? GROUP BY 1, 2 ORDER BY 1, 2",
    "SELECT coalesce(outcome, 'cut off'), coalesce(reason, ''), count(*) FROM attempts"
    " WHERE printer = ? GROUP BY 1, 2 ORDER BY 1, 2",
)


@dataclass(frozen=True, slots=True)
class Count:
    """How many jobs are in a state, or attempts had an outcome; `reason` is empty where all went
    well.
    """

    state: str
    reason: str
    number: int

    def __str__(self) -> str:
        reason = f" ({self.reason})" if self.reason else ""
        return f"{self.number} {self.state}{reason}"


@dataclass(frozen=True, slots=True)
class Past:
    """What became of the tickets for one printer."""

    jobs: tuple[Count, ...] = ()
    attempts: tuple[Count, ...] = ()


def remembered(journal: Path) -> dict[str, KnownPrinter]:
    """By printer id. Raises `Permanent` if there is no journal that can be read."""
    return _read(journal, known_printers)


def past_of(journal: Path, printer: str) -> Past:
    """Raises `Permanent` as `remembered` does."""
    return _read(journal, lambda db: Past(*(_counts(db, sql, printer) for sql in _COUNTED)))


def _counts(db: sqlite3.Connection, sql: str, printer: str) -> tuple[Count, ...]:
    return tuple(Count(*row) for row in db.execute(sql, (printer,)))


def _read(journal: Path, work: Callable[[sqlite3.Connection], T]) -> T:
    try:
        with closing(sqlite3.connect(f"{journal.resolve().as_uri()}?mode=ro", uri=True)) as db:
            return work(db)
    except sqlite3.Error as error:
        detail = f"cannot read the agent's journal {journal}: {error}"
        raise Permanent(Reason.CONFIG_INVALID, detail) from error
