"""`print-agent doctor`: what is wrong with each printer, in words, and what to do about it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bonfire.errors import Reason
from bonfire.messages import Confirmation
from print_agent.printers import Fingerprint, Printer, PrinterSettings, PrinterTrouble, Session
from print_agent.printers.advice import ADVICE

_CONFIRMS = {
    Confirmation.PROCESS_ID: "it says when a ticket has been printed",
    Confirmation.STATUS: "it says when a ticket has been processed",
    Confirmation.CLOSE: "it cannot say that it printed",
}

# What a printer may answer, or not, while another program has the only connection that it serves.
_MAYBE_BUSY = (Reason.NO_ANSWER, Reason.REFUSED, Reason.RESET_BEFORE_BYTES)


@dataclass(frozen=True, slots=True)
class Finding:
    """What one printer said of itself; `reason` is None when it can print."""

    settings: PrinterSettings
    reason: Reason | None = None
    near_end: bool = False
    fingerprint: Fingerprint | None = None
    confirmation: Confirmation | None = None  # None: not asked, as the printer was not ready
    is_really: str = ""  # the id of the printer that answered in this one's place

    @property
    def weak(self) -> bool:
        """Can it not confirm, and has nobody allowed that?"""
        return self.confirmation is Confirmation.CLOSE and not self.settings.accept_weak

    @property
    def fine(self) -> bool:
        return self.reason is None and not self.weak

    def text(self) -> str:
        name = f"{self.settings.id} at {self.settings.address}"
        return "\n  ".join([f"{name}: {self._state()}", *self._notes()])

    def _state(self) -> str:
        if self.reason is not None:
            advice = ADVICE[self.reason]
            other = f" It is {self.is_really}." if self.is_really else ""
            return f"{advice.problem}.{other} {advice.remedy}"
        if self.weak:
            return (
                "it prints, but cannot say so: a lost ticket would go unnoticed. Use another "
                "model, or allow it with accept_weak = true."
            )
        return "ready."

    def _notes(self) -> list[str]:
        notes = []
        if self.reason in _MAYBE_BUSY:
            notes.append(
                "The other program may be our own: many printers serve one connection at a time, "
                "and a running print-agent may hold it. Stop the agent, and ask again."
            )
        if self.near_end:
            notes.append("The paper nears its end: have a new roll at hand.")
        if self.fingerprint is not None:
            notes.append(f"It is {_in_words(self.fingerprint)}.")
        if self.confirmation is not None:
            told = _CONFIRMS[self.confirmation]
            notes.append(f"Confirmation: {self.confirmation} ({told}).")
        return notes


@dataclass(frozen=True, slots=True)
class Report:
    findings: tuple[Finding, ...]

    @property
    def exit_code(self) -> int:
        """0 when every printer is fine, else 1."""
        return 0 if all(finding.fine for finding in self.findings) else 1

    def text(self) -> str:
        if not self.findings:
            return "No printer is configured for this agent."
        return "\n".join(finding.text() for finding in self.findings)


async def examine(
    printers: Sequence[Printer], known: Mapping[str, Fingerprint] | None = None
) -> Report:
    """Ask every printer how it is, all at the same time; nothing is printed.

    `known` is what each printer id said of itself earlier. A printer that says something else now,
    or the same as another one does, is at the wrong address.
    """
    found = await asyncio.gather(*(_examine_one(printer) for printer in printers))
    return Report(_with_mix_ups(found, known or {}))


async def _examine_one(printer: Printer) -> Finding:
    finding = Finding(printer.settings)
    try:
        session = await printer.connect()
    except PrinterTrouble as trouble:
        return replace(finding, reason=trouble.reason)
    try:
        return await _question(session, finding)
    finally:
        await session.close()


async def _question(session: Session, finding: Finding) -> Finding:
    try:
        status = await session.status()
        finding = replace(finding, reason=status.trouble, near_end=status.near_end)
        # Both are answered in their turn, which does not come while there is trouble.
        if status.ready:
            finding = replace(finding, fingerprint=await session.identify())
            finding = replace(finding, confirmation=await session.probe())
    except PrinterTrouble as trouble:
        return replace(finding, reason=trouble.reason)
    return finding


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


def _in_words(fingerprint: Fingerprint) -> str:
    model = " ".join(filter(None, (fingerprint.maker, fingerprint.model))) or "an unnamed model"
    serial = f", serial number {fingerprint.serial}" if fingerprint.serial else ""
    firmware = f", firmware {fingerprint.firmware}" if fingerprint.firmware else ""
    return model + serial + firmware
