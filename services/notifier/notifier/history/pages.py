"""What the pages of the operations port show of the history: newest first, and never too much."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from pydantic_core import from_json

from notifier.history import Row
from notifier.history.rows import QUEUED, moment


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows: what arrived, or was queued or opened, since then; of this type; so many."""

    since: datetime | None = None
    type: str = ""
    limit: int = 100


_EVENT: Final = ("event_id", "type", "location", "schema", "at", "received_at", "body")
_INCIDENT: Final = (
    "id", "type", "target", "circumstances", "opened_at", "count", "healthy_since", "ended_at",
)  # fmt: skip
_NOTIFICATION: Final = (
    "id", "incident_id", "type", "phase", "person", "email", "language", "message_id",
    "happened_at", "queued_at", "attempts", "next_at", "state", "reason", "answer", "settled_at",
)  # fmt: skip


def events(db: sqlite3.Connection, wanted: Wanted) -> Sequence[Row]:
    rows = _select(db, "events", _EVENT, "received_at", wanted)
    return [{**row, "body": _json_or_text(row["body"])} for row in rows]


def incidents(db: sqlite3.Connection, wanted: Wanted) -> Sequence[Row]:
    rows = _select(db, "incidents", _INCIDENT, "opened_at", wanted)
    return [{**row, "circumstances": json.loads(row["circumstances"])} for row in rows]


def notifications(db: sqlite3.Connection, wanted: Wanted) -> Sequence[Row]:
    rows = _select(db, "notification_history", _NOTIFICATION, "queued_at", wanted)
    return [{**row, "next_at": row["next_at"] if row["state"] == QUEUED else None} for row in rows]


def _select(
    db: sqlite3.Connection, table: str, columns: Sequence[str], time: str, wanted: Wanted
) -> list[dict[str, Any]]:
    """The rows as objects, each moment as text."""
    rows = db.execute(
        f"SELECT {', '.join(columns)} FROM {table}"  # noqa: S608 -- names of ours
        f" WHERE (?1 = '' OR type = ?1) AND {time} >= ?2 ORDER BY id DESC LIMIT ?3",
        (wanted.type, wanted.since.timestamp() if wanted.since else 0.0, wanted.limit),
    )
    return [
        {
            name: _iso(value) if _is_moment(name) else value
            for name, value in zip(columns, row, strict=True)
        }
        for row in rows
    ]


def _is_moment(column: str) -> bool:
    return column in ("at", "healthy_since") or column.endswith("_at")


def _iso(stamp: float | None) -> str | None:
    return None if stamp is None else moment(stamp).isoformat(timespec="milliseconds")


def _json_or_text(body: str) -> object:
    """Text is what was never JSON, was cut, or cannot stand in the JSON of a page.

    This parser refuses more than 200 levels as a `ValueError`; Python's own runs out of stack.
    """
    try:
        value = from_json(body, allow_inf_nan=False)
        json.dumps(value, allow_nan=False)  # `1e999` is JSON, and no number
    except ValueError:
        return body
    return value
