"""`print-agent doctor` while an agent prints on the same printer, which serves one at a time."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from bonfire import config
from bonfire.broker import Outgoing, topology
from bonfire.broker.memory import MemoryBroker, MemoryServer
from bonfire.chassis import ChassisSettings
from bonfire.clock import SystemClock
from bonfire.messages import (
    Confirmation,
    JobEvent,
    JobEventType,
    PrinterEvent,
    decode,
)
from bonfire.store import Store
from bonfire.store.migrations import read_migrations
from bonfire.tasks import Tasks
from print_agent.app import App
from print_agent.command_line import main
from print_agent.doctor.consultation import Memories, consult
from print_agent.journal import MIGRATIONS, Journal, KnownPrinter
from print_agent.printers import Capabilities, Fingerprint, commands
from print_agent.settings import Settings
from tests.integration.agent.configuration import write_config
from tests.support.jobs import AGENT, job
from tests.support.rabbit import soon
from tests.support.scripted_printer import ScriptedPrinter, eventually

Run = Callable[..., Coroutine[Any, Any, int]]

STATUS_TIMEOUT_S = 1.0
WARNED = "print-agent: a print agent runs here. A printer that serves one connection at a time is"


@pytest.fixture(autouse=True)
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is set but an operations port that nobody has."""
    for name in [name for name in os.environ if name.startswith("BONFIRE_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("BONFIRE_OPS_PORT", "1")
    monkeypatch.chdir(tmp_path)


@pytest.fixture
async def clone() -> AsyncIterator[ScriptedPrinter]:
    """It tells its status, and nothing else."""
    async with ScriptedPrinter() as printer:
        printer.brain.identity.clear()
        printer.brain.codes.clear()
        printer.brain.knows_process_id = printer.brain.knows_in_order = False
        yield printer


@pytest.fixture
def loaded(tmp_path: Path, clone: ScriptedPrinter) -> config.Config:
    path = write_config(tmp_path, clone.port, 1)
    text = path.read_text("utf-8")
    patient = f"status_timeout_s = {STATUS_TIMEOUT_S}\naccept_weak = true"
    path.write_text(text.replace("status_timeout_s = 0.3", patient), "utf-8")
    return config.load(path)


@pytest.fixture
async def data(tmp_path: Path) -> Path:
    """The folder of an agent that has met the clone and asked it everything."""
    folder = tmp_path / "data"
    folder.mkdir()
    store = Store(folder / "journal.db", read_migrations(MIGRATIONS))
    store.open()
    journal = Journal(store, AGENT, lambda _lane, _messages: None)
    met = KnownPrinter(Fingerprint(), Confirmation.CLOSE, Capabilities(process_id=False))
    await journal.remember_printer("kitchen-1", met)
    await store.close()
    return folder


@pytest.fixture
async def server(tmp_path: Path, loaded: config.Config, data: Path) -> AsyncIterator[MemoryServer]:
    """The broker of an agent that runs."""
    server, tasks = MemoryServer(), Tasks(lambda: None)
    ledger = MemoryBroker(server)
    await ledger.start()
    await ledger.declare(topology.for_agents([AGENT]))
    await ledger.close()
    chassis = ChassisSettings(data / "journal.db", "amqp://nowhere", "127.0.0.1", 0)
    settings = Settings(AGENT, tmp_path / "bonfire.toml", chassis, "INFO")
    app = App(settings, broker=MemoryBroker(server))
    await app.start(tasks)
    yield server
    await app.drain()
    await tasks.cancel()
    await app.close()


@pytest.fixture
def run() -> Run:
    async def run_command(*arguments: str) -> int:
        return await asyncio.to_thread(main, list(arguments))

    return run_command


async def test_a_ticket_that_comes_while_doctor_asks_a_mute_printer_waits_and_nothing_is_lost(
    clone: ScriptedPrinter, loaded: config.Config, server: MemoryServer
):
    (kitchen, _) = loaded.printers_of(AGENT)
    asking = asyncio.create_task(consult([kitchen], Memories(), SystemClock()))
    await eventually(lambda: clone.clients == 1)
    server.publish(Outgoing(topology.JOBS, AGENT, job("A1").encode()))
    (case,) = await asking
    assert case.finding.confirmation is Confirmation.CLOSE
    assert case.trace.lines[-1].after_s < STATUS_TIMEOUT_S

    def told() -> list[Any]:
        return [decode(each.body) for each in server.waiting(topology.NOTIFIER_EVENTS)]

    printed = JobEventType.PRINTED
    await soon(lambda: any(isinstance(e, JobEvent) and e.type is printed for e in told()))
    assert not [
        event for event in told() if isinstance(event, PrinterEvent) and event.printer == kitchen.id
    ]


async def test_what_the_agent_remembers_of_a_mute_printer_is_asked_again_only_on_demand(
    run: Run,
    clone: ScriptedPrinter,
    loaded: config.Config,
    data: Path,
    capsys: pytest.CaptureFixture[str],
):
    await run("doctor", "--data", str(data))
    told = capsys.readouterr()
    assert bytes(clone.brain.received) == commands.ASK_STATUS
    assert "Confirmation: close (it cannot say that it printed)." in told.out
    assert "only its state was asked; --anew asks all." in told.out
    assert told.err == ""
    await run("doctor", "--data", str(data), "--anew")
    assert commands.ASK_MODEL in clone.brain.received
    assert "--anew" not in capsys.readouterr().out


@pytest.mark.parametrize("confirmation", ["gs-r", "close"])
async def test_a_printer_that_is_to_confirm_otherwise_is_not_sent_what_it_would_print(
    confirmation: str, run: Run, clone: ScriptedPrinter, loaded: config.Config, tmp_path: Path
):
    path = tmp_path / "bonfire.toml"
    configured = f'accept_weak = true\nconfirmation = "{confirmation}"'
    path.write_text(path.read_text("utf-8").replace("accept_weak = true", configured), "utf-8")
    await run("doctor")
    assert commands.ASK_IN_ORDER in clone.brain.received
    assert b"(H" not in clone.brain.received


async def test_doctor_says_beforehand_that_an_agent_has_the_journal(
    run: Run,
    loaded: config.Config,
    data: Path,
    server: MemoryServer,
    capsys: pytest.CaptureFixture[str],
):
    await run("doctor", "--data", str(data), "--report", "-")
    told = capsys.readouterr()
    assert told.err.startswith(WARNED)
    assert told.out.startswith("# print-agent doctor, ")


async def test_doctor_says_beforehand_that_an_agent_answers_on_its_operations_port(
    run: Run,
    loaded: config.Config,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
):
    async def probe(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    async with await asyncio.start_server(probe, "127.0.0.1", 0) as agent:
        monkeypatch.setenv("BONFIRE_OPS_PORT", str(agent.sockets[0].getsockname()[1]))
        await run("doctor")
    assert capsys.readouterr().err.startswith(WARNED)
