"""What an agent does with the jobs that an earlier run left in its journal."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from bonfire.clock import Clock
from bonfire.errors import Reason
from print_agent.domain.ended import after_cut, log_fields
from print_agent.domain.entry import Entry
from print_agent.domain.states import JobState
from print_agent.journal import Journal
from print_agent.metrics import AgentMetrics

log = logging.getLogger(__name__)


async def recover(journal: Journal, clock: Clock, metrics: AgentMetrics) -> Sequence[Entry]:
    """Judge what was cut off while SENDING; returns every job that is still to be printed.

    Raises `StoreError`; may be repeated then.
    """
    found = await journal.unfinished()
    judged = [await _judge(entry, journal, clock, metrics) for entry in found]
    left = [entry for entry in judged if entry.state is not JobState.DEAD]
    if found:
        log.info(
            "jobs of an earlier run",
            extra={"event": "journal.recovered", "found": len(found), "to_print": len(left)},
        )
    return left


async def _judge(entry: Entry, journal: Journal, clock: Clock, metrics: AgentMetrics) -> Entry:
    if entry.state is not JobState.SENDING:
        return entry
    ended = after_cut(entry, clock.now())
    await journal.end(ended)
    if ended.after.state is JobState.DEAD:
        reason = ended.reason or Reason.STILL_UNKNOWN
        metrics.dead(entry.job.printer, reason)
        log.error("a job needs a person", extra=log_fields(ended, "job.dead"))
    return ended.after
