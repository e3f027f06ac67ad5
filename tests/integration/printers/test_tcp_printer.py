"""The TCP adapter against a printer on a real socket; loopback only, deadlines of a blink."""

from __future__ import annotations

import asyncio
import gc
import os
import socket
import threading
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bonfire.clock import SystemClock
from bonfire.config import TcpAddress
from bonfire.errors import Reason
from bonfire.messages import Confirmation
from print_agent.printers import (
    Fingerprint,
    Outcome,
    PrinterSettings,
    PrinterTrouble,
    PrintResult,
    TroubleListener,
    ignore_trouble,
)
from print_agent.printers import tcp as tcp_module
from print_agent.printers.exchange import Exchange
from print_agent.printers.session import EscPosSession
from print_agent.printers.tcp import TcpLink, TcpPrinter
from tests.support import scripted_printer as saying
from tests.support.scripted_printer import ScriptedPrinter, eventually

TICKET = b"\x1b@No. 0417\n2 Kaiserschmarrn\n\x1dV\0"
LONG_TICKET = b"\x1b@" + b"a line of text\n" * 40_000
ID = b"aaab"


@pytest.fixture
async def printer() -> AsyncIterator[ScriptedPrinter]:
    async with ScriptedPrinter() as running:
        yield running


async def _connect(printer: ScriptedPrinter, **changes: Any) -> EscPosSession:
    return await TcpPrinter(printer.settings(**changes), SystemClock()).connect()


async def _print(
    session: EscPosSession, data: bytes = TICKET, on_trouble: TroubleListener = ignore_trouble
) -> PrintResult:
    return await session.print(data, Confirmation.PROCESS_ID, ID, on_trouble)


# -- connect


async def _reason_of_failure(settings: PrinterSettings) -> Reason:
    with pytest.raises(PrinterTrouble) as raised:
        await TcpPrinter(settings, SystemClock()).connect()
    return raised.value.reason


async def test_a_port_where_nothing_listens_is_refused(printer):
    settings = printer.settings()
    await printer.power_off()
    assert await _reason_of_failure(settings) is Reason.REFUSED


async def test_a_name_that_nobody_knows_is_told():
    settings = PrinterSettings(
        "kitchen-1", TcpAddress("no-such-printer.invalid"), connect_timeout_s=10
    )
    assert await _reason_of_failure(settings) is Reason.NAME_UNKNOWN


async def test_a_name_that_cannot_be_one_is_told():
    assert await _reason_of_failure(PrinterSettings("x", TcpAddress("a" * 70 + ".local"))) is (
        Reason.NAME_UNKNOWN
    )


async def test_an_address_where_nothing_answers_is_unreachable():
    # A listener whose queue is full answers no further connection, like a machine that is off.
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        port = full.getsockname()[1]
        waiting = [socket.socket() for _ in range(4)]
        for client in waiting:
            client.setblocking(False)
            client.connect_ex(("127.0.0.1", port))
        settings = PrinterSettings(
            "kitchen-1", TcpAddress("127.0.0.1", port), connect_timeout_s=0.1
        )
        assert await _reason_of_failure(settings) is Reason.UNREACHABLE
        for client in waiting:
            client.close()


async def test_an_address_without_a_route_is_unreachable():
    settings = PrinterSettings("kitchen-1", TcpAddress("255.255.255.255"), connect_timeout_s=1)
    assert await _reason_of_failure(settings) is Reason.UNREACHABLE


async def test_a_name_is_looked_up(printer, monkeypatch):
    def look_up(host: str, port: int, **options: Any) -> Any:
        if options["flags"]:
            raise socket.gaierror
        return [
            (socket.AF_INET, socket.SOCK_STREAM, 0, "", ("127.0.0.1", 1)),  # refuses
            (socket.AF_INET, socket.SOCK_STREAM, 0, "", ("127.0.0.1", port)),
        ]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    settings = PrinterSettings("kitchen-1", TcpAddress("kitchen.local", printer.port))
    session = await TcpPrinter(settings, SystemClock()).connect()
    assert (await session.status()).ready
    await session.close()


