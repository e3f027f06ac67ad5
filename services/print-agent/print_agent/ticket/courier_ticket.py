"""For who brings the order: where to, whether to collect money, and what has to be in the bag."""

from __future__ import annotations

from typing import Final

from bonfire.config import OptionalBlock
from print_agent.ticket.body import body
from print_agent.ticket.destination import destination
from print_agent.ticket.dishes import SMALL
from print_agent.ticket.draft import Draft
from print_agent.ticket.guest_text import instructions, questions
from print_agent.ticket.head import head
from print_agent.ticket.payment import amount
from print_agent.ticket.sheet import Sheet
from print_agent.ticket.style import LARGE, Style

_TALL: Final = Style(height=2, bold=True)  # a wide street would break over two rows


def courier_ticket(draft: Draft) -> Sheet:
    shows = draft.profile.shows
    name = draft.pen.line(draft.order.customer_name) if shows(OptionalBlock.CUSTOMER) else ""
    return Sheet(
        head=(*head(draft), *amount(draft)),
        guest=(
            *destination(draft, _TALL, LARGE, name),
            *instructions(draft, _TALL),
            *questions(draft),
        ),
        body=body(draft, SMALL) if shows(OptionalBlock.CONTENTS) else (),
    )
