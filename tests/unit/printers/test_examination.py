"""What a printer can do, as far as it answers; nothing of that may reach the paper or a ticket."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bonfire.config import TcpAddress
from bonfire.errors import Reason
from bonfire.messages import Confirmation
from print_agent.printers import Capabilities, Outcome, PrinterSettings, PrinterTrouble, commands
from print_agent.printers.session import EscPosSession, Memory
from tests.support.scripted_printer import Brain, MemoryLink
from tests.support.virtual_time import LoopClock, virtual_time

TICKET = b"\x1b@2 Kaiserschmarrn\n\x1dV\0"
EVERYTHING = Capabilities(0x0C, 0x02, 0x01, "KANJI JAPANESE", True, True, True)


class Bench:
    """A session, and the printer behind it."""

    def __init__(self, memory: Memory | None = None, **changes: Any) -> None:
        self.brain = Brain()
        self.brain.identity[0x45] = "KANJI JAPANESE"
        self.link = MemoryLink(self.brain)
        self.memory = memory or Memory()
        settings = PrinterSettings("kitchen-1", TcpAddress("192.168.1.50"), **changes)
        self.session = EscPosSession(self.link, settings, LoopClock(), self.memory)

    async def examine(self, *, clear: bool = True) -> Capabilities:
        found = await self.session.examine(clear=clear)
        assert found is not None
        return found


@virtual_time
async def test_a_printer_that_answers_everything_is_known_at_once():
    bench = Bench()
    assert await bench.examine() == EVERYTHING
    assert asyncio.get_running_loop().time() == 0
    assert not bench.memory.owing
    assert bench.session.usable


@virtual_time
async def test_what_it_prints_is_not_part_of_any_question():
    bench = Bench()
    await bench.examine()
    received = bytes(bench.brain.received)
    for question in (*commands.ASK_CODES, commands.ASK_FONTS, commands.ASK_MODEL):
        received = received.replace(question, b"")
    received = received.replace(commands.ASK_IN_ORDER, b"").replace(commands.CLEAR_BUFFER, b"")
    assert received.startswith(commands.INITIALIZE + b"\x1d(H")
    assert received.endswith(commands.INITIALIZE)
    assert len(received) == len(commands.ask_whether_printed(b"aaab"))


@pytest.mark.parametrize(("type_id", "cutter"), [(0x02, True), (0x00, False), (None, None)])
def test_a_bit_of_the_type_says_whether_there_is_a_cutter(type_id, cutter):
    assert Capabilities(type_id=type_id).cutter is cutter


@virtual_time
async def test_a_question_that_is_skipped_costs_nothing_and_shifts_no_other_answer():
    bench = Bench()
    del bench.brain.codes[1]
    del bench.brain.identity[0x45]
    bench.brain.knows_in_order = False
    found = await bench.examine()
    assert (found.model_id, found.type_id, found.rom_id) == (None, 0x02, 0x01)
    assert (found.fonts, found.in_order) == ("", False)
    assert asyncio.get_running_loop().time() == 0
    assert not bench.memory.owing


@virtual_time
async def test_a_printer_without_a_name_is_asked_only_what_cannot_be_mistaken():
    bench = Bench()
    bench.brain.identity.clear()
    found = await bench.examine()
    assert found == Capabilities(process_id=True, in_order=True, buffer_clear=True)
    assert commands.ASK_CODES[0] not in bench.brain.received


@virtual_time
async def test_a_mute_printer_takes_a_second_and_a_half():
    bench = Bench()
    bench.brain.identity.clear()
    bench.brain.knows_in_order = bench.brain.knows_process_id = False
    assert await bench.examine() == Capabilities(process_id=False)
    assert asyncio.get_running_loop().time() == 1.5
    assert bench.memory.owing, "it may still answer GS r"


@virtual_time
async def test_an_answer_that_comes_late_does_not_confirm_the_next_ticket():
    bench = Bench()
    bench.brain.identity.clear()
    bench.brain.holds_words = True
    assert (await bench.examine()).in_order is None
    late = bench.brain.release_words()
    bench.brain.holds_words = True
    printing = asyncio.create_task(bench.session.print(TICKET, Confirmation.STATUS, b"aaab"))
    await asyncio.sleep(0.01)
    bench.link.say(late)
    await asyncio.sleep(0.3)
    assert TICKET in bytes(bench.brain.received), "the late answer was waited for"
    assert not printing.done()
    bench.link.say(bench.brain.release_words())
    result = await printing
    assert result.outcome is Outcome.CONFIRMED
    assert not bench.memory.owing


@virtual_time
async def test_a_name_that_is_not_repeated_leaves_all_behind_it_open():
    bench = Bench()

    class Forgetful(dict[int, str]):
        def get(self, key: int, default: Any = None) -> Any:
            return self.pop(key, default)

    bench.brain.identity = Forgetful({0x43: "POS-80"})
    bench.brain.codes.clear()
    found = await bench.examine()
    assert (found.model_id, found.in_order) == (None, None)
    assert bench.memory.owing


@virtual_time
async def test_its_buffer_is_emptied_only_if_that_is_allowed():
    bench = Bench()
    assert (await bench.examine(clear=False)).buffer_clear is None
    assert commands.CLEAR_BUFFER not in bench.brain.received


@pytest.mark.parametrize(
    ("memory", "changes"),
    [(Memory(interrupted=True), {}), (Memory(), {"shared": True})],
    ids=["it may hold a ticket", "somebody else prints there"],
)
@virtual_time
async def test_a_buffer_that_may_hold_something_is_never_emptied(memory, changes):
    bench = Bench(memory, **changes)
    assert (await bench.examine()).buffer_clear is None
    assert commands.CLEAR_BUFFER not in bench.brain.received


@virtual_time
async def test_a_lesser_printer_is_not_sent_what_it_might_take_for_the_drawer():
    bench = Bench()
    bench.brain.knows_process_id = False
    found = await bench.examine()
    assert (found.process_id, found.buffer_clear) == (False, None)
    assert commands.CLEAR_BUFFER not in bench.brain.received


@pytest.mark.parametrize("configured", [Confirmation.STATUS, Confirmation.CLOSE])
@virtual_time
async def test_one_that_is_to_confirm_otherwise_is_never_asked_for_a_process_id(configured):
    bench = Bench(confirmation=configured)
    found = await bench.examine()
    assert (found.process_id, found.in_order, found.buffer_clear) == (None, True, None)
    assert b"(H" not in bench.brain.received
    assert commands.CLEAR_BUFFER not in bench.brain.received


@virtual_time
async def test_one_that_does_not_forget_on_demand_says_nothing():
    bench = Bench()
    bench.brain.knows_clear = False
    assert (await bench.examine()).buffer_clear is False


@virtual_time
async def test_between_two_questions_it_can_be_stopped():
    bench = Bench()
    asked = 0

    def go_on() -> bool:
        nonlocal asked
        asked += 1
        return asked < 3

    assert await bench.session.examine(clear=True, go_on=go_on) is None
    assert commands.ASK_CODES[2] in bench.brain.received
    assert commands.ASK_FONTS not in bench.brain.received


@virtual_time
async def test_a_printer_that_tells_no_status_is_asked_nothing():
    bench = Bench(status="none")
    assert await bench.examine() == Capabilities()
    assert not bench.brain.received


@virtual_time
async def test_a_connection_that_ends_is_told():
    bench = Bench()
    bench.link.fails_after = 0
    with pytest.raises(PrinterTrouble) as raised:
        await bench.session.examine(clear=True)
    assert raised.value.reason is Reason.RESET_BEFORE_BYTES
