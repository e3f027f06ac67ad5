"""What each trouble of a printer means to a person, and what that person can do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bonfire.errors import Reason
from print_agent.printers import PrinterSettings, PrinterTrouble


@dataclass(frozen=True, slots=True)
class Advice:
    """`problem` goes on after a colon; `remedy` is one or two whole sentences."""

    problem: str
    remedy: str


ADVICE: Final[dict[Reason, Advice]] = {
    Reason.REFUSED: Advice(
        "something answers at that address, but no printer listens on that port",
        "Check the address and the port. If they are right, another program holds the printer's "
        "only connection: close it, or switch the printer off and on.",
    ),
    Reason.UNREACHABLE: Advice(
        "nothing answers at that address",
        "Check that the printer is switched on, that its network cable is plugged in, and that "
        "its self-test page shows this address.",
    ),
    Reason.NAME_UNKNOWN: Advice(
        "the network does not know that name",
        "Check the spelling, or use the address that the printer's self-test page shows.",
    ),
    Reason.NO_ANSWER: Advice(
        "it takes the connection, but does not answer",
        "Another program may be printing there: close it. Else switch the printer off and on. If "
        'it is a model that never tells its status, set status = "none" for it.',
    ),
    Reason.GARBAGE_STATUS: Advice(
        "it answers, but not like an ESC/POS printer",
        "Check that the address is the printer's, and that the printer is set to ESC/POS. If it "
        'is a model that cannot tell its status, set status = "none" for it.',
    ),
    Reason.OFFLINE: Advice(
        "it is offline",
        "Somebody may be feeding paper; else press its ONLINE or FEED button, or switch it off "
        "and on.",
    ),
    Reason.COVER_OPEN: Advice("the cover is open", "Close the lid until it clicks."),
    Reason.PAPER_OUT: Advice(
        "there is no paper",
        "Put in a new roll and close the lid. What was sent comes out by itself.",
    ),
    Reason.CUTTER_ERROR: Advice(
        "the cutter is stuck",
        "Switch the printer off, open the lid, take out the jammed paper, close the lid and "
        "switch it on.",
    ),
    Reason.HEAD_HOT: Advice(
        "the print head is too hot", "Wait: it goes on by itself in a minute or two."
    ),
    Reason.PRINTER_ERROR: Advice(
        "it reports a fault of its own",
        "Switch it off, look for jammed paper, and switch it on. If that does not help, it needs "
        "repair.",
    ),
    Reason.WRONG_PRINTER: Advice(
        "another printer answers at that address",
        "Give the printers fixed addresses, and check which one has which. If they were exchanged "
        "on purpose, stop the agent and run: print-agent forget-printers.",
    ),
    Reason.RESET_BEFORE_BYTES: Advice(
        "it closed the connection at once",
        "It may be starting, or busy with another program: wait a minute. If it stays so, switch "
        "it off and on.",
    ),
}


def sentence(settings: PrinterSettings, reason: Reason) -> str:
    """For example "KITCHEN-1 at 192.168.1.50:9100: the cover is open. Close the lid until ..."."""
    advice = ADVICE[reason]
    return f"{settings.id} at {settings.address}: {advice.problem}. {advice.remedy}"


def trouble(settings: PrinterSettings, reason: Reason) -> PrinterTrouble:
    """The exception to raise, in words."""
    return PrinterTrouble(reason, sentence(settings, reason))
