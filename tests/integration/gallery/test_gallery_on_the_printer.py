"""The whole gallery through a printer's socket, in pieces of one byte and of any size."""

from __future__ import annotations

import asyncio
import math
import random
import socket
from collections.abc import Iterator
from itertools import groupby
from typing import Final

import pytest

from escpos_paper import Interpreter, Paper
from gallery.cases import Case, all_cases
from gallery.goldens import pictured
from print_agent.preview.engine import engine_of, paper
from print_agent.ticket import render_ticket
from virtual_printer import VirtualPrinter

_WITHIN_S: Final = 60.0
_MOST_BYTES: Final = 700


def _by_printer() -> dict[str, list[Case]]:
    """The gallery by the kind of printer that it needs."""
    ordered = sorted(all_cases(), key=lambda case: case.profile)
    return {profile: list(cases) for profile, cases in groupby(ordered, lambda one: one.profile)}


def _single_bytes(data: bytes) -> Iterator[bytes]:
    return (data[place : place + 1] for place in range(len(data)))


def _any_pieces(data: bytes) -> Iterator[bytes]:
    chance = random.Random(len(data))  # noqa: S311 -- the same pieces in every run
    place = 0
    while place < len(data):
        size = chance.randint(1, _MOST_BYTES)
        yield data[place : place + size]
        place += size


def _send(port: int, pieces: Iterator[bytes]) -> None:
    """From a thread: each piece is one write to the socket, and one packet where there is time."""
    with socket.create_connection(("127.0.0.1", port), timeout=_WITHIN_S) as host:
        host.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for piece in pieces:
            host.sendall(piece)
        host.shutdown(socket.SHUT_WR)
        while host.recv(4096):
            pass


@pytest.mark.parametrize("pieces", [_single_bytes, _any_pieces])
@pytest.mark.parametrize("profile", _by_printer())
async def test_the_gallery_prints_the_same_however_its_bytes_arrive(profile, pieces):
    cases = _by_printer()[profile]
    written = [render_ticket(case.job, case.slip, case.look) for case in cases]
    look = cases[0].look
    async with VirtualPrinter(
        profile, speed=math.inf, columns=look.columns, engine=engine_of(look)
    ) as printer:
        await asyncio.to_thread(_send, printer.port, pieces(b"".join(written)))
        printed = await printer.wait_for_tickets(len(cases), _WITHIN_S)
    assert [one.data for one in printed] == written
    for case, one, data in zip(cases, printed, written, strict=True):
        assert one.text == paper(data, look).text(), case.name


@pytest.mark.parametrize("case", pictured(), ids=lambda case: case.name)
def test_every_dot_is_the_same_if_each_byte_comes_alone(case):
    """The network may join what was written in pieces; here nothing does."""
    data, engine = render_ticket(case.job, case.slip, case.look), engine_of(case.look)
    interpreter, sheet = Interpreter(engine), Paper(case.look.columns, engine)
    for place in range(len(data)):
        for command in interpreter.feed(data[place : place + 1]):
            sheet.apply(command)
    assert sheet.take().blocks == paper(data, case.look).blocks
