"""What the printer leaves behind: its paper, and a log that tests may judge it by."""

from __future__ import annotations

import json
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

from escpos_paper import Buzz, Ticket
from virtual_printer.darkroom import Darkroom, write_atomically

KEPT_TICKETS: Final = 10_000
KEPT_EVENTS: Final = 10_000

Event = dict[str, Any]


@dataclass(frozen=True, slots=True)
class PrintedTicket:
    """One piece of paper. Times are `time.monotonic()` seconds; `data` is every byte of it.

    `height_mm` is the paper that it took, with the feed before its cut.
    """

    seq: int
    text: str
    data: bytes
    first_byte_at: float
    printed_at: float
    height_mm: float = 0.0
    buzzes: tuple[Buzz, ...] = ()
    is_red: bool = False


class PaperTrail:
    """A printer's tickets and events, in memory and, with a folder, as files.

    In the folder: `log.jsonl` with one event per line, and `000001.txt`, `.bin` and, with a
    darkroom, `.png` for each ticket. The log is the paper: at any real speed a ticket's line stands
    there before its confirmation leaves; a printer of infinite speed confirms first and writes the
    line within the same turn of its loop. The other files follow, each of them whole at once.
    """

    def __init__(self, folder: Path | None, darkroom: Darkroom | None) -> None:
        self.folder = folder
        self.tickets: deque[PrintedTicket] = deque(maxlen=KEPT_TICKETS)
        self.events: deque[Event] = deque(maxlen=KEPT_EVENTS)
        self.listeners: list[Callable[[Event], None]] = []
        self._darkroom = darkroom
        self._unwritten: list[tuple[PrintedTicket, Ticket]] = []
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="paper")
        self._log: IO[str] | None = None
        self.last_seq = 0

    def open(self) -> None:
        """Continue the numbering of a folder that already holds tickets."""
        if self.folder is None:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / "log.jsonl"
        self.last_seq = _last_seq(path) if path.exists() else 0
        self._log = path.open("a", encoding="utf-8", buffering=1)

    def close(self) -> None:
        self.write_files()
        self._writer.shutdown(wait=True)
        if self._log:
            self._log.close()
            self._log = None

    @contextmanager
    def listener(self, listen: Callable[[Event], None]) -> Iterator[None]:
        """Be told of every event while the block lasts."""
        self.listeners.append(listen)
        try:
            yield
        finally:
            self.listeners.remove(listen)

    def note(self, event: str, **fields: object) -> None:
        """Log an event that happened now."""
        entry: Event = {"t": round(time.monotonic(), 6), "event": event, **fields}
        self.events.append(entry)
        if self._log:
            self._log.write(json.dumps(entry, ensure_ascii=False) + "\n")
        for listener in self.listeners:
            listener(entry)

    def add(self, ticket: Ticket, data: bytes, first_byte_at: float, printed_at: float) -> None:
        """A ticket has been cut off."""
        self.last_seq += 1
        text = ticket.text()
        printed = PrintedTicket(
            self.last_seq,
            text,
            data,
            first_byte_at,
            printed_at,
            round(ticket.height_mm, 1),
            ticket.buzzes,
            ticket.is_red,
        )
        self.note(
            "ticket_printed",
            seq=printed.seq,
            text=text,
            bytes=len(data),
            mm=printed.height_mm,
            buzzes=[buzz._asdict() for buzz in printed.buzzes],
            red=printed.is_red,
            t_first_byte=round(first_byte_at, 6),
            t_printed=round(printed.printed_at, 6),
        )
        self.tickets.append(printed)
        if self.folder:
            self._unwritten.append((printed, ticket))

    def write_files(self) -> None:
        """Have the tickets written that have come out since the last time."""
        if self._unwritten and self.folder:
            tickets, self._unwritten = self._unwritten, []
            # Opening a file may take longer than printing the ticket.
            self._writer.submit(_write_all, tickets, self.folder)
            if self._darkroom:
                for printed, ticket in tickets:
                    self._darkroom.develop(ticket, self.folder / f"{printed.seq:06d}.png")


def _write_all(tickets: list[tuple[PrintedTicket, Ticket]], folder: Path) -> None:
    for printed, _ in tickets:
        write_atomically(folder / f"{printed.seq:06d}.bin", printed.data)
        write_atomically(folder / f"{printed.seq:06d}.txt", f"{printed.text}\n".encode())


def _last_seq(log: Path) -> int:
    with log.open(encoding="utf-8") as lines:
        printed = (json.loads(line) for line in lines if '"ticket_printed"' in line)
        return max((entry["seq"] for entry in printed if "seq" in entry), default=0)
