"""The control API from the command line's side."""

from __future__ import annotations

import json
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

_TIMEOUT_S = 10.0


class ControlError(Exception):
    """The control port did not do what was asked; the message says why."""


class ControlClient:
    """Talks to a running `mail-sink serve`."""

    def __init__(self, url: str) -> None:
        if not url.startswith(("http://", "https://")):
            raise ControlError(f"{url!r} is no http address")
        self._url = url.rstrip("/")

    def state(self) -> dict[str, Any]:
        answer: dict[str, Any] = self._request("GET", "/api/state")
        return answer

    def mails(self) -> list[dict[str, Any]]:
        answer: list[dict[str, Any]] = self._request("GET", "/api/mails")
        return answer

    def mail(self, number: int) -> dict[str, Any]:
        answer: dict[str, Any] = self._request("GET", f"/api/mails/{number}")
        return answer

    def forget(self) -> int:
        """How many mails there were."""
        return int(self._request("DELETE", "/api/mails")["forgotten"])

    def set_fault(self, fault: str, value: float | None, address: str | None) -> None:
        self._request("POST", "/api/faults", {"fault": fault, "value": value, "address": address})

    def clear(self, fault: str | None) -> None:
        one = f"/{urllib.parse.quote(fault, safe='')}" if fault else ""
        self._request("DELETE", f"/api/faults{one}")

    def _request(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
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
