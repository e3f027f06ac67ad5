"""Which tickets the gallery shows.

All orders in all ways would be twelve thousand pictures. These meet: every order with every
document and every kind of paper, some in every language; with the richest order every document with
every occasion on every kind of paper in every language, and with every profile when it is new and
when it changes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import product
from typing import Final

from bonfire.messages import Document, Language, PrintJob, TicketOrder
from bonfire.order import Order
from gallery import kinds
from gallery.kinds import KINDS
from gallery.orders import RICHEST, WAYS_OUT, House, opened, revised
from gallery.profiles import PAPERS, PROFILES
from order_ingest.domain.jobs import plan
from order_ingest.domain.revision import kitchen_digest
from print_agent.ticket import Profile, Slip

GERMAN: Final = Language.GERMAN
_PLACED: Final = datetime(2026, 3, 6, 17, 41, 12, tzinfo=UTC)  # of an order that does not say
_ON_ITS_WAY: Final = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class Case:
    """One ticket. `order`, `kind` and `profile` are names that the gallery gives them."""

    order: str
    kind: str
    profile: str
    job: PrintJob
    slip: Slip

    @property
    def document(self) -> Document:
        return self.job.document

    @property
    def station(self) -> str:
        return self.job.station

    @property
    def language(self) -> Language:
        return self.job.language

    @property
    def look(self) -> Profile:
        return PROFILES[self.profile]

    @property
    def name(self) -> str:
        """Unique, and fit for a file: `everything.kitchen.NEW.80mm-48.de`."""
        return ".".join((self.order, self.station, self.kind, self.profile, self.language))


@lru_cache(maxsize=1)
def all_cases() -> tuple[Case, ...]:
    """Each once, in the order in which a page shows them best."""
    house = opened()
    found: dict[str, Case] = {}
    for order, kind, profile, language in _meetings(tuple(house.orders)):
        for case in _cases(house, order, kind, profile, language):
            found.setdefault(case.name, case)
    return tuple(found.values())


def _meetings(orders: tuple[str, ...]) -> Iterator[tuple[str, str, str, Language]]:
    yield from product((RICHEST,), KINDS, PAPERS, Language)
    yield from product((RICHEST,), (kinds.USUAL, "CHANGE"), PROFILES, (GERMAN,))
    yield from product(WAYS_OUT, (kinds.USUAL,), PAPERS, Language)
    yield from product(orders, (kinds.USUAL,), PAPERS, (GERMAN,))


def _cases(house: House, name: str, kind: str, profile: str, language: Language) -> Iterator[Case]:
    occasion = KINDS[kind]
    order = house.orders[name]
    before = {job.station: job.order for job in _jobs(house, order, kinds.USUAL, language)}
    for job in _jobs(house, revised(order) if occasion.is_revised else order, kind, language):
        slip = occasion.slip(job, before.get(job.station, _nothing_of(job.order)))
        yield Case(name, kind, profile, job, slip)


def _jobs(house: House, order: Order, kind: str, language: Language) -> tuple[PrintJob, ...]:
    location = house.config.default_location.model_copy(update={"language": language})
    accepted_at = (order.placed_at or _PLACED) + _ON_ITS_WAY
    return plan(
        order,
        location,
        house.config.organisation,
        accepted_at,
        accepted_at,
        kitchen_digest(order),
        kind=KINDS[kind].job_kind,
        source="gallery",
    )


def _nothing_of(order: TicketOrder) -> TicketOrder:
    """What stood on a station's ticket before it had any of the order."""
    return order.model_copy(update={"items": ()})
