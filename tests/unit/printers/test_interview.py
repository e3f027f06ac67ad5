"""Who a printer is and what it can do, asked beside its agent: no longer than it has to be."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bonfire.config import TcpAddress
from bonfire.errors import Reason
from bonfire.messages import Confirmation
from print_agent.printers import (
    Capabilities,
    Fingerprint,
    Interview,
    PrinterSettings,
    PrinterTrouble,
    commands,
)
from print_agent.printers.session import EscPosSession, Memory
from tests.support.scripted_printer import Brain, MemoryLink
from tests.support.virtual_time import LoopClock, virtual_time

EPSON = Fingerprint("EPSON", "TM-T20III", "X5T1", "1.06")


class Bench:
    """A session, and the printer behind it."""

    def __init__(self, **changes: Any) -> None:
        self.brain = Brain()
        self.link = MemoryLink(self.brain)
        self.memory = Memory()
        settings = PrinterSettings("kitchen-1", TcpAddress("192.168.1.50"), **changes)
        self.session = EscPosSession(self.link, settings, LoopClock(), self.memory)

    def is_a_clone(self) -> None:
        self.brain.identity.clear()
        self.brain.codes.clear()
        self.brain.knows_process_id = False


def passed_s() -> float:
    return asyncio.get_running_loop().time()


@virtual_time
async def test_a_printer_that_answers_everything_is_held_for_an_instant():
    bench = Bench()
    bench.brain.identity[0x45] = "KANJI JAPANESE"
    assert await bench.session.interview() == Interview(
        EPSON,
        Confirmation.PROCESS_ID,
        Capabilities(0x0C, 0x02, 0x01, "KANJI JAPANESE", process_id=True, in_order=True),
    )
    assert passed_s() == 0
    assert not bench.memory.owing
    assert commands.CLEAR_BUFFER not in bench.brain.received


@virtual_time
async def test_a_clone_that_tells_only_what_it_processed_is_held_for_a_fifth_of_a_second():
    bench = Bench()
    bench.is_a_clone()
    assert await bench.session.interview() == Interview(
        None, Confirmation.STATUS, Capabilities(process_id=False, in_order=True)
    )
    assert passed_s() == 0.2
    assert not bench.memory.owing


@virtual_time
async def test_a_mute_clone_is_held_for_half_of_what_its_agent_would_wait():
    bench = Bench()
    bench.is_a_clone()
    bench.brain.knows_in_order = False
    assert await bench.session.interview() == Interview(
        None, Confirmation.CLOSE, Capabilities(process_id=False)
    )
    assert passed_s() == 1.0
    assert bench.memory.owing, "it may still answer GS r"


@virtual_time
async def test_what_a_mute_printer_did_not_answer_is_not_asked_twice_and_nothing_after_it():
    bench = Bench()
    bench.is_a_clone()
    bench.brain.knows_in_order = False
    await bench.session.interview()
    received = bytes(bench.brain.received)
    assert received.startswith(b"".join(commands.ASK_IDENTITY) + commands.INITIALIZE + b"\x1d(H")
    assert received.endswith(commands.INITIALIZE + commands.ASK_IN_ORDER)
    assert len(received) == 12 + len(commands.ask_whether_printed(b"aaab")) + 3
    assert len(received) <= 45, "the smallest receive buffer that there is"


@pytest.mark.parametrize("skipped", commands.ASK_IDENTITY)
@pytest.mark.parametrize("in_order", [True, False])
@virtual_time
async def test_a_name_that_is_skipped_is_found_out_by_asking_for_each_alone(skipped, in_order):
    bench = Bench()
    told = bench.brain.identity.pop(skipped[-1])
    bench.brain.knows_in_order = in_order
    who = (await bench.session.interview()).fingerprint
    names = ("maker", "model", "serial", "firmware")
    assert who == Fingerprint(
        **{name: "" if getattr(EPSON, name) == told else getattr(EPSON, name) for name in names}
    )
    assert passed_s() <= (0.2 if in_order else 1.2)


@virtual_time
async def test_a_word_that_comes_behind_the_last_answer_still_counts():
    bench = Bench()
    bench.brain.holds_words = True
    asking = asyncio.create_task(bench.session.interview())
    await asyncio.sleep(0.01)
    word, in_order = bench.brain.words
    bench.link.say(in_order)
    await asyncio.sleep(0.1)
    bench.link.say(word)
    bench.brain.release_words()
    interview = await asking
    assert interview.confirmation is Confirmation.PROCESS_ID
    assert interview.capabilities.process_id


@pytest.mark.parametrize("configured", [Confirmation.STATUS, Confirmation.CLOSE])
@virtual_time
async def test_a_printer_that_prints_the_question_for_a_process_id_is_not_asked_it(configured):
    bench = Bench(confirmation=configured)
    interview = await bench.session.interview()
    assert interview.confirmation is configured
    assert interview.capabilities.process_id is None
    assert b"(H" not in bench.brain.received


@virtual_time
async def test_one_that_is_to_confirm_by_process_id_is_asked_whether_it_can():
    bench = Bench(confirmation=Confirmation.PROCESS_ID)
    bench.brain.knows_process_id = False
    interview = await bench.session.interview()
    assert interview.confirmation is Confirmation.PROCESS_ID
    assert interview.capabilities.process_id is False


@virtual_time
async def test_a_printer_that_tells_no_status_is_asked_nothing():
    bench = Bench(status="none")
    assert await bench.session.interview() == Interview(None, Confirmation.CLOSE, Capabilities())
    assert not bench.brain.received


@virtual_time
async def test_a_connection_that_ends_is_told():
    bench = Bench()
    bench.link.fails_after = 0
    with pytest.raises(PrinterTrouble) as raised:
        await bench.session.interview()
    assert raised.value.reason is Reason.RESET_BEFORE_BYTES
    assert bench.memory.owing
