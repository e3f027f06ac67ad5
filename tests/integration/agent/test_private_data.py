"""A courier's ticket holds a telephone number, an address and a price. Whatever becomes of it, they
come out on paper and in its dead letter, which only the ledger reads, and nowhere else."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from decimal import Decimal

import pytest
from prometheus_client import generate_latest

from bonfire import logs
from bonfire.messages import Document, JobEventType, PrintJob, TicketOrder
from bonfire.order import (
    Address,
    Fulfilment,
    FulfilmentKind,
    Item,
    LabelledText,
    Money,
    Payment,
)
from print_agent.printers.fake import CUT_OFF, NO_BYTE_SENT
from tests.integration.agent.rig import UNPRINTABLE, Rig
from tests.support.jobs import job

CANARY = "KANARIENVOGEL"
AMOUNT = "7391856.42"


def courier(number: str, printer: str = "kitchen-1") -> PrintJob:
    money = Money(amount=Decimal(AMOUNT), currency=CANARY[:12])
    words = (LabelledText(label=CANARY, text=CANARY),)
    order = TicketOrder(
        id=f"order-{number}",
        number=number,
        fulfilment=Fulfilment(
            kind=FulfilmentKind.DELIVERY,
            instructions=CANARY,
            address=Address(lines=(CANARY,), city=CANARY),
        ),
        customer_name=CANARY,
        phone=CANARY,
        payment=Payment(total=money, to_collect=money),
        note=CANARY,
        allergies=words,
        custom_fields=words,
        items=(Item(name=CANARY, special_request=CANARY, notes=words, price=money),),
    )
    return job(number, printer, document=Document.COURIER, order=order)


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the print host would write to its standard error, at the most talkative level."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    stream = io.StringIO()
    logs.start_logging("print-agent", "DEBUG", stream)
    yield stream
    root.handlers[:] = before
    root.setLevel(level)


async def test_nothing_that_a_print_host_tells_holds_what_stands_on_a_ticket(rig: Rig, log):
    rig.kitchen.script(NO_BYTE_SENT, CUT_OFF, CUT_OFF)
    body = courier("A5").encode()

    await rig.send(courier("A1"), courier("A2"), courier(UNPRINTABLE), courier("A4", "grill-9"))
    rig.publish(body[: len(body) // 2])
    rig.publish(body.replace(b'"parts":', b'"parts":"' + CANARY.encode() + b'","x":'))
    await rig.wait(60)

    assert {event.type for event in rig.events()} >= {JobEventType.PRINTED, JobEventType.DEAD}
    letters = rig.dead_letters()
    assert len(letters) == 3
    assert all(letter.job.order.phone == CANARY for letter in letters)
    told = [event.encode().decode() for event in rig.all_events()]
    told += [letter.model_copy(update={"job": job()}).encode().decode() for letter in letters]
    told += [f"{row['routing_key']} {row['headers']}" for row in rig.put_in("@dead")]
    told += [generate_latest(rig.registry).decode(), log.getvalue()]
    assert log.getvalue().count("\n") > 5
    for secret in (CANARY, CANARY[:12], AMOUNT):
        assert not [text for text in told if secret in text]
