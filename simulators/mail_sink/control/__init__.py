"""The mail sink's web port: an API for tests and scripts, a page for people."""

from __future__ import annotations

from mail_sink.control.app import control_app

__all__ = ["control_app"]
