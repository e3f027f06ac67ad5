"""`/retry/…`: what was given up, and what a person does about it."""

from __future__ import annotations

from typing import Any

import pytest

from bonfire.messages import AttemptRecord, JobEventType, OnPaper, PrintJob, decode
from tests.support.letters import agents, died
from tests.support.webhooks import LOOKER, TILL, Ingest, printed
from tests.support.wix import raw_order

LIST = "/retry/dead-letter"
REQUEUE = "/retry/requeue"
DISCARD = "/retry/discard"


async def dead(ingest: Ingest, **changes: Any) -> PrintJob:
    """The job of an order, given up by its agent."""
    await ingest.wix(raw_order())
    job = ingest.planned()[-1]
    attempt = AttemptRecord(number=1, printer="kitchen-1", started_at=ingest.clock.now())
    letter = agents(job, agent="altstadt", attempts=(attempt,), **changes)
    await ingest.letter(letter.encode())
    return job


async def test_a_dead_letter_shows_all_that_a_person_needs_and_no_guest(ingest: Ingest):
    job = await dead(ingest, on_paper=OnPaper.MAYBE)

    answer = await ingest.ops("GET", LIST)

    assert answer.status == 200
    assert answer.body["next_before"] is None
    (letter,) = answer.body["dead_letters"]
    now = ingest.clock.now().isoformat()
    assert {name: letter[name] for name in ("id", "state", "origin", "count", "on_paper")} == {
        "id": 1,
        "state": "unsettled",
        "origin": "agent",
        "count": 1,
        "on_paper": "maybe",
    }
    assert (letter["first_seen_at"], letter["last_seen_at"]) == (now, now)
    assert letter["reason"] == "render_error"
    assert letter["meaning"].startswith("The ticket could not be drawn")
    assert (letter["order_number"], letter["job_id"]) == (job.order.number, job.job_id)
    assert (letter["location"], letter["station"]) == ("altstadt", job.station)
    assert letter["attempts"][0]["printer"] == "kitchen-1"
    assert job.order.customer_name
    for word in (job.order.customer_name, job.order.items[0].name):
        assert word not in answer.text


async def test_letters_are_paged_and_filtered(ingest: Ingest):
    await dead(ingest)
    for headers in (died("jobs.altstadt"), died("jobs.hafen"), {}):
        await ingest.letter(b"nonsense", headers)

    first = await ingest.ops("GET", f"{LIST}?limit=3")
    assert [letter["id"] for letter in first.body["dead_letters"]] == [4, 3, 2]
    assert first.body["next_before"] == 2
    last = await ingest.ops("GET", f"{LIST}?limit=3&before=2")
    assert [letter["id"] for letter in last.body["dead_letters"]] == [1]
    nowhere = await ingest.ops("GET", f"{LIST}?location=-&state=unsettled")
    assert [letter["location"] for letter in nowhere.body["dead_letters"]] == ["-", "-", "-"]
    settled = await ingest.ops("GET", f"{LIST}?location=altstadt&state=requeued")
    assert settled.body["dead_letters"] == []


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=201",
        "limit=x",
        "limit=-1",
        "limit=%D9%A3",  # a three in another script
        "before=0",
        "before=99999999999999999999999",
        "state=eaten",
        "limt=5",
    ],
)
async def test_a_wrong_filter_is_named(ingest: Ingest, query):
    answer = await ingest.ops("GET", f"{LIST}?{query}")

    assert (answer.status, answer.reason) == (422, "invalid_fields")


async def test_an_unknown_location_is_named(ingest: Ingest):
    answer = await ingest.ops("GET", f"{LIST}?location=nowhere")

    assert (answer.status, answer.reason) == (422, "unknown_location")


async def test_looking_needs_a_token_and_operating_one_of_that_scope(ingest: Ingest):
    assert (await ingest.ops("GET", LIST, token=TILL)).status == 401
    assert (await ingest.ops("GET", LIST, token=LOOKER)).status == 200
    for path in (REQUEUE, DISCARD):
        answer = await ingest.ops("POST", path, token=LOOKER, json={"id": 1})
        assert (answer.status, answer.reason) == (403, "scope_missing")


async def test_a_requeued_ticket_goes_to_its_print_host_and_settles_its_letter(
    ingest: Ingest, caplog
):
    caplog.set_level("INFO")
    job = await dead(ingest)
    await ingest.published(1)
    await ingest.clock.advance(60)

    answer = await ingest.ops("POST", REQUEUE, json={"id": 1})

    assert (answer.status, answer.body["state"]) == (200, "requeued")
    assert (answer.body["settled_by"], answer.body["sent_as_generation"]) == ("anna", 2)
    *_, message = await ingest.published(2)
    again = decode(message.body)
    assert again == job.model_copy(update={"generation": 2, "due_at": ingest.clock.now()})
    assert (message.headers["x-job-id"], message.headers["x-generation"]) == (job.job_id, 2)
    (record,) = [r for r in caplog.records if r.__dict__.get("event") == "dead_letter.requeued"]
    assert (record.__dict__["token"], record.__dict__["dead_letter"]) == ("anna", 1)
    await ingest.tell(job.job_id, JobEventType.PRINTED, generation=2, **printed())
    assert ingest.query("SELECT state FROM jobs") == [("printed",)]


