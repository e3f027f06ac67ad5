"""A conversation with a printer, over a link in memory and in virtual time."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bonfire.config import TcpAddress
from bonfire.errors import Reason
from bonfire.messages import Confirmation
from print_agent.printers import (
    Fingerprint,
    Outcome,
    PrinterSettings,
    PrinterTrouble,
    PrintResult,
    Status,
)
from print_agent.printers.session import EscPosSession, Memory
from tests.support import scripted_printer as saying
from tests.support.scripted_printer import Brain, MemoryLink
from tests.support.virtual_time import LoopClock, virtual_time

TICKET = b"\x1b@\x1bt\x13No. 0417\n2 Kaiserschmarrn\n\x1dV\0"
ID = b"aaab"


class Table:
    """A session with the printer's end in hand."""

    def __init__(self, memory: Memory | None = None, **changes: Any) -> None:
        self.brain = Brain()
        self.link = MemoryLink(self.brain)
        self.memory = memory or Memory()
        settings = PrinterSettings("KITCHEN-1", TcpAddress("192.168.1.50"), **changes)
        self.session = EscPosSession(self.link, settings, LoopClock(), self.memory)
        self.told: list[Reason | None] = []

    async def print(self, confirmation: Confirmation = Confirmation.PROCESS_ID) -> PrintResult:
        return await self.session.print(TICKET, confirmation, ID, self.told.append)

    def start(
        self, confirmation: Confirmation = Confirmation.PROCESS_ID
    ) -> asyncio.Task[PrintResult]:
        return asyncio.create_task(self.print(confirmation))


# -- status


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        (saying.COVER_OPEN, Reason.COVER_OPEN),
        (saying.PAPER_OUT, Reason.PAPER_OUT),
        (saying.CUTTER_ERROR, Reason.CUTTER_ERROR),
        (saying.HEAD_HOT, Reason.HEAD_HOT),
        (saying.BROKEN, Reason.PRINTER_ERROR),
        (saying.OFFLINE, Reason.OFFLINE),
    ],
)
@virtual_time
async def test_a_printer_that_cannot_print_says_why(answers, reason):
    table = Table()
    table.brain.status = answers
    assert (await table.session.status()).trouble is reason


@virtual_time
async def test_paper_near_its_end_is_ready():
    table = Table()
    table.brain.status = saying.NEAR_END
    assert await table.session.status() == Status(near_end=True)


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        (b"", Reason.NO_ANSWER),
        (b"\xff\xff\xff\xff", Reason.GARBAGE_STATUS),
        (b"\x12\x12", Reason.GARBAGE_STATUS),
    ],
)
@virtual_time
async def test_a_printer_without_a_good_answer_is_told_after_the_deadline(answers, reason):
    table = Table(status_timeout_s=2)
    table.brain.status = answers
    with pytest.raises(PrinterTrouble) as raised:
        await table.session.status()
    assert raised.value.reason is reason
    assert raised.value.detail.startswith("KITCHEN-1 at 192.168.1.50:9100: it ")
    assert asyncio.get_running_loop().time() == 2
    assert not table.session.usable


@pytest.mark.parametrize("hangs_up", [False, True])
@pytest.mark.parametrize(
    "answer",
    [b"HTTP/1.1 400 Bad Request\r\nServer: nginx/1.22 (rrrrrrrr)\r\n\r\n", b"hello\r\n"],
)
@virtual_time
async def test_a_server_of_another_kind_is_not_taken_for_a_printer(answer, hangs_up):
    table = Table()
    table.brain.status = b""
    loop = asyncio.get_running_loop()
    loop.call_later(0.1, table.link.say, answer)
    if hangs_up:
        loop.call_later(0.2, table.link.end, None)
    with pytest.raises(PrinterTrouble) as raised:
        await table.session.status()
    assert raised.value.reason is Reason.GARBAGE_STATUS
    assert "it answers, but not like an ESC/POS printer" in raised.value.detail
    assert not table.session.usable


@virtual_time
async def test_a_server_that_has_greeted_before_it_was_asked_is_not_one_that_is_silent():
    table = Table()
    table.brain.status = b""
    table.link.say(b"220 mail.example.org ESMTP Postfix (Debian/GNU)\r\n")
    with pytest.raises(PrinterTrouble) as raised:
        await table.session.status()
    assert raised.value.reason is Reason.GARBAGE_STATUS


