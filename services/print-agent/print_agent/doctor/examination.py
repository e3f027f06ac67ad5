"""Asks every printer how it is; nothing is printed."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace

from bonfire.errors import Reason
from print_agent.doctor.finding import Finding
from print_agent.printers import Fingerprint, Interview, Printer, PrinterTrouble, Session


async def examine(
    printers: Sequence[Printer],
    known: Mapping[str, Fingerprint] | None = None,
    recalled: Mapping[str, Interview] | None = None,
) -> tuple[Finding, ...]:
    """Ask every printer how it is, all at the same time; nothing is printed.

    `known` is what each printer id said of itself earlier. A printer that says something else now,
    or the same as another one does, is at the wrong address. One in `recalled` is asked for its
    status alone: the rest is taken from there.
    """
    recalled = recalled or {}
    found = await asyncio.gather(
        *(_examine_one(printer, recalled.get(printer.settings.id)) for printer in printers)
    )
    return _with_mix_ups(found, known or {})


async def _examine_one(printer: Printer, recalled: Interview | None) -> Finding:
    finding = Finding(printer.settings)
    try:
        session = await printer.connect()
    except PrinterTrouble as trouble:
        return replace(finding, reason=trouble.reason, remedy=trouble.remedy)
    try:
        return await _question(session, finding, recalled)
    finally:
        await session.close()


async def _question(session: Session, finding: Finding, recalled: Interview | None) -> Finding:
    try:
        status = await session.status()
        finding = replace(finding, reason=status.trouble, near_end=status.near_end)
        # All else is answered in its turn, which does not come while there is trouble.
        if status.ready:
            finding = _with_answers(finding, recalled or await session.interview())
            finding = replace(finding, recalled=recalled is not None)
    except PrinterTrouble as trouble:
        return replace(finding, reason=trouble.reason, remedy=trouble.remedy)
    return finding


def _with_answers(finding: Finding, interview: Interview) -> Finding:
    return replace(
        finding,
        fingerprint=interview.fingerprint,
        confirmation=interview.confirmation,
        capabilities=interview.capabilities,
    )


def _with_mix_ups(
    findings: Sequence[Finding], known: Mapping[str, Fingerprint]
) -> tuple[Finding, ...]:
    now = {finding.settings.id: finding.fingerprint for finding in findings if finding.fingerprint}
    return tuple(_with_mix_up(finding, now, known) for finding in findings)


def _with_mix_up(
    finding: Finding, now: Mapping[str, Fingerprint], known: Mapping[str, Fingerprint]
) -> Finding:
    """Only a serial number tells one printer from another of the same model."""
    own, seen = finding.settings.id, finding.fingerprint
    if seen is None or not seen.serial:
        return finding
    before = known.get(own)
    if before is not None and before.serial == seen.serial:
        return finding
    others = [
        name
        for name, fingerprint in [*known.items(), *now.items()]
        if name != own and _same(fingerprint, seen)
    ]
    changed = before is not None and before.serial != ""
    if not others and not changed:
        return finding
    return replace(finding, reason=Reason.WRONG_PRINTER, is_really=others[0] if others else "")


def _same(one: Fingerprint, other: Fingerprint) -> bool:
    return (one.maker, one.model, one.serial) == (other.maker, other.model, other.serial)
