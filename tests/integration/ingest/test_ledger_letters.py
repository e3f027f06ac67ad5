"""Dead letters in the ledger: kept, counted, told of and settled, in one commit each."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bonfire.messages import (
    LOCATION,
    DeadLetterEvent,
    DeadLetterEventType,
    JobEventType,
    OnPaper,
    decode,
)
from order_ingest.domain.states import JobState, LetterState
from order_ingest.ledger import Buried, ClosedJob, Decision, Figures, LetterQuery
from order_ingest.ledger.sqlite.figures import _OPEN_JOBS
from tests.support.ledgers import NOW, OpenLedger, arrival, event, job
from tests.support.letters import agents, copy_of, died, key_of, reader

LATER = NOW + timedelta(minutes=3)
ADDED, SETTLED = DeadLetterEventType.ADDED, DeadLetterEventType.SETTLED
HOSTS = ["pi-1"]


async def bury(opened: OpenLedger, headers: dict[str, Any], body: bytes) -> Buried:
    letter = reader().read(headers, body, key=key_of(headers), strayed=False)
    return await opened.ledger.bury(letter, LATER)


async def bury_copy(opened: OpenLedger, reason: str = "rejected", **of: Any) -> Buried:
    return await bury(opened, copy_of(job(**of), reason=reason), job(**of).encode())


def told(opened: OpenLedger) -> list[DeadLetterEvent]:
    bodies = opened.see("SELECT body FROM outbox WHERE lane = '@events' ORDER BY id")
    messages = [decode(body) for (body,) in bodies]
    return [message for message in messages if isinstance(message, DeadLetterEvent)]


def states(opened: OpenLedger) -> list[str]:
    return [state for (state,) in opened.see("SELECT state FROM dead_letters ORDER BY id")]


async def test_an_agents_letter_gives_its_job_up_and_is_not_told_a_second_time(
    opened: OpenLedger,
):
    await opened.accept(arrival())

    buried = await bury(opened, {}, agents(on_paper=OnPaper.MAYBE).encode())

    assert (buried.gave_up, buried.repeated, buried.events) == (True, False, 0)
    assert opened.state() == ("dead", "", "maybe", "render_error")
    record = buried.letter
    assert (record.state, record.order_number, record.location) == (
        LetterState.UNSETTLED,
        "1",
        "altstadt",
    )
    assert (record.agent, record.station, record.printer) == ("pi-1", "station-1", "kitchen-1")
    assert record.attempts == agents().attempts
    assert opened.see("SELECT sample FROM dead_letters") == [(b"",)]  # the job has it
    assert told(opened) == []


async def test_an_agents_letter_after_its_event_finds_the_job_dead(opened: OpenLedger):
    await opened.accept(arrival())
    await opened.apply(JobEventType.DEAD, reason="render_error")

    buried = await bury(opened, {}, agents().encode())

    assert (buried.gave_up, buried.letter.state) == (False, LetterState.UNSETTLED)


async def test_an_agent_that_repeats_its_letter_counts_once(opened: OpenLedger):
    await opened.accept(arrival())
    await bury(opened, {}, agents().encode())

    again = await bury(opened, {}, agents(reason="still_unknown").encode())

    assert (again.repeated, again.letter.count) == (True, 1)
    assert again.letter.reason == "still_unknown"


@pytest.mark.parametrize("reason", ["rejected", "delivery_limit", "maxlen", "expired"])
async def test_a_copy_that_died_gives_up_a_job_that_nobody_has_answered_for(
    opened: OpenLedger, reason
):
    await opened.accept(arrival())

    buried = await bury_copy(opened, reason)

    assert buried.gave_up
    assert opened.state()[0] == "dead"
    (news,) = told(opened)
    assert buried.events == 1
    assert (news.type, news.location, news.unsettled) == (ADDED, "altstadt", 1)
    assert (news.dead_letter, news.order_number) == (str(buried.letter.id), "1")
    assert (news.agent, news.printer, news.at) == ("pi-1", "kitchen-1", LATER)


@pytest.mark.parametrize("word", [JobEventType.RECEIVED, JobEventType.WAITING])
async def test_a_copy_that_died_changes_nothing_of_a_job_that_an_agent_holds(
    opened: OpenLedger, word
):
    await opened.accept(arrival())
    await opened.apply(word)
    before = opened.state()

    buried = await bury_copy(opened)

    assert (buried.letter.state, buried.gave_up) == (LetterState.OVERTAKEN, False)
    assert buried.letter.settled_at == LATER
    assert opened.state() == before
    assert told(opened) == []


async def test_a_copy_that_died_changes_nothing_of_a_job_that_printed(opened: OpenLedger):
    await opened.accept(arrival())
    await opened.apply(JobEventType.PRINTED, on_paper=OnPaper.YES)

    assert (await bury_copy(opened)).letter.state is LetterState.PRINTED
    assert opened.state()[0] == "printed"
    assert told(opened) == []


async def test_every_further_copy_of_a_job_counts_on_the_same_row(opened: OpenLedger):
    await opened.accept(arrival())
    for _ in range(4):
        last = await bury_copy(opened)

    assert (last.letter.count, last.repeated, last.events) == (4, True, 0)
    assert len(told(opened)) == 1


async def test_a_letter_that_comes_after_its_ticket_printed_is_told_as_settled(
    opened: OpenLedger,
):
    """Its agent's word on the dead job went to the notifier, which waits for this."""
    await opened.accept(arrival())
    await opened.apply(JobEventType.DEAD)
    await opened.apply(JobEventType.PRINTED)

    buried = await bury(opened, {}, agents().encode())

    (news,) = told(opened)
    assert (news.type, news.unsettled, buried.events) == (SETTLED, 0, 1)


