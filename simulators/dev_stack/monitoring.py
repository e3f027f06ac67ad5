"""Prometheus and Alertmanager of a local Bonfire, with the rules and routes that everybody uses."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from bonfire.alert_routes import files
from bonfire.config import load
from dev_stack.house import House
from dev_stack.ports import HOST, answers
from dev_stack.stand_ins import AGENT
from dev_stack.supervision import Program

# Debian's name first, upstream's second.
_NAMES: Final[Mapping[str, Sequence[str]]] = {
    "prometheus": ("prometheus",),
    "alertmanager": ("prometheus-alertmanager", "alertmanager"),
}
_KEEP_FOR: Final = "2d"


def missing() -> Sequence[str]:
    """The programs that are not installed on this machine."""
    return [program for program in _NAMES if _path(program) is None]


def has_monitoring() -> bool:
    """Whether there can be alerts; says why not."""
    lacking = " and ".join(name.title() for name in missing())
    if lacking:
        print(
            f"There will be no alerts, because this machine has no {lacking};"
            " `make install` installs them on Debian.\n"
        )
    return not lacking


def monitoring_programs(house: House) -> Sequence[Program]:
    """Writes their configuration; both must be installed."""
    directories = {program: house.directory / program for program in _NAMES}
    _write_prometheus(house, directories["prometheus"])
    _write_alertmanager(house, directories["alertmanager"])
    # Alertmanager writes times of the day into its mails.
    timezone = load(house.config).defaults.timezone
    return [
        Program("prometheus", _prometheus(house, directories["prometheus"]), priority=50),
        Program(
            "alertmanager",
            _alertmanager(house, directories["alertmanager"]),
            {"TZ": str(timezone)},
            priority=50,
        ),
    ]


def alerts_page(house: House) -> str:
    """Debian builds Prometheus without its newer pages; the older ones have another address."""
    url = house.monitoring_url("prometheus")
    return f"{url}/alerts" if answers(f"{url}/alerts") else f"{url}/classic/alerts"


def _path(program: str) -> str | None:
    found = (shutil.which(name) for name in _NAMES[program])
    return next((path for path in found if path is not None), None)


def _write_prometheus(house: House, directory: Path) -> None:
    """The committed files, beside the addresses of this house."""
    committed = house.root / "deploy" / "prometheus"
    shutil.copytree(committed / "rules", directory / "rules")
    shutil.copy(committed / "prometheus.yml", directory)
    targets = directory / "targets"
    targets.mkdir()
    labels = {"print-agent": {"agent": AGENT}}
    ports = {**house.ops_ports, "alertmanager": house.monitoring_ports["alertmanager"]}
    for job, port in ports.items():
        group = {"targets": [f"{HOST}:{port}"], "labels": labels.get(job, {})}
        (targets / f"{job}.json").write_text(json.dumps([group]))


def _write_alertmanager(house: House, directory: Path) -> None:
    templates = directory / "templates"
    templates.mkdir(parents=True)
    shutil.copy(house.root / "deploy" / "alertmanager" / "templates" / "mail.tmpl", templates)
    for name, text in files(load(house.config)).items():
        (directory / name).write_text(text, "utf-8")


def _prometheus(house: House, directory: Path) -> Sequence[str]:
    return [
        _path("prometheus") or "prometheus",
        f"--config.file={directory / 'prometheus.yml'}",
        f"--storage.tsdb.path={directory / 'data'}",
        f"--storage.tsdb.retention.time={_KEEP_FOR}",
        f"--web.listen-address={HOST}:{house.monitoring_ports['prometheus']}",
    ]


def _alertmanager(house: House, directory: Path) -> Sequence[str]:
    return [
        _path("alertmanager") or "alertmanager",
        f"--config.file={directory / 'alertmanager.yml'}",
        f"--storage.path={directory / 'data'}",
        f"--web.listen-address={HOST}:{house.monitoring_ports['alertmanager']}",
        "--cluster.listen-address=",  # there is no second one to talk to
    ]
