"""Pods run restricted, secrets are files and not in git, images say which they are."""

from __future__ import annotations

import re
import subprocess
from copy import deepcopy
from typing import Any

import pytest
import yaml

from tests.support.k3s_overlay import ROOT, version
from tests.support.manifests import Manifests, Workload
from tests.support.pod_security import violations

PLANTED: dict[str, Any] = {
    "hostNetwork": lambda pod: pod.update(hostNetwork=True),
    "volume x is a hostPath": lambda pod: pod["volumes"].append(
        {"name": "x", "hostPath": {"path": "/"}}
    ),
    "allowPrivilegeEscalation is not false": lambda pod: pod["containers"][0][
        "securityContext"
    ].pop("allowPrivilegeEscalation"),
    "privileged": lambda pod: pod["containers"][0]["securityContext"].update(privileged=True),
    "does not drop ALL capabilities": lambda pod: pod["containers"][0]["securityContext"].pop(
        "capabilities"
    ),
    "adds capabilities": lambda pod: pod["containers"][0]["securityContext"]["capabilities"].update(
        add=["SYS_ADMIN"]
    ),
    "runAsNonRoot is not true": lambda pod: pod["securityContext"].pop("runAsNonRoot"),
    "runs as user 0": lambda pod: pod["containers"][0]["securityContext"].update(runAsUser=0),
    "no seccomp profile": lambda pod: pod["securityContext"].pop("seccompProfile"),
    "a port of the host": lambda pod: pod["containers"][0]["ports"][0].update(hostPort=80),
    "sysctls": lambda pod: pod["securityContext"].update(sysctls=[{"name": "x", "value": "1"}]),
}


def test_every_pod_keeps_to_the_restricted_standard(manifests: Manifests) -> None:
    assert {work.name: violations(work.pod) for work in manifests.workloads} == {
        work.name: [] for work in manifests.workloads
    }


@pytest.mark.parametrize("what", PLANTED)
def test_a_planted_violation_of_the_standard_is_found(manifests: Manifests, what: str) -> None:
    pod = deepcopy(manifests.ours[0].pod)
    PLANTED[what](pod)
    assert any(found.endswith(what) for found in violations(pod))


def test_the_namespace_enforces_the_restricted_standard(manifests: Manifests) -> None:
    (namespace,) = manifests.of("Namespace")
    labels = namespace["metadata"]["labels"]
    for mode in ("enforce", "audit", "warn"):
        assert labels[f"pod-security.kubernetes.io/{mode}"] == "restricted"


def test_no_pod_gets_a_token_of_the_cluster_or_a_writable_root(manifests: Manifests) -> None:
    for work in manifests.workloads:
        assert work.pod["automountServiceAccountToken"] is False, work.name
        assert work.pod["enableServiceLinks"] is False, work.name
        for container in work.containers:
            assert container["securityContext"]["readOnlyRootFilesystem"] is True, work.name


def test_our_images_run_as_the_user_that_they_were_made_for(manifests: Manifests) -> None:
    recipe = (ROOT / "deploy" / "images" / "Dockerfile").read_text("utf-8")
    assert "\nUSER 10001:10001\n" in recipe
    for work in manifests.ours:
        assert work.pod["securityContext"]["runAsUser"] == 10001
        assert work.pod["securityContext"]["fsGroup"] == 10001


def test_every_image_has_a_version_and_ours_have_this_one(manifests: Manifests) -> None:
    for work in manifests.workloads:
        for container in work.containers:
            name, _, tag = container["image"].rpartition(":")
            assert name, container["image"]
            assert re.fullmatch(r"v?\d+(\.\d+)+", tag), container["image"]
            if name.startswith("bonfire/"):
                assert tag == version()
            assert container["imagePullPolicy"] == "IfNotPresent"


def test_every_container_has_a_limit_of_memory_and_none_of_cpu(manifests: Manifests) -> None:
    for work in manifests.workloads:
        for container in work.containers:
            resources = container["resources"]
            assert resources["requests"].keys() == {"cpu", "memory"}, work.name
            assert resources["limits"].keys() == {"memory"}, work.name


def test_a_secret_reaches_a_pod_as_a_file_that_it_alone_may_read(manifests: Manifests) -> None:
    for work in manifests.workloads:
        for container in work.containers:
            assert "envFrom" not in container, work.name
            assert all("value" in variable for variable in container.get("env", [])), work.name
        for volume in work.volumes.values():
            if "secret" in volume:
                assert volume["secret"]["defaultMode"] == 0o440, work.name


def test_every_file_that_a_variable_names_comes_from_a_volume(manifests: Manifests) -> None:
    for work in manifests.workloads:
        for container in work.containers:
            paths = [
                variable["value"]
                for variable in container.get("env", [])
                if variable["name"].endswith("_FILE") or variable["name"] == "BONFIRE_CONFIG"
            ]
            assert set(paths) <= set(_files(manifests, work, container)), work.name


def test_git_holds_no_secret(tmp_path: object) -> None:
    tracked = subprocess.run(
        ["git", "ls-files", "deploy"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    assert [path for path in tracked if "/secrets/" in path] == []
    for path in tracked:
        if path.endswith(".yaml") and path.startswith("deploy/k3s/"):
            for document in yaml.safe_load_all((ROOT / path).read_text("utf-8")):
                assert document["kind"] != "Secret", path


@pytest.mark.parametrize("name", ["secrets/order-ingest/amqp-url", "bonfire.toml"])
def test_git_ignores_what_an_operator_puts_into_an_overlay(name: str) -> None:
    path = f"deploy/k3s/overlays/single/{name}"
    ignored = subprocess.run(["git", "check-ignore", "--quiet", path], cwd=ROOT, check=False)
    assert ignored.returncode == 0


def _files(manifests: Manifests, work: Workload, container: dict[str, Any]) -> list[str]:
    """The paths of all files from secrets and configuration that this container sees."""
    found = []
    for mount in container["volumeMounts"]:
        volume = work.volumes.get(mount["name"], {})
        for key in _keys(manifests, volume):
            found.append(f"{mount['mountPath']}/{key}")
    return found


def _keys(manifests: Manifests, volume: dict[str, Any]) -> list[str]:
    source = volume.get("secret") or volume.get("configMap") or {}
    if "items" in source:
        return [item["path"] for item in source["items"]]
    if "secretName" in source:
        return list(manifests.named("Secret", source["secretName"])["data"])
    return list(manifests.named("ConfigMap", source["name"])["data"]) if source else []
