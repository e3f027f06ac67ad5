"""The mail sink in JSON."""

from __future__ import annotations

from typing import Any

from mail_sink.mailbox import Mail
from mail_sink.sink import MailSink

Json = dict[str, Any]


def sink_snapshot(sink: MailSink) -> Json:
    """How the server is now."""
    return {
        "host": sink.host,
        "port": sink.port,
        "tls": sink.tls,
        "login": sink.login,
        "connections": sink.connections,
        "mails": len(sink.mailbox),
        "taken": sink.mailbox.taken,
        "bytes": sink.mailbox.held_bytes,
        "faults": [
            {"fault": fault.name, "value": fault.value, "address": fault.address}
            for fault in sink.faults
        ],
    }


def mail_summary(mail: Mail) -> Json:
    """A line of the list."""
    return {
        "number": mail.number,
        "received_at": mail.received_at.isoformat(timespec="milliseconds"),
        "sender": mail.sender,
        "recipients": mail.recipients,
        "subject": mail.subject,
        "message_id": mail.message_id,
        "bytes": len(mail.content),
        "encrypted": mail.encrypted,
        "login": mail.login,
    }


def mail_snapshot(mail: Mail) -> Json:
    """Everything but the bytes. `text` and `html` are null where there is none."""
    reading = mail.reading
    return {
        **mail_summary(mail),
        "headers": reading.headers,
        "text": reading.text,
        "html": reading.html,
        "attachments": [
            {"name": each.name, "type": each.content_type, "bytes": each.size_bytes}
            for each in reading.attachments
        ],
    }
