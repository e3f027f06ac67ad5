"""Where everything of one local Bonfire is: its directory, its ports, its addresses."""

from __future__ import annotations

import re
import secrets
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dev_stack.ports import HOST, require_free
from dev_stack.stand_ins import (
    NotOnOneMachine,
    StandIn,
    in_their_place,
    require_in_their_place,
    stand_ins,
)

DEFAULT_BASE_PORT: Final = 8700
BASE_PORTS: Final = range(1, 65_001)
"""Base ports that leave room for the ports above them."""
MONITORING: Final = ("prometheus", "alertmanager")
"""The programs that may be left out."""
_MAIL: Final = """\
[mail]
host = "{host}"
port = {port}
tls = "none"
sender = "bonfire@bosco.example"
"""


@dataclass(frozen=True, slots=True)
class House:
    """One base port moves all ports, and with them the directory: houses stand side by side."""

    root: Path
    base_port: int = DEFAULT_BASE_PORT

    @property
    def directory(self) -> Path:
        return self.root / "var" / f"run-{self.base_port}"

    @property
    def paper(self) -> Path:
        return self.directory / "paper"

    @property
    def logs(self) -> Path:
        return self.directory / "log"

    @property
    def config(self) -> Path:
        return self.directory / "bonfire.toml"

    @property
    def keys(self) -> Path:
        return self.directory / "keys"

    @property
    def tokens(self) -> Path:
        return self.directory / "tokens"

    @property
    def ops_tokens(self) -> Path:
        """Of those who may see and do what order-ingest, print-agent and notifier offer."""
        return self.directory / "ops-tokens"

    @property
    def public_port(self) -> int:
        return self.base_port

    @property
    def ingest_ops_port(self) -> int:
        return self.base_port + 1

    @property
    def agent_ops_port(self) -> int:
        return self.base_port + 2

    @property
    def paper_port(self) -> int:
        return self.base_port + 3

    @property
    def notifier_ops_port(self) -> int:
        return self.base_port + 4

    @property
    def ops_ports(self) -> dict[str, int]:
        """By service."""
        return {
            "order-ingest": self.ingest_ops_port,
            "print-agent": self.agent_ops_port,
            "notifier": self.notifier_ops_port,
        }

    @property
    def smtp_port(self) -> int:
        return self.base_port + 5

    @property
    def mails_port(self) -> int:
        return self.base_port + 6

    @property
    def monitoring_ports(self) -> dict[str, int]:
        return {name: self.base_port + 7 + place for place, name in enumerate(MONITORING)}

    @property
    def broker_port(self) -> int:
        return self.base_port + 9

    @property
    def example(self) -> Path:
        return self.root / "bonfire.example.toml"

    @property
    def printers(self) -> Sequence[StandIn]:
        """Of the example. Raises `ConfigError` and `NotOnOneMachine`."""
        return stand_ins(self.example, self.base_port + 10)

    @property
    def webhook_url(self) -> str:
        return f"http://{HOST}:{self.public_port}/webhooks/wix"

    @property
    def paper_url(self) -> str:
        return f"http://{HOST}:{self.paper_port}/"

    @property
    def mails_url(self) -> str:
        return f"http://{HOST}:{self.mails_port}/"

    def monitoring_url(self, program: str) -> str:
        return f"http://{HOST}:{self.monitoring_ports[program]}"

    def prepare(self, *, own_broker: bool, monitoring: bool) -> None:
        """An empty directory with a configuration for this machine, and no printer elsewhere.

        Raises `PortTaken`, `ConfigError` and `NotOnOneMachine`.
        """
        for port, purpose in self._purposes(own_broker, monitoring).items():
            other = self.base_port + 100
            require_free(port, purpose, f"move all ports with: make run BASE_PORT={other}")
        shutil.rmtree(self.directory, ignore_errors=True)
        for directory in (self.paper, self.logs):
            directory.mkdir(parents=True)
        self._write_config()
        _write_secret(self.tokens, f"demo-shop {secrets.token_urlsafe(32)}\n")
        _write_secret(self.ops_tokens, f"demo-operator {secrets.token_urlsafe(32)} read,operate\n")

    def _purposes(self, own_broker: bool, monitoring: bool) -> dict[int, str]:
        """What each port is for."""
        purposes = {
            self.public_port: "the webhook",
            **{port: f"{service}'s operations" for service, port in self.ops_ports.items()},
            self.paper_port: "the virtual printers' page",
            self.smtp_port: "the mail sink",
            self.mails_port: "the mail sink's page",
            **{one.port: f"the virtual printer {one.name}" for one in self.printers},
        }
        if monitoring:
            purposes |= {port: name.title() for name, port in self.monitoring_ports.items()}
        if own_broker:
            purposes[self.broker_port] = "RabbitMQ"
        return purposes

    def _write_config(self) -> None:
        printers = self.printers
        text = in_their_place(self.example.read_text("utf-8"), printers)
        mail = _MAIL.format(host=HOST, port=self.smtp_port)
        text, found = re.subn(r"(?m)^\[mail\]\n(?:[^\[\n].*\n|\n)*", mail, text)
        if found != 1:
            raise NotOnOneMachine("bonfire.example.toml does not have [mail] once")
        self.config.write_text(text, "utf-8")
        require_in_their_place(self.config, printers)


def _write_secret(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.write_text(text)
