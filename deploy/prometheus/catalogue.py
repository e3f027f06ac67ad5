"""Lists every metric of the code: `python -m deploy.prometheus.catalogue docs/metrics.md`.

Each service is built, not started, for `bonfire.example.toml`, and its registry is read. Beside
each metric stands which alert and which dashboard reads it.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import promql_parser
import yaml
from prometheus_client import CollectorRegistry
from prometheus_client.samples import Sample

import notifier.app
import notifier.settings
import order_ingest.app
import order_ingest.settings
import print_agent.app
import print_agent.settings
from bonfire.settings import Environment
from grafana.queries import expand, queries

ROOT: Final = Path(__file__).resolve().parents[2]
CONFIG: Final = ROOT / "bonfire.example.toml"
_BUILT_BY: Final[Mapping[str, tuple[Any, Any]]] = {
    "order-ingest": (order_ingest.settings.read_settings, order_ingest.app.App),
    "print-agent": (print_agent.settings.read_settings, print_agent.app.App),
    "notifier": (notifier.settings.read_settings, notifier.app.App),
}
SERVICES: Final = tuple(_BUILT_BY)
_ENDINGS: Final[Mapping[str, Sequence[str]]] = {"histogram": ("_bucket", "_sum", "_count")}
_TITLE: Final = """\
# Metrics

Made out of the code by `make alerts`; a test holds it equal. Every series is there from the start,
at zero where it counts. Times are Unix timestamps, not ages: `time() - x` is the age. No label ever
holds an order or a person. What waits in the ledger is there as soon as somebody has looked.

A metric that neither an alert nor a dashboard reads is for whoever looks for a cause: ask
Prometheus for it by its name, or read it at the service's `/metrics`.
"""


@dataclass(frozen=True, slots=True)
class Metric:
    """`name` as in a query; `series` are the names that Prometheus stores."""

    name: str
    kind: str
    labels: Sequence[str]
    meaning: str
    series: frozenset[str]


def metrics(service: str) -> Sequence[Metric]:
    """What this service measures, sorted by name."""
    return sorted(_read(_registry(service)), key=lambda metric: metric.name)


def series_in(expression: str) -> set[str]:
    """The names of the series that an expression reads; Grafana's macros are understood."""
    names: set[str] = set()

    def note(part: promql_parser.Expr) -> None:
        if isinstance(part, promql_parser.VectorSelector) and part.name:
            names.add(part.name)

    promql_parser.walk(promql_parser.parse(expand(expression)), note)
    return names


def readers() -> Mapping[str, Sequence[str]]:
    """Who reads a series: links to alerts and names of dashboards."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted((ROOT / "deploy/prometheus/rules").glob("*.yaml")):
        for group in yaml.safe_load(path.read_text("utf-8"))["groups"]:
            for rule in group["rules"]:
                for name in sorted(series_in(rule["expr"])):
                    found[name].append(f"[{rule['alert']}](runbooks/{rule['alert']}.md)")
    for path in sorted((ROOT / "grafana/dashboards").glob("*.json")):
        dashboard = json.loads(path.read_text("utf-8"))
        for name in sorted({n for _, query in queries(dashboard) for n in series_in(query)}):
            found[name].append(f"*{dashboard['title']}*")
    return found


def text() -> str:
    """The whole page."""
    found = {service: metrics(service) for service in SERVICES}
    everywhere = set.intersection(*({m.name for m in each} for each in found.values()))
    read_by = readers()
    sections = [_TITLE, "\n## All services\n"]
    sections += _table((m for m in found[SERVICES[0]] if m.name in everywhere), read_by)
    for service, each in found.items():
        sections += [f"\n## {service}\n"]
        sections += _table((m for m in each if m.name not in everywhere), read_by)
    return "\n".join(sections) + "\n"


def _table(rows: Iterator[Metric], read_by: Mapping[str, Sequence[str]]) -> Iterator[str]:
    yield "| metric | kind | labels | meaning | read by |\n|---|---|---|---|---|"
    for metric in rows:
        who = dict.fromkeys(
            reader for name in sorted(metric.series) for reader in read_by.get(name, ())
        )
        labels = ", ".join(metric.labels)
        name = f"`{metric.name}`"
        yield f"| {name} | {metric.kind} | {labels} | {metric.meaning} | {', '.join(who)} |"


def _read(registry: CollectorRegistry) -> Iterator[Metric]:
    for family in registry.collect():
        name = f"{family.name}_total" if family.type == "counter" else family.name
        yield Metric(
            name=name,
            kind=family.type,
            labels=_labels(registry, name, family.samples),
            meaning=family.documentation,
            series=frozenset(f"{name}{ending}" for ending in _ENDINGS.get(family.type, ("",))),
        )


def _labels(registry: CollectorRegistry, name: str, samples: Sequence[Sample]) -> Sequence[str]:
    found = {label for sample in samples for label in sample.labels} - {"le"}
    # Of what has no series yet, such as a task that was not spawned, only the collector knows.
    unseen = getattr(registry._names_to_collectors.get(name), "_labelnames", ())
    return sorted(found or unseen)


def _registry(service: str) -> CollectorRegistry:
    """Of a service that was built and not started: it has touched nothing but its configuration."""
    read_settings, app = _BUILT_BY[service]
    with tempfile.TemporaryDirectory() as data:
        environment = {
            "BONFIRE_CONFIG": str(CONFIG),
            "BONFIRE_DATA": data,
            "BONFIRE_AMQP_URL": "amqp://127.0.0.1",
            "BONFIRE_AGENT": "altstadt",
        }
        # Only here does somebody look into a service from outside of it.
        registry: CollectorRegistry = app(read_settings(Environment(environment)))._chassis.registry
    return registry


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m deploy.prometheus.catalogue", description="List every metric of the code."
    )
    parser.add_argument("page", type=Path)
    page: Path = parser.parse_args().page
    page.write_text(text(), encoding="utf-8")


if __name__ == "__main__":
    main()
