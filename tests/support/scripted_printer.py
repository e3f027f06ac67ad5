"""A small printer for tests of the wire: it answers commands, but draws nothing.

`Brain` is what it thinks, without I/O. `MemoryLink` puts it behind a link in memory, and
`ScriptedPrinter` behind a TCP port.
"""

from __future__ import annotations

import asyncio
import re
import socket
import struct
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from bonfire.config import TcpAddress
from print_agent.printers import PrinterSettings
from print_agent.printers.link import Listener

READY = b"\x12\x12\x12\x12"
OFFLINE = b"\x1a\x12\x12\x12"
COVER_OPEN = b"\x1a\x16\x12\x12"
PAPER_OUT = b"\x1a\x32\x12\x7e"
CUTTER_ERROR = b"\x1a\x52\x1a\x12"
HEAD_HOT = b"\x1a\x52\x52\x12"
BROKEN = b"\x1a\x52\x32\x12"
NEAR_END = b"\x12\x12\x12\x1e"

_COMMAND = re.compile(
    rb"\x10\x04(?P<realtime>[\x01-\x04])"
    rb"|\x1d\(H\x06\x0000(?P<id>[\x20-\x7e]{4})"
    rb"|\x1dr(?P<in_order>\x01)"
    rb"|\x1dI(?P<code>[\x01-\x03])"
    rb"|\x1dI(?P<identity>[\x41-\x45])"
    rb"|(?P<clear>\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08)"
    rb"|\x1da(?P<status_back>.)",
    re.DOTALL,
)
_LONGEST_COMMAND = 11


class Brain:
    """Answers what it is fed. A test changes its attributes at any time."""

    def __init__(self) -> None:
        self.status = READY  # the four answers to DLE EOT; b"" for a printer that is mute
        self.knows_process_id = True
        self.knows_in_order = True
        self.knows_clear = True
        self.codes = {1: 0x0C, 2: 0x02, 3: 0x01}
        self.identity = {0x42: "EPSON", 0x43: "TM-T20III", 0x44: "X5T1", 0x41: "1.06"}
        self.holds_words = False  # keep what is answered in its turn until `release_words`
        self.received = bytearray()
        self.words: list[bytes] = []  # what is being held
        self._parsed = 0

    def feed(self, data: bytes) -> bytes:
        self.received += data
        answer = bytearray()
        for match in _COMMAND.finditer(self.received, self._parsed):
            self._parsed = match.end()
            answer += self._answer(match)
        self._parsed = max(self._parsed, len(self.received) - _LONGEST_COMMAND)
        return bytes(answer)

    def release_words(self) -> bytes:
        self.holds_words = False
        words, self.words = b"".join(self.words), []
        return words

    def _answer(self, match: re.Match[bytes]) -> bytes:
        if match["realtime"]:
            at = match["realtime"][0] - 1
            return self.status[at : at + 1]
        if match["code"]:
            code = self.codes.get(match["code"][0])
            return b"" if code is None else bytes((code,))
        if match["clear"]:
            return b"\x37\x25\x00" if self.knows_clear else b""
        if match["identity"]:
            text = self.identity.get(match["identity"][0])
            return b"" if text is None else b"\x5f" + text.encode() + b"\0"
        if match["id"]:
            return self._in_turn(b"\x37\x22" + match["id"] + b"\0", self.knows_process_id)
        if match["in_order"]:
            return self._in_turn(b"\0", self.knows_in_order)
        return b""

    def _in_turn(self, word: bytes, known: bool) -> bytes:
        if not known:
            return b""
        if not self.holds_words:
            return word
        self.words.append(word)
        return b""


