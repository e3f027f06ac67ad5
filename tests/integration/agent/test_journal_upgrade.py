"""A journal of an earlier release, upgraded with all that it holds."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from bonfire.messages import JobEventType
from bonfire.store.migrations import migrate, read_migrations, version_of
from print_agent.journal import MIGRATIONS
from tests.integration.agent.conftest import MakeRig
from tests.support.jobs import job

BEFORE_REQUEUE = 2


def write_old_journal(folder: Path) -> None:
    """One job that died after its second ticket, one that waits."""
    folder.mkdir(parents=True)
    at = datetime(2026, 5, 12, 18, 0, tzinfo=UTC).timestamp()
    with closing(sqlite3.connect(folder / "journal.db", isolation_level=None)) as db:
        migrate(db, read_migrations(MIGRATIONS)[:BEFORE_REQUEUE])
        assert version_of(db) == BEFORE_REQUEUE
        for each, state, on_paper in ((job("A1"), "dead", "maybe"), (job("A2"), "ready", "no")):
            db.execute(
                "INSERT INTO jobs (key, generation, printer, state, on_paper, received_at,"
                " updated_at, body) VALUES (?, 1, 'kitchen-1', ?, ?, ?, ?, ?)",
                (bytes.fromhex(each.job_id), state, on_paper, at, at, each.encode()),
            )
        db.execute(
            "UPDATE jobs SET reason = 'still_unknown', attempts = 2, ticket_day = '2026-05-12',"
            " ticket_number = 1, ticket_times = 2, first_sent_at = ? WHERE state = 'dead'",
            (at,),
        )


async def test_what_waited_prints_and_what_had_died_can_be_asked_for(
    tmp_path: Path, make_rig: MakeRig
):
    write_old_journal(tmp_path / "old")
    rig = await make_rig(tmp_path / "old").start()
    assert rig.kitchen.numbers == ["A2 0002"]
    await rig.send(job("A1"))
    (dead,) = rig.events(JobEventType.DEAD)
    assert (dead.reason, dead.detail, dead.on_paper) == ("still_unknown", "", "maybe")
    await rig.send(job("A1").model_copy(update={"generation": 2}))
    assert rig.kitchen.numbers[1:] == ["A1 0001/3 PERHAPS 0001 OF 18:00:00"]