async def test_a_ticket_that_prints_after_all_settles_every_letter_about_it(opened: OpenLedger):
    await opened.accept(arrival(), job(1), job(2))
    await bury_copy(opened)
    await bury(opened, {}, agents().encode())
    await bury(opened, {}, agents(job(2)).encode())

    closed = await opened.ledger.apply(event(JobEventType.PRINTED, at=LATER))

    assert isinstance(closed, ClosedJob)
    assert closed.events == 2
    assert states(opened) == ["printed", "printed", "unsettled"]
    assert [(news.type, news.unsettled) for news in told(opened)][-2:] == [(SETTLED, 1)] * 2


async def test_what_nobody_can_read_is_one_row_however_much_of_it_comes(opened: OpenLedger):
    for number in range(5):
        last = await bury(opened, died("events.notifier"), b"nonsense %d" % number)

    assert opened.see("SELECT count, sample FROM dead_letters") == [(5, b"nonsense 0")]
    assert (last.letter.reason, last.letter.queue) == ("unreadable_message", "events.notifier")
    assert (last.letter.location, last.letter.state) == ("", LetterState.UNSETTLED)


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        (died("events.ledger", "rejected", **{LOCATION: "altstadt"}), b'{"type": "job.weird"}'),
        (died("events.notifier", "maxlen", **{LOCATION: "altstadt"}), b"any event"),
        ({LOCATION: "altstadt"}, b"nonsense"),
        ({LOCATION: "altstadt"}, job().encode()),
        (copy_of(job(7)), b"nonsense"),
    ],
)
async def test_what_holds_no_ticket_is_kept_and_counted_and_no_restaurant_is_told(
    opened: OpenLedger, headers, body
):
    await opened.accept(arrival())

    buried = await bury(opened, headers, body)
    settled = await opened.ledger.discard(buried.letter.id, "anna", LATER)

    assert (buried.events, settled.events, buried.gave_up) == (0, 0, False)
    assert told(opened) == []
    assert opened.see("SELECT location, job FROM dead_letters") == [("", None)]
    assert opened.state()[0] == "open"


async def test_an_unreadable_copy_of_a_job_keeps_a_sample(opened: OpenLedger):
    await opened.accept(arrival())

    await bury(opened, copy_of(job()), b"\0\xff" * 40_000)

    assert opened.see("SELECT length(sample), job FROM dead_letters") == [
        (16_384, bytes.fromhex(job().job_id))
    ]
    assert opened.state()[::3] == ("dead", "unreadable_message")


async def test_a_letter_about_a_job_of_another_ledger_says_which_order_it_was(
    opened: OpenLedger,
):
    buried = await bury(opened, {}, agents(job(7)).encode())

    record = buried.letter
    assert (record.job_id, record.order_number, record.station) == (
        job(7).job_id,
        "1",
        "station-7",
    )
    assert opened.see("SELECT length(sample) > 0 FROM dead_letters") == [(1,)]


async def test_an_unreadable_copy_of_a_job_of_another_ledger_speaks_of_none(opened: OpenLedger):
    buried = await bury(opened, copy_of(job(7)), b"nonsense")

    assert (buried.letter.job_id, buried.letter.agent) == ("", "pi-1")


