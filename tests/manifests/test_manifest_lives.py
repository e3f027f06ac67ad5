"""How pods live: one writer, the right probes, time to stop, volumes that stay."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bonfire.lifecycle import STOP_DEADLINE_S
from tests.support.manifests import OUR_SERVICES, Manifests

# By the time that liveness has failed, a restart is what is left to try.
UNTIL_RESTART_S = 20


def test_every_service_is_there_as_a_stateful_set_of_one(manifests: Manifests) -> None:
    assert {work.app for work in manifests.ours} == set(OUR_SERVICES)
    for work in manifests.ours:
        assert work.kind == "StatefulSet"
        assert work.resource["spec"]["replicas"] == 1
        # A pod that never became ready would block the one that mends it.
        assert work.resource["spec"]["podManagementPolicy"] == "Parallel"


def test_whatever_writes_a_volume_never_runs_twice(manifests: Manifests) -> None:
    for work in manifests.workloads:
        if work.kind == "Deployment":
            assert work.resource["spec"]["strategy"] == {"type": "Recreate"}, work.name
            assert not any("persistentVolumeClaim" in v for v in work.volumes.values()), work.name


def test_a_volume_outlives_its_claim_and_its_stateful_set(single: Manifests) -> None:
    (storage,) = single.of("StorageClass")
    assert storage["reclaimPolicy"] == "Retain"
    for work in single.workloads:
        if work.kind == "StatefulSet":
            policy = work.resource["spec"]["persistentVolumeClaimRetentionPolicy"]
            assert policy == {"whenDeleted": "Retain", "whenScaled": "Retain"}, work.name
            for claim in work.resource["spec"]["volumeClaimTemplates"]:
                assert claim["spec"]["storageClassName"] == storage["metadata"]["name"], work.name


def test_our_services_are_asked_whether_they_started_live_and_are_ready(
    manifests: Manifests,
) -> None:
    for work in manifests.ours:
        (container,) = work.containers
        paths = {kind: _path(container[f"{kind}Probe"]) for kind in ("startup", "liveness")}
        assert paths == {"startup": "/livez", "liveness": "/livez"}
        assert _path(container["readinessProbe"]) == "/readyz"


def test_a_service_that_hangs_is_started_again_within_twenty_seconds(manifests: Manifests) -> None:
    for work in manifests.ours:
        probe = work.containers[0]["livenessProbe"]
        numbers = [probe[key] for key in ("periodSeconds", "timeoutSeconds", "failureThreshold")]
        assert numbers == [5, 2, 3]
        found_after = probe["periodSeconds"] * probe["failureThreshold"]
        # The probe's own grace: a loop that hangs sees no SIGTERM, so more of it is lost time.
        assert found_after + probe["terminationGracePeriodSeconds"] <= UNTIL_RESTART_S


def test_a_service_has_longer_to_stop_than_it_takes_at_most(manifests: Manifests) -> None:
    for work in manifests.ours:
        assert work.pod["terminationGracePeriodSeconds"] >= STOP_DEADLINE_S + 5


def test_no_probe_of_liveness_asks_what_readiness_asks(manifests: Manifests) -> None:
    for work in manifests.ours:
        container = work.containers[0]
        assert _path(container["livenessProbe"]) != _path(container["readinessProbe"])


def test_whatever_runs_on_is_asked_whether_it_is_ready(manifests: Manifests) -> None:
    for work in manifests.workloads:
        if work.kind != "Job":
            for container in work.containers:
                assert {"startupProbe", "readinessProbe"} <= container.keys(), work.name


def test_the_agent_stays_on_a_node_that_is_cut_off(manifests: Manifests) -> None:
    (agent,) = (work for work in manifests.ours if work.app == "print-agent")
    tolerated = {
        toleration["key"]
        for toleration in agent.pod["tolerations"]
        if "tolerationSeconds" not in toleration
    }
    assert tolerated == {"node.kubernetes.io/unreachable", "node.kubernetes.io/not-ready"}


def _path(probe: Mapping[str, Any]) -> str:
    return str(probe["httpGet"]["path"])
