"""Log records are JSON: a constant message, a machine `event` name, ids as fields, no names."""

from __future__ import annotations

import json
import logging
import sys
from typing import Any, Final, TextIO

from pythonjsonlogger.json import JsonEncoder, JsonFormatter

from bonfire.errors import Permanent, Reason

FIELDS: Final = "%(levelname)s %(name)s %(message)s"
LEVELS: Final = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


class LogLevelInvalid(Permanent):
    """There is no such level of logging."""


def start_logging(service: str, level: str = "INFO", stream: TextIO | None = None) -> None:
    """Send every record of this process to `stream` (standard error) as one JSON line.

    Raises `LogLevelInvalid`.
    """
    if level.upper() not in LEVELS:
        raise LogLevelInvalid(
            Reason.CONFIG_INVALID,
            f"BONFIRE_LOG_LEVEL is {level!r}: give one of {', '.join(LEVELS)}",
        )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        JsonFormatter(
            FIELDS,
            rename_fields={"levelname": "level", "name": "logger"},
            static_fields={"service": service},
            timestamp="time",  # UTC, ISO 8601
            json_serializer=_dump,
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    # They log each reconnection attempt, request and scanner, with its bytes; ours say it once.
    for noisy in ("aio_pika", "aiormq", "aiohttp.access", "aiohttp.server"):
        logging.getLogger(noisy).setLevel(logging.CRITICAL)


def _dump(record: dict[str, Any], **_: Any) -> str:
    """One line of strict JSON; a field that is none must not cost the record."""
    try:
        return _strict(record)
    except Exception:  # noqa: BLE001 -- a value's own code runs in here
        return json.dumps({str(name): _told(value) for name, value in record.items()})


def _told(value: Any) -> Any:
    try:
        return json.loads(_strict(value))
    except Exception:  # noqa: BLE001 -- a value's own code runs in here
        return f"<{type(value).__name__}>"


def _strict(value: Any) -> str:
    return json.dumps(value, cls=JsonEncoder, allow_nan=False)
