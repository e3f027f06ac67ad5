"""Who is told when something needs a hand, and by which mail server."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from bonfire.config.fields import Email, Hostname, Name, Port, Seconds, Slug, Url
from bonfire.config.table import Table


class Role(StrEnum):
    RESTAURANT = "restaurant"
    OPERATOR = "operator"


class MailLanguage(StrEnum):
    """Tickets exist in more languages; their readers get English mails."""

    GERMAN = "de"
    ENGLISH = "en"


class Tls(StrEnum):
    """How the connection to the mail server is encrypted, and that it has to be."""

    STARTTLS = "starttls"
    IMPLICIT = "tls"  # from the first byte, usually port 465
    NONE = "none"  # for a server on this very machine


class Person(Table):
    """Somebody who is told. No `locations` means all of them.

    The notifier tells the restaurant's people what a hand at the printer mends; Alertmanager tells
    operators what needs somebody at a keyboard. So one fact reaches one person once.
    """

    name: Name
    email: Email
    language: MailLanguage = MailLanguage.GERMAN
    locations: tuple[Slug, ...] = ()
    role: Role = Role.RESTAURANT


class Mail(Table):
    """The mail server that takes our mails. Its password comes from a file, never from here."""

    host: Hostname
    port: Port = 587
    tls: Tls = Tls.STARTTLS
    sender: Email
    username: Annotated[str, Field(max_length=200)] = ""
    timeout_s: Seconds = 30.0  # for one mail, from the connection to the server's word


class Monitoring(Table):
    """Where a mail's reader finds more: base addresses, without a slash at their end."""

    grafana_url: Url = ""
    runbooks_url: Url = ""
