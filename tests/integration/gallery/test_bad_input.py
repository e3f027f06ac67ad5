"""What guests and shops write that nobody expects: every ticket stays readable and whole, for every
document and on every profile.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from itertools import product
from typing import Final, NamedTuple

import pytest

from bonfire.messages import Document, JobKind, PrintJob
from bonfire.order import (
    Address,
    Customer,
    Fulfilment,
    FulfilmentKind,
    Item,
    Modifier,
    Money,
    Order,
    Payment,
    PaymentStatus,
)
from escpos_paper import Kind, commands
from gallery.profiles import PAPERS, PROFILES
from print_agent.preview.engine import engine_of, paper
from print_agent.ticket import Earlier, Profile, Replaced, render_ticket
from print_agent.ticket.guest_text import NOTE_CHARACTERS
from print_agent.ticket.words import WORDS
from tests.support.order_words import (
    SLIP,
    asks_to_read_online,
    overflowing,
    planned,
    printed,
    reading,
    squeezed,
)

_LONG_NAME: Final = " ".join(f"Gang{number:03}" for number in range(38))[:300]
_ONE_WORD: Final = "Donaudampfschifffahrtsgesellschaft" * 8 + "skapitänsmützenknopf"
_HIDDEN: Final = (
    "S\u200bu\u200dp\u2060p\ufeffe \u202eteilnehcS\u202c \u2066rechts\u2069 \u00adweich"
)
_CONTROLS: Final = "Pizza\x1b@\x1bp\x00\x32\x32\x1dV\x00\x10\x14\x01\x00\x01 Kuchen\x07\x9b\x7f\x00"
_WORDS: Final = [f"Wort{number:04}" for number in range(10_000)]
_NOTE: Final = " ".join(_WORDS)[:10_000]
_NOT_OURS: Final = {Kind.UNKNOWN, Kind.DRAWER, Kind.NUL, Kind.REAL_TIME_CONTROL, Kind.CANCEL}


def order(*items: Item, **changes: object) -> Order:
    fields: dict[str, object] = {
        "id": "o-1",
        "number": "10417",
        "fulfilment": Fulfilment(
            kind=FulfilmentKind.DELIVERY, address=Address(lines=("Mühlstraße 12a",), city="Bach")
        ),
        "customer": Customer(name="Jörg Weiß", phone="0171 3920042"),
        "items": items,
        "payment": Payment(
            status=PaymentStatus.NOT_PAID, to_collect=Money(amount=Decimal("34.50"))
        ),
    }
    return Order.model_validate(fields | changes)


ORDERS: Final = {
    "a name of 300 characters": order(Item(name=_LONG_NAME)),
    "a name that is one word": order(Item(name=_ONE_WORD, modifiers=(Modifier(name=_ONE_WORD),))),
    "60 lines": order(*(Item(name=f"Gericht{number:02}") for number in range(60))),
    "quantity 999": order(
        Item(name="Espresso", quantity=999, modifiers=(Modifier(name="Keks", quantity=999),))
    ),
    "zero-width and bidi": order(Item(name=_HIDDEN, special_request=_HIDDEN), note=_HIDDEN),
    "control bytes": order(Item(name=_CONTROLS, special_request=_CONTROLS), note=_CONTROLS),
    "a note of 10 000 characters": order(Item(name="Suppe"), note=_NOTE),
    "a request of 10 000 characters": order(Item(name="Suppe", special_request=_NOTE)),
    "an item without a name": order(Item(name="", quantity=2), Item(name=" \u200b\x07 ")),
    "a price without a currency": order(Item(name="Suppe", price=Money(amount=Decimal("4.5")))),
    "no items": order(),
}
# The words that have to be on every ticket that holds dishes, beside the order's number.
SHOWN: Final = {
    "a name of 300 characters": _LONG_NAME.split(),
    "a name that is one word": [_ONE_WORD],
    "60 lines": [f"Gericht{number:02}" for number in range(60)],
    "quantity 999": ["999x", "Espresso", "Keks"],
    "zero-width and bidi": ["Suppe", "teilnehcS", "rechts", "weich"],
    "control bytes": ["Kuchen"],
    "a price without a currency": ["Suppe"],
}


class Case(NamedTuple):
    name: str
    document: Document
    profile: str

    @property
    def look(self) -> Profile:
        return PROFILES[self.profile]

    @property
    def jobs(self) -> list[PrintJob]:
        return [job for job in _jobs(self.name) if job.document is self.document]


@lru_cache(maxsize=len(ORDERS))
def _jobs(name: str) -> tuple[PrintJob, ...]:
    return planned(ORDERS[name])


CASES: Final = [Case(*parts) for parts in product(ORDERS, Document, PROFILES)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: "-".join(case))
def test_a_ticket_stays_one_ticket_whatever_is_written_on_it(case):
    assert case.jobs
    for job in case.jobs:
        data = render_ticket(job, SLIP, case.look)
        kinds = [command.kind for command in commands(data, engine_of(case.look))]
        assert not _NOT_OURS.intersection(kinds)
        assert kinds.count(Kind.CUT) == 1
        shown = paper(data, case.look)
        assert shown.is_cut
        assert shown.text().splitlines()[-1].strip() == f"#0417  job {job.job_id[:8]}"
        assert squeezed(job.order.number) in printed(job, case.look)
        assert overflowing(job, case.look) == []


def has_dishes(case: Case) -> bool:
    """A courier's ticket may be set to do without them."""
    return case.document is not Document.COURIER or case.profile != "80mm-bare"


