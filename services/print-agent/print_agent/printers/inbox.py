"""What a printer has said on one connection."""

from __future__ import annotations

from collections import deque
from typing import Final

from print_agent.printers import Status, commands, status
from print_agent.printers.replies import (
    BufferCleared,
    Garbage,
    Identity,
    InOrderStatus,
    Printed,
    RealtimeStatus,
    Reply,
    ReplyParser,
    StatusBack,
)

_MOST_WORDS: Final = 64
_MOST_IDENTITIES: Final = 16
_TEXT: Final = frozenset(b"\t\r\n") | frozenset(range(0x20, 0x7F))


class Inbox:
    """Collects replies. Everything is bounded, whatever the printer says.

    Any long text, a web server's for instance, has letters in it whose bits are those of an answer.
    But a printer's answers are control characters, unless nearly everything is wrong with it, and
    they are not lost in other bytes. What is not like that is no status.
    """

    def __init__(self) -> None:
        self.status = Status()  # the latest; a new object for every status heard
        self.answered = 0  # whole and credible answers to DLE EOT 1 to 4
        self.in_order = 0  # answers to GS r, and to others that are a bare byte
        self.in_order_value = 0  # the latest of them
        self.cleared = 0  # times that the printer said that it cleared its buffers
        self.strange = 0  # bytes that are no answer, or as well a letter of a text
        self.identities: deque[str] = deque(maxlen=_MOST_IDENTITIES)
        self._words: deque[bytes] = deque(maxlen=_MOST_WORDS)
        self._parser = ReplyParser()
        self._realtime = bytearray()
        self._owed = 0
        self._strange_before = 0

    def expect_status(self) -> None:
        """DLE EOT 1 to 4 are about to be asked.

        An answer that nobody waits for comes from a raster image that held a DLE EOT by accident;
        it must not shift the four. Answers to an earlier question that are still to come do count.
        """
        if self._owed <= 0:
            self._realtime.clear()
            self._owed = 0
        self._owed += commands.STATUS_ANSWERS
        self._strange_before = self.strange

    @property
    def strange_in_answer(self) -> int:
        """Of the strange bytes, those since a status was asked for last."""
        return self.strange - self._strange_before

    @property
    def half_answered(self) -> bool:
        return bool(self._realtime)

    def has_word(self, process_id: bytes) -> bool:
        return process_id in self._words

    def feed(self, data: bytes) -> None:
        for reply in self._parser.feed(data):
            self._take(reply)

    def _take(self, reply: Reply) -> None:
        self.strange += _strange_bytes(reply)
        match reply:
            case RealtimeStatus(value):
                self._take_realtime(value)
            case StatusBack(value):
                self.status = status.of_status_back(value)
            case InOrderStatus(value):
                self.in_order += 1
                self.in_order_value = value
            case BufferCleared():
                self.cleared += 1
            case Printed(process_id):
                self._words.append(process_id)
            case Identity(text):
                self.identities.append(text)
            case _:  # flow control is TCP's here, and the other blocks were not asked for
                pass

    def _take_realtime(self, value: int) -> None:
        self._owed -= 1
        self._realtime.append(value)
        if len(self._realtime) == commands.STATUS_ANSWERS:
            answers = bytes(self._realtime)
            self._realtime.clear()
            if self._is_credible(answers):
                self.status = status.of_realtime(answers)
                self.answered += 1

    def _is_credible(self, answers: bytes) -> bool:
        """A little noise on the line does no harm, but letters among letters are a text."""
        strange = self.strange_in_answer
        return not strange or (strange <= len(answers) and not _is_text(answers))


def _strange_bytes(reply: Reply) -> int:
    match reply:
        case Garbage(value):
            return len(value)
        case StatusBack(value) if _is_text(value):
            return len(value)
        case InOrderStatus(value) if value in _TEXT:
            return 1
        case _:
            return 0


def _is_text(data: bytes) -> bool:
    return _TEXT.issuperset(data)
