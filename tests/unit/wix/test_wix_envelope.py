from __future__ import annotations

import base64
import itertools
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bonfire.errors import Reason
from fake_wix import Event, Spelling, webhook_body
from order_ingest.wix.envelope import EventKind, WixEvent, read_event
from order_ingest.wix.refusal import WixRefused
from tests.support.wix import FOREIGN_SAMPLES, NOW, raw_order, wix_key

ORDER = {"id": "0bde0001", "number": "7"}


def event_claims(**fields: Any) -> dict[str, Any]:
    """The claims of an approved event, with these fields of the event changed."""
    event = {
        "id": "e1",
        "entityFqdn": "wix.ecom.v1.order",
        "slug": "approved",
        "entityId": "0bde0001",
        "actionEvent": {"body": {"order": ORDER}},
        "eventTime": "2026-05-12T18:00:00.250Z",
        "entityEventSequence": "3",
    } | fields
    kept = {name: value for name, value in event.items() if value is not None}
    envelope = {"eventType": "wix.ecom.v1.order_approved", "instanceId": "i1", "data": kept}
    return {"data": envelope}


def refusal(claims: dict[str, Any]) -> WixRefused:
    with pytest.raises(WixRefused) as caught:
        read_event(claims)
    return caught.value


def test_an_event_is_read_whole():
    assert read_event(event_claims()) == WixEvent(
        event_id="e1",
        event_type="wix.ecom.v1.order_approved",
        slug="approved",
        kind=EventKind.APPROVED,
        instance_id="i1",
        entity_id="0bde0001",
        sequence=3,
        event_time=datetime(2026, 5, 12, 18, 0, 0, 250_000, tzinfo=UTC),
        anonymized=False,
        order=ORDER,
    )


BODIES = [
    ("created", "createdEvent", "entity", ORDER),
    ("updated", "updatedEvent", "currentEntity", ORDER),
    ("approved", "actionEvent", "body", {"order": ORDER}),
    ("canceled", "actionEvent", "body", {"order": ORDER, "restockAllItems": True}),
    ("payment_status_updated", "actionEvent", "body", {"order": ORDER}),
]
AS_STRING = list(itertools.product([False, True], repeat=5))


def as_text(value: dict[str, Any], wanted: bool) -> Any:
    return json.dumps(value) if wanted else value


@pytest.mark.parametrize(("slug", "body", "field", "content"), BODIES, ids=lambda x: str(x)[:12])
def test_every_envelope_may_be_an_object_or_a_string_and_every_field_has_two_names(
    slug, body, field, content
):
    for envelope_text, event_text, body_text, entity_text, as_json in AS_STRING:
        named = {f"{field}AsJson" if as_json else field: as_text(content, entity_text)}
        event = event_claims(slug=slug, actionEvent=None)["data"]["data"]
        event |= {body: as_text(named, body_text)}
        envelope = {"eventType": f"wix.ecom.v1.order_{slug}", "instanceId": "i1"}
        envelope |= {"data": as_text(event, event_text)}
        read = read_event({"data": as_text(envelope, envelope_text)})
        assert (read.order, read.kind, read.slug) == (ORDER, slug, slug)


def test_an_empty_spelling_gives_way_to_the_other():
    action = {"body": {}, "bodyAsJson": json.dumps({"order": ORDER})}
    assert read_event(event_claims(actionEvent=action)).order == ORDER


def test_the_sdk_spelling_of_an_id_is_read_as_well():
    event = read_event(event_claims(id=None, _id="e2", entityId=None))
    assert (event.event_id, event.entity_id) == ("e2", "0bde0001")
    sdk_order = {"actionEvent": {"body": {"order": {"_id": "sdk"}}}}
    assert read_event(event_claims(entityId=None, **sdk_order)).entity_id == "sdk"


def test_without_a_type_the_entity_and_the_slug_say_what_happened():
    claims = event_claims()
    del claims["data"]["eventType"]
    event = read_event(claims)
    assert (event.kind, event.event_type) == (EventKind.APPROVED, "wix.ecom.v1.order_approved")


@pytest.mark.parametrize("slug", [kind for kind in EventKind if kind is not EventKind.OTHER])
def test_without_entity_and_slug_the_type_says_what_happened(slug):
    claims = event_claims(entityFqdn=None, slug=None)
    claims["data"]["eventType"] = f"wix.ecom.v1.order_{slug}"
    event = read_event(claims)
    assert (event.kind, event.slug, event.order) == (slug, slug, ORDER)


@pytest.mark.parametrize("slug", ["fulfilled", "committed"])
def test_an_unknown_event_of_an_order_still_brings_the_order(slug):
    event = read_event(event_claims(slug=slug))
    assert (event.kind, event.order) == (EventKind.OTHER, ORDER)


@pytest.mark.parametrize("name_it", [True, False])
def test_the_transactions_of_an_order_are_no_order(name_it):
    claims = event_claims(
        entityFqdn="wix.ecom.v1.order_transactions" if name_it else None,
        slug="updated" if name_it else None,
        updatedEvent={"currentEntity": {"id": "0bde0001", "payments": []}},
        actionEvent=None,
    )
    claims["data"]["eventType"] = "wix.ecom.v1.order_transactions_updated"
    event = read_event(claims)
    assert (event.kind, event.order) == (EventKind.OTHER, None)


