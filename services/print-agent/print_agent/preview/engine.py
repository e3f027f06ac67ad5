"""The engine of a profile, and the paper that a ticket becomes in it: no printer is asked."""

from __future__ import annotations

from escpos_paper import IMPACT, IMPACT_RED, THERMAL, Engine, Ticket, tickets
from print_agent.ticket import Profile


def paper(data: bytes, profile: Profile) -> Ticket:
    """What comes out of a printer of this profile for one ticket's bytes."""
    (ticket,) = tickets(data, profile.columns, engine_of(profile))
    return ticket


def engine_of(profile: Profile) -> Engine:
    """The mechanism of a printer of this profile."""
    if not profile.impact:
        return THERMAL
    return IMPACT_RED if profile.red else IMPACT
