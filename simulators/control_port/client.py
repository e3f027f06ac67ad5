"""A control port from the command line's side."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any

_TIMEOUT_S = 10.0


class ControlError(Exception):
    """The control port did not do what was asked; the message says why."""


class ControlClient:
    """Asks a simulator that runs. Raises ControlError for what is no http address."""

    def __init__(self, url: str) -> None:
        if not url.startswith(("http://", "https://")):
            raise ControlError(f"{url!r} is no http address")
        self._url = url.rstrip("/")

    def request(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """The answer's JSON. Raises ControlError."""
        request = urllib.request.Request(  # noqa: S310 -- http(s) only, checked above
            self._url + path,
            method=method,
            data=json.dumps(body).encode() if body else None,
            headers={"Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as answer:  # noqa: S310
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise ControlError(_reason(error)) from error
        except (OSError, ValueError) as error:
            raise ControlError(f"{self._url} does not answer: {error}") from error


def _reason(error: urllib.error.HTTPError) -> str:
    with error:
        try:
            return str(json.load(error)["error"])
        except (ValueError, KeyError, TypeError):
            return f"the control port answered {error.code}"
