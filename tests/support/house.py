"""A house for end-to-end tests: real processes of our services, a real broker, virtual printers."""

from __future__ import annotations

import asyncio
import json
import secrets
import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import aiohttp
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from dev_stack.ports import free_ports
from dev_stack.private_broker import PrivateBroker
from fake_wix import Event, generate_key, public_pem, webhook_body
from tests.support.checker import ExpectedTicket, Verdict, judge, read_paper
from tests.support.processes import PATIENCE_S, Processes
from virtual_printer import VirtualPrinter

ROOT: Final = Path(__file__).resolve().parents[2]
SAMPLES: Final = ROOT / "samples" / "wix"
SILENCE_S: Final = 1.0
TOKEN: Final = "test-shop-token-0123456789abcdef"
OPERATOR: Final = "test-operator-token-0123456789ab"
"""Of somebody who may look and operate at every operations port."""

_CONFIG: Final = """
[organisation]
id = "bosco"
name = "Gasthaus Bosco"
[defaults]
timezone = "Europe/Berlin"
[defaults.printer]
confirm_timeout_s = 2
[wix]
instances = ["1a57a9ce-0000-4000-8000-000000000001"]
[[locations]]
id = "altstadt"
name = "Altstadt"
agent = "{agent}"
default_station = "kitchen"
[[locations.printers]]
id = "kitchen-1"
address = "tcp://127.0.0.1:{kitchen}"
[[locations.printers]]
id = "bar-1"
address = "tcp://127.0.0.1:{bar}"
[[locations.stations]]
id = "kitchen"
name = "KÜCHE"
printer = "kitchen-1"
[[locations.stations]]
id = "bar"
name = "BAR"
printer = "bar-1"
[[locations.routes]]
sections = ["5ec00003-0000-4000-8000-000000000003"]
stations = ["bar"]
"""


def sample(name: str) -> dict[str, Any]:
    """One of our own Wix orders."""
    order: dict[str, Any] = json.loads((SAMPLES / f"{name}.json").read_text("utf-8"))["order"]
    return order


def kitchen_order(number: int) -> dict[str, Any]:
    """A small order of the kitchen alone, with an id and a number of its own."""
    order = deepcopy(sample("pickup-asap-cash"))
    order["id"] = str(uuid.uuid4())
    order["number"] = f"K{number}"
    order["lineItems"] = order["lineItems"][:1]
    return order


