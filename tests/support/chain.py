"""A chain of restaurants for end-to-end tests: one hub, a print host in each restaurant.

Each print host has a broker user of its own, with the permissions that operators give it.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import aiohttp
from yarl import URL

from bonfire.broker import topology
from dev_stack.ports import HOST, free_ports
from dev_stack.private_broker import PrivateBroker
from tests.support.checker import ExpectedTicket, PaperSlip, Verdict, judge, read_paper
from tests.support.house import SILENCE_S, TOKEN
from tests.support.processes import PATIENCE_S, Processes
from virtual_printer import VirtualPrinter

_HEAD: Final = """
[organisation]
id = "bosco"
name = "Bosco"
default_location = "{default}"
[defaults]
timezone = "Europe/Berlin"
"""
_LOCATION: Final = """
[[locations]]
id = "{id}"
name = "Bosco {id}"
[[locations.printers]]
id = "kitchen-{id}"
address = "tcp://127.0.0.1:{port}"
[[locations.stations]]
id = "kitchen"
name = "KÜCHE"
printer = "kitchen-{id}"
"""


@dataclass(slots=True)
class Chain:
    """`locations` are print hosts as well: each restaurant's agent has the restaurant's id."""

    directory: Path
    broker: PrivateBroker
    locations: Sequence[str]
    printers: Mapping[str, VirtualPrinter]
    http: aiohttp.ClientSession
    processes: Processes = field(init=False)
    _ports: list[int] = field(init=False)
    _vhost: str = field(default_factory=lambda: f"chain-{secrets.token_hex(4)}")
    _released: int = 0

    def __post_init__(self) -> None:
        self.processes = Processes(self.directory, self.http)
        self._ports = free_ports(2 + len(self.locations))

    def prepare(self) -> None:
        tables = [_LOCATION.format(id=one, port=self.printers[one].port) for one in self.locations]
        text = _HEAD.format(default=self.locations[0]) + "".join(tables)
        (self.directory / "bonfire.toml").write_text(text, "utf-8")
        (self.directory / "tokens").write_text(f"till {TOKEN}\n")

    async def start_hub(self) -> None:
        hub = {
            **self._environment("hub", str(self._url), self._ports[1]),
            "BONFIRE_PORT": str(self._ports[0]),
            "BONFIRE_API_TOKENS_FILE": str(self.directory / "tokens"),
        }
        await self.processes.run("declare", "order-ingest", "declare", environment=hub)
        await self.processes.start("hub", "order-ingest", environment=hub)
        await self.processes.wait_ready("hub", f"http://{HOST}:{self._ports[1]}")

    async def start_agent(self, agent: str, *, user: str = "") -> None:
        """With the broker user of this print host, or with another one's."""
        port = self._ports[2 + self.locations.index(agent)]
        environment = {
            **self._environment(agent, self.url_of(user or agent), port),
            "BONFIRE_AGENT": agent,
        }
        await self.processes.start(agent, "print-agent", environment=environment)
        if not user:
            await self.processes.wait_ready(agent, f"http://{HOST}:{port}")

    async def found(self) -> None:
        """A virtual host of its own on the broker, with a user for each print host."""
        file = self.directory / "definitions.json"
        file.write_text(json.dumps(self._definitions()))
        # It serves clients a moment before it takes definitions.
        await asyncio.to_thread(self.broker.ctl, "await_startup")
        await asyncio.to_thread(self.broker.ctl, "import_definitions", str(file))

    def url_of(self, agent: str) -> str:
        return str(self._url.with_user(agent).with_password(f"secret-of-{agent}"))

    async def order(self, location: str, number: int) -> list[ExpectedTicket]:
        """Hand in a small order for one restaurant; the tickets that it makes."""
        order = {
            "id": f"{location}-{number}",
            "number": f"{location[0].upper()}{number}",
            "location": location,
            "items": [{"name": "Suppe"}],
        }
        headers = {
            "Authorization": f"Bearer {TOKEN}",
            "Idempotency-Key": f"{location}-{number}",
        }
        url = f"http://{HOST}:{self._ports[0]}/v1/orders"
        async with self.http.post(url, json=order, headers=headers) as answer:
            body = await answer.json(content_type=None)
            assert answer.status == 201, body
        self._released += 1
        return [
            ExpectedTicket(job["job_id"], job["printer"], self._released) for job in body["jobs"]
        ]

    async def states_of(self, location: str, number: int) -> list[str]:
        """How far the tickets of an order are, as the hub tells the shop."""
        url = f"http://{HOST}:{self._ports[0]}/v1/orders/{location}-{number}"
        headers = {"Authorization": f"Bearer {TOKEN}"}
        async with self.http.get(url, headers=headers) as answer:
            assert answer.status == 200, await answer.text()
            return [job["state"] for job in (await answer.json())["jobs"]]

    async def on_paper(self, expected: Sequence[ExpectedTicket]) -> Verdict:
        """Wait until none is missing; what the judge says of all the paper then."""
        deadline = asyncio.get_running_loop().time() + PATIENCE_S
        while judge(expected, self._slips()).lost:
            if asyncio.get_running_loop().time() > deadline:
                break
            await asyncio.sleep(0.1)
        await asyncio.sleep(SILENCE_S)  # for a second copy that nobody waits for
        return judge(expected, self._slips())

    def _slips(self) -> list[PaperSlip]:
        return read_paper(self.directory / "paper")

    @property
    def _url(self) -> URL:
        return URL(self.broker.url).with_path(f"/{self._vhost}")

    def _definitions(self) -> dict[str, Any]:
        """In the form of the broker's own exports."""
        here = {"vhost": self._vhost}
        everything = {"configure": ".*", "write": ".*", "read": ".*"}
        hosts = {one: topology.permissions_of_agent(one, [one]) for one in self.locations}
        return {
            "vhosts": [{"name": self._vhost}],
            "users": [
                {"name": host, "password": f"secret-of-{host}", "tags": ""} for host in hosts
            ],
            "permissions": [
                {"user": self._url.user, **here, **everything},
                *(
                    {"user": host, **here, "configure": may.configure, "write": may.write}
                    | {"read": may.read}
                    for host, may in hosts.items()
                ),
            ],
            "topic_permissions": [
                {"user": host, **here, "exchange": exchange, "write": may.topics, "read": ".*"}
                for host, may in hosts.items()
                for exchange in topology.BY_TOPIC
            ],
        }

    def _environment(self, name: str, amqp_url: str, ops_port: int) -> dict[str, str]:
        return {
            "BONFIRE_CONFIG": str(self.directory / "bonfire.toml"),
            "BONFIRE_DATA": str(self.directory / "data" / name),
            "BONFIRE_AMQP_URL": amqp_url,
            "BONFIRE_OPS_PORT": str(ops_port),
        }


@asynccontextmanager
async def open_chain(
    directory: Path, broker: PrivateBroker, locations: Sequence[str]
) -> AsyncIterator[Chain]:
    """A chain with a printer in each restaurant, whose hub runs; the print hosts do not yet."""
    async with AsyncExitStack() as stack:
        paper = directory / "paper"
        printers = {
            one: await stack.enter_async_context(
                VirtualPrinter(f"kitchen-{one}", paper_dir=paper, speed=2_000.0)
            )
            for one in locations
        }
        http = await stack.enter_async_context(aiohttp.ClientSession())
        chain = Chain(directory, broker, locations, printers, http)
        stack.push_async_callback(chain.processes.stop_all)
        chain.prepare()
        await chain.found()
        await chain.start_hub()
        yield chain
