"""Alertmanager's configuration out of `bonfire.toml`: which operator gets which alert by mail.

    python -m bonfire.alert_routes bonfire.toml FOLDER

writes `alertmanager.yml` and `templates/site.tmpl`, the words of this site, into the folder that
holds `templates/mail.tmpl`, the mails themselves. It needs Alertmanager 0.25 or newer.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bonfire.config import Config, ConfigError, Mail, Person, Role, Tls, load
from bonfire.errors import Permanent, Reason
from bonfire.messages import NOWHERE

PASSWORD_FILE: Final = Path("/run/secrets/bonfire/smtp-password")
ALERTMANAGER: Final = "alertmanager.yml"
SITE: Final = "templates/site.tmpl"
DASHBOARD: Final = "/d/bonfire-today"
EVERYBODY: Final = "operators"
WATCHDOG: Final = "dead-mans-switch"
_IMPLICIT_TLS_PORT: Final = 465
_EX_CONFIG: Final = 78
_MADE: Final = "Made by `python -m bonfire.alert_routes` out of bonfire.toml; change that instead."

# Each alert of the first group makes those of the second of the same `equal` labels old news.
# OrderUnprinted and DeadLetter are in no second group: what reaches guests is always told.
_OF_ONE_SERVICE: Final = ("job", "instance")
INHIBITIONS: Final[Sequence[tuple[str, str, Sequence[str]]]] = (
    (
        'alertname="ServiceDown"',
        "ServiceUnusable|ServiceNotReady|BrokerDisconnected|TopologyIncomplete|NotificationsStuck",
        _OF_ONE_SERVICE,
    ),
    (
        'alertname="ServiceUnusable"',
        "ServiceNotReady|BrokerDisconnected|TopologyIncomplete",
        _OF_ONE_SERVICE,
    ),
    ('alertname="BrokerDisconnected"', "ServiceNotReady|TopologyIncomplete", _OF_ONE_SERVICE),
    # A notifier that hears nothing knows nothing of print hosts and printers.
    (
        'alertname=~"ServiceDown|ServiceUnusable|BrokerDisconnected", job="notifier"',
        "AgentSilent|PrinterDown",
        (),
    ),
    ('alertname="AgentSilent"', "PrinterDown|ServiceDown|BrokerDisconnected", ("agent",)),
)
_LESS_OFTEN: Final = {"matchers": ['severity="warning"'], "repeat_interval": "24h"}


class NobodyIsTold(Permanent):
    """With this configuration no alert would reach a person."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What `bonfire.toml` does not say. `dead_mans_switch` is an address, or empty for none."""

    password_file: Path = PASSWORD_FILE
    dead_mans_switch: str = ""


_USUAL: Final = Surroundings()


def files(config: Config, surroundings: Surroundings = _USUAL) -> dict[str, str]:
    """The text of each file, by its path. Raises `NobodyIsTold`."""
    if not config.people:
        raise NobodyIsTold(Reason.CONFIG_INVALID, "[[people]] is missing, so nobody would be told")
    return {
        ALERTMANAGER: _yaml_document(_alertmanager(config, surroundings)),
        SITE: _site(config),
    }


def told(config: Config, location: str = "") -> tuple[Person, ...]:
    """Who gets the alerts of a location, or those of the whole business.

    First its operators, then any operator, then the restaurant's people: an alert without a reader
    is worse than one at the wrong desk.
    """
    operators = tuple(person for person in config.people if person.role is Role.OPERATOR)
    return config.people_of(location, Role.OPERATOR) or operators or config.people


def _alertmanager(config: Config, surroundings: Surroundings) -> Mapping[str, Any]:
    locations = [location.id for location in config.locations]
    return {
        "global": _mail_server(config.mail, surroundings),
        "templates": ["templates/*.tmpl"],
        "route": {
            "receiver": EVERYBODY,
            # A mail for each trouble: in a group, one that begins would send the others again.
            "group_by": ["..."],
            # Long enough for an alert that silences another to come, short enough for 5 minutes.
            "group_wait": "30s",
            "group_interval": "1m",
            "repeat_interval": "4h",
            "routes": [_watchdog(), *map(_route, locations), _LESS_OFTEN],
        },
        "inhibit_rules": [_inhibition(*rule) for rule in INHIBITIONS],
        "receivers": [
            _receiver(EVERYBODY, told(config)),
            _switch(surroundings.dead_mans_switch),
            *(_receiver(_name(location), told(config, location)) for location in locations),
        ],
    }


def _mail_server(mail: Mail | None, surroundings: Surroundings) -> Mapping[str, Any]:
    if mail is None:
        raise NobodyIsTold(Reason.CONFIG_INVALID, "[mail] is missing, so nobody would be told")
    if (mail.tls is Tls.IMPLICIT) != (mail.port == _IMPLICIT_TLS_PORT):
        detail = (
            f'[mail] has tls = "{mail.tls}" on port {mail.port}, but Alertmanager encrypts from the'
            f" first byte on port {_IMPLICIT_TLS_PORT} and nowhere else"
        )
        raise NobodyIsTold(Reason.CONFIG_INVALID, detail)
    host = f"[{mail.host}]" if ":" in mail.host else mail.host
    server: dict[str, Any] = {
        "smtp_smarthost": f"{host}:{mail.port}",
        "smtp_from": mail.sender,
        "smtp_require_tls": mail.tls is Tls.STARTTLS,
    }
    if mail.username:
        server["smtp_auth_username"] = mail.username
        server["smtp_auth_password_file"] = str(surroundings.password_file)
    return server


