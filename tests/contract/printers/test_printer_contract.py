"""What every printer does: the fake, and each adapter with a virtual printer at its far end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from bonfire.errors import Reason
from bonfire.messages import Confirmation
from print_agent.printers import Outcome, PrinterTrouble, PrintResult, Session, Status
from tests.contract.printers.subjects import Subject, fake, libusb, serial, tcp, usb
from tests.support.scripted_printer import eventually

TICKET = b"\x1b@No. 0417\n2 Kaiserschmarrn\nNo. 0417\n\x1dV\x00"


@pytest.fixture(params=[fake, tcp, usb, libusb, serial])
async def subject(request: pytest.FixtureRequest) -> AsyncIterator[Subject]:
    async with request.param() as running:
        yield running


async def _print(
    session: Session, confirmation: Confirmation = Confirmation.PROCESS_ID, name: bytes = b"aaab"
) -> PrintResult:
    return await session.print(TICKET, confirmation, name)


async def test_a_ready_printer_prints_and_confirms_ticket_after_ticket(subject):
    session = await subject.printer.connect()
    assert await session.status() == Status()
    for name in (b"aaab", b"aaac", b"aaad"):
        result = await _print(session, name=name)
        assert (result.outcome, result.reason) == (Outcome.CONFIRMED, None)
        assert result.bytes_sent >= len(TICKET)
        assert session.usable
    await session.close()
    assert await subject.printed(3)


@pytest.mark.parametrize("confirmation", Confirmation)
async def test_it_says_which_confirmation_it_knows_and_confirms_that_way(subject, confirmation):
    subject.knows(confirmation)
    session = await subject.printer.connect()
    assert await session.probe() is confirmation
    weak = confirmation is Confirmation.CLOSE
    result = await _print(session, confirmation)
    assert result.outcome is (Outcome.WEAK if weak else Outcome.CONFIRMED)
    assert result.confirmation is confirmation
    assert session.usable is not weak
    await session.close()
    assert await subject.printed(1)


async def test_it_says_who_it_is(subject):
    session = await subject.printer.connect()
    fingerprint = await session.identify()
    assert fingerprint is not None
    assert fingerprint.serial
    assert await session.identify() == fingerprint
    await session.close()


async def test_it_says_what_it_can_do_and_prints_nothing_for_that(subject):
    session = await subject.printer.connect()
    assert (await session.status()).ready
    can = await session.examine(clear=True)
    assert can is not None
    assert (can.cutter, can.process_id, can.in_order, can.buffer_clear) == (True,) * 4
    assert (await session.status()).ready
    assert (await _print(session)).outcome is Outcome.CONFIRMED
    await session.close()
    assert await subject.printed(1)


async def test_it_is_not_asked_to_clear_its_buffer_unless_that_is_allowed(subject):
    session = await subject.printer.connect()
    can = await session.examine(clear=False)
    assert can is not None
    assert (can.process_id, can.buffer_clear) == (True, None)
    await session.close()


@pytest.mark.parametrize("confirmation", Confirmation)
async def test_an_interview_says_all_at_once_and_prints_nothing(subject, confirmation):
    subject.knows(confirmation)
    session = await subject.printer.connect()
    interview = await session.interview()
    assert interview.confirmation is confirmation
    assert interview.capabilities.buffer_clear is None
    if confirmation is Confirmation.PROCESS_ID:
        assert interview.fingerprint == await session.identify()
        assert interview.capabilities == await session.examine(clear=False)
        assert (await session.status()).ready
    await _print(session, confirmation)
    await session.close()
    assert await subject.printed(1)


async def test_who_has_something_better_to_do_learns_nothing_of_it(subject):
    session = await subject.printer.connect()
    assert await session.examine(clear=True, go_on=lambda: False) is None
    assert (await _print(session)).outcome is Outcome.CONFIRMED
    await session.close()


@pytest.mark.parametrize(
    "reason",
    [
        Reason.PAPER_OUT,
        Reason.COVER_OPEN,
        Reason.CUTTER_ERROR,
        Reason.HEAD_HOT,
        Reason.OFFLINE,
    ],
)
async def test_a_printer_in_trouble_says_which_and_when_it_is_over(subject, reason):
    subject.break_down(reason)
    session = await subject.printer.connect()
    assert (await session.status()).trouble is reason
    assert session.usable
    subject.mend()
    assert (await session.status()).ready
    assert (await _print(session)).outcome is Outcome.CONFIRMED
    await session.close()


async def test_paper_near_its_end_is_told_and_printed_on(subject):
    subject.near_end()
    session = await subject.printer.connect()
    assert await session.status() == Status(near_end=True)
    assert (await _print(session)).outcome is Outcome.CONFIRMED
    await session.close()


async def test_a_printer_that_refuses_is_trouble_until_it_does_not(subject):
    subject.break_down(Reason.REFUSED)
    with pytest.raises(PrinterTrouble) as raised:
        await subject.printer.connect()
    assert raised.value.reason is Reason.REFUSED
    subject.mend()
    await asyncio.sleep(0)
    await eventually(lambda: True)
    session = await subject.printer.connect()
    assert (await session.status()).ready
    await session.close()


@pytest.mark.parametrize("reason", [Reason.NO_ANSWER, Reason.GARBAGE_STATUS])
async def test_a_printer_without_a_good_answer_is_trouble_and_its_session_over(subject, reason):
    subject.break_down(reason)
    session = await subject.printer.connect()
    with pytest.raises(PrinterTrouble) as raised:
        await session.status()
    assert raised.value.reason is reason
    assert not session.usable
    await session.close()
    subject.mend()
    session = await subject.printer.connect()
    assert (await session.status()).ready
    await session.close()


@pytest.mark.parametrize("reason", [Reason.PAPER_OUT, Reason.COVER_OPEN, Reason.CUTTER_ERROR])
async def test_a_trouble_in_mid_ticket_is_told_waited_out_and_confirmed_once(subject, reason):
    told: list[Reason | None] = []
    session = await subject.printer.connect()
    subject.stop_in_mid_ticket(reason)
    printing = asyncio.create_task(
        session.print(TICKET, Confirmation.PROCESS_ID, b"aaab", told.append)
    )
    await eventually(lambda: told == [reason])
    await asyncio.sleep(0.6)  # longer than deadline and grace
    assert not printing.done()
    subject.mend()
    result = await printing
    assert (result.outcome, result.reason) == (Outcome.CONFIRMED, None)
    assert told == [reason, None]
    assert session.usable
    await session.close()
    assert await subject.printed(1)


async def test_a_swallowed_ticket_is_unknown_and_ends_the_session(subject):
    session = await subject.printer.connect()
    subject.swallow_the_next()
    result = await _print(session)
    assert (result.outcome, result.reason) == (Outcome.UNKNOWN, Reason.NOT_CONFIRMED)
    assert result.bytes_sent >= len(TICKET)
    assert not session.usable
    assert not await session.late_word(b"aaab", 0.05)
    await session.close()
    assert await subject.printed(0)


async def test_a_ticket_that_was_broken_off_is_unknown_and_the_next_session_prints(subject):
    session = await subject.printer.connect()
    subject.break_off_the_next()
    result = await _print(session)
    assert (result.outcome, result.reason) == (Outcome.UNKNOWN, Reason.CONNECTION_LOST)
    assert result.bytes_sent > 0
    await session.close()
    session = await subject.printer.connect()
    assert (await session.status()).ready
    assert (await _print(session)).outcome is Outcome.CONFIRMED
    await session.close()


async def test_a_closed_session_sends_nothing(subject):
    session = await subject.printer.connect()
    await session.close()
    await session.close()
    assert not session.usable
    result = await _print(session)
    assert (result.outcome, result.bytes_sent) == (Outcome.FAILED, 0)
    assert result.reason is Reason.RESET_BEFORE_BYTES
    with pytest.raises(PrinterTrouble):
        await session.status()
    assert await subject.printed(0)


async def test_a_cancelled_ticket_leaves_a_session_that_is_over_and_a_printer_that_is_free(subject):
    session = await subject.printer.connect()
    subject.stop_in_mid_ticket(Reason.PAPER_OUT)
    printing = asyncio.create_task(_print(session))
    await asyncio.sleep(0.1)
    printing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await printing
    assert not session.usable
    await session.close()
    subject.mend()
    session = await subject.printer.connect()
    assert (await session.status()).ready
    await session.close()


@pytest.mark.parametrize(("data", "name"), [(b"", b"aaab"), (TICKET, b"abc"), (TICKET, b"ab\0c")])
async def test_an_empty_ticket_and_an_unprintable_id_are_mistakes_of_the_caller(
    subject, data, name
):
    session = await subject.printer.connect()
    with pytest.raises(ValueError, match="a ticket has bytes"):
        await session.print(data, Confirmation.PROCESS_ID, name)
    assert session.usable
    await session.close()
