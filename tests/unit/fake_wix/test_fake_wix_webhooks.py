"""What the fake Wix signs, seen by a JWT library that is not ours."""

from __future__ import annotations

import json
import stat
from typing import Any

import jwt
import pytest

from fake_wix import Event, Spelling, load_private_key, public_pem, sign, webhook_body
from fake_wix.keys import generate_key, write_pair
from tests.support.wix import NOW, NOW_S, raw_order, wix_key

IGNORE_TIME: Any = {"verify_exp": False, "verify_iat": False}


def claims_of(body: bytes) -> dict[str, Any]:
    return jwt.decode(body, public_pem(wix_key()), algorithms=["RS256"], options=IGNORE_TIME)


def test_a_body_is_a_token_that_a_jwt_library_verifies():
    claims = claims_of(webhook_body(raw_order(), wix_key(), now=NOW))
    assert claims["iat"] == NOW_S
    assert claims["exp"] > NOW_S
    assert jwt.get_unverified_header(sign({}, wix_key())) == {"alg": "RS256", "typ": "JWT"}


def test_on_the_wire_every_envelope_is_a_string():
    envelope = json.loads(claims_of(webhook_body(raw_order(), wix_key()))["data"])
    assert envelope["eventType"] == "wix.ecom.v1.order_approved"
    assert json.loads(envelope["identity"])["identityType"] == "WIX_USER"
    event = json.loads(envelope["data"])
    assert json.loads(event["actionEvent"]["bodyAsJson"])["order"] == raw_order()


def test_in_the_documentation_every_envelope_is_an_object():
    body = webhook_body(raw_order(), wix_key(), spelling="objects", instance_id="i7", sequence=9)
    envelope = claims_of(body)["data"]
    assert envelope["instanceId"] == "i7"
    event = envelope["data"]
    assert event["actionEvent"]["body"]["order"] == raw_order()
    assert (event["entityEventSequence"], event["entityFqdn"]) == ("9", "wix.ecom.v1.order")
    assert event["entityId"] == raw_order()["id"]


@pytest.mark.parametrize(
    ("event", "field", "status"),
    [
        (Event.CREATED, ("createdEvent", "entity"), "INITIALIZED"),
        (Event.UPDATED, ("updatedEvent", "currentEntity"), "PENDING"),
        (Event.APPROVED, ("actionEvent", "body", "order"), "APPROVED"),
        (Event.CANCELED, ("actionEvent", "body", "order"), "CANCELED"),
        (Event.PAYMENT_STATUS, ("actionEvent", "body", "order"), "PENDING"),
    ],
)
def test_each_event_has_its_own_body_and_the_order_the_status_that_fits(event, field, status):
    body = webhook_body(raw_order(status="PENDING"), wix_key(), event, spelling=Spelling.OBJECTS)
    found = claims_of(body)["data"]["data"]
    assert found["slug"] == event.slug
    for name in field:
        found = found[name]
    assert found == raw_order(status=status)


def test_a_status_may_be_forced_and_an_event_anonymized():
    body = webhook_body(
        raw_order(), wix_key(), spelling="objects", status="PENDING", anonymized=True, event_id="e"
    )
    event = claims_of(body)["data"]["data"]
    assert event["actionEvent"]["body"]["order"]["status"] == "PENDING"
    assert event["triggeredByAnonymizeRequest"] is True
    assert event["id"] == "e"


def test_every_event_has_an_id_of_its_own():
    bodies = [webhook_body(raw_order(), wix_key(), spelling="objects") for _ in range(2)]
    first, second = (claims_of(body)["data"]["data"]["id"] for body in bodies)
    assert first != second


def test_bytes_are_signed_as_they_are():
    body = sign(b"\xff not json", wix_key())
    assert jwt.PyJWS().decode(body, public_pem(wix_key()), ["RS256"]) == b"\xff not json"


def test_a_pair_of_keys_is_written_and_read_again(tmp_path):
    key = generate_key()
    private, public = write_pair(key, tmp_path / "new" / "keys")
    assert load_private_key(private).private_numbers() == key.private_numbers()
    assert public.read_bytes() == public_pem(key)
    assert stat.S_IMODE(private.stat().st_mode) == 0o600


def test_a_file_without_an_rsa_key_is_refused(tmp_path):
    from cryptography.hazmat.primitives.asymmetric import ed25519
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    path = tmp_path / "key.pem"
    other = ed25519.Ed25519PrivateKey.generate()
    path.write_bytes(other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    with pytest.raises(ValueError, match="no RSA key"):
        load_private_key(path)
