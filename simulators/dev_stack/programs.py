"""Which processes a local Bonfire consists of, and what each is told."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from dev_stack.house import House
from dev_stack.ports import HOST
from dev_stack.private_broker import (
    BrokerMissing,
    foreground_command,
    is_installed,
    private_url,
)
from dev_stack.stand_ins import AGENT
from dev_stack.supervision import Program


def command(name: str) -> str:
    """An entry point of this distribution, beside the Python that runs us."""
    beside = Path(sys.executable).with_name(name)
    found = str(beside) if beside.exists() else shutil.which(name)
    if found is None:
        raise FileNotFoundError(f"{name} is not installed; run `make install`")
    return found


def broker_url(house: House) -> str:
    return os.environ.get("BONFIRE_AMQP_URL") or private_url(
        house.directory / "broker", house.broker_port
    )


def own_broker() -> bool:
    return not os.environ.get("BONFIRE_AMQP_URL")


def common_environment(house: House, service: str) -> dict[str, str]:
    return {
        "BONFIRE_CONFIG": str(house.config),
        "BONFIRE_DATA": str(house.directory / "data" / service),
        "BONFIRE_AMQP_URL": broker_url(house),
        "BONFIRE_OPS_PORT": str(house.ops_ports[service]),
        "BONFIRE_OPS_TOKENS_FILE": str(house.ops_tokens),
    }


def ingest_environment(house: House) -> dict[str, str]:
    return {
        **common_environment(house, "order-ingest"),
        "BONFIRE_PORT": str(house.public_port),
        "BONFIRE_WIX_PUBLIC_KEY_FILE": str(house.keys / "public.pem"),
        "BONFIRE_API_TOKENS_FILE": str(house.tokens),
    }


def programs(house: House) -> Sequence[Program]:
    """In the order of their start. Raises `BrokerMissing` when nothing here can be the broker."""
    agent = {
        **common_environment(house, "print-agent"),
        "BONFIRE_AGENT": AGENT,
    }
    notifier = common_environment(house, "notifier")
    broker = [_broker(house)] if own_broker() else []
    return [
        *broker,
        Program("virtual-printer", _virtual_printer(house), priority=20),
        Program("mail-sink", _mail_sink(house), priority=20),
        Program("print-agent", [command("print-agent")], agent, priority=30),
        Program("notifier", [command("notifier")], notifier, priority=30),
        Program("order-ingest", [command("order-ingest")], ingest_environment(house), priority=40),
    ]


def _broker(house: House) -> Program:
    directory = house.directory / "broker"
    if is_installed():
        argv, environment = foreground_command(directory, house.broker_port)
        return Program("broker", argv, environment, priority=10)
    if shutil.which("docker") is None:
        raise BrokerMissing(
            "neither RabbitMQ nor Docker is installed; `make install` installs RabbitMQ on Debian,"
            " or name a broker that runs in BONFIRE_AMQP_URL"
        )
    user, password = private_url(directory, 0).split("//")[1].split("@")[0].split(":")
    publish = f"{HOST}:{house.broker_port}:5672"
    login = ["-e", f"RABBITMQ_DEFAULT_USER={user}", "-e", f"RABBITMQ_DEFAULT_PASS={password}"]
    argv = ["docker", "run", "--rm", "--name", f"bonfire-{house.base_port}", "-p", publish]
    return Program("broker", [*argv, *login, "rabbitmq:4"], priority=10)


def _virtual_printer(house: House) -> Sequence[str]:
    printers = [
        argument for printer in house.printers for argument in ("--printer", printer.argument)
    ]
    place = ["--paper", str(house.paper), "--control", str(house.paper_port)]
    return [command("virtual-printer"), "serve", *printers, *place]


def _mail_sink(house: House) -> Sequence[str]:
    ports = ["--smtp", str(house.smtp_port), "--control", str(house.mails_port)]
    return [command("mail-sink"), "serve", *ports]
