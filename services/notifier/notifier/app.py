"""Builds the notifier from its settings, and starts and stops its parts in order."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from typing import Final

from bonfire import config
from bonfire.breaker import BreakerChange
from bonfire.broker import Broker, topology
from bonfire.chassis import Chassis
from bonfire.clock import Clock
from bonfire.identity import Identity
from bonfire.messages import BreakerEvent
from bonfire.tasks import Tasks
from notifier.channels import Channel
from notifier.channels.smtp import SmtpChannel
from notifier.delivery import Delivery
from notifier.desk import Desk
from notifier.domain.incidents import Verdict
from notifier.domain.notices import Notice, notices
from notifier.forgetting import Forgetting
from notifier.history.sqlite import MIGRATIONS, SqliteHistory
from notifier.intake import EventIntake, HeartbeatIntake
from notifier.mails import MailWriter
from notifier.metrics import NotifierMetrics
from notifier.pages import Pages
from notifier.settings import Settings
from notifier.templates import Templates
from notifier.watch import Watch

log = logging.getLogger(__name__)

NAME: Final = "notifier"


class App:
    """Implements `bonfire.lifecycle.Service`."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock | None = None,
        broker: Broker | None = None,
        channel: Channel | None = None,
    ) -> None:
        """The last three are for tests. Raises `Permanent` on an unusable configuration."""
        self._config = config.load(settings.config)
        self._chassis = chassis = Chassis(
            Identity(NAME, NAME),
            settings.chassis,
            migrations=MIGRATIONS,
            topology=topology.needed_by_notifier(),
            problems=self._problems,
            clock=clock,
            broker=broker,
        )
        self._metrics = NotifierMetrics(chassis.registry, self._config)
        self._history = SqliteHistory(chassis.store, self._notices)
        self._delivery = self._make_delivery(settings, channel)
        desk = Desk(self._metrics, self._wake)
        parts = (
            chassis.broker,
            self._history,
            self._config,
            chassis.clock,
            self._metrics,
            desk,
        )
        self._events = EventIntake(*parts)
        self._heartbeats = HeartbeatIntake(*parts)
        self._watch = Watch(
            chassis.broker, self._heartbeats, self._history, self._config, chassis.clock, desk
        )
        self._forgetting = Forgetting(self._history, chassis.clock)
        Pages(self._history).add_to(chassis.ops)

    @property
    def ops_port(self) -> int:
        return self._chassis.ops.port

    def unready(self) -> Sequence[str]:
        """What keeps it from its work, in words; nothing means ready."""
        return self._chassis.unready()

    async def start(self, tasks: Tasks) -> None:
        await self._chassis.open()
        self._metrics.open_incidents(await self._history.open_incidents())
        self._metrics.waiting(await self._history.waiting())
        await self._heartbeats.load()
        await self._chassis.start(tasks)
        tasks.spawn("events", self._events.inbox.run)
        tasks.spawn("heartbeats", self._heartbeats.inbox.run)
        tasks.spawn("watch", self._watch.run)
        tasks.spawn("forgetting", self._forgetting.run)
        if self._delivery is None:
            log.warning(
                "the configuration has no [mail]: nobody is told, the history is kept",
                extra={"event": "mail.not_configured"},
            )
        else:
            tasks.spawn("delivery", self._delivery.run)

    async def drain(self) -> None:
        steps = [self._events.inbox.stop, self._heartbeats.inbox.stop]
        if self._delivery is not None:
            steps.append(self._delivery.stop)
        await self._chassis.drain(*steps)

    async def close(self) -> None:
        await self._chassis.close()

    def _make_delivery(self, settings: Settings, channel: Channel | None) -> Delivery | None:
        mail, chassis = self._config.mail, self._chassis
        if mail is None:
            return None
        delivery = Delivery(
            self._history,
            channel or SmtpChannel(mail, settings.smtp_password),
            MailWriter(mail, Templates(self._config)),
            chassis.clock,
            chassis.rng,
            self._metrics,
            self._tell,
        )
        chassis.health.show(delivery.breaker)
        return delivery

    def _wake(self) -> None:
        if self._delivery is not None:
            self._delivery.wake()

    def _notices(self, verdict: Verdict) -> Iterable[Notice]:
        return notices(verdict, self._config)

    async def _tell(self, change: BreakerChange) -> None:
        chassis = self._chassis
        await chassis.teller.tell(
            BreakerEvent(
                breaker=change.breaker,
                state=change.state,
                before=change.before,
                reason=change.reason,
                **chassis.identity.sign(chassis.clock.now()),
            )
        )

    def _problems(self) -> Sequence[str]:
        """What keeps it from hearing. A mail server that is away is none: the mails wait."""
        if not self._chassis.broker.connected:
            return ["there is no connection to the broker"]
        if not (self._events.inbox.active and self._heartbeats.inbox.active):
            return [f"{topology.NOTIFIER_EVENTS} and {topology.HEARTBEATS} are not being consumed"]
        return []