@dataclass(slots=True)
class House:
    """`start` and `kill` take the names `order-ingest` and `print-agent`."""

    directory: Path
    broker: PrivateBroker
    printers: Mapping[str, VirtualPrinter]
    http: aiohttp.ClientSession
    agent: str = field(default_factory=lambda: f"host-{secrets.token_hex(4)}")
    key: RSAPrivateKey = field(default_factory=generate_key)
    _ports: list[int] = field(default_factory=lambda: free_ports(3))
    _released: int = 0
    _processes: Processes = field(init=False)

    def __post_init__(self) -> None:
        self._processes = Processes(self.directory, self.http)

    @property
    def webhook_url(self) -> str:
        return f"http://127.0.0.1:{self._ports[0]}/webhooks/wix"

    @property
    def orders_url(self) -> str:
        return f"http://127.0.0.1:{self._ports[0]}/v1/orders"

    def ops_url(self, service: str) -> str:
        return f"http://127.0.0.1:{self._ports[1 if service == 'order-ingest' else 2]}"

    def prepare(self) -> None:
        ports = {"kitchen": self.printers["kitchen-1"].port, "bar": self.printers["bar-1"].port}
        config = _CONFIG.format(agent=self.agent, **ports)
        (self.directory / "bonfire.toml").write_text(config, "utf-8")
        (self.directory / "public.pem").write_bytes(public_pem(self.key))
        (self.directory / "tokens").write_text(f"till {TOKEN}\n")
        (self.directory / "ops-tokens").write_text(f"anna {OPERATOR} read,operate\n")

    async def declare(self) -> None:
        await self._processes.run(
            "order-ingest", "order-ingest", "declare", environment=self._environment("order-ingest")
        )

    async def start(self, service: str, *, ready: bool = True) -> None:
        await self._processes.start(service, service, environment=self._environment(service))
        if ready:
            await self.wait_ready(service)

    async def wait_ready(self, service: str) -> None:
        await self._processes.wait_ready(service, self.ops_url(service))

    def kill(self, service: str) -> None:
        """As a crash does: SIGKILL, no goodbye."""
        self._processes.kill(service)

    async def ended(self, service: str) -> int:
        """The exit code of a process that was killed or stopped."""
        return await self._processes.ended(service)

    async def stop(self, service: str) -> int:
        """SIGTERM; returns the exit code."""
        return await self._processes.stop(service)

    async def stop_all(self) -> None:
        await self._processes.stop_all()

    async def webhook(self, order: Mapping[str, Any], event: Event = Event.APPROVED) -> int:
        """Post it as Wix does; the status of the answer."""
        body = webhook_body(order, self.key, event, status="APPROVED")
        async with self.http.post(self.webhook_url, data=body) as answer:
            return answer.status

    async def hand_in(self, order: Mapping[str, Any]) -> list[ExpectedTicket]:
        """Submit it until it is answered with 2xx, as a till does; the tickets that it makes."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                with suppress(aiohttp.ClientError):  # it is away; the till comes again
                    status, answer = await self.submit(order, key=order["id"])
                    if status in (200, 201):
                        break
                await asyncio.sleep(0.05)
        self._released += 1
        return [
            ExpectedTicket(job["job_id"], job["printer"], self._released) for job in answer["jobs"]
        ]

    async def all_on_paper(self, expected: list[ExpectedTicket], patience_s: float = 30) -> Verdict:
        """Wait until none is missing; what the judge says of the paper then."""
        deadline = asyncio.get_running_loop().time() + patience_s
        while True:
            verdict = judge(expected, read_paper(self.directory / "paper"))
            if not verdict.lost or asyncio.get_running_loop().time() > deadline:
                break
            await asyncio.sleep(0.1)
        await asyncio.sleep(SILENCE_S)  # for a second copy that nobody waits for
        return judge(expected, read_paper(self.directory / "paper"))

    async def submit(self, order: Mapping[str, Any], key: str) -> tuple[int, dict[str, Any]]:
        headers = {"Authorization": f"Bearer {TOKEN}", "Idempotency-Key": key}
        async with self.http.post(self.orders_url, json=order, headers=headers) as answer:
            return answer.status, await answer.json(content_type=None)

    async def taken(self, order_id: str) -> dict[str, Any]:
        """What the ledger says of an order that came in by the API."""
        headers = {"Authorization": f"Bearer {TOKEN}"}
        async with self.http.get(f"{self.orders_url}/{order_id}", headers=headers) as answer:
            taken: dict[str, Any] = await answer.json(content_type=None)
            return taken

    async def all_jobs(self, order_id: str, state: str) -> list[dict[str, Any]]:
        """The jobs of an order that came in by the API, as soon as all are in this state."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                jobs: list[dict[str, Any]] = (await self.taken(order_id))["jobs"]
                if all(job["state"] == state for job in jobs):
                    return jobs
                await asyncio.sleep(0.05)

    async def ops(
        self, service: str, method: str, path: str, **how: Any
    ) -> tuple[int, dict[str, Any]]:
        """Ask at an operations port, as an operator."""
        url = f"{self.ops_url(service)}{path}"
        headers = {"Authorization": f"Bearer {OPERATOR}"}
        async with self.http.request(method, url, headers=headers, **how) as answer:
            return answer.status, await answer.json(content_type=None)

    async def metric(self, service: str, series: str) -> float:
        async with self.http.get(f"{self.ops_url(service)}/metrics") as answer:
            for line in (await answer.text()).splitlines():
                if line.startswith(f"{series} "):
                    return float(line.split()[-1])
        raise AssertionError(f"{service} has no series {series}")

    def log(self, service: str) -> str:
        return self._processes.log(service)

    def _environment(self, service: str) -> dict[str, str]:
        return {
            "BONFIRE_CONFIG": str(self.directory / "bonfire.toml"),
            "BONFIRE_DATA": str(self.directory / service),
            "BONFIRE_AMQP_URL": self.broker.url,
            "BONFIRE_AGENT": self.agent,
            "BONFIRE_PORT": str(self._ports[0]),
            "BONFIRE_OPS_PORT": str(self._ports[1 if service == "order-ingest" else 2]),
            "BONFIRE_WIX_PUBLIC_KEY_FILE": str(self.directory / "public.pem"),
            "BONFIRE_API_TOKENS_FILE": str(self.directory / "tokens"),
            "BONFIRE_OPS_TOKENS_FILE": str(self.directory / "ops-tokens"),
        }


@asynccontextmanager
async def open_house(
    directory: Path, broker: PrivateBroker, speed: float = 2_000.0
) -> AsyncIterator[House]:
    """A declared house with two printers, whose services are not started yet."""
    paper = directory / "paper"
    async with (
        VirtualPrinter("kitchen-1", paper_dir=paper, speed=speed) as kitchen,
        VirtualPrinter("bar-1", paper_dir=paper, speed=speed) as bar,
        aiohttp.ClientSession() as http,
    ):
        house = House(directory, broker, {"kitchen-1": kitchen, "bar-1": bar}, http)
        house.prepare()
        try:
            await house.declare()
            yield house
        finally:
            await house.stop_all()
