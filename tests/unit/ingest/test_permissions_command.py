"""Who may do what on the broker, as commands for it."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from bonfire import config
from bonfire.broker import topology
from order_ingest import command_line
from order_ingest.permissions_command import broker_users, commands

EXAMPLE = Path(__file__).resolve().parents[3] / "bonfire.example.toml"


@pytest.fixture
def loaded() -> config.Config:
    return config.load(EXAMPLE)


def test_every_print_host_and_both_services_of_the_hub_get_a_user(loaded: config.Config) -> None:
    names = [user.name for user in broker_users(loaded)]
    assert names == ["order-ingest", "notifier", "print-agent-altstadt"]


def test_each_user_gets_permissions_on_objects_and_on_routing_keys(loaded: config.Config) -> None:
    lines = [shlex.split(line) for line in commands(loaded, "bosco")]
    verbs = ["set_permissions", "set_topic_permissions", "set_topic_permissions"]
    assert [line[1] for line in lines] == verbs * 3
    assert all(line[2:4] == ["-p", "bosco"] for line in lines)
    agent = topology.permissions_of_agent("altstadt", ["altstadt"])
    assert lines[-3][4:] == ["print-agent-altstadt", agent.configure, agent.write, agent.read]
    assert lines[-2][4:] == ["print-agent-altstadt", "bonfire.events", agent.topics, ".*"]
    assert lines[-1][4:] == ["print-agent-altstadt", "bonfire.dead", agent.topics, ".*"]


def test_a_print_host_speaks_for_its_own_restaurants_and_for_none_only_if_it_has_several() -> None:
    one = topology.permissions_of_agent("pi", ["altstadt"]).topics
    several = topology.permissions_of_agent("pi", ["altstadt", "soho"]).topics
    assert [bool(re.search(one, key)) for key in ("altstadt.a.b", "-.a.b", "soho.a.b")] == [
        True,
        False,
        False,
    ]
    assert all(re.search(several, key) for key in ("altstadt.a.b", "-.a.b", "soho.a.b"))


def test_a_print_host_reads_its_own_queues_and_no_others(loaded: config.Config) -> None:
    may = broker_users(loaded)[-1].may
    assert re.search(may.read, "jobs.altstadt")
    assert not re.search(may.read, "jobs.altstadt-2")
    assert not re.search(may.read, "jobs.hafen")
    assert not re.search(may.write, "bonfire.jobs")


def test_the_notifier_reads_events_and_heartbeats_and_no_jobs(loaded: config.Config) -> None:
    may = broker_users(loaded)[1].may
    assert all(re.search(may.read, queue) for queue in ("events.notifier", "heartbeats"))
    assert not any(re.search(may.read, queue) for queue in ("events.ledger", "jobs.altstadt"))


def test_the_command_prints_them(capsys: pytest.CaptureFixture[str]) -> None:
    assert command_line.main(["permissions", str(EXAMPLE), "--vhost", "bosco"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("rabbitmqctl set_permissions -p bosco order-ingest '.*' '.*' '.*'\n")
