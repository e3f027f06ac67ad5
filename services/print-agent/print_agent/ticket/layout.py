"""A print job as the blocks of its ticket: what somebody has to know, most urgent first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from bonfire.messages import Document, PrintJob
from print_agent.ticket.alerts import alerts, check_online
from print_agent.ticket.bag_slip import bag_slip
from print_agent.ticket.blocks import Block, Detail, Feed, Heading, Rule
from print_agent.ticket.changes import changes
from print_agent.ticket.courier_ticket import courier_ticket
from print_agent.ticket.draft import Draft
from print_agent.ticket.foot import foot, identity
from print_agent.ticket.marks import late, marks
from print_agent.ticket.pass_ticket import pass_ticket
from print_agent.ticket.profile import DEFAULT, Profile
from print_agent.ticket.sheet import Sheet
from print_agent.ticket.slip import Slip
from print_agent.ticket.station_ticket import station_ticket
from print_agent.ticket.words import Words

_DOCUMENTS: Final[Mapping[Document, Callable[[Draft], Sheet]]] = {
    Document.STATION: station_ticket,
    Document.PASS: pass_ticket,
    Document.COURIER: courier_ticket,
    Document.BAG: bag_slip,
}


def compose(job: PrintJob, slip: Slip, profile: Profile = DEFAULT) -> tuple[Block, ...]:
    """The ticket of `job`, from the feed for the rail down to the line that identifies it.

    Pure, and total for every valid job: whatever cannot be shown says that it is missing.
    """
    draft = Draft.begin(job, slip, profile)
    outer = tuple(marks(draft))
    sheet = _DOCUMENTS[job.document](draft)
    changed = tuple(changes(draft))
    warnings = tuple(alerts(draft))
    end = (*foot(draft), *outer, identity(draft))
    # The last to be written: only now is it known whether somebody has to look online.
    check = tuple(check_online(draft))
    blocks = (
        *(Feed(profile.top_rows), *outer, *late(draft), *sheet.head, *changed),
        *(*check, *warnings, *sheet.guest, *_ruled(sheet.body), Rule(), *end),
    )
    return tuple(_punctuated(block, draft.words) for block in blocks)


def _punctuated(block: Block, words: Words) -> Block:
    """The guest's labels have the colon of the ticket's language, too."""
    return replace(block, colon=words.colon) if isinstance(block, Detail) else block


def _ruled(body: tuple[Block, ...]) -> tuple[Block, ...]:
    """A heading is a line across the paper already."""
    starts_plain = bool(body) and not isinstance(body[0], Heading)
    return (Rule(), *body) if starts_plain else body
