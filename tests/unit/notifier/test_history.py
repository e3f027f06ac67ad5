"""One transaction per event, bounded tables, and pages that show the newest first."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import BaseModel

from bonfire import outbox, runs
from bonfire.messages import (
    DeadLetterEvent,
    Event,
    Heartbeat,
    PrinterEvent,
    ServiceEvent,
    UnknownEvent,
)
from bonfire.testing import START
from notifier.domain.movement import follow
from notifier.domain.signs import signs_of, signs_of_heartbeat
from notifier.history import Arrival, Result
from notifier.history import sqlite as sqlite_history
from notifier.history.pages import Wanted
from notifier.history.sqlite import SqliteHistory
from notifier.reading import read
from notifier.templates import Templates
from tests.support.hostile import HOSTILE, poisoned
from tests.support.notifying import (
    MemoryStore,
    dead_letter_event,
    heartbeat,
    house,
    memory_history,
    parcel,
    printer_event,
    printer_state,
    service_event,
)

CONFIG = house()
DAY = timedelta(days=1)


@pytest.fixture
async def store() -> AsyncIterator[MemoryStore]:
    store = MemoryStore()
    yield store
    store.close()


@pytest.fixture
def history(store: MemoryStore) -> SqliteHistory:
    return memory_history(store, CONFIG)


async def record(history: SqliteHistory, event: Event, at=START):
    return await history.record(Arrival(event, "", "{}"), tuple(signs_of(event, CONFIG)), at)


async def count(store: MemoryStore, table: str) -> int:
    query = f"SELECT count(*) FROM {table}"  # noqa: S608 -- a table of ours
    return int(await store.transact(lambda db: db.execute(query).fetchone()[0]))


async def test_an_event_its_incident_and_its_notices_are_one_transaction(history, store):
    recorded = await record(history, printer_event())
    assert not recorded.known
    assert len(recorded.verdicts) == 1
    assert len(recorded.queued) == 2
    assert [await count(store, table) for table in ("events", "incidents")] == [1, 1]
    assert await history.waiting() == 2


async def test_an_event_whose_notice_cannot_be_written_leaves_nothing(store):
    def nobody(_verdict):
        raise sqlite3.IntegrityError("boom")

    history = SqliteHistory(store, nobody)
    with pytest.raises(sqlite3.IntegrityError):
        await record(history, printer_event())
    assert [await count(store, table) for table in ("events", "incidents")] == [0, 0]


async def test_the_same_event_twice_changes_nothing(history, store):
    event = printer_event()
    await record(history, event)
    again = await record(history, event, START + DAY)
    assert again.known
    assert (again.verdicts, again.queued) == ((), ())
    assert await count(store, "events") == 1


async def test_what_is_read_back_is_what_was_queued(history):
    recorded = await record(history, printer_event())
    due = await history.due(START, 10)
    assert [one.notice for one in due.notifications] == list(recorded.queued)
    assert due.notifications[0].queued_at == START
    assert due.next_at is None


async def test_what_is_settled_is_settled_once(history):
    await record(history, printer_event())
    notification = (await history.due(START, 1)).notifications[0]
    accepted = Result.ACCEPTED
    assert await history.close(notification, accepted, START, "", "250")
    assert not await history.close(notification, accepted, START, "", "250")
    await history.postpone(notification, START + DAY, "late", "")
    assert len((await history.due(START, 10)).notifications) == 1


async def test_the_next_one_is_known_by_its_time(history):
    await record(history, printer_event())
    for notification in (await history.due(START, 10)).notifications:
        await history.postpone(notification, START + timedelta(minutes=5), "mail_unreachable", "")
    due = await history.due(START, 10)
    assert due.notifications == []
    assert due.next_at == START + timedelta(minutes=5)
    await history.hasten(["mail_deferred"], START)
    assert (await history.due(START, 10)).notifications == []
    await history.hasten(["mail_unreachable"], START)
    assert len((await history.due(START, 10)).notifications) == 2


async def test_pages_are_newest_first_filtered_and_bounded(history):
    for number in range(5):
        at = START + number * timedelta(minutes=1)
        await record(history, printer_event(at=at, printer=f"p-{number}"), at)
    await record(history, dead_letter_event(), START + timedelta(minutes=5))
    events = await history.events(Wanted(limit=2))
    assert [row["type"] for row in events] == ["dead-letter.added", "printer.lost"]
    assert len(await history.events(Wanted(type="printer.lost"))) == 5
    assert len(await history.events(Wanted(since=START + timedelta(minutes=4)))) == 2
    assert len(await history.incidents(Wanted(type="dead_letter"))) == 1
    assert len(await history.notifications(Wanted(since=START + timedelta(minutes=5)))) == 2
    (newest,) = await history.incidents(Wanted(limit=1))
    assert newest["target"] == "altstadt"
    assert newest["opened_at"] == "2026-05-12T18:05:00.000+00:00"
    assert newest["ended_at"] is None


NESTED = st.integers(0, 5_000).map(lambda depth: b"[" * depth + b"]" * depth)
NUMBERS = st.sampled_from([b"9" * 4_300, b"9" * 4_301, b"NaN", b"-Infinity", b"1e999", b"1e-999"])
STRINGS = st.sampled_from([rb'"\ud800"', rb'"\u0000"', b'"\xff"', b'{"a":1,"a":2}'])


@given(st.binary(max_size=500) | NESTED | NUMBERS | STRINGS)
@example(b"[" * 200_000)
@example(b'{"a":' * 990 + b"1" + b"}" * 990)  # as deep as Python itself would just parse
async def test_no_body_whatever_breaks_the_page_that_shows_it(body):
    store = MemoryStore()
    history = memory_history(store, CONFIG)
    await history.record(read(parcel(body), START), (), START)
    # As it came, if some earlier version kept it so.
    raw = Arrival(printer_event(), "", body.decode("utf-8", "replace"))
    await history.record(raw, (), START)
    page = json.dumps(await history.events(Wanted()), allow_nan=False)
    store.close()
    assert len(json.loads(page)) == 2


async def forget_all(history: SqliteHistory, before) -> int:
    rounds = 0
    while await history.forget(before):
        rounds += 1
    return rounds


async def test_what_is_old_is_forgotten_in_small_steps_and_what_goes_on_is_kept(
    history, store, monkeypatch
):
    monkeypatch.setattr(sqlite_history, "FORGET_TOGETHER", 3)
    for number in range(7):
        await record(history, service_event(instance=f"agent-{number}"), START)
    await record(history, printer_event(), START)  # goes on
    await history.hear(heartbeat(instance="old"), (), START)
    await record(history, service_event(), START + 100 * DAY)
    await history.hear(heartbeat(), (), START + 100 * DAY)
    assert await forget_all(history, START + 10 * DAY) >= 3
    assert await count(store, "events") == 1
    assert {row["target"] for row in await history.incidents(Wanted())} == {
        "altstadt/kitchen-1",
        "print-agent/altstadt",
    }
    assert await count(store, "notification_history") == 4
    assert [beat.instance for beat, _ in await history.fleet()] == ["altstadt"]


async def test_too_many_events_make_room_oldest_first(history, store, monkeypatch):
    monkeypatch.setattr(sqlite_history, "MOST_EVENTS", 10)
    monkeypatch.setattr(sqlite_history, "FORGET_TOGETHER", 1)
    for number in range(15):
        await record(history, printer_event(event_id=f"e{number}"))
    await forget_all(history, START - DAY)
    assert [row["event_id"] for row in await history.events(Wanted())] == [
        f"e{number}" for number in range(14, 4, -1)
    ]


async def test_too_large_a_file_makes_room_too(history, store, monkeypatch):
    for _ in range(200):
        arrival = Arrival(printer_event(), "", "x" * 16_000)
        await history.record(arrival, (), START)
    monkeypatch.setattr(sqlite_history, "MOST_BYTES", 1_000_000)
    monkeypatch.setattr(sqlite_history, "FORGET_TOGETHER", 10)
    await forget_all(history, START - DAY)
    assert 0 < await count(store, "events") < 70


async def test_too_many_processes_are_forgotten(history, store, monkeypatch):
    monkeypatch.setattr(sqlite_history, "MOST_PROCESSES", 3)
    for number in range(9):
        beat = heartbeat(instance=f"agent-{number}")
        await history.hear(beat, (), START + number * timedelta(seconds=1))
    await forget_all(history, START - DAY)
    assert [beat.instance for beat, _ in await history.fleet()] == ["agent-6", "agent-7", "agent-8"]


async def test_an_empty_history_forgets_nothing(history):
    assert not await history.forget(START)


async def test_the_librarys_tables_are_the_librarys(store):
    def schema(db: sqlite3.Connection) -> set[str]:
        rows = db.execute("SELECT sql FROM sqlite_master WHERE tbl_name IN ('outbox', 'runs')")
        return {" ".join(sql.split()) for (sql,) in rows if sql}

    theirs = sqlite3.connect(":memory:")
    theirs.executescript(outbox.SCHEMA + runs.SCHEMA)
    expected = schema(theirs)
    theirs.close()
    assert await store.transact(schema) == expected


EVENTS: list[Event] = [
    printer_event(),
    dead_letter_event(),
    service_event(),
    UnknownEvent(event_id="u", type="x", at=START, said_schema="y"),
]


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
@pytest.mark.parametrize("text", [text.encode("utf-8", "replace").decode() for text in HOSTILE])
async def test_hostile_text_in_every_field_of_every_event_goes_all_the_way_to_a_letter(
    history, event, text
):
    templates = Templates(CONFIG)
    for poison in all_fields(event, text):
        recorded = await record(history, poison)
        for notice in recorded.queued:
            it = templates.letter(notice)
            assert it.subject.isprintable()
            assert it.text.replace("\n", "").isprintable()
            assert "<script" not in it.html
            assert "<img" not in it.html
    for row in await history.events(Wanted()) + await history.incidents(Wanted()):
        assert row


def all_fields(event: Event, text: str) -> list[Event]:
    assert isinstance(event, BaseModel)
    found = [copy for copy in poisoned(event, text) if isinstance(copy, Event)]
    assert len(found) >= 3
    keep = {"event_id": f"{id(text)}"}
    return [
        copy if copy.event_id == text else copy.model_copy(update={**keep, "event_id": f"e{n}"})
        for n, copy in enumerate(found)
    ]


@pytest.mark.parametrize("text", [text.encode("utf-8", "replace").decode() for text in HOSTILE])
async def test_hostile_text_in_every_field_of_a_heartbeat_breaks_nothing(history, text):
    beat = heartbeat(printer_state(reason="x", lost_at=START, ready=False), problems=("p",))
    for poison in poisoned(beat, text[:200]):
        assert isinstance(poison, Heartbeat)
        queues = follow({}, poison.printers, poison.at)
        signs = tuple(signs_of_heartbeat(poison, CONFIG, queues))
        await history.hear(poison, signs, START)
    assert await history.fleet()


def test_every_kind_of_event_that_opens_incidents_is_among_the_poisoned():
    assert {type(event) for event in EVENTS} >= {PrinterEvent, DeadLetterEvent, ServiceEvent}