async def test_a_requeue_sends_the_job_as_a_new_generation_that_is_due_now(opened: OpenLedger):
    await opened.accept(arrival())
    buried = await bury_copy(opened)

    done = await opened.ledger.requeue(buried.letter.id, "anna", LATER, HOSTS)

    assert done.decision is Decision.DONE
    assert done.job == job(generation=2, due_at=LATER)
    assert done.letter is not None
    assert (done.letter.state, done.letter.settled_by, done.letter.settled_at) == (
        LetterState.REQUEUED,
        "anna",
        LATER,
    )
    assert opened.see("SELECT generation, due_at, state, reason, body FROM jobs") == [
        (2, LATER.timestamp(), "open", "", done.job.encode())
    ]
    lane, key, body, headers = opened.see(
        "SELECT lane, routing_key, body, headers FROM outbox WHERE exchange = 'bonfire.jobs'"
    )[-1]
    assert (lane, key, body) == ("pi-1", "pi-1", done.job.encode())
    assert '"x-generation": 2' in headers
    assert [(news.type, news.unsettled) for news in told(opened)] == [(ADDED, 1), (SETTLED, 0)]


async def test_a_requeue_settles_every_letter_about_its_job(opened: OpenLedger):
    await opened.accept(arrival())
    await bury_copy(opened)
    buried = await bury(opened, {}, agents().encode())

    done = await opened.ledger.requeue(buried.letter.id, "anna", LATER, HOSTS)

    assert done.events == 2
    assert states(opened) == ["requeued", "requeued"]


async def test_a_second_requeue_of_a_letter_sends_nothing(opened: OpenLedger):
    await opened.accept(arrival())
    number = (await bury_copy(opened)).letter.id
    await opened.ledger.requeue(number, "anna", LATER, HOSTS)
    before = opened.counts()

    again = await opened.ledger.requeue(number, "bert", LATER, HOSTS)

    assert again.decision is Decision.SETTLED
    assert again.letter is not None
    assert again.letter.settled_by == "anna"
    assert opened.counts() == before


async def test_a_job_that_dies_again_after_a_requeue_is_a_new_letter(opened: OpenLedger):
    await opened.accept(arrival())
    first = await bury(opened, {}, agents().encode())
    done = await opened.ledger.requeue(first.letter.id, "anna", LATER, HOSTS)
    assert done.job is not None

    late = await bury_copy(opened)  # of the generation before
    second = await bury(opened, {}, agents(done.job).encode())

    assert late.letter.state is LetterState.OVERTAKEN
    assert second.letter.state is LetterState.UNSETTLED
    assert second.letter.id > first.letter.id
    again = await opened.ledger.requeue(second.letter.id, "anna", LATER, HOSTS)
    assert again.job is not None
    assert again.job.generation == 3


async def test_a_requeue_goes_above_the_generation_that_the_agent_spoke_of(opened: OpenLedger):
    await opened.accept(arrival())
    buried = await bury(opened, {}, agents(job(generation=5)).encode())

    done = await opened.ledger.requeue(buried.letter.id, "anna", LATER, HOSTS)

    assert done.job is not None
    assert done.job.generation == 6


async def test_a_requeued_job_can_print_and_be_closed(opened: OpenLedger):
    await opened.accept(arrival())
    number = (await bury_copy(opened)).letter.id
    await opened.ledger.requeue(number, "anna", LATER, HOSTS)

    assert await opened.apply(JobEventType.PRINTED, generation=2) == "printed"
    assert states(opened) == ["requeued"]


async def test_a_letter_that_nobody_wrote_is_not_requeued(opened: OpenLedger):
    assert (await opened.ledger.requeue(1, "a", LATER, HOSTS)).decision is Decision.UNKNOWN
    assert (await opened.ledger.discard(1, "a", LATER)).decision is Decision.UNKNOWN


@pytest.mark.parametrize(
    ("headers", "body"), [(died(), b"nonsense"), ({}, agents(job(7)).encode())]
)
async def test_what_holds_no_job_of_ours_is_not_requeued(opened: OpenLedger, headers, body):
    buried = await bury(opened, headers, body)

    done = await opened.ledger.requeue(buried.letter.id, "anna", LATER, HOSTS)

    assert done.decision is Decision.NO_JOB
    assert states(opened) == ["unsettled"]


