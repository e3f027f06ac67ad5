"""A house with one printer, for a network namespace of its own: looks for it by broadcast.

`python -m tests.integration.discovery.house CONFIG` prints what `print-agent discover --network`
tells there.
"""

from __future__ import annotations

import asyncio
import math
import sys

from print_agent.command_line import main
from virtual_printer import VirtualPrinter

EVERYWHERE = "0.0.0.0"  # noqa: S104 -- of a namespace that nobody else is in


async def look(config: str) -> int:
    async with VirtualPrinter(
        "kitchen-1",
        host=EVERYWHERE,
        port=9100,
        speed=math.inf,
        model="tm-t20iii",
        enpc_port=3289,
    ):
        arguments = ["discover", "--network", "--config", config]
        return await asyncio.to_thread(main, arguments)


if __name__ == "__main__":
    sys.exit(asyncio.run(look(sys.argv[1])))
