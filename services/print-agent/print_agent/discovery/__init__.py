"""Looks for printers: at the ports of this machine always, in its network only when asked.

Nothing is printed, and nothing is configured: a person reads what was found.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bonfire.config.address import Address

_LONGEST_TEXT: Final = 80


@dataclass(frozen=True, slots=True)
class Found:
    """A printer, or a port behind which one may be.

    `addresses` are what bonfire.toml takes for it, the best one first. `device` is the node that
    they lead to, with every link followed; None for a printer in the network. `doubtful`: it may
    be something else than a receipt printer. `notes` are clauses for a person.
    """

    addresses: tuple[Address, ...]
    what: str
    notes: tuple[str, ...] = ()
    device: Path | None = None
    doubtful: bool = False


@dataclass(frozen=True, slots=True)
class Search:
    """What one look found, and what it could not look at, each with why."""

    found: tuple[Found, ...] = ()
    missed: tuple[str, ...] = ()

    def __add__(self, other: Search) -> Search:
        return Search(self.found + other.found, self.missed + other.missed)


def plain(text: str) -> str:
    """What a device said of itself, safe to show: one line, no control characters, not endless."""
    shown = "".join(each if each.isprintable() else " " for each in text)
    return " ".join(shown.split())[:_LONGEST_TEXT]
