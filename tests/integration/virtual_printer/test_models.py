"""Models on the wire: what each says, confirms, prints and leaves out."""

from __future__ import annotations

import asyncio
import math
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from escpos_paper import IMPACT
from tests.integration.virtual_printer.host import (
    CLEAR,
    CLEARED,
    Host,
    confirmation,
    eot,
    process_id,
    ticket,
)
from virtual_printer import MODELS, UnknownModel, VirtualPrinter

QUERY = b"EPSONQ\x03\x00" + bytes(6)


@asynccontextmanager
async def printing(model: str) -> AsyncIterator[tuple[VirtualPrinter, Host]]:
    async with (
        VirtualPrinter("kitchen-1", model=model, speed=math.inf) as printer,
        Host(printer.port) as host,
    ):
        yield printer, host


@pytest.mark.parametrize("model", MODELS)
async def test_every_model_prints_and_answers_whether_it_is_online(model):
    async with printing(model) as (printer, host):
        assert await host.ask(eot(1)) == b"\x12"
        host.send(ticket("Pizza"))
        (printed,) = await printer.wait_for_tickets(1)
    assert printed.text == "Pizza"
    assert printed.height_mm > 2


@pytest.mark.parametrize("model", [name for name in MODELS if MODELS[name].process_id])
async def test_a_model_that_confirms_says_who_it_is(model):
    async with printing(model) as (_, host):
        name = b"_" + (MODELS[model].name or "").encode() + b"\0"
        assert await host.ask(b"\x1dIC", len(name)) == name
        assert await host.ask(ticket() + process_id(7), 7) == confirmation(7)


async def test_a_clone_does_not_know_the_process_id_and_another_prints_it():
    async with printing("generic-80") as (printer, host):
        host.send(b"\x1b@A", process_id(7), b"\n\x1dV\x00")
        assert await host.ask(b"\x1dr\x01") == b"\0"
        assert printer.tickets[0].text == "A"
    async with printing("generic-58") as (printer, host):
        host.send(b"\x1b@A", process_id(7), b"\n\x1dV\x00")
        assert await host.ask(b"\x1dr\x01") == b"\0"
        assert printer.tickets[0].text == "A000007"


async def test_only_some_models_clear_their_buffer_when_told_to():
    for model, clears in (("tm-m30", True), ("generic-80", False)):
        async with printing(model) as (printer, host):
            printer.set_fault("cover-open")
            host.send(ticket("old"), CLEAR)
            if clears:
                assert await host.receive(3) == CLEARED
            else:
                assert await host.hears_nothing()
            printer.clear_fault()
            host.send(ticket("new"))
            tickets = await printer.wait_for_tickets(1 if clears else 2)
            assert [one.text for one in tickets] == ["new"] if clears else ["old", "new"]


async def test_a_host_that_takes_needles_for_a_print_head_sees_it_on_the_paper():
    async with printing("tm-u220") as (printer, host):
        host.send(b"\x1b@\x1br\x01STOP\n\x1br\x00\x1d!\x22Pizza\n\x1dV\x00")
        (printed,) = await printer.wait_for_tickets(1)
    assert printed.text == 'STOP\n"Pizza'
    assert printed.is_red
    assert printed.height_mm == 8.5


async def test_a_name_that_needles_lack_may_come_in_pieces():
    async with printing("tm-u220") as (printer, host):
        for byte in b"\x1b@A\x1d(k\x04\x001A2\x00\n\x1dV\x00":
            host.send(bytes((byte,)))
            await host.drained()
        (printed,) = await printer.wait_for_tickets(1)
    assert printed.text == "A1A2"


@pytest.mark.parametrize(
    ("model", "esc_a", "esc_b"),
    [("tm-m30", 1, 0), ("tm-u230", 1, 0), ("tm-t20iii", 0, 0), ("generic-80", 0, 1)],
)
async def test_each_maker_has_its_own_buzzer_or_none(model, esc_a, esc_b):
    async with printing(model) as (printer, host):
        host.send(b"\x1b@\x1b(A\x04\x000\x01\x02\x05A\n\x1dV\x00")
        host.send(b"\x1b@\x1bB\x03\x02A\n\x1dV\x00")
        tickets = await printer.wait_for_tickets(2)
    assert [len(one.buzzes) for one in tickets] == [esc_a, esc_b]


