"""For who cooks: no prices, no telephone, no address."""

from __future__ import annotations

from print_agent.ticket.body import body
from print_agent.ticket.draft import Draft
from print_agent.ticket.guest_text import customer, instructions, questions
from print_agent.ticket.head import head
from print_agent.ticket.sheet import Sheet


def station_ticket(draft: Draft) -> Sheet:
    return Sheet(
        head=tuple(head(draft)),
        guest=(*instructions(draft), *questions(draft), *customer(draft)),
        body=body(draft),
    )
