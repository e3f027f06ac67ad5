"""Printers in the network of this machine, or in a range that was asked for. Never unasked:
whoever looks at every address of a network is taken for an intruder, and may be right to be.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from ipaddress import IPv4Address, IPv4Network
from typing import Final

from bonfire.clock import Clock
from bonfire.config.address import DEFAULT_PORT
from print_agent.discovery import Search, enpc, sweep
from print_agent.discovery.answers import ask_range, ask_subnet
from print_agent.discovery.networks import Subnet

NOT_ASKED: Final = "the network: only when asked, by --network or by --range 192.168.1.0/24"

Known = Mapping[IPv4Address, str]
"""The configured printers at the port that is asked, with their ids. Their connection belongs to
the agent that prints there, so they are not asked.
"""


async def look(
    subnets: Iterable[Subnet] | None,
    asked: IPv4Network | None,
    known: Known,
    clock: Clock,
    port: int = DEFAULT_PORT,
    enpc_port: int = enpc.PORT,
) -> Search:
    """Who answers by Epson's protocol in the networks of this machine, if `subnets` gives them,
    and in the range `asked`, where every address is asked at the port as well.
    """
    private, missed = _private(subnets)
    asking = [ask_subnet(each, clock, enpc_port) for each in private]
    if asked:
        asking.append(ask_range(asked, clock, enpc_port))
    heard = await asyncio.gather(*asking)
    models = {address: model for each in heard for address, model in each.models.items()}
    targets = models.keys() | set(asked.hosts() if asked else ())
    answers = await sweep.sweep(sorted(targets - known.keys()), clock, port)
    failed = [failed for each in heard for failed in each.failed]
    spared = [
        f"{address}: it is {known[address]}, which is configured; `print-agent doctor` looks at it"
        for address in sorted(targets & known.keys())
    ]
    return Search(tuple(sweep.found(answers, models, port)), (*missed, *failed, *spared))


def _private(subnets: Iterable[Subnet] | None) -> tuple[list[Subnet], list[str]]:
    """Those that may be asked, and what to say of the others."""
    if subnets is None:
        return [], []
    subnets = list(subnets)
    private = [each for each in subnets if each.private]
    missed = [f"{each}: no private network" for each in subnets if not each.private]
    if not private:
        missed.append("the network: this machine is in none that may be asked; try --range")
    return private, missed
