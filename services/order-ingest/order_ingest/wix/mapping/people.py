"""Who ordered and where it goes: from the recipient, the destination, then the bill."""

from __future__ import annotations

from collections.abc import Callable

from bonfire.order import Address, Customer
from order_ingest.wix.mapping.findings import LABEL_LIMIT
from order_ingest.wix.mapping.raw import Raw

_MAX_LINES = 20


def read_customer(order: Raw) -> Customer:
    """Whoever gets it, by all that is said of them; else who pays."""
    destination = order.get("shippingInfo").get("logistics").get("shippingDestination")
    recipient, receiver, payer = (
        holder.get("contactDetails")
        for holder in (order.get("recipientInfo"), destination, order.get("billingInfo"))
    )

    def said(read: Callable[[Raw], str], key: Callable[[str], str] = str) -> str:
        """Once where both places agree by `key`, else both: a driver can try either."""
        texts: dict[str, str] = {}
        for text in filter(None, (read(recipient), read(receiver))):
            texts.setdefault(key(text), text)
        return recipient.cut(" / ".join(texts.values()) or read(payer), LABEL_LIMIT)

    return Customer(
        name=said(_name),
        company=said(lambda contact: contact.get("company").text()),
        phone=said(lambda contact: contact.get("phone").text(), _unspaced),
    )


def read_address(address: Raw) -> Address | None:
    """Street, number, flat and floor as lines, in either spelling; None if all is empty."""
    if not address:
        return None
    if not isinstance(address.value, dict):
        address.unreadable()
        return Address(lines=(address.text(),))
    lines = [
        *(address.get(name).text() for name in ("addressLine", "addressLine1", "addressLine2")),
        *_street(address),
    ]
    written = list(dict.fromkeys(filter(None, lines)))
    if not written:
        written = [text for text in [address.get("formattedAddress").text()] if text]
    return Address(
        lines=address.capped(written, _MAX_LINES, "lines"),
        postal_code=address.get("postalCode").text(),
        city=address.get("city").text(),
        country=address.get("countryFullname", "country").text(),
    )


def _street(address: Raw) -> list[str]:
    """The structured street, unless the first line says the same."""
    line = address.get("addressLine", "addressLine1").text().casefold()
    street = address.get("streetAddress", "street")
    if not isinstance(street.value, dict):
        return [street.text()]
    name, number, flat = (street.get(key).text() for key in ("name", "number", "apt"))
    if name.casefold() in line and number.casefold() in line:
        return [flat]
    return [" ".join(filter(None, (name, number))), flat]


def _unspaced(phone: str) -> str:
    """Equal for two spellings of one number; words beside it ("ring twice") make a difference."""
    return "".join(filter(str.isalnum, phone)) or phone


def _name(contact: Raw) -> str:
    parts = (contact.get("firstName").text(), contact.get("lastName").text())
    name = " ".join(filter(None, parts)) or contact.get("fullName", "name").text()
    return contact.cut(name, LABEL_LIMIT)