async def test_a_job_that_is_on_its_way_is_not_requeued(opened: OpenLedger):
    buried = await bury(opened, {}, agents().encode())
    await opened.accept(arrival())  # the ledger hears of the order only now

    done = await opened.ledger.requeue(buried.letter.id, "anna", LATER, HOSTS)

    assert (done.decision, done.job_state) == (Decision.NOT_DEAD, JobState.OPEN)
    assert opened.counts()[3] == 1


async def test_a_job_of_a_print_host_that_is_gone_is_not_requeued(opened: OpenLedger):
    await opened.accept(arrival())
    buried = await bury_copy(opened)

    done = await opened.ledger.requeue(buried.letter.id, "anna", LATER, ["pi-2"])

    assert done.decision is Decision.NO_HOST
    assert opened.state()[0] == "dead"


async def test_what_was_discarded_counts_as_new_when_more_of_it_comes(opened: OpenLedger):
    buried = await bury(opened, died(), b"nonsense")

    done = await opened.ledger.discard(buried.letter.id, "anna", LATER)
    assert done.decision is Decision.DONE
    assert states(opened) == ["discarded"]
    repeated = await opened.ledger.discard(buried.letter.id, "anna", LATER)
    assert repeated.decision is Decision.SETTLED

    again = await bury(opened, died(), b"nonsense")

    assert (again.letter.state, again.letter.count) == (LetterState.UNSETTLED, 2)
    assert (again.letter.settled_at, again.letter.settled_by) == (None, "")


async def test_a_discarded_letter_settles_every_other_one_about_its_job(opened: OpenLedger):
    await opened.accept(arrival())
    await bury_copy(opened)
    buried = await bury(opened, {}, agents().encode())

    done = await opened.ledger.discard(buried.letter.id, "anna", LATER)

    assert (done.decision, done.events) == (Decision.DONE, 2)
    assert states(opened) == ["discarded", "discarded"]
    assert opened.state()[0] == "dead"


async def test_what_was_discarded_can_be_requeued_after_all(opened: OpenLedger):
    await opened.accept(arrival())
    number = (await bury_copy(opened)).letter.id
    await opened.ledger.discard(number, "anna", LATER)

    done = await opened.ledger.requeue(number, "bert", LATER, HOSTS)

    assert done.decision is Decision.DONE
    assert done.letter is not None
    assert (done.letter.state, done.letter.settled_by) == (LetterState.REQUEUED, "bert")


async def test_what_was_discarded_and_prints_after_all_is_shown_as_printed(opened: OpenLedger):
    await opened.accept(arrival())
    number = (await bury_copy(opened)).letter.id
    await opened.ledger.discard(number, "anna", LATER)

    await opened.apply(JobEventType.PRINTED)

    assert states(opened) == ["printed"]


async def test_no_id_is_ever_given_twice(opened: OpenLedger):
    first = await bury(opened, died(), b"nonsense")
    await opened.store.transact(lambda db: db.execute("DELETE FROM dead_letters"))

    assert (await bury(opened, died(), b"nonsense")).letter.id > first.letter.id


async def test_letters_are_listed_by_place_and_state_the_newest_first(opened: OpenLedger):
    await opened.accept(arrival(), job(1), job(2), job(3))
    for number in (1, 2, 3):
        await bury(opened, {}, agents(job(number)).encode())
    await bury(opened, died(), b"nonsense")
    await opened.ledger.requeue(2, "anna", LATER, HOSTS)

    async def ids(**query: Any) -> list[int]:
        return [one.id for one in await opened.ledger.dead_letters(LetterQuery(**query))]

    assert await ids() == [4, 3, 2, 1]
    assert await ids(location="altstadt") == [3, 2, 1]
    assert await ids(location="") == [4]
    assert await ids(state=LetterState.UNSETTLED, location="altstadt") == [3, 1]
    assert await ids(limit=2) == [4, 3]
    assert await ids(limit=2, before=3) == [2, 1]


async def test_figures_tell_what_waits_and_since_when(opened: OpenLedger):
    early = NOW - timedelta(minutes=5)
    await opened.accept(arrival(), job(1, due_at=early), job(2), job(3), job(4, due_at=LATER))
    await opened.apply(JobEventType.WAITING)
    await opened.apply(JobEventType.PRINTED, job_id=job(2).job_id)
    await bury(opened, {}, agents(job(3)).encode())
    await bury(opened, died(), b"nonsense")

    assert set(await opened.ledger.figures()) == {
        Figures("altstadt", 2, early, 1, LATER, 1),
        Figures("", dead_letters=1),
    }


