"""Processes that end with the process that started them, however that one ends (Linux)."""

from __future__ import annotations

import ctypes
import shutil
import signal
from collections.abc import Sequence


def end_with_parent() -> None:
    """For `preexec_fn`: ask the kernel for SIGTERM when our parent dies.

    To the kernel a parent is the thread that started us: start from one that lives long enough.
    """
    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGTERM)


def ending_with_parent(command: Sequence[str]) -> Sequence[str]:
    """The same as a command line, for a parent that is not ours; unchanged without util-linux."""
    setpriv = shutil.which("setpriv")
    return command if setpriv is None else [setpriv, "--pdeathsig", "TERM", *command]
