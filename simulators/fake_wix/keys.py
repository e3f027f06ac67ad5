"""The pair of keys of a Wix app: Wix signs with one, whoever receives verifies with the other."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

PRIVATE_FILE: Final = "private.pem"
PUBLIC_FILE: Final = "public.pem"


def generate_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def public_pem(key: rsa.RSAPrivateKey) -> bytes:
    """The public half as the dashboard of a Wix app shows it."""
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def write_pair(key: rsa.RSAPrivateKey, folder: Path) -> tuple[Path, Path]:
    """Writes both halves as PEM, the private one readable by its owner alone."""
    folder.mkdir(parents=True, exist_ok=True)
    private, public = folder / PRIVATE_FILE, folder / PUBLIC_FILE
    private.touch(mode=0o600)
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public.write_bytes(public_pem(key))
    return private, public


def load_private_key(path: Path) -> rsa.RSAPrivateKey:
    """Raises ValueError if the file holds no RSA key."""
    key = load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise ValueError(f"{path} holds no RSA key.")
    return key
