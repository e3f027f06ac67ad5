"""What each trouble of a printer means to a person, and what that person can do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bonfire.config.address import (
    Address,
    SerialAddress,
    TcpAddress,
    UsbAddress,
    UsbDeviceAddress,
)
from bonfire.errors import Reason
from print_agent.printers import PrinterSettings, PrinterTrouble


@dataclass(frozen=True, slots=True)
class Advice:
    """`problem` goes on after a colon; `remedy` is one or two whole sentences."""

    problem: str
    remedy: str


_EVERYWHERE: Final[dict[Reason, Advice]] = {
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
    Reason.NOT_PERMITTED: Advice(
        "the agent may not use it", "Give the agent's user the right to open it."
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


# What is plugged in here, with a cable of its own, has other troubles than what is in a network.
_BUSY: Final = Advice(
    "another program holds it",
    "Close that program: a till, a driver or a second agent may be printing there.",
)
_USB_SILENT: Final = Advice(
    "it takes what is sent, but does not answer",
    "Switch the printer off and on, and check that it is set to ESC/POS. If it is a model, or an "
    'adapter, that never tells its status, set status = "none" for it.',
)
_USB_UNPLUGGED: Final = Advice(
    "it is not plugged in",
    "Check that the printer is switched on and that its USB cable is plugged in at both ends. If "
    "they are, it may have another name now: print-agent discover shows them.",
)
_USB_GONE: Final = Advice(
    "it went away", "Check its USB cable, and that the printer is switched on."
)

_USB_DEVICE: Final[dict[Reason, Advice]] = {
    Reason.REFUSED: _BUSY,
    Reason.UNREACHABLE: _USB_UNPLUGGED,
    Reason.NAME_UNKNOWN: Advice(
        "that is no device of a printer", "Take the one that print-agent discover shows."
    ),
    Reason.NO_ANSWER: _USB_SILENT,
    Reason.RESET_BEFORE_BYTES: _USB_GONE,
}

_USB: Final[dict[Reason, Advice]] = {
    Reason.REFUSED: _BUSY,
    Reason.UNREACHABLE: _USB_UNPLUGGED,
    Reason.NOT_PERMITTED: Advice(
        "the agent may not use it",
        "Run print-agent doctor where the agent runs: it says which right its user lacks, or which "
        "package.",
    ),
    Reason.NAME_UNKNOWN: Advice(
        "several such printers are plugged in",
        "Put the serial number into its address, as print-agent discover shows it.",
    ),
    Reason.NO_ANSWER: _USB_SILENT,
    Reason.RESET_BEFORE_BYTES: _USB_GONE,
}

_SERIAL: Final[dict[Reason, Advice]] = {
    Reason.REFUSED: _BUSY,
    Reason.UNREACHABLE: Advice(
        "there is no such port",
        "Check that the USB adapter or the card is plugged in. If it is, it may have another name "
        "now: print-agent discover shows them.",
    ),
    Reason.NAME_UNKNOWN: Advice(
        "that is no serial port", "Take the one that print-agent discover shows."
    ),
    Reason.NO_ANSWER: Advice(
        "nothing answers on that port",
        "Check that the printer is switched on, has paper and its lid closed, that the cable is "
        "plugged in, and that baud and flow are those of its self-test page. If it is a model that "
        'never tells its status, set status = "none" for it.',
    ),
    Reason.GARBAGE_STATUS: Advice(
        "it answers, but not like an ESC/POS printer",
        "Check that baud is that of its self-test page, with 8 data bits and no parity, and that "
        "the printer is set to ESC/POS.",
    ),
    Reason.RESET_BEFORE_BYTES: Advice(
        "its port went away", "Check that the USB adapter is plugged in firmly."
    ),
}

_ELSEWHERE: Final[dict[type, dict[Reason, Advice]]] = {
    TcpAddress: {},
    UsbDeviceAddress: _USB_DEVICE,
    UsbAddress: _USB,
    SerialAddress: _SERIAL,
}


def advice_on(address: Address, reason: Reason) -> Advice:
    """What a trouble of a printer there means. `reason` is one of the printers' class."""
    return _ELSEWHERE[type(address)].get(reason) or _EVERYWHERE[reason]


def sentence(settings: PrinterSettings, reason: Reason, remedy: str = "") -> str:
    """For example "KITCHEN-1 at 192.168.1.50:9100: the cover is open. Close the lid until ...".

    `remedy` is given where more is known than the reason.
    """
    advice = advice_on(settings.address, reason)
    return f"{settings.id} at {settings.place}: {advice.problem}. {remedy or advice.remedy}"


def trouble(settings: PrinterSettings, reason: Reason, remedy: str = "") -> PrinterTrouble:
    """The exception to raise, in words."""
    return PrinterTrouble(reason, sentence(settings, reason, remedy), remedy)
