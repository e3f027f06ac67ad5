"""A device's own thread."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading

import pytest

from print_agent.printers.worker import Worker


async def test_errands_are_done_one_after_the_other_and_then_the_thread_ends():
    worker = Worker("a printer")
    done: list[int] = []
    for number in range(3):
        worker.do(lambda number=number: done.append(number))  # type: ignore[misc]
    worker.finish(lambda: done.append(3))
    await worker.gone()
    assert done == [0, 1, 2, 3]
    assert "a printer" not in [thread.name for thread in threading.enumerate() if thread.is_alive()]


async def test_what_an_errand_raises_is_raised_to_who_waits_and_the_next_is_done():
    worker = Worker("a printer")

    def break_down() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await worker.do(break_down)
    assert await worker.do(lambda: 42) == 42
    worker.finish(break_down)
    await worker.gone()


async def test_who_gives_up_waiting_stops_no_errand():
    worker = Worker("a printer")
    go_on, done = threading.Event(), threading.Event()

    def work() -> None:
        go_on.wait(5)
        done.set()

    waiting = worker.do(work)
    waiting.cancel()
    go_on.set()
    worker.finish(lambda: None)
    await worker.gone()
    assert done.is_set()


def test_an_errand_that_outlives_the_loop_does_no_harm():
    go_on = threading.Event()

    def wait() -> None:
        go_on.wait(5)

    async def begin() -> None:
        Worker("outlives the loop").finish(wait)

    asyncio.run(begin())
    go_on.set()
    for thread in threading.enumerate():
        if thread.name == "outlives the loop":
            thread.join(5)


def test_a_process_that_ends_waits_a_moment_until_its_devices_are_let_go_of():
    program = """
import asyncio, time
from print_agent.printers.worker import Worker

def let_go():
    time.sleep(0.3)
    print("let go of", flush=True)

async def main():
    Worker("a printer").finish(let_go)

asyncio.run(main())
"""
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=20, check=True
    )
    assert ended.stdout == "let go of\n"
