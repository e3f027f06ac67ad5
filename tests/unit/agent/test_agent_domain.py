"""What follows from the end of an attempt."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bonfire.errors import Permanent, Reason
from bonfire.messages import Confirmation, OnPaper
from print_agent.domain.ended import (
    Ended,
    after_cut,
    after_late_word,
    after_printing,
    unprintable,
)
from print_agent.domain.entry import Entry
from print_agent.domain.numbering import TicketNumber
from print_agent.domain.states import AttemptEnd, JobState, Verdict, after_attempt
from print_agent.printers import Outcome, PrintResult
from tests.support.jobs import job

NOW = datetime(2026, 5, 12, 18, 0, tzinfo=UTC)
NUMBER = TicketNumber(date(2026, 5, 12), 417)
READY = Entry(1, job("A1"), JobState.READY)
SENDING = READY.sending(NUMBER, b"!!!!", NOW)
UNKNOWN = SENDING.after(Verdict(JobState.UNKNOWN, OnPaper.MAYBE))
MARKED = UNKNOWN.sending(NUMBER.again(), b"!!!#", NOW + timedelta(minutes=5))


def result(outcome: Outcome, reason: Reason | None = None) -> PrintResult:
    return PrintResult(outcome, 100, Confirmation.PROCESS_ID, reason, "in words")


@pytest.mark.parametrize("outcome", [Outcome.CONFIRMED, Outcome.WEAK])
@pytest.mark.parametrize(("ready", "sending"), [(READY, SENDING), (UNKNOWN, MARKED)])
def test_a_printed_ticket_is_done_and_on_paper(outcome: Outcome, ready: Entry, sending: Entry):
    ended = after_printing(ready, sending, result(outcome), NOW)
    assert (ended.after.state, ended.after.on_paper) == (JobState.DONE, OnPaper.YES)
    assert ended.reason is None
    assert ended.confirmation is Confirmation.PROCESS_ID


def test_an_attempt_without_a_byte_leaves_the_job_as_it_was_but_for_its_number():
    failed = result(Outcome.FAILED, Reason.RESET_BEFORE_BYTES)
    after = after_printing(READY, SENDING, failed, NOW).after
    assert after == Entry(1, job("A1"), JobState.READY, attempts=1, ticket=NUMBER)
    assert not after.marked


def test_a_marked_attempt_without_a_byte_is_due_again_with_its_mark():
    failed = result(Outcome.FAILED, Reason.RESET_BEFORE_BYTES)
    after = after_printing(UNKNOWN, MARKED, failed, NOW).after
    assert (after.state, after.marked, after.ticket) == (JobState.UNKNOWN, True, NUMBER)
    assert (after.first_sent_at, after.process_id) == (NOW, b"!!!!")
    assert not after.sent_marked


def test_an_unknown_end_is_tried_once_more_and_marked():
    ended = after_printing(READY, SENDING, result(Outcome.UNKNOWN, Reason.CONNECTION_LOST), NOW)
    assert (ended.after.state, ended.reason) == (JobState.UNKNOWN, Reason.CONNECTION_LOST)
    assert ended.after.marked
    assert ended.confirmation is None


def test_a_second_unknown_end_is_dead_and_perhaps_on_paper():
    ended = after_printing(UNKNOWN, MARKED, result(Outcome.UNKNOWN, Reason.NOT_CONFIRMED), NOW)
    assert (ended.after.state, ended.after.on_paper) == (JobState.DEAD, OnPaper.MAYBE)
    assert ended.reason is Reason.STILL_UNKNOWN


@pytest.mark.parametrize(
    ("sending", "state", "reason"),
    [
        (SENDING, JobState.UNKNOWN, Reason.INTERRUPTED),
        (MARKED, JobState.DEAD, Reason.STILL_UNKNOWN),
    ],
)
def test_an_attempt_that_was_cut_off_counts_as_unknown(
    sending: Entry, state: JobState, reason: Reason
):
    ended = after_cut(sending, NOW)
    assert (ended.after.state, ended.after.on_paper) == (state, OnPaper.MAYBE)
    assert ended.reason is reason
    assert ended.result is None


def test_a_late_word_ends_the_job_by_its_process_id():
    ended = after_late_word(UNKNOWN, NOW)
    assert (ended.after.state, ended.after.on_paper) == (JobState.DONE, OnPaper.YES)
    assert ended.confirmation is Confirmation.PROCESS_ID
    assert not ended.after.sent_marked


@pytest.mark.parametrize(("entry", "on_paper"), [(READY, OnPaper.NO), (UNKNOWN, OnPaper.MAYBE)])
def test_what_cannot_be_printed_is_dead_with_what_is_known_of_the_paper(
    entry: Entry, on_paper: OnPaper
):
    ended = unprintable(entry, Permanent(Reason.RENDER_ERROR, "in words"), NOW)
    assert (ended.after.state, ended.after.on_paper) == (JobState.DEAD, on_paper)
    assert (ended.reason, ended.detail) == (Reason.RENDER_ERROR, "in words")


def test_the_time_of_the_first_ticket_stays_with_the_second():
    assert MARKED.first_sent_at == NOW
    assert (MARKED.attempts, str(MARKED.ticket)) == (2, "0417/2")
    assert MARKED.marked
    assert MARKED.sent_marked


@pytest.mark.parametrize("end", list(AttemptEnd))
@pytest.mark.parametrize("marked", [False, True])
def test_every_end_has_a_verdict_and_a_reason_unless_it_printed(end: AttemptEnd, marked: bool):
    verdict = after_attempt(end, Reason.CONNECTION_LOST, marked=marked)
    assert (verdict.reason is None) == (end is AttemptEnd.PRINTED)
    assert verdict.state is not JobState.SENDING


DEAD = MARKED.after(Verdict(JobState.DEAD, OnPaper.MAYBE))
AGAIN = job("A1").model_copy(update={"generation": 2})
ELSEWHERE = AGAIN.model_copy(update={"printer": "bar-1"})


def test_a_dead_job_that_may_be_on_paper_comes_back_with_its_mark_and_its_number():
    revived = DEAD.revived(AGAIN)
    assert (revived.state, revived.marked, revived.job) == (JobState.UNKNOWN, True, AGAIN)
    assert (revived.earlier_number, revived.first_sent_at) == ("0417", NOW)
    assert revived.process_id == MARKED.process_id, "its late word still counts"
    assert revived.ticket == MARKED.ticket


def test_a_dead_job_of_which_nothing_was_sent_comes_back_as_new():
    failed = after_printing(READY, SENDING, result(Outcome.FAILED, Reason.RESET_BEFORE_BYTES), NOW)
    dead = unprintable(failed.after, Permanent(Reason.RENDER_ERROR, ""), NOW).after
    revived = dead.revived(AGAIN)
    assert (revived.state, revived.marked, revived.ticket) == (JobState.READY, False, NUMBER)
    moved = dead.revived(ELSEWHERE)
    assert (moved.state, moved.marked, moved.ticket) == (JobState.READY, False, None)
    assert moved.earlier_number == ""


def test_a_dead_job_for_another_printer_leaves_its_number_there_and_remembers_it():
    moved = DEAD.revived(ELSEWHERE)
    assert (moved.state, moved.marked, moved.ticket) == (JobState.UNKNOWN, True, None)
    assert (moved.earlier_number, moved.first_sent_at, moved.process_id) == ("0417", NOW, b"")
    sending = moved.sending(TicketNumber(NUMBER.day, 12), b"!!!$", NOW)
    assert sending.sent_marked
    assert sending.earlier_number == "0417"


def test_a_job_that_died_for_a_printer_nobody_has_still_knows_its_first_number():
    nowhere = DEAD.revived(ELSEWHERE).after(Verdict(JobState.DEAD, OnPaper.MAYBE))
    assert nowhere.revived(ELSEWHERE).earlier_number == "0417"
    assert nowhere.revived(AGAIN).earlier_number == "0417"


@given(st.lists(st.sampled_from(Outcome), max_size=12))
def test_whatever_happens_at_most_one_ticket_is_unmarked_and_never_a_third_may_be_on_paper(
    outcomes: list[Outcome],
):
    entry, perhaps_on_paper = READY, []
    for outcome in outcomes:
        if entry.state in (JobState.DONE, JobState.DEAD):
            break
        ticket = NUMBER if entry.ticket is None else entry.ticket
        sending = entry.sending(ticket.again() if entry.marked else ticket, b"!!!!", NOW)
        ended: Ended = after_printing(entry, sending, result(outcome, Reason.SEND_TIMEOUT), NOW)
        if outcome is not Outcome.FAILED:
            perhaps_on_paper.append(str(sending.ticket))
        entry = ended.after
    assert perhaps_on_paper in ([], ["0417"], ["0417", "0417/2"])
