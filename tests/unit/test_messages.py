from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pydantic
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bonfire.errors import Reason
from bonfire.messages import (
    Confirmation,
    Document,
    JobEvent,
    JobEventType,
    Language,
    OnPaper,
    PrintJob,
    TicketOrder,
    UnreadableMessage,
    decode,
    problems,
)
from bonfire.order import (
    Alert,
    AlertCode,
    Fulfilment,
    FulfilmentKind,
    Item,
    LabelledText,
    Payment,
    PaymentStatus,
    Topic,
)

NOON = datetime(2026, 5, 8, 12, tzinfo=UTC)
PRINT_JOB = PrintJob(
    job_id="0" * 32,
    organisation="bosco",
    location="altstadt",
    agent="altstadt",
    station="kitchen",
    printer="kitchen-1",
    accepted_at=NOON,
    due_at=NOON,
    order=TicketOrder(id="1", number="10033"),
)
# What JSON can carry: any text but half a surrogate pair.
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=50)


def test_a_message_says_which_schema_it_has():
    assert json.loads(PRINT_JOB.encode())["schema"] == "bonfire.print-job/1"


@given(name=TEXT, request=TEXT, note=TEXT, number=TEXT)
def test_any_text_of_a_guest_reaches_the_other_side_unchanged(name, request, note, number):
    item = Item(name=name, special_request=request)
    order = TicketOrder(id="1", number=number, note=note, items=(item,))
    job = PRINT_JOB.model_copy(update={"order": order})

    assert decode(job.encode()) == job


@given(
    type_=st.sampled_from(JobEventType),
    on_paper=st.sampled_from(OnPaper),
    confirmation=st.none() | st.sampled_from(Confirmation),
    at=st.datetimes(timezones=st.just(UTC)),
)
def test_every_kind_of_event_reaches_the_other_side_unchanged(type_, on_paper, confirmation, at):
    event = JobEvent(
        event_id="e1",
        type=type_,
        at=at,
        job_id="f" * 32,
        location="altstadt",
        agent="altstadt",
        on_paper=on_paper,
        confirmation=confirmation,
    )

    assert decode(event.encode()) == event


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"\xff\xfe{}", "not JSON"),
        (b'{"schema": "bonfire.print-job/1", "generation": NaN}', "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "no text field `schema`"),
        (b'"bonfire.print-job/1"', "no text field `schema`"),
        (b"{}", "no text field `schema`"),
        (b'{"schema": 1}', "no text field `schema`"),
        (b'{"schema": "bonfire.menu/1"}', "unknown schema 'bonfire.menu/1'"),
        (b'{"schema": ""}', "unknown schema ''"),
        (b'{"schema": "print-job"}', "unknown schema 'print-job'"),
    ],
)
def test_what_is_no_message_of_ours_is_unreadable(body, detail):
    with pytest.raises(UnreadableMessage) as caught:
        decode(body)

    assert caught.value.reason is Reason.UNREADABLE_MESSAGE
    assert detail in caught.value.detail


@pytest.mark.parametrize("version", ["0", "2", "10", "1.1", "", "one"])
def test_an_unknown_version_of_a_known_message_is_told_apart(version):
    with pytest.raises(UnreadableMessage) as caught:
        decode(json.dumps({"schema": f"bonfire.print-job/{version}"}).encode())

    assert caught.value.reason is Reason.UNKNOWN_VERSION
    assert "update it first" in caught.value.detail


@pytest.mark.parametrize("field", ["job_id", "organisation", "agent", "accepted_at", "order"])
def test_a_missing_field_is_named(field):
    body = json.loads(PRINT_JOB.encode())
    del body[field]

    with pytest.raises(UnreadableMessage, match=f"^{field}: Field required$") as caught:
        decode(json.dumps(body).encode())

    assert caught.value.reason is Reason.UNREADABLE_MESSAGE


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("job_id", "0" * 31),
        ("job_id", "G" * 32),
        ("kind", "MAYBE"),
        ("agent", ""),
        ("due_at", "2026-05-08T12:00:00"),
        ("copies", "two"),
    ],
)
def test_a_wrong_field_is_named(field, value):
    body = json.dumps({**json.loads(PRINT_JOB.encode()), field: value}).encode()

    with pytest.raises(UnreadableMessage, match=f"^{field}: ") as caught:
        decode(body)

    assert caught.value.reason is Reason.UNREADABLE_MESSAGE


