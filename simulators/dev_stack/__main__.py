"""`make run`: the whole system with virtual printers, one order through it, and its tickets."""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Final

from bonfire.config import ConfigError
from dev_stack.house import BASE_PORTS, DEFAULT_BASE_PORT, MONITORING, House
from dev_stack.monitoring import has_monitoring, monitoring_programs
from dev_stack.places import places
from dev_stack.ports import HOST, PortTaken, answers
from dev_stack.private_broker import BrokerMissing
from dev_stack.programs import command, ingest_environment, own_broker, programs
from dev_stack.stand_ins import NotOnOneMachine
from dev_stack.supervision import Supervisor
from fake_wix.keys import generate_key, write_pair

ROOT: Final = Path(__file__).resolve().parents[2]
START_DEADLINE_S: Final = 90.0
PAPER_DEADLINE_S: Final = 30.0


class RunFailed(Exception):
    """The system did not do what it should; the message says what and where to look."""


_TOLD_IN_WORDS: Final = (
    *(RunFailed, PortTaken, BrokerMissing, FileNotFoundError),
    *(ConfigError, NotOnOneMachine),
)


def main() -> int:
    given = _arguments()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    house = House(ROOT, given.base_port)
    try:
        # Whoever leaves after the tickets sees no alert.
        given.monitoring = given.monitoring and not given.once and has_monitoring()
        house.prepare(own_broker=own_broker(), monitoring=given.monitoring)
        return _run(house, given)
    except KeyboardInterrupt:
        return 0
    except _TOLD_IN_WORDS as error:
        print(f"make run: {error}", file=sys.stderr)
        return 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m dev_stack", description=__doc__)
    parser.add_argument(
        "--order", type=Path, default=ROOT / "samples" / "wix" / "pickup-asap-cash.json"
    )
    parser.add_argument("--once", action="store_true", help="end after the tickets")
    parser.add_argument(
        "--no-monitoring",
        dest="monitoring",
        action="store_false",
        help="without Prometheus and Alertmanager",
    )
    parser.add_argument("--base-port", type=_base_port, default=DEFAULT_BASE_PORT)
    return parser.parse_args()


def _base_port(text: str) -> int:
    if not text.isdecimal() or int(text) not in BASE_PORTS:
        raise argparse.ArgumentTypeError(
            f"{text} is no port from {BASE_PORTS.start} to {BASE_PORTS.stop - 1}"
        )
    return int(text)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _run(house: House, given: argparse.Namespace) -> int:
    write_pair(generate_key(), house.keys)
    watching = monitoring_programs(house) if given.monitoring else []
    supervisor = Supervisor(house.directory, house.logs, [*programs(house), *watching])
    started = time.monotonic()
    supervisor.start()
    try:
        expected = _expected_tickets(house, given.order)
        _wait_ready(house, supervisor)
        print(f"Bonfire is up after {time.monotonic() - started:.1f} s.\n")
        print(_send(house, given.order))
        _show_tickets(house, expected, supervisor)
        if given.monitoring:
            _wait_watched(house, supervisor)
        _show_places(house, given.order, given.monitoring)
        if not given.once:
            _stay(supervisor)
    finally:
        print("Stopping…")
        supervisor.stop()
        print("Everything has stopped.")
    return 0


def _expected_tickets(house: House, order: Path) -> Counter[str]:
    """How many tickets of this order each printer is to print."""
    lines = _call([command("order-ingest"), "jobs", str(order), "--config", str(house.config)])
    return Counter(json.loads(line)["printer"] for line in lines.splitlines())


def _wait_ready(house: House, supervisor: Supervisor) -> None:
    environment = {**os.environ, **ingest_environment(house)}
    wait = str(START_DEADLINE_S)
    _call([command("order-ingest"), "declare", "--wait", wait], environment)
    services = [f"http://{HOST}:{port}/readyz" for port in house.ops_ports.values()]
    for url in [house.paper_url, house.mails_url, *services]:
        if not _until(partial(answers, url), START_DEADLINE_S, supervisor):
            raise RunFailed(f"{url} did not become ready\n{supervisor.last_words()}")


def _wait_watched(house: House, supervisor: Supervisor) -> None:
    """They start beside everything else; only who stays has to wait for them."""
    for program in MONITORING:
        url = f"{house.monitoring_url(program)}/-/ready"
        if not _until(partial(answers, url), START_DEADLINE_S, supervisor):
            raise RunFailed(f"{url} did not become ready\n{supervisor.last_words()}")


def _until(done: Callable[[], bool], seconds: float, supervisor: Supervisor) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and supervisor.running:
        if done():
            return True
        time.sleep(0.05)
    return False


def _send(house: House, order: Path) -> str:
    key = ["--key", str(house.keys / "private.pem")]
    return _call(
        [command("fake-wix"), "send", str(order), "--to", house.webhook_url, *key, "--now"]
    )


def _show_tickets(house: House, expected: Counter[str], supervisor: Supervisor) -> None:
    if not expected:
        print("There is nothing for a kitchen in this order, so nothing prints.")
        return
    if not _until(lambda: _printed(house, expected), PAPER_DEADLINE_S, supervisor):
        raise RunFailed(f"the tickets did not come\n{supervisor.last_words()}")
    for printer in expected:
        for text in sorted((house.paper / printer).glob("*.txt")):
            print(f"\n───── {printer} {'─' * (44 - len(printer))}")
            print(text.read_text("utf-8").rstrip())
            print(f"picture: {text.with_suffix('.png')}")


def _printed(house: House, expected: Counter[str]) -> bool:
    return all(
        len(list((house.paper / printer).glob("*.png"))) >= tickets
        and len(list((house.paper / printer).glob("*.txt"))) >= tickets
        for printer, tickets in expected.items()
    )


def _show_places(house: House, order: Path, monitoring: bool) -> None:
    print("\nWhat is where")
    for name, place in places(house, order, monitoring=monitoring).items():
        print(f"  {name:<22} {place}")
    print()


def _stay(supervisor: Supervisor) -> None:
    print("It runs until Ctrl-C.", flush=True)
    while supervisor.running:
        time.sleep(0.5)
    raise RunFailed(f"the supervisor ended by itself\n{supervisor.last_words()}")


def _call(argv: Sequence[str], environment: dict[str, str] | None = None) -> str:
    """Run a command to its end; what it printed. Raises `RunFailed` with what it said."""
    done = subprocess.run(  # noqa: S603 -- our own commands
        argv, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise RunFailed(f"{Path(argv[0]).name} {argv[1]}: {(done.stderr or done.stdout).strip()}")
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
