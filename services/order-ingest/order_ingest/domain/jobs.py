"""The print jobs of an order: one for each ticket and copy, with ids that never change."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from functools import partial
from typing import NamedTuple

from bonfire.config import Location, Organisation
from bonfire.messages import Document, JobKind, PrintJob
from bonfire.order import Order
from bonfire.order_allergies import order_allergies
from order_ingest.domain.documents import is_handed_over, ticket_order
from order_ingest.domain.tickets import tickets


class Identity(NamedTuple):
    """All that the id of a job is derived from (P1): what is equal here is the same ticket.

    `source` is the shop, in which `order_id` is unique. `digest` stands for one revision of the
    order, and `occurrence` counts how often the order has had it: a change that was taken back and
    then made again must print again. `station` is unique in its `location` only.
    """

    source: str
    order_id: str
    digest: str
    occurrence: int
    kind: JobKind
    document: Document
    location: str
    station: str
    copy_number: int

    def job_id(self) -> str:
        """32 hex digits. JSON keeps the parts apart, whatever characters a shop's ids hold."""
        return hashlib.sha256(json.dumps(self).encode()).digest()[:16].hex()


def plan(
    order: Order,
    location: Location,
    organisation: Organisation,
    accepted_at: datetime,
    due_at: datetime,
    digest: str,
    occurrence: int = 1,
    kind: JobKind = JobKind.NEW,
    *,
    source: str,
) -> tuple[PrintJob, ...]:
    """Every ticket of one revision of an order, in every copy; equal arguments give equal jobs."""
    revision = partial(Identity, source, order.id, digest, occurrence, kind)
    job = partial(
        PrintJob,
        kind=kind,
        revision=digest,
        organisation=organisation.id,
        location=location.id,
        location_name=location.name,
        language=location.language,
        timezone=location.timezone,
        agent=location.agent,
        accepted_at=accepted_at,
        due_at=due_at,
    )
    every = tickets(order, location)
    shown = partial(
        ticket_order,
        order,
        allergic=order_allergies(order),
        handed_over=is_handed_over(ticket.station.document for ticket in every),
    )
    planned: list[PrintJob] = []
    for ticket in every:
        station = ticket.station
        of_ticket = partial(
            job,
            document=station.document,
            copies=ticket.copies,
            station=station.id,
            station_name=ticket.name,
            printer=station.printer,
            part=ticket.part,
            parts=ticket.parts,
            others=ticket.others,
            stations=ticket.stations,
            order=shown(station.document, ticket.items),
        )
        for copy in range(1, ticket.copies + 1):
            identity = revision(station.document, location.id, station.id, copy)
            planned.append(of_ticket(job_id=identity.job_id(), copy_number=copy))
    return tuple(planned)
