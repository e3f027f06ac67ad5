"""For the bag: whose it is, and what has to be in it."""

from __future__ import annotations

from print_agent.ticket.body import body
from print_agent.ticket.dishes import PACKED
from print_agent.ticket.draft import Draft
from print_agent.ticket.guest_text import customer, questions
from print_agent.ticket.head import head
from print_agent.ticket.sheet import Sheet
from print_agent.ticket.style import LARGE


def bag_slip(draft: Draft) -> Sheet:
    """Its questions are those of the counter: cutlery, napkins."""
    return Sheet(
        head=(*head(draft), *customer(draft, LARGE)),
        guest=tuple(questions(draft)),
        body=body(draft, PACKED),
    )
