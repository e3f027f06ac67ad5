"""Tickets: a print job and what the agent adds to it, as bytes for an ESC/POS printer."""

from print_agent.ticket.profile import Profile, profile_of
from print_agent.ticket.render import render_ticket
from print_agent.ticket.slip import Earlier, Replaced, Slip, Unused

__all__ = ["Earlier", "Profile", "Replaced", "Slip", "Unused", "profile_of", "render_ticket"]
