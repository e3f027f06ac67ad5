"""What could not be read fully; it prints as CHECK ORDER ONLINE instead of getting lost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeVar

from bonfire.order import Alert, AlertCode

# The limits of `bonfire.order`.
LABEL_LIMIT: Final = 2_000
TEXT_LIMIT: Final = 20_000
ALERT_LIMIT: Final = 200

T = TypeVar("T")


class Findings:
    """The alerts of one order. Their details are places and ids, never a guest's words."""

    def __init__(self) -> None:
        self._found: dict[tuple[AlertCode, str], None] = {}

    def add(self, code: AlertCode, detail: str) -> None:
        self._found[code, detail[:LABEL_LIMIT]] = None

    def cut(self, text: str, limit: int, path: str) -> str:
        """`text` as far as it fits, with an alert if it does not."""
        if len(text) > limit:
            self.add(AlertCode.TOO_LONG, f"{path}: {len(text)} characters, {limit} kept")
        return text[:limit]

    def capped(self, values: Sequence[T], limit: int, path: str) -> tuple[T, ...]:
        """As many `values` as fit, with an alert if not all of them do."""
        if len(values) > limit:
            self.add(AlertCode.TOO_LONG, f"{path}: {len(values)} entries, {limit} kept")
        return tuple(values[:limit])

    def alerts(self) -> tuple[Alert, ...]:
        """As many as fit. NO_ITEMS comes first, since whether to print depends on it."""
        found = sorted(self._found, key=lambda each: each[0] is not AlertCode.NO_ITEMS)
        return tuple(Alert(code=code, detail=detail) for code, detail in found[:ALERT_LIMIT])
