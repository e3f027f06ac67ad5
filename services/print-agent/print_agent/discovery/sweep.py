"""Asks the addresses of a range whether a receipt printer listens there (TCP 9100).

An office printer would print whatever letters it is sent. So everybody is asked for a status
first, which is control characters alone, and only who answers as an ESC/POS printer does, and is
ready, is asked for its name. Every connection is closed in good order: some printers take no other
for half a minute after one that was not.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import Final

from bonfire.clock import Clock
from bonfire.config.address import DEFAULT_PORT, TcpAddress
from bonfire.errors import Reason
from print_agent.discovery import Found, plain
from print_agent.printers import Fingerprint, PrinterSettings, PrinterTrouble
from print_agent.printers.advice import advice_on
from print_agent.printers.tcp import TcpPrinter

AT_ONCE: Final = 64
TIMEOUT_S: Final = 0.5
_NOBODY: Final = (Reason.UNREACHABLE, Reason.REFUSED)
_UNLIKE_A_PRINTER: Final = (
    Reason.NO_ANSWER,
    Reason.GARBAGE_STATUS,
    Reason.RESET_BEFORE_BYTES,
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What one address said: a reason if it would not print now, a name if it was asked."""

    reason: Reason | None = None
    who: Fingerprint | None = None


async def sweep(
    targets: Iterable[IPv4Address], clock: Clock, port: int = DEFAULT_PORT
) -> dict[IPv4Address, Answer]:
    """`AT_ONCE` at a time, each of some tenths of a second; all of them are in the result."""
    free = asyncio.Semaphore(AT_ONCE)

    async def ask(target: IPv4Address) -> tuple[IPv4Address, Answer]:
        async with free:
            return target, await _ask(target, port, clock)

    return dict(await asyncio.gather(*(ask(target) for target in targets)))


async def _ask(target: IPv4Address, port: int, clock: Clock) -> Answer:
    settings = PrinterSettings(
        str(target),
        TcpAddress(str(target), port),
        connect_timeout_s=TIMEOUT_S,
        status_timeout_s=TIMEOUT_S,
        close_timeout_s=TIMEOUT_S,
    )
    try:
        session = await TcpPrinter(settings, clock).connect()
    except PrinterTrouble as trouble:
        return Answer(trouble.reason)
    try:
        status = await session.status()
        if not status.ready:
            return Answer(status.trouble)
        return Answer(who=await session.identify())
    except PrinterTrouble as trouble:
        return Answer(trouble.reason)
    finally:
        await session.close()


def found(
    answers: Mapping[IPv4Address, Answer],
    models: Mapping[IPv4Address, str],
    port: int = DEFAULT_PORT,
) -> list[Found]:
    """`models` are those that answered by Epson's protocol, whatever their port said."""
    return [
        _found(address, answers.get(address, Answer()), models.get(address), port)
        for address in sorted(answers.keys() | models.keys())
        if address in models or answers[address].reason not in _NOBODY
    ]


def _found(target: IPv4Address, answer: Answer, model: str | None, port: int) -> Found:
    address = TcpAddress(str(target), port)
    unlike = answer.reason in _UNLIKE_A_PRINTER and model is None
    notes = []
    if answer.reason:
        notes.append(advice_on(address, answer.reason).problem)
    if unlike:
        notes.append("it may be busy, or an office printer, or something else that listens there")
    return Found((address,), _in_words(answer.who, model), tuple(notes), doubtful=unlike)


def _in_words(who: Fingerprint | None, model: str | None) -> str:
    who = who or Fingerprint()
    name = " ".join(filter(None, (who.maker, who.model))) or model or "printer without a name"
    return plain(f"{name}, serial number {who.serial}" if who.serial else name)
