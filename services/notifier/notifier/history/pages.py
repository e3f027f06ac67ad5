"""What the pages of the operations port show of the history: newest first, and never too much."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from notifier.history import Row
from notifier.history.rows import moment


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows: what arrived, or was queued or opened, since then; of this type; so many."""

    since: datetime | None = None
    type: str = ""
    limit: int = 100


def events(db: sqlite3.Connection, wanted: Wanted) -> Sequence[Row]:
    columns = "event_id, type, location, schema, at, received_at, body"
    rows = _select(db, "events", columns, "received_at", wanted)
    return [
        {
            "event_id": event_id,
            "type": type_,
            "location": location,
            "schema": schema,
            "at": _iso(at),
            "received_at": _iso(received_at),
            "body": _json_or_text(body),
        }
        for event_id, type_, location, schema, at, received_at, body in rows
    ]


def notifications(db: sqlite3.Connection, wanted: Wanted) -> Sequence[Row]:
    columns = (
        "id, incident_id, type, phase, person, email, language, message_id, happened_at,"
        " queued_at, attempts, next_at, state, reason, answer, settled_at"
    )
    return [
        {
            "id": id_,
            "incident": incident,
            "type": type_,
            "phase": phase,
            "person": person,
            "email": email,
            "language": language,
            "message_id": message_id,
            "happened_at": _iso(happened_at),
            "queued_at": _iso(queued_at),
            "attempts": attempts,
            "next_at": _iso(next_at) if state == "queued" else None,
            "state": state,
            "reason": reason,
            "answer": answer,
            "settled_at": _iso(settled_at),
        }
        for (
            id_,
            incident,
            type_,
            phase,
            person,
            email,
            language,
            message_id,
            happened_at,
            queued_at,
            attempts,
            next_at,
            state,
            reason,
            answer,
            settled_at,
        ) in _select(db, "notification_history", columns, "queued_at", wanted)
    ]


def incidents(db: sqlite3.Connection, wanted: Wanted) -> Sequence[Row]:
    columns = "id, type, target, circumstances, opened_at, count, healthy_since, ended_at"
    rows = _select(db, "incidents", columns, "opened_at", wanted)
    return [
        {
            "id": id_,
            "type": type_,
            "target": target,
            "circumstances": json.loads(circumstances),
            "opened_at": _iso(opened_at),
            "count": count,
            "healthy_since": _iso(healthy_since),
            "ended_at": _iso(ended_at),
        }
        for id_, type_, target, circumstances, opened_at, count, healthy_since, ended_at in rows
    ]


def _select(
    db: sqlite3.Connection, table: str, columns: str, time: str, wanted: Wanted
) -> list[tuple[Any, ...]]:
    return db.execute(
        f"SELECT {columns} FROM {table}"  # noqa: S608 -- names of ours
        f" WHERE (?1 = '' OR type = ?1) AND {time} >= ?2 ORDER BY id DESC LIMIT ?3",
        (wanted.type, wanted.since.timestamp() if wanted.since else 0.0, wanted.limit),
    ).fetchall()


def _iso(stamp: float | None) -> str | None:
    return None if stamp is None else moment(stamp).isoformat(timespec="milliseconds")


def _json_or_text(body: str) -> object:
    try:
        return json.loads(body)
    except ValueError:  # it was none, or it was cut
        return body
