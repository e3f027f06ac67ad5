"""Takes jobs from the broker: into the journal first, then to their printer, then acknowledged."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from functools import partial
from typing import Final

from bonfire.broker import Broker, topology
from bonfire.clock import Clock
from bonfire.errors import Permanent, Reason
from bonfire.inbox import Inbox, until_on_disk
from bonfire.messages import PrintJob
from print_agent.domain.ended import log_fields, unprintable
from print_agent.domain.entry import Entry
from print_agent.journal import Journal
from print_agent.metrics import AgentMetrics, Receipt
from print_agent.recovery import recover
from print_agent.spooler import Spooler

log = logging.getLogger(__name__)

# Small, since a dropped connection counts against every copy that was prefetched (P10).
PREFETCH: Final = 16


class Intake:
    """What happens to each job of the queue `jobs.<agent>`."""

    def __init__(
        self,
        agent: str,
        broker: Broker,
        journal: Journal,
        spoolers: Mapping[str, Spooler],
        clock: Clock,
        metrics: AgentMetrics,
    ) -> None:
        self._journal = journal
        self._spoolers = spoolers
        self._clock = clock
        self._metrics = metrics
        self.inbox = Inbox(
            broker,
            topology.jobs_queue(agent),
            PREFETCH,
            PrintJob,
            self.take,
            clock,
            lambda _reason: metrics.received(Receipt.UNREADABLE),
        )

    async def run(self) -> None:
        """First what an earlier run left in the journal, then what the broker has."""
        await until_on_disk(self._resume, self._clock)
        await self.inbox.run()

    async def take(self, job: PrintJob) -> None:
        entry = await self._journal.receive(job, self._clock.now())
        if entry is None:
            self._metrics.received(Receipt.KNOWN)
            return
        known_printer = job.printer in self._spoolers
        self._metrics.received(Receipt.NEW if known_printer else Receipt.UNKNOWN_PRINTER)
        await self._hand_over(entry)

    async def _resume(self) -> None:
        for entry in await recover(self._journal, self._clock, self._metrics):
            await self._hand_over(entry)

    async def _hand_over(self, entry: Entry) -> None:
        """Give a journalled job to its printer; one that we do not have is a dead letter."""
        printer = entry.job.printer
        spooler = self._spoolers.get(printer)
        if spooler is not None:
            spooler.add(entry)
            return
        detail = f"this print host has no printer {printer!r} in its configuration"
        error = Permanent(Reason.UNKNOWN_PRINTER, detail)
        ended = unprintable(entry, error, self._clock.now())
        log.error("a job for an unknown printer", extra=log_fields(ended, "job.dead"))
        await until_on_disk(partial(self._journal.end, ended), self._clock)
