"""The body of a Wix webhook is a JSON Web Token; nothing in it is read before its signature holds.

Only RS256, only with our own keys: no header names a key. Checked with `cryptography` directly,
because a JWT library costs ten times as much and was half of the cost of accepting an order.
"""

from __future__ import annotations

import base64
import binascii
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256

from bonfire.errors import Reason
from order_ingest.wix.refusal import WixRefused
from order_ingest.wix.strict_json import parse_json

# Wix retries for 47 h 11 min and may not renew `exp` when it does.
MAX_AGE_S: Final = 72 * 3600
MAX_CLOCK_SKEW_S: Final = 300


@dataclass(frozen=True, slots=True)
class VerifiedToken:
    """Claims that Wix signed. `stale`: its `exp` has passed, as in a late retry."""

    claims: dict[str, Any]
    stale: bool


class TokenVerifier:
    """Verifies webhook bodies against one or several public keys, any of which may have signed."""

    def __init__(self, keys: Sequence[RSAPublicKey]) -> None:
        self._keys = tuple(keys)

    def verify(self, body: bytes, now: datetime) -> VerifiedToken:
        """The claims of `body`, with nothing but whitespace allowed around the token.

        Raises `WixRefused`: NOT_A_TOKEN, BAD_ALGORITHM, BAD_SIGNATURE, TOKEN_EXPIRED (older than
        72 h, or from the future) and, for a signed payload, NOT_UTF8, NOT_JSON, TOO_DEEP.
        """
        signed, _, signature = body.strip().rpartition(b".")
        header, dot, payload = signed.partition(b".")
        if not dot:
            raise _not_a_token()
        _check_header(_decode(header))
        content = _decode(payload)
        self._check_signature(signed, _decode(signature))
        claims = parse_json(content)
        if not isinstance(claims, dict):
            raise WixRefused(Reason.NOT_JSON, "The token's payload is not a JSON object.")
        return VerifiedToken(claims, stale=_is_stale(claims, now.timestamp()))

    def _check_signature(self, signed: bytes, signature: bytes) -> None:
        for key in self._keys:
            try:
                key.verify(signature, signed, _PADDING, _HASH)
            except InvalidSignature:
                continue
            return
        raise WixRefused(Reason.BAD_SIGNATURE, "The token's signature is not by any of our keys.")


def _decode(segment: bytes) -> bytes:
    """Base64url in its one canonical form: what does not encode back to itself is refused."""
    try:
        content = base64.urlsafe_b64decode(segment + b"=" * (-len(segment) % 4))
    except binascii.Error:
        raise _not_a_token() from None
    if base64.urlsafe_b64encode(content).rstrip(b"=") != segment:
        raise _not_a_token()
    return content


def _check_header(content: bytes) -> None:
    try:
        header = parse_json(content)
    except WixRefused:
        raise _not_a_token() from None
    if not isinstance(header, dict):
        raise _not_a_token()
    # "b64" would change what is signed and "crit" names rules that we would have to know.
    if header.get("alg") != "RS256" or "crit" in header or "b64" in header:
        raise WixRefused(Reason.BAD_ALGORITHM, "The token is not a plain RS256 token.")
    if not isinstance(header.get("kid", ""), str):
        raise _not_a_token()


def _is_stale(claims: dict[str, Any], now_s: float) -> bool:
    issued_s, expires_s = _seconds(claims, "iat"), _seconds(claims, "exp")
    if now_s - issued_s > MAX_AGE_S:
        raise WixRefused(Reason.TOKEN_EXPIRED, "The token is older than 72 hours.")
    if issued_s - now_s > MAX_CLOCK_SKEW_S:
        raise WixRefused(Reason.TOKEN_EXPIRED, "The token is from the future; check the clock.")
    return expires_s <= now_s


def _seconds(claims: dict[str, Any], name: str) -> float:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise WixRefused(Reason.NOT_A_TOKEN, f"The token has no numeric {name}.")
    try:
        seconds = float(value)
    except OverflowError:
        seconds = math.inf
    if not math.isfinite(seconds):
        raise WixRefused(Reason.NOT_A_TOKEN, f"The token has no numeric {name}.")
    return seconds


def _not_a_token() -> WixRefused:
    return WixRefused(Reason.NOT_A_TOKEN, "The body is not a JSON Web Token.")


_PADDING: Final = PKCS1v15()
_HASH: Final = SHA256()