def _watchdog() -> Mapping[str, Any]:
    """Never to a person. The short intervals make its silence noticed within minutes."""
    return {
        "matchers": ['severity="none"'],
        "receiver": WATCHDOG,
        "group_wait": "0s",
        "repeat_interval": "1m",
    }


def _route(location: str) -> Mapping[str, Any]:
    return {
        "matchers": [f'location="{location}"'],
        "receiver": _name(location),
        "routes": [_LESS_OFTEN],
    }


def _name(location: str) -> str:
    return f"{EVERYBODY}-{location}"


def _inhibition(source: str, targets: str, equal: Sequence[str]) -> Mapping[str, Any]:
    rule: dict[str, Any] = {
        "source_matchers": source.split(", "),
        "target_matchers": [f'alertname=~"{targets}"'],
    }
    return {**rule, "equal": list(equal)} if equal else rule


def _receiver(name: str, people: Sequence[Person]) -> Mapping[str, Any]:
    """A mail to each: one address that is refused must not cost the others theirs."""
    return {"name": name, "email_configs": [_mail_to(person) for person in people]}


def _mail_to(person: Person) -> Mapping[str, Any]:
    return {
        "to": person.email,
        "send_resolved": True,
        "headers": {"Subject": '{{ template "bonfire.subject" . }}'},
        "text": '{{ template "bonfire.text" . }}',
        "html": '{{ template "bonfire.html" . }}',
    }


def _switch(url: str) -> Mapping[str, Any]:
    hook = [{"url": url, "send_resolved": False}] if url else []
    return {"name": WATCHDOG, "webhook_configs": hook}


def _site(config: Config) -> str:
    """Templates with the words of this site: its restaurants' names and where to read more."""
    templates = {
        "place": _place(config),
        "more": "".join(f"\n{words}: {where}" for words, where in _links(config)),
        "more.html": "".join(
            f'<p><a href="{where}">{words}</a></p>'
            if "://" in where
            else f"<p>{words}: {where}</p>"
            for words, where in _links(config)
        ),
    }
    defined = [
        f"{_do('define ' + _quoted('bonfire.' + name))}{content}{_do('end')}"
        for name, content in templates.items()
    ]
    return "\n".join([_do(f"/* {_MADE} */"), *defined, ""])


def _links(config: Config) -> Iterator[tuple[str, str]]:
    runbooks = config.monitoring.runbooks_url or "docs/runbooks"
    yield "Step by step", f"{runbooks}/{_do('.CommonLabels.alertname')}.md"
    if config.monitoring.grafana_url:
        # Of no restaurant, or of none that we know: the dashboard of all of them.
        location = f"{_do('with .CommonLabels.location')}{_do(f'if ne . {_quoted(NOWHERE)}')}"
        location += f"?var-location={_do('.')}{_do('end')}{_do('end')}"
        yield "How it stands", f"{config.monitoring.grafana_url}{DASHBOARD}{location}"


def _place(config: Config) -> str:
    """The name of the location whose id this template is given; of none, that of the business."""
    names = dict.fromkeys(("", NOWHERE), config.organisation.name)
    names |= {each.id: each.name for each in config.locations}
    chain = "".join(
        _do(f"else if eq . {_quoted(known)}") + _do(_quoted(name)) for known, name in names.items()
    )
    # "if false" in front, so that every name is a branch like the others.
    return f"{_do('if false')}{chain}{_do('else')}{_do('.')}{_do('end')}"


def _do(action: str) -> str:
    return "{{" + action + "}}"


def _quoted(text: str) -> str:
    """As JSON, Go's templates and YAML alike write a text."""
    return json.dumps(text, ensure_ascii=False)


def _yaml_document(values: Mapping[str, Any]) -> str:
    return "\n".join([f"# {_MADE}", *_yaml(values), ""])


def _yaml(values: Mapping[str, Any]) -> Iterator[str]:
    """A table in lines. What is no table is written as JSON, which is YAML too."""
    for key, value in values.items():
        if isinstance(value, Mapping):
            yield f"{key}:"
            yield from (f"  {line}" for line in _yaml(value))
        elif isinstance(value, list) and value and isinstance(value[0], Mapping):
            yield f"{key}:"
            for entry in value:
                first, *others = _yaml(entry)
                yield f"  - {first}"
                yield from (f"    {line}" for line in others)
        else:
            yield f"{key}: {json.dumps(value, ensure_ascii=False)}"


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m bonfire.alert_routes",
        description="Write Alertmanager's configuration out of bonfire.toml.",
    )
    parser.add_argument("config", type=Path)
    parser.add_argument("folder", type=Path, help="beside mail.tmpl's folder templates")
    parser.add_argument(
        "--password-file", type=Path, default=PASSWORD_FILE, help="of the mail server's user"
    )
    parser.add_argument(
        "--dead-mans-switch", default="", help="an address outside that misses a POST each minute"
    )
    given = parser.parse_args()
    try:
        made = files(load(given.config), Surroundings(given.password_file, given.dead_mans_switch))
    except (ConfigError, NobodyIsTold) as error:
        print(f"{given.config}: {error.detail}", file=sys.stderr)
        return _EX_CONFIG
    for name, text in made.items():
        path: Path = given.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
