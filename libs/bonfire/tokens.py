"""Named bearer tokens from a file: who may call, and by which name the audit knows them."""

from __future__ import annotations

import hashlib
import hmac
import re
from pathlib import Path
from typing import Final

from bonfire.errors import Permanent, Reason

SHORTEST: Final = 24
_LINE: Final = re.compile(r"(?P<name>[a-z0-9][a-z0-9-]{0,62})\s+(?P<token>[!-~]+)")


class TokensInvalid(Permanent):
    """The file of tokens cannot be used; the message names the line and never shows a token."""


class Tokens:
    """The tokens of one file, a line each: a name, blanks, the token. `#` begins a comment line."""

    def __init__(self, tokens: dict[str, bytes]) -> None:
        """Token by name. Kept and compared as digests, so that no length shows in the time."""
        self._digests = {name: _digest(token) for name, token in tokens.items()}

    @classmethod
    def read(cls, path: Path) -> Tokens:
        """Raises `TokensInvalid`, naming every line that is wrong."""
        try:
            lines = path.read_text("utf-8").splitlines()
        except OSError as error:
            raise TokensInvalid(
                Reason.CONFIG_INVALID, f"cannot read {path}: {error.strerror}"
            ) from error
        except UnicodeDecodeError as error:
            raise TokensInvalid(Reason.CONFIG_INVALID, f"{path} is not UTF-8 text") from error
        tokens: dict[str, bytes] = {}
        problems = []
        for number, line in enumerate(lines, 1):
            if not line.strip() or line.lstrip().startswith("#"):
                continue
            try:
                name, token = _parse(line, tokens)
            except ValueError as mistake:
                problems.append(f"line {number}: {mistake}")
            else:
                tokens[name] = token
        if problems:
            raise TokensInvalid(Reason.CONFIG_INVALID, f"{path}: {'; '.join(problems)}")
        return cls(tokens)

    def owner_of(self, header: str | None) -> str | None:
        """The name behind `Authorization: Bearer <token>`; None for any other header.

        Every token is compared, each in constant time, so that the answer's delay tells nothing.
        """
        scheme, _, given = (header or "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        digest = _digest(given.strip().encode("utf-8", "surrogatepass"))
        owner = None
        for name, known in self._digests.items():
            if hmac.compare_digest(known, digest):
                owner = name
        return owner


def _digest(token: bytes) -> bytes:
    return hashlib.sha256(token).digest()


def _parse(line: str, earlier: dict[str, bytes]) -> tuple[str, bytes]:
    """Name and token. Raises `ValueError` with what is wrong, never with a word of the line."""
    match = _LINE.fullmatch(line.strip())
    if match is None:
        raise ValueError("not `name token`; a name is like my-shop-1")
    name, token = match["name"], match["token"].encode()
    if len(token) < SHORTEST:
        raise ValueError(f"the token is shorter than {SHORTEST} characters")
    if name in earlier:
        raise ValueError("an earlier line has this name")
    if token in earlier.values():
        raise ValueError("an earlier line has this token")
    return name, token
