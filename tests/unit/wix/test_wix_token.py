from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import timedelta

import pytest

from bonfire.errors import Reason
from fake_wix import public_pem, sign
from fake_wix.token import encode_segment
from order_ingest.wix.refusal import WixRefused
from order_ingest.wix.token import TokenVerifier
from tests.support.wix import NOW, NOW_S, foreign_key, token, wix_key

VERIFIER = TokenVerifier([wix_key().public_key()])


def refused(body: bytes) -> Reason:
    with pytest.raises(WixRefused) as caught:
        VERIFIER.verify(body, NOW)
    return caught.value.reason


def segment(content: bytes | str) -> bytes:
    return encode_segment(content.encode() if isinstance(content, str) else content)


def test_a_good_token_gives_its_claims():
    verified = VERIFIER.verify(token(data={"eventType": "x"}), NOW)
    assert verified.claims["data"] == {"eventType": "x"}
    assert not verified.stale


def test_whitespace_around_the_token_does_no_harm():
    assert VERIFIER.verify(b"\r\n" + token() + b"\n", NOW).claims["iat"] == NOW_S


@pytest.mark.parametrize("signer", [wix_key(), foreign_key()], ids=["old", "new"])
def test_during_a_rotation_either_key_may_have_signed(signer):
    verifier = TokenVerifier([wix_key().public_key(), foreign_key().public_key()])
    body = sign({"iat": NOW_S, "exp": NOW_S}, signer)
    assert verifier.verify(body, NOW).claims["iat"] == NOW_S


def test_without_a_key_nothing_is_accepted():
    with pytest.raises(WixRefused) as caught:
        TokenVerifier([]).verify(token(), NOW)
    assert caught.value.reason is Reason.BAD_SIGNATURE


def test_a_token_of_another_key_is_refused():
    assert refused(sign({"iat": NOW_S, "exp": NOW_S + 60}, foreign_key())) is Reason.BAD_SIGNATURE


def test_a_token_without_algorithm_is_refused():
    _, payload, _ = token().split(b".")
    unsigned = segment('{"alg":"none","typ":"JWT"}') + b"." + payload
    assert refused(unsigned + b".") is Reason.BAD_ALGORITHM


def test_a_token_signed_with_the_public_key_as_a_secret_is_refused():
    _, payload, _ = token().split(b".")
    signed = segment('{"alg":"HS256","typ":"JWT"}') + b"." + payload
    mac = hmac.new(public_pem(wix_key()), signed, hashlib.sha256).digest()
    assert refused(signed + b"." + segment(mac)) is Reason.BAD_ALGORITHM


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "RS384"},
        {"alg": "rs256"},
        {"alg": ["RS256"]},
        {"alg": None},
        {},
        {"alg": "RS256", "crit": ["exp"], "exp": 1},
        {"alg": "RS256", "crit": []},
        {"alg": "RS256", "b64": False},
    ],
    ids=str,
)
def test_a_header_that_is_not_plain_rs256_is_refused(header):
    assert refused(sign({"iat": NOW_S, "exp": NOW_S}, wix_key(), header)) is Reason.BAD_ALGORITHM


def test_no_header_chooses_the_key():
    header = {"alg": "RS256", "jku": "https://example.com", "jwk": {"kty": "RSA"}, "kid": "1"}
    body = sign({"iat": NOW_S, "exp": NOW_S}, foreign_key(), header)
    assert refused(body) is Reason.BAD_SIGNATURE


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b".",
        b"..",
        b"...",
        b"{}",
        b"\xff\xfe\x00",
        b"a.b",
        token().rsplit(b".", 1)[0],
        token() + b".",
        token()[:-1],
        token() + b"=",
        token().replace(b".", b"=.", 1),
        token().replace(b".", b"\n.", 1),
        segment("[]") + b".e30.e30",
        segment("RS256") + b".e30.e30",
        segment(b"\xff") + b".e30.e30",
        segment("[" * 100_000) + b".e30.e30",
        segment('{"alg":"RS256","kid":7}') + b".e30.e30",
    ],
    ids=range(18),
)
def test_what_is_not_a_token_is_refused(body):
    assert refused(body) is Reason.NOT_A_TOKEN


def test_base64_with_loose_bits_at_its_end_is_refused():
    *signed, signature = token().split(b".")
    last = b"-_ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    padding = b"=" * (-len(signature) % 4)
    twins = [
        twin
        for letter in last
        if (twin := signature[:-1] + bytes([letter])) != signature
        and base64.urlsafe_b64decode(twin + padding)
        == base64.urlsafe_b64decode(signature + padding)
    ]
    assert twins
    for twin in twins:
        assert refused(b".".join([*signed, twin])) is Reason.NOT_A_TOKEN


