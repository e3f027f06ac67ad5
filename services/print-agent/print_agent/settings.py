"""What one agent is told by its environment."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bonfire.chassis import ChassisSettings, read_chassis_settings
from bonfire.settings import Environment

OPS_PORT: Final = 8082
_JOURNAL: Final = "journal.db"


@dataclass(frozen=True, slots=True)
class Settings:
    agent: str  # which print host of the configuration this is
    config: Path
    chassis: ChassisSettings
    log_level: str


def default_config(environment: Environment) -> Path:
    """For the commands that a person runs beside the service, wherever that person is."""
    return environment.path("CONFIG", "bonfire.toml")


def default_data(environment: Environment) -> Path | None:
    """The service's own folder, where such a command is told of one."""
    folder = environment.text("DATA", "")
    return Path(folder) if folder else None


def journal_in(data: Path | None, environment: Environment) -> Path:
    """The journal in this folder, else in the service's own; raises `SettingsInvalid`."""
    folder = data or environment.path("DATA")
    environment.check()
    return folder / _JOURNAL


def read_settings(environment: Environment) -> Settings:
    """Raises `SettingsInvalid` naming every variable that is missing or wrong."""
    settings = Settings(
        agent=environment.text("AGENT"),
        config=environment.path("CONFIG"),
        chassis=read_chassis_settings(environment, _JOURNAL, OPS_PORT),
        log_level=environment.text("LOG_LEVEL", "INFO"),
    )
    environment.check()
    return settings
