"""What is queued is sent once, as long as it takes, and every outcome is written down."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import timedelta

import pytest
from prometheus_client import CollectorRegistry

from bonfire.breaker import BreakerChange
from bonfire.errors import Reason
from bonfire.messages import PrinterEventType
from bonfire.store import StoreError
from bonfire.testing import FakeClock
from notifier.channels import MailImpossible
from notifier.channels.fake import FakeChannel
from notifier.delivery import DISK_PAUSE_S, DRAIN_S, POLICY, Delivery
from notifier.desk import Desk
from notifier.domain.retries import MOST_S
from notifier.domain.signs import signs_of
from notifier.history import Arrival
from notifier.history.pages import Wanted
from notifier.mails import MailWriter
from notifier.metrics import NotifierMetrics
from notifier.templates import Templates
from tests.support.notifying import (
    BERTA,
    CHEF,
    MemoryStore,
    house,
    memory_history,
    printer_event,
)

FULL = StoreError(Reason.STORE_FULL, "no room")


class Rig:
    """A delivery with everything around it in memory, and time that a test moves."""

    def __init__(self) -> None:
        self.config = house()
        assert self.config.mail is not None
        self.clock = FakeClock()
        self.store = MemoryStore()
        self.history = memory_history(self.store, self.config)
        self.channel = FakeChannel()
        self.registry = CollectorRegistry()
        metrics = NotifierMetrics(self.registry, self.config)
        self.told: list[BreakerChange] = []
        self.delivery = Delivery(
            self.history,
            self.channel,
            MailWriter(self.config.mail, Templates(self.config)),
            self.clock,
            random.Random(1),  # noqa: S311 -- jitter
            metrics,
            self.tell,
        )
        self.desk = Desk(metrics, self.delivery.wake)
        self.running: asyncio.Task[None] | None = None

    async def tell(self, change: BreakerChange) -> None:
        await self.store.transact(lambda _db: self.told.append(change))

    def start(self) -> asyncio.Task[None]:
        self.running = asyncio.create_task(self.delivery.run())
        return self.running

    async def stop(self) -> None:
        if self.running is not None:
            self.running.cancel()
            await asyncio.gather(self.running, return_exceptions=True)

    async def lose(self, printer: str = "kitchen-1", location: str = "altstadt") -> None:
        """A printer is lost: two mails in Altstadt, one in Hafen."""
        now = self.clock.now()
        event = printer_event(at=now, agent=location, location=location)
        # The history does not ask whether there is such a printer.
        target = f"{location}/{printer}"
        signs = tuple(replace(sign, target=target) for sign in signs_of(event, self.config))
        self.desk.follow(await self.history.record(Arrival(event, "", "{}"), signs, now))
        await self.clock.settle()

    async def rows(self) -> Mapping[str, Mapping[str, object]]:
        """The newest notification of each person."""
        found = await self.history.notifications(Wanted(limit=500))
        return {str(row["email"]): row for row in reversed(found)}

    async def states(self) -> Mapping[str, tuple[object, object]]:
        return {email: (row["state"], row["reason"]) for email, row in (await self.rows()).items()}

    def taken_by(self) -> list[str]:
        return [mail.recipient for mail in self.channel.taken]

    def value(self, name: str, **labels: str) -> float | None:
        return self.registry.get_sample_value(f"bonfire_{name}", labels)


@pytest.fixture
async def rig() -> AsyncIterator[Rig]:
    rig = Rig()
    yield rig
    await rig.stop()
    rig.store.close()


async def test_everybody_gets_a_mail_at_once_and_that_is_written_down(rig: Rig):
    rig.start()
    await rig.lose()
    assert rig.taken_by() == [BERTA, CHEF]
    assert await rig.states() == {BERTA: ("accepted", ""), CHEF: ("accepted", "")}
    assert (await rig.rows())[BERTA]["answer"] == "250 taken"
    kind = {"type": "printer_lost"}
    assert rig.value("notifications_total", result="accepted", **kind) == 2
    assert rig.value("notifications_waiting") == 0
    assert rig.value("notification_seconds_count") == 2


async def test_what_an_earlier_run_left_is_sent_too(rig: Rig):
    await rig.lose()
    assert rig.taken_by() == []
    assert rig.value("notifications_waiting") == 2
    rig.start()
    await rig.clock.settle()
    assert rig.taken_by() == [BERTA, CHEF]


async def test_a_refused_recipient_is_asked_for_again_rarely_and_the_others_get_theirs(rig: Rig):
    rig.channel.refused.add(BERTA)
    rig.start()
    await rig.lose()
    asked = []
    for _ in range(24 * 6):
        await rig.clock.advance(600)
        asked.append(rig.channel.asked - 1)  # Chef was asked for once
    assert (asked[0], asked[6], asked[7 * 6 + 1], asked[-1]) == (2, 3, 4, 4)
    assert rig.taken_by() == [CHEF]
    assert (await rig.states())[BERTA] == ("refused", "mail_refused")
    assert (await rig.rows())[BERTA]["answer"] == "550 no such mailbox"
    assert rig.value("notifications_total", type="printer_lost", result="refused") == 1
    assert rig.value("notifications_total", type="printer_lost", result="given_up") == 0
    assert rig.value("notifications_waiting") == 0
    assert rig.told == []  # the breaker has not changed
    assert rig.channel.asked == 5


async def test_a_refusal_that_was_the_servers_mistake_is_made_good(rig: Rig):
    rig.channel.refused.add(BERTA)
    rig.start()
    await rig.lose()
    assert (await rig.states())[BERTA] == ("queued", "mail_refused")
    rig.channel.refused.clear()
    await rig.clock.advance(610)
    assert rig.taken_by() == [CHEF, BERTA]
    assert (await rig.states())[BERTA] == ("accepted", "")
    assert rig.value("notifications_total", type="printer_lost", result="refused") == 0


async def test_an_address_that_no_command_can_hold_is_refused_at_once(rig: Rig):
    rig.channel.failures.append(MailImpossible(Reason.MAIL_REFUSED, "cannot be written to"))
    rig.start()
    await rig.lose()
    assert (await rig.states())[BERTA] == ("refused", "mail_refused")
    assert rig.value("notifications_total", type="printer_lost", result="refused") == 1


async def test_a_mail_that_is_deferred_is_tried_again_and_the_server_is_not_to_blame(rig: Rig):
    rig.channel.deferred.add(CHEF)
    rig.start()
    await rig.lose()
    assert rig.taken_by() == [BERTA]
    assert (await rig.states())[CHEF] == ("queued", "mail_deferred")
    await rig.clock.advance(20)
    assert rig.channel.asked == 2
    rig.channel.deferred.clear()
    await rig.clock.advance(20)
    assert rig.taken_by() == [BERTA, CHEF]
    assert rig.value("breaker_state", breaker="smtp") == 0


async def test_a_server_that_is_away_is_asked_rarely_and_loses_nothing(rig: Rig):
    rig.channel.away = True
    rig.start()
    await rig.lose()
    assert rig.channel.asked == POLICY.failures
    for printer in ("bar-1", "kitchen-1"):
        await rig.lose(printer, "hafen")
    await rig.clock.advance(3_600)
    assert rig.channel.asked <= 2 + 3_600 / POLICY.open_s
    assert rig.value("breaker_state", breaker="smtp") == 2
    assert rig.value("notifications_waiting") == 4
    rig.channel.away = False
    await rig.clock.advance(MOST_S + POLICY.open_s)
    assert sorted(rig.taken_by()) == sorted([BERTA] * 3 + [CHEF])
    assert rig.value("breaker_state", breaker="smtp") == 0
    assert rig.value("notifications_waiting") == 0


async def test_news_after_an_absence_goes_out_soon_and_takes_what_waited_along(rig: Rig):
    rig.channel.away = True
    rig.start()
    await rig.lose()
    await rig.clock.advance(6 * 3_600)
    rig.channel.away = False
    await rig.lose(location="hafen")
    await rig.clock.advance(POLICY.open_s)
    assert sorted(rig.taken_by()) == sorted([BERTA, BERTA, CHEF])


async def test_an_absence_of_the_server_is_logged_once_and_once_its_return(rig: Rig, caplog):
    caplog.set_level("INFO")
    rig.channel.away = True
    rig.start()
    await rig.lose()
    await rig.clock.advance(3_600)
    rig.channel.away = False
    await rig.clock.advance(MOST_S + POLICY.open_s)
    events = [getattr(record, "event", "") for record in caplog.records]
    assert [event for event in events if event.startswith("mail.")] == ["mail.lost", "mail.back"]


async def test_changes_of_the_breaker_are_told_in_their_order(rig: Rig):
    rig.channel.away = True
    rig.start()
    await rig.lose()
    assert [change.state for change in rig.told] == ["open"]
    assert rig.told[0].reason == "mail_unreachable"
    rig.channel.away = False
    await rig.clock.advance(POLICY.open_s)
    assert [change.state for change in rig.told] == ["open", "half-open", "closed"]
    assert rig.value("breaker_changes_total", breaker="smtp", state="closed") == 1


async def test_after_a_day_a_mail_is_given_up(rig: Rig):
    rig.channel.deferred.update((BERTA, CHEF))
    rig.start()
    await rig.lose()
    await rig.clock.advance(23 * 3_600)
    assert (await rig.states())[BERTA][0] == "queued"
    await rig.clock.advance(3_600)
    assert (await rig.states())[BERTA] == ("given_up", "mail_deferred")
    assert rig.value("notifications_total", type="printer_lost", result="given_up") == 2
    assert rig.channel.asked < 130


async def test_a_mail_that_may_have_been_taken_is_sent_again_as_the_same_mail(rig: Rig):
    rig.channel.lost.add(BERTA)
    rig.start()
    await rig.lose(location="hafen")
    assert (await rig.states())[BERTA] == ("queued", "mail_unknown")
    rig.channel.lost.clear()
    await rig.clock.advance(40)
    first, second = rig.channel.taken
    assert first.message.items() == second.message.items()
    assert (await rig.states())[BERTA][0] == "accepted"


async def test_the_end_is_never_told_before_the_start(rig: Rig):
    rig.channel.deferred.add(BERTA)
    rig.start()
    await rig.lose(location="hafen")
    back = printer_event(
        at=rig.clock.now(), type_=PrinterEventType.BACK, agent="hafen", location="hafen"
    )
    signs = tuple(signs_of(back, rig.config))
    now = rig.clock.now()
    rig.desk.follow(await rig.history.record(Arrival(back, "", "{}"), signs, now))
    rig.desk.follow(await rig.history.settle(now + timedelta(seconds=21)))
    await rig.clock.advance(1)
    assert rig.channel.asked == 1
    rig.channel.deferred.clear()
    await rig.clock.advance(60)
    subjects = [str(mail.message["Subject"]) for mail in rig.channel.taken]
    assert ["Papier leer" in subjects[0], "druckt wieder" in subjects[1]] == [True, True]
    assert len(subjects) == 2


async def test_an_outcome_is_written_down_also_under_cancellation(rig: Rig):
    rig.channel.hold.clear()
    running = rig.start()
    await rig.lose(location="hafen")
    assert len(rig.channel.taken) == 1
    rig.store.refusals.append(FULL)  # so that to record it takes a second
    rig.channel.hold.set()
    await rig.clock.settle()
    running.cancel()
    await rig.clock.advance(2)
    assert running.cancelled()
    assert (await rig.states())[BERTA][0] == "accepted"


async def test_a_mail_that_is_cut_off_in_the_servers_hands_is_the_same_mail_next_time(rig: Rig):
    rig.channel.hold.clear()
    running = rig.start()
    await rig.lose(location="hafen")
    running.cancel()
    await rig.clock.settle()
    assert (await rig.states())[BERTA][0] == "queued"
    rig.channel.hold.set()
    rig.start()
    await rig.clock.settle()
    before, after = (mail.message["Message-ID"] for mail in rig.channel.taken)
    assert before == after


async def test_a_stop_waits_for_the_mail_in_hand_and_begins_no_other(rig: Rig):
    rig.channel.hold.clear()
    rig.start()
    await rig.lose()
    stopping = asyncio.create_task(rig.delivery.stop())
    await rig.clock.settle()
    assert not stopping.done()
    rig.channel.hold.set()
    await rig.clock.settle()
    assert stopping.done()
    await rig.clock.advance(600)
    assert rig.taken_by() == [BERTA]
    assert (await rig.states())[CHEF][0] == "queued"


async def test_a_stop_does_not_wait_longer_than_it_may(rig: Rig):
    rig.channel.hold.clear()
    rig.start()
    await rig.lose()
    stopping = asyncio.create_task(rig.delivery.stop())
    await rig.clock.advance(DRAIN_S)
    assert stopping.done()


async def test_a_disk_that_refuses_is_waited_for(rig: Rig):
    await rig.lose()
    rig.store.refusals.append(FULL)
    rig.start()
    await rig.clock.settle()
    assert rig.taken_by() == []
    await rig.clock.advance(DISK_PAUSE_S)
    assert rig.taken_by() == [BERTA, CHEF]


async def test_a_fault_of_ours_in_one_mail_does_not_stop_the_others(rig: Rig, caplog):
    rig.channel.failures.append(ZeroDivisionError("no words of a guest"))
    rig.start()
    await rig.lose()
    assert rig.taken_by() == [CHEF]
    assert (await rig.states())[BERTA] == ("queued", "internal_error")
    assert [r for r in caplog.records if getattr(r, "event", "") == "notification.failed"]
    await rig.clock.advance(40)
    assert rig.taken_by() == [CHEF, BERTA]


async def test_a_wall_clock_that_was_set_back_holds_no_mail_up(rig: Rig):
    rig.channel.deferred.add(BERTA)
    rig.start()
    await rig.lose(location="hafen")
    rig.channel.deferred.clear()
    rig.clock.jump(-7 * 86_400)
    await rig.clock.advance(90)
    assert rig.taken_by() == [BERTA]


@pytest.mark.parametrize("back_s", [7 * 86_400, 3_600])
async def test_a_refused_mail_is_not_asked_for_often_by_a_clock_that_was_set_back(
    rig: Rig, back_s: float
):
    rig.channel.refused.add(BERTA)
    rig.start()
    await rig.lose(location="hafen")
    rig.clock.jump(-back_s)
    await rig.clock.advance(3_600)
    assert rig.channel.asked <= 10
    await rig.clock.advance(8 * 3_600)
    rig.channel.refused.clear()
    await rig.clock.advance(3_600)
    assert rig.channel.asked <= 60


async def test_many_mails_go_out_in_batches_and_each_once(rig: Rig):
    for number in range(50):
        await rig.lose(f"printer-{number}", "hafen")
    rig.start()
    for _ in range(10):
        await rig.clock.settle()
    ids = [mail.message["Message-ID"] for mail in rig.channel.taken]
    assert len(ids) == len(set(ids)) == 50


async def test_no_name_or_address_reaches_the_log(rig: Rig, caplog):
    rig.channel.refused.add(CHEF)
    rig.start()
    await rig.lose()
    await rig.clock.advance(8 * 3_600)
    logged = str([vars(record) for record in caplog.records if record.name.startswith("notifier")])
    assert "notification.refused" in logged
    assert BERTA not in logged
    assert CHEF not in logged
