"""A print job as the blocks of its ticket: what a cook has to know, most urgent first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from bonfire.messages import Document, JobKind, PrintJob
from bonfire.order import Fulfilment, FulfilmentKind, Promise
from print_agent.ticket.blocks import (
    Banner,
    Block,
    Detail,
    Feed,
    Heading,
    Huge,
    Line,
    Pair,
    Place,
    Rule,
)
from print_agent.ticket.dishes import dishes, total
from print_agent.ticket.guest_text import order_texts, speaks_of_allergy_below
from print_agent.ticket.local_time import LocalTime
from print_agent.ticket.pen import Pen
from print_agent.ticket.profile import DEFAULT, Profile
from print_agent.ticket.slip import Slip
from print_agent.ticket.style import PLAIN, Style
from print_agent.ticket.wording import promise_says_more, title_says_more
from print_agent.ticket.words import WORDS

NUMBER_CHARACTERS: Final = 60
NAME_CHARACTERS: Final = 60

_LARGE: Final = Style(width=2, height=2, bold=True)
_LOUD: Final = Style(width=2, height=2, bold=True, inverse=True)
_SMALL: Final = Style(small=True)


def compose(job: PrintJob, slip: Slip, profile: Profile = DEFAULT) -> tuple[Block, ...]:
    """The ticket of `job`, from the feed for the rail down to the line that identifies it.

    Pure, and total for every valid job: whatever cannot be shown says that it is missing.
    """
    pen = Pen(WORDS[job.language], profile)
    local = LocalTime(job.timezone, slip.printed_at, pen.words)
    number = _number(job, pen)
    station = pen.line(job.station_name, NAME_CHARACTERS) or pen.line(job.station, NAME_CHARACTERS)
    promised = _promised(job.order.fulfilment.promise, local, pen)
    marks = tuple(_marks(job, slip, local, pen))
    # The texts first: only then is it known whether the top has to send the cook online.
    guest = tuple(order_texts(job.order, number, pen))
    body = tuple(dishes(job.order, number, pen)) or (Banner(pen.words.no_items),)
    head = (
        Pair(station, _fulfilment(job.order.fulfilment, pen), _LARGE),
        Huge(number),
        Line(promised, _LARGE if _is_for_today(job, local) else _LOUD),
        *_method(job.order.fulfilment, pen),
    )
    foot = tuple(_foot(job, slip, local, promised, pen))
    alerts = tuple(_alerts(job, slip, number, pen))
    top = (Feed(profile.top_rows), *marks, *_late(slip, pen), *head, *alerts, *guest)
    rule = () if isinstance(body[0], Heading) else (Rule(),)
    return (*top, *rule, *body, Rule(), *foot, *marks, Line(_identity(job, slip)))


def _number(job: PrintJob, pen: Pen) -> str:
    number = pen.line(job.order.number, NUMBER_CHARACTERS)
    pen.incomplete = pen.incomplete or not number
    return number or "?"


def _identity(job: PrintJob, slip: Slip) -> str:
    """The last line of every ticket, by which a roll of paper is checked against the journal."""
    return f"#{slip.number}  job {job.job_id[:8]}"


def _is_test(job: PrintJob, slip: Slip) -> bool:
    return slip.test or job.kind is JobKind.TEST


def _marks(job: PrintJob, slip: Slip, local: LocalTime, pen: Pen) -> Iterator[Banner]:
    """What stands on the first and on the last lines: half a ticket must not deceive."""
    if earlier := slip.possible_duplicate_of:
        time = local.say(earlier.printed_at)
        mark = pen.words.possible_duplicate.format(earlier.number, time)
        yield Banner(f"{mark}\n{pen.words.duplicate_instruction}")
    if _is_test(job, slip):
        yield Banner(f"{pen.words.test}\n{pen.words.test_instruction}")
    elif job.kind is JobKind.CHANGE:
        yield Banner(pen.words.change)
    elif job.kind is JobKind.CANCEL:
        yield Banner(pen.words.cancel)
    elif job.kind is JobKind.REPRINT:
        yield Banner(pen.words.reprint)


def _late(slip: Slip, pen: Pen) -> Iterator[Banner]:
    if slip.late_minutes:
        yield Banner(pen.words.late.format(slip.late_minutes))


def _fulfilment(fulfilment: Fulfilment, pen: Pen) -> str:
    name = pen.line(fulfilment.table, NAME_CHARACTERS)
    table = pen.words.table.format(name) if name else ""
    return ", ".join(filter(None, (_kind(fulfilment, table, pen), table)))


def _kind(fulfilment: Fulfilment, table: str, pen: Pen) -> str:
    match fulfilment.kind:
        case FulfilmentKind.PICKUP:
            return pen.words.pickup
        case FulfilmentKind.DELIVERY:
            return pen.words.delivery
        case FulfilmentKind.DINE_IN:
            return "" if table else pen.words.dine_in
        case FulfilmentKind.UNKNOWN:
            title = pen.line(fulfilment.title, NAME_CHARACTERS)
            if table:
                return title if title_says_more(fulfilment) else ""
            return title or pen.words.fulfilment_unknown


def _method(fulfilment: Fulfilment, pen: Pen) -> Iterator[Detail]:
    """What the owner calls it, where that says more. It may be all that is known of a table."""
    if fulfilment.kind is FulfilmentKind.UNKNOWN or not title_says_more(fulfilment):
        return
    is_for_table = fulfilment.kind is FulfilmentKind.DINE_IN and not fulfilment.table
    style = Style(height=2, bold=True) if is_for_table else PLAIN
    yield Detail(pen.line(fulfilment.title), pen.words.method, Place.TICKET, style)


def _promised(promise: Promise, local: LocalTime, pen: Pen) -> str:
    said = _promised_time(promise, local, pen)
    if not said:
        return pen.line(promise.text, NAME_CHARACTERS) or pen.words.time_unknown
    start = promise.at or promise.until
    if not promise_says_more(promise, local.local(start) if start else None):
        return said
    return f"{said} ({pen.line(promise.text, NAME_CHARACTERS)})"


def _promised_time(promise: Promise, local: LocalTime, pen: Pen) -> str:
    start = promise.at or promise.until
    end = promise.until or promise.at
    if start and end:
        said = local.say_slot(start, end)
        return pen.words.asap_until.format(said) if promise.asap else said
    return pen.words.asap if promise.asap else ""


def _is_for_today(job: PrintJob, local: LocalTime) -> bool:
    at = job.order.fulfilment.promise.at or job.order.fulfilment.promise.until
    return at is None or local.is_today(at)


def _alerts(job: PrintJob, slip: Slip, number: str, pen: Pen) -> Iterator[Banner]:
    """Comes after every text was written: `pen` then knows whether something is missing."""
    order = job.order
    is_empty = not order.items and not _is_test(job, slip)
    # This version knows one document: of another it prints what it has.
    is_partial = job.document is not Document.STATION
    if order.alerts or pen.incomplete or is_empty or is_partial:
        yield Banner(pen.words.check_online.format(number))
    if speaks_of_allergy_below(order):
        yield Banner(pen.words.allergy_below)


def _foot(job: PrintJob, slip: Slip, local: LocalTime, promised: str, pen: Pen) -> Iterator[Block]:
    words = pen.words
    part = words.part.format(job.part, job.parts) if job.parts > 1 else ""
    if job.order.items:
        yield Pair(_items(total(job.order), pen), part, Style(height=2, bold=True))
    for other in job.others:
        name = pen.line(other.name, NAME_CHARACTERS)
        yield Line(words.other_station.format(name, _items(other.items, pen)))
    if job.copies > 1:
        yield Line(words.copy.format(job.copy_number, job.copies))
    times = [f"{words.printed} {local.say(slip.printed_at)}", f"{words.promised} {promised}"]
    if job.order.placed_at:
        times.insert(0, f"{words.ordered} {local.say(job.order.placed_at)}")
    yield Line(" · ".join(times), _SMALL)


def _items(count: int, pen: Pen) -> str:
    return pen.words.items_one if count == 1 else pen.words.items_many.format(count)
