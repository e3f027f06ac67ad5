"""What is measured: a business with eight restaurants, its broker, and where everything is."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from bench.orders import wix_location
from bench.processes import Running, running
from dev_stack.ports import HOST, free_ports, speaks_amqp
from dev_stack.private_broker import foreground_command, private_url
from dev_stack.programs import command
from fake_wix import generate_key, public_pem
from fake_wix.events import INSTANCE_ID

LOCATIONS: Final = 8
AGENTS: Final = tuple(f"site-{number}" for number in range(1, LOCATIONS + 1))
# So that the agent hangs up between two orders, as it does where orders are minutes apart, and
# an order pays for its own connection to the printer.
IDLE_CLOSE_S: Final = 0.05
START_TIMEOUT_S: Final = 30.0
# Asking is work for who is asked.
ASK_EVERY_S: Final = 0.005

_ROOT: Final = Path(__file__).parents[1]
_HEAD: Final = """\
[organisation]
id = "bench"
name = "Bench"
default_location = "site-1"

[defaults]
language = "de"
timezone = "Europe/Berlin"

[wix]
instances = ["{instance}"]

[mail]
host = "{host}"
port = {smtp_port}
tls = "none"
sender = "bonfire@bench.example"

[[people]]
name = "Berta"
email = "berta@bench.example"
"""
_LOCATION: Final = """
[[locations]]
id = "{agent}"
name = "{agent}"
wix_locations = ["{wix}"]
default_station = "kitchen"

[[locations.printers]]
id = "kitchen-{number}"
address = "tcp://{host}:{port}"
idle_close_s = {idle_close_s}

[[locations.stations]]
id = "kitchen"
name = "KÜCHE"
printer = "kitchen-{number}"
"""


_SPARE_PRINTER: Final = """
[[locations.printers]]
id = "spare-{number}"
address = "tcp://{host}:{port}"
"""
SPARE_PRINTERS: Final = 40
"""Of the last restaurant, as far as the notifier knows: each can be lost once."""


@dataclass(frozen=True, slots=True)
class Site:
    """Only the first restaurant's print host is ever run; `printer_port` is its printer's."""

    directory: Path
    key: RSAPrivateKey
    amqp_url: str
    public_port: int
    ingest_ops_port: int
    agent_ops_port: int
    printer_port: int
    bare_port: int
    notifier_ops_port: int
    smtp_port: int

    @property
    def ops_token(self) -> str:
        return "bench-token-0123456789abcdef"

    @property
    def config(self) -> Path:
        return self.directory / "bonfire.toml"

    @property
    def config_with_spares(self) -> Path:
        return self.directory / "spares.toml"

    def ingest(self, purpose: str) -> AbstractAsyncContextManager[Running]:
        """order-ingest with an empty ledger; `purpose` names its directory."""
        own = {
            "BONFIRE_OPS_PORT": str(self.ingest_ops_port),
            "BONFIRE_PORT": str(self.public_port),
            "BONFIRE_WIX_PUBLIC_KEY_FILE": str(self.directory / "public.pem"),
        }
        return self._service("order-ingest", purpose, own)

    def agent(self, purpose: str) -> AbstractAsyncContextManager[Running]:
        """The first restaurant's print-agent with an empty journal."""
        own = {"BONFIRE_OPS_PORT": str(self.agent_ops_port), "BONFIRE_AGENT": AGENTS[0]}
        return self._service("print-agent", purpose, own)

    def notifier(
        self, purpose: str, *, spares: bool = False
    ) -> AbstractAsyncContextManager[Running]:
        """The notifier with an empty history; its mail server is `smtp_port`.

        With `spares` it knows the spare printers too.
        """
        own = {"BONFIRE_OPS_PORT": str(self.notifier_ops_port)}
        if spares:
            own["BONFIRE_CONFIG"] = str(self.config_with_spares)
        return self._service("notifier", purpose, own)

    def bare(self) -> AbstractAsyncContextManager[Running]:
        """The peer of order-ingest that stores nothing: `bench.bare`."""
        argv = [sys.executable, "-m", "bench.bare", str(self.bare_port)]
        environment = {"BENCH_AMQP_URL": self.amqp_url}
        return running("bench.bare", argv, environment, self.directory / "bare.log")

    def _service(
        self, name: str, purpose: str, own: Mapping[str, str]
    ) -> AbstractAsyncContextManager[Running]:
        environment = {
            "BONFIRE_CONFIG": str(self.config),
            "BONFIRE_DATA": str(self.directory / purpose / name),
            "BONFIRE_AMQP_URL": self.amqp_url,
            "BONFIRE_OPS_TOKENS_FILE": str(self.directory / "ops-tokens"),
            "BONFIRE_FAULT_INJECTION": "1",
            **own,
        }
        log = self.directory / f"{purpose}-{name}.log"
        return running(name, [command(name)], environment, log)


@asynccontextmanager
async def built_site() -> AsyncIterator[Site]:
    """A site with its own broker, all of it gone after the block."""
    var = _ROOT / "var"
    var.mkdir(exist_ok=True)
    directory = Path(tempfile.mkdtemp(prefix="bench-", dir=var))
    try:
        amqp, *ports = free_ports(8)
        broker, key = directory / "broker", generate_key()
        site = Site(directory, key, private_url(broker, amqp), *ports)
        (directory / "public.pem").write_bytes(public_pem(key))
        site.config.write_text(_config(site.printer_port, site.smtp_port), "utf-8")
        spares = [
            _SPARE_PRINTER.format(number=number, host=HOST, port=1_000 + number)
            for number in range(1, SPARE_PRINTERS + 1)
        ]
        site.config_with_spares.write_text(site.config.read_text("utf-8") + "".join(spares))
        (directory / "ops-tokens").write_text(f"bench {site.ops_token} read,operate\n")
        argv, environment = foreground_command(broker, amqp)
        async with running("RabbitMQ", argv, environment, directory / "broker.log") as rabbit:
            await rabbit.until(lambda: speaks_amqp(amqp), START_TIMEOUT_S * 2, 0.1)
            yield site
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def _config(printer_port: int, smtp_port: int) -> str:
    locations = [
        _LOCATION.format(
            agent=agent,
            wix=wix_location(number),
            number=number,
            host=HOST,
            # The other printers are never asked for; port 9 to 15 of the loopback serves nobody.
            port=printer_port if number == 1 else 7 + number,
            idle_close_s=IDLE_CLOSE_S,
        )
        for number, agent in enumerate(AGENTS, 1)
    ]
    head = _HEAD.format(instance=INSTANCE_ID, host=HOST, smtp_port=smtp_port)
    return head + "".join(locations)
