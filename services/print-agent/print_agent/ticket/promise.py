"""When the order has to be ready, in the words of the ticket."""

from __future__ import annotations

from bonfire.order import Promise
from bonfire.sanitiser import clean_line
from print_agent.ticket.draft import NAME_CHARACTERS, Draft
from print_agent.ticket.wording import promise_says_more


def say_promise(promise: Promise, draft: Draft) -> str:
    pen, local = draft.pen, draft.local
    said = _time(promise, draft)
    if not said:
        return pen.line(promise.text, NAME_CHARACTERS) or pen.words.time_unknown
    start = promise.at or promise.until
    if not promise_says_more(promise, local.local(start) if start else None):
        return said
    return f"{said} ({pen.line(promise.text, NAME_CHARACTERS)})"


def say_promised_time(promise: Promise, draft: Draft) -> str:
    """As short as it can be said; empty where nothing was promised."""
    start, end = promise.at or promise.until, promise.until or promise.at
    if start and end:
        return draft.local.say_slot(start, end)
    return say_promise(promise, draft) if promise.asap or clean_line(promise.text) else ""


def is_for_today(promise: Promise, draft: Draft) -> bool:
    at = promise.at or promise.until
    return at is None or draft.local.is_today(at)


def _time(promise: Promise, draft: Draft) -> str:
    words = draft.words
    start = promise.at or promise.until
    end = promise.until or promise.at
    if start and end:
        said = draft.local.say_slot(start, end)
        return words.asap_until.format(said) if promise.asap else said
    return words.asap if promise.asap else ""
