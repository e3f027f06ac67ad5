"""The ledger on SQLite: plain statements over `bonfire.store`, which shares the commits."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import partial
from typing import Final

from bonfire.messages import JobEvent
from bonfire.store import Store
from order_ingest.domain.dead_letter import Letter
from order_ingest.ledger import (
    Acceptance,
    Arrival,
    Buried,
    ClosedJob,
    DeadLetterRecord,
    Figures,
    LetterQuery,
    Misattributed,
    OrderRecord,
    Plan,
    Settlement,
)
from order_ingest.ledger.sqlite import dead_letters, figures, jobs, orders, settlements

MIGRATIONS: Final = "order_ingest.ledger.migrations"


class SqliteLedger:
    """`Ledger` on one file."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def accept(self, arrival: Arrival, plan: Plan) -> Acceptance:
        return await self._store.transact(partial(orders.accept, arrival=arrival, plan=plan))

    async def order(self, source: str, shop_id: str) -> OrderRecord | None:
        key = orders.order_key(source, shop_id)
        return await self._store.transact(partial(orders.find, key=key))

    async def apply(self, event: JobEvent) -> ClosedJob | Misattributed | None:
        return await self._store.transact(partial(jobs.apply, event=event))

    async def forget(self, before: datetime) -> int:
        return await self._store.transact(partial(orders.forget, before=before.timestamp()))

    async def bury(self, letter: Letter, at: datetime) -> Buried:
        return await self._store.transact(partial(dead_letters.bury, letter=letter, at=at))

    async def dead_letters(self, query: LetterQuery) -> Sequence[DeadLetterRecord]:
        return await self._store.transact(partial(dead_letters.listed, query=query))

    async def requeue(
        self, letter_id: int, by: str, at: datetime, hosts: Collection[str]
    ) -> Settlement:
        work = partial(settlements.requeue, letter_id=letter_id, by=by, at=at, hosts=hosts)
        return await self._store.transact(work)

    async def discard(self, letter_id: int, by: str, at: datetime) -> Settlement:
        work = partial(settlements.discard, letter_id=letter_id, by=by, at=at)
        return await self._store.transact(work)

    async def figures(self) -> Sequence[Figures]:
        return await self._store.transact(figures.figures)