async def test_a_slow_name_server_costs_one_thread_and_never_the_deadline(printer, monkeypatch):
    answer = threading.Event()
    look_ups: list[str] = []

    def look_up(host: str, port: int, **options: Any) -> Any:
        if options["flags"]:
            raise socket.gaierror
        look_ups.append(host)
        answer.wait(5)
        return [(socket.AF_INET, socket.SOCK_STREAM, 0, "", ("127.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    settings = PrinterSettings(
        "kitchen-1", TcpAddress("kitchen.local", printer.port), connect_timeout_s=0.05
    )
    slow = TcpPrinter(settings, SystemClock())
    for _ in range(3):
        with pytest.raises(PrinterTrouble) as raised:
            await slow.connect()
        assert raised.value.reason is Reason.UNREACHABLE
    assert look_ups == ["kitchen.local"]
    answer.set()
    session = await slow.connect()
    await session.close()


def test_a_look_up_that_outlives_the_loop_does_no_harm(monkeypatch):
    answer = threading.Event()

    def look_up(host: str, port: int, **options: Any) -> Any:
        if options["flags"]:
            raise socket.gaierror
        answer.wait(5)
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    settings = PrinterSettings("kitchen-1", TcpAddress("kitchen.local"), connect_timeout_s=0.05)
    assert asyncio.run(_reason_of_failure(settings)) is Reason.UNREACHABLE
    answer.set()
    for thread in threading.enumerate():
        if thread.name == "resolve kitchen.local":
            thread.join(5)


async def test_a_look_up_that_fails_after_its_caller_gave_up_is_told_to_nobody(monkeypatch):
    answer = threading.Event()

    def look_up(host: str, port: int, **options: Any) -> Any:
        if not options["flags"]:
            answer.wait(5)
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    complaints: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))
    settings = PrinterSettings("kitchen-1", TcpAddress("kitchen.local"), connect_timeout_s=0.05)
    assert await _reason_of_failure(settings) is Reason.UNREACHABLE
    answer.set()
    await asyncio.sleep(0.05)
    gc.collect()
    assert complaints == []


async def test_an_ipv6_printer_is_reached():
    if not socket.has_ipv6:
        pytest.skip("this machine has no IPv6")
    try:
        listener = socket.create_server(("::1", 0), family=socket.AF_INET6)
    except OSError:
        pytest.skip("this machine has no IPv6 loopback")
    with listener:
        settings = PrinterSettings("kitchen-1", TcpAddress("::1", listener.getsockname()[1]))
        session = await TcpPrinter(settings, SystemClock()).connect()
        accepted, _ = listener.accept()
        accepted.close()
        await session.close()


async def test_no_connection_leaks_when_connecting_is_cancelled_or_fails(printer):
    settings = printer.settings()
    before = len(os.listdir("/proc/self/fd"))
    await printer.power_off()
    for _ in range(20):
        await _reason_of_failure(settings)
    assert len(os.listdir("/proc/self/fd")) <= before


# -- one ticket


async def test_a_ticket_is_printed_and_confirmed(printer):
    session = await _connect(printer)
    assert (await session.status()).ready
    assert await session.identify() == Fingerprint("EPSON", "TM-T20III", "X5T1", "1.06")
    assert await session.probe() is Confirmation.PROCESS_ID
    for _ in range(3):
        assert (await session.status()).ready
        assert (await _print(session)).outcome is Outcome.CONFIRMED
    await session.close()
    assert printer.brain.received.count(b"Kaiserschmarrn") == 3
    assert printer.clients == 1


async def test_a_long_ticket_arrives_whole_through_a_small_buffer(printer):
    session = await _connect(printer, send_timeout_s=20)
    result = await _print(session, LONG_TICKET)
    assert result.outcome is Outcome.CONFIRMED
    assert LONG_TICKET[2:] in printer.brain.received
    await session.close()


async def test_a_clean_close_is_weak_and_brings_every_byte_over(printer):
    printer.brain.status = b""
    session = await _connect(printer, status="none", confirm_timeout_s=5)
    result = await session.print(LONG_TICKET, Confirmation.CLOSE, ID)
    assert result.outcome is Outcome.WEAK
    assert printer.brain.received == LONG_TICKET
    await session.close()


async def test_unread_status_bytes_destroy_nothing_that_is_in_flight(printer):
    session = await _connect(printer)
    printer.say(b"\x10\0\0\0" * 50)
    assert (await _print(session, LONG_TICKET[:20_000])).outcome is Outcome.CONFIRMED
    printer.say(b"\x10\0\0\0" * 50)
    await session.close()
    assert LONG_TICKET[2:20_000] in printer.brain.received


async def test_a_reset_before_the_first_byte_failed_for_sure(printer):
    session = await _connect(printer)
    assert (await session.status()).ready
    printer.reset()
    await asyncio.sleep(0.02)
    result = await _print(session)
    assert (result.outcome, result.reason) == (Outcome.FAILED, Reason.RESET_BEFORE_BYTES)
    await session.close()


