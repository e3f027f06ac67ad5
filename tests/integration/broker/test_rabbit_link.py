"""How the adapter connects, notices a loss, and says so."""

from __future__ import annotations

import asyncio
import logging
import random
import ssl
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from yarl import URL

from bonfire.broker import BrokerUnavailable
from bonfire.broker.rabbitmq import RabbitBroker
from bonfire.broker.rabbitmq.trouble import NAME_UNKNOWN, TLS_FAILED, WRONG_USER, WRONG_VHOST
from bonfire.clock import SystemClock
from bonfire.errors import Permanent
from dev_stack.private_broker import PrivateBroker
from tests.contract.broker.shapes import one_queue, publish_all, take_bodies, to_queue
from tests.support.rabbit import PATIENCE_S, RabbitSite, soon


def broker_at(url: str | URL) -> RabbitBroker:
    return RabbitBroker(
        str(url),
        name="link-test",
        clock=SystemClock(),
        rng=random.Random(0),  # noqa: S311 -- jitter
        most_reconnect_s=0.5,
    )


def told(caplog: pytest.LogCaptureFixture, event: str) -> list[logging.LogRecord]:
    return [record for record in caplog.records if getattr(record, "event", "") == event]


def details(caplog: pytest.LogCaptureFixture) -> set[str]:
    return {str(record.__dict__["detail"]) for record in told(caplog, "broker.lost")}


async def test_it_keeps_two_named_connections_with_a_heartbeat(
    rabbit_url: str, private_broker: PrivateBroker
) -> None:
    broker = broker_at(rabbit_url)
    await broker.start()
    await broker.wait_connected()
    listing = await asyncio.to_thread(
        private_broker.ctl, "list_connections", "timeout", "client_properties"
    )
    ours = [line for line in listing.splitlines() if "link-test" in line]
    assert len(ours) == 2
    assert all(line.startswith("10\t") for line in ours)
    assert sum("link-test publish" in line for line in ours) == 1
    assert sum("link-test consume" in line for line in ours) == 1
    await broker.close()


async def test_starting_without_a_broker_returns_at_once_and_connects_later(
    site: RabbitSite, caplog: pytest.LogCaptureFixture
) -> None:
    await site.proxy.refuse()
    broker = broker_at(site.url)
    async with asyncio.timeout(1):
        await broker.start()
    with pytest.raises(BrokerUnavailable):
        await broker.publish(to_queue(site))
    await soon(lambda: len(told(caplog, "broker.lost")) == 2)
    await asyncio.sleep(1)  # several attempts
    assert len(told(caplog, "broker.lost")) == 2
    await site.proxy.start()
    async with asyncio.timeout(PATIENCE_S):
        await broker.wait_connected()
    await broker.close()


async def test_a_loss_and_the_return_are_told_once_for_each_connection(
    site: RabbitSite, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    await site.client()
    assert len(told(caplog, "broker.connected")) == 2
    await site.stop()
    await asyncio.sleep(1)
    await site.resume()
    assert len(told(caplog, "broker.lost")) == 2
    assert len(told(caplog, "broker.regained")) == 2
    # The library's own stacks and attempts stay out of the log.
    assert all(record.name.startswith("bonfire.") for record in caplog.records)


async def test_a_wrong_password_is_told_and_tried_again(
    rabbit_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    broker = broker_at(URL(rabbit_url).with_password("wrong-secret"))
    await broker.start()
    await soon(lambda: WRONG_USER in details(caplog))
    assert not broker.connected
    await broker.close()
    assert "wrong-secret" not in caplog.text
    assert all("wrong-secret" not in str(record.__dict__) for record in caplog.records)


async def test_a_missing_vhost_is_told_and_used_once_it_exists(
    rabbit_url: str, private_broker: PrivateBroker, caplog: pytest.LogCaptureFixture
) -> None:
    broker = broker_at(URL(rabbit_url).with_path("/later"))
    await broker.start()
    await soon(lambda: WRONG_VHOST in details(caplog))
    user = URL(rabbit_url).user
    assert user is not None
    await asyncio.to_thread(private_broker.ctl, "add_vhost", "later")
    await asyncio.to_thread(
        private_broker.ctl, "set_permissions", "-p", "later", user, ".*", ".*", ".*"
    )
    async with asyncio.timeout(PATIENCE_S):
        await broker.wait_connected()
    await broker.close()
    await asyncio.to_thread(private_broker.ctl, "delete_vhost", "later")


async def test_an_unknown_host_is_told(caplog: pytest.LogCaptureFixture) -> None:
    broker = broker_at("amqp://user:secret@no-such-host.invalid/")
    await broker.start()
    await soon(lambda: NAME_UNKNOWN in details(caplog))
    await broker.close()


async def test_a_certificate_of_nobody_we_know_is_refused(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(self_signed(tmp_path))
    heard: list[bytes] = []

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.read())
        writer.close()

    server = await asyncio.start_server(listen, "127.0.0.1", 0, ssl=context)
    port = server.sockets[0].getsockname()[1]
    broker = broker_at(f"amqps://user:secret@127.0.0.1:{port}/")
    await broker.start()
    await soon(lambda: TLS_FAILED in details(caplog))
    await broker.close()
    server.close()
    await server.wait_closed()
    assert not any(heard)  # above all no password


def self_signed(directory: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=1))
        .sign(key, SHA256())
    )
    path = directory / "server.pem"
    path.write_bytes(
        certificate.public_bytes(Encoding.PEM)
        + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    return path


@pytest.mark.parametrize("url", ["http://host/", "amqp:", "host:5672"])
async def test_an_impossible_url_is_a_permanent_error(url: str) -> None:
    with pytest.raises(Permanent, match="amqp://"):
        broker_at(url)


async def test_a_peer_that_went_silent_is_noticed_and_left(
    site: RabbitSite, caplog: pytest.LogCaptureFixture
) -> None:
    """A heartbeat of one second is given up after six: three times (heartbeat + 1)."""
    broker = await site.client(publish_timeout_s=0.5, heartbeat_s=1)
    await broker.declare(one_queue(site))
    consumer = await broker.consume(site.name("queue"), 1)
    site.proxy.stall()
    stalled = time.monotonic()
    await soon(lambda: not broker.connected and not consumer.active, patience_s=15)
    assert 4 < time.monotonic() - stalled < 12
    site.proxy.resume()
    async with asyncio.timeout(15):
        await broker.wait_connected()
    await soon(lambda: consumer.active)
    await publish_all(broker, site, b"a")
    assert await take_bodies(consumer, 1) == [b"a"]


async def test_closing_does_not_wait_for_a_peer_that_went_silent(site: RabbitSite) -> None:
    broker = await site.client()
    await broker.declare(one_queue(site))
    await broker.consume(site.name("queue"), 1)
    site.proxy.stall()
    async with asyncio.timeout(PATIENCE_S):
        await broker.close()
    assert not broker.connected


async def test_closing_ends_the_attempts_to_connect(site: RabbitSite) -> None:
    await site.proxy.refuse()
    broker = broker_at(site.url)
    await broker.start()
    async with asyncio.timeout(1):
        await broker.close()
    await broker.close()
