"""What a running agent remembers of its printers, read from beside it.

The journal has one writer. This only reads, through a connection that cannot write, and takes no
lock that the agent would notice.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from bonfire.errors import Permanent, Reason
from print_agent.journal.rows import known_printers
from print_agent.printers import Fingerprint


def known_fingerprints(journal: Path) -> dict[str, Fingerprint]:
    """By printer id. Raises `Permanent` if there is no journal that can be read."""
    try:
        with closing(sqlite3.connect(f"{journal.resolve().as_uri()}?mode=ro", uri=True)) as db:
            known = known_printers(db)
    except sqlite3.Error as error:
        detail = f"cannot read the agent's journal {journal}: {error}"
        raise Permanent(Reason.CONFIG_INVALID, detail) from error
    return {printer: each.fingerprint for printer, each in known.items()}