@pytest.mark.parametrize(
    "case",
    [case for case in CASES if case.name in SHOWN and has_dishes(case)],
    ids=lambda case: "-".join(case),
)
def test_it_is_whole(case):
    for job in case.jobs:
        found = printed(job, case.look)
        assert [word for word in SHOWN[case.name] if reading(word, case.look) not in found] == []


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("document", Document)
def test_a_long_note_is_there_up_to_its_limit_and_the_rest_is_asked_for(document, profile):
    case = Case("a note of 10 000 characters", document, profile)
    for job in case.jobs:
        found = printed(job, case.look)
        limit = len(" ".join(_WORDS)[: NOTE_CHARACTERS - 30].split()) - 1
        assert all(word in found for word in _WORDS[:limit])
        assert asks_to_read_online(job, found)
        assert paper(render_ticket(job, SLIP, case.look), case.look).height_mm < 700


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("document", [Document.STATION, Document.PASS, Document.BAG])
@pytest.mark.parametrize("name", ["a request of 10 000 characters", "an item without a name"])
def test_what_is_cut_or_nameless_sends_the_reader_online(name, document, profile):
    case = Case(name, document, profile)
    for job in case.jobs:
        assert asks_to_read_online(job, printed(job, case.look))


@pytest.mark.parametrize("profile", PROFILES)
def test_an_order_without_items_says_so(profile):
    for job in planned(ORDERS["no items"]):
        if job.document is Document.STATION:
            found = printed(job, PROFILES[profile])
            assert squeezed(WORDS[job.language].no_items) in found
            assert asks_to_read_online(job, found)


@pytest.mark.parametrize("profile", [name for name in PROFILES if name != "80mm-bare"])
def test_a_price_without_a_currency_prints_as_a_number(profile):
    (job,) = Case("a price without a currency", Document.PASS, profile).jobs
    assert "4.50" in printed(job, PROFILES[profile]).replace(",", ".")


@pytest.mark.parametrize("kind", [kind for kind in JobKind if kind is not JobKind.NEW])
@pytest.mark.parametrize("profile", PAPERS)
@pytest.mark.parametrize("name", ORDERS)
def test_no_kind_of_ticket_is_lost_over_it(name, profile, kind):
    for job in planned(ORDERS[name], kind):
        before = Replaced(Earlier("0416", SLIP.printed_at), job.order)
        slip = replace(SLIP, replaces=before) if kind is JobKind.CANCEL else SLIP
        assert paper(render_ticket(job, slip, PROFILES[profile]), PROFILES[profile]).is_cut
