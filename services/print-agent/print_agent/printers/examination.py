"""Asks a printer what it can do.

Each question that a bare byte answers has another one behind it whose answer cannot be mistaken:
when that one is there, the first was answered, or never will be. So nothing is waited for in vain,
and no late answer can pass for the word on a ticket.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Final, Protocol

from print_agent.printers import Capabilities, commands
from print_agent.printers.inbox import Inbox
from print_agent.printers.process_id import ProcessIds

# An idle printer answers in its turn within milliseconds; a serial one at 9600 baud in a tenth of
# a second.
_PATIENCE_S: Final = 0.5


class Ask(Protocol):
    def __call__(
        self, question: bytes, arrived: Callable[[], bool], timeout_s: float
    ) -> Awaitable[bool]:
        """Send it and wait; says whether it arrived. Raises `PrinterTrouble`."""
        ...


class Examination:
    """`run` it once. `owing` says afterwards whether an answer may still come, late."""

    def __init__(self, ask: Ask, inbox: Inbox, *, process_id: bool = True) -> None:
        """`process_id` allows GS ( H, which some printers print."""
        self._ask = ask
        self._inbox = inbox
        self._asks_process_id = process_id
        self._model = ""  # what the question behind the question is answered with
        self.owing = False

    async def run(self, *, clear: bool, go_on: Callable[[], bool]) -> Capabilities | None:
        """None if `go_on` said no before every question was asked."""
        found = Capabilities()
        steps = (self._name, self._codes, self._fonts, self._in_order, self._process_id)
        for step in steps if not clear else (*steps, self._clear):
            if not go_on():
                return None
            found = await step(found)
        return found

    async def of(self, model: str, found: Capabilities) -> Capabilities:
        """`found` with what a printer of this name adds. One without is asked nothing."""
        self._model = model
        return await self._fonts(await self._codes(found))

    async def _name(self, found: Capabilities) -> Capabilities:
        heard = self._inbox.identities
        heard.clear()
        if await self._ask(commands.ASK_MODEL, lambda: bool(heard), _PATIENCE_S):
            self._model = heard[-1]
        return found

    async def _codes(self, found: Capabilities) -> Capabilities:
        if not self._model:
            return found
        codes = [await self._code(question) for question in commands.ASK_CODES]
        return replace(found, model_id=codes[0], type_id=codes[1], rom_id=codes[2])

    async def _code(self, question: bytes) -> int | None:
        before = self._inbox.in_order
        await self._fenced(question)
        return self._inbox.in_order_value if self._inbox.in_order > before else None

    async def _fonts(self, found: Capabilities) -> Capabilities:
        if not self._model:
            return found
        await self._fenced(commands.ASK_FONTS)
        texts = [text for text in self._inbox.identities if text != self._model]
        return replace(found, fonts=texts[0] if texts else "")

    async def _in_order(self, found: Capabilities) -> Capabilities:
        before = self._inbox.in_order
        if self._model:
            sure = await self._fenced(commands.ASK_IN_ORDER)
        else:
            sure = await self._ask(
                commands.ASK_IN_ORDER, lambda: self._inbox.in_order > before, _PATIENCE_S
            )
            self.owing = self.owing or not sure
        return replace(found, in_order=self._inbox.in_order > before if sure else None)

    async def _process_id(self, found: Capabilities) -> Capabilities:
        if not self._asks_process_id:
            return found
        name = ProcessIds().take()
        request = commands.ask_whether_printed(name)
        knows = await self._ask(request, lambda: self._inbox.has_word(name), _PATIENCE_S)
        return replace(found, process_id=knows)

    async def _clear(self, found: Capabilities) -> Capabilities:
        """Asked only of one that knows process ids: on a lesser one, a command that begins like
        this opens the cash drawer (DLE DC4, function 1).
        """
        if not found.process_id:
            return found
        before = self._inbox.cleared
        knows = await self._ask(
            commands.CLEAR_BUFFER, lambda: self._inbox.cleared > before, _PATIENCE_S
        )
        return replace(found, buffer_clear=knows)

    async def _fenced(self, question: bytes) -> bool:
        """Is it sure that what the question was to be answered with is there, if anything?"""
        heard = self._inbox.identities
        heard.clear()
        sure = await self._ask(
            question + commands.ASK_MODEL,
            lambda: bool(heard) and heard[-1] == self._model,
            _PATIENCE_S,
        )
        self.owing = self.owing or not sure
        return sure
