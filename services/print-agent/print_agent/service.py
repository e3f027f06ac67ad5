"""The agent as a process that serves, without the commands that a person runs beside it.

Those bring in the search for printers, the doctor, the preview and what they read: a few megabytes
that an agent would carry around for nothing.
"""

from __future__ import annotations

from bonfire import lifecycle, logs
from bonfire.settings import Environment
from bonfire.unusable import Unusable
from print_agent.app import App
from print_agent.settings import OPS_PORT, read_settings


def serve() -> int:
    """Returns the exit code."""
    # Before anything can be wrong, as a service tells that in its log.
    logs.start_logging("print-agent")
    return lifecycle.run(_app, Unusable.at(Environment(), "print-agent", OPS_PORT))


def _app() -> App:
    settings = read_settings(Environment())
    logs.start_logging("print-agent", settings.log_level)
    return App(settings)
