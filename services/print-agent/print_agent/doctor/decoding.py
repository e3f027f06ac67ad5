"""Names for the bytes between us and a printer, so that a person can read a conversation."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
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
    ReplyParser,
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
    rb"|(?P<code>\x1dI[\x01-\x03])"
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
    69: "fonts",
}
# What is answered in its turn, and how.
_DUE: Final[dict[str, type[Reply]]] = {
    "code": InOrderStatus,
    "in_order": InOrderStatus,
    "identity": Identity,
    "printed": Printed,
}
_MOST_DUE: Final = 64


class Conversation:
    """What is said, in words.

    GS r and GS I 1 to 3 are answered by a byte that does not tell which of them it answers. But
    each question is answered in its turn or not at all, so the one that was asked first does.
    """

    def __init__(self) -> None:
        self._replies = ReplyParser()
        self._due: deque[tuple[type[Reply], str]] = deque(maxlen=_MOST_DUE)

    def sent(self, data: bytes) -> str:
        """The commands in `data`; what is none of those that we know of is counted."""
        return ", ".join(self._sent(data))

    def received(self, data: bytes) -> str:
        """The answers that these bytes complete; "" while there is only a part of one."""
        replies = self._replies.feed(data)
        garbage = sum(len(reply.value) for reply in replies if isinstance(reply, Garbage))
        words = [self._reply(reply) for reply in replies if not isinstance(reply, Garbage)]
        return ", ".join([*words, *([f"not an answer: {_counted(garbage)}"] if garbage else [])])

    def _sent(self, data: bytes) -> Iterator[str]:
        at = 0
        for match in _SENT.finditer(data):
            if match.start() > at:
                yield _counted(match.start() - at)
            if answer := _DUE.get(match.lastgroup or ""):
                self._due.append((answer, _name(match)))
            yield _command(match)
            at = match.end()
        if at < len(data):
            yield _counted(len(data) - at)

    def _reply(self, reply: Reply) -> str:
        question = self._question(reply)
        match reply:
            case RealtimeStatus(value):
                return f"DLE EOT: {value:02x}"
            case StatusBack(value):
                return f"status back: {value.hex(' ')}"
            case InOrderStatus(value):
                return f"{question or 'not asked for'}: {value:02x}"
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

    def _question(self, reply: Reply) -> str:
        """The first one that this may answer, or ""; those before it will not be answered."""
        kinds = [kind for kind, _ in self._due]
        if type(reply) not in kinds:
            return ""
        for _ in range(kinds.index(type(reply))):
            self._due.popleft()
        return self._due.popleft()[1]


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
            return f"{_name(match)} (printed?)"
        case "in_order":
            return f"{_name(match)} (processed?)"
        case "status_back":
            return f"GS a {last} (tell changes)"
        case "identity" | "code":
            return f"{_name(match)} ({_IDENTITY.get(last, 'other')}?)"
        case _:
            return f"{len(data)} x NUL"


def _name(match: re.Match[bytes]) -> str:
    """Of a question that is answered in its turn."""
    data = match.group()
    match match.lastgroup:
        case "printed":
            return f"GS ( H {_quoted(data[-4:])}"
        case "in_order":
            return f"GS r {data[-1]}"
        case _:
            return f"GS I {data[-1]}"


def _counted(count: int) -> str:
    return "1 byte" if count == 1 else f"{count} bytes"


def _quoted(data: bytes) -> str:
    return '"' + "".join(chr(byte) if 0x20 <= byte < 0x7F else "?" for byte in data) + '"'
