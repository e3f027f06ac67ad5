"""What could not be read fully; it prints as CHECK ORDER ONLINE instead of getting lost."""

from __future__ import annotations

from typing import Final

from bonfire.order import Alert, AlertCode

# The limits of `bonfire.order`.
LABEL_LIMIT: Final = 2_000
TEXT_LIMIT: Final = 20_000
ALERT_LIMIT: Final = 200


class Findings:
    """The alerts of one order. Their details are places and ids, never a guest's words."""

    def __init__(self) -> None:
        self._found: dict[tuple[AlertCode, str], None] = {}
        # The object's `id()` and the name of each field that a reader took without being bound to:
        # under a second name of its, or as a part of a whole object that it shows.
        self.read: set[tuple[int, str]] = set()

    def add(self, code: AlertCode, detail: str) -> None:
        self._found[code, detail[:LABEL_LIMIT]] = None

    def alerts(self) -> tuple[Alert, ...]:
        """As many as fit. NO_ITEMS comes first, since whether to print depends on it."""
        found = sorted(self._found, key=lambda each: each[0] is not AlertCode.NO_ITEMS)
        return tuple(Alert(code=code, detail=detail) for code, detail in found[:ALERT_LIMIT])
