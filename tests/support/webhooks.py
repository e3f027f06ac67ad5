"""A whole order-ingest for tests: its doors on loopback, a real ledger, a broker in memory."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import aiohttp
from prometheus_client.parser import text_string_to_metric_families

from bonfire.broker import HeaderValue, Outgoing, topology
from bonfire.broker.memory import MemoryBroker, MemoryConsumer, MemoryServer
from bonfire.chassis import LAST_WORDS_S, ChassisSettings
from bonfire.messages import JobEvent, JobEventType, OnPaper, PrintJob, decode
from bonfire.tasks import Tasks
from bonfire.testing import FakeClock
from fake_wix import Event, public_pem, webhook_body
from order_ingest.app import App
from order_ingest.settings import Settings
from tests.support.letters import key_of
from tests.support.rabbit import soon
from tests.support.wix import wix_key

TILL: Final = "till-token-0123456789abcdef0123"
KIOSK: Final = "kiosk-token-0123456789abcdef012"
ANNA: Final = "anna-token-0123456789abcdef0123"
"""Of somebody who may look and operate; `LOOKER` may only look."""
LOOKER: Final = "looker-token-0123456789abcdef01"
ALTSTADT: Final = "10ca0001-0000-4000-8000-000000000001"
HAFEN: Final = "10ca0002-0000-4000-8000-000000000002"


CONFIG: Final = """
[organisation]
id = "bosco"
name = "Gasthaus Bosco"
default_location = "altstadt"
[defaults]
timezone = "Europe/Berlin"
[wix]
instances = ["1a57a9ce-0000-4000-8000-000000000001"]
"""
LOCATION: Final = """
[[locations]]
id = "{id}"
name = "{id}"
wix_locations = ["{wix}"]
default_station = "kitchen"
printers = [
  {{ id = "kitchen-1", address = "tcp://192.168.1.50" }},
  {{ id = "bar-1", address = "tcp://192.168.1.51" }},
]
stations = [
  {{ id = "kitchen", name = "KÜCHE", printer = "kitchen-1" }},
  {{ id = "bar", name = "BAR", printer = "bar-1" }},{documents}
]
routes = [
  {{ items = ["Cola*"], stations = ["bar"] }},
  {{ sections = ["5ec00003-0000-4000-8000-000000000003"], stations = ["bar"] }},
]
"""


DOCUMENTS: Final = """
  { id = "pass", name = "PASS", printer = "kitchen-1", document = "pass" },
  { id = "driver", name = "FAHRER", printer = "bar-1", document = "courier" },
  { id = "bag", name = "TÜTE", printer = "bar-1", document = "bag" },"""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: Any
    """The JSON of it; the text where it is none."""
    text: str
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def reason(self) -> str:
        """Of a problem; also that it is told as problem details with a status of its own."""
        assert self.headers["Content-Type"].startswith("application/problem+json"), self.text
        assert self.body["status"] == self.status
        return str(self.body["type"]).removeprefix("urn:bonfire:problem:")


def settings_in(folder: Path, *, documents: bool = False, **changes: Any) -> Settings:
    """Settings of a house with the locations altstadt and hafen, each with its own print host.

    With `documents` both have a pass, a courier and bags beside their kitchen and bar.
    """
    folder.mkdir(exist_ok=True)
    file = folder / "bonfire.toml"
    places = {"altstadt": ALTSTADT, "hafen": HAFEN}
    file.write_text(
        CONFIG
        + "".join(
            LOCATION.format(id=id_, wix=wix, documents=DOCUMENTS if documents else "")
            for id_, wix in places.items()
        )
    )
    tokens = folder / "tokens"
    tokens.write_text(f"till {TILL}\nkiosk {KIOSK}\n")
    ops_tokens = folder / "ops-tokens"
    ops_tokens.write_text(f"anna {ANNA} read,operate\nlooker {LOOKER}\n")
    settings = Settings(
        config=file,
        chassis=ChassisSettings(
            store=folder / "data" / "ledger.db",
            amqp_url="amqp://unused",
            ops_host="127.0.0.1",
            ops_port=0,
            ops_tokens=ops_tokens,
        ),
        wix_public_key=public_pem(wix_key()).decode(),
        api_tokens=tokens,
        host="127.0.0.1",
        port=0,
        log_level="INFO",
    )
    return replace(settings, **changes)


class Ingest:
    """The service, what drives it, and what can be seen of it."""

    def __init__(self, settings: Settings, server: MemoryServer, clock: FakeClock) -> None:
        self.settings = settings
        self.server = server
        self.clock = clock
        self.sequence = 0

    async def start(self) -> None:
        self.app = App(self.settings, self.clock, MemoryBroker(self.server))
        self.tasks = Tasks(lambda: None)
        await self.app.start(self.tasks)
        self.client = aiohttp.ClientSession(f"http://127.0.0.1:{self.app.port}")

    async def stop(self) -> None:
        await self.client.close()
        draining = asyncio.create_task(self.app.drain())
        while not draining.done():  # where the broker does not take the last words, time must pass
            await self.clock.advance(LAST_WORDS_S)
            await asyncio.sleep(0.001)
        await draining
        await self.tasks.cancel()
        await self.app.close()
        assert self.tasks.dead is None

    async def restart(self, **changes: Any) -> None:
        await self.stop()
        self.settings = replace(self.settings, **changes)
        await self.start()

    async def request(self, method: str, path: str, **how: Any) -> Answer:
        async with self.client.request(method, path, **how) as response:
            text = await response.text()
            body = (
                await response.json(content_type=None) if "json" in response.content_type else text
            )
            return Answer(response.status, body, text, response.headers)

    async def post(self, body: bytes | AsyncIterator[bytes]) -> Answer:
        """To the Wix door."""
        return await self.request("POST", "/webhooks/wix", data=body)

    def webhook(
        self, order: Mapping[str, Any], event: Event | str = Event.APPROVED, **how: Any
    ) -> bytes:
        """A signed body; each has a higher sequence than the one before unless it is given."""
        self.sequence += 1
        given: dict[str, Any] = {"now": self.clock.now(), "sequence": self.sequence} | how
        return webhook_body(order, wix_key(), event, **given)

    async def wix(
        self, order: Mapping[str, Any], event: Event | str = Event.APPROVED, **how: Any
    ) -> Answer:
        return await self.post(self.webhook(order, event, **how))

    async def api(
        self, order: Any, key: str = "k-1", token: str = TILL, raw: bytes | None = None
    ) -> Answer:
        """To `/v1/orders`; `raw` instead of the order's JSON."""
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key}
        how: dict[str, Any] = {"json": order} if raw is None else {"data": raw}
        return await self.request("POST", "/v1/orders", headers=headers, **how)

    async def look_up(self, order_id: str, token: str = TILL) -> Answer:
        headers = {"Authorization": f"Bearer {token}"}
        return await self.request("GET", f"/v1/orders/{order_id}", headers=headers)

    def query(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """What is committed, seen by somebody else."""
        uri = f"file:{self.settings.chassis.store}?mode=ro"
        with closing(sqlite3.connect(uri, uri=True)) as db:
            return db.execute(statement, values).fetchall()

    def count(self, table: str) -> int:
        (row,) = self.query(f"SELECT count(*) FROM {table}")  # noqa: S608 -- a test's own word
        return int(row[0])

    def in_outbox(self) -> int:
        """Messages to print hosts in the ledger's outbox; the service's own events apart."""
        ((messages,),) = self.query("SELECT count(*) FROM outbox WHERE lane != '@events'")
        return int(messages)

    def planned(self) -> list[PrintJob]:
        """Every job in the ledger, in the order of its release."""
        jobs = [decode(body) for (body,) in self.query("SELECT body FROM jobs ORDER BY id")]
        assert all(isinstance(job, PrintJob) for job in jobs)
        return [job for job in jobs if isinstance(job, PrintJob)]

    async def published(self, count: int, agent: str = "altstadt") -> tuple[Outgoing, ...]:
        """What waits for an agent, once it is that much."""
        queue = topology.jobs_queue(agent)
        await soon(lambda: len(self.server.waiting(queue)) >= count, 3)
        assert len(self.server.waiting(queue)) == count
        return self.server.waiting(queue)

    async def metric(self, name: str, **labels: str) -> float:
        """The value of exactly this series; 0.0 is a value, a missing series fails the test."""
        url = f"http://127.0.0.1:{self.app.ops_port}/metrics"
        async with self.client.get(url) as response:
            families = text_string_to_metric_families(await response.text())
        found = {
            tuple(sorted(sample.labels.items())): sample.value
            for family in families
            for sample in family.samples
            if sample.name == name
        }
        return found[tuple(sorted(labels.items()))]

    async def refused(self, door: str, reason: str) -> float:
        return await self.metric("bonfire_requests_refused_total", door=door, reason=reason)

    async def ready(self) -> Answer:
        return await self.request("GET", f"http://127.0.0.1:{self.app.ops_port}/readyz")

    async def ops(self, method: str, path: str, token: str = ANNA, **how: Any) -> Answer:
        """To the operations port."""
        url = f"http://127.0.0.1:{self.app.ops_port}{path}"
        headers = {"Authorization": f"Bearer {token}"}
        return await self.request(method, url, headers=headers, **how)

    async def tell(self, job_id: str, type_: JobEventType, **fields: Any) -> None:
        """As an agent does; returns once the service has taken it."""
        told = {
            "event_id": "e-1",
            "at": self.clock.now(),
            "location": "altstadt",
            "agent": "altstadt",
        }
        event = JobEvent(type=type_, job_id=job_id, **(told | fields))
        await self.deliver(event.encode(), event.location)

    async def deliver(self, body: bytes, location: str = "altstadt") -> None:
        """An event from the broker; returns once the service has settled it."""
        self.server.publish(Outgoing(topology.EVENTS, f"{location}.job.told", body))
        consumer = self.app._confirmations.inbox._consumer
        assert isinstance(consumer, MemoryConsumer)
        await soon(lambda: not (self.server.waiting(topology.LEDGER_EVENTS) or consumer._held))

    async def letter(
        self,
        body: bytes,
        headers: Mapping[str, HeaderValue] | None = None,
        exchange: str = topology.DEAD,
    ) -> None:
        """A dead letter from the broker; returns once the service has taken it."""
        beside = headers or {}
        self.server.publish(Outgoing(exchange, key_of(beside), body, beside))
        await self.letters_taken()

    async def letters_taken(self) -> None:
        for queue, inbox in self.app._letters.inboxes.items():
            consumer = inbox._consumer
            assert isinstance(consumer, MemoryConsumer)
            await soon(
                lambda queue=queue, held=consumer._held: not (self.server.waiting(queue) or held)  # type: ignore[misc]
            )


def printed(**fields: Any) -> dict[str, Any]:
    return {"on_paper": OnPaper.YES, "ticket_number": "0417"} | fields


@asynccontextmanager
async def running(
    folder: Path, *, declared: bool = True, broker_away: bool = False, **changes: Any
) -> AsyncIterator[Ingest]:
    """An order-ingest that is stopped at the end, however the test ends."""
    clock = FakeClock()
    server = MemoryServer()
    if declared:
        server.declare(topology.for_agents(["altstadt", "hafen"]))
    if broker_away:
        server.stop()
    ingest = Ingest(settings_in(folder, **changes), server, clock)
    await ingest.start()
    try:
        yield ingest
    finally:
        await ingest.stop()


def as_after_a_crash(ingest: Ingest, folder: Path) -> Settings:
    """Settings over a copy of the ledger's files as they are on disk at this very moment."""
    there = ingest.settings.chassis
    shutil.copytree(there.store.parent, folder / "data")
    return replace(
        ingest.settings, chassis=replace(there, store=folder / "data" / there.store.name)
    )
