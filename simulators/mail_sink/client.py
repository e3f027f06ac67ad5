"""The control API from the command line's side."""

from __future__ import annotations

import urllib.parse
from typing import Any

from control_port import ControlClient


class MailControl(ControlClient):
    """Talks to a running `mail-sink serve`."""

    def state(self) -> dict[str, Any]:
        answer: dict[str, Any] = self.request("GET", "/api/state")
        return answer

    def mails(self) -> list[dict[str, Any]]:
        answer: list[dict[str, Any]] = self.request("GET", "/api/mails")
        return answer

    def mail(self, number: int) -> dict[str, Any]:
        answer: dict[str, Any] = self.request("GET", f"/api/mails/{number}")
        return answer

    def forget(self) -> int:
        """How many mails there were."""
        return int(self.request("DELETE", "/api/mails")["forgotten"])

    def set_fault(self, fault: str, value: float | None, address: str | None) -> None:
        self.request("POST", "/api/faults", {"fault": fault, "value": value, "address": address})

    def clear(self, fault: str | None) -> None:
        one = f"/{urllib.parse.quote(fault, safe='')}" if fault else ""
        self.request("DELETE", f"/api/faults{one}")
