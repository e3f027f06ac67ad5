"""What an agent does with the jobs that an earlier run left in its journal."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from bonfire.clock import Clock
from bonfire.errors import Reason
from print_agent.domain.entry import Entry
from print_agent.domain.states import AttemptEnd, JobState, after_attempt
from print_agent.journal import Journal

log = logging.getLogger(__name__)


async def recover(journal: Journal, clock: Clock) -> Sequence[Entry]:
    """Judge what was cut off while SENDING; returns every job that is still to be printed."""
    found = await journal.unfinished()
    judged = [await _judge(entry, journal, clock) for entry in found]
    left = [entry for entry in judged if entry.state is not JobState.DEAD]
    if found:
        log.info(
            "jobs of an earlier run",
            extra={"event": "journal.recovered", "found": len(found), "to_print": len(left)},
        )
    return left


async def _judge(entry: Entry, journal: Journal, clock: Clock) -> Entry:
    """SENDING after a start means that nobody saw how it ended."""
    if entry.state is not JobState.SENDING:
        return entry
    verdict = after_attempt(AttemptEnd.UNKNOWN, Reason.INTERRUPTED, marked=entry.marked)
    return await journal.interrupted(entry, verdict, clock.now())
