"""A RabbitMQ of one's own from the machine's package: own ports, own files, nothing left behind.

`PrivateBroker` is for tests and measurements. `python -m dev_stack.private_broker DIRECTORY` runs
the same in the foreground, for a process supervisor; `foreground_command` gives its command line.
"""

from __future__ import annotations

import argparse
import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from dev_stack.parent_death import end_with_parent
from dev_stack.ports import HOST, free_ports, is_free, require_free, speaks_amqp

_SCRIPTS: Final = Path("/usr/lib/rabbitmq/bin")
_INSTALL: Final = "install it with: apt-get install rabbitmq-server"
_USER: Final = "bonfire"
_CONFIG: Final = """\
listeners.tcp.1 = {host}:{port}
default_user = {user}
default_pass = {password}
loopback_users = none
disk_free_limit.absolute = 50MB
raft.wal_max_size_bytes = 16000000
log.console = false
log.file = broker.log
"""


class BrokerMissing(Exception):
    """No RabbitMQ is installed on this machine."""


class BrokerDidNotStart(Exception):
    """The broker ended or kept silent instead of serving."""


def private_url(directory: Path, port: int) -> str:
    """The address of the broker in `directory`, known before it runs."""
    return f"amqp://{_USER}:{_password(directory)}@{HOST}:{port}/"


def is_installed() -> bool:
    """Can a `PrivateBroker` start on this machine?"""
    return _find("rabbitmq-server") is not None


def foreground_command(directory: Path, port: int) -> tuple[list[str], dict[str, str]]:
    """Command line and environment that run it until SIGTERM, for a supervisor.

    Stopping takes some seconds: a supervisor that kills it sooner leaves the node running.
    """
    argv = [sys.executable, "-m", "dev_stack.private_broker", str(directory), "--port", str(port)]
    return argv, {"PATH": os.environ["PATH"]}


