"""Names for the bytes between us and a printer, so that a person can read a conversation."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from print_agent.printers.replies import (
    BufferCleared,
    Flow,
    Garbage,
    Identity,
    InOrderStatus,
    OtherBlock,
    Printed,
    RealtimeStatus,
    Reply,
    StatusBack,
)

_SENT: Final = re.compile(
    rb"(?P<realtime>\x10\x04[\x01-\x08])"
    rb"|(?P<recover>\x10\x05[\x00-\x02])"
    rb"|(?P<clear>\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08)"
    rb"|(?P<initialize>\x1b@)"
    rb"|(?P<printed>\x1d\(H\x06\x0000....)"
    rb"|(?P<in_order>\x1dr.)"
    rb"|(?P<status_back>\x1da.)"
    rb"|(?P<identity>\x1dI.)"
    rb"|(?P<fill>\x00+)",
    re.DOTALL,
)
_REALTIME: Final = {1: "printer", 2: "why offline", 3: "error", 4: "paper"}
_IDENTITY: Final = {
    1: "model id",
    2: "type",
    3: "ROM version",
    65: "firmware",
    66: "maker",
    67: "model",
    68: "serial number",
    69: "language",
}


def sent_in_words(data: bytes) -> str:
    """The commands in `data`; what is none of those that we know of is counted."""
    return ", ".join(_sent(data))


def replies_in_words(replies: Sequence[Reply]) -> str:
    garbage = sum(len(reply.value) for reply in replies if isinstance(reply, Garbage))
    words = [_reply(reply) for reply in replies if not isinstance(reply, Garbage)]
    return ", ".join([*words, *([f"not an answer: {_counted(garbage)}"] if garbage else [])])


def _sent(data: bytes) -> Iterator[str]:
    at = 0
    for match in _SENT.finditer(data):
        if match.start() > at:
            yield _counted(match.start() - at)
        yield _command(match)
        at = match.end()
    if at < len(data):
        yield _counted(len(data) - at)


def _command(match: re.Match[bytes]) -> str:
    data = match.group()
    last = data[-1]
    match match.lastgroup:
        case "realtime":
            return f"DLE EOT {last} ({_REALTIME.get(last, 'other')}?)"
        case "recover":
            return f"DLE ENQ {last} (recover)"
        case "clear":
            return "DLE DC4 8 (clear the buffers)"
        case "initialize":
            return "ESC @ (initialize)"
        case "printed":
            return f"GS ( H {_quoted(data[-4:])} (printed?)"
        case "in_order":
            return f"GS r {last} (processed?)"
        case "status_back":
            return f"GS a {last} (tell changes)"
        case "identity":
            return f"GS I {last} ({_IDENTITY.get(last, 'other')}?)"
        case _:
            return f"{len(data)} x NUL"


def _reply(reply: Reply) -> str:
    match reply:
        case RealtimeStatus(value):
            return f"DLE EOT: {value:02x}"
        case StatusBack(value):
            return f"status back: {value.hex(' ')}"
        case InOrderStatus(value):
            return f"GS r: {value:02x}"
        case Printed(process_id):
            return f"GS ( H: printed {_quoted(process_id)}"
        case Identity(text):
            return f"GS I: {_quoted(text.encode('ascii', 'replace'))}"
        case BufferCleared():
            return "buffers cleared"
        case Flow(on):
            return "XON" if on else "XOFF"
        case OtherBlock(value) | Garbage(value):
            return f"a block of {_counted(len(value))}"


def _counted(count: int) -> str:
    return "1 byte" if count == 1 else f"{count} bytes"


def _quoted(data: bytes) -> str:
    return '"' + "".join(chr(byte) if 0x20 <= byte < 0x7F else "?" for byte in data) + '"'
