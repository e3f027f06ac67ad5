"""Named bearer tokens from a file: who may call, and by which name the audit knows them."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from bonfire.errors import Permanent, Reason

SHORTEST: Final = 24
_LINE: Final = re.compile(
    r"(?P<name>[a-z0-9][a-z0-9-]{0,62})\s+(?P<token>[!-~]+)(\s+(?P<scopes>[a-z,]+))?"
)


class Scope(StrEnum):
    """What the holder of a token may do; none includes another."""

    READ = "read"
    OPERATE = "operate"


@dataclass(frozen=True, slots=True)
class Owner:
    """Who has a token, and what it is good for."""

    name: str
    scopes: frozenset[Scope]


@dataclass(frozen=True, slots=True)
class _Entry:
    owner: Owner
    token: bytes


class TokensInvalid(Permanent):
    """The file of tokens cannot be used; the message names the line and never shows a token."""


READ_ONLY: Final = frozenset({Scope.READ})


class Tokens:
    """The tokens of one file, a line each: a name, blanks, the token. `#` begins a comment line."""

    def __init__(
        self, tokens: Mapping[str, bytes], scopes: Mapping[str, frozenset[Scope]] | None = None
    ) -> None:
        """Token by name, and the scopes of those that have other ones than read.

        Kept and compared as digests, so that no length shows in the time.
        """
        scopes = scopes or {}
        self._digests = {
            Owner(name, scopes.get(name, READ_ONLY)): _digest(token)
            for name, token in tokens.items()
        }

    @classmethod
    def read(cls, path: Path, *, scoped: bool = False) -> Tokens:
        """A `scoped` file may name the scopes of a token after it, with commas: `read,operate`.

        Raises `TokensInvalid`, naming every line that is wrong.
        """
        try:
            lines = path.read_text("utf-8").splitlines()
        except OSError as error:
            raise TokensInvalid(
                Reason.CONFIG_INVALID, f"cannot read {path}: {error.strerror}"
            ) from error
        except UnicodeDecodeError as error:
            raise TokensInvalid(Reason.CONFIG_INVALID, f"{path} is not UTF-8 text") from error
        entries: list[_Entry] = []
        problems = []
        for number, line in enumerate(lines, 1):
            if not line.strip() or line.lstrip().startswith("#"):
                continue
            try:
                entries.append(_parse(line, entries, scoped))
            except ValueError as mistake:
                problems.append(f"line {number}: {mistake}")
        if problems:
            raise TokensInvalid(Reason.CONFIG_INVALID, f"{path}: {'; '.join(problems)}")
        return cls(
            {entry.owner.name: entry.token for entry in entries},
            {entry.owner.name: entry.owner.scopes for entry in entries},
        )

    def owner_of(self, header: str | None) -> str | None:
        """The name of whom `find` finds."""
        owner = self.find(header)
        return owner.name if owner is not None else None

    def find(self, header: str | None) -> Owner | None:
        """Who is behind `Authorization: Bearer <token>`; None for any other header.

        Every token is compared, each in constant time, so that the answer's delay tells nothing.
        """
        scheme, _, given = (header or "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        digest = _digest(given.strip().encode("utf-8", "surrogatepass"))
        found = None
        for owner, known in self._digests.items():
            if hmac.compare_digest(known, digest):
                found = owner
        return found


def _digest(token: bytes) -> bytes:
    return hashlib.sha256(token).digest()


def _parse(line: str, earlier: list[_Entry], scoped: bool) -> _Entry:
    """Raises `ValueError` with what is wrong, never with a word of the line."""
    match = _LINE.fullmatch(line.strip())
    if match is None or (match["scopes"] and not scoped):
        form = "name token scopes" if scoped else "name token"
        raise ValueError(f"not `{form}`; a name is like my-shop-1")
    name, token = match["name"], match["token"].encode()
    if len(token) < SHORTEST:
        raise ValueError(f"the token is shorter than {SHORTEST} characters")
    if name in (entry.owner.name for entry in earlier):
        raise ValueError("an earlier line has this name")
    if token in (entry.token for entry in earlier):
        raise ValueError("an earlier line has this token")
    return _Entry(Owner(name, _scopes(match["scopes"])), token)


def _scopes(words: str | None) -> frozenset[Scope]:
    if words is None:
        return READ_ONLY
    known = ", ".join(Scope)
    try:
        return frozenset(Scope(word) for word in words.split(","))
    except ValueError as error:
        raise ValueError(f"a scope that is none of: {known}") from error
