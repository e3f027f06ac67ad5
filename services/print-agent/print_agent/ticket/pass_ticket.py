"""For who puts the order together and takes the money: all of it, by station."""

from __future__ import annotations

from typing import Final

from bonfire.config import OptionalBlock
from print_agent.ticket.body import body
from print_agent.ticket.destination import destination
from print_agent.ticket.dishes import Look
from print_agent.ticket.draft import Draft
from print_agent.ticket.guest_text import customer, instructions, questions
from print_agent.ticket.head import head
from print_agent.ticket.payment import sums
from print_agent.ticket.sheet import Sheet
from print_agent.ticket.style import Style

_NAME: Final = Style(height=2, bold=True)  # it is called at the counter
_BOLD: Final = Style(bold=True)


def pass_ticket(draft: Draft) -> Sheet:
    is_contact_shown = draft.profile.shows(OptionalBlock.CONTACT)
    contact = destination(draft, _BOLD, _BOLD) if is_contact_shown else ()
    return Sheet(
        head=tuple(head(draft)),
        guest=(*instructions(draft), *questions(draft), *customer(draft, _NAME), *contact),
        body=(*body(draft, Look(prices=True)), *sums(draft)),
    )
