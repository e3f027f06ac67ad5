"""PyJWT is the oracle: what we accept it accepts too, and where we are stricter we say why."""

from __future__ import annotations

import base64
import json
from typing import Any

import jwt
from hypothesis import example, given, settings
from hypothesis import strategies as st
from jwt.types import Options

from bonfire.errors import Reason
from fake_wix import sign
from order_ingest.wix.refusal import WixRefused
from order_ingest.wix.token import TokenVerifier
from tests.support.wix import NOW, NOW_S, foreign_key, token, wix_key

VERIFIER = TokenVerifier([wix_key().public_key()])
PUBLIC_KEY = wix_key().public_key()
GOOD = token(data={"eventType": "wix.ecom.v1.order_approved", "data": "Käsespätzle"})
# Times have rules of our own; Wix is not known to send the other registered claims.
ONLY_SIGNATURE: Options = {
    "verify_signature": True,
    "verify_exp": False,
    "verify_iat": False,
    "verify_nbf": False,
    "verify_aud": False,
    "verify_iss": False,
    "verify_sub": False,
    "verify_jti": False,
}


def by_oracle(body: bytes) -> dict[str, Any] | None:
    try:
        return jwt.decode(body.strip(), PUBLIC_KEY, algorithms=["RS256"], options=ONLY_SIGNATURE)
    except jwt.PyJWTError:
        return None


def by_us(body: bytes) -> dict[str, Any] | Reason:
    try:
        return VERIFIER.verify(body, NOW).claims
    except WixRefused as refusal:
        return refusal.reason


@st.composite
def mutations(draw: st.DrawFn) -> bytes:
    """A good token with one to three wounds."""
    body = bytearray(GOOD)
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(body)))
        end = draw(st.one_of(st.just(start), st.integers(start, min(len(body), start + 40))))
        letters = st.one_of(st.binary(max_size=3), st.sampled_from([b"=", b".", b"\n", b"A", b"-"]))
        body[start:end] = draw(letters)
    return bytes(body)


def segments_of(*bodies: bytes) -> st.SearchStrategy[bytes]:
    parts = [segment for body in bodies for segment in body.split(b".")]
    return st.lists(st.sampled_from(parts), min_size=1, max_size=5).map(b".".join)


FORGED = sign({"iat": NOW_S, "exp": NOW_S + 60}, foreign_key())


@settings(max_examples=300)
@given(st.one_of(mutations(), segments_of(GOOD, FORGED), st.binary(max_size=80)))
@example(GOOD)
@example(GOOD + b"==")
@example(b" " + GOOD + b"\n")
def test_of_a_wounded_token_we_accept_nothing_that_the_oracle_refuses(body):
    ours, oracles = by_us(body), by_oracle(body)
    if not isinstance(ours, Reason):
        assert ours == oracles
    elif oracles is not None:
        # Stricter: PyJWT allows base64 padding, RFC 7515 does not.
        assert ours is Reason.NOT_A_TOKEN
        assert b"=" in body


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=5,
)
headers = st.dictionaries(
    st.sampled_from(["alg", "typ", "kid", "crit", "b64", "jku", "jwk", "x5c", "cty", "zip"]),
    st.one_of(
        st.sampled_from(
            ["RS256", "HS256", "none", "RS512", "JWT", ["b64"], ["exp"], [], True, False]
        ),
        json_values,
    ),
)


@settings(max_examples=100)
@given(headers)
@example({"alg": "RS256", "crit": ["b64"], "b64": True})
@example({"alg": "RS256", "b64": True})
def test_of_a_signed_header_we_accept_nothing_that_the_oracle_refuses(header):
    body = sign({"iat": NOW_S, "exp": NOW_S + 60}, wix_key(), header)
    ours, oracles = by_us(body), by_oracle(body)
    if not isinstance(ours, Reason):
        assert ours == oracles
    elif oracles is not None:
        # Stricter: we know no critical extension and refuse NaN, as RFC 8259 does.
        assert "crit" in header or "b64" in header or not _is_strict_json(body.split(b".")[0])


payloads = st.one_of(
    st.binary(max_size=40),
    st.dictionaries(st.sampled_from(["iat", "exp", "nbf", "aud", "data"]), json_values).map(
        lambda claims: json.dumps(claims).encode()
    ),
    st.dictionaries(st.text(max_size=4), json_values).map(
        lambda claims: json.dumps(claims).encode("utf-16")
    ),
)


@settings(max_examples=100)
@given(payloads)
@example(b'{"iat":NaN,"exp":1}')
@example(b'{"iat":1,"exp":1}'.join([b"\xef\xbb\xbf", b""]))
@example(b'{"iat":%d,"exp":%d}' % (NOW_S, NOW_S))
def test_of_a_signed_payload_we_accept_nothing_that_the_oracle_refuses(payload):
    body = sign(payload, wix_key())
    ours, oracles = by_us(body), by_oracle(body)
    if not isinstance(ours, Reason):
        assert ours == oracles
    elif oracles is not None:
        # Stricter: times must be numbers that fit, and the JSON must be UTF-8 without NaN.
        stated = ours in (Reason.NOT_A_TOKEN, Reason.TOKEN_EXPIRED)
        assert stated or not _is_strict_json(body.split(b".")[1])


def _is_strict_json(segment: bytes) -> bool:
    def refuse(_: str) -> None:
        raise ValueError

    content = base64.urlsafe_b64decode(segment + b"=" * (-len(segment) % 4))
    try:
        json.loads(content.decode(), parse_constant=refuse)
    except ValueError:
        return False
    return True
