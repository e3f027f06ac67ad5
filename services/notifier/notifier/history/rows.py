"""The tables of the history as values and back."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from bonfire.config import MailLanguage
from bonfire.errors import Reason
from bonfire.messages import Heartbeat
from notifier.domain.circumstances import Circumstances
from notifier.domain.incidents import Incident, IncidentType, Phase
from notifier.domain.notices import Notice
from notifier.domain.retries import MOST_S, REFUSED_PAUSES
from notifier.history import Arrival, Due, Queued, Result

QUEUED: Final = "queued"
"""The state of a notification that nobody has taken yet; else it is a `Result`."""

_LATEST: Final = datetime(2100, 1, 1, tzinfo=UTC).timestamp()
_INCIDENT: Final = "id, type, target, circumstances, opened_at, count, healthy_since, ended_at"
_NOTICE: Final = (
    "type, phase, person, email, language, circumstances, count, happened_at, message_id,"
    " replies_to"
)
_QUEUED: Final = f"id, queued_at, attempts, {_NOTICE}"
_NEXT: Final = (
    "SELECT {columns} FROM notification_history AS it WHERE state = 'queued' AND NOT EXISTS ("
    "SELECT 1 FROM notification_history AS earlier WHERE earlier.state = 'queued'"
    " AND earlier.incident_id = it.incident_id AND earlier.email = it.email"
    " AND earlier.id < it.id)"
)


def add_event(db: sqlite3.Connection, arrival: Arrival, at: datetime) -> bool:
    """False if it is known."""
    event = arrival.event
    cursor = db.execute(
        "INSERT INTO events (event_id, type, location, schema, at, received_at, body)"
        " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (event_id) DO NOTHING",
        (
            event.event_id,
            event.type,
            event.location,
            arrival.schema,
            # The ends of the calendar have no local time, and would break the page that shows them.
            min(max(event.at.timestamp(), 0.0), _LATEST),
            at.timestamp(),
            arrival.body,
        ),
    )
    return cursor.rowcount > 0


def newest_incident(db: sqlite3.Connection, type_: IncidentType, target: str) -> Incident | None:
    row = db.execute(
        f"SELECT {_INCIDENT} FROM incidents WHERE type = ? AND target = ?"  # noqa: S608 -- ours
        " ORDER BY id DESC LIMIT 1",
        (type_.value, target),
    ).fetchone()
    return None if row is None else _incident(*row)


def open_incidents(db: sqlite3.Connection) -> list[Incident]:
    rows = db.execute(
        f"SELECT {_INCIDENT} FROM incidents WHERE ended_at IS NULL ORDER BY id"  # noqa: S608 -- ours
    )
    return [_incident(*row) for row in rows]


def save_incident(db: sqlite3.Connection, incident: Incident) -> int:
    """Insert it, or write what may change of it; returns its id."""
    changing = (
        incident.circumstances.model_dump_json(exclude_defaults=True),
        incident.count,
        _stamp(incident.healthy_since),
        _stamp(incident.ended_at),
    )
    if incident.id is not None:
        db.execute(
            "UPDATE incidents SET circumstances = ?, count = ?, healthy_since = ?, ended_at = ?"
            " WHERE id = ?",
            (*changing, incident.id),
        )
        return incident.id
    cursor = db.execute(
        "INSERT INTO incidents (circumstances, count, healthy_since, ended_at, type, target,"
        " opened_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (*changing, incident.type.value, incident.target, incident.opened_at.timestamp()),
    )
    assert cursor.lastrowid is not None  # noqa: S101 -- a row was inserted
    return cursor.lastrowid


def add_notice(db: sqlite3.Connection, incident_id: int, notice: Notice, at: datetime) -> bool:
    """False if this very mail is there already."""
    cursor = db.execute(
        f"INSERT INTO notification_history (incident_id, queued_at, next_at, {_NOTICE})"  # noqa: S608 -- ours
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (message_id) DO NOTHING",
        (
            incident_id,
            at.timestamp(),
            at.timestamp(),
            notice.type.value,
            notice.phase.value,
            notice.person,
            notice.email,
            notice.language.value,
            notice.circumstances.model_dump_json(exclude_defaults=True),
            notice.count,
            notice.happened_at.timestamp(),
            notice.message_id,
            notice.replies_to,
        ),
    )
    return cursor.rowcount > 0


def due(db: sqlite3.Connection, at: datetime, most: int) -> Due:
    """Due is also what lies further ahead than any delay: then the wall clock was set back."""
    now = at.timestamp()
    refused_s = REFUSED_PAUSES[-1].total_seconds()
    rows = db.execute(
        _NEXT.format(columns=_QUEUED)
        + " AND (next_at <= ?1 OR next_at > ?1 + 1 + iif(reason = ?2, ?3, ?4))"
        " ORDER BY id LIMIT ?5",
        (now, Reason.MAIL_REFUSED.value, refused_s, MOST_S, most),
    ).fetchall()
    next_at = db.execute(_NEXT.format(columns="min(next_at)") + " AND next_at > ?", (now,))
    stamp = next_at.fetchone()[0]
    return Due([_queued(*row) for row in rows], None if stamp is None else moment(stamp))


def waiting(db: sqlite3.Connection) -> int:
    query = "SELECT count(*) FROM notification_history WHERE state = 'queued'"
    return int(db.execute(query).fetchone()[0])


def postpone(
    db: sqlite3.Connection, notification: Queued, next_at: datetime, reason: str, answer: str
) -> None:
    db.execute(
        "UPDATE notification_history SET attempts = ?, next_at = ?, reason = ?, answer = ?"
        " WHERE id = ? AND state = 'queued'",
        (notification.attempts + 1, next_at.timestamp(), reason, answer, notification.id),
    )


def close(
    db: sqlite3.Connection,
    notification: Queued,
    result: Result,
    at: datetime,
    reason: str,
    answer: str,
) -> bool:
    cursor = db.execute(
        "UPDATE notification_history SET attempts = ?, state = ?, settled_at = ?, reason = ?,"
        " answer = ? WHERE id = ? AND state = 'queued'",
        (
            notification.attempts + 1,
            result.value,
            at.timestamp(),
            reason,
            answer,
            notification.id,
        ),
    )
    return cursor.rowcount > 0


def hasten(db: sqlite3.Connection, reasons: Sequence[str], at: datetime) -> None:
    db.executemany(
        "UPDATE notification_history SET next_at = ?1"
        " WHERE state = 'queued' AND reason = ?2 AND next_at > ?1",
        [(at.timestamp(), reason) for reason in reasons],
    )


def save_heartbeat(db: sqlite3.Connection, heartbeat: Heartbeat, at: datetime) -> None:
    db.execute(
        "INSERT INTO fleet (service, instance, received_at, body) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (service, instance)"
        " DO UPDATE SET received_at = excluded.received_at, body = excluded.body",
        (
            heartbeat.service,
            heartbeat.instance,
            at.timestamp(),
            heartbeat.encode().decode(),
        ),
    )


def fleet(db: sqlite3.Connection) -> list[tuple[Heartbeat, datetime]]:
    rows = db.execute("SELECT body, received_at FROM fleet ORDER BY service, instance")
    return [(Heartbeat.model_validate_json(body), moment(at)) for body, at in rows]


def moment(stamp: float) -> datetime:
    return datetime.fromtimestamp(0, UTC) + timedelta(seconds=stamp)


def _stamp(at: datetime | None) -> float | None:
    return None if at is None else at.timestamp()


def _incident(
    id_: int,
    type_: str,
    target: str,
    circumstances: str,
    opened_at: float,
    count: int,
    healthy_since: float | None,
    ended_at: float | None,
) -> Incident:
    return Incident(
        type=IncidentType(type_),
        target=target,
        circumstances=Circumstances.model_validate_json(circumstances),
        opened_at=moment(opened_at),
        count=count,
        healthy_since=None if healthy_since is None else moment(healthy_since),
        ended_at=None if ended_at is None else moment(ended_at),
        id=id_,
    )


def _queued(id_: int, queued_at: float, attempts: int, *notice: Any) -> Queued:
    type_, phase, person, email, language, circumstances, count, happened_at, *ids = notice
    message_id, replies_to = ids
    return Queued(
        id_,
        Notice(
            type=IncidentType(type_),
            phase=Phase(phase),
            person=person,
            email=email,
            language=MailLanguage(language),
            circumstances=Circumstances.model_validate_json(circumstances),
            count=count,
            happened_at=moment(happened_at),
            message_id=message_id,
            replies_to=replies_to,
        ),
        moment(queued_at),
        attempts,
    )
