"""`make run` as a user has it: one command, an order, its tickets, and nothing left behind."""

from __future__ import annotations

import json
import os
import signal
import socket
from pathlib import Path

import pytest

import dev_stack.private_broker
from bonfire.config import load
from bonfire.tokens import Tokens
from dev_stack.house import House
from dev_stack.monitoring import has_monitoring, missing
from dev_stack.private_broker import BrokerMissing, is_installed
from dev_stack.programs import programs
from tests.support.house import ROOT, SAMPLES, sample
from tests.support.local_run import (
    assert_nothing_runs,
    free_base_port,
    said_until_end,
    start_and_wait_until_it_stays,
    start_house,
    wait_until_nothing_runs,
)
from tests.support.rabbit import lacking


async def test_one_run_shows_the_tickets_of_both_printers_and_leaves_nothing_running():
    base_port = free_base_port()
    process = await start_house(base_port, "--once")
    said = await said_until_end(process)
    assert process.returncode == 0, said
    for words in ("kitchen-1", "Käsespätzle", "bar-1", "Nussallergie", "#0001  job"):
        assert words in said
    for printer in ("kitchen-1", "bar-1"):
        picture = ROOT / "var" / f"run-{base_port}" / "paper" / printer / "000001.png"
        assert str(picture) in said
        assert picture.read_bytes().startswith(b"\x89PNG")
    assert_nothing_runs(base_port)


async def test_a_run_goes_on_until_it_is_stopped_and_then_stops_everything():
    base_port = free_base_port()
    process = await start_and_wait_until_it_stays(base_port)
    process.send_signal(signal.SIGINT)
    said = await said_until_end(process)
    assert "Everything has stopped." in said
    assert process.returncode == 0
    assert_nothing_runs(base_port)


async def test_nothing_outlives_a_run_that_is_killed():
    base_port = free_base_port()
    process = await start_and_wait_until_it_stays(base_port)
    process.kill()
    await said_until_end(process)
    await wait_until_nothing_runs(base_port)


async def test_nothing_outlives_a_supervisor_that_is_killed():
    base_port = free_base_port()
    process = await start_and_wait_until_it_stays(base_port)
    supervisor = ROOT / "var" / f"run-{base_port}" / "supervisord.pid"
    os.kill(int(supervisor.read_text()), signal.SIGKILL)
    said = await said_until_end(process)
    assert process.returncode == 1
    assert "the supervisor ended by itself" in said
    await wait_until_nothing_runs(base_port)


async def test_a_taken_port_is_named_with_what_to_do():
    base_port = free_base_port()
    with socket.socket() as other:
        other.bind(("127.0.0.1", base_port + 3))
        other.listen()
        process = await start_house(base_port, "--once")
        said = await said_until_end(process)
    assert process.returncode == 1
    assert f"port {base_port + 3} (the virtual printers' page) is taken" in said
    assert "make run BASE_PORT=" in said


@pytest.mark.parametrize("base_port", ["0", "65001", "99999", "-1", "many"])
async def test_a_base_port_that_is_none_is_refused_in_words(base_port):
    process = await start_house(base_port)
    said = await said_until_end(process)
    assert process.returncode == 2
    assert f"{base_port} is no port from 1 to 65000" in said
    assert "Traceback" not in said


async def test_a_run_without_monitoring_needs_and_names_none_of_it():
    base_port = free_base_port()
    process = await start_house(base_port, "--once", "--no-monitoring")
    said = await said_until_end(process)
    assert process.returncode == 0, said
    assert "Prometheus" not in said
    assert not (ROOT / "var" / f"run-{base_port}" / "prometheus").exists()


def test_a_machine_without_prometheus_is_told_once_and_goes_on(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert has_monitoring() is False
    assert "no alerts, because this machine has no Prometheus and Alert" in capsys.readouterr().out


def test_alertmanager_is_found_by_debians_name_and_by_its_own(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    for name, lacking_then in (("prometheus", ["alertmanager"]), ("alertmanager", [])):
        (tmp_path / name).touch(mode=0o755)
        assert missing() == lacking_then
    (tmp_path / "alertmanager").rename(tmp_path / "prometheus-alertmanager")
    assert missing() == []


def _house_of_the_example(root: Path) -> House:
    house = House(root, free_base_port())
    house.example.write_bytes((ROOT / "bonfire.example.toml").read_bytes())
    return house


def test_the_mails_of_a_house_go_to_its_own_sink_and_to_nobody_else(tmp_path):
    house = _house_of_the_example(tmp_path)
    house.prepare(own_broker=True, monitoring=True)
    mail = load(house.config).mail
    assert mail is not None
    assert (mail.host, mail.port, mail.tls) == ("127.0.0.1", house.smtp_port, "none")
    assert mail.username == ""
    for secret in (house.tokens, house.ops_tokens):
        assert secret.stat().st_mode & 0o077 == 0
    owner = Tokens.read(house.ops_tokens, scoped=True).find(
        f"Bearer {house.ops_tokens.read_text().split()[1]}"
    )
    assert owner is not None
    assert owner.scopes == {"read", "operate"}


def test_an_ordinary_user_gets_the_installed_broker_without_sbin_in_the_path(tmp_path, monkeypatch):
    if not is_installed():
        lacking("RabbitMQ is not installed")
    monkeypatch.delenv("BONFIRE_AMQP_URL", raising=False)
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    house = _house_of_the_example(tmp_path)
    broker, *_ = programs(house)
    assert "dev_stack.private_broker" in broker.command


def test_a_machine_without_any_broker_is_told_at_once(tmp_path, monkeypatch):
    monkeypatch.delenv("BONFIRE_AMQP_URL", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(dev_stack.private_broker, "_SCRIPTS", tmp_path)
    with pytest.raises(BrokerMissing, match="neither RabbitMQ nor Docker"):
        programs(House(tmp_path))


@pytest.mark.parametrize(
    ("content", "complaint"),
    [("{", "cannot read"), (json.dumps({"lineItems": []}), "order.id")],
)
async def test_an_order_file_that_is_none_is_refused_in_words(tmp_path, content, complaint):
    file = tmp_path / "order.json"
    file.write_text(content)
    process = await start_house(free_base_port(), "--once", "--order", str(file))
    said = await said_until_end(process)
    assert process.returncode == 1
    assert complaint in said
    assert "Traceback" not in said


async def test_an_order_with_nothing_to_cook_says_so(tmp_path):
    order = sample("mixed-cart")
    order["lineItems"] = [
        line
        for line in order["lineItems"]
        if line.get("catalogReference", {}).get("appId", "").startswith("215238eb")
    ]
    assert order["lineItems"], f"{SAMPLES}/mixed-cart.json has no shop goods"
    file = tmp_path / "order.json"
    file.write_text(json.dumps(order))
    process = await start_house(free_base_port(), "--once", "--order", str(file))
    said = await said_until_end(process)
    assert process.returncode == 0, said
    assert "nothing for a kitchen in this order" in said
