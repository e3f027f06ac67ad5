"""What was found, for a person to read or to paste into bonfire.toml."""

from __future__ import annotations

import itertools
import json
from collections.abc import Collection, Iterator, Sequence
from typing import Final

from bonfire.config import Printer
from bonfire.config.address import Address, SerialAddress, UsbDeviceAddress, same_device
from print_agent.discovery import Found, Search
from print_agent.discovery.machine import Machine

_HEADINGS: Final = ("PRINTER", "CONFIGURED", "ADDRESS")


class Listing:
    def __init__(self, search: Search, configured: Sequence[Printer], machine: Machine) -> None:
        self._search = search
        self._configured = configured
        self._machine = machine

    def text(self) -> str:
        """A table with notes below its lines, then what was not looked at."""
        lines = list(self._table()) if self._search.found else ["No printer was found."]
        if self._search.missed:
            lines += ["", "Not looked at:", *(f"- {missed}" for missed in self._search.missed)]
        return "\n".join(lines)

    def toml(self) -> str:
        """A block for each printer that is not configured; what is doubtful, as a comment."""
        ids = self._new_ids()
        blocks = [
            self._block(found, next(ids))
            for found in self._search.found
            if not self._id_of(found) and found.addresses
        ]
        missed = [f"# not looked at: {missed}" for missed in self._search.missed]
        return "\n".join([*(blocks or ["# no printer was found that is not configured"]), *missed])

    def _table(self) -> Iterator[str]:
        rows = [
            (found.what, self._id_of(found) or "-", _address(found)) for found in self._search.found
        ]
        what, configured = (
            max(len(row[column]) for row in [_HEADINGS, *rows]) for column in (0, 1)
        )
        yield _row(_HEADINGS, what, configured)
        for row, found in zip(rows, self._search.found, strict=True):
            yield _row(row, what, configured)
            yield from (f"    also {address}" for address in found.addresses[1:])
            yield from (f"    {note}" for note in found.notes)

    def _id_of(self, found: Found) -> str:
        """Of the configured printer that this is; empty if it is none."""
        return next((each.id for each in self._configured if self._is(each.address, found)), "")

    def _is(self, configured: Address, found: Found) -> bool:
        if any(same_device(configured, address) for address in found.addresses):
            return True
        if found.device is None or not isinstance(configured, UsbDeviceAddress | SerialAddress):
            return False
        return self._machine.node(configured.path) == found.device

    def _new_ids(self) -> Iterator[str]:
        taken: Collection[str] = {printer.id for printer in self._configured}
        names = (f"printer-{number}" for number in itertools.count(1))
        return (name for name in names if name not in taken)

    def _block(self, found: Found, name: str) -> str:
        comments = [f"# {text}" for text in (found.what, *found.notes)]
        lines = [
            "[[locations.printers]]",
            f"id = {json.dumps(name)}",
            f"address = {json.dumps(_address(found))}",
        ]
        lines = [f"# {line}" for line in lines] if found.doubtful else lines
        return "\n".join([*comments, *lines, ""])


def _address(found: Found) -> str:
    return str(found.addresses[0]) if found.addresses else "none that bonfire.toml could hold"


def _row(cells: Sequence[str], what: int, configured: int) -> str:
    return f"{cells[0]:{what}}  {cells[1]:{configured}}  {cells[2]}"
