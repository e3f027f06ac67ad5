"""Makes the secrets of an overlay: `python deploy/k3s/new_secrets.py deploy/k3s/overlays/single`.

Passwords and tokens are drawn once and then kept, so it may run again after a print host was added
to the overlay's bonfire.toml. Only RabbitMQ's definitions are written anew each time.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import secrets
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from bonfire import config
from bonfire.broker import topology
from bonfire.errors import BonfireError
from order_ingest.permissions_command import INGEST, NOTIFIER, BrokerUser, broker_users

VHOST: Final = "/"
BROKER: Final = "rabbitmq:5672"
YOURS: Final = {
    f"{INGEST}/wix-public-key": "the public key of your Wix app (docs/wix.md)",
    f"{NOTIFIER}/smtp-password": "the password of the mail account, or any word if it has none",
}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("overlay", type=Path, help="a folder with a bonfire.toml")
    overlay: Path = parser.parse_args(arguments).overlay
    try:
        users = broker_users(config.load(overlay / "bonfire.toml"))
    except BonfireError as error:
        print(f"new_secrets: {error.detail}", file=sys.stderr)
        return 1
    folder = overlay / "secrets"
    write_secrets(folder, users)
    for name, what in YOURS.items():
        if not (folder / name).read_text("utf-8").strip():
            print(f"yours to fill: {folder / name}: {what}")
    return 0


def write_secrets(folder: Path, users: Sequence[BrokerUser]) -> None:
    """Everything that is not there yet, readable by its owner alone."""
    for user in users:
        url = f"amqp://{user.name}:{_drawn()}@{BROKER}{VHOST}"
        _write_new(folder / user.name / "amqp-url", f"{url}\n")
        _write_new(folder / user.name / "ops-tokens", f"operator {_drawn()} read,operate\n")
    _write_new(folder / INGEST / "api-tokens", f"shop {_drawn()}\n")
    for name in YOURS:
        _write_new(folder / name, "")
    passwords = {user.name: _password(folder / user.name / "amqp-url") for user in users}
    file = folder / "rabbitmq" / "definitions.json"
    _private(file)
    file.write_text(json.dumps(definitions(users, passwords), indent=1) + "\n", "utf-8")


def definitions(users: Sequence[BrokerUser], passwords: Mapping[str, str]) -> dict[str, Any]:
    """What RabbitMQ reads at its start: users with their permissions, the passwords as hashes."""
    return {
        "vhosts": [{"name": VHOST}],
        "users": [
            {
                "name": user.name,
                "password_hash": _hashed(passwords[user.name]),
                "hashing_algorithm": "rabbit_password_hashing_sha256",
                "tags": [],
            }
            for user in users
        ],
        "permissions": [
            {
                "user": user.name,
                "vhost": VHOST,
                "configure": user.may.configure,
                "write": user.may.write,
                "read": user.may.read,
            }
            for user in users
        ],
        "topic_permissions": [
            {
                "user": user.name,
                "vhost": VHOST,
                "exchange": topology.EVENTS,
                "write": user.may.topics,
                "read": ".*",
            }
            for user in users
        ],
    }


def _drawn() -> str:
    return secrets.token_urlsafe(32)


def _password(file: Path) -> str:
    return urlsplit(file.read_text("utf-8").strip()).password or ""


def _hashed(password: str) -> str:
    """As RabbitMQ keeps it: base64 of a salt of 4 bytes and SHA-256 of salt and password."""
    salt = secrets.token_bytes(4)
    return base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()


def _write_new(file: Path, text: str) -> None:
    if not file.exists():
        _private(file)
        file.write_text(text, "utf-8")


def _private(file: Path) -> None:
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file.touch(mode=0o600)


if __name__ == "__main__":
    sys.exit(main())
