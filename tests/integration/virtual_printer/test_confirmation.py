"""The printer's word that a ticket is on paper."""

from __future__ import annotations

from tests.integration.virtual_printer.host import (
    CLEAR,
    CLEARED,
    Host,
    confirmation,
    eot,
    process_id,
    ticket,
)


async def test_the_word_comes_after_the_paper_and_the_cut(slow_printer):
    async with Host(slow_printer.port) as host:
        host.send(ticket(lines=3), process_id(1))
        await slow_printer.wait_for_tickets(1)
        # The ticket is logged when the knife starts; the word waits until it has stopped.
        assert await host.hears_nothing(0.1)
        assert await host.receive(7) == confirmation(1)


async def test_each_ticket_gets_its_own_word_in_order(printer):
    async with Host(printer.port) as host:
        for number in range(20):
            host.send(ticket(f"number {number}"), process_id(number))
        words = b"".join(confirmation(number) for number in range(20))
        assert await host.receive(len(words)) == words
    assert len(printer.tickets) == 20


async def test_a_word_without_a_ticket_comes_at_once(printer):
    async with Host(printer.port) as host:
        assert await host.ask(process_id(42), 7) == confirmation(42)
    assert printer.tickets == []


async def test_other_functions_of_the_command_have_no_answer(printer):
    async with Host(printer.port) as host:
        host.send(b"\x1d(H\x03\x00010", b"\x1d(H\x06\x00110001")
        assert await host.hears_nothing()


async def test_a_late_word_comes_late_and_a_later_one_stands_for_it(printer):
    printer.set_fault("late-confirmation", value=0.3)
    async with Host(printer.port) as host:
        host.send(ticket("one"), process_id(1), ticket("two"), process_id(2))
        await printer.wait_for_tickets(2)
        assert await host.hears_nothing(0.1)
        assert await host.receive(7) == confirmation(2)
        assert await host.hears_nothing(0.4)


async def test_a_late_word_is_waited_for_by_a_half_closed_connection(printer):
    printer.set_fault("late-confirmation", value=0.2)
    async with Host(printer.port) as host:
        host.send(ticket(), process_id(1))
        host.half_close()
        assert await host.rest() == confirmation(1)


async def test_a_word_for_a_host_that_has_gone_is_not_given_to_the_next(printer):
    printer.set_fault("late-confirmation", value=0.2)
    async with Host(printer.port) as host:
        host.send(ticket(), process_id(1))
        await printer.wait_for_tickets(1)
        host.reset()
    async with Host(printer.port) as host:
        assert await host.ask(eot(1)) == b"\x12"
        assert await host.hears_nothing(0.3)
    words = [entry for entry in printer.trail.events if entry["event"] == "confirmation"]
    assert [entry["delivered"] for entry in words] == [False]


async def test_paper_out_in_mid_ticket_stops_keeps_and_goes_on_where_it_stopped(printer):
    async with Host(printer.port) as host:
        printer.set_fault("paper-out", at_byte=20)
        host.send(ticket("0123456789", lines=5), process_id(1))
        assert await host.hears_nothing()
        assert await host.ask(eot(1)) == b"\x1a"
        host.send(ticket("the next"), process_id(2))
        assert await host.hears_nothing()
        assert printer.tickets == []
        printer.clear_fault("paper-out")
        words = confirmation(1) + confirmation(2)
        assert await host.receive(len(words)) == words
    assert [entry.text for entry in printer.tickets] == ["\n".join(["0123456789"] * 5), "the next"]


async def test_clearing_the_buffer_forgets_paper_and_words_that_were_to_come(printer):
    printer.set_fault("paper-out")
    async with Host(printer.port) as host:
        host.send(ticket("never"), process_id(1))
        assert await host.ask(CLEAR, 3) == CLEARED
        printer.clear_fault()
        assert await host.hears_nothing()
        assert await host.ask(ticket("after") + process_id(2), 7) == confirmation(2)
    assert [entry.text for entry in printer.tickets] == ["after"]
    lost = [entry for entry in printer.trail.events if entry["event"] == "bytes_lost"]
    assert [entry["bytes"] for entry in lost] == [len(ticket("never") + process_id(1))]


async def test_what_follows_the_clearing_in_the_same_segment_is_kept(printer):
    printer.set_fault("cover-open")
    async with Host(printer.port) as host:
        host.send(ticket("never"), CLEAR, ticket("kept"), process_id(3))
        assert await host.receive(3) == CLEARED
        printer.clear_fault()
        assert await host.receive(7) == confirmation(3)
    assert [entry.text for entry in printer.tickets] == ["kept"]


async def test_clearing_in_mid_ticket_leaves_the_torn_paper_above_the_next_ticket(printer):
    printer.set_fault("paper-out", at_byte=9)
    async with Host(printer.port) as host:
        host.send(b"\x1b@first\nsecond\nthird\n\x1dV\x00")
        assert await host.ask(CLEAR, 3) == CLEARED
        printer.clear_fault()
        host.send(ticket("next"))
        (printed,) = await printer.wait_for_tickets(1)
    assert printed.text == "first\nnext"


async def test_clearing_also_forgets_a_word_that_is_only_late(printer):
    printer.set_fault("late-confirmation", value=0.2)
    async with Host(printer.port) as host:
        host.send(ticket(), process_id(1))
        await printer.wait_for_tickets(1)
        assert await host.ask(CLEAR, 3) == CLEARED
        assert await host.hears_nothing(0.3)
