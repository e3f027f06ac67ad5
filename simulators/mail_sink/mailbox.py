"""The mails that were taken, the newest of them: memory has an end."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Final

from mail_sink.reading import Reading, read

MOST_MAILS: Final = 1000
MOST_BYTES: Final = 64 * 1024 * 1024


@dataclass(frozen=True)
class Mail:
    """A mail as it came. `sender` and `recipients` are those of the envelope, which deliver."""

    number: int
    received_at: datetime
    sender: str
    recipients: tuple[str, ...]
    content: bytes
    encrypted: bool = False
    login: str = ""

    @cached_property
    def reading(self) -> Reading:
        return read(self.content)

    @property
    def subject(self) -> str:
        return self.reading.header("Subject")

    @property
    def message_id(self) -> str:
        return self.reading.header("Message-ID")

    @property
    def text(self) -> str:
        """Its plain text; empty if it has none."""
        return self.reading.text or ""

    @property
    def html(self) -> str:
        """Its HTML; empty if it has none."""
        return self.reading.html or ""


class Mailbox:
    """Keeps the newest mails. Their numbers count from 1 and are never used again."""

    def __init__(self, most_mails: int = MOST_MAILS, most_bytes: int = MOST_BYTES) -> None:
        self._most_mails = most_mails
        self._most_bytes = most_bytes
        self._mails: deque[Mail] = deque()
        self._bytes = 0
        self._taken = 0
        self.listeners: list[Callable[[], None]] = []

    def __iter__(self) -> Iterator[Mail]:
        return iter(list(self._mails))

    def __len__(self) -> int:
        return len(self._mails)

    @property
    def held_bytes(self) -> int:
        return self._bytes

    @property
    def taken(self) -> int:
        """How many mails were ever put in."""
        return self._taken

    def mail(self, number: int) -> Mail | None:
        return next((mail for mail in self._mails if mail.number == number), None)

    def put(
        self,
        sender: str,
        recipients: tuple[str, ...],
        content: bytes,
        *,
        encrypted: bool = False,
        login: str = "",
    ) -> Mail:
        self._taken += 1
        now = datetime.now(UTC)
        mail = Mail(self._taken, now, sender, recipients, content, encrypted, login)
        self._mails.append(mail)
        self._bytes += len(content)
        while len(self._mails) > self._most_mails or self._bytes > self._most_bytes:
            self._bytes -= len(self._mails.popleft().content)
        self.changed()
        return mail

    def clear(self) -> int:
        """Forget all mails; how many there were."""
        count = len(self._mails)
        self._mails.clear()
        self._bytes = 0
        self.changed()
        return count

    def changed(self) -> None:
        """Tell every listener."""
        for listener in list(self.listeners):
            listener()

    @contextmanager
    def listener(self, listener: Callable[[], None]) -> Iterator[None]:
        self.listeners.append(listener)
        try:
            yield
        finally:
            self.listeners.remove(listener)

    async def wait_for(self, count: int, timeout_s: float) -> list[Mail]:
        """The mails, once there are `count` of them. Raises TimeoutError."""
        something_changed = asyncio.Event()
        with self.listener(something_changed.set):
            async with asyncio.timeout(timeout_s):
                while len(self._mails) < count:
                    something_changed.clear()
                    await something_changed.wait()
        return list(self._mails)
