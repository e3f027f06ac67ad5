"""What events, heartbeats and silence say about the targets of incidents."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bonfire.messages import (
    BreakerEvent,
    BreakerState,
    DeadLetterEventType,
    Ending,
    Heartbeat,
    JobEventType,
    PrinterEventType,
    ServiceEventType,
    UnknownEvent,
)
from bonfire.testing import START
from notifier.domain.incidents import IncidentType, Meaning, Sign
from notifier.domain.movement import Queue
from notifier.domain.signs import LATE, is_retired, signs_of, signs_of_heartbeat, silence
from tests.support import configs
from tests.support.notifying import (
    dead_letter_event,
    heartbeat,
    house,
    job_event,
    printer_event,
    printer_state,
    service_event,
)

CONFIG = house()
MINUTE = timedelta(minutes=1)


def said(*signs: Sign) -> set[tuple[IncidentType, Meaning]]:
    return {(sign.type, sign.meaning) for sign in signs}


def heard(beat: Heartbeat, stands: timedelta = timedelta(hours=1)) -> list[Sign]:
    """What a heartbeat says; no queue has moved for so long."""
    queues = {
        state.id: Queue(state.waiting, state.oldest_due_at, beat.at, beat.at - stands)
        for state in beat.printers
    }
    return list(signs_of_heartbeat(beat, CONFIG, queues))


@pytest.mark.parametrize(
    ("type_", "meaning"),
    [
        (PrinterEventType.LOST, Meaning.TROUBLE),
        (PrinterEventType.CHANGED, Meaning.TROUBLE),
        (PrinterEventType.BACK, Meaning.OVER),
    ],
)
def test_a_printer_event_is_about_that_printer(type_, meaning):
    (sign,) = signs_of(printer_event(type_), CONFIG)
    assert (sign.type, sign.meaning) == (IncidentType.PRINTER_LOST, meaning)
    assert sign.target == "altstadt/kitchen-1"
    assert sign.circumstances.locations == ("altstadt",)
    assert sign.circumstances.reason == "paper_out"
    assert sign.circumstances.waiting == 3
    assert sign.circumstances.since == START
    assert (sign.circumstances.until is None) is (meaning is Meaning.TROUBLE)


TWO = house(
    locations=[
        configs.location("altstadt", agent="one"),
        configs.location(
            "hafen",
            agent="one",
            stations=[configs.station("kitchen", printer="k-2")],
            printers=[configs.printer("k-2", 60)],
            routes=[],
        ),
    ],
)


@pytest.mark.parametrize(
    "event",
    [
        printer_event(printer="made-up"),
        printer_event(agent="stranger"),
        printer_event(location="berg"),
        printer_event(location="hafen"),  # another print host's
        printer_event(location=""),
        job_event(JobEventType.DEAD, location="berg"),
        job_event(JobEventType.DEAD, agent="stranger"),
        dead_letter_event(location="berg"),
        dead_letter_event(location=""),
        dead_letter_event(order_number="", printer=""),  # holds no ticket
        service_event(instance="stranger"),
        service_event(location="hafen"),
        service_event(location=""),
        service_event(service="bitcoin-miner", instance="bitcoin-miner"),
        service_event(service="notifier", instance="another"),
        service_event(service="order-ingest", instance="order-ingest", location="altstadt"),
    ],
    ids=lambda event: f"{event.type} of {event.location}",
)
def test_what_a_stranger_says_or_what_is_about_one_says_nothing(event):
    assert not list(signs_of(event, CONFIG))


@pytest.mark.parametrize("location", ["altstadt", "hafen", ""])
def test_a_print_host_of_several_locations_speaks_for_each_and_for_all(location):
    restart = service_event(instance="one", location=location)
    (sign,) = signs_of(restart, TWO)
    assert sign.circumstances.locations == ((location,) if location else ("altstadt", "hafen"))
    beat = heartbeat(instance="one", location=location)
    assert list(signs_of_heartbeat(beat, TWO, {}))


def test_a_printer_is_told_where_its_print_host_prints_whatever_it_says():
    lost = printer_state(ready=False, lost_at=START, location="hafen")
    (sign,) = (one for one in heard(heartbeat(lost)) if one.type is IncidentType.PRINTER_LOST)
    assert sign.circumstances.locations == ("altstadt",)


@pytest.mark.parametrize("location", ["hafen", "berg", ""])
def test_a_heartbeat_for_a_location_that_its_print_host_does_not_serve_says_nothing(location):
    assert not heard(heartbeat(printer_state(), location=location))


def test_a_letter_of_an_order_or_of_a_printer_is_a_ticket():
    for told in (dead_letter_event(order_number=""), dead_letter_event(printer="")):
        assert list(signs_of(told, CONFIG))


def test_a_dead_letter_is_about_its_location():
    (sign,) = signs_of(dead_letter_event(unsettled=2), CONFIG)
    assert (sign.type, sign.meaning) == (IncidentType.DEAD_LETTER, Meaning.ANOTHER)
    assert sign.target == "altstadt"
    assert sign.circumstances.order_number == "1042"
    assert sign.circumstances.unsettled == 2


def test_dead_letters_are_over_when_none_is_unsettled():
    assert not list(signs_of(dead_letter_event(DeadLetterEventType.SETTLED, unsettled=1), CONFIG))
    (sign,) = signs_of(dead_letter_event(DeadLetterEventType.SETTLED, unsettled=0), CONFIG)
    assert sign.meaning is Meaning.OVER
    assert sign.circumstances.until == START


@pytest.mark.parametrize("type_", JobEventType)
def test_of_a_job_people_are_told_only_that_it_is_dead(type_):
    signs = list(signs_of(job_event(type_), CONFIG))
    assert bool(signs) is (type_ is JobEventType.DEAD)
    for sign in signs:
        assert (sign.type, sign.meaning) == (IncidentType.DEAD_LETTER, Meaning.ANOTHER)
        # The incident that the ledger ends.
        (over,) = signs_of(dead_letter_event(DeadLetterEventType.SETTLED, unsettled=0), CONFIG)
        assert sign.target == over.target
        assert sign.circumstances.order_number == "1042"


@pytest.mark.parametrize("before", Ending)
def test_a_start_is_told_only_after_an_end_that_nobody_asked_for(before):
    signs = list(signs_of(service_event(before), CONFIG))
    assert bool(signs) is (before in (Ending.CRASHED, Ending.RESTART))
    for sign in signs:
        assert (sign.type, sign.meaning) == (IncidentType.SERVICE_RESTARTED, Meaning.PASSED)
        assert sign.circumstances.locations == ("altstadt",)
        assert sign.circumstances.away_s == 12.0


def test_a_service_of_no_single_location_concerns_who_is_told_of_all():
    (sign,) = signs_of(service_event(service="order-ingest", instance="order-ingest"), CONFIG)
    assert sign.target == "order-ingest/order-ingest"
    assert sign.circumstances.locations == ("",)


def test_events_that_need_nobody_say_nothing():
    stopping = service_event(type=ServiceEventType.STOPPING)
    breaker = BreakerEvent(
        event_id="e",
        at=START,
        service="notifier",
        instance="notifier",
        breaker="smtp",
        state=BreakerState.OPEN,
        before=BreakerState.CLOSED,
    )
    unknown = UnknownEvent(event_id="e", type="printer.lost", at=START)
    for event in (stopping, breaker, unknown):
        assert not list(signs_of(event, CONFIG))


def test_a_heartbeat_says_that_its_print_host_lives_and_how_its_printers_are():
    beat = heartbeat(printer_state(), printer_state("bar-1", ready=False, lost_at=START))
    signs = list(heard(beat))
    assert said(*(sign for sign in signs if sign.target == "altstadt")) == {
        (IncidentType.AGENT_SILENT, Meaning.OVER)
    }
    assert said(*(sign for sign in signs if sign.target == "altstadt/kitchen-1")) == {
        (IncidentType.PRINTER_LOST, Meaning.OVER),
        (IncidentType.TICKETS_WAITING, Meaning.OVER),
    }
    assert said(*(sign for sign in signs if sign.target == "altstadt/bar-1")) == {
        (IncidentType.PRINTER_LOST, Meaning.TROUBLE),
        (IncidentType.TICKETS_WAITING, Meaning.OVER),
    }


def test_a_printer_that_was_not_asked_yet_is_neither_lost_nor_back():
    beat = heartbeat(printer_state(ready=False))
    assert IncidentType.PRINTER_LOST not in {s.type for s in heard(beat)}


@pytest.mark.parametrize(("late", "waits"), [(LATE, False), (LATE + timedelta(seconds=1), True)])
def test_tickets_wait_too_long_after_two_minutes(late, waits):
    beat = heartbeat(printer_state(waiting=2, oldest_due_at=START - late))
    meaning = Meaning.TROUBLE if waits else Meaning.OVER
    assert (IncidentType.TICKETS_WAITING, meaning) in said(*heard(beat))


@pytest.mark.parametrize(("stands", "waits"), [(LATE, False), (LATE + timedelta(seconds=1), True)])
def test_old_tickets_of_a_queue_that_moves_are_no_trouble_and_not_over_either(stands, waits):
    beat = heartbeat(printer_state(waiting=2, oldest_due_at=START - timedelta(hours=1)))
    types = [sign.type for sign in heard(beat, stands)]
    assert (IncidentType.TICKETS_WAITING in types) is waits


def test_old_tickets_of_a_lost_printer_are_its_own_trouble_and_no_second_one():
    lost = printer_state(ready=False, lost_at=START, oldest_due_at=START - 9 * MINUTE)
    signs = said(*heard(heartbeat(lost)))
    assert (IncidentType.PRINTER_LOST, Meaning.TROUBLE) in signs
    assert IncidentType.TICKETS_WAITING not in {type_ for type_, _ in signs}


@pytest.mark.parametrize("more", [{"service": "order-ingest"}, {"instance": "stranger"}])
def test_heartbeats_of_others_say_nothing_of_print_hosts(more):
    assert not list(heard(heartbeat(printer_state(), **more)))


def test_printers_that_the_configuration_does_not_give_this_print_host_are_not_judged():
    beat = heartbeat(printer_state("made-up", ready=False, lost_at=START))
    assert [sign.target for sign in heard(beat)] == ["altstadt"]


def test_silence_concerns_every_location_of_the_print_host():
    sign = silence("one", START, START, TWO)
    assert sign.target == "one"
    assert sign.circumstances.locations == ("altstadt", "hafen")
    assert sign.circumstances.since == START
    assert silence("one", None, START, TWO).circumstances.since is None


@pytest.mark.parametrize(
    ("type_", "more", "retired"),
    [
        (IncidentType.AGENT_SILENT, {}, False),
        (IncidentType.AGENT_SILENT, {"agent": "gone"}, True),
        (IncidentType.PRINTER_LOST, {}, False),
        (IncidentType.PRINTER_LOST, {"printer": "gone-1"}, True),
        (IncidentType.TICKETS_WAITING, {"agent": "gone"}, True),
        (IncidentType.DEAD_LETTER, {"printer": "gone-1"}, False),
        (IncidentType.DEAD_LETTER, {"locations": ("gone",)}, True),
        (IncidentType.DEAD_LETTER, {"locations": ("",)}, True),
    ],
)
def test_what_the_configuration_does_not_name_any_more_is_retired(type_, more, retired):
    (sign,) = signs_of(printer_event(), CONFIG)
    circumstances = sign.circumstances.model_copy(update=more)
    assert is_retired(type_, circumstances, CONFIG) is retired
