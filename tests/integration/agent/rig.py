"""An agent's core on a real journal, with printers in memory and in virtual time.

What the disk holds is read through a connection of its own: it sees only what is committed.
"""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from bonfire.breaker import BreakerSeries
from bonfire.broker import Outgoing, topology
from bonfire.broker.memory import MemoryBroker, MemoryServer
from bonfire.config import TcpAddress
from bonfire.errors import Permanent, Reason
from bonfire.identity import Identity
from bonfire.messages import (
    Confirmation,
    DeadLetter,
    Event,
    JobEvent,
    JobEventType,
    PrinterEvent,
    PrintJob,
    decode,
)
from bonfire.metrics import new_registry
from bonfire.store import Store
from bonfire.store.migrations import read_migrations
from bonfire.tasks import Tasks
from bonfire.teller import LANE
from bonfire.testing import FakeClock
from print_agent.intake import Intake
from print_agent.journal import MIGRATIONS, Journal
from print_agent.metrics import AgentMetrics
from print_agent.printers import (
    Capabilities,
    Fingerprint,
    PrinterSettings,
    Status,
    TroubleListener,
    always,
)
from print_agent.printers.fake import EPSON, Attempt, Ending, FakePrinter, FakeSession
from print_agent.probing import Pace
from print_agent.recognition import Recognition
from print_agent.reports import Reports
from print_agent.spooler import Spooler
from print_agent.ticket import Slip
from tests.support.jobs import AGENT

KITCHEN: Final = "kitchen-1"
BAR: Final = "bar-1"
UNPRINTABLE: Final = "unprintable"
LOCATION: Final = "altstadt"
UNASKED: Final = Pace()
"""Most tests look at what a ticket does; an idle printer is left alone."""


class PatientClock(FakeClock):
    """Virtual time that waits until everything else has come to rest."""

    async def settle(self) -> None:
        for _ in range(200):
            await asyncio.sleep(0)


