"""Every program calls itself in its usage as a person calls it, not by the name of its file."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAMS = {
    "order_ingest": "order-ingest",
    "print_agent": "print-agent",
    "virtual_printer": "virtual-printer",
    "fake_wix": "fake-wix",
    "dev_stack": "python -m dev_stack",
    "dev_stack.private_broker": "python -m dev_stack.private_broker",
    "bonfire.contracts": "python -m bonfire.contracts",
    "bench": "python -m bench",
}


@pytest.mark.parametrize(("module", "name"), PROGRAMS.items(), ids=PROGRAMS.keys())
def test_the_usage_names_the_program_as_a_person_calls_it(module: str, name: str):
    command = [sys.executable, "-m", module, "--help"]
    said = subprocess.run(command, capture_output=True, text=True, timeout=20, check=True).stdout
    assert said.startswith(f"usage: {name} [-h]")
