"""What no reader reads: texts in fields that Wix was never seen to use.

Wix may add a field tomorrow and a guest may write in it. One table says which fields an order is
known to have; whatever text stands in any other field is shown under that field's name, since an
odd line on paper is better than a lost allergy.

The table is from orders that were seen, in the REST and the SDK spelling, and from Wix's
documentation of the order object. A second name that a reader tries when the first holds nothing
is not in it: the reader notes when it took that name, and else the text there is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from bonfire.order import AlertCode, LabelledText, Topic
from order_ingest.wix.mapping.raw import Raw
from order_ingest.wix.mapping.readable import branches, is_said, is_written, leaves

# The topic of a text, by the names that lead to it.
TopicOf: TypeAlias = Callable[[Sequence[str], str], Topic]


@dataclass(frozen=True, slots=True)
class Fields:
    """The known fields of one kind of object.

    `read`: a reader shows all of it or alerts. `ignored`: Wix's ids, prices and bookkeeping, and
    what neither kitchen nor driver needs. `inside`: objects, or lists of them, with a table of
    their own. `ticks`: in unknown fields, numbers and ticks are a guest's as well. `contact`:
    unknown fields are about where and how somebody is found.
    """

    read: frozenset[str]
    ignored: frozenset[str]
    inside: tuple[tuple[str, Fields], ...]
    ticks: bool
    contact: bool
    names: frozenset[str]


def _fields(
    read: str = "",
    ignored: str = "",
    *,
    ticks: bool = False,
    contact: bool = False,
    **inside: Fields,
) -> Fields:
    of_read, of_ignored = frozenset(read.split()), frozenset(ignored.split())
    names = of_read | of_ignored | inside.keys()
    return Fields(of_read, of_ignored, tuple(inside.items()), ticks, contact, names)


# By which Wix keeps a form that the guest filled in; its answers are not in the order.
FORM_ID: Final = "formSubmissionId"

_TEXT: Final = _fields("original translated")
_EXTENDED: Final = _fields("namespaces")

_MODIFIER: Final = _fields(
    "id _id modifierId quantity",
    "price formattedPrice",
    name=_TEXT,
    label=_TEXT,
    details=_TEXT,
    title=_TEXT,
)
_MODIFIER_GROUP: Final = _fields("", "id _id modifierGroupId", name=_TEXT, modifiers=_MODIFIER)
_VARIANT: Final = _fields("id _id variantId", "price formattedPrice", name=_TEXT)
_OPTIONS: Final = _fields(
    "specialRequests specialRequest customTextFields sectionId menuSectionId",
    "menuId onlineOrderingPageUrl operationId variantId",
    ticks=True,
    modifierGroups=_MODIFIER_GROUP,
    priceVariant=_VARIANT,
)
_DESCRIPTION_LINE: Final = _fields(
    "color",
    "lineType",
    name=_TEXT,
    plainText=_TEXT,
    plainTextValue=_TEXT,
    colorInfo=_fields("original translated", "code"),
)
# `decimalQuantity` is missing on purpose: no reader shows a dish that is sold by weight.
LINE_ITEM: Final = _fields(
    "id _id quantity specialRequests specialRequest",
    """
    customLineItem deliveryProfileId depositAmount digitalFile externalLineItemId fixedQuantity
    fulfillerId fulfillmentStatus image inventoryAppId itemType lineItemPrice locations media
    membershipDetails paymentOption physicalProperties price priceBeforeDiscounts
    priceBeforeDiscountsAndTax priceDescription priceUndetermined refundQuantity restockLocations
    restockQuantity rootCatalogItemId savePaymentMethod serviceProperties shippable shippingGroupId
    sku subscriptionInfo taxDetails taxGroupId taxInfo taxableAddress totalDiscount
    totalPriceAfterTax totalPriceBeforeTax url weight
    """,
    productName=_TEXT,
    catalogReference=_fields("appId", "catalogItemId", options=_OPTIONS),
    descriptionLines=_DESCRIPTION_LINE,
    modifierGroups=_MODIFIER_GROUP,
    extendedFields=_EXTENDED,
)

_ADDRESS: Final = """
addressLine addressLine1 addressLine2 city country countryFullname formattedAddress postalCode
"""
_AREA: Final = " location subdivision subdivisionFullname"
_STREET: Final = "name number apt"
_READ_ADDRESS: Final = _fields(
    _ADDRESS, _AREA, contact=True, streetAddress=_fields(_STREET, contact=True)
)
# The restaurant's own, or where a guest lives who does not have it delivered there.
_OTHER_ADDRESS: Final = _fields(
    "", _ADDRESS + _AREA, contact=True, streetAddress=_fields("", _STREET, contact=True)
)
_CONTACT: Final = _fields("firstName lastName fullName company phone", "email vatId", contact=True)
_LOGISTICS: Final = _fields(
    "deliverByDate deliveryTime instructions",
    deliveryTimeSlot=_fields("from to"),
    pickupDetails=_fields("", "pickupMethod", address=_OTHER_ADDRESS),
    shippingDestination=_fields(contact=True, address=_READ_ADDRESS, contactDetails=_CONTACT),
)
ORDER: Final = _fields(
    """
    _createdDate _id _updatedDate buyerNote createdDate currency id lineItems number paymentStatus
    purchasedDate status updatedDate
    """,
    """
    activities additionalFees appliedDiscounts archived attributionSource billingInfo
    businessLocation buyerInfo buyerLanguage cartId channelInfo checkoutId createdBy
    currencyConversionDetails demo deposit fulfillmentStatus fulfillmentStatusesAggregate imported
    isInternalOrderCreate payAfterFreeTrial payNow platformFeeSummary priceSummary purchaseFlowId
    seenByAHuman seoSettings settings siteLanguage tags taxIncludedInPrices taxInfo taxSummary
    weightUnit
    """,
    balanceSummary=_fields(
        "",
        """
        authorized cashRoundingAdjustment chargeback chargebackReversal paid pending pendingRefund
        platformFees refunded totalMinusPlatformFees
        """,
        balance=_fields("amount", "formattedAmount"),
    ),
    customFields=_fields("title translatedTitle value"),
    extendedFields=_EXTENDED,
    forms=_fields(FORM_ID, "_id id lineItemIds schemaIdentifier", title=_TEXT, subtitles=_TEXT),
    recipientInfo=_fields(contact=True, address=_OTHER_ADDRESS, contactDetails=_CONTACT),
    shippingInfo=_fields("code title", "carrierId cost region", logistics=_LOGISTICS),
)


@dataclass(frozen=True, slots=True)
class _Unknown:
    """A field that `holder`, the table of the object it is in, does not know."""

    holder: Fields
    field: dict[str, Any]

    def texts(self, topic_of: TopicOf) -> Iterator[tuple[str, str, Topic]]:
        keep = is_said if self.holder.ticks else is_written
        for path, text in branches(self.field, keep):
            yield path[-1], text, Topic.CONTACT if self.holder.contact else topic_of(path, text)


def read_unread(place: Raw, fields: Fields, topic_of: TopicOf) -> list[LabelledText]:
    """The texts in `place` that hang below an unknown field. To be called after all readers.

    The id of a form there is an alert: the guest wrote something that the order does not hold.
    """
    unknown: list[_Unknown] = []
    _walk(place.value, fields, place.findings.read, unknown)
    if any(label == FORM_ID for each in unknown for label, _ in leaves(each.field)):
        place.alert(AlertCode.ANSWERS_ELSEWHERE)
    return [
        place.labelled(label, text, topic)
        for each in unknown
        for label, text, topic in each.texts(topic_of)
    ]


def _walk(value: Any, fields: Fields, read: set[tuple[int, str]], unknown: list[_Unknown]) -> None:
    """As deep as the table and no deeper. Almost every order takes the short way everywhere."""
    if isinstance(value, dict):
        if not fields.names.issuperset(value):
            unknown.extend(
                _Unknown(fields, {name: inner})
                for name, inner in value.items()
                if name not in fields.names and (id(value), name) not in read
            )
        for name, inside in fields.inside:
            if inner := value.get(name):
                _walk(inner, inside, read, unknown)
    elif isinstance(value, list):
        for inner in value:
            if isinstance(inner, dict):
                _walk(inner, fields, read, unknown)
