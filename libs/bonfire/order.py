"""An order as Bonfire understands it, whichever shop it came from.

The body of `POST /v1/orders` has exactly this shape (`bonfire.order/1`). Text is the guest's own
and is kept as it was written; only the sanitiser at the printer makes it printable.
"""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Final

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
)

LABEL_CHARACTERS: Final = 2_000
TEXT_CHARACTERS: Final = 20_000
MOST_OF_A_LINE: Final = 999_999  # dishes

Text = Annotated[str, Field(max_length=TEXT_CHARACTERS)]
Label = Annotated[str, Field(max_length=LABEL_CHARACTERS)]
Identifier = Annotated[str, Field(min_length=1, max_length=200)]


class Value(BaseModel):
    """A frozen value; unknown fields are ignored, so that newer senders stay readable."""

    model_config = ConfigDict(frozen=True, extra="ignore", ser_json_inf_nan="null")


# The `context` of a validation that refuses words which it does not know. Without it they are a
# newer sender's, and an order is not lost for one; whoever can be told of a misspelt word is.
KNOWN_WORDS_ONLY: Final = object()


def newer_as(fallback: StrEnum) -> BeforeValidator:
    """What a word of a newer sender is read as, where its field has this in its annotation."""
    known = frozenset(map(str, type(fallback)))

    def read(value: object, info: ValidationInfo) -> object:
        is_newer = isinstance(value, str) and value not in known
        return fallback if is_newer and info.context is not KNOWN_WORDS_ONLY else value

    return BeforeValidator(read)


class OrderStatus(StrEnum):
    """Whether the kitchen may cook it."""

    WAITING = "waiting"  # not accepted yet: stored, never printed
    APPROVED = "approved"
    CANCELLED = "cancelled"


class FulfilmentKind(StrEnum):
    PICKUP = "pickup"
    DELIVERY = "delivery"
    DINE_IN = "dine_in"
    UNKNOWN = "unknown"  # the shop did not say, or said a word that we do not know


class PaymentStatus(StrEnum):
    PAID = "paid"
    NOT_PAID = "not_paid"
    PARTLY_PAID = "partly_paid"
    REFUNDED = "refunded"
    UNKNOWN = "unknown"


class AlertCode(StrEnum):
    """Why a person should look at the order in the shop's own page."""

    UNKNOWN_LOCATION = "unknown_location"
    UNKNOWN_MODIFIER = "unknown_modifier"
    UNKNOWN_VALUE = "unknown_value"
    UNREADABLE_FIELD = "unreadable_field"
    MISSING_FIELD = "missing_field"
    MISSING_NAME = "missing_name"
    NO_ITEMS = "no_items"
    TOO_LONG = "too_long"
    ANSWERS_ELSEWHERE = "answers_elsewhere"  # the guest filled in a form that is not in the order
    NOT_PRINTED = "not_printed"  # no ticket of this order may show all of it

    @classmethod
    def _missing_(cls, _value: object) -> AlertCode:
        """A newer sender's word: the alert still prints."""
        return cls.UNKNOWN_VALUE


class Alert(Value):
    """Something in the order that we could not read fully: prints CHECK ORDER ONLINE."""

    code: AlertCode
    detail: Label = ""


class Money(Value):
    amount: Decimal
    currency: Annotated[str, Field(max_length=12)] = ""


class Topic(StrEnum):
    """What a text is about, and so whose tickets show it."""

    ORDER = "order"  # all of them
    HANDOVER = "handover"  # as instructions: of who brings it, or of all that have no such ticket
    CONTACT = "contact"  # a telephone, an address: of who hands it over or brings it
    PRICE = "price"  # of who takes the money


class LabelledText(Value):
    """A question of the shop's checkout and the guest's answer; either may be empty."""

    label: Label = ""
    text: Text = ""
    topic: Annotated[Topic, newer_as(Topic.CONTACT)] = Topic.ORDER

    @property
    def in_words(self) -> str:
        """Both as one text: "Allergies? Nuts", "Anlass: Geburtstag"."""
        asks = self.label.rstrip().endswith(("?", ":"))
        return (" " if asks else ": ").join(filter(None, (self.label, self.text)))


class Address(Value):
    lines: Annotated[tuple[Label, ...], Field(max_length=20)] = ()
    postal_code: Label = ""
    city: Label = ""
    country: Label = ""


class Customer(Value):
    name: Label = ""
    company: Label = ""
    phone: Label = ""

    @property
    def full_name(self) -> str:
        """The name with the company, as far as both are there and fit a label."""
        if not self.name or self.company in ("", self.name):
            return self.name or self.company
        return f"{self.name} ({self.company})"[:LABEL_CHARACTERS]


class Promise(Value):
    """When the guest was told that it will be ready. `at` alone is a minute, with `until` a slot.

    All of it empty means that the shop did not say. `text` is the shop's own wording.
    """

    asap: bool = False
    at: AwareDatetime | None = None
    until: AwareDatetime | None = None
    text: Label = ""


class Fulfilment(Value):
    kind: Annotated[FulfilmentKind, newer_as(FulfilmentKind.UNKNOWN)] = FulfilmentKind.UNKNOWN
    title: Label = ""  # what the owner called this method, in the shop's language
    table: Label = ""
    promise: Promise = Promise()
    instructions: Text = ""  # to who brings it; a door's code is a part of the address
    address: Address | None = None


class Section(Value):
    """A section of the menu: an id where the shop only gives that, a name where it has one."""

    id: Label = ""
    name: Label = ""


class Modifier(Value):
    """A choice that changes a dish. `name` is "?? <id>" where the shop gave only an id."""

    name: Text
    group: Label = ""
    quantity: Annotated[int, Field(ge=1, le=999_999)] = 1
    price: Money | None = None
    resolved: bool = True


class Item(Value):
    """One line of the order. Two lines that differ in anything stay two lines."""

    name: Text
    quantity: Annotated[int, Field(ge=1, le=MOST_OF_A_LINE)] = 1
    id: Label = ""  # the shop's id of this line
    variants: Annotated[tuple[Text, ...], Field(max_length=100)] = ()
    modifiers: Annotated[tuple[Modifier, ...], Field(max_length=200)] = ()
    special_request: Text = ""
    notes: Annotated[tuple[LabelledText, ...], Field(max_length=100)] = ()
    section: Section = Section()
    category: Label = ""
    price: Money | None = None  # of one, after the line's own discounts
    goods: bool = False  # sold by the shop, made by nobody: for who packs and brings it
    part_of: Label = ""  # the dish with which this was chosen, where it stands without that dish


class Payment(Value):
    status: Annotated[PaymentStatus, newer_as(PaymentStatus.UNKNOWN)] = PaymentStatus.UNKNOWN
    total: Money | None = None
    to_collect: Money | None = None  # what the driver or the counter still has to take


class Order(Value):
    """`id` is the shop's own and unique in it; `number` is what people call the order by."""

    id: Identifier
    number: Label
    status: OrderStatus = OrderStatus.APPROVED
    placed_at: AwareDatetime | None = None
    updated_at: AwareDatetime | None = None
    location: Label = ""  # a location id of bonfire.toml; empty means the default location
    fulfilment: Fulfilment = Fulfilment()
    customer: Customer = Customer()
    items: Annotated[tuple[Item, ...], Field(max_length=1_000)] = ()
    note: Text = ""
    custom_fields: Annotated[tuple[LabelledText, ...], Field(max_length=200)] = ()
    payment: Payment = Payment()
    alerts: Annotated[tuple[Alert, ...], Field(max_length=200)] = ()
