"""Which messages could hold a guest's telephone number, address or bill at all."""

from __future__ import annotations

from typing import Any

from bonfire.messages import MESSAGES, DeadLetter, PrintJob
from bonfire.order import Address, Customer, Money, Order, Payment

ABOUT_GUESTS = {kind.__name__ for kind in (Address, Customer, Money, Order, Payment)}


def kinds_in(message: type[Any]) -> set[str]:
    """The names of all values that it may hold."""
    return set(message.model_json_schema(by_alias=True).get("$defs", {}))


def test_only_a_job_and_its_dead_letter_could():
    """Mails are written from the others, and none of these two is an event."""
    found = {message for message in MESSAGES if kinds_in(message) & ABOUT_GUESTS}

    assert found == {PrintJob, DeadLetter}
