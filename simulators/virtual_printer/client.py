"""The control API from the command line's side."""

from __future__ import annotations

import urllib.parse
from typing import Any

from control_port import ControlClient


class PrinterControl(ControlClient):
    """Talks to a running `virtual-printer serve`."""

    def printers(self) -> list[dict[str, Any]]:
        answer: list[dict[str, Any]] = self.request("GET", "/printers")
        return answer

    def tickets(self, printer: str) -> list[dict[str, Any]]:
        answer: list[dict[str, Any]] = self.request("GET", f"{_path(printer)}/tickets")
        return answer

    def set_fault(self, printer: str, fault: str, value: float | None, at_byte: int | None) -> None:
        body = {"fault": fault, "value": value, "at_byte": at_byte}
        self.request("POST", f"{_path(printer)}/faults", body)

    def clear(self, printer: str, fault: str | None) -> None:
        one = f"/{urllib.parse.quote(fault, safe='')}" if fault else ""
        self.request("DELETE", f"{_path(printer)}/faults{one}")


def _path(printer: str) -> str:
    return f"/printers/{urllib.parse.quote(printer, safe='')}"
