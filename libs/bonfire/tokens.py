"""Named bearer tokens from a file: who may call, and by which name the audit knows them."""

from __future__ import annotations

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
        self._tokens = tokens

    @classmethod
    def read(cls, path: Path) -> Tokens:
        """Raises `TokensInvalid`, naming every line that is wrong."""
        try:
            lines = path.read_text("utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise TokensInvalid(Reason.CONFIG_INVALID, f"cannot read {path}: {error}") from error
        tokens: dict[str, bytes] = {}
        problems = []
        for number, line in enumerate(lines, 1):
            if not line.strip() or line.lstrip().startswith("#"):
                continue
            match = _LINE.fullmatch(line.strip())
            if match is None:
                problems.append(f"line {number}: not `name token`; a name is like my-shop-1")
            elif len(match["token"]) < SHORTEST:
                problems.append(f"line {number}: the token is shorter than {SHORTEST} characters")
            elif match["name"] in tokens:
                problems.append(f"line {number}: the name {match['name']!r} stands there twice")
            else:
                tokens[match["name"]] = match["token"].encode()
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
        owner = None
        for name, token in self._tokens.items():
            if hmac.compare_digest(token, given.strip().encode("utf-8", "replace")):
                owner = name
        return owner
