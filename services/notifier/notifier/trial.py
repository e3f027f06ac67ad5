"""`notifier test`: one mail to one person of the configuration, and the mail server's own word."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from bonfire.clock import Clock
from bonfire.config import Config, Person
from bonfire.config import Mail as MailSettings
from bonfire.errors import BonfireError, Permanent, Reason
from notifier.channels import Channel
from notifier.mails import MailWriter
from notifier.templates import Templates


def find_person(loaded: Config, wanted: str) -> Person:
    """By name or mail address, in small or capital letters. Raises `Permanent`."""
    for person in loaded.people:
        if wanted.casefold() in (person.name.casefold(), person.email.casefold()):
            return person
    known = ", ".join(person.name for person in loaded.people) or "nobody"
    detail = f"nobody in the configuration is called {wanted!r}; known: {known}"
    raise Permanent(Reason.CONFIG_INVALID, detail)


def mail_settings(loaded: Config) -> MailSettings:
    """Raises `Permanent` where the configuration names no mail server."""
    if loaded.mail is None:
        raise Permanent(Reason.CONFIG_INVALID, "the configuration has no [mail]: see its example")
    return loaded.mail


async def send_trial(
    loaded: Config, person: Person, channel: Channel, clock: Clock, tell: Callable[[str], None]
) -> bool:
    """False if the mail server did not take it; `tell` is given its word either way."""
    settings = mail_settings(loaded)
    message_id = f"<{uuid.uuid4().hex}@{settings.sender.rpartition('@')[2]}>"
    writer = MailWriter(settings, Templates(loaded))
    try:
        mail = writer.trial(person, message_id, clock.now())
        answer = await channel.send(mail)
    except BonfireError as error:
        tell(f"{settings.host} did not take a mail to {person.email}: {error.detail}")
        return False
    tell(f"{settings.host} took a mail to {person.email}: {answer}")
    return True
