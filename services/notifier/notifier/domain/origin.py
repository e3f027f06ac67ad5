"""Who may say what: the broker vouches for the location of a routing key, and for nothing else.

A print host's user may publish under the keys of its own locations (`topology.Permissions`).
"""

from __future__ import annotations

from typing import Final

from bonfire.config import Config
from bonfire.messages import Member

PRINT_AGENT: Final = "print-agent"
HOUSE: Final = frozenset({"order-ingest", "notifier"})
"""The services of which there is one, for all locations."""


def is_of_house(service: str, instance: str, config: Config) -> bool:
    """Does the configuration know of such a process?"""
    if service == PRINT_AGENT:
        return instance in config.agents
    return service in HOUSE and instance == service


def may_speak(member: Member, config: Config) -> bool:
    """May a process of this name speak for this location? Strangers may; nobody believes them."""
    if member.service == PRINT_AGENT and member.instance in config.agents:
        return serves(member.instance, member.location, config)
    return member.service not in HOUSE or not member.location


def serves(agent: str, location_id: str, config: Config) -> bool:
    """Nowhere in particular is served by a print host of several locations."""
    served = [location.id for location in config.locations_of(agent)]
    return location_id in served or (not location_id and len(served) > 1)