@virtual_time
async def test_a_printer_that_hangs_up_after_noise_has_hung_up():
    table = Table()
    await table.session.status()
    table.brain.status = b"\xff"
    asyncio.get_running_loop().call_later(1, table.link.end, None)
    with pytest.raises(PrinterTrouble) as raised:
        await table.session.status()
    assert raised.value.reason is Reason.RESET_BEFORE_BYTES


@virtual_time
async def test_a_printer_that_fell_silent_after_noise_is_silent():
    table = Table()
    await table.session.status()
    table.link.say(b"\xff")
    table.brain.status = b""
    with pytest.raises(PrinterTrouble) as raised:
        await table.session.status()
    assert raised.value.reason is Reason.NO_ANSWER


@virtual_time
async def test_garbage_beside_a_good_answer_does_no_harm():
    table = Table()
    table.link.say(b"\xff\xfe\x10\x00")
    assert (await table.session.status()).ready


@virtual_time
async def test_a_connection_that_ended_is_told_as_reset_before_bytes():
    table = Table()
    table.link.end(ConnectionResetError())
    with pytest.raises(PrinterTrouble) as raised:
        await table.session.status()
    assert raised.value.reason is Reason.RESET_BEFORE_BYTES


@virtual_time
async def test_a_connection_that_ends_during_the_question_is_told_as_reset_before_bytes():
    table = Table()
    table.brain.status = b""
    asyncio.get_running_loop().call_later(1, table.link.end, None)
    with pytest.raises(PrinterTrouble) as raised:
        await table.session.status()
    assert raised.value.reason is Reason.RESET_BEFORE_BYTES


@virtual_time
async def test_a_printer_that_cannot_tell_its_status_is_not_asked():
    table = Table(status="none")
    assert (await table.session.status()).ready
    assert await table.session.identify() is None
    assert table.brain.received == b""


# -- identify and probe


@virtual_time
async def test_it_says_who_it_is():
    table = Table()
    assert await table.session.identify() == Fingerprint("EPSON", "TM-T20III", "X5T1", "1.06")


@virtual_time
async def test_a_question_that_it_skips_stays_empty():
    table = Table()
    del table.brain.identity[0x44]
    assert await table.session.identify() == Fingerprint("EPSON", "TM-T20III", "", "1.06")


@virtual_time
async def test_a_printer_that_does_not_say_who_it_is_has_no_fingerprint():
    table = Table()
    table.brain.identity = {}
    assert await table.session.identify() is None
    assert table.session.usable


@pytest.mark.parametrize(
    ("process_id", "in_order", "known"),
    [
        (True, True, Confirmation.PROCESS_ID),
        (False, True, Confirmation.STATUS),
        (False, False, Confirmation.CLOSE),
    ],
)
@virtual_time
async def test_the_strongest_confirmation_that_it_knows_is_found_out(process_id, in_order, known):
    table = Table()
    table.brain.knows_process_id = process_id
    table.brain.knows_in_order = in_order
    assert await table.session.probe() is known
    assert table.session.usable


@virtual_time
async def test_what_an_unknown_request_would_print_is_thrown_away():
    table = Table()
    await table.session.probe()
    assert table.brain.received.startswith(b"\x1b@\x1d(H")
    assert table.brain.received.endswith(b"\x1b@")


@virtual_time
async def test_a_configured_confirmation_is_not_probed():
    table = Table(confirmation=Confirmation.STATUS)
    assert await table.session.probe() is Confirmation.STATUS
    assert table.brain.received == b""


@virtual_time
async def test_a_printer_that_never_speaks_confirms_by_closing():
    assert await Table(status="none").session.probe() is Confirmation.CLOSE


@virtual_time
async def test_a_connection_that_ends_during_the_probe_is_trouble():
    table = Table()
    table.link.fails_after = 5
    with pytest.raises(PrinterTrouble):
        await table.session.probe()
    with pytest.raises(PrinterTrouble):
        await table.session.identify()


@virtual_time
async def test_a_connection_that_ends_before_the_probe_is_answered_is_trouble():
    table = Table()
    table.brain.knows_process_id = False
    asyncio.get_running_loop().call_later(1, table.link.end, None)
    with pytest.raises(PrinterTrouble) as raised:
        await table.session.probe()
    assert raised.value.reason is Reason.RESET_BEFORE_BYTES


