"""`order-ingest jobs ORDER.json`: what an order would print, without printing it."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from bonfire import config
from bonfire.clock import SystemClock
from bonfire.errors import Reason
from bonfire.order import Order
from order_ingest.api.orders import OrderRefused, read_order
from order_ingest.domain.jobs import plan
from order_ingest.domain.revision import kitchen_digest
from order_ingest.wix.location import located
from order_ingest.wix.mapping import is_shop_only, map_order


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="an order as Wix or as /v1/orders gives it")
    parser.add_argument("--config", type=Path, default=Path("bonfire.toml"))


def run(given: argparse.Namespace) -> int:
    loaded = config.load(given.config)
    order = read(given.file, loaded)
    if order is None:
        print("there is nothing to cook in it, only goods of the site's shop", file=sys.stderr)
        return 0
    location = loaded.location(order.location)
    # As if it had been taken when it was placed: that is how its tickets looked, or would have.
    at = order.placed_at or SystemClock().now()
    digest = kitchen_digest(order)
    jobs = plan(order, location, loaded.organisation, at, at, digest, source="preview")
    for job in jobs:
        sys.stdout.buffer.write(job.encode() + b"\n")
    return 0


def read(file: Path, loaded: config.Config) -> Order | None:
    """An order of either shape; None for one of Wix that no kitchen needs.

    Raises `BonfireError` saying what is wrong with the file.
    """
    try:
        body = file.read_bytes()
        value: Any = json.loads(body)
    except (OSError, ValueError, RecursionError) as error:
        raise OrderRefused(Reason.NOT_JSON, f"cannot read {file}: {error}") from error
    if isinstance(value, dict) and isinstance(value.get("order"), dict):
        value = value["order"]
    if isinstance(value, dict) and "lineItems" in value:
        order = map_order(value)
        return None if is_shop_only(order) else located(order, value, loaded)
    return read_order(body)
