"""`print-agent preview`: tickets as pictures and text, without a printer or a broker.

The bytes are those that a printer would get; they become a picture through the same interpreter
that the virtual printer has.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import pydantic
from pydantic_core import from_json

from bonfire.clock import Clock, SystemClock
from bonfire.errors import BonfireError, Permanent, Reason
from bonfire.messages import Language, PrintJob, TicketOrder, problems
from bonfire.order import Order
from escpos_paper import FontMissing, tickets
from print_agent.ticket import Profile, Slip, render_ticket
from print_agent.ticket.typeset import MIN_COLUMNS

_STDIN: Final = "-"
_ORDER_SCHEMA: Final = "bonfire.order/1"
_TICKET_NUMBER: Final = "0000"


class UnreadableInput(Permanent):
    """The file holds neither print jobs nor orders."""

    def __init__(self, detail: str) -> None:
        super().__init__(Reason.UNREADABLE_MESSAGE, detail)


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
    parser.add_argument("--columns", type=_columns, default=48, help="characters across the paper")
    parser.add_argument("--timezone", default="UTC", help="of an order; a job has its own")


def _columns(text: str) -> int:
    columns = int(text)
    if not MIN_COLUMNS <= columns <= 80:
        raise argparse.ArgumentTypeError(f"between {MIN_COLUMNS} and 80")
    return columns


def run(args: argparse.Namespace, clock: Clock | None = None) -> int:
    """Writes `<name>.txt` and `<name>.png` for each ticket and prints their paths.

    `args` as `add_arguments` makes them. Returns the exit code: 1 if something could not be shown.
    """
    now = (clock or SystemClock()).now()
    try:
        args.out.mkdir(parents=True, exist_ok=True)
        for file in args.files:
            _preview(file, args, now)
    except (BonfireError, FontMissing, OSError) as error:
        print(f"print-agent preview: {error}", file=sys.stderr)
        return 1
    return 0


def _preview(file: str, args: argparse.Namespace, now: datetime) -> None:
    data = sys.stdin.buffer.read() if file == _STDIN else Path(file).read_bytes()
    stem = "ticket" if file == _STDIN else Path(file).stem
    jobs = list(read_jobs(data, args.timezone, now))
    for index, job in enumerate(jobs, start=1):
        if args.language:
            job = job.model_copy(update={"language": args.language})
        name = stem if len(jobs) == 1 else f"{stem}-{index}"
        # As it printed then: today, the times of an old order would all carry their date.
        slip = Slip(_TICKET_NUMBER, printed_at=job.accepted_at)
        _write(args.out / name, render_ticket(job, slip, Profile(columns=args.columns)), args)


def _write(path: Path, data: bytes, args: argparse.Namespace) -> None:
    (ticket,) = tickets(data, args.columns)
    text, picture = path.with_name(f"{path.name}.txt"), path.with_name(f"{path.name}.png")
    text.write_text(ticket.text() + "\n")
    print(text)
    picture.write_bytes(ticket.png())
    print(picture)


def read_jobs(data: bytes, timezone: str, now: datetime) -> Iterator[PrintJob]:
    """The print jobs in `data`; an order becomes one ticket with all that it holds.

    `timezone` is for orders, and `now` for one that does not say when it was placed. Raises
    `UnreadableInput`.
    """
    for number, value in enumerate(_values(data), start=1):
        try:
            yield _job(value, timezone, now)
        except pydantic.ValidationError as error:
            raise UnreadableInput(f"no. {number}: {problems(error)}") from error


def _values(data: bytes) -> Iterable[Any]:
    try:
        value = from_json(data)
    except ValueError as whole:
        try:
            values = [from_json(line) for line in data.splitlines() if line.strip()]
        except ValueError:
            values = []
        if not values:
            raise UnreadableInput(f"not JSON: {whole}") from whole
        return values
    return value if isinstance(value, list) else [value]


def _job(value: Any, timezone: str, now: datetime) -> PrintJob:
    if not isinstance(value, dict):
        raise UnreadableInput("a print job or an order is a JSON object")
    if _is_from_wix(value):
        raise UnreadableInput(
            "this is an order as Wix sends it; routing makes its tickets: "
            "order-ingest jobs FILE | print-agent preview -"
        )
    schema = value.get("schema", _ORDER_SCHEMA)
    if schema == PrintJob.SCHEMA:
        return PrintJob.model_validate(value)
    if schema != _ORDER_SCHEMA:
        raise UnreadableInput(f"{schema!r} is no {PrintJob.SCHEMA} and no {_ORDER_SCHEMA}")
    return _whole_order(Order.model_validate(value), timezone, now)


def _is_from_wix(value: dict[str, Any]) -> bool:
    inner = value.get("order")
    return "lineItems" in value or (isinstance(inner, dict) and "lineItems" in inner)


def _whole_order(order: Order, timezone: str, now: datetime) -> PrintJob:
    at = order.placed_at or now
    return PrintJob(
        job_id="0" * 32,
        organisation="preview",
        location="preview",
        timezone=timezone,
        agent="preview",
        station="preview",
        station_name="PREVIEW",
        printer="preview",
        accepted_at=at,
        due_at=at,
        order=TicketOrder(
            id=order.id,
            number=order.number,
            placed_at=order.placed_at,
            fulfilment=order.fulfilment,
            customer_name=order.customer.full_name,
            note=order.note,
            custom_fields=order.custom_fields,
            items=order.items,
            alerts=order.alerts,
        ),
    )
