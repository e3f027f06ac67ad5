"""What the simulators' control ports have in common: being served, asked, and told in vain."""

from __future__ import annotations

from control_port.client import ControlClient, ControlError
from control_port.fault import InvalidFault, fault_named
from control_port.request import LARGEST_BODY_BYTES, errors_as_json, json_object, number, whole
from control_port.site import CannotServe, run, start_site, stop_signal, why

__all__ = [
    "LARGEST_BODY_BYTES",
    "CannotServe",
    "ControlClient",
    "ControlError",
    "InvalidFault",
    "errors_as_json",
    "fault_named",
    "json_object",
    "number",
    "run",
    "start_site",
    "stop_signal",
    "whole",
    "why",
]
