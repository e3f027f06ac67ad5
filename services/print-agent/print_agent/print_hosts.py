"""The print hosts that a command is about."""

from __future__ import annotations

from collections.abc import Sequence

from bonfire.config import Config
from bonfire.errors import Permanent, Reason


def chosen(loaded: Config, wanted: str) -> Sequence[str]:
    """The one that was named, else all of the configuration. Raises `Permanent` for an unknown."""
    if not wanted:
        return loaded.agents
    if wanted not in loaded.agents:
        raise Permanent(
            Reason.CONFIG_INVALID,
            f"no print host {wanted!r}; known: {', '.join(loaded.agents)}",
        )
    return [wanted]
