"""`print-agent doctor --report` as a person runs it."""

from __future__ import annotations

import asyncio
import math
import os
import re
import stat
from collections.abc import AsyncIterator, Callable, Coroutine
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bonfire.clock import SystemClock
from bonfire.config import TcpAddress
from bonfire.errors import Reason
from bonfire.lifecycle import UNUSABLE
from bonfire.messages import Confirmation
from bonfire.order import Address, Fulfilment, FulfilmentKind, Item, LabelledText
from bonfire.store import Store
from bonfire.store.migrations import read_migrations
from print_agent.command_line import main
from print_agent.domain.ended import after_printing
from print_agent.domain.numbering import TicketNumber
from print_agent.journal import MIGRATIONS, Journal, KnownPrinter
from print_agent.printers import Outcome, PrinterSettings, PrintResult
from print_agent.printers.tcp import TcpPrinter
from tests.integration.agent.configuration import write_config
from tests.support.jobs import job
from tests.support.scripted_printer import COVER_OPEN, ScriptedPrinter
from virtual_printer import VirtualPrinter
from virtual_printer.models import MODELS

Run = Callable[..., Coroutine[Any, Any, int]]

NOW = datetime(2026, 5, 12, 18, 0, tzinfo=UTC)
# Whatever a guest may have written; none of it may be in a report.
SECRETS = {
    "customer_name": "Erika Mustermann",
    "phone": "+49 170 5550199",
    "note": "Allergic to peanuts, ring at Schneider",
}
STREET = "Rosenweg 12"
DISH = "Zwetschgendatschi"
REQUEST = "without cream for grandma"
WORDS = ("Erika", "Mustermann", "5550199", "peanuts", "Schneider", "Rosenweg", DISH, "grandma")


@pytest.fixture
async def kitchen() -> AsyncIterator[ScriptedPrinter]:
    async with ScriptedPrinter() as printer:
        yield printer


