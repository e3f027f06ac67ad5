"""The printers' control port: an API for tests and scripts, a page for people."""

from __future__ import annotations

from virtual_printer.control.app import control_app

__all__ = ["control_app"]
