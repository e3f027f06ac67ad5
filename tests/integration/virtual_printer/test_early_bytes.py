"""Bytes that a transport reads although its connection is paused, as some do at the beginning."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable

import pytest

from tests.integration.virtual_printer.host import (
    OK,
    WITHIN_S,
    Host,
    confirmation,
    eot,
    process_id,
    ticket,
)
from virtual_printer import VirtualPrinter
from virtual_printer.connection import Connection

_PEER = "127.0.0.1:1"


class _Socket:
    def getsockopt(self, level: int, option: int, size: int) -> bytes:
        """TCP_ESTABLISHED."""
        return b"\x01"

    def setsockopt(self, level: int, option: int, value: bytes) -> None:
        pass


class _EagerTransport(asyncio.Transport):
    """Begins to read after `connection_made`, paused or not, as asyncio's does in Python 3.11.2."""

    def __init__(self, printer: VirtualPrinter) -> None:
        super().__init__({"peername": _PEER.split(":"), "socket": _Socket()})
        self.connection = Connection(printer.reception)
        self.written = b""
        self.closing = False
        self._paused = False
        self.connection.connection_made(self)
        self.reads = True

    def pause_reading(self) -> None:
        if not self._paused:
            self._paused, self.reads = True, False

    def resume_reading(self) -> None:
        if self._paused:
            self._paused, self.reads = False, True

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written += data

    def is_closing(self) -> bool:
        return self.closing

    def close(self) -> None:
        self.abort()

    def abort(self) -> None:
        if not self.closing:
            self.closing = True
            asyncio.get_running_loop().call_soon(self.connection.connection_lost, None)

    def read(self, data: bytes) -> None:
        """As much of it as goes in at once; the rest stays with the kernel."""
        view = self.connection.get_buffer(-1)
        size = min(len(view), len(data))
        view[:size] = data[:size]
        self.connection.buffer_updated(size)


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(WITHIN_S):
        while not condition():  # noqa: ASYNC110 -- the printer tells nobody about these
            await asyncio.sleep(0.01)


async def test_a_transport_that_begins_to_read_while_paused_is_paused_again(printer):
    async with Host(printer.port) as first:
        await first.ask(eot(1))
        second = _EagerTransport(printer)
        await asyncio.sleep(0)
        assert not second.reads


async def test_a_transport_that_reads_at_once_is_paused_by_its_first_bytes(printer):
    async with Host(printer.port) as first:
        await first.ask(eot(1))
        second = _EagerTransport(printer)
        second.read(eot(1))
        assert not second.reads


async def test_early_bytes_wait_for_the_connections_turn(printer):
    async with Host(printer.port) as first:
        await first.ask(eot(1))
        second = _EagerTransport(printer)
        second.read(eot(1) + ticket("second") + process_id(2))
        await first.ask(eot(1))
        assert (second.written, printer.tickets) == (b"", [])
    await _until(lambda: printer.connected_peer == _PEER)
    assert second.written == OK + confirmation(2)
    assert [entry.text for entry in printer.tickets] == ["second"]
    assert second.reads


async def test_an_early_end_comes_after_the_early_bytes(printer):
    async with Host(printer.port) as first:
        await first.ask(eot(1))
        second = _EagerTransport(printer)
        second.read(ticket("second"))
        assert second.connection.eof_received()
        assert not second.connection.half_closed
    (printed,) = await printer.wait_for_tickets(1)
    assert printed.text == "second"
    assert second.closing


async def test_early_bytes_go_into_a_full_buffer_only_as_it_has_room(printer):
    async with Host(printer.port) as first:
        await first.ask(eot(1))
        second = _EagerTransport(printer)
        early = ticket("x" * 40, lines=80)
        second.read(early)
        printer.set_fault("paper-out")
        first.send(b"\n" * 2000)
        await first.ask(eot(1))
        first.reset()
    await _until(lambda: printer.connected_peer == _PEER)
    assert 4096 - 128 <= printer.mechanism.buffer.held_bytes <= 4096
    assert not second.reads
    printer.clear_fault()
    (printed,) = await printer.wait_for_tickets(1)
    assert printed.data.endswith(early)
    assert second.reads


async def test_a_full_buffer_takes_nothing_from_the_next_host(printer):
    printer.set_fault("paper-out")
    async with Host(printer.port) as first:
        first.send(b"\n" * 20_000)
        await first.drained(within_s=0.2)
        held_bytes = printer.mechanism.buffer.held_bytes
        first.reset()
    await _until(lambda: printer.connected_peer is None)
    second = _EagerTransport(printer)
    second.read(eot(1))
    assert printer.mechanism.buffer.held_bytes == held_bytes
    assert second.written == b""


@pytest.mark.parametrize("at_byte", [10, 20])
async def test_a_reset_ends_the_early_bytes_too(at_byte: int):
    async with VirtualPrinter("kitchen-1", speed=math.inf) as printer:
        async with Host(printer.port) as first:
            await first.ask(eot(1))
            second = _EagerTransport(printer)
            second.read(ticket("Pizza", lines=9))
            printer.set_fault("rst", at_byte=at_byte)
        await _until(lambda: second.closing)
        assert printer.tickets == []
