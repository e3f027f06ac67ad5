"""The command `order-ingest`, as an operator types it."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aio_pika
import pytest
from yarl import URL

from bonfire.messages import PrintJob, decode
from dev_stack.ports import free_ports
from order_ingest.command_line import main
from tests.support.logged import running
from tests.support.webhooks import settings_in
from tests.support.wix import SAMPLES, foreign_order, raw_line, raw_order

UNUSABLE = 78


@pytest.fixture
def config(tmp_path) -> Path:
    return settings_in(tmp_path).config


def write(folder: Path, content: Any) -> Path:
    file = folder / "order.json"
    file.write_text(content if isinstance(content, str) else json.dumps(content))
    return file


def jobs_of(capfd: pytest.CaptureFixture[str]) -> list[PrintJob]:
    jobs = [decode(line.encode()) for line in capfd.readouterr().out.splitlines()]
    return [job for job in jobs if isinstance(job, PrintJob)]


@pytest.mark.parametrize("wrapped", [True, False])
def test_jobs_shows_what_a_wix_order_would_print(tmp_path, config, capfd, wrapped):
    order = raw_order(raw_line("Spätzle"), raw_line("Cola"))
    file = write(tmp_path, {"order": order} if wrapped else order)

    assert main(["jobs", str(file), "--config", str(config)]) == 0

    kitchen, bar = jobs_of(capfd)
    assert (kitchen.station, bar.station) == ("kitchen", "bar")
    assert kitchen.order.items[0].name == "Spätzle"


@pytest.mark.parametrize("placed_at", ["2026-03-06T17:41:12Z", None])
def test_jobs_are_of_the_time_at_which_the_order_was_placed_or_of_now(
    tmp_path, config, capfd, placed_at
):
    order = {"id": "1", "number": "1", "items": [{"name": "Suppe"}], "placed_at": placed_at}
    before = datetime.now(UTC)

    assert main(["jobs", str(write(tmp_path, order)), "--config", str(config)]) == 0

    (job,) = jobs_of(capfd)
    assert job.accepted_at == job.due_at
    if placed_at:
        assert job.accepted_at == datetime.fromisoformat(placed_at)
    else:
        assert before <= job.accepted_at <= datetime.now(UTC)


def test_jobs_shows_every_document_of_an_order(tmp_path, capfd):
    config = settings_in(tmp_path, documents=True).config
    delivery = str(SAMPLES / "delivery-scheduled-paid.json")

    assert main(["jobs", delivery, "--config", str(config)]) == 0

    assert [(job.station, job.document.value) for job in jobs_of(capfd)] == [
        ("kitchen", "station"),
        ("bar", "station"),
        ("pass", "pass"),
        ("driver", "courier"),
        ("bag", "bag"),
    ]


def test_jobs_of_an_order_without_a_dish_are_none(tmp_path, config, capfd):
    apron = raw_line("Schürze")
    apron["catalogReference"] = {"appId": "215238eb-22a5-4c36-9e7b-e7c08025e04e"}

    assert main(["jobs", str(write(tmp_path, raw_order(apron))), "--config", str(config)]) == 0

    said = capfd.readouterr()
    assert said.out == ""
    assert "nothing to cook" in said.err


def test_jobs_shows_what_an_order_of_the_api_would_print(tmp_path, config, capfd):
    order = {"id": "1", "number": "1", "location": "hafen", "items": [{"name": "Suppe"}]}

    assert main(["jobs", str(write(tmp_path, order)), "--config", str(config)]) == 0

    (job,) = jobs_of(capfd)
    assert (job.location, job.station) == ("hafen", "kitchen")


@pytest.mark.parametrize("sample", sorted(SAMPLES.glob("*.json")), ids=lambda path: path.stem)
def test_jobs_reads_every_sample(config, capfd, sample):
    assert main(["jobs", str(sample), "--config", str(config)]) == 0
    assert jobs_of(capfd)


def test_jobs_reads_the_order_of_a_real_restaurant(tmp_path, config, capfd):
    real = foreign_order("ecom-restaurant-order-pickup-asap-cash.real-redacted.json")

    assert main(["jobs", str(write(tmp_path, real)), "--config", str(config)]) == 0
    assert jobs_of(capfd)[0].order.items


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("no json", "order.json"),
        ("[" * 100_000, "order.json"),
        ("[]", "body: Input should be an object"),
        ('{"id": "1", "nota": 1}', "number: Field required; nota: Extra inputs"),
        ('{"lineItems": []}', "order.id is missing"),
        ('{"id": "1", "number": "1", "location": "atlantis"}', "no location 'atlantis'"),
    ],
)
def test_jobs_says_what_is_wrong_with_an_order(tmp_path, config, capfd, content, words):
    file = write(tmp_path, content)

    assert main(["jobs", str(file), "--config", str(config)]) == UNUSABLE

    out, err = capfd.readouterr()
    assert out == ""
    assert err.startswith("order-ingest: ")
    assert words in err


def test_jobs_says_which_file_is_not_there(config, capfd):
    assert main(["jobs", "nowhere.json", "--config", str(config)]) == UNUSABLE
    assert "cannot read nowhere.json" in capfd.readouterr().err


def test_check_says_that_a_configuration_is_fine_and_names_the_print_hosts(config, capfd):
    assert main(["check", str(config)]) == 0
    assert capfd.readouterr().out.endswith("fine; print hosts: altstadt, hafen\n")


def test_check_warns_of_what_is_probably_not_meant(config, capfd):
    text = config.read_text()
    config.write_text(text.replace('stations = ["bar"]', 'stations = ["kitchen"]'))

    assert main(["check", str(config)]) == 0
    assert capfd.readouterr().out.startswith(
        'warning: location "altstadt", station "bar": no route'
    )


def test_check_warns_of_what_a_printer_cannot_do(config, capfd):
    text = config.read_text()
    address = 'address = "tcp://192.168.1.51"'
    settings = f'{address}, red = true, buzzer = "drawer"'
    config.write_text(text.replace(address, settings, 1))

    assert main(["check", str(config)]) == 0

    out = capfd.readouterr().out
    assert 'printer "bar-1": red needs technology = "impact"' in out
    assert 'printer "bar-1": this buzzer shares the cash drawer' in out


def test_check_names_every_mistake(config, capfd):
    text = config.read_text()
    config.write_text(text.replace("tcp://192.168.1.51", "usb").replace('id = "bosco"', 'id = "Ö"'))

    assert main(["check", str(config)]) == UNUSABLE

    err = capfd.readouterr().err
    assert "organisation" in err
    assert "altstadt" in err
    assert "hafen" in err


def unusable(**environment: str) -> dict[str, Any]:
    """What the log of the service says of settings with which it cannot start."""
    variables = {f"BONFIRE_{name}": value for name, value in environment.items()}
    with running("order_ingest", "serve", environment=variables) as service:
        told = service.read_until("service.unusable")
        service.process.terminate()
        assert service.end() == 0
    assert service.events == ["service.unusable", "service.stopped"]
    return told


def test_serve_without_settings_names_every_variable_once():
    told = unusable(PORT="http", OPS_PORT="0")

    assert (told["service"], told["level"]) == ("order-ingest", "CRITICAL")
    assert told["reason"] == "config_invalid"
    for name in ("BONFIRE_CONFIG", "BONFIRE_DATA", "BONFIRE_AMQP_URL", "BONFIRE_PORT"):
        assert told["detail"].count(f"{name} ") == 1


@pytest.fixture
def least(tmp_path, config) -> dict[str, str]:
    return {
        "CONFIG": str(config),
        "DATA": str(tmp_path / "data"),
        "AMQP_URL": "amqp://127.0.0.1:1/",
        "OPS_PORT": "0",
    }


def test_serve_with_a_broken_configuration_names_every_mistake_once(config, least):
    text = config.read_text()
    config.write_text(text.replace("kitchen-1", "kitchen-9", 1).replace("Europe/Berlin", "Mars"))

    told = unusable(**least)

    assert told["detail"].count("Mars") == 1
    assert '"kitchen-1"' in told["detail"]


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"WIX_PUBLIC_KEY": "nonsense"}, "The Wix public key cannot be used"),
        ({"API_TOKENS_FILE": "/nowhere"}, "/nowhere"),
        ({"AMQP_URL": "http://broker"}, "amqp://"),
        ({"LOG_LEVEL": "loud"}, "BONFIRE_LOG_LEVEL is 'loud'"),
    ],
)
def test_serve_says_which_of_its_secrets_is_unusable(least, variables, words):
    assert words in unusable(**(least | variables))["detail"]


def test_serve_says_which_port_is_taken(least):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        told = unusable(**least, PORT=str(port))

    assert f"cannot listen on 127.0.0.1:{port}" in told["detail"]


@pytest.fixture
def settled(config, tmp_path, monkeypatch) -> None:
    """The environment of `declare`, but for the broker: it needs no folder of data."""
    monkeypatch.setenv("BONFIRE_CONFIG", str(config))
    monkeypatch.delenv("BONFIRE_DATA", raising=False)
    monkeypatch.setattr("bonfire.logs.start_logging", lambda *_: None)


@pytest.fixture
async def empty_broker(rabbit_url) -> AsyncIterator[str]:
    """The URL of a broker that has nothing of ours, before and after."""
    await take_away(rabbit_url)
    yield rabbit_url
    await take_away(rabbit_url)


async def take_away(url: str) -> None:
    connection = await aio_pika.connect(url)
    async with connection, connection.channel() as channel:
        for queue in ("unroutable", "dead-letters", "events.ledger"):
            await channel.queue_delete(queue)
        for agent in ("altstadt", "hafen"):
            await channel.queue_delete(f"jobs.{agent}")
            await channel.queue_delete(f"commands.{agent}")
        for exchange in ("jobs", "commands", "events", "dead", "unroutable"):
            await channel.exchange_delete(f"bonfire.{exchange}")


async def run_main(*arguments: str) -> int:
    """`main` runs a loop of its own, so it needs a thread without one."""
    return await asyncio.to_thread(main, list(arguments))


async def test_declare_creates_what_is_missing_and_says_so(
    settled, empty_broker, monkeypatch, capfd
):
    monkeypatch.setenv("BONFIRE_AMQP_URL", empty_broker)

    assert await run_main("declare") == 0
    created = capfd.readouterr().out
    for name in ("exchange bonfire.jobs", "queue jobs.altstadt", "queue events.ledger"):
        assert name in created

    assert await run_main("declare") == 0
    assert capfd.readouterr().out == "everything exists already\n"


async def test_declare_says_what_exists_differently(settled, empty_broker, monkeypatch, capfd):
    monkeypatch.setenv("BONFIRE_AMQP_URL", empty_broker)
    connection = await aio_pika.connect(empty_broker)
    async with connection, connection.channel() as channel:
        await channel.declare_queue("jobs.altstadt", durable=True)  # a classic one

    assert await run_main("declare") == UNUSABLE
    err = capfd.readouterr().err
    assert "queue jobs.altstadt" in err


def test_declare_gives_up_on_a_broker_that_does_not_answer(settled, monkeypatch, capfd):
    (port,) = free_ports(1)
    monkeypatch.setenv("BONFIRE_AMQP_URL", f"amqp://127.0.0.1:{port}/")

    assert main(["declare", "--wait", "0.3"]) == UNUSABLE
    assert "no answer from the broker within 0.3 s" in capfd.readouterr().err


async def test_declare_says_that_the_broker_refuses_its_password(
    settled, rabbit_url, monkeypatch, capfd, caplog
):
    monkeypatch.setenv("BONFIRE_AMQP_URL", str(URL(rabbit_url).with_password("wrong")))

    assert await run_main("declare", "--wait", "1") == UNUSABLE
    told = [record.__dict__.get("detail") for record in caplog.records]
    assert "the broker refuses the user name or the password" in told
