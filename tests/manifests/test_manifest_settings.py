"""What a manifest sets is what a service reads; what it names is there."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from bonfire.settings import Environment, SettingsInvalid
from notifier import settings as notifier
from order_ingest import settings as order_ingest
from print_agent import settings as print_agent
from tests.support.k3s_overlay import IN_THE_CLUSTER, ROOT
from tests.support.manifests import Manifests, Workload

READERS: Mapping[str, Callable[[Environment], Any]] = {
    "declare": order_ingest.read_broker_settings,
    "notifier": notifier.read_settings,
    "order-ingest": order_ingest.read_settings,
    "print-agent": print_agent.read_settings,
}
OPS_PORTS = {
    "notifier": notifier.OPS_PORT,
    "order-ingest": order_ingest.OPS_PORT,
    "print-agent": print_agent.OPS_PORT,
}


class Asked(Mapping[str, str]):
    """An environment that is as empty as can be, and remembers what it was asked for."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def __getitem__(self, name: str) -> str:
        self.names.add(name)
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def variables(work: Workload) -> dict[str, str]:
    return {each["name"]: each["value"] for each in work.containers[0].get("env", [])}


@pytest.mark.parametrize("app", READERS)
def test_every_variable_of_a_service_is_one_that_it_reads(manifests: Manifests, app: str) -> None:
    asked = Asked()
    with suppress(SettingsInvalid):  # nothing is set
        READERS[app](Environment(asked))
    (work,) = (work for work in manifests.workloads if work.app == app)
    assert variables(work).keys() - asked.names == set()


def test_every_service_listens_where_it_is_expected(manifests: Manifests) -> None:
    for work in manifests.ours:
        assert work.ports()["ops"] == OPS_PORTS[work.app]
        assert int(variables(work)["BONFIRE_OPS_PORT"]) == OPS_PORTS[work.app]
        assert variables(work)["BONFIRE_OPS_HOST"] == "0.0.0.0"  # noqa: S104 -- within the pod
    (ingest,) = (work for work in manifests.ours if work.app == "order-ingest")
    assert int(variables(ingest)["BONFIRE_PORT"]) == ingest.ports()["public"]


def test_data_are_written_to_the_volume(manifests: Manifests) -> None:
    for work in manifests.ours:
        mounts = {mount["name"]: mount["mountPath"] for mount in work.containers[0]["volumeMounts"]}
        (claim,) = work.resource["spec"]["volumeClaimTemplates"]
        assert mounts[claim["metadata"]["name"]] == variables(work)["BONFIRE_DATA"]


def test_faults_can_be_asked_for_in_the_e2e_overlay_alone(manifests: Manifests) -> None:
    faulty = {
        work.app for work in manifests.workloads if "BONFIRE_FAULT_INJECTION" in variables(work)
    }
    assert faulty == ({"print-agent"} if manifests.overlay == "e2e" else set())


def test_every_mount_has_its_volume(manifests: Manifests) -> None:
    for work in manifests.workloads:
        claims = work.resource["spec"].get("volumeClaimTemplates", [])
        volumes = set(work.volumes) | {claim["metadata"]["name"] for claim in claims}
        for container in work.containers:
            assert {mount["name"] for mount in container["volumeMounts"]} == volumes, work.name


def test_every_service_of_the_cluster_leads_to_a_port_that_is_open(manifests: Manifests) -> None:
    for service in manifests.of("Service"):
        (work,) = manifests.selected({"matchLabels": service["spec"]["selector"]})
        for port in service["spec"]["ports"]:
            assert port["targetPort"] in work.ports(), service["metadata"]["name"]
            if service["spec"].get("clusterIP") == "None":  # then nothing translates the number
                assert port["port"] == work.ports()[port["targetPort"]]


def test_every_probe_asks_a_port_that_is_open(manifests: Manifests) -> None:
    for work in manifests.workloads:
        for container in work.containers:
            for kind in ("startupProbe", "livenessProbe", "readinessProbe"):
                probe = container.get(kind, {})
                action = probe.get("httpGet") or probe.get("tcpSocket")
                assert action is None or action["port"] in work.ports(), work.name


def test_the_ingress_leads_to_a_service(single: Manifests) -> None:
    (ingress,) = single.of("Ingress")
    for path in ingress["spec"]["rules"][0]["http"]["paths"]:
        backend = path["backend"]["service"]
        service = single.named("Service", backend["name"])
        assert backend["port"]["name"] in [port["name"] for port in service["spec"]["ports"]]


def test_prometheus_scrapes_services_and_ports_that_are_there(single: Manifests) -> None:
    files = _config_map(single, "prometheus-targets")
    targets = [
        target for text in files.values() for each in json.loads(text) for target in each["targets"]
    ]
    known = {
        f"{service['metadata']['name']}:{port['port']}"
        for service in single.of("Service")
        for port in service["spec"]["ports"]
    }
    assert set(targets) <= known
    assert len(targets) == 4


def test_the_page_on_operating_says_where_the_simulators_of_a_cluster_are() -> None:
    page = (ROOT / "docs" / "operating.md").read_text("utf-8")
    assert [virtual for virtual in IN_THE_CLUSTER.values() if virtual not in page] == []


def test_alertmanager_has_the_file_that_its_time_zone_names(single: Manifests) -> None:
    (work,) = (work for work in single.workloads if work.app == "alertmanager")
    (mount,) = (m for m in work.containers[0]["volumeMounts"] if m["name"] == "config")
    source = work.volumes["config"]["configMap"]
    config = single.named("ConfigMap", source["name"])
    mounted = {
        f"{mount['mountPath']}/{item['path']}": item["key"]
        for item in source["items"]
        if item["key"] in config["data"] | config["binaryData"]
    }
    assert mounted[variables(work)["TZ"]] == "localtime"
    assert len(mounted) == len(source["items"])


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("prometheus-rules", "deploy/prometheus/rules"),
        ("grafana-dashboards", "grafana/dashboards"),
    ],
)
def test_no_rule_and_no_dashboard_is_forgotten(single: Manifests, name: str, folder: str) -> None:
    assert set(_config_map(single, name)) == {file.name for file in Path(ROOT / folder).iterdir()}


def _config_map(manifests: Manifests, name: str) -> Mapping[str, str]:
    (found,) = (
        resource
        for resource in manifests.of("ConfigMap")
        if resource["metadata"]["name"].startswith(f"{name}-")
    )
    data: Mapping[str, str] = found["data"]
    return data
