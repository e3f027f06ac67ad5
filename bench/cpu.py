"""What reading a webhook costs the processor. What a ticket does is in `bench.paper`."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from bench.figures import Figure
from bench.orders import webhooks
from bench.site import Site
from fake_wix import public_pem
from order_ingest.domain.revision import kitchen_digest
from order_ingest.wix.envelope import read_event
from order_ingest.wix.keys import read_public_keys
from order_ingest.wix.mapping import map_order
from order_ingest.wix.token import TokenVerifier

_BATCHES: Final = 9
_CALLS: Final = 50


def measure(site: Site, _seconds: float) -> list[Figure]:
    body = next(webhooks(site.key, locations=1))
    verifier = TokenVerifier(read_public_keys(public_pem(site.key)))

    def verify_and_map() -> None:
        token = verifier.verify(body, datetime.now(UTC))
        event = read_event(token.claims)
        assert event.order is not None
        kitchen_digest(map_order(event.order))

    return [
        Figure("verify_webhook", cpu_ms(lambda: verifier.verify(body, datetime.now(UTC))), "ms"),
        Figure("verify_and_map_webhook", cpu_ms(verify_and_map), "ms", note=f"{len(body)} bytes"),
    ]


def cpu_ms(call: Callable[[], object]) -> float:
    """Processor time of this process per call: the median of some batches of many calls."""
    batches = []
    for _ in range(_BATCHES):
        started = time.process_time()
        for _ in range(_CALLS):
            call()
        batches.append((time.process_time() - started) / _CALLS * 1e3)
    return statistics.median(batches)
