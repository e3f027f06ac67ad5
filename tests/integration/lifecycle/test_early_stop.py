"""Services that are signalled in the middle of their imports, before they could open anything."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

SERVICES = ["order_ingest", "print_agent"]


def signalled_while_it_imports(
    tmp_path: Path, words: list[str], number: signal.Signals
) -> subprocess.CompletedProcess[str]:
    """Stands in the way of one import that every service needs, and signals meanwhile."""
    (tmp_path / "uvloop.py").write_text(
        "import time\nprint('importing', flush=True)\ntime.sleep(60)\n"
    )
    command = [sys.executable, "-m", *words]
    with subprocess.Popen(
        command,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "importing\n"
            process.send_signal(number)
            out, err = process.communicate(timeout=10)
        finally:
            process.kill()
    return subprocess.CompletedProcess(command, process.returncode, out, err)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("words", [[], ["serve"]], ids=["default", "serve"])
@pytest.mark.parametrize("service", SERVICES)
def test_a_service_that_is_stopped_while_it_still_imports_ends_with_0(
    tmp_path: Path, service: str, words: list[str], number: signal.Signals
):
    ended = signalled_while_it_imports(tmp_path, [service, *words], number)
    assert (ended.returncode, ended.stderr) == (0, "")


@pytest.mark.parametrize("command", [["order_ingest", "declare"], ["print_agent", "doctor"]])
def test_a_command_that_is_stopped_has_not_done_its_work_and_does_not_end_with_0(
    tmp_path: Path, command: list[str]
):
    ended = signalled_while_it_imports(tmp_path, command, signal.SIGTERM)
    assert ended.returncode == -signal.SIGTERM
