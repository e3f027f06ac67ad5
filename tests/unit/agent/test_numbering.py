"""Ticket numbers: 1..n per printer and business day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from print_agent.domain.numbering import TicketNumber, business_day, next_number

MAY_12 = date(2026, 5, 12)
ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Auckland", "UTC")


def local(zone: str, *moment: int, fold: int = 0) -> datetime:
    year, month, day, hour, minute = moment
    wall = datetime(year, month, day, hour, minute, tzinfo=ZoneInfo(zone), fold=fold)
    return wall.astimezone(UTC)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(
    ("hour", "minute", "day"), [(3, 59, 11), (4, 0, 12), (23, 59, 12), (0, 0, 11)]
)
def test_a_day_begins_at_four_in_the_morning_of_the_restaurant(
    zone: str, hour: int, minute: int, day: int
):
    assert business_day(local(zone, 2026, 5, 12, hour, minute), zone) == date(2026, 5, day)


@pytest.mark.parametrize(
    ("moment", "fold", "day"),
    [
        ((2026, 3, 29, 1, 59), 0, 28),  # an hour later it is 04:00
        ((2026, 3, 29, 3, 59), 0, 28),
        ((2026, 3, 29, 4, 0), 0, 29),
        ((2026, 10, 25, 2, 30), 0, 24),
        ((2026, 10, 25, 2, 30), 1, 24),  # the same hour for the second time
        ((2026, 10, 25, 3, 59), 0, 24),
        ((2026, 10, 25, 4, 0), 0, 25),
    ],
)
def test_on_the_days_of_the_clock_change_the_day_begins_at_four_too(
    moment: tuple[int, ...], fold: int, day: int
):
    zone = "Europe/Berlin"
    assert business_day(local(zone, *moment, fold=fold), zone).day == day


def test_the_machines_own_zone_does_not_matter():
    moment = datetime(2026, 5, 12, 22, 30, tzinfo=ZoneInfo("America/New_York"))
    assert business_day(moment, "Europe/Berlin") == date(2026, 5, 13)


@pytest.mark.parametrize("zone", ["Europe/Gotham", "../../etc/passwd", "Europe", "", "\0"])
def test_an_unknown_zone_counts_as_utc(zone: str):
    assert business_day(datetime(2026, 5, 12, 4, 0, tzinfo=UTC), zone) == MAY_12
    assert business_day(datetime(2026, 5, 12, 3, 59, tzinfo=UTC), zone) == date(2026, 5, 11)


def test_the_first_number_of_a_printer_and_of_a_day_is_one():
    assert next_number(None, MAY_12) == TicketNumber(MAY_12, 1)
    yesterday = TicketNumber(date(2026, 5, 11), 417)
    assert next_number(yesterday, MAY_12) == TicketNumber(MAY_12, 1)


def test_within_a_day_numbers_count_up_also_after_a_reprint():
    assert next_number(TicketNumber(MAY_12, 417, 2), MAY_12) == TicketNumber(MAY_12, 418)


def test_a_day_never_goes_back():
    assert next_number(TicketNumber(MAY_12, 7), date(2026, 5, 3)) == TicketNumber(MAY_12, 8)


def test_a_number_is_written_with_four_digits_and_says_how_often_it_was_sent():
    first = TicketNumber(MAY_12, 417)
    assert str(first) == "0417"
    assert str(first.again()) == "0417/2"
    assert first.again().first() == first
    assert str(TicketNumber(MAY_12, 12_345)) == "12345"


@given(
    st.lists(st.integers(-40 * 3_600, 40 * 3_600), min_size=1, max_size=60),
    st.sampled_from(ZONES),
)
def test_whatever_the_clock_does_numbers_of_a_day_are_one_to_n_and_days_only_go_on(
    steps_s: list[int], zone: str
):
    now, last, given_out = datetime(2026, 3, 27, 12, tzinfo=UTC), None, []
    for step_s in steps_s:
        now += timedelta(seconds=step_s)
        last = next_number(last, business_day(now, zone))
        given_out.append(last)
    days = [number.day for number in given_out]
    assert days == sorted(days)
    for day in set(days):
        numbers = [number.number for number in given_out if number.day == day]
        assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize(
    ("number", "previous"),
    [
        (TicketNumber(MAY_12, 1), ""),
        (TicketNumber(MAY_12, 418), "0417"),
        (TicketNumber(MAY_12, 418, 2), "0417"),
    ],
)
def test_a_number_knows_the_one_before_it_on_the_same_day(number, previous):
    assert number.previous == previous
