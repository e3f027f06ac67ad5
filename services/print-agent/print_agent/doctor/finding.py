"""What one printer said of itself, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bonfire.config import TcpAddress
from bonfire.errors import Reason
from bonfire.messages import Confirmation
from print_agent.printers import Capabilities, Fingerprint, PrinterSettings
from print_agent.printers.advice import advice_on

_CONFIRMS: Final = {
    Confirmation.PROCESS_ID: "it says when a ticket has been printed",
    Confirmation.STATUS: "it says when a ticket has been processed",
    Confirmation.CLOSE: "it cannot say that it printed",
}

_WEAK: Final = (
    "it prints, but cannot say so: a lost ticket would go unnoticed. Use another model, or allow "
    "it with accept_weak = true."
)
_WEAK_CABLE: Final = (
    "it prints, but nothing comes back by this cable: a lost ticket would go unnoticed. Some USB "
    "and serial printers, and many adapters, have no way back at all. Connect it by network if it "
    "can, use another model, or allow it with accept_weak = true."
)
_ANSWERS: Final = {True: "yes", False: "no", None: "not asked"}

# What a printer may answer, or not, while another program has the only connection that it serves.
_MAYBE_BUSY: Final = (Reason.NO_ANSWER, Reason.REFUSED, Reason.RESET_BEFORE_BYTES)


@dataclass(frozen=True, slots=True)
class Finding:
    """What one printer said of itself; `reason` is None when it can print."""

    settings: PrinterSettings
    reason: Reason | None = None
    remedy: str = ""  # where more is known than the reason
    near_end: bool = False
    fingerprint: Fingerprint | None = None
    confirmation: Confirmation | None = None  # None: not asked, as the printer was not ready
    capabilities: Capabilities | None = None  # None: not asked, for the same reason
    recalled: bool = False  # the last three are the agent's memory: they were not asked now
    is_really: str = ""  # the id of the printer that answered in this one's place

    @property
    def weak(self) -> bool:
        """Can it not confirm, and has nobody allowed that?"""
        return self.confirmation is Confirmation.CLOSE and not self.settings.accept_weak

    @property
    def fine(self) -> bool:
        return self.reason is None and not self.weak

    def text(self) -> str:
        name = f"{self.settings.id} at {self.settings.place}"
        return "\n  ".join([f"{name}: {self._state()}", *self._notes()])

    def _state(self) -> str:
        if self.reason is not None:
            advice = advice_on(self.settings.address, self.reason)
            other = f" It is {self.is_really}." if self.is_really else ""
            return f"{advice.problem}.{other} {self.remedy or advice.remedy}"
        if self.weak:
            return _WEAK if isinstance(self.settings.address, TcpAddress) else _WEAK_CABLE
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
        if self.capabilities is not None:
            notes.append(_abilities(self.capabilities))
        if self.recalled:
            notes.append(
                "That is how the agent met it earlier. It has no serial number to be known by, and "
                "may take a second to answer, so only its state was asked; --anew asks all."
            )
        return notes


def _in_words(fingerprint: Fingerprint) -> str:
    model = " ".join(filter(None, (fingerprint.maker, fingerprint.model))) or "an unnamed model"
    serial = f", serial number {fingerprint.serial}" if fingerprint.serial else ""
    firmware = f", firmware {fingerprint.firmware}" if fingerprint.firmware else ""
    return model + serial + firmware


def _abilities(found: Capabilities) -> str:
    said = {
        "cutter": found.cutter,
        "says what it printed (GS ( H)": found.process_id,
        "says what it processed (GS r)": found.in_order,
        "forgets on demand (DLE DC4)": found.buffer_clear,
    }
    parts = [f"{what}: {_ANSWERS[answer]}" for what, answer in said.items()]
    if found.fonts:
        parts.append(f'its own name for its fonts (GS I 69): "{found.fonts}"')
    return f"Capabilities: {'; '.join(parts)}."
