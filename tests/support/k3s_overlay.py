"""A copy of an overlay with what is never committed: a configuration and secrets."""

from __future__ import annotations

import secrets
import shutil
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from deploy.k3s.prepare import prepare
from fake_wix import generate_key, public_pem

ROOT: Final = Path(__file__).resolve().parents[2]
IN_THE_CLUSTER: Final = {
    "tcp://192.168.1.50:9100": "tcp://virtual-printer:9100",
    "tcp://192.168.1.51:9100": "tcp://virtual-printer:9101",
    'host = "mail.bosco.example"': 'host = "mail-sink"',
    'tls = "starttls"': 'tls = "none"',
    'username = "bonfire@bosco.example"': "",
}
"""What bonfire.example.toml says, and what it has to say for the simulators of the e2e overlay."""
MANIFESTS: Final = ("deploy/k3s", "deploy/prometheus", "grafana")


def version() -> str:
    """Of the distribution, which is the tag of its images."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    return str(project["project"]["version"])


@dataclass(frozen=True, slots=True)
class Overlay:
    """`folder` is rendered by `kubectl kustomize`; `key` signs webhooks that it accepts."""

    folder: Path
    key: RSAPrivateKey = field(default_factory=generate_key)

    def token(self, service: str) -> str:
        """The operator's token for the operations port of a service."""
        line = (self.folder / "secrets" / service / "ops-tokens").read_text("utf-8")
        return line.split()[1]


def write(work: Path, name: str = "e2e", namespace: str | None = None) -> Overlay:
    """Copy deploy/k3s to `work` and fill in the overlay `name`, with the example's restaurant."""
    for folder in MANIFESTS:
        shutil.copytree(ROOT / folder, work / folder, ignore=_private)
    overlay = Overlay(work / "deploy" / "k3s" / "overlays" / name)
    restaurant = (ROOT / "bonfire.example.toml").read_text("utf-8")
    if name == "e2e":
        for real, virtual in IN_THE_CLUSTER.items():
            if restaurant.count(real) != 1:
                raise ValueError(f"bonfire.example.toml does not have {real} once")
            restaurant = restaurant.replace(real, virtual)
    (overlay.folder / "bonfire.toml").write_text(restaurant, "utf-8")
    prepare(overlay.folder)
    yours = overlay.folder / "secrets"
    (yours / "order-ingest" / "wix-public-key").write_bytes(public_pem(overlay.key))
    (yours / "notifier" / "smtp-password").write_text(secrets.token_urlsafe(16), "utf-8")
    if namespace:
        with (overlay.folder / "kustomization.yaml").open("a", encoding="utf-8") as kustomization:
            kustomization.write(f"namespace: {namespace}\n")
    return overlay


def _private(folder: str, names: list[str]) -> set[str]:
    """What an operator of this clone may have put into the overlays."""
    beside = {"alertmanager", "bonfire.toml", "secrets"}
    return ({"__pycache__"} | (beside if "overlays" in Path(folder).parts else set())) & set(names)
