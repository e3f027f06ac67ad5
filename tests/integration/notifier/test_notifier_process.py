"""The notifier as a process on a real broker, killed and started again."""

from __future__ import annotations

import asyncio
import json
import random
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from yarl import URL

from bonfire.broker import Outgoing, topology
from bonfire.broker.rabbitmq import RabbitBroker
from bonfire.clock import SystemClock
from bonfire.messages import Event
from dev_stack.ports import free_ports
from dev_stack.private_broker import PrivateBroker
from mail_sink import MailSink
from tests.support.notifier_site import AGENTS, eventually, settings_in
from tests.support.notifying import heartbeat, printer_event, printer_state
from tests.support.processes import Processes


class Vhost:
    """An organisation of its own on the shared broker; the notifier's user may do what it must."""

    def __init__(self, broker: PrivateBroker) -> None:
        self.name = f"notifier-{secrets.token_hex(4)}"
        self._broker = broker
        broker.ctl("add_vhost", self.name)
        owner = str(URL(broker.url).user)
        broker.ctl("set_permissions", "-p", self.name, owner, ".*", ".*", ".*")
        broker.ctl("add_user", self.name, "secret")
        may = topology.permissions_of_notifier()
        broker.ctl(
            "set_permissions", "-p", self.name, self.name, may.configure, may.write, may.read
        )
        broker.ctl(
            "set_topic_permissions", "-p", self.name, self.name, topology.EVENTS, may.topics, ".*"
        )
        self.owner_url = str(URL(broker.url).with_path(f"/{self.name}"))
        self.url = str(URL(self.owner_url).with_user(self.name).with_password("secret"))

    def delete(self) -> None:
        self._broker.ctl("delete_vhost", self.name)
        self._broker.ctl("delete_user", self.name)


class Host:
    """One notifier process, the events that reach it, and the mails that leave it."""

    def __init__(self, processes: Processes, sender: RabbitBroker, sink: MailSink) -> None:
        self._processes = processes
        self._sender = sender
        self.sink = sink
        self.environment: dict[str, str] = {}
        self.ops_url = ""

    async def start(self) -> None:
        await self._processes.start("notifier", "notifier", environment=self.environment)

    async def ready(self) -> None:
        await self._processes.wait_ready("notifier", self.ops_url)

    async def kill(self) -> None:
        self._processes.kill("notifier")
        await self._processes.ended("notifier")

    async def stop(self) -> int:
        return await self._processes.stop("notifier")

    async def say(self, event: Event) -> None:
        message = Outgoing(topology.EVENTS, event.routing_key, event.encode())
        await self._sender.publish(message)

    def logged(self) -> list[str]:
        """The events of its log so far."""
        lines = self._processes.log("notifier").splitlines()
        return [json.loads(line).get("event", "") for line in lines]

    async def problems(self) -> tuple[int, str]:
        try:
            async with self._processes.http.get(f"{self.ops_url}/readyz") as answer:
                return answer.status, await answer.text()
        except aiohttp.ClientError:
            return 0, ""


@asynccontextmanager
async def hosted(folder: Path, vhost: Vhost) -> AsyncIterator[Host]:
    sender = RabbitBroker(
        vhost.owner_url,
        name="sender",
        clock=SystemClock(),
        rng=random.Random(0),  # noqa: S311 -- jitter
    )
    await sender.start()
    await sender.wait_connected()
    await sender.declare(topology.for_agents(AGENTS))
    async with MailSink() as sink, aiohttp.ClientSession() as http:
        host = Host(Processes(folder, http), sender, sink)
        (port,) = free_ports(1)
        host.ops_url = f"http://127.0.0.1:{port}"
        host.environment = {
            "BONFIRE_CONFIG": str(settings_in(folder, sink.port).config),
            "BONFIRE_DATA": str(folder / "data"),
            "BONFIRE_AMQP_URL": vhost.url,
            "BONFIRE_OPS_PORT": str(port),
        }
        try:
            yield host
        finally:
            await host._processes.stop_all()
            await sender.close()


@pytest.fixture
async def host(tmp_path: Path, private_broker: PrivateBroker) -> AsyncIterator[Host]:
    vhost = Vhost(private_broker)
    async with hosted(tmp_path, vhost) as host:
        yield host
    vhost.delete()


async def test_a_print_host_without_paper_is_a_mail_and_one_when_the_paper_is_back(host: Host):
    await host.start()
    await host.ready()
    await host.say(heartbeat(printer_state(ready=False, reason="paper_out")))
    await host.say(printer_event())
    mails = await host.sink.wait_for_mails(2)
    assert all("KITCHEN-1" in mail.subject for mail in mails)
    await host.say(printer_event(type_="printer.back"))  # type: ignore[arg-type]
    mails = await host.sink.wait_for_mails(4, timeout_s=40)
    assert "druckt wieder" in "".join(mail.subject for mail in mails)
    assert await host.stop() == 0
    assert "topology.missing" not in host.logged()


async def test_a_mail_whose_answer_was_lost_with_the_process_is_the_same_mail_again(host: Host):
    """Killed between the server's taking it and our writing that down."""
    await host.start()
    await host.ready()
    await host.sink.set_fault("hang")
    await host.say(printer_event())
    await host.sink.wait_for_mails(1)
    await host.kill()
    await host.sink.clear_fault()
    await host.start()
    mails = await host.sink.wait_for_mails(3)
    first, *rest = [mail.message_id for mail in mails]
    assert rest.count(first) == 1
    assert len({*rest}) == 2


async def test_events_told_while_it_was_away_are_told_when_it_is_back(host: Host):
    await host.start()
    await host.ready()
    assert await host.stop() == 0
    for _ in range(3):
        await host.say(event := printer_event())
    await host.say(event)
    await host.start()
    await host.sink.wait_for_mails(2)
    await asyncio.sleep(0.5)
    assert len(host.sink.mails) == 2  # one printer, one trouble, two people


async def test_a_password_that_cannot_be_read_keeps_it_up_and_unready_until_it_can(
    host: Host, tmp_path: Path
):
    password = tmp_path / "password"
    host.environment["BONFIRE_SMTP_PASSWORD_FILE"] = str(password)
    await host.start()

    async def says_so() -> bool:
        status, text = await host.problems()
        return status == 503 and "BONFIRE_SMTP_PASSWORD_FILE" in text

    await eventually(says_so)
    password.write_text("s3cret")
    await host.ready()
    assert await host.stop() == 0
    assert host.logged().count("service.unusable") == 1
