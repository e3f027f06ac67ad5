"""What a person sees of a mail's bytes. Any bytes can be read, however hostile they are."""

from __future__ import annotations

import email
import email.header
import email.policy
from collections.abc import Iterator
from dataclasses import dataclass
from email.errors import MessageError
from email.message import Message
from typing import Final

MOST_PARTS: Final = 200
"""Parts that are looked at; a mail may claim thousands."""
_UNREADABLE: Final = (
    MessageError,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    RecursionError,
)
"""What the standard library raises over headers and parts that were made to break it."""


@dataclass(frozen=True, slots=True)
class Attachment:
    name: str
    content_type: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Reading:
    """`headers` are decoded, in their order. `text` and `html` are None where there is none."""

    headers: tuple[tuple[str, str], ...]
    text: str | None
    html: str | None
    attachments: tuple[Attachment, ...]

    def header(self, name: str) -> str:
        """The first header of this name; empty if there is none."""
        wanted = name.casefold()
        return next((value for key, value in self.headers if key.casefold() == wanted), "")


def read(content: bytes) -> Reading:
    """Never raises: what cannot be understood is shown as it came."""
    try:
        # The older policy decodes nothing by itself, so that one bad header spoils only itself.
        message = email.message_from_bytes(content, policy=email.policy.compat32)
        return _read_message(message)
    except _UNREADABLE:
        return Reading((), _shown(content.decode("utf-8", "replace")), None, ())


def _read_message(message: Message) -> Reading:
    text: str | None = None
    html: str | None = None
    attachments = []
    for part in _leaves(message):
        kind = part.get_content_type()
        is_inline = part.get_content_disposition() != "attachment"
        if is_inline and kind == "text/plain" and text is None:
            text = _part_text(part)
        elif is_inline and kind == "text/html" and html is None:
            html = _part_text(part)
        else:
            attachments.append(Attachment(_file_name(part), kind, len(_part_bytes(part))))
    return Reading(_headers(message), text, html, tuple(attachments))


def _leaves(message: Message) -> Iterator[Message]:
    """Without recursion, since the sender chooses the depth."""
    waiting = [message]
    seen = 0
    while waiting and seen < MOST_PARTS:
        part = waiting.pop()
        seen += 1
        if part.is_multipart():
            inner = reversed(list(part.get_payload()))
            waiting.extend(each for each in inner if isinstance(each, Message))
        else:
            yield part


def _headers(message: Message) -> tuple[tuple[str, str], ...]:
    return tuple((_shown(str(name)), _decoded(str(value))) for name, value in message.items())


def _decoded(value: str) -> str:
    unfolded = "".join(value.splitlines())
    try:
        return _shown(str(email.header.make_header(email.header.decode_header(unfolded))))
    except _UNREADABLE:
        return _shown(unfolded)


def _part_bytes(part: Message) -> bytes:
    try:
        payload = part.get_payload(decode=True)
    except _UNREADABLE:
        payload = None
    return payload if isinstance(payload, bytes) else b""


def _part_text(part: Message) -> str:
    content = _part_bytes(part)
    try:
        return _shown(content.decode(part.get_content_charset("utf-8"), "replace"))
    except _UNREADABLE:
        return _shown(content.decode("utf-8", "replace"))


def _file_name(part: Message) -> str:
    try:
        return _decoded(part.get_filename() or "")
    except _UNREADABLE:
        return ""


def _shown(text: str) -> str:
    """Without the half characters that no encoding takes."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\r\n", "\n")
