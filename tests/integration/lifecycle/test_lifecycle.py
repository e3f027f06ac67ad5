"""Real processes that are signalled: their exit codes, and the order of their last steps."""

from __future__ import annotations

import signal
from contextlib import AbstractContextManager

import pytest

from tests.support import logged


def running(*words: str) -> AbstractContextManager[logged.Logged]:
    return logged.running("tests.support.example_service", *words)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_drains_cancels_and_closes_in_this_order_and_ends_with_0(number: signal.Signals):
    with running() as service:
        service.read_until("service.started")
        service.process.send_signal(number)
        assert service.end() == 0
    assert service.events == [
        "service.started",
        "service.stopping",
        "drained",
        "cancelled",
        "closed",
        "service.stopped",
    ]


def test_a_service_that_is_asked_to_stop_while_it_starts_does_so_once_it_has():
    with running("sluggish") as service:
        service.read_until("starting")
        service.process.send_signal(signal.SIGTERM)
        assert service.end() == 0
    assert service.events[-4:] == ["drained", "cancelled", "closed", "service.stopped"]


def test_more_signals_while_it_stops_change_nothing():
    with running("slow") as service:
        service.read_until("service.started")
        service.process.send_signal(signal.SIGTERM)
        service.read_until("drained")
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGINT):
            service.process.send_signal(number)
        assert service.end() == 0
    assert service.events[-2:] == ["closed", "service.stopped"]


@pytest.mark.parametrize("word", ["mortal", "brief"])
def test_a_task_that_ends_stops_the_process_to_be_started_again(word: str):
    with running(word) as service:
        assert service.end() == 75
    died = service.record("task.died")
    assert (died["task"], died["level"]) == (word, "CRITICAL")
    assert ("ValueError: no more\nof this" in died.get("exc_info", "")) is (word == "mortal")
    assert service.events[-4:] == ["drained", "cancelled", "closed", "service.stopped"]


def test_the_sixth_death_of_a_task_within_a_minute_stops_the_process_to_be_started_again():
    with running("dying") as service:
        assert service.end() == 75
    told = [event for event in service.events if event.startswith("task.")]
    assert told == ["task.restarted"] * 5 + ["task.died"]
    assert "after 5 restarts within 60 s" in service.record("task.died")["why"]
    assert service.events[-4:] == ["drained", "cancelled", "closed", "service.stopped"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize(
    ("word", "reason", "detail"),
    [
        ("unusable", "store_newer", "a newer release wrote it"),
        ("unbuildable", "config_invalid", "nothing to build from"),
    ],
)
def test_a_service_that_cannot_start_says_why_stays_up_and_ends_with_0_when_asked(
    word: str, reason: str, detail: str, number: signal.Signals
):
    with running(word) as service:
        service.read_until("service.unusable")
        told = service.record("service.unusable")
        assert (told["reason"], told["detail"], told["level"]) == (reason, detail, "CRITICAL")
        service.process.send_signal(number)
        assert service.end() == 0
    assert service.events[-1] == "service.stopped"
    assert "drained" not in service.events


@pytest.mark.parametrize("word", ["stuck", "stubborn"])
def test_whatever_hangs_the_process_ends_at_its_deadline(word: str):
    with running(word) as service:
        service.read_until("service.started")
        service.process.send_signal(signal.SIGTERM)
        assert service.end() == 70
    assert service.events[-1] == "service.stopped_late"
    assert service.record("service.stopped_late")["deadline_s"] == 0.5


@pytest.mark.parametrize("word", ["undrainable", "impatient"])
def test_a_step_of_stopping_that_fails_is_told_and_the_next_ones_follow(word: str):
    with running(word) as service:
        service.read_until("service.started")
        service.process.send_signal(signal.SIGTERM)
        assert service.end() == 70
    assert service.record("service.stop_failed")["step"] == "drain"
    assert service.events[-3:] == ["cancelled", "closed", "service.stopped"]
