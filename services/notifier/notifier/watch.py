"""Judges what no message says: that a print host has fallen silent, that a trouble stays over."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bonfire.broker import Broker
from bonfire.clock import Clock
from bonfire.config import Config
from bonfire.inbox import until_on_disk
from notifier.desk import Desk
from notifier.domain.incidents import Incident
from notifier.domain.signs import is_retired, silence
from notifier.history import History
from notifier.intake import HeartbeatIntake

LOOK_EVERY_S: Final = 5.0
SILENT_AFTER_S: Final = 45.0
"""Three heartbeats; and as long must we ourselves have been able to hear them."""


class Watch:
    """`run` is the task."""

    def __init__(
        self,
        broker: Broker,
        heartbeats: HeartbeatIntake,
        history: History,
        config: Config,
        clock: Clock,
        desk: Desk,
    ) -> None:
        self._broker = broker
        self._heartbeats = heartbeats
        self._history = history
        self._config = config
        self._clock = clock
        self._desk = desk
        self._listening_since_s: float | None = None
        self._looked_at_s = clock.monotonic()
        broker.on_connected(self._listen_anew)

    async def run(self) -> None:
        while True:
            await until_on_disk(self._retire, self._clock)
            await until_on_disk(self._look, self._clock)
            await self._clock.sleep(LOOK_EVERY_S)

    def _listen_anew(self) -> None:
        self._listening_since_s = None

    async def _look(self) -> None:
        now = self._clock.now()
        if silent := self._silent():
            last = {beat.instance: beat.at for beat, _ in await self._history.fleet()}
            signs = [silence(agent, last.get(agent), now, self._config) for agent in silent]
            self._desk.follow(await self._history.judge(signs, now))
        self._desk.follow(await self._history.settle(now))

    def _silent(self) -> Sequence[str]:
        """Every print host that we should have heard by now."""
        now_s = self._clock.monotonic()
        since_s = self._listening_since(now_s)
        heard_s = self._heartbeats.heard_s
        return [
            agent
            for agent in self._config.agents
            if now_s - max(since_s, heard_s.get(agent, since_s)) >= SILENT_AFTER_S
        ]

    def _listening_since(self, now_s: float) -> float:
        """Anew after a look that came late: we stood still, and heartbeats wait to be read."""
        late = now_s - self._looked_at_s > 2 * LOOK_EVERY_S
        self._looked_at_s = now_s
        if late or not (self._broker.connected and self._heartbeats.inbox.active):
            self._listening_since_s = None
            return now_s
        if self._listening_since_s is None:
            self._listening_since_s = now_s
        return self._listening_since_s

    async def _retire(self) -> None:
        """The configuration was changed, or a version before ours believed a stranger."""

        def is_gone(incident: Incident) -> bool:
            return is_retired(incident.type, incident.circumstances, self._config)

        self._desk.follow(await self._history.retire(is_gone, self._clock.now()))
