"""`python -m bench.plain`: what python-escpos makes of a print job that one just writes down.

The measure for the bytes and the paper of our tickets: everything that the job says, line by line
in the printer's normal type, the library's own profile and encoding. It runs in a process of its
own since the library is loaded here as it comes.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

from escpos.printer import Dummy

from bonfire.messages import PrintJob
from bonfire.order import Item


def plain_ticket(job: PrintJob) -> bytes:
    printer: Any = Dummy()
    printer.hw("INIT")
    printer.set(align="center", bold=True, double_width=True, double_height=True)
    printer.textln(f"{job.station_name} {job.order.number}")
    printer.set(align="left", bold=False, normal_textsize=True)
    for line in _lines(job):
        printer.textln(line)
    printer.cut()
    data: bytes = printer.output
    return data


def _lines(job: PrintJob) -> Iterator[str]:
    order, promise = job.order, job.order.fulfilment.promise
    yield f"{order.fulfilment.kind} {promise.text or promise.at or ''}"
    yield f"Name: {order.customer_name}"
    yield from (f"{field.label}: {field.text}" for field in order.custom_fields)
    if order.fulfilment.instructions:
        yield order.fulfilment.instructions
    if order.note:
        yield f"Note: {order.note}"
    yield "-" * 48
    for item in order.items:
        yield from _item(item)
    yield "-" * 48
    yield f"{sum(item.quantity for item in order.items)} items, part {job.part} of {job.parts}"
    yield from (f"{other.name}: {other.items} items" for other in job.others)
    yield f"ordered {order.placed_at:%H:%M}" if order.placed_at else ""


def _item(item: Item) -> Iterator[str]:
    yield f"{item.quantity} x {item.name}"
    yield from (f"    {variant}" for variant in item.variants)
    for modifier in item.modifiers:
        yield f"    {modifier.group}: {modifier.quantity} x {modifier.name}"
    if item.special_request:
        yield f"    {item.special_request}"


if __name__ == "__main__":
    sys.stdout.buffer.write(plain_ticket(PrintJob.model_validate_json(sys.stdin.buffer.read())))
