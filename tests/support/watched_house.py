"""A house with all that watches it: the notifier, Prometheus, Alertmanager and a mail server.

They run our own rules and routes, hurried: what takes minutes takes seconds here. Hurried are the
intervals of scraping, judging and mailing, how long an alert has to hold (`for`), and after how
long an order counts as unprinted. Every expression stays as it is otherwise.
"""

from __future__ import annotations

import asyncio
import json
import re
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

import aiohttp

from bonfire.alert_routes import files
from bonfire.config import load
from dev_stack.ports import HOST, free_ports
from dev_stack.private_broker import PrivateBroker
from mail_sink import Mail, MailSink
from tests.support.house import House, open_house
from tests.support.monitoring import ALERTMANAGER, PROMETHEUS, tool
from tests.support.processes import PATIENCE_S, Processes

OPERATOR: Final = "otto@bosco.example"
GUEST_ROOM: Final = "berta@bosco.example"
SOUP: Final = {"id": "order-1", "number": "K1", "items": [{"name": "Suppe"}]}
"""An order for kitchen-1."""
FIRING: Final = 'ALERTS{alertstate="firing", severity!="none"}'
SERVICES: Final = ("order-ingest", "print-agent", "notifier")

_PEOPLE: Final = """
[[people]]
name = "Berta"
email = "{berta}"
[[people]]
name = "Otto"
email = "{otto}"
role = "operator"
[mail]
host = "127.0.0.1"
port = {port}
tls = "none"
sender = "bonfire@bosco.example"
[monitoring]
grafana_url = "https://grafana.example"
runbooks_url = "https://docs.example/runbooks"
"""
# Longer than the 5 s that Prometheus takes to find its targets.
_HURRIED_RULES: Final = ((r"for: \w+", "for: 8s"), (r"> 180\b", "> 5"))
_HURRIED_SCRAPES: Final = ((r"_interval: 15s", "_interval: 1s"),)
_HURRIED_MAILS: Final = (
    (r'group_wait: "30s"', 'group_wait: "1s"'),
    (r'group_interval: "1m"', 'group_interval: "2s"'),
)


Found = TypeVar("Found")


@dataclass(slots=True)
class WatchedHouse:
    house: House
    sink: MailSink
    http: aiohttp.ClientSession
    prometheus: str  # its address

    async def ask(self, query: str) -> Sequence[Mapping[str, Any]]:
        """What Prometheus answers now. Fails the test if it does not understand."""
        url = f"{self.prometheus}/api/v1/query"
        async with self.http.get(url, params={"query": query}) as answer:
            said = await answer.json()
        assert said["status"] == "success", f"{query}: {said.get('error')}"
        if said["data"]["resultType"] == "scalar":
            return [{"value": said["data"]["result"]}]
        found: Sequence[Mapping[str, Any]] = said["data"]["result"]
        return found

    async def mail(self, reader: str, subject: str, patience_s: float = PATIENCE_S) -> Mail:
        """The first mail to this reader with this in its subject."""

        async def arrived() -> Mail | None:
            return next((m for m in self.mails_to(reader) if subject in m.subject), None)

        return await until(arrived, f"a mail {subject!r} to {reader}", patience_s)

    def mails_to(self, reader: str) -> Sequence[Mail]:
        return [mail for mail in self.sink.mails if reader in mail.recipients]


async def until(
    look: Callable[[], Awaitable[Found | None]], what: str, patience_s: float = PATIENCE_S
) -> Found:
    """Look again and again until there is something; fail the test if there never is."""
    deadline = asyncio.get_running_loop().time() + patience_s
    while asyncio.get_running_loop().time() < deadline:
        found = await look()
        if found:
            return found
        await asyncio.sleep(0.2)
    raise AssertionError(f"waited {patience_s:g} s in vain for {what}")


