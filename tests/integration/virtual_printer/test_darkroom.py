"""The process that draws, and what happens when it cannot."""

from __future__ import annotations

import asyncio
import io
import os
import pickle
import signal

from escpos_paper import tickets
from virtual_printer import Darkroom, darkroom

(TICKET,) = tickets(b"Pizza\n\x1dV\x00")


async def test_leaving_waits_until_everything_is_drawn(tmp_path):
    async with Darkroom() as drawing:
        for number in range(20):
            drawing.develop(TICKET, tmp_path / f"{number}.png")
    assert len(list(tmp_path.glob("*.png"))) == 20
    assert not list(tmp_path.glob(".*"))
    assert drawing.skipped == 0


async def test_a_drawing_process_that_hangs_is_killed(monkeypatch):
    monkeypatch.setattr(darkroom, "_STOP_WITHIN_S", 0.1)
    async with Darkroom() as drawing:
        assert drawing._process
        os.kill(drawing._process.pid, signal.SIGSTOP)
        process = drawing._process
    assert process.returncode == -signal.SIGKILL


async def test_tickets_for_a_drawing_process_that_died_are_left_out_and_counted(tmp_path):
    async with Darkroom() as drawing:
        assert drawing._process
        drawing._process.kill()
        await drawing._process.wait()
        await asyncio.sleep(0.05)
        drawing.develop(TICKET, tmp_path / "1.png")
    assert drawing.skipped == 1


async def test_what_is_too_much_to_wait_is_left_out_and_counted(tmp_path, monkeypatch):
    monkeypatch.setattr(darkroom, "MOST_WAITING_BYTES", -1)
    async with Darkroom() as drawing:
        drawing.develop(TICKET, tmp_path / "1.png")
    assert drawing.skipped == 1
    assert not list(tmp_path.iterdir())


def test_the_drawing_process_draws_until_its_pipe_ends(tmp_path):
    pipe = io.BytesIO(
        b"".join(pickle.dumps((TICKET, str(tmp_path / name))) for name in ("1.png", "2.png"))
    )
    darkroom.develop_all(pipe)
    assert (tmp_path / "1.png").read_bytes() == TICKET.png()
    assert (tmp_path / "2.png").exists()
