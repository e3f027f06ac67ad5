"""What a running agent remembers of its printers, read from beside it.

The journal has one writer. This only reads, through a connection that cannot write, and takes no
lock that the agent would notice.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from bonfire.errors import Permanent, Reason
from bonfire.store.migrations import read_migrations, version_of
from print_agent.journal import MIGRATIONS, KnownPrinter
from print_agent.journal.rows import known_printers

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


@dataclass(frozen=True, slots=True)
class Remembered:
    """Each by printer id; only a printer that the agent has met is in `known`."""

    known: Mapping[str, KnownPrinter] = field(default_factory=dict)
    pasts: Mapping[str, Past] = field(default_factory=dict)


def remembered(journal: Path, printers: Sequence[str]) -> Remembered:
    """All of it, as of one moment. Raises `Permanent` if there is no journal that can be read."""
    try:
        with closing(sqlite3.connect(f"{journal.resolve().as_uri()}?mode=ro", uri=True)) as db:
            db.execute("BEGIN")
            _check_version(db, journal)
            return Remembered(known_printers(db), {each: _past(db, each) for each in printers})
    except sqlite3.Error as error:
        detail = f"cannot read the agent's journal {journal}: {error}"
        raise Permanent(Reason.CONFIG_INVALID, detail) from error


def _check_version(db: sqlite3.Connection, journal: Path) -> None:
    """Only its writer may upgrade it, which is the agent."""
    present, ours = version_of(db), len(read_migrations(MIGRATIONS))
    cannot = f"cannot read the agent's journal {journal}:"
    if present > ours:
        detail = f"{cannot} a newer release wrote it. Use that release's print-agent"
        raise Permanent(Reason.STORE_NEWER, detail)
    if present < ours:
        detail = (
            f"{cannot} it is older than this release. Start this release's agent once, which "
            "upgrades it, and run this again"
        )
        raise Permanent(Reason.CONFIG_INVALID, detail)


def _past(db: sqlite3.Connection, printer: str) -> Past:
    return Past(*(_counts(db, sql, printer) for sql in _COUNTED))


def _counts(db: sqlite3.Connection, sql: str, printer: str) -> tuple[Count, ...]:
    return tuple(Count(*row) for row in db.execute(sql, (printer,)))
