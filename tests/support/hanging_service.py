"""A service whose loop can be blocked by its operations port, and whose watchdog is impatient.

`python -m tests.support.hanging_service TOKEN [faults]`; its log tells the port.
"""

from __future__ import annotations

import logging
import sys

from bonfire import lifecycle, logs
from bonfire.clock import SystemClock
from bonfire.health import Health
from bonfire.health.faults import add_faults
from bonfire.health.watchdog import Patience
from bonfire.identity import Identity
from bonfire.messages import Event
from bonfire.metrics import new_registry
from bonfire.ops_api import OpsApi
from bonfire.tasks import Tasks
from bonfire.tokens import Scope, Tokens
from bonfire.unusable import Unusable

log = logging.getLogger("hanging")

PATIENCE = Patience(stacks_s=1.5, limp_s=2.0, exit_s=4.0)


class Hanging:
    def __init__(self, token: str, faults: bool) -> None:
        registry = new_registry("hanging")
        self._health = Health(
            Identity("hanging", "hanging"),
            registry,
            SystemClock(),
            unready=list,
            store_problem=lambda: None,
            tell=self._tell,
            patience=PATIENCE,
        )
        tokens = Tokens({"test": token.encode()}, {"test": frozenset(Scope)})
        self._ops = OpsApi(
            "127.0.0.1", 0, registry, list, unalive=self._health.unalive, tokens=tokens
        )
        self._health.add_to(self._ops)
        if faults:
            add_faults(self._ops)

    async def start(self, tasks: Tasks) -> None:
        await self._ops.start()
        self._health.start(tasks)
        log.info("listening", extra={"event": "listening", "port": self._ops.port})

    async def drain(self) -> None:
        pass

    async def close(self) -> None:
        await self._ops.stop()
        self._health.stop()

    async def _tell(self, event: Event) -> None:
        log.info("told", extra={"event": event.type})


def main() -> int:
    logs.start_logging("hanging")
    token, *words = sys.argv[1:]
    return lifecycle.run(
        lambda: Hanging(token, "faults" in words), Unusable("hanging", "127.0.0.1", 0)
    )


if __name__ == "__main__":
    sys.exit(main())
