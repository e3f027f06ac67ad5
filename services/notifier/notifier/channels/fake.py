"""A channel in memory, for tests of what uses the port. What it took is in `taken`."""

from __future__ import annotations

import asyncio
from collections import deque

from bonfire.errors import BonfireError, Reason
from notifier.channels import ChannelUnavailable, Mail, MailDeferred, MailRefused, MailUnknown


class FakeChannel:
    """`away` refuses everybody; the other sets name recipients, and `lost` takes their mails."""

    def __init__(self) -> None:
        self.away = False
        self.refused: set[str] = set()
        self.deferred: set[str] = set()
        self.lost: set[str] = set()
        self.failures: deque[Exception] = deque()
        """Raised one by one before anything else is looked at."""
        self.hold = asyncio.Event()
        """A mail stays in the server's hands, taken and unanswered, until this is set."""
        self.hold.set()
        self.asked = 0
        self.taken: list[Mail] = []

    async def send(self, mail: Mail) -> str:
        self.asked += 1
        if self.failures:
            raise self.failures.popleft()
        if (error := self._refusal(mail.recipient)) is not None:
            raise error
        self.taken.append(mail)
        await self.hold.wait()
        if mail.recipient in self.lost:
            raise MailUnknown(Reason.MAIL_UNKNOWN, "the connection was lost before its answer")
        return "250 taken"

    def _refusal(self, recipient: str) -> BonfireError | None:
        if self.away:
            return ChannelUnavailable(Reason.MAIL_UNREACHABLE, "there is no mail server")
        if recipient in self.refused:
            return MailRefused(Reason.MAIL_REFUSED, "550 no such mailbox")
        if recipient in self.deferred:
            return MailDeferred(Reason.MAIL_DEFERRED, "451 try again later")
        return None
