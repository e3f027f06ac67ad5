"""Makes a mail of a letter: headers from the configuration and ours, never from an event."""

from __future__ import annotations

from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, formataddr
from typing import Final

from bonfire.config import Mail as MailSettings
from bonfire.config import Person
from bonfire.errors import Reason
from bonfire.sanitiser import clean_line
from notifier.channels import MAIL_POLICY, Mail, MailImpossible
from notifier.history import Queued
from notifier.templates import Letter, Templates

SENDER_NAME: Final = "Bonfire"


class MailWriter:
    """Writes the mail of a notification; the same notification is the same mail, always.

    Raises `MailImpossible` for an address that cannot be written to.
    """

    def __init__(self, settings: MailSettings, templates: Templates) -> None:
        self._settings = settings
        self._templates = templates

    def write(self, notification: Queued) -> Mail:
        notice = notification.notice
        message = self._message(
            self._templates.letter(notice), notice.person, notice.email, notification.queued_at
        )
        message["Message-ID"] = notice.message_id
        if notice.replies_to:
            message["In-Reply-To"] = notice.replies_to
            message["References"] = notice.replies_to
        return Mail(self._settings.sender, notice.email, message)

    def trial(self, person: Person, message_id: str, at: datetime) -> Mail:
        letter = self._templates.trial(person.language)
        message = self._message(letter, person.name, person.email, at)
        message["Message-ID"] = message_id
        return Mail(self._settings.sender, person.email, message)

    def _message(self, letter: Letter, name: str, email: str, at: datetime) -> EmailMessage:
        if not email.isascii():
            raise MailImpossible(Reason.MAIL_REFUSED, "an address outside ASCII cannot be mailed")
        message = EmailMessage(policy=MAIL_POLICY)
        message["From"] = formataddr((SENDER_NAME, self._settings.sender))
        message["To"] = formataddr((_header(name), email))
        message["Subject"] = _header(letter.subject)
        message["Date"] = format_datetime(at)
        # No answer of an absent person's mailbox to a machine.
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(letter.text)
        message.add_alternative(letter.html, subtype="html")
        return message


def _header(text: str) -> str:
    """One clean line that is only text.

    Python's `email` decodes what looks like an encoded word, also to a line break, and writes
    that out as it is: `=?utf-8?q?=0D=0ABcc:_...?=` in a name would be a header of its own.
    """
    return clean_line(text).replace("=?", "= ?")
