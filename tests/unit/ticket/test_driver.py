"""What python-escpos does to its host at import, seen from a process of its own."""

import json
import os
import subprocess
import sys

import pytest

REPORT = """
import json, logging, os, sys, tempfile
before = dict(os.environ)
from print_agent.ticket.driver import new_driver
print(json.dumps({
    "handlers": len(logging.getLogger().handlers),
    "environment": dict(os.environ) == before,
    "temporary": tempfile.tempdir,
    "left": os.listdir(os.environ["TMPDIR"]),
    "bytes": new_driver().output.hex(),
}))
"""


@pytest.mark.parametrize("given", [{}, {"ESCPOS_CAPABILITIES_PICKLE_DIR": "/nowhere"}])
def test_the_import_leaves_nothing_behind(tmp_path, given):
    environment = {**os.environ, "TMPDIR": str(tmp_path), **given}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", REPORT],
        env=environment,
        capture_output=True,
        check=True,
        timeout=30,
    )
    assert json.loads(done.stdout) == {
        "handlers": 0,
        "environment": True,
        "temporary": None,
        "left": [],
        "bytes": "",
    }