class MemoryLink:
    """Implements `Link` over a `Brain` whose answers come at once."""

    def __init__(self, brain: Brain) -> None:
        self.brain = brain
        self.room: int | None = None  # how many bytes it still takes; None for any number
        self.fails_after: int | None = None  # breaks when this many bytes were taken
        self.closes_on_finish = True
        self.finished = False
        self.closed = False
        self._listener: Listener | None = None
        self._taken = 0
        self._writable = asyncio.Event()

    def listen(self, listener: Listener) -> None:
        self._listener = listener

    def poll(self) -> None:
        pass

    def write(self, data: memoryview) -> int:
        if self._listener is None:
            raise BrokenPipeError
        if self.fails_after is not None and self._taken >= self.fails_after:
            self.end(ConnectionResetError())
            raise ConnectionResetError
        taken = len(data)
        if self.fails_after is not None:
            taken = min(taken, self.fails_after - self._taken)
        if self.room is not None:
            taken = min(taken, self.room)
            self.room -= taken
        self._taken += taken
        self.say(self.brain.feed(bytes(data[:taken])))
        return taken

    async def wait_writable(self, timeout_s: float) -> None:
        self._writable.clear()
        alarm = asyncio.get_running_loop().call_later(timeout_s, self._writable.set)
        await self._writable.wait()
        alarm.cancel()

    def make_room(self) -> None:
        self.room = None
        self._writable.set()

    def say(self, data: bytes) -> None:
        if self._listener is not None and data:
            self._listener.received(data)

    def end(self, error: OSError | None) -> None:
        listener, self._listener = self._listener, None
        self._writable.set()
        if listener is not None:
            listener.ended(error)

    def finish(self) -> None:
        self.finished = True
        if self.closes_on_finish:
            asyncio.get_running_loop().call_soon(self.end, None)

    def close(self) -> None:
        self.closed = True
        self._listener = None


class ScriptedPrinter:
    """A `Brain` on a TCP port, for one client at a time; the others wait, as with an Epson."""

    def __init__(self) -> None:
        self.brain = Brain()
        self.reads = True  # False: takes no bytes, so that the connection fills up
        self.reset_after: int | None = None  # bytes, on each connection
        self.clients = 0
        self._server: socket.socket | None = None
        self._client: socket.socket | None = None
        self._serving: asyncio.Task[None] | None = None
        self._resume = asyncio.Event()

    async def __aenter__(self) -> Self:
        server = self._server = socket.create_server(("127.0.0.1", 0))
        # Small, so that a printer that does not read is noticed.
        server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        server.setblocking(False)
        self._serving = asyncio.create_task(self._serve(server))
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.power_off()

    @property
    def port(self) -> int:
        assert self._server is not None
        port: int = self._server.getsockname()[1]
        return port

    def settings(self, **changes: Any) -> PrinterSettings:
        """Deadlines short enough for a test; `changes` win."""
        quick: dict[str, Any] = {
            "connect_timeout_s": 0.5,
            "status_timeout_s": 0.15,
            "send_timeout_s": 0.4,
            "confirm_timeout_s": 0.2,
            "grace_s": 0.1,
            "ask_again_s": 0.05,
            "hold_timeout_s": 5.0,
            "close_timeout_s": 0.2,
        }
        return PrinterSettings("kitchen-1", TcpAddress("127.0.0.1", self.port), **(quick | changes))

    def say(self, data: bytes) -> None:
        assert self._client is not None
        self._client.send(data)

    def reset(self) -> None:
        """Break the connection with RST, as a printer does that was switched off and on."""
        assert self._client is not None
        self._client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._restart_serving()

    def hang_up(self) -> None:
        self._restart_serving()

    def read_on(self) -> None:
        self.reads = True
        self._resume.set()

    async def power_off(self) -> None:
        """Nothing listens on the port any more."""
        if self._serving is not None:
            self._serving.cancel()
            await asyncio.gather(self._serving, return_exceptions=True)
        if self._server is not None:
            self._server.close()

    def _restart_serving(self) -> None:
        assert self._serving is not None
        assert self._server is not None
        self._serving.cancel()
        self._serving = asyncio.create_task(self._serve(self._server))

    async def _serve(self, server: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            client, _ = await loop.sock_accept(server)
            self.clients += 1
            with client:
                client.setblocking(False)
                self._client = client
                await self._talk(client)

    async def _talk(self, client: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        taken = 0
        while True:
            while not self.reads:
                self._resume.clear()
                await self._resume.wait()
            if self.reset_after is not None and taken >= self.reset_after:
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                return
            most = 4096 if self.reset_after is None else self.reset_after - taken
            try:
                data = await loop.sock_recv(client, min(most, 4096))
            except OSError:
                return
            if not data:
                return
            taken += len(data)
            answer = self.brain.feed(data)
            if answer:
                await loop.sock_sendall(client, answer)


async def eventually(true: Callable[[], bool], timeout_s: float = 2.0) -> None:
    """Return once it is true; the test fails if it does not become so."""
    async with asyncio.timeout(timeout_s):
        while not true():  # noqa: ASYNC110 -- what a test waits for tells nobody
            await asyncio.sleep(0.005)