async def test_a_second_requeue_says_what_happened_and_sends_nothing(ingest: Ingest):
    await dead(ingest)
    await ingest.ops("POST", REQUEUE, json={"id": 1})
    await ingest.published(2)

    answer = await ingest.ops("POST", REQUEUE, json={"id": 1})

    assert (answer.status, answer.reason) == (409, "settled_already")
    assert answer.body["detail"].startswith("anna has sent its ticket again at 2026-05-12T")
    await ingest.clock.advance(1)
    await ingest.published(2)


async def test_a_ticket_that_printed_meanwhile_is_not_sent_again(ingest: Ingest):
    job = await dead(ingest)
    await ingest.tell(job.job_id, JobEventType.PRINTED, **printed())

    answer = await ingest.ops("POST", REQUEUE, json={"id": 1})

    assert (answer.status, answer.reason) == (409, "settled_already")
    assert "printed meanwhile: ask for a reprint" in answer.body["detail"]


@pytest.mark.parametrize(
    ("word", "reason", "words"),
    [
        (JobEventType.PRINTED, "printed_already", "ask for a reprint"),
        (JobEventType.WAITING, "not_dead", "on its way"),
    ],
)
async def test_a_letter_that_came_before_its_order_sends_nothing(
    ingest: Ingest, word, reason, words
):
    """As after a ledger was restored: the letter waits, and then the order comes in again."""
    job = await dead(ingest)
    await ingest.app._chassis.store.transact(
        lambda db: db.execute("UPDATE jobs SET state = ?", (word.value.removeprefix("job."),))
    )

    answer = await ingest.ops("POST", REQUEUE, json={"id": 1})

    assert (answer.status, answer.reason) == (409, reason)
    assert words in answer.body["detail"]
    assert ingest.planned() == [job]


async def test_a_letter_about_a_copy_that_others_overtook_says_so(ingest: Ingest):
    await ingest.wix(raw_order())
    job = ingest.planned()[-1]
    await ingest.tell(job.job_id, JobEventType.RECEIVED)
    await ingest.letter(job.encode(), died("jobs.altstadt"))

    answer = await ingest.ops("POST", REQUEUE, json={"id": 1})

    assert (answer.status, answer.reason) == (409, "settled_already")
    assert "had gone on" in answer.body["detail"]


async def test_a_ticket_of_a_print_host_that_is_gone_is_not_sent(ingest: Ingest):
    job = await dead(ingest)
    await ingest.app._chassis.store.transact(lambda db: db.execute("UPDATE jobs SET agent = 'old'"))

    answer = await ingest.ops("POST", REQUEUE, json={"id": 1})

    assert (answer.status, answer.reason) == (409, "no_host")
    assert ingest.planned() == [job]


async def test_a_letter_that_nobody_wrote_is_not_found(ingest: Ingest):
    for path in (REQUEUE, DISCARD):
        answer = await ingest.ops("POST", path, json={"id": 7})
        assert (answer.status, answer.reason) == (404, "unknown_dead_letter")


async def test_what_holds_no_ticket_is_not_sent_and_can_be_discarded(ingest: Ingest):
    await ingest.letter(b"nonsense")

    answer = await ingest.ops("POST", REQUEUE, json={"id": 1})
    assert (answer.status, answer.reason) == (422, "no_job")
    assert DISCARD in answer.body["detail"]

    done = await ingest.ops("POST", DISCARD, json={"id": 1})
    assert (done.status, done.body["state"]) == (200, "discarded")
    assert (done.body["settled_by"], done.body["sent_as_generation"]) == ("anna", None)
    again = await ingest.ops("POST", DISCARD, json={"id": 1})
    assert (again.status, again.reason) == (409, "settled_already")
    assert again.body["detail"].startswith("anna has discarded it")


async def test_a_ticket_of_another_ledger_is_not_sent(ingest: Ingest):
    await ingest.letter(agents().encode())

    answer = await ingest.ops("POST", REQUEUE, json={"id": 1})

    assert (answer.status, answer.reason) == (422, "no_job")
    assert "this ledger has no such ticket" in answer.body["detail"]


async def test_a_ticket_that_nobody_needs_is_discarded_and_can_be_had_after_all(ingest: Ingest):
    await dead(ingest)

    done = await ingest.ops("POST", DISCARD, json={"id": 1})
    assert (done.status, done.body["state"]) == (200, "discarded")
    undone = await ingest.ops("POST", REQUEUE, json={"id": 1})
    assert (undone.status, undone.body["state"]) == (200, "requeued")
    await ingest.published(2)


@pytest.mark.parametrize(
    ("body", "status", "reason"),
    [
        (b"", 400, "not_json"),
        (b"\xff", 400, "not_json"),
        (b"[" * 4_000, 400, "not_json"),
        (b"[1]", 422, "invalid_fields"),
        (b'{"id": "1"}', 422, "invalid_fields"),
        (b'{"id": true}', 422, "invalid_fields"),
        (b'{"id": 0}', 422, "invalid_fields"),
        (b'{"id": 99999999999999999999}', 422, "invalid_fields"),
        (b'{"id": 1, "all": true}', 422, "invalid_fields"),
        (b" " * 5_000, 413, "too_large"),
    ],
)
async def test_a_wrong_request_is_named(ingest: Ingest, body, status, reason):
    answer = await ingest.ops("POST", REQUEUE, data=body)

    assert (answer.status, answer.reason) == (status, reason)
