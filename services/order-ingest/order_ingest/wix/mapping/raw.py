"""A value somewhere in Wix's order, with its place, read without ever raising.

A field that is absent reads as empty. A field of the wrong type reads as well as it can be read
and leaves an alert with its place.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from bonfire.order import AlertCode, Money
from order_ingest.wix.mapping.findings import LABEL_LIMIT, Findings
from order_ingest.wix.mapping.readable import readable
from order_ingest.wix.moments import read_moment

_EMPTY: Final[tuple[Any, ...]] = (None, "", [], {})
_TRANSLATIONS: Final = frozenset(("original", "translated"))
_MAX_QUANTITY: Final = 999_999
_MAX_AMOUNT: Final = Decimal(10) ** 12


class Raw:
    """`value` is any JSON value; `None` where the order has nothing in this place."""

    __slots__ = ("_key", "_parent", "findings", "value")

    def __init__(
        self, value: Any, findings: Findings, parent: Raw | None = None, key: str | int = "order"
    ) -> None:
        self.value = value
        self.findings = findings
        self._parent = parent
        self._key = key

    @property
    def path(self) -> str:
        if self._parent is None:
            return str(self._key)
        key = f"[{self._key}]" if isinstance(self._key, int) else f".{self._key}"
        return f"{self._parent.path}{key}"

    def __bool__(self) -> bool:
        """Whether there is anything in this place."""
        return self.value not in _EMPTY

    def get(self, *spellings: str) -> Raw:
        """The field under the first of these names that holds something."""
        if isinstance(self.value, dict):
            for name in spellings:
                inner = self.value.get(name)
                if inner not in _EMPTY:
                    return Raw(inner, self.findings, self, name)
        elif self:
            self.unreadable()
        return Raw(None, self.findings, self, spellings[0])

    def all(self) -> list[Raw]:
        """The values of a list; something that should be a list of one but is not, is one."""
        if isinstance(self.value, list):
            return [Raw(inner, self.findings, self, i) for i, inner in enumerate(self.value)]
        if not self:
            return []
        self.unreadable()
        return [self]

    def alert(self, code: AlertCode) -> None:
        self.findings.add(code, self.path)

    def unreadable(self) -> None:
        self.alert(AlertCode.UNREADABLE_FIELD)

    def text(self, limit: int = LABEL_LIMIT) -> str:
        """The text as it was written, in the site's own language where there are translations."""
        value = self.value
        if isinstance(value, dict) and not _TRANSLATIONS.isdisjoint(value):
            value = value.get("original") or value.get("translated")
        if isinstance(value, dict | list):
            self.unreadable()
        text = readable(value)
        if text.isspace():
            return ""
        return self.findings.cut(text, limit, self.path) if len(text) > limit else text

    def moment(self) -> datetime | None:
        moment = read_moment(self.value)
        if moment is None and self:
            self.unreadable()
        return moment

    def money(self, currency: str) -> Money | None:
        """The amount of `{"amount": "2.00"}` or of a bare "2.00"."""
        inner = self.get("amount") if isinstance(self.value, dict) else self
        if not inner:
            return None
        amount = _decimal(inner.value)
        if amount is None:
            self.unreadable()
            return None
        return Money(amount=amount, currency=currency)

    def quantity(self) -> int:
        """A whole number of at least one; 1 where the order has none or something odd."""
        if self.value is None:
            return 1
        amount = _decimal(self.value)
        if amount is None or amount != int(amount) or not 1 <= amount <= _MAX_QUANTITY:
            self.unreadable()
            return 1
        return int(amount)


def _decimal(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        amount = Decimal(str(value))
    except (InvalidOperation, ValueError):
        return None
    if not amount.is_finite() or abs(amount) >= _MAX_AMOUNT:
        return None
    # A thousand decimal places would fill a ticket.
    return amount if amount.as_tuple().exponent in range(-8, 13) else None
