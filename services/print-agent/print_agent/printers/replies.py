"""Takes apart what an ESC/POS printer says; pure, so that it can be fed byte by byte.

Bits decide what a byte is (Epson TM-T88III guide, appendix G): DLE EOT answers `0xx1xx10`, the
first byte of an automatic status `0xx1xx00` with three `0xx0xxxx` behind it, GS r `0xx0xxxx`,
XON 11h and XOFF 13h, and blocks from 35h, 37h, 3Bh, 3Dh or 5Fh to a NUL.

After garbage, bytes that could be a GS r answer are garbage too, until something arrives that
cannot be mistaken: a torn status must never pass for a confirmation.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_BLOCK_HEADERS: Final = frozenset(b"\x35\x37\x3b\x3d\x5f")
_LONGEST_BLOCK: Final = 96
_STATUS_BACK_BYTES: Final = 4
_XON: Final = 0x11
_XOFF: Final = 0x13


@dataclass(frozen=True, slots=True)
class RealtimeStatus:
    """One answer to DLE EOT; which of the four, only the order tells."""

    value: int


@dataclass(frozen=True, slots=True)
class StatusBack:
    """An automatic status, asked for or not: four bytes."""

    value: bytes


@dataclass(frozen=True, slots=True)
class InOrderStatus:
    """An answer to GS r: what the printer got before the question has been processed.

    GS I 1 to 3 are answered by the same bits; which question, only the order tells.
    """

    value: int


@dataclass(frozen=True, slots=True)
class Printed:
    """The data before this process id has been printed (GS ( H, function 48)."""

    process_id: bytes


@dataclass(frozen=True, slots=True)
class Identity:
    """One answer to GS I; which question, only the order tells."""

    text: str


@dataclass(frozen=True, slots=True)
class OtherBlock:
    """A block that nobody here asked for."""

    value: bytes


@dataclass(frozen=True, slots=True)
class BufferCleared:
    """The buffers were cleared on demand (DLE DC4, function 8)."""


@dataclass(frozen=True, slots=True)
class Flow:
    """XON or XOFF, from a printer behind a serial converter."""

    on: bool


@dataclass(frozen=True, slots=True)
class Garbage:
    """Bytes that are no answer."""

    value: bytes


Reply = (
    RealtimeStatus
    | StatusBack
    | InOrderStatus
    | Printed
    | Identity
    | OtherBlock
    | BufferCleared
    | Flow
    | Garbage
)


class ReplyParser:
    """Holds at most one unfinished reply."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._in_step = True

    def feed(self, data: bytes) -> list[Reply]:
        """The replies that these bytes complete; the same ones however the bytes are split."""
        replies: list[Reply] = []
        for byte in data:
            for reply in self._take(byte):
                if isinstance(reply, Garbage):
                    self._in_step = False
                elif not isinstance(reply, Flow | InOrderStatus):
                    self._in_step = True
                replies.append(reply)
        return replies

    def _take(self, byte: int) -> Iterator[Reply]:
        if not self._held:
            yield from self._begin(byte)
        elif _is_status_back(self._held[0]):
            yield from self._continue_status(byte)
        else:
            yield from self._continue_block(byte)

    def _begin(self, byte: int) -> Iterator[Reply]:
        if byte in _BLOCK_HEADERS or _is_status_back(byte):
            self._held.append(byte)
        elif byte in (_XON, _XOFF):
            yield Flow(on=byte == _XON)
        elif byte & 0x93 == 0x12:
            yield RealtimeStatus(byte)
        elif _is_plain(byte) and self._in_step:
            yield InOrderStatus(byte)
        else:
            yield Garbage(bytes((byte,)))

    def _continue_status(self, byte: int) -> Iterator[Reply]:
        if not _is_plain(byte):
            yield self._drop()
            yield from self._begin(byte)
            return
        self._held.append(byte)
        if len(self._held) == _STATUS_BACK_BYTES:
            yield StatusBack(self._release())

    def _continue_block(self, byte: int) -> Iterator[Reply]:
        if byte == 0:
            yield _block(self._release())
        elif byte < 0x20 or len(self._held) == _LONGEST_BLOCK:
            yield self._drop()
            yield from self._begin(byte)
        else:
            self._held.append(byte)

    def _drop(self) -> Garbage:
        """Give up the reply in hand; the byte that spoiled it is looked at afresh."""
        self._in_step = False
        return Garbage(self._release())

    def _release(self) -> bytes:
        whole = bytes(self._held)
        self._held.clear()
        return whole


def _is_status_back(byte: int) -> bool:
    return byte & 0x93 == 0x10


def _is_plain(byte: int) -> bool:
    return byte & 0x90 == 0


def _block(body: bytes) -> Reply:
    if body.startswith(b"\x5f"):
        return Identity(body[1:].decode("ascii", "replace"))
    if body == b"\x37\x25":
        return BufferCleared()
    if body.startswith(b"\x37\x22") and len(body) == 6:
        return Printed(body[2:])
    return OtherBlock(body)
