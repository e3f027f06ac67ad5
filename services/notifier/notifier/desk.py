"""What follows once something is on disk: the numbers, the log, and the mails that are due."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Final

from notifier.domain.incidents import Incident, Phase, Verdict
from notifier.history import Recorded
from notifier.metrics import NotifierMetrics

log = logging.getLogger(__name__)

_TOLD: Final = {Phase.START: "an incident began", Phase.END: "an incident ended"}


class Desk:
    def __init__(self, metrics: NotifierMetrics, wake: Callable[[], None]) -> None:
        """`wake` is called when there is a mail to send."""
        self._metrics = metrics
        self._wake = wake

    def follow(self, recorded: Recorded) -> None:
        for verdict in recorded.verdicts:
            self._metrics.judged(verdict)
            _log(verdict)
        if recorded.queued:
            self._metrics.queued(len(recorded.queued))
            self._wake()


def _log(verdict: Verdict) -> None:
    if verdict.tell is not None:
        log.warning(_TOLD[verdict.tell], extra=_fields(verdict.after, verdict.tell))


def _fields(incident: Incident, phase: Phase) -> dict[str, object]:
    return {
        "event": f"incident.{phase.value}",
        "type": incident.type.value,
        "target": incident.target,
        "reason": incident.circumstances.reason,
        "count": incident.count,
    }
