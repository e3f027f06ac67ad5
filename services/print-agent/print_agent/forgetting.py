"""`print-agent forget-printers`: after printers were exchanged on purpose."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from bonfire.errors import Permanent, Reason
from bonfire.store import Store, StoreUnusable
from bonfire.store.migrations import read_migrations
from print_agent.journal import MIGRATIONS, Journal

DESCRIPTION: Final = (
    "An agent remembers the serial number of each printer, and gives no ticket to one that answers "
    "at the address of another: the bar's orders would come out in the kitchen. After you have "
    "exchanged printers on purpose, or given them each other's addresses, stop the agent, run "
    "this, and start the agent again. It then takes every printer for the one that it finds at "
    "its address, and asks it anew how it confirms. Jobs and ticket numbers are not touched."
)


def forget_printers(journal: Path) -> str:
    """What to tell. Raises `Permanent` if there is no journal, or while an agent has it open."""
    if not journal.exists():
        raise Permanent(Reason.CONFIG_INVALID, f"there is no journal {journal}")
    try:
        forgotten = asyncio.run(_forget(journal))
    except StoreUnusable as error:
        if error.reason is not Reason.STORE_LOCKED:
            raise
        detail = f"an agent is running on {journal}: stop it, run this again, then start it again"
        raise Permanent(error.reason, detail) from error
    return f"forgotten: {', '.join(forgotten)}" if forgotten else "no printer was known"


async def _forget(journal: Path) -> Sequence[str]:
    store = Store(journal, read_migrations(MIGRATIONS))
    store.open()
    try:
        return await Journal(store, "", lambda _lane, _messages: None).forget_printers()
    finally:
        await store.close()
