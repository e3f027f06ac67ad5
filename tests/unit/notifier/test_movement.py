"""Whether a printer's queue moves, by what its print host's heartbeats say."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bonfire.testing import START
from notifier.domain.movement import UNHEARD, Queues, follow
from tests.support.notifying import printer_state

BEAT = timedelta(seconds=15)
DUE = START - timedelta(minutes=10)


def stood() -> Queues:
    """Three tickets that have not moved since the heartbeat before."""
    state = printer_state(waiting=3, oldest_due_at=DUE)
    return follow(follow({}, (state,), START), (state,), START + BEAT)


def test_a_queue_that_stands_moved_when_it_was_first_heard_of():
    assert stood()["kitchen-1"].moved_at == START


@pytest.mark.parametrize(
    ("after", "moves"),
    [
        ({"waiting": 3, "oldest_due_at": DUE}, False),
        ({"waiting": 9, "oldest_due_at": DUE}, False),
        ({"waiting": 4, "oldest_due_at": DUE - BEAT}, False),  # an older one came: nothing printed
        ({"waiting": 2, "oldest_due_at": DUE}, True),
        ({"waiting": 3, "oldest_due_at": DUE + BEAT}, True),
        ({"waiting": 0, "oldest_due_at": None}, True),
    ],
)
def test_a_queue_moves_when_it_gets_shorter_or_has_another_head(after, moves):
    now = START + 2 * BEAT
    queues = follow(stood(), (printer_state(**after),), now)
    assert queues["kitchen-1"].moved_at == (now if moves else START)


def test_tickets_that_come_to_an_empty_queue_late_have_not_stood_there():
    empty = follow({}, (printer_state(),), START)
    queues = follow(empty, (printer_state(waiting=3, oldest_due_at=DUE),), START + BEAT)
    assert queues["kitchen-1"].moved_at == START + BEAT


@pytest.mark.parametrize(
    ("gap", "moved"), [(UNHEARD, False), (UNHEARD + BEAT, True), (-BEAT, True)]
)
def test_what_happened_while_nothing_was_heard_nobody_knows(gap, moved):
    now = START + BEAT + gap
    queues = follow(stood(), (printer_state(waiting=3, oldest_due_at=DUE),), now)
    assert queues["kitchen-1"].moved_at == (now if moved else START)


def test_a_heartbeat_that_is_read_twice_moves_nothing_and_each_printer_has_its_own_queue():
    states = (printer_state(waiting=3, oldest_due_at=DUE), printer_state("bar-1"))
    queues = follow(stood(), states, START + BEAT)
    assert queues["kitchen-1"].moved_at == START
    assert queues["bar-1"].moved_at == START + BEAT
