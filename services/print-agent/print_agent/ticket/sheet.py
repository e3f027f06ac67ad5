"""What a document says itself. The rest is the same on all of them, and none can leave it out."""

from __future__ import annotations

from dataclasses import dataclass

from print_agent.ticket.blocks import Block


@dataclass(frozen=True, slots=True)
class Sheet:
    """`head` comes before the alerts, `guest` after them, and `body` are the dishes."""

    head: tuple[Block, ...]
    guest: tuple[Block, ...]
    body: tuple[Block, ...]