# -- print: the printer's word


@pytest.mark.parametrize("confirmation", [Confirmation.PROCESS_ID, Confirmation.STATUS])
@virtual_time
async def test_the_printers_word_confirms_the_ticket(confirmation):
    table = Table()
    result = await table.print(confirmation)
    assert (result.outcome, result.reason) == (Outcome.CONFIRMED, None)
    assert result.bytes_sent == len(table.brain.received)
    assert table.session.usable
    assert not table.memory.interrupted


@virtual_time
async def test_the_ticket_goes_out_whole_with_the_request_behind_its_cut():
    table = Table()
    await table.print()
    rest = TICKET.removeprefix(b"\x1b@")
    assert table.brain.received == b"\x1b@\x1da\xff" + rest + b"\x1d(H\x06\x0000" + ID


@virtual_time
async def test_a_ticket_that_begins_without_esc_at_is_sent_whole_too():
    table = Table()
    await table.session.print(b"plain\n", Confirmation.PROCESS_ID, ID)
    assert table.brain.received == b"\x1da\xffplain\n\x1d(H\x06\x0000" + ID


@virtual_time
async def test_a_printer_with_gs_r_gets_nothing_but_the_ticket_and_the_question():
    table = Table()
    await table.print(Confirmation.STATUS)
    assert table.brain.received == TICKET + b"\x1dr\x01"


@virtual_time
async def test_a_clean_close_is_weak():
    table = Table()
    result = await table.print(Confirmation.CLOSE)
    assert (result.outcome, result.reason) == (Outcome.WEAK, None)
    assert table.link.finished
    assert not table.session.usable
    assert not table.memory.interrupted


@virtual_time
async def test_a_close_that_does_not_come_is_unknown():
    table = Table()
    table.link.closes_on_finish = False
    result = await table.print(Confirmation.CLOSE)
    assert (result.outcome, result.reason) == (Outcome.UNKNOWN, Reason.NOT_CONFIRMED)


@virtual_time
async def test_a_reset_instead_of_a_close_is_unknown():
    table = Table()
    table.link.closes_on_finish = False
    asyncio.get_running_loop().call_later(1, table.link.end, ConnectionResetError())
    result = await table.print(Confirmation.CLOSE)
    assert (result.outcome, result.reason) == (Outcome.UNKNOWN, Reason.CONNECTION_LOST)


@virtual_time
async def test_a_close_before_the_printer_knew_that_we_were_done_is_unknown():
    table = Table()

    def feed_and_close(data: bytes) -> bytes:
        table.brain.received += data
        table.link.end(None)
        return b""

    table.brain.feed = feed_and_close  # type: ignore[method-assign]
    result = await table.print(Confirmation.CLOSE)
    assert (result.outcome, result.reason) == (Outcome.UNKNOWN, Reason.CONNECTION_LOST)


@virtual_time
async def test_an_old_process_id_confirms_nothing():
    table = Table(confirm_timeout_s=15, grace_s=5)
    table.brain.knows_process_id = False
    asyncio.get_running_loop().call_later(1, table.link.say, b"\x37\x22aaaa\0")
    result = await table.print()
    assert (result.outcome, result.reason) == (Outcome.UNKNOWN, Reason.NOT_CONFIRMED)


@virtual_time
async def test_a_ready_printer_that_stays_silent_is_unknown_after_deadline_and_grace():
    table = Table(confirm_timeout_s=15, grace_s=5)
    table.brain.holds_words = True
    result = await table.print()
    assert (result.outcome, result.reason) == (Outcome.UNKNOWN, Reason.NOT_CONFIRMED)
    assert result.confirm_s == pytest.approx(20)
    assert "did not say that it printed" in result.detail
    assert not table.session.usable
    assert table.told == []


@virtual_time
async def test_a_black_hole_that_answers_nothing_at_all_is_unknown_as_soon():
    table = Table(confirm_timeout_s=15, grace_s=5)
    table.brain.holds_words = True
    table.brain.status = b""
    result = await table.print()
    assert (result.outcome, result.reason) == (Outcome.UNKNOWN, Reason.NOT_CONFIRMED)
    assert result.confirm_s == pytest.approx(20)


@virtual_time
async def test_a_printer_without_status_is_not_asked_while_its_word_is_awaited():
    table = Table(status="none")
    table.brain.holds_words = True
    await table.print()
    assert b"\x10\x04" not in table.brain.received


