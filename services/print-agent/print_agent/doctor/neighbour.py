"""An agent that prints from this machine while the doctor looks at its printers."""

from __future__ import annotations

import fcntl
import os
import socket
from pathlib import Path
from typing import Final

WARNING: Final = (
    "a print agent runs here. A printer that serves one connection at a time is held while it is "
    "asked: for an instant, or for about a second if it answers little. A ticket that comes in "
    "that moment waits; a printer with a cable of its own, or one that refuses a second "
    "connection, is told as lost then, and the ticket is tried again after 5 s"
)
_ANSWERS_WITHIN_S: Final = 0.3


def agent_runs(journal: Path | None, ops_host: str, ops_port: int) -> bool:
    """Does one have this journal, or listen on the operations port? False if that is not known."""
    return (journal is not None and _is_locked(journal)) or _answers(ops_host, ops_port)


def _is_locked(journal: Path) -> bool:
    """A lock that is free is let go of at once. An agent that starts in that very instant finds it
    taken, says so, and tries again.
    """
    try:
        lock = os.open(f"{journal}.lock", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:  # no agent was ever here, or this person may not look
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:  # a file system without locks: no agent could start on it
        return False
    finally:
        os.close(lock)
    return False


def _answers(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host, port), _ANSWERS_WITHIN_S):
            return True
    except OSError:
        return False
