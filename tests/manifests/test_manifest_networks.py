"""Nobody talks to anybody, but for what the work needs."""

from __future__ import annotations

import ipaddress
import tomllib
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.support.manifests import NAME, Manifests, Workload, selects

# Who is meant to open a connection to whom, at which port of theirs.
TALKS = {
    ("declare", "rabbitmq", 5672),
    ("notifier", "rabbitmq", 5672),
    ("order-ingest", "rabbitmq", 5672),
    ("print-agent", "rabbitmq", 5672),
}
MONITORING = {
    ("alertmanager", 9093, "prometheus"),
    ("notifier", 8083, "prometheus"),
    ("order-ingest", 8081, "prometheus"),
    ("print-agent", 8082, "prometheus"),
    ("prometheus", 9090, "grafana"),
}


def test_everything_is_denied_first_in_both_directions(manifests: Manifests) -> None:
    deny = manifests.named("NetworkPolicy", "default-deny")["spec"]
    assert deny == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}


def test_a_pod_reaches_another_where_both_sides_allow_it_and_nowhere_else(
    manifests: Manifests,
) -> None:
    wanted = set(TALKS)
    if manifests.overlay == "single":
        wanted |= {(who, whom, port) for whom, port, who in MONITORING}
    else:
        wanted |= {("print-agent", "virtual-printer", port) for port in (9100, 9101)}
        wanted.add(("notifier", "mail-sink", 2587))
    assert set(_connections(manifests)) == wanted


def test_the_shop_reaches_the_public_door_by_traefik_alone(manifests: Manifests) -> None:
    (rule,) = manifests.named("NetworkPolicy", "public-door")["spec"]["ingress"]
    (source,) = rule["from"]
    # One element: both conditions hold. As two they would let in every pod of kube-system.
    assert source.keys() == {"namespaceSelector", "podSelector"}
    assert rule["ports"] == [{"port": "public", "protocol": "TCP"}]


def test_only_the_notifier_and_alertmanager_reach_the_world(manifests: Manifests) -> None:
    outside = {
        (work.app, port["port"])
        for work in manifests.workloads
        for rule in _rules(manifests, work, "Egress")
        for peer in rule["to"]
        if peer.get("ipBlock", {}).get("cidr") == "0.0.0.0/0"
        for port in rule["ports"]
    }
    wanted = {("notifier", 465), ("notifier", 587)}
    if manifests.overlay == "single":
        wanted |= {("alertmanager", port) for port in (443, 465, 587)}
    assert outside == wanted


def test_the_agent_reaches_every_printer_of_the_configuration(single: Manifests) -> None:
    (agent,) = (work for work in single.ours if work.app == "print-agent")
    allowed = [
        (ipaddress.ip_network(peer["ipBlock"]["cidr"]), port["port"])
        for rule in _rules(single, agent, "Egress")
        for peer in rule["to"]
        if "ipBlock" in peer
        for port in rule["ports"]
    ]
    for address in _printers(single):
        url = urlsplit(address)
        assert url.hostname is not None
        host = ipaddress.ip_address(url.hostname)
        assert any(host in network and url.port == port for network, port in allowed), address


def test_every_policy_is_about_pods_that_are_there(manifests: Manifests) -> None:
    for policy in manifests.of("NetworkPolicy"):
        assert manifests.selected(policy["spec"]["podSelector"]), policy["metadata"]["name"]


def test_every_rule_names_its_peers_and_ports(manifests: Manifests) -> None:
    # A rule without either would mean everybody, or everything.
    for policy in manifests.of("NetworkPolicy"):
        for direction, peers in (("ingress", "from"), ("egress", "to")):
            for rule in policy["spec"].get(direction, []):
                assert rule.get(peers), policy["metadata"]["name"]
                assert rule.get("ports"), policy["metadata"]["name"]


@pytest.mark.parametrize(
    ("labels", "chosen"), [({NAME: "a"}, True), ({NAME: "c"}, False), ({}, False)]
)
def test_a_selector_chooses_by_expressions(labels: dict[str, str], chosen: bool) -> None:
    selector = {"matchExpressions": [{"key": NAME, "operator": "In", "values": ["a", "b"]}]}
    assert selects(selector, labels) is chosen
    assert selects({}, labels)


def _connections(manifests: Manifests) -> Iterator[tuple[str, str, int]]:
    for who in manifests.workloads:
        for whom in manifests.workloads:
            for name, number in whom.ports().items():
                out = _allows(_rules(manifests, who, "Egress"), "to", whom, {number})
                into = _allows(_rules(manifests, whom, "Ingress"), "from", who, {name, number})
                if out and into:
                    yield who.app, whom.app, number


def _rules(manifests: Manifests, work: Workload, direction: str) -> list[dict[str, Any]]:
    return [
        rule
        for policy in manifests.of("NetworkPolicy")
        if direction in policy["spec"]["policyTypes"]
        and selects(policy["spec"]["podSelector"], work.labels)
        for rule in policy["spec"].get(direction.lower(), [])
    ]


def _allows(
    rules: list[dict[str, Any]], peers: str, other: Workload, ports: set[str | int]
) -> bool:
    return any(
        port["port"] in ports
        for rule in rules
        for peer in rule[peers]
        if "ipBlock" not in peer
        and "namespaceSelector" not in peer
        and selects(peer["podSelector"], other.labels)
        for port in rule["ports"]
    )


def _printers(manifests: Manifests) -> list[str]:
    (config,) = (
        resource
        for resource in manifests.of("ConfigMap")
        if resource["metadata"]["name"].startswith("bonfire-config-")
    )
    locations = tomllib.loads(config["data"]["bonfire.toml"])["locations"]
    return [printer["address"] for location in locations for printer in location["printers"]]
