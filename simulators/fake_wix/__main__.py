"""`fake-wix keygen | send | serve`: see `fake-wix --help`."""

from __future__ import annotations

import argparse
import asyncio
import math
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
from aiohttp import web

from fake_wix.delivery import Attempt, post
from fake_wix.events import INSTANCE_ID, Event, Spelling, webhook_body
from fake_wix.keys import generate_key, load_private_key, write_pair
from fake_wix.orders import placed_at, read_order, with_new_id
from fake_wix.server import Simulator, control_app


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; 0 means that all went well, 1 that it did not, with a sentence why."""
    options = _parser().parse_args(arguments)
    try:
        code: int = options.command(options)
    except (OSError, ValueError) as failure:
        print(f"fake-wix: {failure}", file=sys.stderr)
        return 1
    return code


def _keygen(options: argparse.Namespace) -> int:
    private, public = write_pair(generate_key(), options.out)
    print(f"private key, Wix's: {private}\npublic key, yours: {public}")
    return 0


def _send(options: argparse.Namespace) -> int:
    order = read_order(options.order)
    if options.new_id:
        order = with_new_id(order)
    if options.number:
        order = order | {"number": options.number}
    if options.now:
        order = placed_at(order, datetime.now(UTC), options.timezone)
    key = load_private_key(options.key)
    body = webhook_body(
        order, key, options.event, instance_id=options.instance, spelling=options.spelling
    )
    attempt = asyncio.run(_post_once(options.to, body))
    if attempt.status is None:
        print(f"failed after {attempt.took_ms} ms: {attempt.error}")
    else:
        print(f"{attempt.status} after {attempt.took_ms} ms {attempt.answer}".rstrip())
    return 0 if attempt.succeeded else 1


async def _post_once(url: str, body: bytes) -> Attempt:
    async with aiohttp.ClientSession() as session:
        return await post(session, url, body)


def _serve(options: argparse.Namespace) -> int:
    key = load_private_key(options.key)
    simulator = Simulator(key, options.to, options.instance, options.time_scale)
    print(f"fake Wix: POST http://{options.host}:{options.port}/orders -> {options.to}", flush=True)
    web.run_app(control_app(simulator), host=options.host, port=options.port, print=lambda *_: None)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="fake-wix", description="A Wix that runs on the desk.")
    commands = parser.add_subparsers(required=True)

    keygen = commands.add_parser("keygen", help="make the pair of keys of a Wix app")
    keygen.add_argument("--out", type=Path, required=True, metavar="DIR")
    keygen.set_defaults(command=_keygen)

    send = commands.add_parser("send", help="send one webhook and show the answer")
    send.add_argument("order", type=Path, metavar="ORDER.json")
    send.add_argument("--event", type=Event, default=Event.APPROVED, choices=list(Event))
    send.add_argument("--spelling", type=Spelling, default=Spelling.STRINGS, choices=list(Spelling))
    send.add_argument("--new-id", action="store_true", help="as another order")
    send.add_argument("--number", help="as the order with this number")
    send.add_argument("--now", action="store_true", help="as if it had been placed now")
    send.add_argument("--timezone", default="Europe/Berlin", help="of the restaurant, for --now")
    send.set_defaults(command=_send)

    serve = commands.add_parser("serve", help="take orders and deliver their events")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=8090)
    serve.add_argument("--time-scale", type=_scale, default=1.0, help="60 makes a minute a second")
    serve.set_defaults(command=_serve)

    for command in (send, serve):
        command.add_argument("--to", required=True, metavar="URL", help="where webhooks go")
        command.add_argument("--key", type=Path, required=True, metavar="PRIVATE.pem")
        command.add_argument("--instance", default=INSTANCE_ID, metavar="ID")
    return parser


def _scale(text: str) -> float:
    scale = float(text)
    if not 0 < scale < math.inf:
        raise argparse.ArgumentTypeError("it must be a number above zero")
    return scale


if __name__ == "__main__":
    sys.exit(main())
