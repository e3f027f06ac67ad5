"""How the process itself fares: what it uses, whether its loop runs, what was healed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from aiohttp import web
from prometheus_client import CollectorRegistry

from bonfire.clock import Clock, SystemClock
from bonfire.errors import Reason
from bonfire.health.healing import Healing, Tell
from bonfire.health.pulse import Pulse
from bonfire.health.sampler import Sampler
from bonfire.health.series import HealthSeries
from bonfire.health.status import Breaker, Status
from bonfire.health.watchdog import Patience, Watchdog
from bonfire.identity import Identity
from bonfire.ops_api import OpsApi
from bonfire.tasks import Tasks, TaskState

PATIENCE = Patience()


class Health:
    """Everything of this folder for one service; `unalive` is what its `/livez` asks."""

    def __init__(
        self,
        identity: Identity,
        registry: CollectorRegistry,
        clock: Clock,
        *,
        unready: Callable[[], Sequence[str]],
        store_problem: Callable[[], Reason | None],
        tell: Tell,
        patience: Patience = PATIENCE,
    ) -> None:
        """`unready` and `store_problem` are asked again and again; `tell` takes healing events."""
        self._identity = identity
        self._clock = clock
        self._unready = unready
        self._store_problem = store_problem
        self._tell = tell
        self._started_at = clock.now()
        self._started_s = clock.monotonic()
        self._patience = patience
        # The loop runs on the machine's time, also where a test holds the service's in its hand.
        machine = SystemClock().monotonic
        self._pulse = Pulse(machine, patience.limp_s)
        self._watchdog = Watchdog(self._pulse, machine, patience)
        self._sampler = Sampler(clock, self._pulse)
        self._breakers: list[Breaker] = []
        self._tasks: Tasks | None = None
        self._watching = False
        HealthSeries(registry, lambda: self._sampler.last, self._watchdog, self._task_states)

    def show(self, breaker: Breaker) -> None:
        """Have this breaker on the status page."""
        self._breakers.append(breaker)

    def add_to(self, ops: OpsApi) -> None:
        ops.add_get("/health/status", self._serve_status)

    def start(self, tasks: Tasks) -> None:
        """Watch the running loop and these tasks."""
        self._tasks = tasks
        healing = Healing(self._identity, self._clock, tasks, self._tell)
        self._pulse.start()
        self._watchdog.start()
        self._watching = True
        tasks.spawn("health samples", self._sampler.run)
        tasks.spawn("healing events", healing.run)

    def stop(self) -> None:
        """The last step of all: until here a loop that hangs is noticed."""
        self._watching = False
        self._watchdog.stop()
        self._pulse.stop()

    def unalive(self) -> Sequence[str]:
        """What only a new process can mend, in words."""
        problems = []
        if self._pulse.limps:
            problems.append(f"the event loop was blocked for {self._patience.limp_s:g} s or more")
        if self._watching and not self._watchdog.watches:
            problems.append("the thread that watches the event loop has ended")
        if self._tasks is not None and self._tasks.dead is not None:
            problems.append(self._tasks.why)
        return problems

    def status(self) -> Status:
        """With a sample of this moment."""
        return Status(
            identity=self._identity,
            started_at=self._started_at,
            uptime_s=self._clock.monotonic() - self._started_s,
            unready=self._unready(),
            unalive=self.unalive(),
            store_problem=self._store_problem(),
            tasks=self._task_states(),
            blockages=self._watchdog.blockages,
            sample=self._sampler.take(),
            breakers=self._breakers,
        )

    def _task_states(self) -> Iterable[TaskState]:
        return self._tasks.states if self._tasks is not None else ()

    async def _serve_status(self, _request: web.Request) -> web.Response:
        return web.json_response(self.status().document())
