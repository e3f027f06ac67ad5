"""A Wix that runs on the desk: signed webhooks, delivered the way Wix delivers them."""

from __future__ import annotations

from fake_wix.events import Event, Spelling, webhook_body
from fake_wix.keys import generate_key, load_private_key, public_pem
from fake_wix.token import sign

__all__ = [
    "Event",
    "Spelling",
    "generate_key",
    "load_private_key",
    "public_pem",
    "sign",
    "webhook_body",
]
