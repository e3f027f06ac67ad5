"""What a signal does to a service before `bonfire.lifecycle`, which takes longer to import, can.

It imports next to nothing, so that a service's `__main__` can call it before anything else.
"""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType
from typing import Final

# A service's command line, after its name. A command that was stopped has not done its work.
_SERVES: Final[tuple[list[str], ...]] = ([], ["serve"])


def serves() -> bool:
    """Whether this process is to be a service, by its command line."""
    return sys.argv[1:] in _SERVES


def heed_signals() -> None:
    """If this process is to serve, end it with 0 on SIGTERM and SIGINT, until `lifecycle` does."""
    if serves():
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, _end)


def _end(_number: int, _frame: FrameType | None) -> None:
    # Nothing is open yet, and an exception could get lost in whatever is being imported.
    os._exit(0)
