from datetime import UTC, datetime, timedelta

import pytest

from print_agent.ticket.local_time import LocalTime
from print_agent.ticket.words import ENGLISH, FRENCH, GERMAN, ITALIAN, Words

AT = datetime(2026, 3, 6, 17, 41, tzinfo=UTC)


def berlin(words: Words = ENGLISH) -> LocalTime:
    return LocalTime("Europe/Berlin", AT, words)


def test_a_time_of_the_same_day_is_hours_and_minutes():
    assert berlin().say(AT) == "18:41"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (ENGLISH, "Sat 7 Mar 18:41"),
        (GERMAN, "Sa 7. Mär 18:41"),
        (FRENCH, "sam. 7 mars 18:41"),
        (ITALIAN, "sab 7 mar 18:41"),
    ],
)
def test_another_day_is_named(words, said):
    assert berlin(words).say(AT + timedelta(days=1)) == said


def test_another_year_is_named_too():
    assert berlin().say(AT + timedelta(days=365)) == "Sat 6 Mar 2027 18:41"


def test_the_day_is_the_one_at_the_location():
    late = datetime(2026, 3, 6, 23, 30, tzinfo=UTC)
    assert berlin().say(late) == "Sat 7 Mar 00:30"
    assert not berlin().is_today(late)


def test_a_slot_names_its_day_once():
    start = AT + timedelta(days=1)
    assert berlin().say_slot(AT, AT) == "18:41"
    assert berlin().say_slot(AT, AT + timedelta(minutes=30)) == "18:41-19:11"
    assert berlin().say_slot(start, start + timedelta(hours=1)) == "Sat 7 Mar 18:41-19:41"
    assert berlin().say_slot(AT, start) == "18:41 - Sat 7 Mar 18:41"


def test_a_slot_in_utc_is_no_time_of_a_zone_that_utc_is_ahead_of():
    local = LocalTime("Europe/Atlantis", AT, ENGLISH)
    assert local.say_slot(AT, AT + timedelta(minutes=30)) == "17:41-18:11 UTC"


@pytest.mark.parametrize("zone", ["", "Europe/Atlantis", "../secret", "Europe", "\x00"])
def test_an_unknown_zone_becomes_utc_and_says_so(zone):
    assert LocalTime(zone, AT, ENGLISH).say(AT) == "17:41 UTC"


def test_the_last_day_that_exists_is_still_said():
    assert berlin().say(datetime.max.replace(tzinfo=UTC)).startswith("Fri 31 Dec 9999")
