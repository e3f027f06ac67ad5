"""The loop's pulse: what its late beats tell."""

from __future__ import annotations

import asyncio

import pytest

from bonfire.health.pulse import EVERY_S, SMOOTH_S, WINDOW_S, Pulse
from tests.support.hands import Hands
from tests.support.virtual_time import VirtualLoop

LIMP_S = 10.0


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
async def pulse(hands: Hands) -> Pulse:
    """Beats when a test lets it: the loop itself is held still."""
    found = Pulse(hands.monotonic, LIMP_S)
    found.start()
    return found


def beat_after(pulse: Pulse, hands: Hands, seconds: float, times: int = 1) -> None:
    for _ in range(times):
        hands.pass_s(seconds)
        pulse.beat()


async def test_a_beat_in_time_is_no_lag(pulse: Pulse, hands: Hands):
    beat_after(pulse, hands, EVERY_S, times=100)
    assert pulse.lag_s == pytest.approx(0)
    assert not pulse.limps
    assert pulse.beats == 100


async def test_the_largest_lag_is_kept_for_at_least_30_s_and_no_longer_than_60(
    pulse: Pulse, hands: Hands
):
    beat_after(pulse, hands, EVERY_S + 0.7)
    beat_after(pulse, hands, EVERY_S, times=int(WINDOW_S / EVERY_S))
    assert pulse.lag_s == pytest.approx(0.7)
    beat_after(pulse, hands, EVERY_S, times=int(WINDOW_S / EVERY_S) + 1)
    assert pulse.lag_s == pytest.approx(0)


async def test_a_beat_that_is_still_to_come_is_lag_already(pulse: Pulse, hands: Hands):
    hands.pass_s(EVERY_S + 3)
    assert pulse.lag_s == pytest.approx(3)


async def test_a_blocked_loop_limps_from_its_limit_on(pulse: Pulse, hands: Hands):
    hands.pass_s(EVERY_S + LIMP_S - 0.01)
    assert not pulse.limps
    hands.pass_s(0.02)
    assert pulse.limps


async def test_a_loop_that_gets_a_turn_only_ever_so_often_limps_all_the_time(
    pulse: Pulse, hands: Hands
):
    beat_after(pulse, hands, LIMP_S + EVERY_S)
    for _ in range(5):
        assert pulse.limps  # as a probe would find that is answered after the beat
        hands.pass_s(LIMP_S + EVERY_S)
        assert pulse.limps  # and before it
        pulse.beat()


async def test_a_loop_that_runs_again_limps_until_it_has_run_smoothly_for_a_while(
    pulse: Pulse, hands: Hands
):
    beat_after(pulse, hands, 2 * LIMP_S)
    beat_after(pulse, hands, EVERY_S, times=int(SMOOTH_S / EVERY_S) - 1)
    assert pulse.limps
    beat_after(pulse, hands, EVERY_S)
    assert not pulse.limps


async def test_a_rough_beat_begins_that_while_anew(pulse: Pulse, hands: Hands):
    beat_after(pulse, hands, 2 * LIMP_S)
    beat_after(pulse, hands, EVERY_S, times=int(SMOOTH_S / EVERY_S) - 1)
    beat_after(pulse, hands, EVERY_S + 1.5)
    beat_after(pulse, hands, EVERY_S, times=int(SMOOTH_S / EVERY_S) - 1)
    assert pulse.limps


async def test_a_pulse_that_is_stopped_or_not_started_is_not_overdue(hands: Hands):
    pulse = Pulse(hands.monotonic, LIMP_S)
    hands.pass_s(100)
    assert (pulse.lag_s, pulse.limps) == (0, False)
    pulse.start()
    pulse.stop()
    hands.pass_s(100)
    assert (pulse.lag_s, pulse.limps) == (0, False)
    pulse.stop()


def test_it_beats_by_itself_in_a_running_loop():
    async def count() -> int:
        pulse = Pulse(asyncio.get_running_loop().time, LIMP_S)
        pulse.start()
        await asyncio.sleep(EVERY_S * 4.5)
        pulse.stop()
        await asyncio.sleep(EVERY_S * 2)
        return pulse.beats

    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        assert runner.run(count()) == 4
