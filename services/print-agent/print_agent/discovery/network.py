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
from print_agent.discovery.spared import Configured

NOT_ASKED: Final = "the network: only when asked, by --network or by --range 192.168.1.0/24"

Known = Mapping[IPv4Address, Configured]
"""The configured printers at the port that is asked. Their connection belongs to the agent that
prints there, so they are not asked.
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
    strangers = {address: models[address] for address in models.keys() - known.keys()}
    failed = [failed for each in heard for failed in each.failed]
    spared = [_spared(address, known[address]) for address in sorted(targets & known.keys())]
    return Search(tuple(sweep.found(answers, strangers, port)), (*missed, *failed, *spared))


def _spared(address: IPv4Address, configured: Configured) -> str:
    return (
        f"{address}: it is {configured.printer} of {configured.agent}, which is configured; "
        f"`print-agent doctor --agent {configured.agent}` looks at it"
    )


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
