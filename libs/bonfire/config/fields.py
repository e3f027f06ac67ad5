"""The kinds of value that the configuration is made of, each with its own words when wrong."""

from __future__ import annotations

import re
import unicodedata
from difflib import get_close_matches
from typing import Annotated, Any, Final, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pydantic import AfterValidator, BeforeValidator, Field

from bonfire.config import address
from bonfire.messages import Confirmation

_SLUG: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
# Letters and symbols by Unicode's tables, and yet empty: Hangul's fillers and Braille without dots.
_BLANK_LETTERS: Final = frozenset("\u115f\u1160\u2800\u3164\uffa0")
_EMAIL: Final = re.compile(r"[^@\s,;<>\"]{1,64}@[^@\s,;<>\"]{1,190}\.[^@\s.,;<>\"]{2,63}")
_HOSTNAME: Final = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.:-]{0,252}[A-Za-z0-9])?")
_URL: Final = re.compile(r"https?://[^\s<>\"{}|\\^`]{1,300}")


def _name(text: str) -> str:
    if not any(_is_visible(letter) for letter in text):
        raise ValueError("should have a letter that can be seen")
    return text


def _is_visible(letter: str) -> bool:
    return unicodedata.category(letter)[0] in "LNPS" and letter not in _BLANK_LETTERS


def _slug(text: str) -> str:
    if not _SLUG.fullmatch(text):
        raise ValueError("an id has small letters a-z, digits and -, at most 63, and no - in front")
    return text


def _timezone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:  # OSError: a folder, "Europe"
        raise ValueError(f"no time zone {name[:80]!r}; {_near_timezone(name)}") from error
    return name


def _near_timezone(name: str) -> str:
    zones = {zone.casefold(): zone for zone in available_timezones()}
    near = get_close_matches(name.casefold(), zones, n=1)
    return f'did you mean "{zones[near[0]]}"?' if near else 'they look like "Europe/Zurich"'


def _email(text: str) -> str:
    if not _EMAIL.fullmatch(text):
        raise ValueError('should look like "name@example.com"')
    return text


def _hostname(text: str) -> str:
    if not _HOSTNAME.fullmatch(text):
        raise ValueError('should be a host name or an address, like "mail.example.com"')
    return text


def _url(text: str) -> str:
    if text and not _URL.fullmatch(text):
        raise ValueError('should look like "https://grafana.example.com"')
    return text.rstrip("/")


def _confirm_by(word: Any) -> Any:
    if word == "auto":
        return word
    try:
        return Confirmation(word)
    except ValueError as error:
        words = " or ".join(f"'{kind}'" for kind in ("auto", *Confirmation))
        raise ValueError(f"should be {words}") from error


Slug = Annotated[str, AfterValidator(_slug)]
Name = Annotated[str, Field(min_length=1, max_length=100), AfterValidator(_name)]
ExternalId = Annotated[str, Field(min_length=1, max_length=200)]
Pattern = Annotated[str, Field(min_length=1, max_length=200)]
Timezone = Annotated[str, AfterValidator(_timezone)]
Hostname = Annotated[str, AfterValidator(_hostname)]
Url = Annotated[str, AfterValidator(_url)]
Email = Annotated[str, AfterValidator(_email)]
Address = Annotated[address.Address, BeforeValidator(address.parse)]
# "auto" takes the strongest kind that the printer turns out to know.
ConfirmBy = Annotated[Confirmation | Literal["auto"], BeforeValidator(_confirm_by)]

# Strict: `true` is no number and "48" in quotes is none either.
Flag = Annotated[bool, Field(strict=True)]
Port = Annotated[int, Field(strict=True, ge=1, le=65_535)]
Copies = Annotated[int, Field(strict=True, ge=1, le=9)]
Rows = Annotated[int, Field(strict=True, ge=0, le=20)]
Columns = Annotated[int, Field(strict=True, ge=24, le=96)]
Seconds = Annotated[float, Field(strict=True, gt=0, le=300, allow_inf_nan=False)]
