"""A notifier of the whole: its configuration on disk, a broker, a mail sink, and people to tell."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import aiohttp

from bonfire.broker import Broker, Outgoing, topology
from bonfire.broker.memory import MemoryBroker, MemoryServer
from bonfire.chassis import ChassisSettings
from bonfire.messages import Event
from bonfire.tasks import Tasks
from mail_sink import MailSink
from notifier.app import App
from notifier.settings import Settings
from tests.support.rabbit import soon

AGENTS: Final = ("altstadt",)
TOKEN: Final = "reader-token-0123456789abcdef"
_CONFIG: Final = """
[organisation]
id = "bosco"
name = "Gasthaus Bosco"
[defaults]
timezone = "Europe/Berlin"
[[locations]]
id = "altstadt"
name = "Gasthaus Bosco Altstadt"
default_station = "kitchen"
[[locations.printers]]
id = "kitchen-1"
address = "tcp://192.168.1.50"
[[locations.stations]]
id = "kitchen"
name = "KÜCHE"
printer = "kitchen-1"
[[people]]
name = "Berta Bosco"
email = "berta@bosco.example"
[[people]]
name = "Head Chef"
email = "chef@bosco.example"
language = "en"
"""
_MAIL: Final = """
[mail]
host = "127.0.0.1"
port = {port}
tls = "none"
sender = "bonfire@bosco.example"
timeout_s = 5
"""


def settings_in(folder: Path, smtp_port: int | None, amqp_url: str = "") -> Settings:
    """Writes the files that the settings name; without a port nobody can be mailed."""
    mail = "" if smtp_port is None else _MAIL.format(port=smtp_port)
    (folder / "bonfire.toml").write_text(_CONFIG + mail, "utf-8")
    tokens = folder / "tokens"
    tokens.write_text(f"reader {TOKEN} read\n")
    return Settings(
        config=folder / "bonfire.toml",
        chassis=ChassisSettings(
            store=folder / "history.db",
            amqp_url=amqp_url,
            ops_host="127.0.0.1",
            ops_port=0,
            ops_tokens=tokens,
        ),
        smtp_password="",
        log_level="INFO",
    )


async def eventually(condition: Callable[[], Awaitable[object]], patience_s: float = 20.0) -> None:
    """Return as soon as the condition, which asks a server, holds."""
    async with asyncio.timeout(patience_s):
        while not await condition():  # noqa: ASYNC110 -- a server does not call back
            await asyncio.sleep(0.02)


@dataclass(slots=True)
class Site:
    app: App
    sender: Broker
    http: aiohttp.ClientSession
    tasks: Tasks

    async def say(self, event: Event) -> None:
        await self.say_bytes(event.encode(), event.routing_key)

    async def say_bytes(self, body: bytes, key: str = "altstadt.printer.lost") -> None:
        await self.sender.publish(Outgoing(topology.EVENTS, key, body))

    async def get(self, path: str, token: str = TOKEN) -> tuple[int, Any]:
        """The status and the JSON of a page of the operations port."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        url = f"http://127.0.0.1:{self.app.ops_port}{path}"
        async with self.http.get(url, headers=headers) as answer:
            text = await answer.text()
            return answer.status, json.loads(text) if text.startswith("{") else text

    async def rows(self, page: str) -> list[dict[str, Any]]:
        status, body = await self.get(f"/{page}")
        assert status == 200, body
        rows: list[dict[str, Any]] = body[page.partition("?")[0]]
        return rows


@asynccontextmanager
async def running(
    folder: Path, sink: MailSink | None, server: MemoryServer | None = None
) -> AsyncIterator[Site]:
    """A notifier in this process, with a broker in memory that outlives it if it is given."""
    server = server or MemoryServer()
    sender = MemoryBroker(server)
    await sender.start()
    await sender.declare(topology.for_agents(AGENTS))
    app = App(settings_in(folder, sink.port if sink else None), broker=MemoryBroker(server))
    died: list[str] = []
    tasks = Tasks(lambda: died.append("a task died for good"))
    await app.start(tasks)
    try:
        async with aiohttp.ClientSession() as http:
            site = Site(app, sender, http, tasks)
            await soon(lambda: not app.unready())
            yield site
    finally:
        await app.drain()
        await tasks.cancel()
        await app.close()
        await sender.close()
    assert not died
    assert all(state.restarts == 0 for state in tasks.states)
