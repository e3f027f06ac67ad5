"""What health measures, as metrics; read when they are scraped."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from prometheus_client import CollectorRegistry
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from bonfire.health.sampler import Sample
from bonfire.health.watchdog import Watchdog
from bonfire.tasks import TaskState

_GAUGES: Final[tuple[tuple[str, str, Callable[[Sample], float]], ...]] = (
    (
        "bonfire_process_resident_memory_bytes",
        "Memory in use.",
        lambda sample: sample.memory_bytes,
    ),
    (
        "bonfire_process_memory_limit_bytes",
        "Of the container, or the machine's memory.",
        lambda sample: sample.memory_limit_bytes,
    ),
    ("bonfire_process_open_fds", "Open file descriptors.", lambda sample: sample.open_fds),
    ("bonfire_process_max_fds", "Most file descriptors.", lambda sample: sample.max_fds),
    ("bonfire_process_threads", "Threads.", lambda sample: sample.threads),
    ("bonfire_asyncio_tasks", "Tasks of the event loop.", lambda sample: sample.tasks),
    (
        "bonfire_loop_lag_seconds",
        "The longest that the event loop kept others waiting, of the last 30 to 60 s.",
        lambda sample: sample.loop_lag_s,
    ),
)


class HealthSeries(Collector):
    """Every task that was spawned has its series, from zero."""

    def __init__(
        self,
        registry: CollectorRegistry,
        sample: Callable[[], Sample],
        watchdog: Watchdog,
        tasks: Callable[[], Iterable[TaskState]],
    ) -> None:
        self._sample = sample
        self._watchdog = watchdog
        self._tasks = tasks
        registry.register(self)

    def collect(self) -> Iterator[Metric]:
        sample = self._sample()
        for name, meaning, value in _GAUGES:
            yield GaugeMetricFamily(name, meaning, value=value(sample))
        yield CounterMetricFamily(
            "bonfire_process_cpu_seconds_total",
            "CPU time, user and system.",
            value=sample.cpu_seconds,
        )
        yield CounterMetricFamily(
            "bonfire_loop_blocked_total",
            "How often the event loop was blocked for so long that its stacks went to the log.",
            value=self._watchdog.blockages,
        )
        restarts = CounterMetricFamily(
            "bonfire_task_restarts_total",
            "How often a dead task was started again.",
            labels=("task",),
        )
        for state in self._tasks():
            restarts.add_metric((state.name,), state.restarts)
        yield restarts
