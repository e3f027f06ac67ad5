"""Makes what an overlay needs and git never sees: `python deploy/k3s/prepare.py OVERLAY`.

From the overlay's bonfire.toml come its secrets, and Alertmanager's routes and time zone.
Passwords and tokens are drawn once and then kept, so it runs again after each change of
bonfire.toml; what a person filled in stays, and so does the address of the dead man's switch.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import secrets
import sys
from collections.abc import Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from bonfire import alert_routes, config
from bonfire.broker import topology
from bonfire.errors import BonfireError
from order_ingest.permissions_command import INGEST, NOTIFIER, BrokerUser, broker_users

ROOT: Final = Path(__file__).resolve().parents[2]
VHOST: Final = "/"
BROKER: Final = "rabbitmq:5672"
_SALT_BYTES: Final = 4
# A secret, as whoever knows the address can keep the switch quiet.
SWITCH: Final = "secrets/alertmanager/dead-mans-switch"
TIME_ZONE: Final = "localtime"
MAIL_TEMPLATE: Final = "templates/mail.tmpl"
YOURS: Final = {
    f"{INGEST}/wix-public-key": "the public key of your Wix app (docs/wix.md)",
    f"{NOTIFIER}/smtp-password": "the password of the mail account, or any word if it has none",
}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("overlay", type=Path, help="a folder with a bonfire.toml")
    parser.add_argument(
        "--dead-mans-switch",
        metavar="URL",
        help="an address outside that misses a POST each minute; is remembered, '' forgets it",
    )
    given = parser.parse_args(arguments)
    try:
        prepare(given.overlay, given.dead_mans_switch)
    except BonfireError as error:
        print(f"prepare: {error.detail}", file=sys.stderr)
        return 1
    for name, what in YOURS.items():
        file = given.overlay / "secrets" / name
        if not file.read_text("utf-8").strip():
            print(f"yours to fill: {file}: {what}")
    if not _switch_of(given.overlay):
        print("no --dead-mans-switch: nobody notices when Alertmanager itself is gone")
    return 0


def prepare(overlay: Path, dead_mans_switch: str | None = None) -> None:
    """Write `secrets/` and `alertmanager/` of an overlay; raises `BonfireError`.

    `dead_mans_switch` is an address, empty for none, or None for that of the run before.
    """
    loaded = config.load(overlay / "bonfire.toml")
    _write_secrets(overlay / "secrets", broker_users(loaded))
    if dead_mans_switch is not None:
        _write(overlay / SWITCH, f"{dead_mans_switch}\n")
    _write_routes(overlay / "alertmanager", loaded, _switch_of(overlay))


def definitions(users: Sequence[BrokerUser], hashes: Mapping[str, str]) -> dict[str, Any]:
    """What RabbitMQ reads at its start: users, hashes of their passwords, permissions."""
    return {
        "vhosts": [{"name": VHOST}],
        "users": [
            {
                "name": user.name,
                "password_hash": hashes[user.name],
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
                "exchange": exchange,
                "write": user.may.topics,
                "read": ".*",
            }
            for user in users
            for exchange in topology.BY_TOPIC
        ],
    }


def _write_secrets(folder: Path, users: Sequence[BrokerUser]) -> None:
    for user in users:
        url = f"amqp://{user.name}:{_drawn()}@{BROKER}{VHOST}"
        _write_new(folder / user.name / "amqp-url", f"{url}\n")
        _write_new(folder / user.name / "ops-tokens", f"operator {_drawn()} read,operate\n")
    _write_new(folder / INGEST / "api-tokens", f"shop {_drawn()}\n")
    _write_new(folder / "grafana" / "admin-password", _drawn())
    for name in YOURS:
        _write_new(folder / name, "")
    _write_definitions(folder, users)


def _write_definitions(folder: Path, users: Sequence[BrokerUser]) -> None:
    """The same text as before if nothing changed: RabbitMQ starts again for any other."""
    file = folder / "rabbitmq" / "definitions.json"
    kept = _stored_hashes(file)
    hashes = {
        user.name: _hashed(_password(folder / user.name / "amqp-url"), kept.get(user.name, ""))
        for user in users
    }
    _write(file, f"{json.dumps(definitions(users, hashes), indent=1)}\n")


def _stored_hashes(file: Path) -> Mapping[str, str]:
    if not file.exists():
        return {}
    try:
        users = json.loads(file.read_text("utf-8"))["users"]
    except ValueError:  # half written, by a run that was ended
        return {}
    return {user["name"]: user["password_hash"] for user in users}


def _write_routes(folder: Path, loaded: config.Config, dead_mans_switch: str) -> None:
    surroundings = alert_routes.Surroundings(alert_routes.PASSWORD_FILE, dead_mans_switch)
    for name, text in alert_routes.files(loaded, surroundings).items():
        _write(folder / name, text)
    template = ROOT / "deploy" / "alertmanager" / MAIL_TEMPLATE
    _write(folder / MAIL_TEMPLATE, template.read_text("utf-8"))
    _write(folder / TIME_ZONE, _rules_of(loaded.default_location.timezone))


def _rules_of(time_zone: str) -> bytes:
    """The compiled rules that a name stands for: Alertmanager's image may know none by name."""
    return resources.files("tzdata").joinpath("zoneinfo", time_zone).read_bytes()


def _switch_of(overlay: Path) -> str:
    file = overlay / SWITCH
    return file.read_text("utf-8").strip() if file.exists() else ""


def _drawn() -> str:
    return secrets.token_urlsafe(32)


def _password(file: Path) -> str:
    return urlsplit(file.read_text("utf-8").strip()).password or ""


def _hashed(password: str, kept: str) -> str:
    """As RabbitMQ keeps it: base64 of a salt of 4 bytes and SHA-256 of salt and password.

    `kept` is the hash of the run before, or empty; it comes back if it is of this password.
    """
    salted = _salted(password, base64.b64decode(kept)[:_SALT_BYTES])
    return kept if salted == kept else _salted(password, secrets.token_bytes(_SALT_BYTES))


def _salted(password: str, salt: bytes) -> str:
    return base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()


def _write_new(file: Path, text: str) -> None:
    if not file.exists():
        _write(file, text)


def _write(file: Path, content: str | bytes) -> None:
    """Readable by its owner alone."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file.touch(mode=0o600)
    file.write_bytes(content.encode() if isinstance(content, str) else content)


if __name__ == "__main__":
    sys.exit(main())
