"""A value somewhere in Wix's order, with its place, read without ever raising.

A field that is absent reads as empty. A field of the wrong type reads as well as it can be read
and leaves an alert with its place.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final, TypeVar

from bonfire.order import AlertCode, LabelledText, Money, Topic
from order_ingest.wix.mapping.findings import LABEL_LIMIT, TEXT_LIMIT, Findings
from order_ingest.wix.mapping.readable import mended, readable
from order_ingest.wix.moments import read_moment

_TRANSLATIONS: Final = frozenset(("original", "translated"))
_MAX_QUANTITY: Final = 999_999
_MAX_AMOUNT: Final = Decimal(10) ** 12
_MAX_DIGITS: Final = 24

T = TypeVar("T")


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
        return _holds_something(self.value)

    def get(self, name: str, *others: str) -> Raw:
        """The field under the first of these names that holds something."""
        value = self.value
        if isinstance(value, dict):
            inner = value.get(name)
            if inner or (inner is not None and _holds_something(inner)):
                return Raw(inner, self.findings, self, name)
            for other in others:
                inner = value.get(other)
                if inner or (inner is not None and _holds_something(inner)):
                    self.findings.read.add((id(value), other))
                    return Raw(inner, self.findings, self, other)
        elif value is not None and self:
            self.unreadable()
        return Raw(None, self.findings, self, name)

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
        if value is None:
            return ""
        if isinstance(value, dict) and not _TRANSLATIONS.isdisjoint(value):
            value = value.get("original") or value.get("translated")
        if not isinstance(value, str):
            if isinstance(value, dict | list):
                self.unreadable()
            if isinstance(value, dict):
                self.findings.read.update((id(value), name) for name in value)
            value = readable(value)
        text = mended(value)
        return "" if text.isspace() else self.cut(text, limit)

    def labelled(self, label: str, text: str, topic: Topic = Topic.ORDER) -> LabelledText:
        return LabelledText(
            label=self.cut(label, LABEL_LIMIT), text=self.cut(text, TEXT_LIMIT), topic=topic
        )

    def cut(self, text: str, limit: int) -> str:
        """`text`, which stands here, as far as it fits, with an alert if it does not."""
        if len(text) > limit:
            kept = f"{self.path}: {len(text)} characters, {limit} kept"
            self.findings.add(AlertCode.TOO_LONG, kept)
        return text[:limit]

    def capped(self, values: Sequence[T], limit: int, noun: str) -> tuple[T, ...]:
        """As many of the `values` of this place as fit, with an alert if not all of them do."""
        if len(values) > limit:
            kept = f"{self.path}: {len(values)} {noun}, {limit} kept"
            self.findings.add(AlertCode.TOO_LONG, kept)
        return tuple(values[:limit])

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
        if type(self.value) is int and 1 <= self.value <= _MAX_QUANTITY:
            return self.value
        amount = _decimal(self.value)
        if amount is not None and amount == int(amount) and 1 <= amount <= _MAX_QUANTITY:
            return int(amount)
        if self.value is not None:
            self.unreadable()
        return 1


def _holds_something(value: Any) -> bool:
    """Zero and false are something; null, an empty text, list or object are not."""
    return bool(value) or isinstance(value, int | float)


def _decimal(value: Any) -> Decimal | None:
    """An amount that is exact and that a ticket has room for; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    text = str(value)
    if len(text) > _MAX_DIGITS or "e" in text or "E" in text:
        return None
    try:
        amount = Decimal(text)
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and abs(amount) < _MAX_AMOUNT else None
