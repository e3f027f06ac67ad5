"""Takes the dead letters into the ledger: once a person can see them there, the broker is done."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

from bonfire.broker import Broker, Delivery, HeaderValue, topology
from bonfire.clock import Clock
from bonfire.config import Config
from bonfire.errors import Reason
from bonfire.inbox import Inbox
from bonfire.store import StoreError
from bonfire.teller import Teller
from order_ingest.domain.dead_letter import Letter, Origin, label_of
from order_ingest.domain.letter_reader import MOST_SAMPLE_BYTES, LetterReader
from order_ingest.ledger import Buried, Ledger
from order_ingest.metrics import IngestMetrics, LedgerSeries

log = logging.getLogger(__name__)

PREFETCH: Final = 16
QUEUES: Final = (topology.DEAD_LETTERS, topology.UNROUTABLE_QUEUE)


@dataclass(frozen=True, slots=True)
class Envelope:
    """A letter as it came."""

    headers: Mapping[str, HeaderValue]
    body: bytes
    key: str
    strayed: bool


class Letters:
    """What happens to each message of the queues `dead-letters` and `unroutable`."""

    def __init__(
        self,
        broker: Broker,
        config: Config,
        ledger: Ledger,
        teller: Teller,
        clock: Clock,
        metrics: IngestMetrics,
        series: LedgerSeries,
    ) -> None:
        self._reader = letter_reader(config)
        self._ledger = ledger
        self._teller = teller
        self._clock = clock
        self._metrics = metrics
        self._series = series
        self.inboxes: Final = {
            queue: Inbox(
                broker,
                queue,
                PREFETCH,
                Envelope,
                self._take,
                clock,
                lambda _reason: None,  # whatever lies there is taken
                partial(_envelope, queue),
            )
            for queue in QUEUES
        }

    async def stop(self) -> None:
        for inbox in self.inboxes.values():
            await inbox.stop()

    async def _take(self, envelope: Envelope) -> None:
        try:
            letter = self._reader.read(
                envelope.headers, envelope.body, key=envelope.key, strayed=envelope.strayed
            )
            buried = await self._ledger.bury(letter, self._clock.now())
        except StoreError:
            raise  # it is taken again as soon as the disk takes it
        except Exception as error:  # noqa: BLE001 -- no letter may keep the process from taking orders
            log.critical(
                "a dead letter could not be understood, by a mistake of ours",
                extra={"event": "dead_letter.mistake", "error": type(error).__name__},
            )
            letter = _misunderstood(envelope)
            buried = await self._ledger.bury(letter, self._clock.now())
        self._teller.woke(buried.events)
        self._tell(buried)

    def _tell(self, buried: Buried) -> None:
        record = buried.letter
        reason = label_of(record.reason)
        if not (buried.repeated and record.origin is Origin.AGENT):
            self._series.dead_letter(record.location, reason)
        if buried.gave_up:
            self._metrics.gave_up(record.location)
        if not buried.repeated:
            log.error(
                "a dead letter came in",
                extra={
                    "event": "dead_letter.added",
                    "dead_letter": record.id,
                    "origin": record.origin.value,
                    "state": record.state.value,
                    "reason": reason,
                    "queue": record.queue,
                    "location": record.location,
                    "job_id": record.job_id,
                },
            )


def letter_reader(config: Config) -> LetterReader:
    agents = config.agents
    ours: Iterable[str] = (queue.name for queue in topology.for_agents(agents).queues)
    hosts = {topology.jobs_queue(agent): agent for agent in agents}
    locations = frozenset(location.id for location in config.locations)
    return LetterReader({queue: hosts.get(queue, "") for queue in ours}, locations)


def _envelope(queue: str, delivery: Delivery) -> Envelope:
    strayed = queue == topology.UNROUTABLE_QUEUE
    return Envelope(delivery.headers, delivery.body, delivery.routing_key, strayed)


def _misunderstood(envelope: Envelope) -> Letter:
    return Letter(
        Origin.OTHER,
        Reason.INTERNAL_ERROR.value,
        "this release stumbled over it; its log says where",
        sample=envelope.body[:MOST_SAMPLE_BYTES],
    )
