"""The channel port: a way to reach a person. One body of contract tests holds its adapters to it.

| the server says | raised | what follows |
|---|---|---|
| nothing, or no to all (login, 421 …) | `ChannelUnavailable` | later; it counts as a failure |
| 4xx to this mail, greylisting for instance | `MailDeferred` | later |
| 5xx to this recipient or this content | `MailRefused` | some hours later; the others get theirs |
| nothing: no command can hold the address | `MailImpossible` | never |
| nothing any more, after it had been given the mail | `MailUnknown` | later, as the same mail |
"""

from __future__ import annotations

from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from typing import Final, Protocol

from bonfire.errors import Permanent, Retryable

MAIL_POLICY: Final = SMTP.clone(cte_type="7bit")
"""Not every server takes text of eight bits as it is."""


class ChannelUnavailable(Retryable):
    """Nobody can be reached this way at present; nothing was sent."""


class MailDeferred(Retryable):
    """The server is there and does not want this mail now; nothing was sent."""


class MailUnknown(Retryable):
    """The server was given the mail and did not say whether it took it."""


class MailRefused(Retryable):
    """The server says that it will never take this mail for this person; some servers err."""


class MailImpossible(Permanent):
    """This person's address cannot be written to."""


@dataclass(frozen=True, slots=True)
class Mail:
    """One message to one person; the addresses are the envelope's."""

    sender: str
    recipient: str
    message: EmailMessage


class Channel(Protocol):
    async def send(self, mail: Mail) -> str:
        """Return the server's word once it has taken the mail; raises as the table says.

        Never takes longer than the channel's own deadline. When cancelled, the mail may have been
        sent.
        """
        ...
