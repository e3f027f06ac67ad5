"""A process whose log a test reads while it runs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pytest

ROOT: Final = Path(__file__).parents[2]


class Logged:
    """The process, and the records that it has written so far."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.records: list[dict[str, Any]] = []

    def read_until(self, event: str) -> dict[str, Any]:
        """The next record of this event."""
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.records.append(json.loads(line))
            if self.records[-1].get("event") == event:
                return self.records[-1]
        pytest.fail(f"the process ended without {event}: {self.records}")

    def end(self) -> int:
        """The exit code, once everything that it logged was read."""
        assert self.process.stderr is not None
        self.records += [json.loads(line) for line in self.process.stderr]
        return self.process.wait()

    def record(self, event: str) -> dict[str, Any]:
        (found,) = [record for record in self.records if record.get("event") == event]
        return found

    @property
    def events(self) -> list[str]:
        return [record.get("event", "") for record in self.records]


@contextmanager
def running(
    module: str, *words: str, environment: Mapping[str, str] | None = None
) -> Iterator[Logged]:
    """`python -m MODULE WORD…`, killed at the end; of our variables it has only the given ones."""
    command = [sys.executable, "-m", module, *words]
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **(environment or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield Logged(process)
        finally:
            process.kill()
