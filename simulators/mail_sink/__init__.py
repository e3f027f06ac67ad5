"""A mail server that delivers nothing: it keeps every mail and shows it."""

from __future__ import annotations

from control_port import InvalidFault
from mail_sink.certificate import Certificate
from mail_sink.fault import Fault, FaultName
from mail_sink.mailbox import Mail
from mail_sink.sink import MailSink, Tls

__all__ = ["Certificate", "Fault", "FaultName", "InvalidFault", "Mail", "MailSink", "Tls"]
