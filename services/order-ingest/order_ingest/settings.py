"""What order-ingest is told by its environment."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bonfire.chassis import ChassisSettings, read_chassis_settings
from bonfire.settings import Environment

OPS_PORT: Final = 8081


@dataclass(frozen=True, slots=True)
class Settings:
    config: Path
    chassis: ChassisSettings
    wix_public_key: str  # PEM; empty closes the Wix door
    api_tokens: Path | None  # None closes the API's door
    host: str
    port: int
    log_level: str


def read_broker_settings(environment: Environment) -> tuple[Path, str]:
    """The configuration and the broker's URL: all that `declare` needs, on whichever machine."""
    config, url = environment.path("CONFIG"), environment.secret("AMQP_URL")
    environment.check()
    return config, url


def read_settings(environment: Environment) -> Settings:
    """Raises `SettingsInvalid` naming every variable that is missing or wrong."""
    tokens = environment.text("API_TOKENS_FILE", "")
    settings = Settings(
        config=environment.path("CONFIG"),
        chassis=read_chassis_settings(environment, "ledger.db", OPS_PORT),
        wix_public_key=environment.secret("WIX_PUBLIC_KEY", ""),
        api_tokens=Path(tokens) if tokens else None,
        host=environment.text("HOST", "127.0.0.1"),
        port=environment.integer("PORT", 8080, 0, 65_535),
        log_level=environment.text("LOG_LEVEL", "INFO"),
    )
    environment.check()
    return settings