def test_swapped_segments_are_refused():
    header, payload, signature = token().split(b".")
    for parts in ([payload, header, signature], [header, signature, payload]):
        assert refused(b".".join(parts)) in (
            Reason.NOT_A_TOKEN,
            Reason.BAD_ALGORITHM,
            Reason.BAD_SIGNATURE,
        )


def test_another_payload_under_the_same_signature_is_refused():
    header, _, signature = token().split(b".")
    payload = segment(json.dumps({"iat": NOW_S, "exp": NOW_S + 999}))
    assert refused(b".".join([header, payload, signature])) is Reason.BAD_SIGNATURE


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b"[" * 100_000, Reason.TOO_DEEP),
        (b'{"a":' * 100_000, Reason.TOO_DEEP),
        (b'{"iat":1,"exp":\xff}', Reason.NOT_UTF8),
        ('{"iat":1}'.encode("utf-16"), Reason.NOT_UTF8),
        (b"\xef\xbb\xbf{}", Reason.NOT_JSON),
        (b"", Reason.NOT_JSON),
        (b"[]", Reason.NOT_JSON),
        (b"null", Reason.NOT_JSON),
        (b'{"iat":NaN,"exp":1}', Reason.NOT_JSON),
        (b'{"iat":-Infinity}', Reason.NOT_JSON),
        (b'{"iat":' + b"9" * 5000 + b"}", Reason.NOT_JSON),
        (b'{"iat":1} {"iat":2}', Reason.NOT_JSON),
        (b'{"iat":1e999,"exp":1}', Reason.NOT_A_TOKEN),
        (b'{"iat":' + b"9" * 400 + b',"exp":1}', Reason.NOT_A_TOKEN),
    ],
)
def test_a_signed_payload_that_is_not_sound_json_is_refused(payload, reason):
    assert refused(sign(payload, wix_key())) is reason


def test_nothing_of_the_payload_is_parsed_before_the_signature_holds():
    assert refused(sign(b"[" * 100_000, foreign_key())) is Reason.BAD_SIGNATURE


def test_of_a_duplicate_key_the_last_one_holds():
    body = sign(b'{"iat":1,"iat":%d,"exp":%d}' % (NOW_S, NOW_S + 60), wix_key())
    assert VERIFIER.verify(body, NOW).claims["iat"] == NOW_S


def test_half_a_surrogate_pair_is_no_reason_to_lose_an_order():
    body = sign(b'{"iat":%d,"exp":%d,"data":"\\ud83d"}' % (NOW_S, NOW_S), wix_key())
    assert VERIFIER.verify(body, NOW).claims["data"] == "\ud83d"


@pytest.mark.parametrize("name", ["iat", "exp"])
@pytest.mark.parametrize("value", [None, "1", True, [1], {}, "missing"], ids=str)
def test_issue_and_expiry_must_be_numbers(name, value):
    claims = {"iat": NOW_S, "exp": NOW_S, name: value}
    if value == "missing":
        del claims[name]
    assert refused(sign(claims, wix_key())) is Reason.NOT_A_TOKEN


def test_a_token_is_good_for_72_hours_and_no_longer():
    body = token(exp=NOW_S + 60)
    assert VERIFIER.verify(body, NOW + timedelta(hours=72)).stale
    with pytest.raises(WixRefused) as caught:
        VERIFIER.verify(body, NOW + timedelta(hours=72, seconds=1))
    assert caught.value.reason is Reason.TOKEN_EXPIRED


def test_a_late_expiry_does_not_make_an_old_token_good():
    assert refused(token(iat=NOW_S - 72 * 3600 - 1, exp=NOW_S + 999)) is Reason.TOKEN_EXPIRED


def test_an_expired_token_of_a_retry_is_accepted_and_called_stale():
    body = token(exp=NOW_S + 60)
    assert not VERIFIER.verify(body, NOW + timedelta(seconds=59)).stale
    assert VERIFIER.verify(body, NOW + timedelta(seconds=60)).stale
    assert VERIFIER.verify(body, NOW + timedelta(hours=47, minutes=11)).stale


def test_five_minutes_of_clock_skew_are_allowed():
    body = token()
    assert not VERIFIER.verify(body, NOW - timedelta(minutes=5)).stale
    with pytest.raises(WixRefused) as caught:
        VERIFIER.verify(body, NOW - timedelta(minutes=5, seconds=1))
    assert caught.value.reason is Reason.TOKEN_EXPIRED


def test_times_may_have_fractions():
    assert not VERIFIER.verify(token(iat=NOW_S - 0.5, exp=NOW_S + 0.5), NOW).stale


@pytest.mark.parametrize("body", [b"Geheimnis", token(iat="Geheimnis"), token() + b"Geheimnis"])
def test_no_refusal_repeats_what_was_sent(body):
    with pytest.raises(WixRefused) as caught:
        VERIFIER.verify(body, NOW)
    assert "Geheimnis" not in repr(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