@pytest.fixture
def run(tmp_path: Path, kitchen: ScriptedPrinter, monkeypatch: pytest.MonkeyPatch) -> Run:
    """In a thread of its own, as the printer lives in this loop; nobody listens for bar-1."""
    for name in [name for name in os.environ if name.startswith("BONFIRE_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("BONFIRE_OPS_PORT", "1")  # doctor takes whoever listens there for an agent
    monkeypatch.chdir(tmp_path)
    write_config(tmp_path, kitchen.port, 1)

    async def run_command(*arguments: str) -> int:
        return await asyncio.to_thread(main, list(arguments))

    return run_command


async def full_journal(folder: Path) -> None:
    """Of tickets with guests' words in every field, one of them lost on its way."""
    store = Store(folder / "journal.db", read_migrations(MIGRATIONS))
    store.open()
    journal = Journal(store, "altstadt", lambda _lane, _messages: None)
    await journal.open()
    for number in range(1, 4):
        plain = job(f"A{number}")
        order = plain.order.model_copy(
            update=SECRETS
            | {
                "fulfilment": Fulfilment(
                    kind=FulfilmentKind.DELIVERY, address=Address(lines=(STREET,))
                ),
                "items": (Item(name=DISH, special_request=REQUEST),),
                "allergies": (LabelledText(label=DISH, text=SECRETS["note"]),),
            }
        )
        entry = await journal.receive(plain.model_copy(update={"order": order}), NOW)
        assert entry is not None
        ticket = TicketNumber(NOW.date(), number)
        sending = await journal.begin(entry, ticket, b"aB3!", NOW)
        outcome = Outcome.CONFIRMED if number < 3 else Outcome.UNKNOWN
        reason = None if number < 3 else Reason.NOT_CONFIRMED
        result = PrintResult(outcome, 10, Confirmation.PROCESS_ID, reason, SECRETS["note"])
        await journal.end(after_printing(entry, sending, result, NOW))
    await store.close()


async def test_the_report_has_the_printer_its_settings_and_every_byte(
    run: Run, kitchen: ScriptedPrinter, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    assert await run("doctor", "--report", "report.md") == 1  # of bar-1
    report = (tmp_path / "report.md").read_text("utf-8")
    assert "- It is EPSON TM-T20III, serial number X5T1, firmware 1.06." in report
    assert "Capabilities: cutter: " in report
    assert f'address = "tcp://127.0.0.1:{kitchen.port}"' in report
    assert "Paper: thermal, 48 columns, code page cp858 (ESC t 19)." in report
    trace = report.split("```text\n")[1].split("```")[0]
    sent = bytes.fromhex("".join(re.findall(r" > +((?:[0-9a-f]{2} )+) \|", trace)))
    assert sent == bytes(kitchen.brain.received)
    assert re.search(r"\d  <  12 12 12 12  \| DLE EOT: 12, DLE EOT: 12, ", trace)
    assert 'GS I: "TM-T20III"' in trace
    assert "bar-1 at 127.0.0.1:1: something answers at that address, but no printer" in report
    assert "nothing was said" in report
    told = capsys.readouterr()
    assert f"Written: {tmp_path}/report.md. Please read it" in told.out
    assert "kitchen-1 at 127.0.0.1" in told.out
    assert stat.S_IMODE((tmp_path / "report.md").stat().st_mode) == 0o600


async def test_nothing_of_a_guest_is_in_a_report_from_beside_a_full_journal(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    await full_journal(tmp_path)
    planted = b"".join(
        (tmp_path / name).read_bytes() for name in os.listdir(tmp_path) if "journal" in name
    )
    assert await run("doctor", "--report", "report.md", "--data", str(tmp_path)) == 1
    report = (tmp_path / "report.md").read_text("utf-8") + capsys.readouterr().out
    for word in WORDS:
        assert word.encode() in planted
        assert word.casefold() not in report.casefold()
    for word in ("Gasthaus", "Bosco", "Altstadt", "KÜCHE", "A1", "order-A1"):
        assert word not in report
    assert "- Jobs: 2 done, 1 unknown (not_confirmed)" in report
    assert "- Attempts: 2 confirmed, 1 unknown (not_confirmed)" in report
    assert "- Jobs: none\n- Attempts: none" in report  # of bar-1


async def test_no_ticket_is_sent_for_a_report(run: Run, kitchen: ScriptedPrinter):
    await run("doctor", "--report", "report.md")
    # Without our questions, nothing is left that a printer could print.
    asked = bytes(kitchen.brain.received)
    for question in (rb"\x1d\(H\x06\x0000[ -~]{4}", rb"\x1dI.", rb"\x1dr.", rb"\x1b@"):
        asked = re.sub(question, b"", asked, flags=re.DOTALL)
    assert not any(byte >= 0x20 for byte in asked)


async def test_a_report_on_the_standard_output_is_nothing_but_the_report(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    assert await run("doctor", "--report", "-") == 1
    told = capsys.readouterr()
    assert told.out.startswith("# print-agent doctor, ")
    assert told.out.endswith("```\n")
    assert told.err == ""
    assert os.listdir(tmp_path) == ["bonfire.toml"]


async def test_a_report_without_a_name_is_named_by_the_date(run: Run, tmp_path: Path):
    assert await run("doctor", "--report") == 1
    (report,) = set(os.listdir(tmp_path)) - {"bonfire.toml"}
    assert re.fullmatch(r"print-agent-doctor-\d{8}-\d{6}\.md", report)


async def test_without_the_option_nothing_is_written(run: Run, tmp_path: Path):
    await run("doctor")
    assert os.listdir(tmp_path) == ["bonfire.toml"]


async def test_a_report_that_is_there_is_refused_before_a_printer_is_asked(
    run: Run, kitchen: ScriptedPrinter, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    (tmp_path / "report.md").write_text("the first")
    assert await run("doctor", "--report", "report.md") == UNUSABLE
    assert capsys.readouterr().err == (
        "print-agent: report.md is there already: give another name, or --force to replace it\n"
    )
    assert kitchen.clients == 0
    assert await run("doctor", "--report", "report.md", "--force") == 1
    assert (tmp_path / "report.md").read_text("utf-8").startswith("# print-agent doctor")


async def test_a_report_that_cannot_be_written_says_what_to_do_after_the_findings(
    run: Run, capsys: pytest.CaptureFixture[str]
):
    assert await run("doctor", "--report", "nowhere/report.md") == UNUSABLE
    told = capsys.readouterr()
    assert "kitchen-1 at 127.0.0.1" in told.out
    assert "cannot write nowhere/report.md: No such file or directory" in told.err
    assert "--report -" in told.err


async def test_a_printer_in_trouble_has_its_state_in_the_trace(
    run: Run, kitchen: ScriptedPrinter, tmp_path: Path
):
    kitchen.brain.status = COVER_OPEN
    await run("doctor", "--report", "report.md")
    report = (tmp_path / "report.md").read_text("utf-8")
    assert "the cover is open. Close the lid until it clicks." in report
    assert "<  1a 16 12 12  |" in report


async def test_a_printer_that_hangs_up_is_told_as_the_system_tells_it(
    run: Run, kitchen: ScriptedPrinter, tmp_path: Path
):
    kitchen.reset_after = 1
    await run("doctor", "--report", "report.md")
    assert "-  it broke off: " in (tmp_path / "report.md").read_text("utf-8")


async def test_a_journal_that_cannot_be_read_is_told_and_the_report_is_written(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    (tmp_path / "journal.db").write_bytes(b"no database" * 1000)
    assert await run("doctor", "--report", "report.md", "--data", str(tmp_path)) == 1
    assert "exchanged printers were not looked for" in capsys.readouterr().err
    assert "No journal was read" in (tmp_path / "report.md").read_text("utf-8")


async def test_a_print_host_without_printers_is_said_to_have_none(
    run: Run, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("bonfire.config.Config.printers_of", lambda _config, _agent: ())
    assert await run("doctor") == 0
    assert "No printer is configured for this agent." in capsys.readouterr().out


@pytest.mark.parametrize("model", MODELS)
async def test_no_model_prints_anything_for_its_doctor(
    model: str, run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    async with VirtualPrinter("kitchen-1", speed=math.inf, model=model) as printer:
        write_config(tmp_path, printer.port, 1)
        await run("doctor", "--report", "report.md")
        assert "Capabilities: " in capsys.readouterr().out
        # A knife's cut ends the ticket, which then has whatever was printed before.
        _, writer = await asyncio.open_connection("127.0.0.1", printer.port)
        writer.write(b"\x1b@END\n\x1dV\x00")
        (ticket,) = await printer.wait_for_tickets(1)
        assert ticket.text.strip() == "END"
        writer.close()
        await writer.wait_closed()


async def test_what_only_the_agent_may_ask_is_recalled_from_its_journal(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    async with VirtualPrinter("kitchen-1", speed=math.inf) as printer:
        write_config(tmp_path, printer.port, 1)
        await remember(tmp_path, printer)
        await run("doctor", "--data", str(tmp_path))
        assert "forgets on demand (DLE DC4): yes" in capsys.readouterr().out
        await run("doctor")
        assert "forgets on demand (DLE DC4): not asked" in capsys.readouterr().out


async def test_of_another_printer_nothing_is_recalled(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    async with VirtualPrinter("kitchen-1", speed=math.inf) as before:
        await remember(tmp_path, before)
    async with VirtualPrinter("spare", speed=math.inf) as printer:
        write_config(tmp_path, printer.port, 1)
        await run("doctor", "--data", str(tmp_path))
        assert "forgets on demand (DLE DC4): not asked" in capsys.readouterr().out


async def test_a_printer_at_a_usb_port_has_its_conversation_in_the_report_too(
    run: Run, tmp_path: Path
):
    device = tmp_path / "lp0"
    async with VirtualPrinter("kitchen-1", speed=math.inf, pty=device, model="tm-t20iii"):
        config = write_config(tmp_path, 1, 2)
        text = config.read_text("utf-8").replace("tcp://127.0.0.1:1", f"usb://{device}")
        config.write_text(text, "utf-8")
        await run("doctor", "--report", "report.md")
    report = (tmp_path / "report.md").read_text("utf-8")
    assert f"kitchen-1 at {device}: ready." in report
    assert re.search(r"<  12( 12)*  \| DLE EOT: 12", report)  # a port hands them over in pieces
    assert 'GS I: "TM-T20III"' in report


async def remember(folder: Path, printer: VirtualPrinter) -> None:
    """As an agent does that has examined this printer while it was idle."""
    store = Store(folder / "journal.db", read_migrations(MIGRATIONS))
    store.open()
    journal = Journal(store, "altstadt", lambda _lane, _messages: None)
    address = TcpAddress("127.0.0.1", printer.port)
    session = await TcpPrinter(PrinterSettings("kitchen-1", address), SystemClock()).connect()
    who = await session.identify()
    can = await session.examine(clear=True)
    assert who is not None
    await journal.remember_printer("kitchen-1", KnownPrinter(who, None, can))
    await session.close()
    await store.close()
