"""What the notifier is told by its environment."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bonfire.chassis import ChassisSettings, read_chassis_settings
from bonfire.settings import Environment

OPS_PORT: Final = 8083


@dataclass(frozen=True, slots=True)
class Settings:
    config: Path
    chassis: ChassisSettings
    smtp_password: str  # empty where the mail server asks for none
    log_level: str


def default_config(environment: Environment) -> Path:
    """For the commands that a person runs beside the service, wherever that person is."""
    return environment.path("CONFIG", "bonfire.toml")


def read_smtp_password(environment: Environment) -> str:
    """All that a command needs to send a mail. Raises `SettingsInvalid`."""
    password = environment.secret("SMTP_PASSWORD", "")
    environment.check()
    return password


def read_settings(environment: Environment) -> Settings:
    """Raises `SettingsInvalid` naming every variable that is missing or wrong."""
    settings = Settings(
        config=environment.path("CONFIG"),
        chassis=read_chassis_settings(environment, "history.db", OPS_PORT),
        smtp_password=environment.secret("SMTP_PASSWORD", ""),
        log_level=environment.text("LOG_LEVEL", "INFO"),
    )
    environment.check()
    return settings
