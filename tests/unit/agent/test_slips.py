"""What a ticket says of its job's history."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from bonfire.messages import JobKind, OnPaper
from print_agent.domain.entry import Entry
from print_agent.domain.numbering import TicketNumber
from print_agent.domain.states import JobState, Verdict
from print_agent.slips import slip_of
from print_agent.ticket import Earlier, Slip
from tests.support.jobs import job

DUE = datetime(2026, 5, 12, 18, 0, tzinfo=UTC)
NUMBER = TicketNumber(date(2026, 5, 12), 417)


def entry(kind: JobKind = JobKind.NEW) -> Entry:
    return Entry(1, job(kind=kind, due_at=DUE), JobState.READY)


def test_a_first_ticket_has_its_number_its_time_and_the_number_before_it():
    assert slip_of(entry(), NUMBER, DUE) == Slip("0417", DUE, previous="0416")


@pytest.mark.parametrize(
    ("seconds", "minutes"),
    [(0, None), (119.9, None), (120, 2), (179.9, 2), (180, 3), (12 * 60, 12), (90_000, 1_500)],
)
def test_a_ticket_says_from_two_minutes_on_how_late_it_is(seconds, minutes):
    now = DUE + timedelta(seconds=seconds)
    assert slip_of(entry(), NUMBER, now).late_minutes == minutes


@pytest.mark.parametrize("seconds", [1, 119, 3_600])
def test_a_clock_that_is_behind_makes_no_ticket_late(seconds):
    now = DUE - timedelta(seconds=seconds)
    assert slip_of(entry(), NUMBER, now).late_minutes is None


@pytest.mark.parametrize("kind", JobKind)
def test_every_kind_but_a_test_says_how_late_it_is(kind):
    late = slip_of(entry(kind), NUMBER, DUE + timedelta(minutes=12)).late_minutes
    assert late == (None if kind is JobKind.TEST else 12)


def test_a_possible_duplicate_says_of_what_and_how_late_it_is_itself():
    sending = entry().sending(NUMBER, b"!!!!", DUE)
    unknown = sending.after(Verdict(JobState.UNKNOWN, OnPaper.MAYBE))
    slip = slip_of(unknown, NUMBER.again(), DUE + timedelta(minutes=3))
    assert (slip.number, slip.possible_duplicate_of) == ("0417/2", Earlier("0417", DUE))
    assert slip.late_minutes == 3
