from __future__ import annotations

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from bonfire.errors import Permanent, Reason
from fake_wix import public_pem
from order_ingest.wix.keys import read_public_keys
from tests.support.wix import foreign_key, wix_key

PEM = public_pem(wix_key())
NUMBERS = wix_key().public_key().public_numbers()


def _pkcs1() -> bytes:
    return wix_key().public_key().public_bytes(Encoding.PEM, PublicFormat.PKCS1)


@pytest.mark.parametrize(
    "text",
    [
        PEM,
        PEM.replace(b"\n", b"\r\n"),
        PEM.replace(b"\n", rb"\n"),
        PEM.replace(b"\n", rb"\r\n"),
        base64.b64encode(PEM),
        base64.encodebytes(PEM),
        base64.b64encode(PEM.replace(b"\n", rb"\n")),
        b"  \n" + PEM + b"\n\n",
        b"the key of our app:\n" + PEM,
        _pkcs1(),
    ],
    ids=range(10),
)
def test_a_key_is_read_in_every_way_in_which_people_paste_it(text):
    (key,) = read_public_keys(text)
    assert key.public_numbers() == NUMBERS


@pytest.mark.parametrize("wrapped", [False, True], ids=["pem", "base64"])
def test_several_keys_in_one_file_are_all_read(wrapped):
    text = PEM + b"\n" + public_pem(foreign_key())
    first, second = read_public_keys(base64.b64encode(text) if wrapped else text)
    assert first.public_numbers() == NUMBERS
    assert second.public_numbers() == foreign_key().public_key().public_numbers()


def _private() -> bytes:
    return wix_key().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _elliptic() -> bytes:
    key = ec.generate_private_key(ec.SECP256R1()).public_key()
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def _short() -> bytes:
    return public_pem(rsa.generate_private_key(65537, 1024))  # noqa: S505 -- it is to be refused


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"", "no PEM public key"),
        (b"AAAA", "no PEM public key"),
        (b"not base64!", "neither PEM nor base64"),
        (PEM[: len(PEM) // 2], "no PEM public key"),
        (PEM.replace(b"A", b"B"), "cannot be read"),
        (_private(), "private key"),
        (_elliptic(), "not an RSA key"),
        (_short(), "fewer than 2048 bits"),
    ],
    ids=range(8),
)
def test_what_is_no_usable_key_is_refused_in_words(text, words):
    with pytest.raises(Permanent, match=words) as caught:
        read_public_keys(text)
    assert caught.value.reason is Reason.CONFIG_INVALID
