"""JSON Web Tokens as Wix signs them."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256

HEADER: Final = {"alg": "RS256", "typ": "JWT"}


def sign(
    claims: Mapping[str, Any] | bytes, key: RSAPrivateKey, header: Mapping[str, Any] = HEADER
) -> bytes:
    """The token of `claims`; bytes are signed as they are, whether or not they are JSON."""
    payload = claims if isinstance(claims, bytes) else _dump(claims)
    signed = encode_segment(_dump(header)) + b"." + encode_segment(payload)
    return signed + b"." + encode_segment(key.sign(signed, PKCS1v15(), SHA256()))


def encode_segment(content: bytes) -> bytes:
    return base64.urlsafe_b64encode(content).rstrip(b"=")


def _dump(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(
        errors="surrogatepass"
    )