async def test_a_model_that_there_is_not_is_refused():
    with pytest.raises(UnknownModel):
        VirtualPrinter("kitchen-1", model="tm-t99")


def test_columns_and_width_follow_the_model_unless_they_are_given():
    assert VirtualPrinter("a", model="tm-u220").columns == 40
    assert VirtualPrinter("a", model="tm-u220", columns=33).columns == 33
    assert VirtualPrinter("a", columns=42, engine=IMPACT).model.engine is IMPACT
    assert VirtualPrinter("a").model.name == "VP-80"
    assert VirtualPrinter("a", columns=32).model.name == "VP-58"


# On UDP


async def ask_on_udp(address: tuple[str, int], packet: bytes) -> list[tuple[bytes, str]]:
    """Every answer within a short time, and from where."""
    loop = asyncio.get_running_loop()
    answers = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        sock.setblocking(False)
        await loop.sock_sendto(sock, packet, address)
        try:
            async with asyncio.timeout(0.25):
                while True:
                    data, (host, _) = await loop.sock_recvfrom(sock, 1024)
                    answers.append((data, host))
        except TimeoutError:
            return answers


async def test_printers_answer_a_call_to_everybody_each_from_its_own_address():
    async with (
        VirtualPrinter("a", model="tm-m30", host="127.0.0.31", enpc_port=0) as first,
        VirtualPrinter("b", model="tm-u220", host="127.0.0.32", enpc_port=first.enpc_port),
        VirtualPrinter("c", model="generic-80", host="127.0.0.33", enpc_port=first.enpc_port),
    ):
        answers = await ask_on_udp(("127.255.255.255", first.enpc_port), QUERY)
        (alone,) = await ask_on_udp(("127.0.0.32", first.enpc_port), QUERY)
    assert {(data[19:].split(b"\0")[0], host) for data, host in answers} == {
        (b"TM-m30", "127.0.0.31"),
        (b"TM-U220", "127.0.0.32"),
    }
    assert alone in answers


async def test_status_is_told_beside_a_connection_that_prints():
    async with (
        VirtualPrinter("a", model="tm-m30", enpc_port=0) as printer,
        Host(printer.port) as host,
    ):
        host.send(ticket())
        printer.set_fault("cover-open")
        ((data, _),) = await ask_on_udp(
            ("127.0.0.1", printer.enpc_port), QUERY[:8] + b"\x00\x10" + bytes(4)
        )
        assert data[14:] == b"\x38\x00\x00\x00"
        assert any(event["event"] == "asked_on_udp" for event in printer.trail.events)


@pytest.mark.parametrize("fault", ["unplugged", "no-status", "power-cycle"])
async def test_a_printer_that_is_off_or_mute_is_silent_on_udp_too(fault):
    async with VirtualPrinter("a", model="tm-m30", enpc_port=0) as printer:
        printer.set_fault(fault, value=9 if fault == "power-cycle" else None)
        assert await ask_on_udp(("127.0.0.1", printer.enpc_port), QUERY) == []


async def test_a_port_that_is_taken_leaves_nothing_open():
    async with VirtualPrinter("a", model="tm-m30", enpc_port=0) as printer:
        second = VirtualPrinter("b", model="tm-m30", enpc_port=printer.enpc_port)
        with pytest.raises(OSError, match="in use"):
            await second.__aenter__()
        with pytest.raises(OSError, match="in use"):
            await VirtualPrinter("c", port=printer.port, enpc_port=0).__aenter__()
    assert second.port == 0


async def test_without_the_call_to_everybody_there_is_no_half_a_printer():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.255.255.255", 0))
        third = VirtualPrinter("d", enpc_port=taken.getsockname()[1])
        with pytest.raises(OSError, match="in use"):
            await third.__aenter__()
