"""What an agent tells of a job, and what it changes in the ledger."""

from __future__ import annotations

import pytest

from bonfire.messages import Document, JobEventType, OnPaper
from order_ingest.ledger import ClosedJob, Misattributed
from tests.support.ledgers import NOW, OpenLedger, arrival, event, job


async def test_every_word_of_an_agent_is_written(opened: OpenLedger):
    await opened.accept(arrival())

    assert await opened.apply(JobEventType.RECEIVED) is None
    assert opened.state() == ("received", "", "no", "")
    assert await opened.apply(JobEventType.WAITING, reason="paper_out") is None
    assert opened.state() == ("waiting", "", "no", "paper_out")
    closed = await opened.apply(
        JobEventType.PRINTED, ticket_number="0417", on_paper=OnPaper.YES, reason=""
    )
    assert closed == "printed"
    assert opened.state() == ("printed", "0417", "yes", "")


async def test_what_an_agent_told_is_on_disk(opened: OpenLedger):
    await opened.accept(arrival())
    await opened.apply(JobEventType.PRINTED)
    await opened.store.close()

    assert opened.state()[0] == "printed"


@pytest.mark.parametrize("later", list(JobEventType))
async def test_printed_absorbs_whatever_comes_later(opened: OpenLedger, later):
    await opened.accept(arrival())
    await opened.apply(JobEventType.PRINTED, ticket_number="0417", on_paper=OnPaper.YES)

    assert await opened.apply(later, ticket_number="9", reason="render_error") is None
    assert opened.state() == ("printed", "0417", "yes", "")


async def test_a_late_word_of_the_printer_turns_dead_into_printed(opened: OpenLedger):
    await opened.accept(arrival())
    assert await opened.apply(JobEventType.DEAD, on_paper=OnPaper.MAYBE) == "dead"

    assert await opened.apply(JobEventType.PRINTED, on_paper=OnPaper.YES) == "printed"
    assert opened.state()[::2] == ("printed", "yes")


@pytest.mark.parametrize("later", [JobEventType.RECEIVED, JobEventType.WAITING, JobEventType.DEAD])
async def test_dead_stays_dead_for_any_other_word(opened: OpenLedger, later):
    await opened.accept(arrival())
    await opened.apply(JobEventType.DEAD, reason="render_error")

    assert await opened.apply(later, reason="other") is None
    assert opened.state() == ("dead", "", "no", "render_error")


@pytest.mark.parametrize("type_", list(JobEventType))
async def test_a_word_about_an_older_generation_is_ignored(opened: OpenLedger, type_):
    await opened.accept(arrival(), job(generation=2))

    assert await opened.apply(type_, generation=1) is None
    assert opened.state()[0] == "open"
    assert await opened.apply(JobEventType.PRINTED, generation=2) == "printed"


async def test_a_word_about_a_job_that_nobody_knows_is_ignored(opened: OpenLedger):
    assert await opened.apply(JobEventType.PRINTED) is None
    assert opened.counts() == (0, 0, 0, 0)


async def test_a_closed_job_tells_where_it_belongs_what_it_is_and_when_it_was_accepted(
    opened: OpenLedger,
):
    await opened.accept(arrival(), job(document=Document.BAG))

    closed = await opened.ledger.apply(event(JobEventType.PRINTED))

    assert isinstance(closed, ClosedJob)
    assert (closed.location, closed.document) == ("altstadt", Document.BAG)
    assert closed.accepted_at == NOW


@pytest.mark.parametrize("type_", list(JobEventType))
@pytest.mark.parametrize("sender", [{"location": "soho"}, {"agent": "pi-2"}])
async def test_the_word_of_somebody_else_changes_nothing(opened: OpenLedger, type_, sender):
    await opened.accept(arrival())

    applied = await opened.ledger.apply(event(type_, **sender))

    assert applied == Misattributed("altstadt", "pi-1")
    assert opened.state() == ("open", "", "no", "")


async def test_a_job_stays_with_its_location_when_its_order_moves(opened: OpenLedger):
    await opened.accept(arrival())
    await opened.accept(arrival("e-2", location="hafen", sequence=2, digest="d-2"))

    closed = await opened.ledger.apply(event(JobEventType.PRINTED))

    assert isinstance(closed, ClosedJob)
    assert closed.location == "altstadt"