def test_the_official_event_of_another_entity_is_read_and_holds_no_order():
    path = FOREIGN_SAMPLES / "webhook-updated-event-shape.official-checkout_template.json"
    if not path.exists():
        pytest.skip("the official sample is not here")
    inner = json.loads(path.read_text(encoding="utf-8"))
    event = read_event({"data": {"instanceId": "i1", "data": inner}})
    assert (event.kind, event.order, event.sequence) == (EventKind.OTHER, None, 3)


def test_half_a_surrogate_in_an_id_can_still_be_stored():
    assert read_event(event_claims(id="e\ud83d")).event_id == "e\N{REPLACEMENT CHARACTER}"


@pytest.mark.parametrize(
    ("value", "sequence"),
    [
        ("0", 0),
        (12, 12),
        (None, None),
        ("", None),
        ("-1", None),
        (-1, None),
        (True, None),
        (1.5, None),
        ("3a", None),
        ("²", None),
        ("9" * 19, None),
        (10**18, None),
        ([3], None),
    ],
)
def test_an_odd_sequence_is_as_good_as_none(value, sequence):
    assert read_event(event_claims(entityEventSequence=value)).sequence == sequence


@pytest.mark.parametrize("value", ["yesterday", 7.5e99, {}, [], True])
def test_an_odd_time_is_as_good_as_none(value):
    assert read_event(event_claims(eventTime=value)).event_time is None


def test_an_anonymizing_event_needs_no_order():
    event = read_event(event_claims(triggeredByAnonymizeRequest=True, actionEvent=None))
    assert event.anonymized
    assert event.order is None
    assert read_event(event_claims(triggeredByAnonymizeRequest="true")).anonymized


@pytest.mark.parametrize(
    ("claims", "path"),
    [
        ({}, "data"),
        ({"data": None}, "data"),
        ({"data": 7}, "data"),
        ({"data": "[]"}, "data"),
        ({"data": {"instanceId": "i"}}, "data.data"),
        ({"data": {"instanceId": "i", "data": [1]}}, "data.data"),
        (event_claims(id=None), "data.data.id"),
        (event_claims(id=""), "data.data.id"),
        (event_claims(id=7), "data.data.id"),
        (event_claims(actionEvent=None), "data.data: the order"),
        (event_claims(actionEvent={}), "data.data: the order"),
        (event_claims(actionEvent={"body": {}}), "data.data: the order"),
        (event_claims(actionEvent=[1]), "data.data.actionEvent"),
        (event_claims(actionEvent={"body": 7}), "data.data.actionEvent.body"),
        (event_claims(actionEvent={"bodyAsJson": "7"}), "data.data.actionEvent.bodyAsJson"),
        (event_claims(actionEvent={"body": {"order": 7}}), "data.data.actionEvent.body.order"),
        (
            event_claims(actionEvent=None, createdEvent={"entity": [1]}),
            "data.data.createdEvent.entity",
        ),
        (event_claims(entityId=None, actionEvent={"body": {"order": {"x": 1}}}), "data.data.id"),
    ],
    ids=range(18),
)
def test_what_is_missing_or_odd_is_named_by_its_path(claims, path):
    refused = refusal(claims)
    assert refused.reason is Reason.INVALID_FIELDS
    assert refused.detail.startswith(f"{path} is missing")


def test_an_event_without_an_instance_is_refused():
    claims = event_claims()
    del claims["data"]["instanceId"]
    assert refusal(claims).detail.startswith("data.instanceId is missing")


@pytest.mark.parametrize(
    ("text", "reason"),
    [("{", Reason.NOT_JSON), ("[" * 100_000, Reason.TOO_DEEP), ('{"a":NaN}', Reason.NOT_JSON)],
    ids=["cut", "deep", "nan"],
)
def test_a_string_that_should_hold_json_and_does_not_is_refused(text, reason):
    assert refusal({"data": text}).reason is reason
    assert refusal(event_claims(actionEvent={"bodyAsJson": text})).reason is reason


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3)
    ),
    max_leaves=8,
)
FIELDS = [*event_claims()["data"]["data"], "createdEvent", "updatedEvent", "_id"]


@settings(max_examples=60)
@given(st.dictionaries(st.sampled_from(FIELDS), json_values))
def test_whatever_an_event_holds_it_is_read_or_refused(fields):
    reason = None
    try:
        event = read_event(event_claims(**fields))
    except WixRefused as refused:
        reason = refused.reason
    else:
        assert event.event_id
    assert reason in (None, Reason.INVALID_FIELDS, Reason.NOT_JSON, Reason.TOO_DEEP)


@pytest.mark.parametrize("spelling", Spelling)
@pytest.mark.parametrize("event", Event)
def test_every_webhook_of_the_fake_wix_is_read(event, spelling):
    order = raw_order()
    body = webhook_body(
        order, wix_key(), event, spelling=spelling, event_id="e1", sequence=4, now=NOW
    )
    payload = body.split(b".")[1]
    claims = json.loads(base64.urlsafe_b64decode(payload + b"=" * (-len(payload) % 4)))
    read = read_event(claims)
    assert read.order is not None
    assert read.order | {"status": "APPROVED"} == order
    assert (read.kind, read.event_id, read.sequence) == (event.slug, "e1", 4)
    assert (read.event_time, read.event_type) == (NOW, f"wix.ecom.v1.order_{event.slug}")
