"""What one ticket costs: processor time, bytes on the line, millimetres of paper."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import timedelta
from itertools import islice
from typing import Final

from bench.cpu import cpu_ms
from bench.figures import Figure
from bench.orders import big_order, first_job
from bench.processes import MeasurementFailed
from bench.site import Site
from bonfire import config
from bonfire.messages import PrintJob
from bonfire.order import Item
from escpos_paper import Ticket, tickets
from print_agent.ticket import Profile, Slip, render_ticket

_PROFILES: Final = {"80mm": Profile(columns=48), "58mm": Profile(columns=32)}
_FOREIGN: Final = "北京烤鸭"
_FORTY: Final = 40
_IDEOGRAPHS: Final = range(0x4E00, 0x9FA5)
_NAME: Final = 8
_TRIES: Final = 9


def measure(site: Site, _seconds: float) -> list[Figure]:
    """The ticket of one sample order, then tickets made of it that are longer, or drawn."""
    job = first_job(big_order(), config.load(site.config))
    return [*_times(job), *_costs(job)]


def _times(job: PrintJob) -> list[Figure]:
    short = [Item(name=f"Gericht mit Soße {n}") for n in range(_FORTY)]
    forty_lines = _with_lines(_FORTY, job, short)
    foreign = _with_dishes(job, (*job.order.items, Item(name=_FOREIGN)))
    return [
        _time("render_ticket", job),
        _time("render_ticket_40_lines", forty_lines, "<= 1"),
        _time("render_ticket_40_dishes", _with_dishes(job, short)),
        _time("render_ticket_raster", foreign, "<= 15"),
        _time_of_new_words(job),
    ]


def _time(name: str, job: PrintJob, goal: str = "") -> Figure:
    slip = _slip(job)
    ms = cpu_ms(lambda: render_ticket(job, slip))
    return Figure(name, ms, "ms", goal, f"{_lines(job)} lines")


def _time_of_new_words(job: PrintJob) -> Figure:
    """Forty dishes in Chinese with no character that was drawn before, each time."""
    characters, times = map(chr, _IDEOGRAPHS), []
    for _ in range(_TRIES):
        names = ["".join(islice(characters, _NAME)) for _ in range(_FORTY)]
        one = _with_dishes(job, [Item(name=name) for name in names])
        started = time.process_time()
        render_ticket(one, _slip(one))
        times.append((time.process_time() - started) * 1e3)
    note = f"{_FORTY} dishes of {_NAME} new characters"
    return Figure("render_ticket_40_drawn", statistics.median(times), "ms", note=note)


def _costs(job: PrintJob) -> list[Figure]:
    plain = _plain(job)
    figures = [Figure("plain_ticket_bytes", len(plain), "B")]
    for name, profile in _PROFILES.items():
        data = render_ticket(job, _slip(job), profile)
        ours, theirs = _paper(data, profile), _paper(plain, profile)
        figures += [
            Figure(f"ticket_bytes_{name}", len(data), "B"),
            Figure(f"ticket_{name}", ours.height_mm, "mm"),
            Figure(f"plain_ticket_{name}", theirs.height_mm, "mm"),
            Figure(f"ticket_of_plain_{name}", ours.height_mm / theirs.height_mm, ""),
        ]
    return figures


def _with_dishes(job: PrintJob, dishes: Sequence[Item]) -> PrintJob:
    order = job.order.model_copy(update={"items": tuple(dishes)})
    return job.model_copy(update={"order": order})


def _slip(job: PrintJob) -> Slip:
    return Slip(number="0417", printed_at=job.accepted_at + timedelta(seconds=1))


def _with_lines(lines: int, job: PrintJob, more: Sequence[Item]) -> PrintJob:
    """With as many of `more` behind its dishes as make a ticket of exactly so many lines."""
    for count in range(len(more)):
        longer = _with_dishes(job, (*job.order.items, *more[:count]))
        if _lines(longer) == lines:
            return longer
    raise MeasurementFailed(f"no ticket of {lines} lines can be made of the sample")


def _lines(job: PrintJob) -> int:
    """Rows of text on paper of 80 mm. Blank rows and pictures are none."""
    profile = _PROFILES["80mm"]
    paper = _paper(render_ticket(job, _slip(job), profile), profile)
    return sum(bool(line.runs) for line in paper.lines)


def _paper(data: bytes, profile: Profile) -> Ticket:
    (ticket,) = tickets(data, profile.columns)
    return ticket


def _plain(job: PrintJob) -> bytes:
    # The library leaves a folder in the temporary one at every start.
    with tempfile.TemporaryDirectory(prefix="bonfire-plain-") as folder:
        return subprocess.run(
            [sys.executable, "-m", "bench.plain"],
            input=job.encode(),
            capture_output=True,
            check=True,
            env={**os.environ, "TMPDIR": folder},
        ).stdout
