"""What was said between us and a printer, byte by byte and with times."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bonfire.clock import Clock
from print_agent.doctor.decoding import Conversation
from print_agent.printers.link import Link, Listener

# A device that floods us fills no file.
_MOST_LINES: Final = 300
_MOST_BYTES: Final = 64  # of one line
_MOST_WORDS: Final = 200  # characters of one line


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened, `after_s` seconds after the connection stood."""

    after_s: float
    arrow: str  # ">" to the printer, "<" from it, "-" neither
    data: bytes
    words: str

    def __str__(self) -> str:
        shown = self.data[:_MOST_BYTES].hex(" ")
        more = " ..." if len(self.data) > _MOST_BYTES else ""
        words = self.words[:_MOST_WORDS]
        said = f"{shown}{more}  | {words}" if self.data else words
        return f"{self.after_s:8.4f}  {self.arrow}  {said}"


class Trace:
    """Of one conversation. Grows to `_MOST_LINES` and no further."""

    def __init__(self, clock: Clock) -> None:
        self.lines: list[Line] = []
        self._clock = clock
        self._began: float | None = None
        self._conversation = Conversation()

    def sent(self, data: bytes) -> None:
        self._add(">", data, self._conversation.sent(data))

    def received(self, data: bytes) -> None:
        if len(self.lines) <= _MOST_LINES:
            words = self._conversation.received(data)
            self._add("<", data, words or "the beginning of an answer")

    def note(self, words: str) -> None:
        self._add("-", b"", words)

    def text(self) -> str:
        return "\n".join(str(line) for line in self.lines) or "nothing was said"

    def _add(self, arrow: str, data: bytes, words: str) -> None:
        now = self._clock.monotonic()
        if self._began is None:
            self._began = now
        if len(self.lines) < _MOST_LINES:
            self.lines.append(Line(now - self._began, arrow, data, words))
        elif len(self.lines) == _MOST_LINES:
            self.lines.append(
                Line(now - self._began, "-", b"", "and so on: too much to write down")
            )


class TracingLink:
    """Implements `Link`: another one, with everything that passes written down."""

    def __init__(self, link: Link, trace: Trace) -> None:
        self._link = link
        self._trace = trace
        trace.note("connected")

    def listen(self, listener: Listener) -> None:
        self._link.listen(_TracingListener(listener, self._trace))

    def poll(self) -> None:
        self._link.poll()

    def write(self, data: memoryview) -> int:
        taken = self._link.write(data)
        self._trace.sent(bytes(data[:taken]))
        return taken

    async def wait_writable(self, timeout_s: float) -> None:
        await self._link.wait_writable(timeout_s)

    def finish(self) -> None:
        self._trace.note("we have nothing more to say")
        self._link.finish()

    def close(self) -> None:
        self._trace.note("closed")
        self._link.close()


class _TracingListener:
    """Implements `Listener`."""

    def __init__(self, listener: Listener, trace: Trace) -> None:
        self._listener = listener
        self._trace = trace

    def received(self, data: bytes) -> None:
        self._trace.received(data)
        self._listener.received(data)

    def ended(self, error: OSError | None) -> None:
        self._trace.note(f"it broke off: {error}" if error else "it closed")
        self._listener.ended(error)
