"""Any job, any slip and any profile that there can be."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

from hypothesis import strategies as st

from bonfire.config import Grouping, OptionalBlock
from bonfire.messages import (
    Document,
    JobKind,
    Language,
    OtherStation,
    PrintJob,
    StationPart,
    TicketOrder,
)
from bonfire.order import (
    Address,
    Alert,
    AlertCode,
    Fulfilment,
    FulfilmentKind,
    Item,
    LabelledText,
    Modifier,
    Money,
    Payment,
    PaymentStatus,
    Promise,
    Section,
)
from print_agent.ticket import Earlier, Profile, Slip
from print_agent.ticket.slip import Replaced, Unused
from tests.unit.ticket.samples import PLACED, job, order

WORDS: Final = st.text("abcäöüÉñ€0123 \n\u202e\x1b北", max_size=30) | st.sampled_from(
    ["", "ohne Nüsse", "Allergie", "extra scharf", "?? 5ec0ffee", "12"]
)
TIMES: Final = st.integers(-2_880, 2_880).map(lambda minutes: PLACED + timedelta(minutes=minutes))
MONEY: Final = st.builds(
    Money,
    amount=st.decimals(-1_000, 1_000, places=2) | st.sampled_from([Decimal("1E+40"), Decimal(7)]),
    currency=st.sampled_from(["", "EUR", "CHF", "JPY"]),
)
LABELLED: Final = st.builds(LabelledText, label=WORDS, text=WORDS)


def _tuples(values: st.SearchStrategy[Any], most: int = 2) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(values, max_size=most).map(tuple)


MODIFIERS: Final = st.builds(
    Modifier,
    name=WORDS,
    group=WORDS,
    quantity=st.integers(1, 3),
    price=st.none() | MONEY,
    resolved=st.booleans(),
)
ITEMS: Final = st.builds(
    Item,
    # Few names and ids, so that lines of two orders are found again.
    name=st.sampled_from(["Suppe", "Burger", "Cola"]) | WORDS,
    quantity=st.integers(1, 4) | st.just(999_999),
    id=st.sampled_from(["", "1", "2", "3"]),
    variants=_tuples(WORDS),
    modifiers=_tuples(MODIFIERS),
    special_request=st.just("") | WORDS,
    notes=_tuples(LABELLED, 1),
    section=st.builds(Section, name=st.sampled_from(["", "Suppen", "Pasta"])),
    price=st.none() | MONEY,
    part_of=st.sampled_from(["", "Menü"]),
)
PROMISES: Final = st.builds(
    Promise, asap=st.booleans(), at=st.none() | TIMES, until=st.none() | TIMES, text=WORDS
)
FULFILMENTS: Final = st.builds(
    Fulfilment,
    kind=st.sampled_from(FulfilmentKind),
    title=WORDS,
    table=WORDS,
    promise=PROMISES,
    instructions=WORDS,
    address=st.none()
    | st.builds(Address, lines=_tuples(WORDS), postal_code=WORDS, city=WORDS, country=WORDS),
)
PAYMENTS: Final = st.builds(
    Payment,
    status=st.sampled_from(PaymentStatus),
    total=st.none() | MONEY,
    to_collect=st.none() | MONEY,
)
ORDERS: Final[st.SearchStrategy[TicketOrder]] = st.builds(
    lambda items, **changes: order(*items, **changes),
    _tuples(ITEMS, 6),
    number=WORDS,
    placed_at=st.none() | TIMES,
    fulfilment=FULFILMENTS,
    customer_name=WORDS,
    phone=WORDS,
    payment=st.none() | PAYMENTS,
    note=WORDS,
    allergies=_tuples(LABELLED),
    custom_fields=_tuples(LABELLED),
    alerts=_tuples(st.builds(Alert, code=st.sampled_from(AlertCode)), 1),
)
JOBS: Final[st.SearchStrategy[PrintJob]] = st.builds(
    job,
    ORDERS,
    kind=st.sampled_from(JobKind),
    document=st.sampled_from(Document),
    language=st.sampled_from(Language),
    timezone=st.sampled_from(["Europe/Berlin", "nowhere"]),
    station_name=WORDS,
    copies=st.integers(1, 2),
    parts=st.integers(1, 2),
    others=_tuples(st.builds(OtherStation, name=WORDS, items=st.integers(0, 5)), 1),
    # Also positions that no line has, and those that two parts claim.
    stations=_tuples(st.builds(StationPart, name=WORDS, items=_tuples(st.integers(0, 7), 4)), 3),
)
EARLIER: Final = st.builds(Earlier, number=st.sampled_from(["0412", "0412/2"]), printed_at=TIMES)
SLIPS: Final[st.SearchStrategy[Slip]] = st.builds(
    Slip,
    number=st.just("0417"),
    printed_at=TIMES,
    possible_duplicate_of=st.none() | EARLIER,
    replaces=st.none()
    | st.builds(Replaced, ticket=EARLIER, order=ORDERS, surely_printed=st.booleans()),
    reprint=st.integers(0, 2),
    moved_from=st.sampled_from(["", "kitchen-1"]),
    late_minutes=st.none() | st.integers(0, 90),
    test=st.booleans(),
    previous=st.sampled_from(["", "0416"]),
    unused=_tuples(
        st.builds(Unused, number=st.just("0415"), printed_at=st.sampled_from(["", "bar-1"])), 1
    ),
)
PROFILES: Final[st.SearchStrategy[Profile]] = st.builds(
    Profile,
    columns=st.sampled_from([24, 32, 42, 48]),
    group_by=st.sampled_from(Grouping),
    merge_identical=st.booleans(),
    hidden=st.frozensets(st.sampled_from(OptionalBlock)),
)
