"""Rendered manifests, as a test wants to ask them."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import yaml

OUR_SERVICES: Final = ("order-ingest", "print-agent", "notifier")
NAME: Final = "app.kubernetes.io/name"
_TEMPLATED: Final = ("Deployment", "StatefulSet", "DaemonSet", "Job")

Resource = dict[str, Any]


class KubectlMissing(Exception):
    """No kubectl with kustomize is installed."""


@dataclass(frozen=True)
class Workload:
    """Whatever makes pods."""

    resource: Resource

    @property
    def kind(self) -> str:
        return str(self.resource["kind"])

    @property
    def name(self) -> str:
        return str(self.resource["metadata"]["name"])

    @property
    def labels(self) -> Mapping[str, str]:
        """Of its pods."""
        labels: dict[str, str] = self.resource["spec"]["template"]["metadata"]["labels"]
        return labels

    @property
    def app(self) -> str:
        return self.labels[NAME]

    @property
    def pod(self) -> Resource:
        pod: Resource = self.resource["spec"]["template"]["spec"]
        return pod

    @property
    def containers(self) -> Sequence[Resource]:
        return [*self.pod.get("initContainers", []), *self.pod["containers"]]

    @property
    def volumes(self) -> Mapping[str, Resource]:
        return {volume["name"]: volume for volume in self.pod.get("volumes", [])}

    def ports(self) -> Mapping[str, int]:
        return {
            port["name"]: port["containerPort"]
            for container in self.containers
            for port in container.get("ports", [])
        }


@dataclass(frozen=True)
class Manifests:
    """All resources of one overlay."""

    overlay: str
    resources: Sequence[Resource]

    def of(self, *kinds: str) -> Iterator[Resource]:
        return (resource for resource in self.resources if resource["kind"] in kinds)

    def named(self, kind: str, name: str) -> Resource:
        return next(found for found in self.of(kind) if found["metadata"]["name"] == name)

    @cached_property
    def workloads(self) -> Sequence[Workload]:
        return [Workload(resource) for resource in self.of(*_TEMPLATED)]

    @property
    def ours(self) -> Sequence[Workload]:
        """The services that run on, but for what is not ours and the simulators."""
        return [work for work in self.workloads if work.app in OUR_SERVICES]

    def selected(self, selector: Mapping[str, Any]) -> Sequence[Workload]:
        return [work for work in self.workloads if selects(selector, work.labels)]


def render(folder: Path, overlay: str) -> Manifests:
    """What `kubectl kustomize` makes of a folder; raises `KubectlMissing`, or its own words."""
    if shutil.which("kubectl") is None:
        raise KubectlMissing("kubectl is not installed")
    done = subprocess.run(
        ["kubectl", "kustomize", str(folder)], capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise AssertionError(f"kubectl kustomize {overlay}: {done.stderr}")
    return Manifests(overlay, [found for found in yaml.safe_load_all(done.stdout) if found])


def selects(selector: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    """Does a label selector with `matchLabels` and `In` choose these labels? Empty chooses all."""
    wanted: Mapping[str, str] = selector.get("matchLabels", {})
    for expression in selector.get("matchExpressions", []):
        if expression["operator"] != "In":
            raise NotImplementedError(expression["operator"])
        if labels.get(expression["key"]) not in expression["values"]:
            return False
    return all(labels.get(key) == value for key, value in wanted.items())
