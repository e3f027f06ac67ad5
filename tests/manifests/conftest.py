"""The overlays, rendered once each with the example's restaurant and secrets of this run."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support import k3s_overlay
from tests.support.manifests import KubectlMissing, Manifests, render
from tests.support.rabbit import lacking


@pytest.fixture(scope="session", params=["single", "e2e"])
def overlay_folder(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    name: str = request.param
    return k3s_overlay.write(tmp_path_factory.mktemp(name), name).folder


@pytest.fixture(scope="session")
def manifests(overlay_folder: Path) -> Manifests:
    try:
        return render(overlay_folder, overlay_folder.name)
    except KubectlMissing as error:
        lacking(str(error))


@pytest.fixture(scope="session")
def single(tmp_path_factory: pytest.TempPathFactory) -> Manifests:
    """The overlay that people use, where a test is about that one alone."""
    folder = k3s_overlay.write(tmp_path_factory.mktemp("single-alone"), "single").folder
    try:
        return render(folder, "single")
    except KubectlMissing as error:
        lacking(str(error))
