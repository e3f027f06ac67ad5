"""What is told of each restart of a task, once it is known whether it helped."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from bonfire.errors import Reason
from bonfire.health import healing
from bonfire.health.healing import PROVEN_S, Healing
from bonfire.identity import Identity
from bonfire.messages import Event, HealingAction, HealingEvent
from bonfire.store import StoreError
from bonfire.tasks import FIRST_PAUSE_S, MOST_RESTARTS, Tasks
from bonfire.testing import FakeClock

OSLO = Identity("print-agent", "oslo", "altstadt")


class House:
    def __init__(self) -> None:
        self.clock = FakeClock()
        self.told: list[HealingEvent] = []
        self.refusals = 0
        self.tasks = Tasks(lambda: None, self.clock)
        self.healing = Healing(OSLO, self.clock, self.tasks, self.tell)
        self.lives: list[float] = []

    async def tell(self, event: Event) -> None:
        assert isinstance(event, HealingEvent)
        if self.refusals:
            self.refusals -= 1
            raise StoreError(Reason.STORE_FULL, "no room")
        self.told.append(event)

    async def mortal(self) -> None:
        if self.lives:
            await self.clock.sleep(self.lives.pop(0))
            raise ValueError("Anna Huber")
        await asyncio.Event().wait()


@pytest.fixture
async def house() -> AsyncIterator[House]:
    found = House()
    yield found
    await found.tasks.cancel()


async def test_a_restart_that_helped_is_told_when_that_is_proven(house: House):
    house.lives = [0]
    house.tasks.spawn("healing events", house.healing.run)
    house.tasks.spawn("mortal", house.mortal)
    await house.clock.advance(FIRST_PAUSE_S + PROVEN_S - 0.1)
    assert house.told == []
    await house.clock.advance(0.2)
    (event,) = house.told
    assert (event.action, event.target) == (HealingAction.RESTART_TASK, "mortal")
    assert (event.seen, event.helped, event.seconds) == ("ValueError", True, FIRST_PAUSE_S)
    assert (event.service, event.instance, event.location) == ("print-agent", "oslo", "altstadt")
    assert "Huber" not in event.encode().decode()


async def test_a_restart_whose_task_died_again_did_not_help(house: House):
    house.lives = [0, 1, 0]
    house.tasks.spawn("healing events", house.healing.run)
    house.tasks.spawn("mortal", house.mortal)
    await house.clock.advance(60)
    assert [event.helped for event in house.told] == [False, False, True]


async def test_a_task_that_dies_later_was_helped_by_its_first_restart(house: House):
    house.lives = [0, PROVEN_S + 1]
    house.tasks.spawn("healing events", house.healing.run)
    house.tasks.spawn("mortal", house.mortal)
    await house.clock.advance(60)
    assert [event.helped for event in house.told] == [True, True]


async def test_a_disk_that_refuses_holds_the_telling_up_and_loses_nothing(house: House):
    house.refusals = 3
    house.lives = [0, 1]
    house.tasks.spawn("healing events", house.healing.run)
    house.tasks.spawn("mortal", house.mortal)
    await house.clock.advance(60)
    assert len(house.told) == 2


async def test_what_waits_to_be_told_is_bounded_and_the_newest_are_kept(
    house: House, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(healing, "MOST_UNTOLD", 2)
    house.healing = Healing(OSLO, house.clock, house.tasks, house.tell)
    house.lives = [0.0] * MOST_RESTARTS
    house.tasks.spawn("mortal", house.mortal)
    await house.clock.advance(60)
    house.tasks.spawn("healing events", house.healing.run)
    await house.clock.advance(60)
    pauses = [FIRST_PAUSE_S * 2**n for n in range(MOST_RESTARTS)]
    assert [event.seconds for event in house.told] == pauses[-2:]
