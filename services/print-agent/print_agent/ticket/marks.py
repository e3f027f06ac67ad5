"""What makes a ticket another one than the plain new one, on its first and on its last lines: half
a ticket must not deceive.
"""

from __future__ import annotations

from collections.abc import Iterator

from bonfire.messages import JobKind
from print_agent.ticket.blocks import Banner
from print_agent.ticket.draft import NAME_CHARACTERS, Draft
from print_agent.ticket.style import LOUD_AND_LARGE


def marks(draft: Draft) -> Iterator[Banner]:
    """Each with what to do. The possible duplicate comes last: at the foot that is beside the line
    that names the ticket.
    """
    words, slip = draft.words, draft.slip
    yield from _kind(draft)
    if draft.job.kind is JobKind.REPRINT or slip.reprint:
        reprint = words.reprint.format(slip.reprint or "").strip()
        yield from _mark(reprint, draft.task.not_twice)
    if slip.moved_from:
        printer = draft.pen.line(slip.moved_from, NAME_CHARACTERS).upper()
        yield from _mark(words.moved.format(printer), words.moved_instruction)
    if earlier := slip.possible_duplicate_of:
        ticket = words.duplicate_of.format(earlier.number, draft.local.say(earlier.printed_at))
        yield from _mark(words.possible_duplicate, ticket, draft.task.ask_first)


def late(draft: Draft) -> Iterator[Banner]:
    """As large as the marks, but below them and at the top alone: it asks for nothing."""
    if draft.slip.late_minutes:
        yield Banner(draft.words.late.format(draft.slip.late_minutes), LOUD_AND_LARGE)


def _kind(draft: Draft) -> Iterator[Banner]:
    words, task = draft.words, draft.task
    if draft.is_test:
        yield from _mark(words.test, words.test_instruction)
    elif draft.job.kind is JobKind.CHANGE:
        yield from _mark(words.change, *_taken_back(words.replaces, draft), task.not_twice)
    elif draft.job.kind is JobKind.CANCEL:
        yield from _mark(words.cancel, *_taken_back(words.takes_back, draft), task.stop)


def _taken_back(said: str, draft: Draft) -> Iterator[str]:
    """The ticket that is no longer to be followed, as far as that is known."""
    if replaced := draft.slip.replaces:
        ticket = replaced.ticket
        yield said.format(ticket.number, draft.local.say(ticket.printed_at))
        if not replaced.surely_printed:
            yield draft.words.maybe_unprinted.format(ticket.number)


def _mark(said: str, *lines: str) -> Iterator[Banner]:
    """What it is in large: a cook who reads no more has to stop at this."""
    yield Banner(said, LOUD_AND_LARGE)
    yield Banner("\n".join(lines))
