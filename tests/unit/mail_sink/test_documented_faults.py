"""The page on simulators names every fault of the mail sink."""

from __future__ import annotations

import re
from pathlib import Path

from mail_sink.fault import FaultName

ROOT = Path(__file__).resolve().parents[3]


def test_every_fault_is_documented_and_no_other():
    page = (ROOT / "docs" / "simulators.md").read_text("utf-8")
    table = page.split("| fault | what it does |")[1].split("\n\n")[0]
    names = re.findall(
        r"`([a-z-]+)`", "\n".join(line.split("|")[1] for line in table.splitlines()[2:])
    )
    assert sorted(names) == sorted(FaultName)
