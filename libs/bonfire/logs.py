"""Log records are JSON: a constant message, a machine `event` name, ids as fields, no names."""

from __future__ import annotations

import logging
import sys
from typing import Final, TextIO

from pythonjsonlogger.json import JsonFormatter

FIELDS: Final = "%(asctime)s %(levelname)s %(name)s %(message)s"


def start_logging(service: str, level: str = "INFO", stream: TextIO | None = None) -> None:
    """Send every record of this process to `stream` (standard error) as one JSON line."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        JsonFormatter(
            FIELDS,
            rename_fields={"asctime": "time", "levelname": "level", "name": "logger"},
            static_fields={"service": service},
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    # They log each reconnection attempt, request and scanner, with its bytes; ours say it once.
    for noisy in ("aio_pika", "aiormq", "aiohttp.access", "aiohttp.server"):
        logging.getLogger(noisy).setLevel(logging.CRITICAL)
