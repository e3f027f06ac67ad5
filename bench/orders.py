"""The orders that we measure with: our own sample, made new, as signed webhooks and as jobs."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from bonfire.config import Config
from bonfire.messages import PrintJob
from fake_wix import webhook_body
from fake_wix.orders import placed_at, read_order, with_new_id
from order_ingest.domain.jobs import plan
from order_ingest.domain.revision import kitchen_digest
from order_ingest.wix.location import located
from order_ingest.wix.mapping import map_order

SAMPLE: Final = Path(__file__).parents[1] / "samples" / "wix" / "pickup-asap-cash.json"
# A soup and a drink: with them a webhook of this sample has 11.5 kB, in Wix's three envelopes of
# strings within strings. All six dishes make 21 kB and a ticket of more than 40 lines.
_TWO_DISHES: Final = (0, 4)


def big_order() -> dict[str, Any]:
    """The whole sample, in Wix's JSON."""
    return placed_at(read_order(SAMPLE), datetime.now(UTC))


def small_order() -> dict[str, Any]:
    """Two dishes of the sample."""
    order = big_order()
    dishes = order["lineItems"]
    return order | {"lineItems": [dishes[place] for place in _TWO_DISHES]}


def wix_location(number: int) -> str:
    """The id that Wix has for the restaurant with this number, from 1."""
    return f"10ca0001-0000-4000-8000-{number:012}"


def webhooks(key: RSAPrivateKey, locations: int) -> Iterator[bytes]:
    """Signed bodies without end, each with an order of its own, for the locations in turn."""
    order = small_order()
    number = 0
    while True:
        order["businessLocation"] = {"id": wix_location(1 + number % locations)}
        number += 1
        yield webhook_body(with_new_id(order, str(10_000 + number)), key)


def first_job(order: dict[str, Any], config: Config) -> PrintJob:
    """The job of an order that is for the first location and all made at one station."""
    ours = located(map_order(order), order, config)
    location = config.location(ours.location)
    now = datetime.now(UTC)
    digest = kitchen_digest(ours)
    (job,) = plan(ours, location, config.organisation, now, now, digest, source="bench")
    return job


def numbered(job: PrintJob, count: int) -> list[bytes]:
    """Bodies of so many jobs that are alike but for their ids."""
    fields = json.loads(job.encode())
    return [
        json.dumps(fields | {"job_id": secrets.token_hex(16)}, ensure_ascii=False).encode()
        for _ in range(count)
    ]
