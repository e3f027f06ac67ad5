"""What Wix posts when something happens to an order: three envelopes in a signed token."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from fake_wix.token import sign

# The app instance that the example configuration allows.
INSTANCE_ID: Final = "1a57a9ce-0000-4000-8000-000000000001"
ENTITY: Final = "wix.ecom.v1.order"
TOKEN_LIFETIME: Final = timedelta(minutes=15)


class Event(StrEnum):
    CREATED = "created"
    APPROVED = "approved"
    UPDATED = "updated"
    CANCELED = "canceled"
    PAYMENT_STATUS = "payment-status"

    @property
    def slug(self) -> str:
        return "payment_status_updated" if self is Event.PAYMENT_STATUS else self.value


class Spelling(StrEnum):
    """How the envelopes hold each other: the documentation prints objects, the wire has strings."""

    STRINGS = "strings"
    OBJECTS = "objects"


_STATUS: Final = {
    Event.CREATED: "INITIALIZED",
    Event.APPROVED: "APPROVED",
    Event.CANCELED: "CANCELED",
}


def webhook_body(
    order: Mapping[str, Any],
    key: RSAPrivateKey,
    event: Event | str = Event.APPROVED,
    *,
    instance_id: str = INSTANCE_ID,
    spelling: Spelling | str = Spelling.STRINGS,
    event_id: str | None = None,
    sequence: int = 1,
    status: str | None = None,
    anonymized: bool = False,
    now: datetime | None = None,
) -> bytes:
    """The body of one webhook, to be sent as it is.

    `order` is the REST order without its `{"order": …}`. Its status becomes the one that fits the
    event, or `status`. `now` is when the event happens and the token is issued.
    """
    event, now = Event(event), now or datetime.now(UTC)
    order = dict(order) | _status(event, status)
    content = {
        "id": event_id or str(uuid.uuid4()),
        "entityFqdn": ENTITY,
        "slug": event.slug,
        "entityId": order.get("id", order.get("_id")),
        **_body(event, order, Spelling(spelling)),
        "eventTime": now.isoformat().replace("+00:00", "Z"),
        "triggeredByAnonymizeRequest": anonymized,
        "originatedFrom": "",
        "entityEventSequence": str(sequence),
    }
    envelope = {
        "eventType": f"{ENTITY}_{event.slug}",
        "instanceId": instance_id,
        "data": _nested(content, spelling),
        "identity": _nested({"identityType": "WIX_USER"}, spelling),
    }
    claims = {
        "data": _nested(envelope, spelling),
        "iat": int(now.timestamp()),
        "exp": int((now + TOKEN_LIFETIME).timestamp()),
    }
    return sign(claims, key)


def _status(event: Event, status: str | None) -> dict[str, str]:
    fitting = status or _STATUS.get(event)
    return {"status": fitting} if fitting else {}


def _body(event: Event, order: dict[str, Any], spelling: Spelling) -> dict[str, Any]:
    suffix = "AsJson" if spelling is Spelling.STRINGS else ""
    if event is Event.CREATED:
        return {"createdEvent": {f"entity{suffix}": _nested(order, spelling)}}
    if event is Event.UPDATED:
        return {"updatedEvent": {f"currentEntity{suffix}": _nested(order, spelling)}}
    content: dict[str, Any] = {"order": order}
    if event is Event.CANCELED:
        content |= {"restockAllItems": False, "sendOrderCanceledEmail": True, "customMessage": ""}
    if event is Event.PAYMENT_STATUS:
        content |= {"previousPaymentStatus": "NOT_PAID"}
    return {"actionEvent": {f"body{suffix}": _nested(content, spelling)}}


def _nested(value: Mapping[str, Any], spelling: Spelling | str) -> Mapping[str, Any] | str:
    if spelling == Spelling.OBJECTS:
        return value
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