@virtual_time
async def test_a_late_word_is_heard_after_the_ticket_was_given_up():
    table = Table()
    table.brain.holds_words = True
    await table.print()
    loop = asyncio.get_running_loop()
    loop.call_later(200, lambda: table.link.say(table.brain.release_words()))
    assert not await table.session.late_word(ID, 100)
    assert await table.session.late_word(ID, 150)
    assert not await table.session.late_word(b"zzzz", 0)


# -- print: the printer holds the ticket


@pytest.mark.parametrize("confirmation", [Confirmation.PROCESS_ID, Confirmation.STATUS])
@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        (saying.COVER_OPEN, Reason.COVER_OPEN),
        (saying.PAPER_OUT, Reason.PAPER_OUT),
        (saying.CUTTER_ERROR, Reason.CUTTER_ERROR),
        (saying.HEAD_HOT, Reason.HEAD_HOT),
        (saying.OFFLINE, Reason.OFFLINE),
    ],
)
@virtual_time
async def test_a_trouble_in_mid_ticket_is_told_and_waited_out(confirmation, answers, reason):
    table = Table(ask_again_s=3)
    table.brain.holds_words = True
    printing = table.start(confirmation)
    await asyncio.sleep(1)
    table.brain.status = answers
    await asyncio.sleep(4)
    assert table.told == [reason]
    await asyncio.sleep(600)
    assert not printing.done()
    table.link.say(table.brain.release_words())
    assert (await printing).outcome is Outcome.CONFIRMED
    assert table.told == [reason, None]


@virtual_time
async def test_the_end_of_a_trouble_is_told_before_the_word_comes():
    table = Table(ask_again_s=3)
    table.brain.holds_words = True
    printing = table.start()
    table.brain.status = saying.PAPER_OUT
    await asyncio.sleep(60)
    table.brain.status = saying.READY
    await asyncio.sleep(4)
    assert table.told == [Reason.PAPER_OUT, None]
    table.link.say(table.brain.release_words())
    assert (await printing).outcome is Outcome.CONFIRMED


@virtual_time
async def test_a_printer_that_is_back_and_stays_silent_is_unknown():
    table = Table(confirm_timeout_s=15, grace_s=5, ask_again_s=3)
    table.brain.holds_words = True
    printing = table.start()
    table.brain.status = saying.PAPER_OUT
    await asyncio.sleep(60)
    table.brain.status = saying.READY
    result = await printing
    assert (result.outcome, result.reason) == (Outcome.UNKNOWN, Reason.NOT_CONFIRMED)
    assert 80 <= result.confirm_s <= 84


@virtual_time
async def test_a_printer_that_falls_silent_with_its_lid_open_still_holds_the_ticket():
    table = Table(ask_again_s=3)
    table.brain.holds_words = True
    printing = table.start()
    table.brain.status = saying.COVER_OPEN
    await asyncio.sleep(10)
    table.brain.status = b""
    await asyncio.sleep(300)
    assert not printing.done()
    table.link.say(table.brain.release_words())
    assert (await printing).outcome is Outcome.CONFIRMED


@virtual_time
async def test_an_unasked_status_tells_the_trouble_at_once():
    table = Table(ask_again_s=3)
    table.brain.holds_words = True
    printing = table.start()
    await asyncio.sleep(0.1)
    table.link.say(b"\x18\x00\x0c\x00")
    await asyncio.sleep(0.1)
    assert table.told == [Reason.PAPER_OUT]
    table.link.say(table.brain.release_words())
    assert (await printing).outcome is Outcome.CONFIRMED


@virtual_time
async def test_a_trouble_without_end_is_unknown_after_the_hold():
    table = Table(hold_timeout_s=7200)
    table.brain.holds_words = True
    table.brain.status = saying.PAPER_OUT
    result = await table.print()
    assert (result.outcome, result.reason) == (Outcome.UNKNOWN, Reason.NOT_CONFIRMED)
    assert result.confirm_s == pytest.approx(7200)


@virtual_time
async def test_a_power_cycle_while_the_ticket_is_held_is_unknown():
    table = Table()
    table.brain.holds_words = True
    table.brain.status = saying.PAPER_OUT
    asyncio.get_running_loop().call_later(60, table.link.end, ConnectionResetError())
    result = await table.print()
    assert (result.outcome, result.reason) == (Outcome.UNKNOWN, Reason.CONNECTION_LOST)
    assert table.memory.interrupted


