"""What one ticket costs: processor time, bytes on the line, millimetres of paper."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from datetime import timedelta
from typing import Final

from bench.cpu import cpu_ms
from bench.figures import Figure
from bench.orders import big_order, first_job
from bench.site import Site
from bonfire import config
from bonfire.messages import PrintJob
from bonfire.order import Item
from escpos_paper import Ticket, tickets
from print_agent.ticket import Profile, Slip, render_ticket

_PROFILES: Final = {"80mm": Profile(columns=48), "58mm": Profile(columns=32)}
_FOREIGN: Final = "北京烤鸭"
_FORTY: Final = 40


def measure(site: Site, _seconds: float) -> list[Figure]:
    """One sample order of a little more than 40 lines of paper, then with one dish in Chinese."""
    job = first_job(big_order(), config.load(site.config))
    return [*_times(job), *_costs(job)]


def _times(job: PrintJob) -> list[Figure]:
    foreign = _with_dishes(job, (*job.order.items, Item(name=_FOREIGN)))
    forty = _with_dishes(job, tuple(Item(name=f"Gericht mit Soße {n}") for n in range(_FORTY)))
    named = {"": job, "_40_dishes": forty, "_raster": foreign}
    return [
        Figure(f"render_ticket{name}", _render_ms(one), "ms", goal, f"{_lines(one)} lines")
        for (name, one), goal in zip(named.items(), ("<= 1", "", "<= 15"), strict=True)
    ]


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


def _with_dishes(job: PrintJob, dishes: tuple[Item, ...]) -> PrintJob:
    return job.model_copy(update={"order": job.order.model_copy(update={"items": dishes})})


def _slip(job: PrintJob) -> Slip:
    return Slip(number="0417", printed_at=job.accepted_at + timedelta(seconds=1))


def _render_ms(job: PrintJob) -> float:
    slip = _slip(job)
    return cpu_ms(lambda: render_ticket(job, slip))


def _lines(job: PrintJob) -> int:
    profile = _PROFILES["80mm"]
    return len(_paper(render_ticket(job, _slip(job), profile), profile).lines)


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