async def test_a_reset_that_the_loop_has_not_seen_yet_failed_for_sure_too(printer):
    session = await _connect(printer)
    assert (await session.status()).ready
    printer.reset()
    for _ in range(3):  # let the printer break the connection, and no more
        await asyncio.sleep(0)
    result = await _print(session)
    assert (result.outcome, result.bytes_sent) == (Outcome.FAILED, 0)
    await session.close()


@pytest.mark.parametrize("k", [1, 2, 100, 5_000, 100_000])
async def test_a_reset_at_any_later_byte_is_unknown(printer, k):
    printer.reset_after = k
    session = await _connect(printer)
    result = await _print(session, LONG_TICKET)
    assert (result.outcome, result.reason) == (Outcome.UNKNOWN, Reason.CONNECTION_LOST)
    assert result.bytes_sent >= k
    await session.close()


async def test_a_printer_that_hangs_up_after_the_ticket_is_unknown(printer):
    printer.brain.holds_words = True
    session = await _connect(printer, confirm_timeout_s=5)
    printing = asyncio.create_task(_print(session))
    await eventually(lambda: bool(printer.brain.words))
    printer.hang_up()
    result = await printing
    assert (result.outcome, result.reason) == (Outcome.UNKNOWN, Reason.CONNECTION_LOST)
    await session.close()


async def test_a_power_cycle_in_mid_ticket_is_unknown(printer):
    printer.brain.holds_words = True
    printer.brain.status = saying.PAPER_OUT
    told: list[Reason | None] = []
    session = await _connect(printer)
    printing = asyncio.create_task(_print(session, on_trouble=told.append))
    await eventually(lambda: told == [Reason.PAPER_OUT])
    printer.reset()
    result = await printing
    assert (result.outcome, result.reason) == (Outcome.UNKNOWN, Reason.CONNECTION_LOST)
    await session.close()


async def test_a_closed_window_is_unknown_after_the_send_deadline(printer):
    printer.reads = False
    session = await _connect(printer)
    result = await _print(session, LONG_TICKET)
    assert (result.outcome, result.reason) == (Outcome.UNKNOWN, Reason.SEND_TIMEOUT)
    assert 0 < result.bytes_sent < len(LONG_TICKET)
    await session.close()


async def test_a_reset_while_the_window_is_closed_is_unknown(printer):
    printer.reads = False
    session = await _connect(printer, send_timeout_s=5)
    printing = asyncio.create_task(_print(session, LONG_TICKET))
    await asyncio.sleep(0.1)
    printer.reset()
    result = await printing
    assert (result.outcome, result.reason) == (Outcome.UNKNOWN, Reason.CONNECTION_LOST)
    await session.close()


async def test_a_window_that_opens_again_lets_the_ticket_through(printer):
    printer.reads = False
    session = await _connect(printer, send_timeout_s=10)
    printing = asyncio.create_task(_print(session, LONG_TICKET))
    await asyncio.sleep(0.1)
    printer.read_on()
    assert (await printing).outcome is Outcome.CONFIRMED
    await session.close()


async def test_empty_paper_is_told_and_the_late_word_confirms(printer):
    printer.brain.holds_words = True
    told: list[Reason | None] = []
    session = await _connect(printer)
    printing = asyncio.create_task(_print(session, on_trouble=told.append))
    await eventually(lambda: bool(printer.brain.words))
    printer.brain.status = saying.PAPER_OUT
    await eventually(lambda: told == [Reason.PAPER_OUT])
    await asyncio.sleep(0.5)  # longer than deadline and grace
    printer.brain.status = saying.READY
    await eventually(lambda: told == [Reason.PAPER_OUT, None])
    printer.say(printer.brain.release_words())
    assert (await printing).outcome is Outcome.CONFIRMED
    await session.close()


async def test_a_second_client_waits_without_an_answer(printer):
    first = await _connect(printer)
    assert (await first.status()).ready
    second = await _connect(printer)
    with pytest.raises(PrinterTrouble) as raised:
        await second.status()
    assert raised.value.reason is Reason.NO_ANSWER
    await second.close()
    await first.close()


async def test_a_cancelled_ticket_closes_the_socket(printer):
    printer.brain.holds_words = True
    session = await _connect(printer)
    printing = asyncio.create_task(_print(session))
    await eventually(lambda: bool(printer.brain.words))
    printing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await printing
    assert not session.usable
    fresh = await _connect(printer)  # served only once the first connection has ended
    assert (await fresh.status()).ready
    await fresh.close()
    await session.close()


