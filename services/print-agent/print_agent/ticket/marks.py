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
        yield _mark(reprint, draft.task.not_twice)
    if slip.moved_from:
        printer = draft.pen.line(slip.moved_from, NAME_CHARACTERS).upper()
        yield _mark(words.moved.format(printer), words.moved_instruction)
    if earlier := slip.possible_duplicate_of:
        time = draft.local.say(earlier.printed_at)
        yield _mark(words.possible_duplicate.format(earlier.number, time), draft.task.ask_first)


def late(draft: Draft) -> Iterator[Banner]:
    if draft.slip.late_minutes:
        yield Banner(draft.words.late.format(draft.slip.late_minutes))


def _kind(draft: Draft) -> Iterator[Banner]:
    """What it is in large: a cook who reads no more has to stop at this."""
    words, task = draft.words, draft.task
    if draft.is_test:
        yield _mark(words.test, words.test_instruction)
    elif draft.job.kind is JobKind.CHANGE:
        yield Banner(words.change, LOUD_AND_LARGE)
        yield _mark(*_taken_back(words.replaces, draft), task.not_twice)
    elif draft.job.kind is JobKind.CANCEL:
        yield Banner(words.cancel, LOUD_AND_LARGE)
        yield _mark(*_taken_back(words.takes_back, draft), task.stop)


def _taken_back(said: str, draft: Draft) -> Iterator[str]:
    """The ticket that is no longer to be followed, as far as that is known."""
    if replaced := draft.slip.replaces:
        ticket = replaced.ticket
        yield said.format(ticket.number, draft.local.say(ticket.printed_at))
        if not replaced.surely_printed:
            yield draft.words.maybe_unprinted.format(ticket.number)


def _mark(*lines: str) -> Banner:
    return Banner("\n".join(lines))