@virtual_time
async def test_a_word_that_comes_with_the_end_of_the_connection_counts():
    table = Table()
    table.brain.holds_words = True
    printing = table.start()
    await asyncio.sleep(1)
    table.link.say(table.brain.release_words())
    table.link.end(None)
    assert (await printing).outcome is Outcome.CONFIRMED
    assert not table.session.usable


# -- print: the way there


@virtual_time
async def test_a_connection_that_broke_before_the_first_byte_failed_for_sure():
    table = Table()
    table.link.fails_after = 0
    result = await table.print()
    assert (result.outcome, result.reason) == (Outcome.FAILED, Reason.RESET_BEFORE_BYTES)
    assert result.bytes_sent == 0
    assert not table.memory.interrupted
    assert not table.session.usable


@pytest.mark.parametrize("taken", range(1, len(TICKET) + 10))
@virtual_time
async def test_a_connection_that_broke_at_any_later_byte_is_unknown(taken):
    table = Table()
    table.link.fails_after = taken
    result = await table.print()
    assert (result.outcome, result.reason) == (Outcome.UNKNOWN, Reason.CONNECTION_LOST)
    assert result.bytes_sent == taken
    assert f"broke after {taken} of" in result.detail
    assert table.memory.interrupted


@virtual_time
async def test_a_connection_that_had_ended_already_failed_for_sure():
    table = Table()
    table.link.end(None)
    result = await table.print()
    assert (result.outcome, result.reason) == (Outcome.FAILED, Reason.RESET_BEFORE_BYTES)


@virtual_time
async def test_a_printer_that_stops_taking_bytes_is_unknown_after_the_send_deadline():
    table = Table(send_timeout_s=60)
    table.link.room = 10
    result = await table.print()
    assert (result.outcome, result.reason) == (Outcome.UNKNOWN, Reason.SEND_TIMEOUT)
    assert result.send_s == pytest.approx(60)
    assert "stopped taking bytes after 10 of" in result.detail


@virtual_time
async def test_a_printer_that_takes_not_one_byte_failed_for_sure():
    table = Table(send_timeout_s=60)
    table.link.room = 0
    result = await table.print()
    assert (result.outcome, result.reason) == (Outcome.FAILED, Reason.NO_ANSWER)


@virtual_time
async def test_a_slow_printer_gets_its_bytes_as_it_takes_them():
    table = Table(ask_again_s=3)
    table.link.room = 10
    asyncio.get_running_loop().call_later(30, table.link.make_room)
    result = await table.print()
    assert result.outcome is Outcome.CONFIRMED
    assert result.send_s == pytest.approx(30)


@virtual_time
async def test_empty_paper_that_blocks_a_long_ticket_is_waited_out():
    table = Table(send_timeout_s=60, ask_again_s=3)
    table.link.room = 10
    printing = table.start()
    await asyncio.sleep(5)
    table.link.say(b"\x18\x00\x0c\x00")
    await asyncio.sleep(600)
    assert table.told == [Reason.PAPER_OUT]
    table.link.say(b"\x10\x00\x00\x00")
    table.link.make_room()
    assert (await printing).outcome is Outcome.CONFIRMED


@virtual_time
async def test_a_connection_that_ends_while_it_is_full_is_unknown():
    table = Table()
    table.link.room = 10
    asyncio.get_running_loop().call_later(5, table.link.end, ConnectionResetError())
    result = await table.print()
    assert (result.outcome, result.reason) == (Outcome.UNKNOWN, Reason.CONNECTION_LOST)
    assert result.send_s == pytest.approx(5)


@virtual_time
async def test_a_cancelled_ticket_closes_the_connection():
    table = Table()
    table.brain.holds_words = True
    printing = table.start()
    await asyncio.sleep(1)
    printing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await printing
    assert table.link.closed
    assert not table.session.usable
    assert table.memory.interrupted


@virtual_time
async def test_a_session_takes_no_ticket_after_an_unknown_one():
    table = Table()
    table.brain.holds_words = True
    await table.print()
    before = len(table.brain.received)
    assert (await table.print()).outcome is Outcome.FAILED
    assert len(table.brain.received) == before