async def test_figures_look_at_what_is_open_and_not_at_every_job(opened: OpenLedger):
    plan = await opened.store.transact(
        lambda db: db.execute(f"EXPLAIN QUERY PLAN {_OPEN_JOBS}").fetchall()
    )

    assert any("USING INDEX jobs_unprinted" in row[3] for row in plan)


async def test_a_letter_and_what_it_changes_are_one_commit(opened: OpenLedger):
    await opened.accept(arrival())
    await opened.store.transact(
        lambda db: db.execute(
            "CREATE TRIGGER broken BEFORE INSERT ON outbox BEGIN SELECT raise(ABORT, 'broken'); END"
        )
    )

    with pytest.raises(Exception, match="broken"):
        await bury_copy(opened)

    assert opened.state()[0] == "open"
    assert states(opened) == []


@pytest.mark.parametrize(
    "letter",
    [
        agents(agent="pi-2"),
        agents(job(location="hafen")),
        agents(job(location="hafen", generation=9), agent="pi-2"),
    ],
)
async def test_an_agents_letter_about_somebody_elses_job_does_not_touch_it(
    opened: OpenLedger, letter
):
    await opened.accept(arrival())

    said = reader().read({}, letter.encode(), key=f"{letter.job.location}.x", strayed=False)
    buried = await opened.ledger.bury(said, LATER)

    assert opened.state() == ("open", "", "no", "")
    assert (buried.letter.reason, buried.letter.job_id, buried.gave_up) == (
        "misattributed",
        "",
        False,
    )
    assert (buried.letter.location, told(opened)) == ("", [])


async def test_a_dead_job_whose_letter_is_on_its_way_is_unsettled_as_well(opened: OpenLedger):
    await opened.accept(arrival(), job(1), job(2), job(3, location="hafen"))
    for number in (1, 2, 3):
        place = "hafen" if number == 3 else "altstadt"
        await opened.apply(JobEventType.DEAD, job_id=job(number).job_id, location=place)
    first = await bury(opened, {}, agents().encode())
    await opened.ledger.discard(first.letter.id, "anna", LATER)

    second = await bury(opened, {}, agents(job(2)).encode())
    await opened.ledger.discard(second.letter.id, "anna", LATER)

    assert [(news.type, news.unsettled) for news in told(opened)] == [(SETTLED, 1), (SETTLED, 0)]


async def test_a_job_that_dies_again_is_unsettled_before_its_new_letter_comes(opened: OpenLedger):
    await opened.accept(arrival(), job(1), job(2))
    first = await bury(opened, {}, agents().encode())
    other = await bury(opened, {}, agents(job(2)).encode())
    await opened.ledger.requeue(first.letter.id, "anna", LATER, HOSTS)
    await opened.apply(JobEventType.DEAD, generation=2)

    await opened.ledger.discard(other.letter.id, "anna", LATER)

    assert [news.unsettled for news in told(opened)] == [1, 1]


async def test_a_discarded_letter_that_only_comes_again_stays_discarded(opened: OpenLedger):
    await opened.accept(arrival(), job(1), job(2))
    for headers, body in (({}, agents().encode()), (copy_of(job(2)), job(2).encode())):
        buried = await bury(opened, headers, body)
        await opened.ledger.discard(buried.letter.id, "anna", LATER)
        before = len(told(opened))

        again = await bury(opened, headers, body)

        assert (again.letter.state, again.letter.settled_by) == (LetterState.DISCARDED, "anna")
        assert (again.repeated, again.events, len(told(opened))) == (True, 0, before)


@pytest.mark.parametrize(
    "news",
    [
        {"reason": "still_unknown"},
        {"detail": "look at the paper"},
        {"on_paper": OnPaper.MAYBE},
        {"attempts": ()},
    ],
)
async def test_a_discarded_letter_that_says_something_new_waits_again_and_is_told(
    opened: OpenLedger, news
):
    await opened.accept(arrival())
    buried = await bury(opened, {}, agents().encode())
    await opened.ledger.discard(buried.letter.id, "anna", LATER)

    again = await bury(opened, {}, agents(**news).encode())

    assert (again.letter.state, again.letter.settled_by) == (LetterState.UNSETTLED, "")
    assert again.events == 1
    assert [(one.type, one.unsettled) for one in told(opened)] == [(SETTLED, 0), (ADDED, 1)]
