"""Kubernetes would take every resource, in the oldest and the newest version that we name."""

from __future__ import annotations

from collections import Counter

import kubernetes_validate  # type: ignore[import-untyped]  # it ships no types
import pytest

from tests.support.manifests import Manifests

OLDEST, NEWEST = "1.32.0", "1.37.0"


@pytest.mark.parametrize("version", [OLDEST, NEWEST])
def test_every_resource_is_valid_and_has_no_field_that_kubernetes_does_not_know(
    manifests: Manifests, version: str
) -> None:
    # Strict, as a misspelt probe would be no probe; a kind without a schema raises, too.
    for resource in manifests.resources:
        used = kubernetes_validate.validate(resource, version, strict=True)
        assert version.startswith(used)


def test_a_misspelt_field_would_be_found(manifests: Manifests) -> None:
    broken = dict(manifests.workloads[0].resource, specs={})
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(broken, NEWEST, strict=True)


def test_no_resource_is_there_twice(manifests: Manifests) -> None:
    names = Counter(
        (resource["kind"], resource["metadata"]["name"]) for resource in manifests.resources
    )
    assert [name for name, count in names.items() if count > 1] == []


def test_everything_but_the_namespace_and_the_class_of_storage_is_in_one_namespace(
    single: Manifests,
) -> None:
    outside = {
        resource["kind"]
        for resource in single.resources
        if resource["metadata"].get("namespace") != "bonfire"
    }
    assert outside == {"Namespace", "StorageClass"}
