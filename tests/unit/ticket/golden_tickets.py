"""The golden tickets on disk. `python -m tests.unit.ticket.golden_tickets` writes them anew.

Look at every picture that changed before it is committed: a cook will.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from escpos_paper import Ticket, tickets
from print_agent.ticket import render_ticket
from tests.unit.ticket.samples import GOLDEN

FOLDER: Final = Path(__file__).with_name("golden")


def paper(name: str) -> Ticket:
    """What comes out of an 80 mm printer for one of the samples."""
    (ticket,) = tickets(render_ticket(*GOLDEN[name]))
    return ticket


def write() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name in GOLDEN:
        ticket = paper(name)
        (FOLDER / f"{name}.txt").write_text(ticket.text() + "\n")
        (FOLDER / f"{name}.png").write_bytes(ticket.png())


if __name__ == "__main__":
    write()
