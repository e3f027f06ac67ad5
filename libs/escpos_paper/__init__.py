"""ESC/POS bytes to paper: an interpreter that knows nothing of any library that writes them."""

from __future__ import annotations

from escpos_paper.block import (
    Align,
    Barcode,
    Block,
    Buzz,
    Cut,
    Feed,
    Line,
    Picture,
    QrCode,
    Run,
    Style,
)
from escpos_paper.command import ENQUIRIES, Command, Kind
from escpos_paper.engine import IMPACT, IMPACT_RED, THERMAL, Engine
from escpos_paper.fonts import FontMissing
from escpos_paper.interpreter import Interpreter
from escpos_paper.paper import Paper
from escpos_paper.real_time import RealTimeCommand, RealTimeScanner
from escpos_paper.ticket import Ticket

__all__ = [
    "ENQUIRIES",
    "IMPACT",
    "IMPACT_RED",
    "THERMAL",
    "Align",
    "Barcode",
    "Block",
    "Buzz",
    "Command",
    "Cut",
    "Engine",
    "Feed",
    "FontMissing",
    "Interpreter",
    "Kind",
    "Line",
    "Paper",
    "Picture",
    "QrCode",
    "RealTimeCommand",
    "RealTimeScanner",
    "Run",
    "Style",
    "Ticket",
    "commands",
    "text_bytes",
    "tickets",
]


def commands(data: bytes, engine: Engine = THERMAL) -> list[Command]:
    """Every command in `data`; the bytes of one that is cut off at the end come as UNKNOWN."""
    interpreter = Interpreter(engine)
    found = interpreter.feed(data)
    if interpreter.pending_bytes:
        found.append(Command(Kind.UNKNOWN, data[-interpreter.pending_bytes :]))
    return found


def text_bytes(data: bytes) -> list[bytes]:
    """The runs of printable bytes in `data`, without any command or parameter."""
    return [command.raw for command in commands(data) if command.kind is Kind.TEXT]


def tickets(data: bytes, columns: int = 48, engine: Engine = THERMAL) -> list[Ticket]:
    """The paper that `data` prints, one ticket for each cut.

    Printing after the last cut comes as a last ticket without a cut. A cut of blank paper is none.
    """
    paper = Paper(columns, engine)
    found = []
    for command in commands(data, engine):
        printed = paper.apply(command)
        if printed and isinstance(printed[-1], Cut):
            found.append(paper.take())
    found.append(_rest(paper))
    return [ticket for ticket in found if not ticket.is_blank]


def _rest(paper: Paper) -> Ticket:
    """What stands unprinted in the line is printed too: a preview shows every byte it was given."""
    paper.apply(Command(Kind.FEED_DOTS, b"\x1bJ\x00"))
    return paper.take()
