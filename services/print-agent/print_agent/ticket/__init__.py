"""Tickets: a print job and what the agent adds to it, as bytes for an ESC/POS printer."""

from print_agent.ticket.render import render_ticket
from print_agent.ticket.slip import Earlier, Slip

__all__ = ["Earlier", "Slip", "render_ticket"]
