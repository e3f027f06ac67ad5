"""`print-agent preview`: tickets as pictures and text, without a printer or a broker.

The bytes are those that a printer would get.
"""

from __future__ import annotations

import argparse
import sys
from datetime import datetime
from pathlib import Path
from typing import Final

from bonfire.clock import Clock, SystemClock
from bonfire.errors import BonfireError
from bonfire.messages import Document, Language
from escpos_paper import FontMissing
from print_agent.preview import looks
from print_agent.preview.engine import paper
from print_agent.preview.looks import Looks
from print_agent.preview.orders import read_jobs
from print_agent.ticket import Profile, Slip, render_ticket

_STDIN: Final = "-"
_TICKET_NUMBER: Final = "0000"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "files",
        nargs="*",
        default=[_STDIN],
        metavar="FILE",
        help="print jobs or orders as JSON, one, several lines or an array; - is standard input",
    )
    parser.add_argument("--out", type=Path, default=Path(), metavar="DIR", help="where to write")
    parser.add_argument(
        "--language", type=Language, choices=list(Language), help="instead of the job's own"
    )
    parser.add_argument(
        "--document",
        type=Document,
        choices=list(Document),
        help="only these jobs; of an order, this one",
    )
    parser.add_argument("--timezone", default="UTC", help="of an order; a job has its own")
    looks.add_arguments(parser)


def run(args: argparse.Namespace, clock: Clock | None = None) -> int:
    """Writes `<name>.txt` and `<name>.png` for each ticket and prints their paths.

    `args` as `add_arguments` makes them. Returns the exit code: 1 if something could not be shown.
    """
    now = (clock or SystemClock()).now()
    try:
        chosen = Looks(args)
        args.out.mkdir(parents=True, exist_ok=True)
        for file in args.files:
            _preview(file, args, chosen, now)
    except (BonfireError, FontMissing, OSError) as error:
        print(f"print-agent preview: {error}", file=sys.stderr)
        return 1
    return 0


def _preview(file: str, args: argparse.Namespace, chosen: Looks, now: datetime) -> None:
    data = sys.stdin.buffer.read() if file == _STDIN else Path(file).read_bytes()
    stem = "ticket" if file == _STDIN else Path(file).stem
    jobs = list(read_jobs(data, args.timezone, now, args.document))
    for index, job in enumerate(jobs, start=1):
        if args.language:
            job = job.model_copy(update={"language": args.language})
        name = stem if len(jobs) == 1 else f"{stem}-{index}"
        # As it printed then: today, the times of an old order would all carry their date.
        slip = Slip(_TICKET_NUMBER, printed_at=job.accepted_at)
        profile = chosen.of(job)
        _write(args.out / name, render_ticket(job, slip, profile), profile)


def _write(path: Path, data: bytes, profile: Profile) -> None:
    ticket = paper(data, profile)
    text, picture = path.with_name(f"{path.name}.txt"), path.with_name(f"{path.name}.png")
    text.write_text(ticket.text() + "\n")
    print(text)
    picture.write_bytes(ticket.png())
    print(picture)
