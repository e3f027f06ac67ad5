"""How many jobs and dead letters wait, and since when."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from order_ingest.ledger import Figures
from order_ingest.ledger.sqlite.moments import time

# `NOT IN` word for word as in the index `jobs_unprinted`, or every job is looked at.
_OPEN_JOBS = """
SELECT orders.location, count(*), min(jobs.due_at),
       count(*) FILTER (WHERE jobs.state = 'open'),
       min(jobs.due_at) FILTER (WHERE jobs.state = 'open')
FROM jobs JOIN orders ON orders.id = jobs.order_id
WHERE jobs.state NOT IN ('printed', 'dead')
GROUP BY orders.location
"""


def figures(db: sqlite3.Connection) -> Sequence[Figures]:
    found = {
        location: Figures(location, count, _moment(oldest), unanswered, _moment(oldest_unanswered))
        for location, count, oldest, unanswered, oldest_unanswered in db.execute(_OPEN_JOBS)
    }
    for location, unsettled in db.execute(
        "SELECT location, count(*) FROM dead_letters WHERE state = 'unsettled' GROUP BY location"
    ):
        there = found.get(location, Figures(location))
        found[location] = replace(there, dead_letters=unsettled)
    return tuple(found.values())


def _moment(seconds: float | None) -> datetime | None:
    return None if seconds is None else time(seconds)