class Disk(Store):
    """The journal's store; it commits at once, counts, and refuses when a test says so."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, read_migrations(MIGRATIONS), probe_after_s=1_000)
        self.commits = 0
        self.full = False
        self.slow: asyncio.Event | None = None
        """While set, commits wait for it."""

    def open(self) -> None:
        super().open()
        # A crash here is a copy of the files, which needs no disk: tests of the store sync.
        self._db.execute("PRAGMA synchronous=OFF")

    async def _in_thread(self, write: Callable[[], None]) -> None:
        if self.slow is not None:
            await self.slow.wait()
        if self.full:
            error = sqlite3.OperationalError("database or disk is full")
            error.sqlite_errorname = "SQLITE_FULL"
            raise error
        write()
        self.commits += 1


class WatchedSession(FakeSession):
    def __init__(self, printer: WatchedPrinter) -> None:
        super().__init__(printer)
        self._watched = printer

    async def identify(self) -> Fingerprint | None:
        self._watched.identified += 1
        return await super().identify()

    async def probe(self) -> Confirmation:
        self._watched.probed += 1
        return await super().probe()

    async def status(self) -> Status:
        await self._watched.before_status(self)
        return await super().status()

    async def examine(
        self, *, clear: bool, go_on: Callable[[], bool] = always
    ) -> Capabilities | None:
        await self._watched.before_examination(self)
        return await super().examine(clear=clear, go_on=go_on)

    async def late_word(self, process_id: bytes, wait_s: float) -> bool:
        await self._watched.before_late_word()
        return await super().late_word(process_id, wait_s)


class WatchedPrinter(FakePrinter):
    """Remembers when it was called and how often it was asked."""

    def __init__(self, settings: PrinterSettings, clock: FakeClock, **more: Any) -> None:
        super().__init__(settings, **more)
        self.tried_at: list[float] = []
        self.identified = 0
        self.probed = 0
        self.in_hand: Attempt | None = None  # also after its session was cancelled
        self.breaks: Exception | None = None  # what `print` raises, against the port's promise
        self.on_connect: Callable[[], None] = lambda: None
        self.on_first_byte: Callable[[Attempt], None] = lambda _attempt: None
        self.before_status: Callable[[FakeSession], Awaitable[None]] = _nothing
        self.before_examination: Callable[[FakeSession], Awaitable[None]] = _nothing
        self.before_late_word: Callable[[], Awaitable[None]] = _nothing
        self._clock = clock

    @property
    def numbers(self) -> list[str]:
        return [ticket.decode() for ticket in self.paper]

    async def connect(self) -> FakeSession:
        self.tried_at.append(self._clock.monotonic())
        self.on_connect()
        await super().connect()
        return WatchedSession(self)

    async def take(self, attempt: Attempt, on_trouble: TroubleListener) -> Ending:
        self.on_first_byte(attempt)
        if self.breaks is not None:
            raise self.breaks
        self.in_hand = attempt
        ending = await super().take(attempt, on_trouble)
        self.in_hand = None
        return ending


async def _nothing(*_: object) -> None:
    pass


def render(job: PrintJob, slip: Slip) -> bytes:
    """A ticket that a test can read: the order, its number, and what it may repeat."""
    if job.order.number.startswith(UNPRINTABLE):
        raise Permanent(Reason.RENDER_ERROR, "the ticket could not be rendered: ValueError")
    earlier = slip.possible_duplicate_of
    again = f" PERHAPS {earlier.number} OF {earlier.printed_at:%H:%M:%S}" if earlier else ""
    return f"{job.order.number} {slip.number}{again}".encode()


class Rig:
    """Two printers, kitchen-1 and bar-1, and all that stands between the broker and them."""

    def __init__(
        self, folder: Path, printers: Iterable[WatchedPrinter] = (), pace: Pace = UNASKED
    ) -> None:
        self.folder = folder
        self.clock = PatientClock()
        self.disk = Disk(folder / "journal.db")
        self.woken: Counter[str] = Counter()
        self.slips: list[Slip] = []
        self.journal = Journal(self.disk, AGENT, self._count_woken)
        self.printers = {p.settings.id: p for p in printers} or {
            KITCHEN: self.printer(KITCHEN),
            BAR: self.printer(BAR, fingerprint=Fingerprint("EPSON", "TM-T20III", "X5T2")),
        }
        self.registry = new_registry("print-agent")
        self.metrics = AgentMetrics(self.registry, self.printers)
        self.recognition = Recognition(self.journal, self.printers)
        self.reports = Reports(
            Identity("print-agent", AGENT, LOCATION),
            dict.fromkeys(self.printers, LOCATION),
            self.journal,
            self.clock,
            BreakerSeries(self.registry, [f"printer {name}" for name in self.printers]),
        )
        self.spoolers = {name: self._spooler(name, pace) for name in self.printers}
        self.server = MemoryServer()
        self.broker = MemoryBroker(self.server)
        self.intake = Intake(
            AGENT, self.broker, self.journal, self.spoolers, self.clock, self.metrics
        )
        self.tasks = Tasks(lambda: None)

    @property
    def kitchen(self) -> WatchedPrinter:
        return self.printers[KITCHEN]

    @property
    def bar(self) -> WatchedPrinter:
        return self.printers[BAR]

    def printer(
        self, name: str, *, fingerprint: Fingerprint | None = EPSON, **settings: Any
    ) -> WatchedPrinter:
        return WatchedPrinter(
            PrinterSettings(name, TcpAddress("192.0.2.1"), **settings),
            self.clock,
            fingerprint=fingerprint,
        )

    async def open(self) -> Rig:
        """The journal alone."""
        self.disk.open()
        await self.journal.open()
        await self.recognition.load()
        for spooler in self.spoolers.values():
            await spooler.load()
        return self

    async def start(self) -> Rig:
        """Everything, as `App` does it; broker and outbox apart."""
        await self.open()
        await self.broker.start()
        await self.broker.declare(topology.for_agents([AGENT]))
        self.spool()
        self.tasks.spawn("intake", self.intake.run, restartable=False)
        await self.settle()
        return self

    def spool(self) -> None:
        self.tasks.spawn("reports", self.reports.run)
        for spooler in self.spoolers.values():
            self.tasks.spawn(f"printer {spooler.id}", spooler.run, restartable=False)

    async def stop(self) -> None:
        """As SIGTERM does it, when the time for the ticket in hand is over."""
        await self.tasks.cancel()
        await self.disk.close()
        await self.broker.close()

    def crashed(self, folder: str = "after the crash") -> Path:
        """A folder with what would be on disk if the power went out right now."""
        there = self.folder.parent / folder
        there.mkdir()
        for name in ("journal.db", "journal.db-wal"):
            shutil.copy(self.folder / name, there / name)
        return there

    async def send(self, *jobs: PrintJob) -> None:
        """Through the broker, as the ledger does it."""
        for each in jobs:
            self.publish(each.encode())
        await self.settle()

    def publish(self, body: bytes) -> None:
        self.server.publish(Outgoing(topology.JOBS, AGENT, body))

    async def load(self, *jobs: PrintJob) -> None:
        """Into the journal and to the spoolers, which need not run."""
        for each in jobs:
            await self.intake.take(each)

    async def settle(self) -> None:
        await self.clock.settle()

    async def wait(self, seconds: float) -> None:
        await self.clock.advance(seconds)

    async def until(self, condition: Callable[[], bool]) -> None:
        for _ in range(20_000):
            if condition():
                return
            await asyncio.sleep(0)
        raise AssertionError("it did not happen")

    def rows(self, sql: str, *values: Any) -> list[sqlite3.Row]:
        """What is on disk."""
        where = f"file:{self.folder / 'journal.db'}?mode=ro"
        with closing(sqlite3.connect(where, uri=True)) as db:
            db.row_factory = sqlite3.Row
            return db.execute(sql, values).fetchall()

    def state(self, job: PrintJob) -> str:
        return str(self.cell("state", job))

    def cell(self, column: str, job: PrintJob) -> Any:
        """None also for a job that is not on disk."""
        rows = self.rows("SELECT * FROM jobs WHERE key = ?", bytes.fromhex(job.job_id))
        return rows[0][column] if rows else None

    def outcomes(self, job: PrintJob) -> list[str | None]:
        """Of its attempts, in order."""
        rows = self.rows(
            "SELECT outcome FROM attempts JOIN jobs ON jobs.id = job_id WHERE key = ?"
            " ORDER BY number",
            bytes.fromhex(job.job_id),
        )
        return [outcome for (outcome,) in rows]

    def events(self, *types: JobEventType) -> Sequence[JobEvent]:
        """Everything that was told of jobs, oldest first, or what was told of these types."""
        events = [event for event in self.all_events() if isinstance(event, JobEvent)]
        return [event for event in events if not types or event.type in types]

    def printer_events(self, printer: str = KITCHEN) -> Sequence[PrinterEvent]:
        events = [event for event in self.all_events() if isinstance(event, PrinterEvent)]
        return [event for event in events if event.printer == printer]

    def all_events(self) -> Sequence[Event]:
        told = [decode(row["body"]) for row in self.put_in(LANE)]
        events = [event for event in told if isinstance(event, Event)]
        assert len(events) == len(told)
        return events

    def dead_letters(self) -> Sequence[DeadLetter]:
        letters = [decode(row["body"]) for row in self.put_in("@dead")]
        dead = [letter for letter in letters if isinstance(letter, DeadLetter)]
        assert len(dead) == len(letters)
        return dead

    def put_in(self, lane: str) -> Sequence[sqlite3.Row]:
        """What is in the outbox, oldest first."""
        return self.rows("SELECT * FROM outbox WHERE lane = ? ORDER BY id", lane)

    def metric(self, name: str, **labels: str) -> float | None:
        return self.registry.get_sample_value(name, labels)

    def _count_woken(self, lane: str, messages: int) -> None:
        self.woken[lane] += messages

    async def _render(self, job: PrintJob, slip: Slip) -> bytes:
        self.slips.append(slip)
        return render(job, slip)

    def _spooler(self, name: str, pace: Pace) -> Spooler:
        return Spooler(
            self.printers[name],
            self.journal,
            self.recognition,
            self.reports,
            self._render,
            self.clock,
            self.metrics,
            pace,
        )
