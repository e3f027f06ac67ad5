"""What is where in a local Bonfire, for the person who has just started it."""

from __future__ import annotations

from pathlib import Path

from dev_stack.house import House
from dev_stack.monitoring import alerts_page
from dev_stack.ports import HOST
from dev_stack.programs import command


def places(house: House, order: Path, *, monitoring: bool) -> dict[str, str]:
    """Address or path, by what it is."""
    return {
        "the paper, live": house.paper_url,
        "the mails, live": house.mails_url,
        **(_alerts(house) if monitoring else {}),
        "Wix's webhook": house.webhook_url,
        "orders of other shops": f"http://{HOST}:{house.public_port}/v1/orders"
        f" (token in {house.tokens})",
        "OpenAPI": f"http://{HOST}:{house.public_port}/openapi.json",
        **{
            service: f"http://{HOST}:{port}/metrics, /livez, /readyz, /health/status"
            for service, port in house.ops_ports.items()
        },
        "what people were told": f"http://{HOST}:{house.notifier_ops_port}"
        "/notifications, /events, /fleet",
        "token for operators": f"{house.ops_tokens} (Authorization: Bearer …)",
        "configuration": str(house.config),
        "logs": str(house.logs),
        "another order": f"{command('fake-wix')} send {order} --to {house.webhook_url}"
        f" --key {house.keys / 'private.pem'} --new-id --now",
        "no more paper": _post(
            f"{house.paper_url}printers/kitchen-1/faults", '{"fault": "paper-out"}'
        ),
        "paper again": f"curl -X DELETE {house.paper_url}printers/kitchen-1/faults",
    }


def _alerts(house: House) -> dict[str, str]:
    prometheus = house.monitoring_url("prometheus")
    return {
        "the alerts": alerts_page(house),
        "Prometheus": f"{prometheus}/graph",
        "Alertmanager": f"{house.monitoring_url('alertmanager')}/api/v2/alerts",
        "for a Grafana of yours": f"{house.root / 'grafana'}: provisioning/ and dashboards/,"
        f" with PROMETHEUS_URL={prometheus}",
    }


def _post(url: str, body: str) -> str:
    return f"curl -H 'Content-Type: application/json' -d '{body}' {url}"
