"""What everybody reads first: for whom, how, which order, and when."""

from __future__ import annotations

from collections.abc import Iterator

from print_agent.ticket.blocks import Block, Huge, Line, Pair
from print_agent.ticket.draft import NAME_CHARACTERS, Draft
from print_agent.ticket.handover import method, say_handover
from print_agent.ticket.promise import is_for_today, say_promise
from print_agent.ticket.style import LARGE, LOUD_AND_LARGE


def head(draft: Draft) -> Iterator[Block]:
    pen, job = draft.pen, draft.job
    fulfilment = job.order.fulfilment
    station = pen.line(job.station_name, NAME_CHARACTERS) or pen.line(job.station, NAME_CHARACTERS)
    yield Pair(station, say_handover(fulfilment, pen), LARGE)
    yield Huge(draft.number)
    style = LARGE if is_for_today(fulfilment.promise, draft) else LOUD_AND_LARGE
    yield Line(say_promise(fulfilment.promise, draft), style)
    yield from method(draft)
