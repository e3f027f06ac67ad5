"""What a letter is to people, and what it does to its job."""

from __future__ import annotations

import pytest

from order_ingest.domain.dead_letter import REASONS, KnownJob, Letter, Origin, state_of
from order_ingest.domain.reason_words import _SENTENCES, _UNKNOWN, sentence
from order_ingest.domain.states import JobState, LetterState

UNSETTLED, PRINTED, OVERTAKEN = (
    LetterState.UNSETTLED,
    LetterState.PRINTED,
    LetterState.OVERTAKEN,
)


def letter(origin: Origin, generation: int = 2) -> Letter:
    return Letter(origin, "render_error", job_id="0" * 32, generation=generation)


def known(state: JobState, generation: int) -> KnownJob:
    return KnownJob(state, generation, "altstadt", "pi-1")


@pytest.mark.parametrize("origin", [origin for origin in Origin if origin is not Origin.AGENT])
@pytest.mark.parametrize(
    ("state", "becomes"),
    [
        (JobState.OPEN, UNSETTLED),
        (JobState.RECEIVED, OVERTAKEN),
        (JobState.WAITING, OVERTAKEN),
        (JobState.PRINTED, PRINTED),
        (JobState.DEAD, OVERTAKEN),
    ],
)
def test_the_brokers_letter_counts_only_while_no_agent_has_answered(origin, state, becomes):
    assert state_of(letter(origin), known(state, 2)) is becomes


@pytest.mark.parametrize("generation", [1, 3])
def test_the_brokers_letter_about_another_generation_says_nothing_of_the_job(generation):
    spoken = letter(Origin.DELIVERY_LIMIT, generation)

    assert state_of(spoken, known(JobState.OPEN, 2)) is OVERTAKEN


@pytest.mark.parametrize("state", [state for state in JobState if state is not JobState.PRINTED])
@pytest.mark.parametrize(
    ("generation", "becomes"), [(1, OVERTAKEN), (2, UNSETTLED), (3, UNSETTLED)]
)
def test_an_agents_letter_counts_unless_the_job_was_requeued_since(state, generation, becomes):
    assert state_of(letter(Origin.AGENT, generation), known(state, 2)) is becomes


def test_a_job_that_printed_is_not_given_up_by_its_agents_letter():
    assert state_of(letter(Origin.AGENT), known(JobState.PRINTED, 2)) is PRINTED


@pytest.mark.parametrize("origin", Origin)
def test_a_letter_about_a_job_that_nobody_knows_waits_for_a_person(origin):
    assert state_of(letter(origin), None) is UNSETTLED


@pytest.mark.parametrize("reason", [reason for reason in REASONS if reason != "other"])
def test_every_reason_has_a_sentence(reason):
    assert sentence(reason) == _SENTENCES[reason]


def test_a_reason_of_tomorrow_has_one_too():
    assert sentence("eaten") == _UNKNOWN
