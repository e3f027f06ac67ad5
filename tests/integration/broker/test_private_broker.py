"""The private RabbitMQ itself: it starts anywhere, and nothing of it stays."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import dev_stack.private_broker
from dev_stack.ports import HOST, PortTaken, free_ports, is_free, speaks_amqp
from dev_stack.private_broker import (
    BrokerDidNotStart,
    BrokerMissing,
    PrivateBroker,
    foreground_command,
    is_installed,
    private_url,
)
from tests.support.rabbit import lacking


@pytest.fixture(autouse=True)
def installed() -> None:
    if not is_installed():
        lacking("RabbitMQ is not installed")


@pytest.fixture
def directory(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    assert not processes_of(tmp_path)


def processes_of(directory: Path) -> list[str]:
    """The command lines of what runs with a home or a working directory there."""
    found = []
    for process in Path("/proc").iterdir():
        try:
            command = (process / "cmdline").read_bytes()
            where = os.readlink(process / "cwd")
        except OSError:
            continue
        if process.name != str(os.getpid()) and (
            str(directory).encode() in command or where.startswith(str(directory))
        ):
            found.append(command.replace(b"\0", b" ").decode())
    return found


def test_two_run_side_by_side_and_leave_nothing(directory: Path) -> None:
    with PrivateBroker(directory / "one") as one, PrivateBroker(directory / "two") as two:
        assert one.port != two.port
        assert speaks_amqp(one.port)
        assert speaks_amqp(two.port)
        assert one.ctl("list_vhosts").split() == ["name", "/"]
        with pytest.raises(RuntimeError, match="delete_vhost"):
            two.ctl("delete_vhost", "no-such-vhost")
        assert processes_of(directory)
    assert is_free(one.port)


def test_it_serves_again_on_the_same_address_after_a_kill(directory: Path) -> None:
    with PrivateBroker(directory) as broker:
        url = broker.url
        broker.kill()
        assert not broker.running
        broker.restart()
        assert broker.running
        assert broker.url == url == private_url(directory, broker.port)
        broker.pause()  # and a frozen one can be stopped


def test_a_taken_port_is_told(directory: Path) -> None:
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortTaken, match=rf"port {port} \(RabbitMQ\) is taken"):
            PrivateBroker(directory, port).start()


def test_a_missing_installation_is_told(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dev_stack.private_broker, "_SCRIPTS", directory)
    monkeypatch.setenv("PATH", str(directory))
    with pytest.raises(BrokerMissing, match="apt-get install rabbitmq-server"):
        PrivateBroker(directory).start()


def test_a_broker_that_ends_at_its_start_shows_its_last_words(directory: Path) -> None:
    (directory / "data").write_text("not a directory")
    with pytest.raises(BrokerDidNotStart, match="ended at its start"):
        PrivateBroker(directory).start()


def test_in_the_foreground_it_runs_until_it_is_told_to_stop(directory: Path) -> None:
    [port] = free_ports(1)
    argv, environment = foreground_command(directory, port)
    with subprocess.Popen(argv, env=environment) as supervised:
        deadline = time.monotonic() + 30
        while not speaks_amqp(port) and time.monotonic() < deadline:
            time.sleep(0.1)
        assert speaks_amqp(port)
        supervised.send_signal(signal.SIGTERM)
        assert supervised.wait(timeout=30) == 0
    assert is_free(port)


def test_in_the_foreground_nothing_outlives_it_when_it_is_killed(directory: Path) -> None:
    [port] = free_ports(1)
    argv, environment = foreground_command(directory, port)
    with subprocess.Popen(argv, env=environment) as supervised:
        deadline = time.monotonic() + 30
        while not speaks_amqp(port) and time.monotonic() < deadline:
            time.sleep(0.1)
        assert speaks_amqp(port)
        supervised.kill()
    deadline = time.monotonic() + 30
    while processes_of(directory) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not processes_of(directory)
    assert is_free(port)


def as_nobody(argv: list[str], directory: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", *argv],
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": directory},
        cwd=directory,
        capture_output=True,
        text=True,
        check=False,
    )


def copy_for_everybody(package: Path, directory: Path) -> None:
    """The clone itself may lie where only its owner can go."""
    copy = directory / package.name
    copy.mkdir()
    copy.chmod(0o755)
    for module in package.glob("*.py"):
        (copy / module.name).write_bytes(module.read_bytes())
        (copy / module.name).chmod(0o644)


def interpreter_of_everybody(directory: str) -> str:
    candidates = ("/usr/bin/python3", os.path.realpath(sys.executable))
    for python in candidates:
        if as_nobody([python, "-c", "from typing import Self"], directory).returncode == 0:
            return python
    lacking(f"another user can run none of {candidates}")


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become somebody else")
def test_an_ordinary_user_can_run_it() -> None:
    script = (
        "import sys, pathlib; from dev_stack.private_broker import PrivateBroker\n"
        "with PrivateBroker(pathlib.Path(sys.argv[1])) as broker: broker.ctl('list_vhosts')"
    )
    # Not pytest's own directory: each run closes that one again for everybody but its user.
    with tempfile.TemporaryDirectory() as theirs:
        Path(theirs).chmod(0o777)
        copy_for_everybody(Path(dev_stack.private_broker.__file__).parent, Path(theirs))
        argv = [interpreter_of_everybody(theirs), "-c", script, f"{theirs}/broker"]
        done = as_nobody(argv, theirs)
        assert done.returncode == 0, done.stderr
        assert not processes_of(Path(theirs))