@pytest.mark.parametrize(("data", "name"), [(b"", ID), (TICKET, b"abc"), (TICKET, b"ab\0c")])
@virtual_time
async def test_an_empty_ticket_and_an_unprintable_id_are_mistakes_of_the_caller(data, name):
    table = Table()
    with pytest.raises(ValueError, match="a ticket has bytes"):
        await table.session.print(data, Confirmation.PROCESS_ID, name)


# -- print: after a ticket that was broken off


@virtual_time
async def test_the_rest_of_a_broken_off_command_is_filled_up_before_the_next_ticket():
    table = Table(Memory(interrupted=True))
    result = await table.print()
    assert result.outcome is Outcome.CONFIRMED
    assert table.brain.received.startswith(bytes(8192) + b"\x1b@" + b"\x1b@\x1da")
    assert result.bytes_sent == len(table.brain.received) - 8194
    assert not table.memory.interrupted


@virtual_time
async def test_a_shared_printer_is_never_flushed():
    table = Table(Memory(interrupted=True), shared=True)
    await table.print()
    assert b"\0\0\0" not in table.brain.received


@virtual_time
async def test_a_flush_that_does_not_get_through_sends_no_byte_of_the_ticket():
    table = Table(Memory(interrupted=True))
    table.link.room = 100
    result = await table.print()
    assert (result.outcome, result.reason) == (Outcome.FAILED, Reason.NO_ANSWER)
    assert table.memory.interrupted


@virtual_time
async def test_a_connection_that_breaks_during_the_flush_sends_no_byte_of_the_ticket():
    table = Table(Memory(interrupted=True))
    table.link.fails_after = 100
    result = await table.print()
    assert (result.outcome, result.reason) == (Outcome.FAILED, Reason.RESET_BEFORE_BYTES)


@pytest.mark.parametrize("apart_s", [0.0, 0.1])
@virtual_time
async def test_the_answer_that_an_earlier_ticket_still_owes_does_not_confirm_the_next(apart_s):
    table = Table(Memory(interrupted=True), shared=True)
    table.brain.holds_words = True
    loop = asyncio.get_running_loop()

    def catch_up() -> None:
        table.brain.holds_words = False
        table.brain.knows_in_order = False  # the next ticket is never confirmed
        table.link.say(b"\0")

    loop.call_later(1, table.link.say, b"\0")  # the broken-off ticket's
    loop.call_later(1 + apart_s, catch_up)
    result = await table.print(Confirmation.STATUS)
    assert (result.outcome, result.reason) == (Outcome.UNKNOWN, Reason.NOT_CONFIRMED)


@virtual_time
async def test_a_printer_that_does_not_catch_up_with_an_earlier_ticket_gets_no_next_one():
    table = Table(Memory(interrupted=True), shared=True)
    table.brain.holds_words = True
    result = await table.print(Confirmation.STATUS)
    assert (result.outcome, result.reason) == (Outcome.FAILED, Reason.NO_ANSWER)
    assert TICKET not in table.brain.received


# -- close


@virtual_time
async def test_closing_lets_the_printer_close_first():
    table = Table()
    await table.session.close()
    await table.session.close()
    assert table.link.finished
    assert table.link.closed
    assert asyncio.get_running_loop().time() == 0


@virtual_time
async def test_closing_waits_no_longer_than_its_deadline():
    table = Table(close_timeout_s=1)
    table.link.closes_on_finish = False
    await table.session.close()
    assert table.link.closed
    assert asyncio.get_running_loop().time() == 1


@virtual_time
async def test_closing_a_connection_that_has_ended_waits_for_nothing():
    table = Table()
    table.link.end(ConnectionResetError())
    await table.session.close()
    assert table.link.closed
    assert not table.link.finished


@virtual_time
async def test_a_command_stuck_half_way_is_finished_before_the_next():
    table = Table(ask_again_s=3)
    table.brain.holds_words = True
    printing = table.start()
    await asyncio.sleep(1)
    table.link.room = 5
    await asyncio.sleep(10)
    table.link.make_room()
    await asyncio.sleep(4)
    table.link.say(table.brain.release_words())
    assert (await printing).outcome is Outcome.CONFIRMED
    asked = table.brain.received.split(ID, 1)[1]
    question = b"\x10\x04\x01\x10\x04\x02\x10\x04\x03\x10\x04\x04"
    assert asked == question * (len(asked) // len(question))
    assert table.session.usable
