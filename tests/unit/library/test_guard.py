"""What stands before every connection of a server, in virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bonfire.web.guard import Gate, Guard, Limits
from tests.support.virtual_time import VirtualLoop

LIMITS = Limits(header_s=5, keepalive_s=75, connections=2)


class Wire:
    """A transport as far as a guard uses one."""

    aborted = False

    def abort(self) -> None:
        self.aborted = True


class Inner(asyncio.Protocol):
    pass


def guarded(gate: Gate | None = None) -> tuple[Guard, Wire]:
    guard, wire = Guard(Inner(), gate or Gate(2), LIMITS), Wire()
    guard.connection_made(cast(asyncio.Transport, wire))
    return guard, wire


EVENTS: dict[str, Callable[[Guard], None]] = {
    "data": lambda guard: guard.data_received(b"x"),
    "arrived": Guard.request_arrived,
    "answered": Guard.request_answered,
    "full": Guard.pause_writing,
    "taken": Guard.resume_writing,
}


@given(st.lists(st.tuples(st.sampled_from(sorted(EVENTS)), st.floats(0, 4)), max_size=20))
def test_whatever_happened_a_silent_peer_is_closed_unless_its_request_is_in_hand(
    happenings: list[tuple[str, float]],
):
    async def live() -> None:
        guard, wire = guarded()
        excused = False  # the application has the request, and the peer takes what it is sent
        in_request = False
        for name, pause_s in happenings:
            EVENTS[name](guard)
            in_request = {"arrived": True, "answered": False}.get(name, in_request)
            if name != "data":
                excused = in_request and name != "full"
            await asyncio.sleep(pause_s)
            if wire.aborted:
                break
        await asyncio.sleep(LIMITS.header_s + LIMITS.keepalive_s)
        assert wire.aborted is not excused

    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        runner.run(live())


def test_a_gate_admits_so_many_at_a_time():
    gate = Gate(2)
    assert [gate.admit() for _ in range(3)] == [True, True, False]
    gate.release()
    gate.release()
    assert gate.admit()


def test_a_full_gate_is_told_once_until_half_of_them_have_gone(caplog: pytest.LogCaptureFixture):
    gate = Gate(4)
    for _ in range(7):
        gate.admit()
    for _ in range(4):
        gate.release()
        gate.admit()
    assert [record.__dict__["event"] for record in caplog.records] == ["web.full"]
    for _ in range(5):
        gate.release()
    for _ in range(3):
        gate.admit()
    assert [record.__dict__["event"] for record in caplog.records] == ["web.full"] * 2


async def test_a_surplus_connection_is_closed_once_its_protocol_has_begun():
    gate = Gate(1)
    guarded(gate)
    guard, wire = guarded(gate)
    assert not wire.aborted
    for _ in range(3):
        await asyncio.sleep(0)
    assert wire.aborted
    guard.connection_lost(None)
    gate.release()
    assert gate.admit()
