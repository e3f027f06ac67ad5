"""Whatever arrives becomes an event that can be kept and shown."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bonfire.messages import PrinterEvent, UnknownEvent
from bonfire.testing import START
from notifier.history import Arrival
from notifier.reading import (
    MOST_KEPT_CHARACTERS,
    MOST_PARSED_BYTES,
    MOST_WORD_CHARACTERS,
    UNNAMED,
    read,
)
from tests.support.hostile import HOSTILE
from tests.support.jobs import job as a_job
from tests.support.notifying import parcel, printer_event


def arrival(body: bytes | dict[str, object]) -> Arrival:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return read(parcel(data), START)


def test_an_event_that_we_know_is_that_event():
    event = printer_event()
    kept = arrival(event.encode())
    assert kept.event == event
    assert kept.schema == PrinterEvent.SCHEMA
    assert json.loads(kept.body)["printer"] == "kitchen-1"


@pytest.mark.parametrize(
    "key", ["hafen.printer.lost", "-.printer.lost", "altstadt.printer.back", "altstadt", ""]
)
def test_an_event_under_another_routing_key_than_its_own_is_kept_as_unknown(key):
    event = printer_event()
    kept = read(parcel(event.encode(), key), START)
    assert isinstance(kept.event, UnknownEvent)
    assert (kept.event.type, kept.event.location) == ("printer.lost", "altstadt")
    assert json.loads(kept.body)["printer"] == "kitchen-1"


def test_an_event_of_a_later_version_keeps_what_every_event_has():
    body = {
        "schema": "bonfire.printer-event/2",
        "event_id": "e1",
        "type": "printer.melted",
        "at": "2026-05-12T17:00:00Z",
        "location": "altstadt",
        "heat": 900,
    }
    kept = arrival(body)
    assert isinstance(kept.event, UnknownEvent)
    assert (kept.event.event_id, kept.event.type) == ("e1", "printer.melted")
    assert kept.event.at == datetime(2026, 5, 12, 17, tzinfo=UTC)
    assert kept.event.location == "altstadt"
    assert kept.schema == kept.event.said_schema == "bonfire.printer-event/2"
    assert json.loads(kept.body) == body


@pytest.mark.parametrize(
    "body",
    [b"", b"\xff\xfe\0", b"null", b"[1, 2]", b"{", b'{"event_id": 7, "at": true}', b"[" * 99_999],
)
def test_what_is_no_event_at_all_is_kept_as_one_of_unknown_type(body):
    kept = arrival(body)
    assert isinstance(kept.event, UnknownEvent)
    assert kept.event.type == UNNAMED
    assert kept.event.at == START
    assert kept.event.event_id


def test_the_same_bytes_are_the_same_event_and_others_are_not():
    assert arrival(b"garbage").event == arrival(b"garbage").event
    assert arrival(b"garbage").event.event_id != arrival(b"garbage!").event.event_id


@pytest.mark.parametrize(
    "at", ["yesterday", "2026-05-12T17:00:00", 10**400, -((10**9) ** 9), [], None]
)
def test_an_event_without_a_time_that_we_understand_happened_now(at):
    assert arrival({"event_id": "e1", "at": at}).event.at == START


def test_a_message_that_is_no_event_is_kept_without_its_content():
    job = a_job()
    kept = arrival(job.encode())
    assert kept.schema == "bonfire.print-job/1"
    assert kept.body == "{}"


def test_a_megabyte_is_kept_by_its_beginning_and_not_even_parsed():
    huge = json.dumps({"event_id": "e1", "type": "printer.lost", "x": "y" * 1_000_000}).encode()
    assert len(huge) > MOST_PARSED_BYTES
    kept = arrival(huge)
    assert kept.event.type == UNNAMED
    assert len(kept.body) <= MOST_KEPT_CHARACTERS
    assert kept.body.startswith('{"event_id"')


@given(
    st.binary(max_size=2_000)
    | st.dictionaries(
        st.sampled_from(["schema", "event_id", "type", "at", "location", "more"]),
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats()
        | st.text()
        | st.sampled_from(HOSTILE),
    ).map(lambda fields: json.dumps(fields).encode())
)
def test_nothing_that_can_arrive_is_refused_or_kept_unclean(body):
    kept = arrival(body)
    for text in (kept.event.event_id, kept.event.type, kept.event.location, kept.schema):
        assert text.isprintable()
        assert len(text) <= MOST_WORD_CHARACTERS
        text.encode()
    kept.body.encode()
    assert kept.body.replace("\n", "").isprintable()
    assert kept.event.at.tzinfo is not None


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_in_an_event_that_we_know_is_kept_clean(text):
    safe = text.encode("utf-8", "replace").decode()
    event = printer_event(reason=safe, location=safe, event_id=safe[:200])
    kept = read(parcel(event.encode(), event.routing_key), START)
    assert isinstance(kept.event, PrinterEvent)
    assert kept.event.event_id.isprintable()
    assert kept.event.location.isprintable()
    kept.event.event_id.encode()
