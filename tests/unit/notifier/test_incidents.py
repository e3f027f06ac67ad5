"""When an incident opens, goes on and ends, and when people are told."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bonfire.testing import START
from notifier.domain.circumstances import Circumstances
from notifier.domain.incidents import (
    HEALTH,
    OLDEST_NEWS,
    OVERTAKEN,
    QUIET,
    RECOVERY,
    Incident,
    IncidentType,
    Meaning,
    Phase,
    Sign,
    is_explained,
    judge,
    retire,
    settle,
)

SECOND = timedelta(seconds=1)


def sign(meaning: Meaning, **said: object) -> Sign:
    circumstances = Circumstances.model_validate({"reason": "paper_out", **said})
    return Sign(IncidentType.PRINTER_LOST, "altstadt/kitchen-1", meaning, circumstances, START)


TROUBLE = sign(Meaning.TROUBLE, since=START, waiting=1)
OVER = sign(Meaning.OVER, waiting=4, until=START + 60 * SECOND)


def said_at(said: Sign, at: datetime) -> Sign:
    over = said.meaning is Meaning.OVER
    news = said.circumstances.model_copy(update={"until": at if over else None})
    return replace(said, at=at, circumstances=news)


def opened() -> Incident:
    verdict = judge(TROUBLE, None, START)
    assert verdict is not None
    return verdict.after


def recovering() -> Incident:
    verdict = judge(OVER, opened(), START + 60 * SECOND)
    assert verdict is not None
    return verdict.after


def test_the_first_trouble_opens_an_incident_and_is_told():
    verdict = judge(TROUBLE, None, START)
    assert verdict is not None
    assert verdict.tell is Phase.START
    assert verdict.before is None
    assert verdict.after.open
    assert verdict.after.count == 1


def test_the_same_trouble_said_again_changes_nothing():
    assert judge(TROUBLE, opened(), START + SECOND) is None


def test_a_trouble_of_another_reason_is_noted_and_not_told_and_began_when_it_began():
    news = sign(Meaning.TROUBLE, reason="cover_open", since=START + SECOND, waiting=2)
    verdict = judge(news, opened(), START + SECOND)
    assert verdict is not None
    assert verdict.tell is None
    assert verdict.after.circumstances.reason == "cover_open"
    assert verdict.after.circumstances.waiting == 2
    assert verdict.after.circumstances.since == START
    assert verdict.after.count == 1


def test_an_end_is_told_only_after_some_seconds_of_health():
    incident = recovering()
    assert incident.open
    assert incident.circumstances.until == START + 60 * SECOND
    healthy_since = incident.healthy_since
    assert healthy_since is not None
    assert settle(incident, healthy_since + HEALTH - SECOND) is None
    verdict = settle(incident, healthy_since + HEALTH)
    assert verdict is not None
    assert verdict.tell is Phase.END
    assert not verdict.after.open


def test_an_incident_that_is_not_over_never_ends():
    assert settle(opened(), START + timedelta(days=400)) is None


def test_a_clock_that_was_set_back_ends_it_rather_than_never():
    assert settle(recovering(), START - timedelta(days=1)) is not None


def test_health_said_again_does_not_begin_anew():
    assert judge(OVER, recovering(), START + 70 * SECOND) is None


def test_health_of_what_was_well_says_nothing():
    assert judge(OVER, None, START) is None
    ended = replace(recovering(), ended_at=START)
    assert judge(OVER, ended, START) is None


def test_a_trouble_that_comes_back_in_time_is_the_same_incident_and_counts():
    now = START + 65 * SECOND
    verdict = judge(said_at(TROUBLE, now), recovering(), now)
    assert verdict is not None
    assert verdict.tell is None
    assert verdict.after.count == 2
    assert verdict.after.healthy_since is None
    assert settle(verdict.after, START + timedelta(hours=1)) is None


def test_a_trouble_after_the_end_is_a_new_incident_and_told():
    ended = settle(recovering(), START + timedelta(minutes=5))
    assert ended is not None
    now = START + timedelta(minutes=6)
    verdict = judge(said_at(TROUBLE, now), ended.after, now)
    assert verdict is not None
    assert verdict.tell is Phase.START
    assert verdict.after.id is None
    assert verdict.after.opened_at == START + timedelta(minutes=6)


@pytest.mark.parametrize("ended", [False, True])
def test_a_heartbeat_that_was_overtaken_by_the_news_that_it_is_back_says_nothing(ended):
    known = recovering()
    if ended:
        verdict = settle(known, START + 80 * SECOND)
        assert verdict is not None
        known = verdict.after
    composed_before = said_at(TROUBLE, START + 59 * SECOND)
    assert judge(composed_before, known, START + 81 * SECOND) is None
    assert judge(said_at(TROUBLE, START + 61 * SECOND), known, START + 81 * SECOND) is not None


def test_a_print_hosts_wrong_clock_hides_a_new_loss_for_a_minute_at_most():
    ahead = said_at(OVER, START + timedelta(days=3))
    verdict = judge(ahead, opened(), START)
    assert verdict is not None
    now = START + OVERTAKEN
    assert judge(said_at(TROUBLE, now), verdict.after, now - SECOND) is None
    assert judge(said_at(TROUBLE, now), verdict.after, now) is not None


WAITING = replace(TROUBLE, type=IncidentType.TICKETS_WAITING)


def test_while_a_printer_is_lost_and_shortly_after_people_know_why_its_tickets_wait():
    ended = settle(recovering(), START + 80 * SECOND)
    assert ended is not None
    for lost in (opened(), recovering(), ended.after):
        assert is_explained(WAITING, lost, START + 81 * SECOND)
    assert not is_explained(WAITING, ended.after, START + 80 * SECOND + RECOVERY)
    assert not is_explained(WAITING, ended.after, START)  # a clock that was set back
    assert not is_explained(WAITING, None, START)
    assert not is_explained(replace(WAITING, meaning=Meaning.OVER), opened(), START)
    assert not is_explained(TROUBLE, opened(), START)


def test_another_one_of_what_adds_up_counts_and_is_told_once():
    another = sign(Meaning.ANOTHER, unsettled=2)
    first = judge(another, None, START)
    assert first is not None
    second = judge(another, first.after, START + SECOND)
    assert second is not None
    assert (first.tell, second.tell) == (Phase.START, None)
    assert second.after.count == 2


def test_what_is_over_at_once_is_told_once_and_never_ends():
    passed = sign(Meaning.PASSED)
    verdict = judge(passed, None, START)
    assert verdict is not None
    assert verdict.tell is Phase.START
    assert not verdict.after.open


@pytest.mark.parametrize(
    ("said_at", "believed"),
    [
        (START - timedelta(hours=3), START - timedelta(hours=3)),
        (START + timedelta(hours=3), START),
        (START - timedelta(days=9_000), START - OLDEST_NEWS),
    ],
)
def test_news_happened_when_its_sender_says_unless_that_cannot_be(said_at, believed):
    for meaning in (Meaning.TROUBLE, Meaning.PASSED):
        verdict = judge(replace(sign(meaning), at=said_at), None, START)
        assert verdict is not None
        assert verdict.happened_at == believed


@pytest.mark.parametrize("apart", [timedelta(), QUIET - SECOND, -SECOND])
def test_what_passes_again_soon_is_counted_and_not_told(apart):
    first = judge(sign(Meaning.PASSED), None, START)
    assert first is not None
    again = judge(sign(Meaning.PASSED), first.after, START + apart)
    assert again is not None
    assert again.tell is None
    assert again.after.count == 2


def test_what_passes_again_much_later_is_told_again():
    first = judge(sign(Meaning.PASSED), None, START)
    assert first is not None
    again = judge(sign(Meaning.PASSED), first.after, START + QUIET)
    assert again is not None
    assert again.tell is Phase.START


def test_what_is_not_ours_any_more_ends_untold():
    verdict = retire(opened(), START + SECOND)
    assert verdict.tell is None
    assert not verdict.after.open


@given(st.lists(st.tuples(st.sampled_from([TROUBLE, OVER]), st.integers(0, 40)), max_size=60))
def test_every_start_that_is_told_is_followed_by_one_end_and_none_overlap(story):
    """However a printer flaps: told starts and ends alternate, and a start comes first."""
    now, known = START, None
    told: list[Phase | None] = []
    for said, pause_s in story:
        for _ in range(pause_s):
            now += SECOND
            if known is not None and known.open and (verdict := settle(known, now)):
                known = verdict.after
                told.append(verdict.tell)
        if (verdict := judge(said_at(said, now), known, now)) is not None:
            known = verdict.after
            if verdict.tell:
                told.append(verdict.tell)
    assert told == [Phase.START, Phase.END] * (len(told) // 2) + [Phase.START] * (len(told) % 2)


def test_a_printer_that_flaps_a_hundred_times_is_one_incident():
    incident, told = opened(), 0
    for number in range(100):
        now = START + number * 30 * SECOND
        for said, at in ((OVER, now + 15 * SECOND), (TROUBLE, now + 30 * SECOND)):
            assert settle(incident, at) is None
            verdict = judge(said_at(said, at), incident, at)
            assert verdict is not None
            incident, told = verdict.after, told + (verdict.tell is not None)
    assert told == 0
    assert incident.count == 101
