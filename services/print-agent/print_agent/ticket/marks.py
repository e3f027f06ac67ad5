"""What makes a ticket another one than the plain new one, on its first and on its last lines: half
a ticket must not deceive.
"""

from __future__ import annotations

from collections.abc import Iterator

from bonfire.messages import JobKind
from print_agent.ticket.blocks import Banner
from print_agent.ticket.draft import NAME_CHARACTERS, Draft


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
    words, task = draft.words, draft.task
    if draft.is_test:
        yield _mark(words.test, words.test_instruction)
    elif draft.job.kind is JobKind.CHANGE:
        yield _mark(*_taken_back(words.change, words.change_of, draft), task.not_twice)
    elif draft.job.kind is JobKind.CANCEL:
        yield _mark(*_taken_back(words.cancel, words.cancel_of, draft), task.stop)


def _taken_back(alone: str, of: str, draft: Draft) -> Iterator[str]:
    """The mark with the ticket that is no longer to be followed, as far as that is known."""
    replaced = draft.slip.replaces
    if replaced is None:
        yield alone
        return
    ticket = replaced.ticket
    yield of.format(ticket.number, draft.local.say(ticket.printed_at))
    if not replaced.surely_printed:
        yield draft.words.maybe_unprinted.format(ticket.number)


def _mark(*lines: str) -> Banner:
    return Banner("\n".join(lines))