# What a later release may say, where it stands in a job, and as what it is read.
NEWER = [
    (("language",), "es", Language.ENGLISH),
    (("document",), "label", Document.PASS),
    (("order", "fulfilment", "kind"), "drone", FulfilmentKind.UNKNOWN),
    (("order", "payment", "status"), "on_account", PaymentStatus.UNKNOWN),
    (("order", "custom_fields", 0, "topic"), "kitchen", Topic.CONTACT),
    (("order", "items", 0, "notes", 0, "topic"), "kitchen", Topic.CONTACT),
    (("order", "allergies", 0, "topic"), "kitchen", Topic.CONTACT),
    (("order", "alerts", 0, "code"), "smudged", AlertCode.UNKNOWN_VALUE),
]
WORDS = (LabelledText(label="Anlass", text="Geburtstag"),)
FULL_ORDER = TicketOrder(
    id="1",
    number="10033",
    fulfilment=Fulfilment(kind=FulfilmentKind.DELIVERY),
    payment=Payment(status=PaymentStatus.PAID),
    items=(Item(name="Suppe", notes=WORDS),),
    custom_fields=WORDS,
    allergies=WORDS,
    alerts=(Alert(code=AlertCode.NO_ITEMS),),
)


def put(value: Any, path: tuple[Any, ...], word: object) -> Any:
    """In place; gives the whole back."""
    *steps, last = path
    holder = value
    for step in steps:
        holder = holder[step]
    assert last in holder
    holder[last] = word
    return value


@pytest.mark.parametrize(("path", "word", "read"), NEWER, ids=str)
def test_a_word_of_a_newer_hub_is_no_reason_to_lose_a_ticket(path, word, read):
    job = PRINT_JOB.model_copy(update={"order": FULL_ORDER})
    body = json.dumps(put(json.loads(job.encode()), path, word)).encode()

    for found in (decode(body), PrintJob.model_validate_json(body)):
        expected = put(json.loads(job.encode()), path, read)
        assert json.loads(found.encode()) == json.loads(json.dumps(expected))
        assert decode(found.encode()) == found


@pytest.mark.parametrize("path", [path for path, _, _ in NEWER if path[-1] != "code"], ids=str)
@pytest.mark.parametrize("no_word", [None, 7, ["de"], {"de": 1}], ids=str)
def test_what_is_no_word_at_all_is_refused(path, no_word):
    job = PRINT_JOB.model_copy(update={"order": FULL_ORDER})
    body = json.dumps(put(json.loads(job.encode()), path, no_word)).encode()

    with pytest.raises(UnreadableMessage):
        decode(body)


def test_a_kind_of_job_that_nobody_knows_is_refused_for_it_must_not_be_cooked():
    body = json.dumps(json.loads(PRINT_JOB.encode()) | {"kind": "VOID"}).encode()

    with pytest.raises(UnreadableMessage, match=r"^kind: "):
        decode(body)


@given(st.binary(max_size=200))
def test_no_bytes_at_all_make_decode_fail_in_another_way(body):
    with suppress(UnreadableMessage):
        decode(body)


def test_a_long_schema_name_does_not_fill_the_log():
    with pytest.raises(UnreadableMessage) as caught:
        decode(json.dumps({"schema": "x" * 10_000}).encode())

    assert len(caught.value.detail) < 200


def test_problems_names_each_mistake_and_never_what_was_written_there():
    with pytest.raises(pydantic.ValidationError) as caught:
        TicketOrder.model_validate({"id": "", "items": [{"name": "Suppe", "quantity": "geheim"}]})

    told = problems(caught.value)

    assert "id: " in told
    assert "items.0.quantity: " in told
    assert "number: " in told
    assert "geheim" not in told


def test_problems_of_a_value_that_is_no_object_are_the_bodys():
    with pytest.raises(pydantic.ValidationError) as caught:
        TicketOrder.model_validate([])

    assert problems(caught.value).startswith("body: ")


def test_problems_stop_at_the_most_that_a_person_reads():
    items = [{"quantity": 0}] * 30
    with pytest.raises(pydantic.ValidationError) as caught:
        TicketOrder.model_validate({"id": "1", "number": "1", "items": items})

    assert problems(caught.value, most=3).count("; ") == 3
    assert problems(caught.value, most=3).endswith("and 57 more")
