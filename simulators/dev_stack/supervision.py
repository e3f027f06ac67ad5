"""The processes of a local Bonfire under supervisord, which starts again whatever ends."""

from __future__ import annotations

import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from dev_stack.parent_death import end_with_parent, ending_with_parent

_HEAD: Final = """\
[supervisord]
nodaemon = true
silent = true
logfile = {logs}/supervisord.log
pidfile = {directory}/supervisord.pid
childlogdir = {logs}
"""
_PROGRAM: Final = """
[program:{name}]
command = {command}
environment = {environment}
directory = {directory}
priority = {priority}
autorestart = true
startsecs = 1
startretries = 30
stopwaitsecs = 28
redirect_stderr = true
stdout_logfile = {logs}/{name}.log
stdout_logfile_maxbytes = 10MB
stdout_logfile_backups = 1
"""
# supervisord stops one group after the other, and the programs of one group at once. What talks to
# the broker ends before it.
_GROUP: Final = """
[group:{name}]
programs = {programs}
priority = {priority}
"""
_STOP_DEADLINE_S: Final = 60


@dataclass(frozen=True, slots=True)
class Program:
    """One process to keep running; a lower priority starts first, the lowest stops last."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    priority: int = 100


class Supervisor:
    """Runs supervisord as a child that does not outlive us, nor its programs it."""

    def __init__(self, directory: Path, logs: Path, programs: Sequence[Program]) -> None:
        self._directory = directory
        self._logs = logs
        self._programs = programs
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        file = self._directory / "supervisord.conf"
        file.touch(mode=0o600)  # the environment in it holds the broker's password
        file.write_text(self._config())
        output = (self._logs / "supervisord.out").open("wb")
        with output:
            self._process = subprocess.Popen(  # noqa: S603 -- a fixed program
                [sys.executable, "-W", "ignore", "-m", "supervisor.supervisord", "-c", str(file)],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C is ours to handle; we then stop it in order
                preexec_fn=end_with_parent,
            )

    def stop(self) -> None:
        """Stop every program in order, and wait until all have ended."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(_STOP_DEADLINE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def last_words(self, lines: int = 12) -> str:
        """The ends of all logs, for a person who must find out why something did not start."""
        ends = []
        for log in sorted(self._logs.glob("*.log")):
            end = log.read_text(errors="replace").splitlines()[-lines:]
            ends.append("\n  ".join([f"{log}:", *end]))
        return "\n".join(ends)

    def _config(self) -> str:
        head = _HEAD.format(logs=self._logs, directory=self._directory)
        sections = [self._section(program) for program in self._programs]
        return head + "".join([*sections, *self._groups()])

    def _groups(self) -> Iterator[str]:
        foundation = min(program.priority for program in self._programs)
        beneath = [one.name for one in self._programs if one.priority == foundation]
        above = [one.name for one in self._programs if one.priority != foundation]
        for name, programs, priority in (("beneath", beneath, 1), ("above", above, 2)):
            if programs:
                yield _GROUP.format(name=name, programs=",".join(programs), priority=priority)

    def _section(self, program: Program) -> str:
        environment = ",".join(f'{name}="{value}"' for name, value in program.environment.items())
        section = _PROGRAM.format(
            name=program.name,
            command=shlex.join(ending_with_parent(program.command)),
            environment=environment,
            directory=self._directory,
            priority=program.priority,
            logs=self._logs,
        )
        return section.replace("%", "%%")
