"""Our services as processes without a broker: what each start says of the end before it."""

from __future__ import annotations

import socket
import sqlite3
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest

from bonfire.messages import Ending, ServiceEvent, ServiceEventType, decode
from dev_stack.ports import free_ports
from tests.integration.agent.configuration import write_config
from tests.support.logged import running

STARTED, STOPPING = ServiceEventType.STARTED, ServiceEventType.STOPPING
SERVICES = {"order_ingest": "ledger.db", "print_agent": "journal.db"}


def environment(folder: Path, **changes: str) -> dict[str, str]:
    return {
        "BONFIRE_AGENT": "altstadt",
        "BONFIRE_CONFIG": str(write_config(folder, 9100, 9101)),
        "BONFIRE_DATA": str(folder / "data"),
        "BONFIRE_AMQP_URL": "amqp://127.0.0.1:1/",
        "BONFIRE_PORT": "0",
        "BONFIRE_OPS_PORT": "0",
        **changes,
    }


def told(folder: Path, service: str) -> list[ServiceEvent]:
    """The events that wait on disk for the broker."""
    with closing(sqlite3.connect(folder / "data" / SERVICES[service])) as db:
        bodies = db.execute("SELECT body FROM outbox WHERE lane = '@events' ORDER BY id").fetchall()
    events = [decode(body) for (body,) in bodies]
    return [event for event in events if isinstance(event, ServiceEvent)]


def run_once(service: str, variables: Mapping[str, str], *, kill: bool) -> dict[str, Any]:
    """What the log says of the run's begin."""
    with running(service, "serve", environment=variables) as process:
        began = process.read_until("run.began")
        if kill:
            process.process.kill()
            process.end()
        else:
            process.process.terminate()
            assert process.end() == 0
    return began


@pytest.mark.parametrize("service", SERVICES)
def test_a_start_tells_how_the_run_before_it_ended(tmp_path: Path, service: str):
    variables = environment(tmp_path)
    for kill in (False, True, False):
        began = run_once(service, variables, kill=kill)
    assert began["before"] == "crashed"

    events = told(tmp_path, service)

    assert [(event.type, event.before) for event in events] == [
        (STARTED, Ending.NONE),
        (STOPPING, Ending.NONE),
        (STARTED, Ending.STOPPED),
        (STARTED, Ending.CRASHED),
        (STOPPING, Ending.NONE),
    ]
    assert events[0].away_s is None
    for event in (events[2], events[3]):
        assert event.away_s is not None
        assert 0 <= event.away_s < 60
    assert {event.service for event in events} == {service.replace("_", "-")}


def wait_for_port(port: int, patience_s: float = 5.0) -> None:
    deadline = time.monotonic() + patience_s
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except ConnectionRefusedError:
            assert time.monotonic() < deadline
            time.sleep(0.01)


def answer(port: int, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def test_a_service_whose_configuration_is_mended_goes_to_work_by_itself(tmp_path: Path):
    ports = dict(zip(SERVICES, free_ports(2), strict=True))
    variables = environment(tmp_path)
    config = Path(variables["BONFIRE_CONFIG"])
    good = config.read_text()
    config.write_text(good.replace("kitchen-1", "kitchen-9", 1))
    with ExitStack() as stack:
        processes = {
            service: stack.enter_context(
                running(
                    service,
                    environment=variables
                    | {
                        "BONFIRE_OPS_PORT": str(ports[service]),
                        "BONFIRE_DATA": str(tmp_path / service),
                    },
                )
            )
            for service in SERVICES
        }
        for service, process in processes.items():
            detail = process.read_until("service.unusable")["detail"]
            assert "kitchen-9" in detail
            wait_for_port(ports[service])  # the log is told first
            assert answer(ports[service], "/livez")[0] == 200
            assert "kitchen-9" in answer(ports[service], "/readyz")[1]
            assert "bonfire_service_unusable 1.0" in answer(ports[service], "/metrics")[1]

        config.write_text(good)

        for service, process in processes.items():
            process.read_until("service.started")
            assert process.events.count("service.unusable") == 1
            assert "bonfire_service_unusable 0.0" in answer(ports[service], "/metrics")[1]
        assert answer(ports["order_ingest"], "/readyz")[0] == 200
        assert "no connection to the broker" in answer(ports["print_agent"], "/readyz")[1]
        for process in processes.values():
            process.process.terminate()
            assert process.end() == 0
