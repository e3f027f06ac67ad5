"""Asks a printer everything that it can be asked, and holds it as shortly as it allows.

Somebody with a ticket may be waiting for the only connection that it serves. So who it is and how
it confirms go out in one burst with GS r behind them. That is answered in its turn: once its
answer is there, what is still missing will not come. Of one that does not answer even that,
nothing more is asked, unless it has told a name.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Final

from print_agent.printers import Capabilities, Fingerprint, commands
from print_agent.printers.examination import Ask, Examination
from print_agent.printers.inbox import Inbox
from print_agent.printers.process_id import ProcessIds

# Of a printer that answers at all: the word of GS ( H may be a moment later than the answer to a
# question behind it, and a name takes no longer than the names before it.
_SETTLE_S: Final = 0.2

Until = Callable[[Callable[[], bool], float], Awaitable[bool]]
"""Waits for it, so many seconds at most; says whether it has arrived."""


class Interviewer:
    """`run` it once. `owing` says afterwards whether an answer may still come, late."""

    def __init__(
        self, ask: Ask, until: Until, inbox: Inbox, *, process_id: bool, patience_s: float
    ) -> None:
        """`process_id` allows GS ( H, which some printers print."""
        self._ask = ask
        self._until = until
        self._inbox = inbox
        self._asks_process_id = process_id
        self._patience_s = patience_s
        self._details = Examination(ask, inbox, process_id=process_id)
        self._owing = False

    @property
    def owing(self) -> bool:
        return self._owing or self._details.owing

    async def run(self) -> tuple[Fingerprint | None, Capabilities]:
        """Raises `PrinterTrouble`."""
        can, texts = await self._burst()
        if texts and len(texts) < len(commands.ASK_IDENTITY):  # it skipped some: which?
            texts = [await self._alone(each) for each in commands.ASK_IDENTITY]
        if not texts:
            return None, can
        maker, model, serial, firmware = texts
        who = Fingerprint(maker, model, serial, firmware)
        return who, await self._details.of(model, can)

    async def _burst(self) -> tuple[Capabilities, list[str]]:
        """What it can do as far as that is known now, and the texts that it answered."""
        texts, name, before = self._inbox.identities, ProcessIds().take(), self._inbox.in_order
        texts.clear()
        printed = commands.ask_whether_printed(name) if self._asks_process_id else b""

        def all_there() -> bool:
            knows = self._inbox.has_word(name) or not self._asks_process_id
            return knows and len(texts) >= len(commands.ASK_IDENTITY)

        self._owing = True
        in_order = await self._ask(
            b"".join(commands.ASK_IDENTITY) + printed + commands.ASK_IN_ORDER,
            lambda: self._inbox.in_order > before,
            self._patience_s,
        )
        self._owing = not in_order
        if in_order:
            await self._until(all_there, _SETTLE_S)
        can = Capabilities(in_order=True if in_order else None)
        if self._asks_process_id:
            can = replace(can, process_id=self._inbox.has_word(name))
        return can, list(texts)[: len(commands.ASK_IDENTITY)]

    async def _alone(self, question: bytes) -> str:
        """With GS r behind it where that is answered, so that no text is waited for in vain."""
        texts, before = self._inbox.identities, self._inbox.in_order
        texts.clear()
        if self._owing:
            await self._ask(question, lambda: bool(texts), _SETTLE_S)
        else:
            asked = question + commands.ASK_IN_ORDER
            await self._ask(asked, lambda: self._inbox.in_order > before, self._patience_s)
        return texts[0] if texts else ""