class PrivateBroker:
    """One broker node in `directory`; `port` 0 takes a free one.

    What an earlier run stored there is still there. With `ends_with_parent` it ends even when the
    thread that started it is killed. Every method blocks: go through `asyncio.to_thread` where a
    loop runs.
    """

    def __init__(self, directory: Path, port: int = 0, *, ends_with_parent: bool = False) -> None:
        self._directory = directory.resolve()
        # Erlang wants two ports more: one for its own protocol, one for its name service.
        amqp, self._dist_port, self._epmd_port = free_ports(3)
        self.port = port or amqp
        self._before_exec = end_with_parent if ends_with_parent else None
        self._epmd: subprocess.Popen[bytes] | None = None
        self._node: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return private_url(self._directory, self.port)

    @property
    def running(self) -> bool:
        return self._node is not None and self._node.poll() is None

    def start(self, timeout_s: float = 60) -> Self:
        """Return when it serves.

        Raises `BrokerMissing`, `PortTaken`, or `BrokerDidNotStart` with its last words.
        """
        server, epmd = _program("rabbitmq-server"), _program("epmd")
        require_free(self.port, "RabbitMQ", "choose another port")
        self._write_config()
        try:
            self._start_epmd(epmd)
            self._node = self._spawn([server], "console.log")
            self._wait_serving(timeout_s)
        except BaseException:
            self.kill()
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """End it in good order, and its name service with it."""
        self.resume()
        _end(self._node, signal.SIGTERM)
        _end(self._epmd, signal.SIGTERM)
        self._node = self._epmd = None

    def kill(self) -> None:
        """End it at once, as a crash does."""
        _end(self._node, signal.SIGKILL)
        self._node = None

    def restart(self) -> None:
        """Serve again on the same ports and files; in good order unless it was killed before."""
        self.stop()
        self.start()

    def pause(self) -> None:
        """Freeze it: connections stay open and nothing answers."""
        if self._node is not None and self.running:
            self._node.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on after `pause`."""
        if self._node is not None and self.running:
            self._node.send_signal(signal.SIGCONT)

    def wait(self) -> int:
        """Block until it ends; its exit code."""
        return 0 if self._node is None else self._node.wait()

    def ctl(self, *arguments: str) -> str:
        """Run rabbitmqctl against this node; what it printed."""
        done = subprocess.run(  # noqa: S603 -- a fixed program
            [_program("rabbitmqctl"), "--timeout", "15", "--quiet", *arguments],
            env=self._environment(),
            cwd=self._directory,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise RuntimeError(f"rabbitmqctl {arguments[0]}: {done.stderr or done.stdout}")
        return done.stdout

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _write_config(self) -> None:
        password = _password(self._directory)
        config = self._directory / "rabbitmq.conf"
        config.touch(mode=0o600)
        config.write_text(_CONFIG.format(host=HOST, port=self.port, user=_USER, password=password))

    def _environment(self) -> dict[str, str]:
        here = self._directory
        return {
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            # Erlang keeps its cookie there, readable by nobody else.
            "HOME": str(here / "home"),
            # A bare machine may not know the name "localhost", so the node's name is an address.
            "RABBITMQ_NODENAME": f"bonfire@{HOST}",
            "RABBITMQ_USE_LONGNAME": "true",
            "RABBITMQ_DIST_PORT": str(self._dist_port),
            "RABBITMQ_MNESIA_BASE": str(here / "data"),
            "RABBITMQ_LOG_BASE": str(here / "log"),
            "RABBITMQ_PID_FILE": str(here / "pid"),
            "RABBITMQ_CONFIG_FILE": str(here / "rabbitmq.conf"),
            "RABBITMQ_ADVANCED_CONFIG_FILE": str(here / "advanced.config"),
            "RABBITMQ_GENERATED_CONFIG_DIR": str(here / "generated"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(here / "enabled_plugins"),
            "RABBITMQ_FEATURE_FLAGS_FILE": str(here / "feature_flags"),
            "RABBITMQ_CONF_ENV_FILE": os.devnull,
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": ("-kernel inet_dist_use_interface {127,0,0,1}"),
            "ERL_EPMD_PORT": str(self._epmd_port),
            "ERL_EPMD_ADDRESS": HOST,
            "ERL_CRASH_DUMP_SECONDS": "0",
            # The start script then becomes the node instead of watching over it, so that our
            # signals reach the node itself.
            "detached": "1",
        }

    def _spawn(self, command: list[str], log: str) -> subprocess.Popen[bytes]:
        with (self._directory / log).open("wb") as output:
            return subprocess.Popen(  # noqa: S603 -- fixed programs
                command,
                env=self._environment(),
                cwd=self._directory,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=self._before_exec,
            )

    def _start_epmd(self, program: str) -> None:
        """Our own name service: the one that Erlang would start outlives every node."""
        if self._epmd is not None:
            return
        self._epmd = self._spawn(
            [program, "-port", str(self._epmd_port), "-address", HOST], "epmd.log"
        )
        deadline = time.monotonic() + 5
        while is_free(self._epmd_port) and time.monotonic() < deadline:
            time.sleep(0.02)

    def _wait_serving(self, timeout_s: float) -> None:
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            if not self.running:
                raise BrokerDidNotStart(f"RabbitMQ ended at its start: {self._last_words()}")
            if speaks_amqp(self.port):
                return
            time.sleep(0.05)
        raise BrokerDidNotStart(f"RabbitMQ kept silent for {timeout_s} s: {self._last_words()}")

    def _last_words(self) -> str:
        words = (self._directory / "console.log").read_text(errors="replace")
        return "\n".join(words.splitlines()[-20:])


def _password(directory: Path) -> str:
    """Made once for each directory, because the broker stores it with its data."""
    home = directory / "home"
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    secret = home / "password"
    if not secret.exists():
        secret.touch(mode=0o600)
        secret.write_text(secrets.token_hex(16))
    return secret.read_text()


def _find(name: str) -> str | None:
    # Debian's own wrapper in /usr/sbin insists on the user "rabbitmq" and on its directories, and
    # is in nobody's PATH but root's.
    beside = _SCRIPTS / name
    return str(beside) if beside.exists() else shutil.which(name)


def _program(name: str) -> str:
    found = _find(name)
    if found is None:
        raise BrokerMissing(f"RabbitMQ is not installed (no {name}); {_INSTALL}")
    return found


def _end(process: subprocess.Popen[bytes] | None, number: signal.Signals) -> None:
    if process is None or process.poll() is not None:
        return
    os.killpg(process.pid, number)
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m dev_stack.private_broker",
        description="Run a private RabbitMQ until SIGTERM.",
    )
    parser.add_argument("directory", type=Path)
    parser.add_argument("--port", type=int, default=0)
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with PrivateBroker(arguments.directory, arguments.port, ends_with_parent=True) as broker:
        print(f"RabbitMQ serves on {HOST}:{broker.port}", flush=True)
        return broker.wait()


if __name__ == "__main__":
    sys.exit(main())
