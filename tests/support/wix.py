"""Keys, orders and tokens of a Wix that exists only in tests."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from bonfire.order import Order
from fake_wix import generate_key, sign

REPOSITORY = Path(__file__).parents[2]
SAMPLES = REPOSITORY / "samples" / "wix"
# Orders of other people: beside the repository where they may be used, never in it.
FOREIGN_SAMPLES = REPOSITORY.parent / "shared" / "samples" / "wix"

NOW = datetime(2026, 5, 12, 18, 0, tzinfo=UTC)
NOW_S = int(NOW.timestamp())

RESTAURANTS = "9a5d83fd-8570-482e-81ab-cfa88942ee60"
STORES = "215238eb-22a5-4c36-9e7b-e7c08025e04e"


@cache
def wix_key() -> RSAPrivateKey:
    return generate_key()


@cache
def foreign_key() -> RSAPrivateKey:
    """A key that is not Wix's."""
    return generate_key()


def token(**claims: Any) -> bytes:
    """A good token issued now, with these claims besides."""
    return sign({"data": {}, "iat": NOW_S, "exp": NOW_S + 60} | claims, wix_key())


def sample_names() -> list[str]:
    return sorted(path.name for path in SAMPLES.glob("*.json"))


def sample_order(name: str) -> dict[str, Any]:
    order: dict[str, Any] = json.loads((SAMPLES / name).read_text(encoding="utf-8"))["order"]
    return order


def foreign_order(name: str) -> dict[str, Any]:
    """A real or official order. Skips the test where there is none, but fails in CI."""
    path = FOREIGN_SAMPLES / name
    if not path.exists():
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"{name} is not here")
    order: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))["order"]
    return order


def said(order: Order) -> str:
    """All the texts of a mapped order, its alerts apart."""
    return "\n".join(_texts(order.model_dump(exclude={"alerts"})))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts(inner)


def raw_order(*lines: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """A small order that maps without any alert, with these lines and fields."""
    contact = {"firstName": "Änne", "lastName": "Größler", "phone": "030 23125 017"}
    return {
        "id": "0bde0001",
        "number": "10201",
        "status": "APPROVED",
        "currency": "EUR",
        "paymentStatus": "PAID",
        "recipientInfo": {"contactDetails": contact},
        "shippingInfo": {
            "code": "PICKUP|ASAP",
            "title": "Abholung",
            "logistics": {"pickupDetails": {"pickupMethod": "STORE_PICKUP"}},
        },
        "lineItems": list(lines) or [raw_line()],
    } | fields


def raw_line(name: str = "Käsespätzle", **fields: Any) -> dict[str, Any]:
    return {"id": "1", "productName": {"original": name}, "quantity": 1} | fields


def with_options(name: str = "Käsespätzle", **options: Any) -> dict[str, Any]:
    """A line whose `catalogReference.options` hold these."""
    return raw_line(name, catalogReference={"appId": RESTAURANTS, "options": options})


def described(text: str, name: str = "") -> dict[str, Any]:
    """A description line, without a name as Wix writes the variant of a dish."""
    return {"name": {"original": name}, "plainText": {"original": text}}


def group(name: str, *modifiers: dict[str, Any] | str) -> dict[str, Any]:
    """A group of `lineItems[].modifierGroups[]`; a text stands for a modifier of that name."""
    full = [{"label": {"original": m}} if isinstance(m, str) else m for m in modifiers]
    return {"name": {"original": name}, "modifiers": full}
