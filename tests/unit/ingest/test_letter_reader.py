"""What is made of whatever lies among the dead letters."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bonfire.messages import (
    GENERATION,
    JOB_ID,
    LOCATION,
    MESSAGES,
    JobEventType,
    OnPaper,
)
from order_ingest.domain.dead_letter import REASONS, Letter, Origin
from order_ingest.domain.letter_reader import MOST_ATTEMPTS, MOST_SAMPLE_BYTES
from tests.support.ledgers import event, job
from tests.support.letters import agents, copy_of, died, key_of, reader


def read(headers, body: bytes, *, strayed: bool = False) -> Letter:
    return reader().read(headers, body, key=key_of(headers), strayed=strayed)


@pytest.mark.parametrize("strayed", [False, True])
def test_an_agents_letter_says_all_by_itself_whichever_way_it_came(strayed):
    said = agents(on_paper=OnPaper.MAYBE)

    letter = read({}, said.encode(), strayed=strayed)

    assert (letter.origin, letter.reason, letter.detail) == (
        Origin.AGENT,
        "render_error",
        "no such column",
    )
    assert (letter.job_id, letter.generation, letter.agent) == (job().job_id, 1, "pi-1")
    assert (letter.on_paper, letter.attempts) == (OnPaper.MAYBE, said.attempts)
    assert letter.job == job()


@pytest.mark.parametrize("key", ["hafen.render_error", "altstadt", "altstadt-2.x", "-.x", ""])
def test_an_agents_letter_under_anybody_elses_key_speaks_of_no_job(key):
    letter = reader().read({}, agents().encode(), key=key, strayed=False)

    assert (letter.origin, letter.reason, letter.job_id) == (Origin.OTHER, "misattributed", "")
    assert (letter.label, letter.location, letter.job) == ("misattributed", "", None)


@pytest.mark.parametrize("body", [job().encode(), b"no json"])
def test_a_copy_of_a_job_that_the_broker_did_not_put_there_speaks_of_none(body):
    headers = copy_of(job(), reason="delivery_limit")

    letter = reader().read(headers, body, key="hafen.render_error", strayed=False)

    assert (letter.job_id, letter.queue, letter.agent) == ("", "", "")


def test_only_the_last_attempts_of_an_agent_are_kept():
    (attempt,) = agents().attempts
    attempts = tuple(attempt.model_copy(update={"number": number}) for number in range(1, 50))

    letter = read({}, agents(attempts=attempts).encode())

    assert letter.attempts == attempts[-MOST_ATTEMPTS:]


def test_the_words_of_an_agent_become_one_clean_line():
    letter = read({}, agents(reason="very\r\nbad\0", detail="a\u202eb\n" * 400).encode())

    assert letter.reason == "very bad"
    assert letter.label == "other"
    assert 400 < len(letter.detail) <= 500
    assert letter.detail.isprintable()


def test_a_rejected_copy_speaks_of_its_job():
    letter = read(copy_of(job(generation=3)), job(generation=3).encode())

    assert (letter.origin, letter.reason) == (Origin.REJECTED, "rejected")
    assert (letter.job_id, letter.generation) == (job().job_id, 3)
    assert (letter.queue, letter.agent, letter.on_paper) == ("jobs.pi-1", "pi-1", OnPaper.NO)


@pytest.mark.parametrize(
    ("body", "reason", "kind"),
    [
        (b"no json", "unreadable_message", ""),
        (b'{"schema": "bonfire.print-job/2"}', "unknown_version", "bonfire.print-job"),
        (b'{"schema": "bonfire.print-job/1"}', "unreadable_message", "bonfire.print-job"),
        (b'{"schema": "bonfire.strange/1"}', "unreadable_message", ""),
        (b'{"schema": 7}', "unreadable_message", ""),
        (b"[]", "unreadable_message", ""),
    ],
)
def test_an_unreadable_copy_is_known_by_what_stands_beside_its_body(body, reason, kind):
    letter = read(copy_of(job(generation=2)), body)

    assert (letter.origin, letter.reason, letter.kind) == (Origin.REJECTED, reason, kind)
    assert (letter.job_id, letter.generation, letter.job) == (job().job_id, 2, None)
    assert (letter.location, letter.sample) == ("altstadt", body)
    assert letter.detail


@pytest.mark.parametrize(
    ("word", "origin", "reason", "on_paper"),
    [
        ("delivery_limit", Origin.DELIVERY_LIMIT, "delivery_limit", OnPaper.MAYBE),
        ("maxlen", Origin.MAXLEN, "maxlen", OnPaper.NO),
        ("expired", Origin.OTHER, "other", OnPaper.NO),
    ],
)
def test_the_brokers_word_says_why_a_copy_died(word, origin, reason, on_paper):
    letter = read(copy_of(job(), reason=word), job().encode())

    assert (letter.origin, letter.reason, letter.on_paper) == (origin, reason, on_paper)
    assert letter.job_id == job().job_id


def test_a_copy_from_the_queue_of_a_host_that_left_the_configuration_still_speaks_of_its_job():
    letter = read(copy_of(job(), "jobs.old"), job().encode())

    assert (letter.job_id, letter.queue, letter.agent) == (job().job_id, "", "")


@pytest.mark.parametrize(
    "headers",
    [
        {JOB_ID: "nonsense", GENERATION: 1},
        {JOB_ID: job().job_id},
        {JOB_ID: job().job_id, GENERATION: "1"},
        {JOB_ID: job().job_id, GENERATION: 0},
        {JOB_ID: job().job_id, GENERATION: 2**70},
        {JOB_ID: 7, GENERATION: 1},
        {},
    ],
)
def test_an_unreadable_copy_without_both_of_its_headers_speaks_of_no_job(headers):
    letter = read(died() | headers, b"")

    assert (letter.job_id, letter.generation) == ("", 0)
    assert letter.agent == "pi-1"


@pytest.mark.parametrize("queue", ["events.ledger", "events.notifier"])
def test_an_event_that_died_carries_the_id_of_a_job_and_speaks_of_none(queue):
    told = event(JobEventType.PRINTED)
    headers = died(queue, "maxlen") | {JOB_ID: told.job_id, GENERATION: 1, LOCATION: "altstadt"}

    letter = read(headers, told.encode())

    assert letter.job_id == ""
    assert letter.key == f"kind|maxlen|{queue}|maxlen|bonfire.job-event|altstadt"


def test_a_job_that_strayed_into_the_events_speaks_of_none():
    assert read(copy_of(job(), "events.ledger"), job().encode()).job_id == ""


def test_a_job_that_somebody_published_as_a_letter_speaks_of_none():
    letter = read({}, job().encode(), strayed=True)

    assert (letter.job_id, letter.origin, letter.reason) == ("", Origin.UNROUTABLE, "unroutable")


def test_a_strangers_words_make_no_row_of_their_own():
    strange = [
        read(
            died(f"queue-{n}", f"reason-{n}") | {LOCATION: f"place-{n}"},
            json.dumps({"schema": f"x.{n}/1"}).encode(),
        )
        for n in range(20)
    ]

    assert {letter.key for letter in strange} == {"kind|other||other||"}


def test_an_agents_letter_with_an_impossible_generation_speaks_of_no_job():
    letter = read({}, agents(job(generation=2**70)).encode())

    assert (letter.origin, letter.reason, letter.job_id) == (Origin.OTHER, "other", "")
    assert letter.kind == "bonfire.dead-letter"


def test_the_letters_of_one_job_and_generation_are_one_row_for_each_speaker():
    keys = {
        read(copy_of(job()), job().encode()).key,
        read(copy_of(job(), reason="delivery_limit"), job().encode()).key,
        read(copy_of(job()), b"no json").key,
        read({}, agents().encode()).key,
        read({}, agents(event_id="dl-2", reason="still_unknown").encode()).key,
    }

    assert keys == {f"copy|{job().job_id}|1", f"agent|{job().job_id}|1"}


HOSTILE = st.one_of(
    st.binary(max_size=200),
    st.sampled_from([message.SCHEMA for message in MESSAGES]).flatmap(
        lambda schema: st.dictionaries(
            st.text(max_size=5), st.none() | st.integers() | st.text(max_size=20), max_size=4
        ).map(lambda fields: json.dumps(fields | {"schema": schema}).encode())
    ),
    st.integers().map(lambda generation: job(generation=generation).encode()),
    st.integers().map(lambda generation: agents(job(generation=generation)).encode()),
    st.just(b"[" * 100_000),
    st.just(b"\0" * 1_000_000),
    st.just('"\ud800"'.encode("utf-8", "surrogatepass")),
)
HEADERS = st.dictionaries(
    st.sampled_from(
        ["x-first-death-queue", "x-first-death-reason", JOB_ID, GENERATION, LOCATION, "x"]
    ),
    st.sampled_from(["jobs.pi-1", "rejected", job().job_id, "altstadt"])
    | st.integers()
    | st.text(max_size=10),
)


@given(HEADERS, HOSTILE, st.booleans())
def test_something_is_made_of_everything_and_it_is_small(headers, body, strayed):
    letter = read(headers, body, strayed=strayed)

    assert letter.label in REASONS
    assert len(letter.sample) <= MOST_SAMPLE_BYTES
    assert len(letter.detail) <= 500
    assert len(letter.key) < 300
    assert 0 <= letter.generation <= 1_000_000
    assert (letter.job_id == "") == (letter.generation == 0)
    assert letter.location in ("", "altstadt", "hafen")
