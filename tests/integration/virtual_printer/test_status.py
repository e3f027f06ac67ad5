"""What the printer says about itself, and when."""

from __future__ import annotations

import asyncio

import pytest

from tests.integration.virtual_printer.host import OK, Host, eot, ticket

FINE = b"\x10\x00\x00\x00"


async def test_all_four_questions_have_their_answers(printer):
    async with Host(printer.port) as host:
        assert await host.ask(b"".join(map(eot, (1, 2, 3, 4))), 4) == OK * 4
        printer.set_fault("paper-out")
        assert await host.ask(b"".join(map(eot, (1, 2, 3, 4))), 4) == b"\x1a\x32\x12\x7e"


async def test_a_question_inside_an_image_is_answered_and_is_part_of_the_image(printer):
    image = b"\x1dv0\x00\x03\x00\x01\x00" + eot(4)
    async with Host(printer.port) as host:
        assert await host.ask(image) == OK
        host.send(b"\x1dV\x00")
        (printed,) = await printer.wait_for_tickets(1)
    assert printed.text == "[picture 24x1]"
    assert printed.data == image + b"\x1dV\x00"


async def test_real_time_questions_overtake_the_paper(slow_printer):
    async with Host(slow_printer.port) as host:
        host.send(ticket(lines=30), b"\x1dr\x01")
        assert await host.ask(eot(1)) == OK
        assert slow_printer.tickets == []


async def test_questions_in_order_wait_for_the_paper(slow_printer):
    async with Host(slow_printer.port) as host:
        assert await host.ask(ticket(lines=5) + b"\x1dr\x01") == b"\0"
        assert len(slow_printer.tickets) == 1


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        (b"\x1dr\x01", b"\x00"),
        (b"\x1dr1", b"\x00"),
        (b"\x1dr\x02", b"\x00"),
        (b"\x1bv", b"\x00"),
        (b"\x1bu\x00", b"\x00"),
        (b"\x1dI\x01", b"\x20"),
        (b"\x1dIB", b"_BONFIRE\0"),
        (b"\x1dIC", b"_VP-80\0"),
        (b"\x1dID", b"_VPF7DBBEC9\0"),
    ],
)
async def test_every_question_in_order_has_its_answer(printer, question, answer):
    async with Host(printer.port) as host:
        assert await host.ask(question, len(answer)) == answer


@pytest.mark.parametrize("question", [b"\x1dr\x07", b"\x1dI\x63", b"\x10\x04\x05"])
async def test_a_question_that_does_not_exist_has_no_answer(printer, question):
    async with Host(printer.port) as host:
        host.send(question)
        assert await host.hears_nothing()


async def test_paper_near_the_end_is_told_by_sensor_and_question(printer):
    printer.set_fault("paper-near-end")
    async with Host(printer.port) as host:
        assert await host.ask(b"\x1dr\x01") == b"\x03"
        assert await host.ask(eot(1) + eot(4), 2) == b"\x12\x1e"


async def test_the_sensor_is_not_asked_while_the_paper_is_out(printer):
    printer.set_fault("paper-out")
    async with Host(printer.port) as host:
        host.send(b"\x1dr\x01")
        assert await host.hears_nothing()
        printer.clear_fault("paper-out")
        assert await host.receive(1) == b"\0"


async def test_automatic_status_comes_at_once_and_at_each_change(printer):
    async with Host(printer.port) as host:
        assert await host.ask(b"\x1da\xff", 4) == FINE
        printer.set_fault("paper-near-end")
        assert await host.receive(4) == b"\x10\x00\x03\x00"
        printer.set_fault("cover-open")
        assert await host.receive(4) == b"\x38\x00\x03\x00"
        printer.clear_fault()
        assert await host.receive(4) == FINE


async def test_automatic_status_tells_only_what_was_asked_for(printer):
    async with Host(printer.port) as host:
        assert await host.ask(b"\x1da\x08", 4) == FINE
        printer.set_fault("cover-open")
        printer.set_fault("silent")
        printer.clear_fault("silent")
        assert await host.hears_nothing()
        printer.set_fault("paper-near-end")
        assert await host.receive(4) == b"\x38\x00\x03\x00"


@pytest.mark.parametrize("command", [b"\x1b@", b"\x1da\x00"])
async def test_initialising_ends_automatic_status(printer, command):
    async with Host(printer.port) as host:
        assert await host.ask(b"\x1da\xff", 4) == FINE
        assert await host.ask(command + b"\x1dr\x01") == b"\0"
        printer.set_fault("cover-open")
        assert await host.hears_nothing()


async def test_automatic_status_outlives_the_connection_and_nobody_need_listen(printer):
    async with Host(printer.port) as host:
        assert await host.ask(b"\x1da\xff", 4) == FINE
        host.reset()
        await asyncio.sleep(0.05)
    assert printer.connected_peer is None
    printer.set_fault("cover-open")
    async with Host(printer.port) as host:
        assert await host.ask(eot(1)) == b"\x1a"
        printer.clear_fault()
        assert await host.receive(4) == FINE


async def test_questions_and_answers_are_logged(printer):
    async with Host(printer.port) as host:
        await host.ask(eot(1))
        printer.set_fault("silent")
        host.send(eot(4))
        assert await host.hears_nothing()
    asked = [
        (entry["asked"], entry["answered"])
        for entry in printer.trail.events
        if entry["event"] == "status"
    ]
    assert asked == [("10 04 01", "12"), ("10 04 04", None)]
