"""The public keys that Wix signs with, as a person pasted them from the app's dashboard."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from bonfire.errors import Permanent, Reason

MIN_KEY_BITS: Final = 2048

_BLOCK: Final = re.compile(rb"-----BEGIN ([A-Z ]+)-----.*?-----END \1-----", re.DOTALL)


def read_public_keys(text: bytes) -> tuple[RSAPublicKey, ...]:
    r"""Every key in `text`: PEM blocks, PEM with `\n` written out, or base64 of either.

    Several blocks are several keys that are valid at once, for a rotation.
    Raises `Permanent` with CONFIG_INVALID, saying what is wrong.
    """
    blocks = [match.group(0) for match in _BLOCK.finditer(_as_pem(text))]
    if not blocks:
        raise _invalid("There is no PEM public key in it.")
    return tuple(_read(block) for block in blocks)


def _as_pem(text: bytes) -> bytes:
    if b"-----BEGIN" not in text:
        try:
            text = base64.b64decode(b"".join(text.split()), validate=True)
        except binascii.Error:
            raise _invalid("It is neither PEM nor base64 of PEM.") from None
    return text.replace(rb"\r", b"").replace(rb"\n", b"\n")


def _read(block: bytes) -> RSAPublicKey:
    if b"PRIVATE KEY" in block:
        raise _invalid("It is a private key; only the public key belongs here.")
    try:
        key = load_pem_public_key(block)
    except (ValueError, UnsupportedAlgorithm):
        raise _invalid("Its PEM block cannot be read.") from None
    if not isinstance(key, RSAPublicKey):
        raise _invalid("It is not an RSA key.")
    if key.key_size < MIN_KEY_BITS:
        raise _invalid(f"Its RSA key has fewer than {MIN_KEY_BITS} bits.")
    return key


def _invalid(detail: str) -> Permanent:
    return Permanent(Reason.CONFIG_INVALID, f"The Wix public key cannot be used. {detail}")
