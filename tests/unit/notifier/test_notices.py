"""Who is told, and by which mail."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bonfire.config import MailLanguage
from bonfire.testing import START
from notifier.domain.circumstances import Circumstances
from notifier.domain.incidents import Incident, IncidentType, Phase, Verdict
from notifier.domain.notices import addressees, notices
from notifier.domain.retries import GIVE_UP_AFTER, REFUSED_PAUSES, next_try, next_try_of_refused
from notifier.templates import Templates
from tests.support.notifying import BERTA, CHEF, house

CONFIG = house()
INCIDENT = Incident(
    IncidentType.PRINTER_LOST, "altstadt/kitchen-1", Circumstances(locations=("altstadt",)), START
)
ENDED = replace(INCIDENT, ended_at=START + timedelta(minutes=5))


def emails(*locations: str) -> list[str]:
    return [one.email for one in addressees(Circumstances(locations=locations), CONFIG)]


def test_the_restaurants_people_of_the_location_are_told_and_operators_are_not():
    assert emails("altstadt") == [BERTA, CHEF]
    assert emails("hafen") == [BERTA]


def test_who_has_several_of_the_locations_is_told_once():
    assert emails("altstadt", "hafen") == [BERTA, CHEF]


@pytest.mark.parametrize("locations", [(), ("",), ("unknown",)])
def test_what_belongs_to_no_location_reaches_who_has_them_all(locations):
    assert emails(*locations) == [BERTA]


def test_one_notice_per_person_in_that_persons_language():
    first, second = notices(Verdict(None, INCIDENT, Phase.START), CONFIG)
    assert (first.email, first.language) == (BERTA, MailLanguage.GERMAN)
    assert (second.email, second.language) == (CHEF, MailLanguage.ENGLISH)
    assert first.happened_at == START
    assert first.replies_to == ""


@pytest.mark.parametrize("tickets", ["fr", "it"])
def test_where_tickets_are_in_a_language_without_mails_people_get_english_ones(tickets):
    abroad = house(defaults={"language": tickets}, people=[{"name": "Claire Bosco", "email": CHEF}])

    (notice,) = notices(Verdict(None, INCIDENT, Phase.START), abroad)

    assert notice.language is MailLanguage.ENGLISH
    assert "does not print" in Templates(abroad).letter(notice).text


def test_what_is_not_to_be_told_and_who_cannot_be_mailed_gets_no_notice():
    assert not list(notices(Verdict(None, INCIDENT), CONFIG))
    assert not list(notices(Verdict(None, INCIDENT, Phase.START), house(mail=None)))


def test_the_mail_of_the_end_answers_the_mail_of_the_start():
    start = next(notices(Verdict(None, INCIDENT, Phase.START), CONFIG))
    end = next(notices(Verdict(INCIDENT, ENDED, Phase.END, ENDED.ended_at), CONFIG))
    assert end.replies_to == start.message_id
    assert end.happened_at == ENDED.ended_at


def test_a_message_id_is_the_same_again_and_differs_by_person_phase_and_incident():
    told = [
        Verdict(None, INCIDENT, Phase.START),
        Verdict(INCIDENT, ENDED, Phase.END),
        Verdict(None, replace(INCIDENT, opened_at=START + timedelta(seconds=1)), Phase.START),
        Verdict(None, replace(INCIDENT, target="altstadt/bar-1"), Phase.START),
    ]
    ids = [notice.message_id for verdict in told for notice in notices(verdict, CONFIG)]
    assert len(set(ids)) == len(ids) == 8
    assert ids == [notice.message_id for verdict in told for notice in notices(verdict, CONFIG)]
    assert all(each.endswith("@bosco.example>") for each in ids)


def delay_s(attempts: int, jitter: float = 0.0) -> float:
    at = next_try(attempts, START, START, jitter)
    assert at is not None
    return (at - START).total_seconds()


def test_a_mail_is_tried_again_after_half_a_minute_then_twice_as_long_up_to_half_an_hour():
    assert [delay_s(attempts) for attempts in range(1, 9)] == [
        30, 60, 120, 240, 480, 960, 1800, 1800,
    ]  # fmt: skip


@given(st.integers(1, 10_000), st.floats(-1, 1))
def test_no_delay_is_longer_than_half_an_hour_or_shorter_than_three_quarters_of_half_a_minute(
    attempts, jitter
):
    assert 22.5 <= delay_s(attempts, jitter) <= 1800


def test_a_refused_mail_is_tried_three_times_more_within_a_day():
    now, ages = START, []
    while (next_at := next_try_of_refused(START, now)) is not None:
        now = next_at
        ages.append((now - START).total_seconds() / 60)
    assert ages == [10, 70, 430]


@given(st.timedeltas(timedelta(days=-9), timedelta(days=9)))
def test_the_next_try_of_a_refused_mail_is_minutes_away_and_never_after_the_day(age):
    next_at = next_try_of_refused(START, START + age)
    if next_at is not None:
        assert timedelta(minutes=10) <= next_at - (START + age) <= REFUSED_PAUSES[-1]
        assert next_at < START + GIVE_UP_AFTER


def test_after_a_day_it_is_given_up():
    almost = START + GIVE_UP_AFTER - timedelta(minutes=31)
    assert next_try(50, START, almost, 1.0) is not None
    assert next_try(50, START, almost + timedelta(minutes=1), 1.0) is None
