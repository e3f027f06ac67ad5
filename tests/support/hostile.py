"""Text that was written to break something: every string field of a message may hold it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from pydantic import BaseModel

HOSTILE: Final = (
    "x\r\nBcc: everybody@evil.example\r\n\r\nSend money",
    "nul\0bell\a\x1b[2J\x7f\x9b31m",
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "\"'><a href='javascript:x'>here</a>&lt;b&gt;",
    "{{7*7}}{% for x in ().__class__.__base__.__subclasses__() %}{{x}}{% endfor %}",
    "{0.__class__}%s%(x)s${7*7}#{7*7}",
    "\u202egnp.exe\u2066\u200b\u2028new line\x85and another",
    "\ud800 half a pair \udfff",
    "=?utf-8?q?=0D=0ABcc:_a=40b.example?=",
    "\N{PILE OF POO}" * 300,
    "x" * 1_900,
)


def poisoned(message: BaseModel, text: str) -> Iterator[BaseModel]:
    """Copies of a message with this text in one field each, wherever it holds text at all."""
    for field, value in message:
        for copy in _poison(value, text):
            yield message.model_copy(update={field: copy})


def _poison(value: Any, text: str) -> Iterator[Any]:
    if type(value) is str:  # and no StrEnum, which no sender can fill with other words
        yield text
    elif isinstance(value, BaseModel):
        yield from poisoned(value, text)
    elif isinstance(value, tuple):
        for index, one in enumerate(value):
            for copy in _poison(one, text):
                yield (*value[:index], copy, *value[index + 1 :])
