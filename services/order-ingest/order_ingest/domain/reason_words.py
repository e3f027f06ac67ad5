"""Why a ticket was given up, in a sentence for whoever decides what becomes of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bonfire.errors import Reason
from order_ingest.domain.dead_letter import MISATTRIBUTED

_SENTENCES: Final[Mapping[str, str]] = {
    Reason.RENDER_ERROR: "The ticket could not be drawn: a mistake of ours. Print it again after"
    " an update, and have the order cooked from the shop's own page until then.",
    Reason.UNKNOWN_PRINTER: "The print host has no printer of this name: its bonfire.toml is older"
    " than ours. Give it the new one, restart it, then print the ticket again.",
    Reason.UNREADABLE_MESSAGE: "What came is no message that we can read.",
    Reason.UNKNOWN_VERSION: "Its sender is a newer release than its reader: update the reader.",
    Reason.STILL_UNKNOWN: "Nobody knows whether it printed: look at the printer before you print"
    " it again.",
    Reason.INTERNAL_ERROR: "A mistake of ours; the log of the print host says more.",
    Reason.CONNECTION_LOST: "The connection to the printer broke at every try.",
    Reason.SEND_TIMEOUT: "The printer took the ticket too slowly at every try.",
    Reason.NOT_CONFIRMED: "The printer never confirmed that it printed: look at its paper before"
    " you print the ticket again.",
    Reason.INTERRUPTED: "The print host was stopped in the middle of every try.",
    Reason.UNROUTABLE: "It was published as a dead letter and is none.",
    MISATTRIBUTED: "Somebody spoke of a ticket that belongs to another print host or location, and"
    " changed nothing: who has that one's password for the broker?",
    "rejected": "A print host or a service refused it; we can read it. Is that one older than we"
    " are?",
    "delivery_limit": "The broker handed it out again and again, and nobody kept it: does the"
    " print host crash, or lose its connection?",
    "maxlen": "Its queue was full. Nobody has read from it for long: is the notifier away?",
}
_UNKNOWN: Final = "Its sender gave no reason that we know."


def sentence(reason: str) -> str:
    return _SENTENCES.get(reason, _UNKNOWN)
