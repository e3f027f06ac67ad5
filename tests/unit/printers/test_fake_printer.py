"""The fake printer does what its scripts say. What it shares with a real one is in contract/."""

from __future__ import annotations

import asyncio

import pytest

from bonfire.config import TcpAddress
from bonfire.errors import Reason
from bonfire.messages import Confirmation
from print_agent.printers import (
    Capabilities,
    Outcome,
    Printer,
    PrinterSettings,
    PrinterTrouble,
    PrintResult,
)
from print_agent.printers.fake import (
    CUT_OFF,
    CUT_OFF_BUT_PRINTED,
    NO_BYTE_SENT,
    SILENT,
    SILENT_BUT_PRINTED,
    STALLED,
    FakePrinter,
)

ENDINGS = [NO_BYTE_SENT, CUT_OFF, CUT_OFF_BUT_PRINTED, STALLED, SILENT, SILENT_BUT_PRINTED]


@pytest.fixture
def printer() -> FakePrinter:
    return FakePrinter(PrinterSettings("kitchen-1", TcpAddress("127.0.0.1")))


async def _print(printer: Printer, data: bytes = b"ticket") -> PrintResult:
    session = await printer.connect()
    try:
        return await session.print(data, Confirmation.PROCESS_ID, b"aaab")
    finally:
        await session.close()


@pytest.mark.parametrize("ending", ENDINGS)
async def test_a_ticket_ends_as_scripted_and_the_next_one_prints(printer, ending):
    printer.script(ending)
    result = await _print(printer, b"one")
    assert (result.outcome, result.reason) == (ending.outcome, ending.reason)
    assert (await _print(printer, b"two")).outcome is Outcome.CONFIRMED
    assert printer.paper == ([b"one", b"two"] if ending.on_paper else [b"two"])


async def test_a_held_ticket_comes_out_when_it_is_released(printer):
    told: list[Reason | None] = []
    session = await printer.connect()
    printer.hold(Reason.PAPER_OUT)
    printing = asyncio.create_task(
        session.print(b"one", Confirmation.PROCESS_ID, b"aaab", told.append)
    )
    await asyncio.sleep(0)
    assert told == [Reason.PAPER_OUT]
    assert printer.paper == []
    printer.release()
    assert (await printing).outcome is Outcome.CONFIRMED
    assert told == [Reason.PAPER_OUT, None]
    assert printer.paper == [b"one"]


async def test_a_ticket_can_be_held_without_any_trouble(printer):
    printer.hold()
    printing = asyncio.create_task(_print(printer))
    await asyncio.sleep(0)
    printing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await printing
    assert [attempt.process_id for attempt in printer.attempts] == [b"aaab"]
    assert printer.open_sessions == 0


async def test_a_late_word_is_said_when_a_test_says_so(printer):
    printer.script(SILENT_BUT_PRINTED)
    session = await printer.connect()
    await session.print(b"one", Confirmation.PROCESS_ID, b"aaab")
    assert not await session.late_word(b"aaab", 5)
    printer.late_words.add(b"aaab")
    assert await session.late_word(b"aaab", 5)


@pytest.mark.parametrize("reason", [Reason.REFUSED, Reason.UNREACHABLE])
async def test_it_refuses_connections_when_told_to(printer, reason):
    printer.refuses = reason
    with pytest.raises(PrinterTrouble) as raised:
        await printer.connect()
    assert raised.value.reason is reason
    printer.refuses = None
    assert (await (await printer.connect()).status()).ready


async def test_it_gives_no_status_when_told_to(printer):
    printer.mute = Reason.GARBAGE_STATUS
    session = await printer.connect()
    with pytest.raises(PrinterTrouble) as raised:
        await session.status()
    assert raised.value.reason is Reason.GARBAGE_STATUS
    assert not session.usable


async def test_a_fake_that_cannot_tell_its_status_is_always_ready():
    mute = FakePrinter(PrinterSettings("kitchen-1", TcpAddress("127.0.0.1"), status="none"))
    mute.mute = Reason.NO_ANSWER
    session = await mute.connect()
    assert (await session.status()).ready
    assert await session.identify() is None


async def test_a_fake_that_tells_no_status_is_asked_nothing():
    mute = FakePrinter(PrinterSettings("kitchen-1", TcpAddress("127.0.0.1"), status="none"))
    session = await mute.connect()
    assert await session.examine(clear=True) == Capabilities()
    assert mute.examined == 0