@asynccontextmanager
async def open_watched_house(
    directory: Path, broker: PrivateBroker, version: str = "installed"
) -> AsyncIterator[WatchedHouse]:
    """Everything runs, Prometheus has scraped each service, and nothing is wrong (any more)."""
    prometheus, alertmanager = tool("prometheus", version), _alertmanager()
    async with AsyncExitStack() as stack:
        sink = await stack.enter_async_context(MailSink())
        house = await stack.enter_async_context(open_house(directory, broker))
        config = directory / "bonfire.toml"
        people = _PEOPLE.format(berta=GUEST_ROOM, otto=OPERATOR, port=sink.port)
        config.write_text(config.read_text("utf-8") + people, "utf-8")
        notifier_port, prometheus_port, alertmanager_port = free_ports(3)
        await house.start("order-ingest")
        await house.start("print-agent")
        await _start_notifier(stack, house, notifier_port)
        addresses = {
            **{name: house.ops_url(name).removeprefix("http://") for name in SERVICES[:2]},
            "notifier": f"{HOST}:{notifier_port}",
            "alertmanager": f"{HOST}:{alertmanager_port}",
        }
        await _start(stack, directory, _alertmanager_command(directory, alertmanager, addresses))
        command = _prometheus_command(directory, prometheus, prometheus_port, addresses)
        await _start(stack, directory, command)
        url = f"http://{HOST}:{prometheus_port}"
        watched = WatchedHouse(house, sink, house.http, url)
        await until(lambda: _all_scraped(watched), "a scrape of each service")
        # The first heartbeat may have come before its printers had answered.
        await until(lambda: watched.ask("min(bonfire_fleet_printer_ready) == 1"), "ready printers")
        await until(lambda: watched.ask(f"absent({FIRING})"), "the end of what came with the start")
        sink.forget_mails()
        yield watched


async def _start_notifier(stack: AsyncExitStack, house: House, port: int) -> None:
    processes = Processes(house.directory, house.http)
    environment = {
        "BONFIRE_CONFIG": str(house.directory / "bonfire.toml"),
        "BONFIRE_DATA": str(house.directory / "notifier"),
        "BONFIRE_AMQP_URL": house.broker.url,
        "BONFIRE_OPS_PORT": str(port),
    }
    stack.push_async_callback(processes.stop_all)
    await processes.start("notifier", "notifier", environment=environment)
    await processes.wait_ready("notifier", f"http://{HOST}:{port}")


async def _all_scraped(watched: WatchedHouse) -> bool:
    try:
        return len(await watched.ask("up == 1")) == len(SERVICES)
    except aiohttp.ClientError:  # it is still starting
        return False


def _alertmanager() -> str:
    """Debian calls it otherwise than its makers."""
    return shutil.which("alertmanager") or tool("prometheus-alertmanager")


def _alertmanager_command(
    directory: Path, program: str, addresses: Mapping[str, str]
) -> Sequence[str]:
    folder = directory / "alertmanager"
    shutil.copytree(ALERTMANAGER / "templates", folder / "templates")
    for name, text in files(load(directory / "bonfire.toml")).items():
        (folder / name).write_text(text, "utf-8")
    _hurry(folder / "alertmanager.yml", _HURRIED_MAILS)
    return [
        program,
        f"--config.file={folder / 'alertmanager.yml'}",
        f"--storage.path={folder / 'data'}",
        f"--web.listen-address={addresses['alertmanager']}",
        "--cluster.listen-address=",
    ]


def _prometheus_command(
    directory: Path, program: str, port: int, addresses: Mapping[str, str]
) -> Sequence[str]:
    folder = directory / "prometheus"
    shutil.copytree(PROMETHEUS / "rules", folder / "rules")
    shutil.copy(PROMETHEUS / "prometheus.yml", folder)
    (folder / "targets").mkdir()
    for name, address in addresses.items():
        targets = [{"targets": [address]}]
        (folder / "targets" / f"{name}.json").write_text(json.dumps(targets), "utf-8")
    _hurry(folder / "prometheus.yml", _HURRIED_SCRAPES)
    for path in (folder / "rules").glob("*.yaml"):
        _hurry(path, _HURRIED_RULES)
    return [
        program,
        f"--config.file={folder / 'prometheus.yml'}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address={HOST}:{port}",
    ]


def _hurry(path: Path, changes: Sequence[tuple[str, str]]) -> None:
    text = path.read_text("utf-8")
    for pattern, hurried in changes:
        text = re.sub(pattern, hurried, text)
    path.write_text(text, "utf-8")


async def _start(stack: AsyncExitStack, directory: Path, command: Sequence[str]) -> None:
    """Run it until the end of the test."""
    with (directory / f"{Path(command[0]).name}.log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            *command, env={"TZ": "UTC"}, stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log
        )

    async def stop() -> None:
        if process.returncode is None:
            process.kill()
        await process.wait()

    stack.push_async_callback(stop)
