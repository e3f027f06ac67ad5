"""A print host with printers at its node's own ports."""

from __future__ import annotations

from pathlib import Path

import kubernetes_validate  # type: ignore[import-untyped]  # it ships no types
import pytest

from tests.support import k3s_overlay
from tests.support.manifests import KubectlMissing, Manifests, Workload, render
from tests.support.pod_security import violations
from tests.support.rabbit import lacking

DEVICES = "squat.ai/printers"
OLDEST, NEWEST = "1.32.0", "1.37.0"


@pytest.fixture(scope="module")
def with_usb(tmp_path_factory: pytest.TempPathFactory) -> Manifests:
    """The overlay that people use, with the component in its only print host's folder."""
    folder: Path = k3s_overlay.write(tmp_path_factory.mktemp("usb"), "single").folder
    with (folder / "print-agents/altstadt/kustomization.yaml").open("a", encoding="utf-8") as file:
        file.write("components:\n  - ../../../../components/usb-printers\n")
    try:
        return render(folder, "single with usb-printers")
    except KubectlMissing as error:
        lacking(str(error))


def agent(manifests: Manifests) -> Workload:
    return next(work for work in manifests.workloads if work.name == "print-agent-altstadt")


def test_its_pod_asks_for_the_devices_and_keeps_to_the_restricted_standard(with_usb: Manifests):
    pod = agent(with_usb).pod
    (container,) = pod["containers"]
    assert container["resources"]["limits"] == {DEVICES: 1, "memory": "384Mi"}
    assert pod["securityContext"]["supplementalGroups"] == [7, 20]
    assert violations(pod) == []


def rights(work: Workload) -> object:
    limits = [container["resources"]["limits"] for container in work.containers]
    return work.pod.get("securityContext"), work.volumes.keys(), limits


def test_no_other_pod_gets_rights_by_it(with_usb: Manifests, single: Manifests):
    before = {work.name: rights(work) for work in single.workloads}
    changed = [work.name for work in with_usb.workloads if rights(work) != before[work.name]]
    assert changed == ["print-agent-altstadt"]


@pytest.mark.parametrize("version", [OLDEST, NEWEST])
def test_kubernetes_would_take_it(with_usb: Manifests, version: str):
    kubernetes_validate.validate(agent(with_usb).resource, version, strict=True)


def test_without_the_component_no_pod_gets_a_device(manifests: Manifests):
    for work in manifests.workloads:
        for container in work.containers:
            assert DEVICES not in container["resources"]["limits"], work.name