async def test_a_ticket_cancelled_while_the_window_is_closed_closes_the_socket(printer):
    printer.reads = False
    session = await _connect(printer, send_timeout_s=10)
    printing = asyncio.create_task(_print(session, LONG_TICKET))
    await asyncio.sleep(0.05)
    printing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await printing
    assert not session.usable
    await session.close()


async def test_the_next_connection_after_a_lost_one_flushes_first(printer):
    adapter = TcpPrinter(printer.settings(), SystemClock())
    printer.reset_after = 100
    session = await adapter.connect()
    assert (await _print(session, LONG_TICKET)).outcome is Outcome.UNKNOWN
    await session.close()
    printer.reset_after = None
    printer.brain.received.clear()
    session = await adapter.connect()
    assert (await _print(session)).outcome is Outcome.CONFIRMED
    assert printer.brain.received.startswith(bytes(8192) + b"\x1b@")
    await session.close()


async def test_a_journal_that_holds_a_broken_off_ticket_makes_the_first_one_flush(printer):
    adapter = TcpPrinter(printer.settings(), SystemClock(), interrupted=True)
    session = await adapter.connect()
    assert (await _print(session)).outcome is Outcome.CONFIRMED
    assert printer.brain.received.startswith(bytes(8192))
    await session.close()


# -- a machine that is gone


class _Silence:
    """A listener that only remembers how it ended."""

    def __init__(self) -> None:
        self.errors: list[OSError | None] = []

    def received(self, data: bytes) -> None:
        pass

    def ended(self, error: OSError | None) -> None:
        self.errors.append(error)


async def test_a_machine_that_acknowledges_nothing_for_ten_seconds_is_gone(printer, monkeypatch):
    session = await _connect(printer)
    monkeypatch.setattr(tcp_module, "_is_gone", lambda _: True)
    result = await _print(session)
    assert (result.outcome, result.reason) == (Outcome.FAILED, Reason.RESET_BEFORE_BYTES)
    await session.close()


@pytest.mark.parametrize(
    ("retransmissions", "probes", "silent_ms", "gone"),
    [
        (0, 0, 60_000, False),  # nothing under way: keepalive's business
        (3, 0, 2_000, False),
        (6, 0, 10_000, True),
        (0, 1, 10_000, True),
        (0, 0, 0, False),
    ],
)
def test_what_the_kernel_tells_of_a_machine_that_is_gone(
    monkeypatch, retransmissions, probes, silent_ms, gone
):
    class Kernel:
        def getsockopt(self, level: int, option: int, size: int) -> bytes:
            info = bytearray(size)
            info[2], info[3] = retransmissions, probes
            info[56:60] = silent_ms.to_bytes(4, "little")
            return bytes(info)

    assert tcp_module._is_gone(Kernel()) is gone  # type: ignore[arg-type]


def test_elsewhere_than_on_linux_the_deadlines_find_out(monkeypatch):
    monkeypatch.setattr("sys.platform", "darwin")
    assert tcp_module._is_gone(None) is False  # type: ignore[arg-type]


async def test_a_printer_that_lives_but_takes_nothing_is_not_gone(printer):
    printer.reads = False
    session = await _connect(printer, send_timeout_s=3)
    printing = asyncio.create_task(_print(session, LONG_TICKET))
    await asyncio.sleep(0.3)
    assert not printing.done()
    printing.cancel()
    await asyncio.gather(printing, return_exceptions=True)
    await session.close()


async def test_a_closed_link_takes_nothing_and_waits_for_nothing():
    left, right = socket.socketpair()
    with right:
        left.setblocking(False)
        link = TcpLink(left)
        silence = _Silence()
        link.listen(silence)
        link.close()
        link.close()
        link.poll()
        link.finish()
        await link.wait_writable(60)
        with pytest.raises(BrokenPipeError):
            link.write(memoryview(b"x"))
        assert silence.errors == []


async def test_closing_hears_what_has_arrived_so_that_it_resets_nothing():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        ours = socket.create_connection(listener.getsockname())
        theirs, _ = listener.accept()
    with theirs:
        ours.setblocking(False)
        exchange = Exchange(TcpLink(ours))
        theirs.sendall(b"\x10\0\0\0" * 10)
        exchange.close()
        theirs.settimeout(1)
        assert theirs.recv(100) == b""
