"""The breaker: opens after failures in a row, lets one probe through, closes after successes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry

from bonfire.breaker import Breaker, BreakerChange, BreakerOpen, BreakerPolicy, BreakerSeries
from bonfire.errors import Permanent, Reason, Retryable
from bonfire.messages import BreakerState
from bonfire.testing import FakeClock

POLICY = BreakerPolicy(failures=2, open_s=120.0, successes=1)
DOWN = Retryable(Reason.UNREACHABLE, "nobody there")


class Rig:
    def __init__(self, policy: BreakerPolicy = POLICY) -> None:
        self.clock = FakeClock()
        self.changes: list[BreakerChange] = []
        self.calls = 0
        self.breaker = Breaker(
            "smtp", policy, self.clock, self.changes.append, lambda e: not isinstance(e, Permanent)
        )

    @property
    def state(self) -> str:
        return self.breaker.state.value

    async def works(self) -> str:
        self.calls += 1
        return "fine"

    async def fails(self) -> str:
        self.calls += 1
        raise DOWN

    async def fail(self, times: int = 1) -> None:
        for _ in range(times):
            with pytest.raises(Retryable):
                await self.breaker.call(self.fails)

    async def refused(self) -> float:
        """It is left alone; returns for how long."""
        before = self.calls
        with pytest.raises(BreakerOpen) as raised:
            await self.breaker.call(self.works)
        assert self.calls == before
        return raised.value.retry_after_s


def held(
    ending: Callable[[], Awaitable[str]],
) -> tuple[asyncio.Event, Callable[[], Awaitable[str]]]:
    """A call that takes until the event is set, and then ends as `ending` does."""
    release = asyncio.Event()

    async def call() -> str:
        await release.wait()
        return await ending()

    return release, call


async def test_a_healthy_peer_is_asked_and_its_answer_returned():
    rig = Rig()
    assert await rig.breaker.call(rig.works) == "fine"
    assert rig.state == "closed"
    assert rig.changes == []


async def test_failures_in_a_row_open_it_and_then_nobody_asks():
    rig = Rig()
    await rig.fail(2)
    assert rig.state == "open"
    assert await rig.refused() == 120.0
    await rig.clock.advance(119)
    assert await rig.refused() == pytest.approx(1.0)
    assert rig.calls == 2
    assert rig.changes == [
        BreakerChange("smtp", BreakerState.CLOSED, BreakerState.OPEN, "unreachable")
    ]


async def test_a_success_between_two_failures_keeps_it_closed():
    rig = Rig()
    await rig.fail()
    await rig.breaker.call(rig.works)
    await rig.fail()
    assert rig.state == "closed"


async def test_a_refusal_of_one_call_is_no_failure_of_the_peer():
    rig = Rig()

    async def refuse() -> str:
        raise Permanent(Reason.MAIL_REFUSED, "no such mailbox")

    for _ in range(5):
        with pytest.raises(Permanent):
            await rig.breaker.call(refuse)
    assert rig.state == "closed"


async def test_after_its_time_one_success_closes_it():
    rig = Rig()
    await rig.fail(2)
    await rig.clock.advance(120)
    assert rig.breaker.retry_after_s == 0
    assert await rig.breaker.call(rig.works) == "fine"
    assert [change.state for change in rig.changes] == [
        BreakerState.OPEN,
        BreakerState.HALF_OPEN,
        BreakerState.CLOSED,
    ]


async def test_a_failed_probe_opens_it_for_the_whole_time_again():
    rig = Rig()
    await rig.fail(2)
    await rig.clock.advance(120)
    await rig.fail()
    assert rig.state == "open"
    assert await rig.refused() == 120.0


async def test_it_closes_only_after_as_many_successes_as_are_wanted():
    rig = Rig(BreakerPolicy(failures=5, open_s=30.0, successes=3))
    await rig.fail(5)
    await rig.clock.advance(30)
    for _ in range(2):
        await rig.breaker.call(rig.works)
        assert rig.state == "half-open"
    await rig.breaker.call(rig.works)
    assert rig.state == "closed"


async def test_one_probe_at_a_time():
    rig = Rig()
    await rig.fail(2)
    await rig.clock.advance(120)
    release, probe = held(rig.works)
    probing = asyncio.create_task(rig.breaker.call(probe))
    await rig.clock.settle()
    assert rig.state == "half-open"
    assert await rig.refused() > 0
    release.set()
    assert await probing == "fine"
    assert rig.state == "closed"


async def test_a_cancelled_call_says_nothing():
    rig = Rig()
    await rig.fail()
    _, endless = held(rig.works)
    calling = asyncio.create_task(rig.breaker.call(endless))
    await rig.clock.settle()
    calling.cancel()
    with pytest.raises(asyncio.CancelledError):
        await calling
    assert rig.state == "closed"
    await rig.fail()  # the second in a row: the cancelled one did not count as a success
    assert rig.state == "open"


async def test_a_cancelled_probe_leaves_the_way_free_for_the_next_one():
    rig = Rig()
    await rig.fail(2)
    await rig.clock.advance(120)
    _, endless = held(rig.works)
    probing = asyncio.create_task(rig.breaker.call(endless))
    await rig.clock.settle()
    probing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await probing
    assert rig.state == "half-open"
    assert await rig.breaker.call(rig.works) == "fine"


@pytest.mark.parametrize("ends_well", [True, False])
async def test_a_result_of_before_the_trip_is_ignored_after_it(ends_well):
    rig = Rig()
    release, late = held(rig.works if ends_well else rig.fails)
    calling = asyncio.create_task(rig.breaker.call(late))
    await rig.clock.settle()
    await rig.fail(2)
    await rig.clock.advance(120)
    probe_release, probe = held(rig.works)
    probing = asyncio.create_task(rig.breaker.call(probe))
    await rig.clock.settle()
    release.set()
    await asyncio.gather(calling, return_exceptions=True)
    assert rig.state == "half-open"  # the probe decides, not the late one
    probe_release.set()
    await probing
    assert rig.state == "closed"


async def test_the_wall_clock_does_not_matter():
    rig = Rig()
    await rig.fail(2)
    rig.clock.jump(-86_400)
    await rig.clock.advance(120)
    assert await rig.breaker.call(rig.works) == "fine"


async def test_a_person_may_close_it_and_the_count_begins_anew():
    rig = Rig()
    rig.breaker.reset()
    assert rig.changes == []
    await rig.fail(2)
    rig.breaker.reset()
    assert rig.state == "closed"
    await rig.fail()
    assert rig.state == "closed"


async def test_every_error_counts_where_nobody_says_otherwise():
    rig = Rig()
    rig.breaker = Breaker("smtp", POLICY, rig.clock, rig.changes.append)
    await rig.fail(2)
    assert rig.state == "open"


async def test_an_error_without_a_reason_is_told_by_its_kind():
    rig = Rig()

    async def odd() -> str:
        raise ValueError("?")

    for _ in range(2):
        with pytest.raises(ValueError, match=r"\?"):
            await rig.breaker.call(odd)
    assert rig.changes[0].reason == "ValueError"


@given(st.lists(st.sampled_from(["works", "fails", "wait"]), max_size=40))
async def test_it_never_asks_while_open_and_changes_only_along_its_three_ways(steps):
    rig = Rig()
    for step in steps:
        if step == "wait":
            await rig.clock.advance(60)
            continue
        was_open = rig.breaker.retry_after_s > 0
        before = rig.calls
        try:
            await rig.breaker.call(getattr(rig, step))
        except BreakerOpen:
            assert was_open
        except Retryable:
            assert step == "fails"
        assert (rig.calls == before) is was_open
    known = {
        ("closed", "open"),
        ("open", "half-open"),
        ("half-open", "open"),
        ("half-open", "closed"),
    }
    assert {(change.before.value, change.state.value) for change in rig.changes} <= known


def test_its_series_exist_from_the_start_and_follow_it():
    registry = CollectorRegistry()
    series = BreakerSeries(registry, ["smtp"])

    def value(name: str, **labels: str) -> float | None:
        return registry.get_sample_value(name, {"breaker": "smtp", **labels})

    assert value("bonfire_breaker_state") == 0
    for state in BreakerState:
        assert value("bonfire_breaker_changes_total", state=state.value) == 0
    series.changed(BreakerChange("smtp", BreakerState.CLOSED, BreakerState.OPEN, "unreachable"))
    assert value("bonfire_breaker_state") == 2
    assert value("bonfire_breaker_changes_total", state="open") == 1
