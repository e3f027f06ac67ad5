"""The history on SQLite: plain statements over `bonfire.store`, which shares the commits."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Final

from bonfire.messages import Heartbeat
from bonfire.store import Store
from notifier.domain import incidents
from notifier.domain.incidents import Incident, IncidentType, Sign, Verdict
from notifier.domain.notices import Notice
from notifier.history import Addressed, Arrival, Due, Queued, Recorded, Result, Row, pages, rows
from notifier.history.pages import Wanted

MIGRATIONS: Final = "notifier.history.migrations"

MOST_BYTES: Final = 256 * 1024 * 1024
"""Of the file, beside what is free in it; the oldest events make room."""
MOST_EVENTS: Final = 500_000
MOST_PROCESSES: Final = 1_000
FORGET_TOGETHER: Final = 200


class SqliteHistory:
    """`History` on one file."""

    def __init__(self, store: Store, addressed: Addressed) -> None:
        self._store = store
        self._addressed = addressed

    async def record(self, arrival: Arrival, signs: Iterable[Sign], at: datetime) -> Recorded:
        def work(db: sqlite3.Connection) -> Recorded:
            if not rows.add_event(db, arrival, at):
                return Recorded(known=True)
            return self._judge(db, signs, at)

        return await self._store.transact(work)

    async def hear(self, heartbeat: Heartbeat, signs: Iterable[Sign], at: datetime) -> Recorded:
        def work(db: sqlite3.Connection) -> Recorded:
            rows.save_heartbeat(db, heartbeat, at)
            return self._judge(db, signs, at)

        return await self._store.transact(work)

    async def judge(self, signs: Iterable[Sign], at: datetime) -> Recorded:
        return await self._store.transact(partial(self._judge, signs=signs, at=at))

    async def settle(self, at: datetime) -> Recorded:
        return await self._end(lambda incident: incidents.settle(incident, at), at)

    async def retire(self, is_retired: Callable[[Incident], bool], at: datetime) -> Recorded:
        def judge(incident: Incident) -> Verdict | None:
            return incidents.retire(incident, at) if is_retired(incident) else None

        return await self._end(judge, at)

    async def open_incidents(self) -> Mapping[IncidentType, int]:
        found = await self._store.transact(rows.open_incidents)
        return Counter(incident.type for incident in found)

    async def fleet(self) -> Sequence[tuple[Heartbeat, datetime]]:
        return await self._store.transact(rows.fleet)

    async def due(self, at: datetime, most: int) -> Due:
        return await self._store.transact(partial(rows.due, at=at, most=most))

    async def waiting(self) -> int:
        return await self._store.transact(rows.waiting)

    async def postpone(
        self, notification: Queued, next_at: datetime, reason: str, answer: str
    ) -> None:
        await self._store.transact(
            partial(
                rows.postpone,
                notification=notification,
                next_at=next_at,
                reason=reason,
                answer=answer,
            )
        )

    async def close(
        self, notification: Queued, result: Result, at: datetime, reason: str, answer: str
    ) -> bool:
        return await self._store.transact(
            partial(
                rows.close,
                notification=notification,
                result=result,
                at=at,
                reason=reason,
                answer=answer,
            )
        )

    async def hasten(self, reasons: Iterable[str], at: datetime) -> None:
        await self._store.transact(partial(rows.hasten, reasons=tuple(reasons), at=at))

    async def forget(self, before: datetime) -> bool:
        return await self._store.transact(partial(_forget, before=before.timestamp()))

    async def events(self, wanted: Wanted) -> Sequence[Row]:
        return await self._store.transact(partial(pages.events, wanted=wanted))

    async def notifications(self, wanted: Wanted) -> Sequence[Row]:
        return await self._store.transact(partial(pages.notifications, wanted=wanted))

    async def incidents(self, wanted: Wanted) -> Sequence[Row]:
        return await self._store.transact(partial(pages.incidents, wanted=wanted))

    def _judge(self, db: sqlite3.Connection, signs: Iterable[Sign], at: datetime) -> Recorded:
        verdicts, queued = [], []
        for sign in signs:
            lost = rows.newest_incident(db, IncidentType.PRINTER_LOST, sign.target)
            if incidents.is_explained(sign, lost, at):
                continue
            known = rows.newest_incident(db, sign.type, sign.target)
            if (verdict := incidents.judge(sign, known, at)) is not None:
                verdicts.append(verdict)
                queued.extend(self._apply(db, verdict, at))
        return Recorded(tuple(verdicts), tuple(queued))

    async def _end(self, judge: Callable[[Incident], Verdict | None], at: datetime) -> Recorded:
        def work(db: sqlite3.Connection) -> Recorded:
            verdicts = tuple(filter(None, map(judge, rows.open_incidents(db))))
            queued = [notice for one in verdicts for notice in self._apply(db, one, at)]
            return Recorded(verdicts, tuple(queued))

        return await self._store.transact(work)

    def _apply(self, db: sqlite3.Connection, verdict: Verdict, at: datetime) -> list[Notice]:
        incident_id = rows.save_incident(db, verdict.after)
        saved = replace(verdict, after=replace(verdict.after, id=incident_id))
        return [
            notice
            for notice in self._addressed(saved)
            if rows.add_notice(db, incident_id, notice, at)
        ]


def _forget(db: sqlite3.Connection, before: float) -> bool:
    """A few rows at a time: statements run in the event loop."""
    deleted = sum(
        db.execute(statement, (before, FORGET_TOGETHER)).rowcount
        for statement in (
            "DELETE FROM events WHERE id IN"
            " (SELECT id FROM events WHERE received_at < ? ORDER BY received_at LIMIT ?)",
            # With the notifications of them; one that is still queued is a day old at most.
            "DELETE FROM incidents WHERE id IN"
            " (SELECT id FROM incidents WHERE ended_at < ? ORDER BY id LIMIT ?)",
        )
    )
    db.execute(
        "DELETE FROM fleet WHERE rowid NOT IN"
        " (SELECT rowid FROM fleet WHERE received_at >= ? ORDER BY received_at DESC LIMIT ?)",
        (before, MOST_PROCESSES),
    )
    if _too_much(db):
        deleted += db.execute(
            "DELETE FROM events WHERE id IN (SELECT id FROM events ORDER BY id LIMIT ?)",
            (FORGET_TOGETHER,),
        ).rowcount
    return deleted > 0


def _too_much(db: sqlite3.Connection) -> bool:
    first, last = db.execute("SELECT min(id), max(id) FROM events").fetchone()
    if first is None:
        return False
    pages_used = _pragma(db, "page_count") - _pragma(db, "freelist_count")
    return last - first >= MOST_EVENTS or pages_used * _pragma(db, "page_size") > MOST_BYTES


def _pragma(db: sqlite3.Connection, name: str) -> int:
    return int(db.execute(f"PRAGMA {name}").fetchone()[0])
