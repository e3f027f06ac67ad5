"""The words of an order, and what is readable on its tickets."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final

from bonfire.config import OptionalBlock
from bonfire.messages import JobKind, PrintJob
from bonfire.order import Item, LabelledText, Order, Topic
from bonfire.sanitiser import clean
from gallery.orders import House, opened
from order_ingest.domain.jobs import plan
from order_ingest.domain.revision import kitchen_digest
from print_agent.ticket import Profile, Slip
from print_agent.ticket.charset import LOST
from print_agent.ticket.layout import compose
from print_agent.ticket.paper import Paper
from print_agent.ticket.row import Row
from print_agent.ticket.typeset import typeset
from print_agent.ticket.words import WORDS

ACCEPTED: Final = datetime(2026, 3, 6, 17, 41, tzinfo=UTC)
SLIP: Final = Slip("0417", ACCEPTED + timedelta(seconds=1))

# What may stand in the middle of a word that is wider than the paper: a frame, which needles make
# of other signs, its stars, and the marks of what is written in Latin letters.
_BETWEEN: Final = re.compile(r"[\s─│┌┐└┘+|\-=~*]+")


@lru_cache(maxsize=1)
def house() -> House:
    return opened()


def planned(order: Order, kind: JobKind = JobKind.NEW) -> tuple[PrintJob, ...]:
    """The jobs of the gallery's house, which has every document."""
    config = house().config
    return plan(
        order,
        config.default_location,
        config.organisation,
        ACCEPTED,
        ACCEPTED,
        kitchen_digest(order),
        kind=kind,
        source="test",
    )


def squeezed(text: str) -> str:
    """`text` as it is compared: a row of paper may end anywhere in a long word."""
    return _BETWEEN.sub("", text)


def printed(job: PrintJob, profile: Profile, slip: Slip = SLIP) -> str:
    """All that is readable on the ticket, squeezed, before letters become a picture."""
    rows = typeset(compose(job, slip, profile), profile)
    spans = (span.text for row in rows if isinstance(row, Row) for span in row.spans)
    return squeezed("".join(spans))


def overflowing(job: PrintJob, profile: Profile, slip: Slip = SLIP) -> list[str]:
    """The rows that are wider than the paper: a printer would break them where it likes."""
    paper = Paper(profile)
    return [
        "".join(span.text for span in row.spans)
        for row in typeset(compose(job, slip, profile), profile)
        if isinstance(row, Row) and _columns(row, paper) > profile.columns
    ]


def _columns(row: Row, paper: Paper) -> float:
    return sum(
        paper.width(span.text, span.style) * span.style.width * (0.75 if span.style.small else 1)
        for span in row.spans
    )


def reading(word: str, profile: Profile) -> str:
    """How a word of `words` reads on this profile: itself where the code page has it.

    Empty for one without a sound of its own, such as a mark that makes the letter before it long.
    """
    try:
        word.encode(profile.code_page)
    except UnicodeEncodeError:
        spelled = squeezed(profile.charset.fit(word)[0])
        return "" if spelled == LOST else spelled
    return word


def asks_to_read_online(job: PrintJob, paper: str) -> bool:
    """Does the ticket send its reader to the shop's own page? `paper` is what is `printed`."""
    said = WORDS[job.language]
    asked = (said.check_online, said.read_rest)
    return any(squeezed(text.format(job.order.number)) in paper for text in asked)


def words(order: Order, profile: Profile) -> set[str]:
    """Every word that some ticket of the order has to show on this profile, clean and squeezed."""
    found = {squeezed(word) for text in texts(order, profile) for word in clean(text).split()}
    return found - {""}


def texts(order: Order, profile: Profile) -> Iterator[str]:
    """All that somebody wrote and that some ticket of this profile shows, as it was written."""
    yield from (order.number, order.note)
    for item in order.items:
        yield from _dish(item)
    if profile.shows(OptionalBlock.CUSTOMER):
        yield order.customer.full_name
    if profile.shows(OptionalBlock.CONTACT):
        yield from _contact(order)
    yield from _labelled(each for each in order.custom_fields if _is_shown(each, profile))
    yield order.fulfilment.instructions
    yield order.fulfilment.table


def _is_shown(field: LabelledText, profile: Profile) -> bool:
    is_contact = field.topic is Topic.CONTACT
    return profile.shows(OptionalBlock.CONTACT if is_contact else OptionalBlock.QUESTIONS)


def _contact(order: Order) -> Iterator[str]:
    yield order.customer.phone
    if address := order.fulfilment.address:
        yield from (*address.lines, address.postal_code, address.city)


def _dish(item: Item) -> Iterator[str]:
    yield from (item.name, str(item.quantity), item.special_request, *item.variants)
    for modifier in item.modifiers:
        yield from (modifier.name, modifier.group)
    yield from _labelled(item.notes)


def _labelled(fields: Iterable[LabelledText]) -> Iterator[str]:
    for field in fields:
        yield from (field.label, field.text)
