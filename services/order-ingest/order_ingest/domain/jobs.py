"""The print jobs of an order: one for each station and copy, with ids that never change."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import NamedTuple

from bonfire.config import Location, Organisation
from bonfire.messages import Document, JobKind, OtherStation, PrintJob, TicketOrder
from bonfire.order import Item, Order
from order_ingest.domain.routing import route


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
    """Every station ticket of one revision of an order; equal arguments give equal jobs."""
    routed = route(order.items, location)
    job = partial(
        _job,
        order=order,
        location=location,
        organisation=organisation,
        routed=routed,
        accepted_at=accepted_at,
        due_at=due_at,
    )
    revision = partial(Identity, source, order.id, digest, occurrence, kind, Document.STATION)
    return tuple(
        job(revision(location.id, station, copy_number))
        for station in routed
        for copy_number in range(1, location.station(station).copies + 1)
    )


def _job(
    identity: Identity,
    *,
    order: Order,
    location: Location,
    organisation: Organisation,
    routed: Mapping[str, Sequence[Item]],
    accepted_at: datetime,
    due_at: datetime,
) -> PrintJob:
    station = location.station(identity.station)
    return PrintJob(
        job_id=identity.job_id(),
        kind=identity.kind,
        document=identity.document,
        copy_number=identity.copy_number,
        copies=station.copies,
        revision=identity.digest,
        organisation=organisation.id,
        location=location.id,
        location_name=location.name,
        language=location.language,
        timezone=location.timezone,
        agent=location.agent,
        station=station.id,
        station_name=station.name,
        printer=station.printer,
        part=list(routed).index(station.id) + 1,
        parts=len(routed),
        others=_others(routed, location, station.id),
        accepted_at=accepted_at,
        due_at=due_at,
        order=_station_ticket(order, routed[station.id]),
    )


def _others(
    routed: Mapping[str, Iterable[Item]], location: Location, station_id: str
) -> tuple[OtherStation, ...]:
    return tuple(
        OtherStation(name=location.station(other).name, items=sum(item.quantity for item in items))
        for other, items in routed.items()
        if other != station_id
    )


def _station_ticket(order: Order, items: Iterable[Item]) -> TicketOrder:
    """What a cook needs; prices, telephone and address stay out of the kitchen."""
    return TicketOrder(
        id=order.id,
        number=order.number,
        placed_at=order.placed_at,
        fulfilment=order.fulfilment.model_copy(update={"address": None}),
        customer_name=order.customer.full_name,
        note=order.note,
        custom_fields=order.custom_fields,
        items=tuple(_without_prices(item) for item in items),
        alerts=order.alerts,
    )


def _without_prices(item: Item) -> Item:
    modifiers = tuple(one.model_copy(update={"price": None}) for one in item.modifiers)
    return item.model_copy(update={"price": None, "modifiers": modifiers})
