"""Half a ticket must not deceive: the marks stand at both of its ends, with what to do."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bonfire.messages import Document, JobKind, Language
from bonfire.order import Item
from print_agent.ticket import Earlier, Profile, Slip
from print_agent.ticket.blocks import Banner, Block, Feed, Line, Pair
from print_agent.ticket.layout import compose
from print_agent.ticket.slip import Replaced
from print_agent.ticket.style import LOUD, LOUD_AND_LARGE
from print_agent.ticket.typeset import Row, typeset
from tests.unit.ticket.finding import every
from tests.unit.ticket.samples import PRINTED, SLIP, job, order

SOUP = order(Item(name="Suppe"))
EARLIER = Earlier("0412", PRINTED - timedelta(minutes=9))
REPLACES = replace(SLIP, replaces=Replaced(EARLIER, SOUP))


def ticket(slip: Slip = SLIP, **changes: object) -> tuple[Block, ...]:
    return compose(job(SOUP, **changes), slip)


def top(blocks: tuple[Block, ...]) -> list[str]:
    head = blocks.index(every(blocks, Pair)[0])
    assert isinstance(blocks[0], Feed)
    return [block.text for block in blocks[1:head] if isinstance(block, Banner)]


def bottom(blocks: tuple[Block, ...]) -> list[str]:
    last = max(index for index, block in enumerate(blocks[:-1]) if not isinstance(block, Banner))
    return [block.text for block in blocks[last + 1 : -1] if isinstance(block, Banner)]


@pytest.mark.parametrize(
    ("slip", "changes", "marks"),
    [
        (SLIP, {}, []),
        (SLIP, {"kind": JobKind.CHANGE}, ["ÄNDERUNG", "NICHT ZWEIMAL KOCHEN"]),
        (
            REPLACES,
            {"kind": JobKind.CHANGE},
            ["ÄNDERUNG", "ERSETZT #0412 (18:32)\nNICHT ZWEIMAL KOCHEN"],
        ),
        (SLIP, {"kind": JobKind.CANCEL}, ["STOPP! STORNIERT", "NICHT KOCHEN"]),
        (
            REPLACES,
            {"kind": JobKind.CANCEL},
            ["STOPP! STORNIERT", "GILT FÜR #0412 (18:32)\nNICHT KOCHEN"],
        ),
        (SLIP, {"kind": JobKind.REPRINT}, ["NACHDRUCK", "NICHT ZWEIMAL KOCHEN"]),
        (replace(SLIP, reprint=2), {}, ["NACHDRUCK 2", "NICHT ZWEIMAL KOCHEN"]),
        (
            replace(SLIP, moved_from="kitchen-1"),
            {},
            ["VON KITCHEN-1", "Drucker gestört: Bon dorthin bringen!"],
        ),
        (
            replace(SLIP, possible_duplicate_of=EARLIER),
            {},
            ["MÖGLICHES DUPLIKAT", "von #0412 (18:32)\nERST FRAGEN, DANN KOCHEN!"],
        ),
        (replace(SLIP, test=True), {}, ["TESTDRUCK", "Nicht kochen!"]),
        (SLIP, {"kind": JobKind.TEST}, ["TESTDRUCK", "Nicht kochen!"]),
        (REPLACES, {}, []),
    ],
)
def test_a_mark_stands_first_and_last_with_what_to_do(slip, changes, marks):
    blocks = ticket(slip, **changes)
    assert top(blocks) == marks
    assert bottom(blocks) == marks
    assert blocks[-1] == Line("#0417  job 9f31c0de")


@pytest.mark.parametrize(
    ("slip", "kind"),
    [
        (SLIP, JobKind.CHANGE),
        (SLIP, JobKind.CANCEL),
        (SLIP, JobKind.REPRINT),
        (SLIP, JobKind.TEST),
        (replace(SLIP, moved_from="kitchen-1"), JobKind.NEW),
        (replace(SLIP, possible_duplicate_of=EARLIER), JobKind.NEW),
        (replace(SLIP, late_minutes=12), JobKind.NEW),
    ],
)
def test_what_a_mark_says_is_larger_than_what_it_asks_for(slip, kind):
    said, *asked = every(ticket(slip, kind=kind), Banner)
    assert said.style == LOUD_AND_LARGE
    assert all(banner.style == LOUD for banner in asked if banner.text != said.text)


@pytest.mark.parametrize("kind", [JobKind.CHANGE, JobKind.CANCEL])
def test_a_ticket_that_may_never_have_come_out_is_told(kind):
    maybe = replace(SLIP, replaces=Replaced(EARLIER, SOUP, surely_printed=False))
    assert "#0412 evtl. nicht gedruckt" in top(ticket(maybe, kind=kind))[1]
    assert "#0412 evtl. nicht gedruckt" not in "".join(top(ticket(REPLACES, kind=kind)))


def test_the_possible_duplicate_is_the_mark_beside_the_last_line():
    everything = replace(REPLACES, reprint=1, moved_from="kitchen-1", possible_duplicate_of=EARLIER)
    found = bottom(ticket(everything, kind=JobKind.CHANGE))
    assert len(found) == 8
    assert found[-2:] == ["MÖGLICHES DUPLIKAT", "von #0412 (18:32)\nERST FRAGEN, DANN KOCHEN!"]


def test_how_late_it_is_stands_below_what_has_to_be_done():
    found = top(ticket(replace(SLIP, late_minutes=12), kind=JobKind.CANCEL))
    assert found == ["STOPP! STORNIERT", "NICHT KOCHEN", "12 MIN VERSPÄTET"]


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("columns", [32, 33, 42, 48])
def test_how_late_it_is_breaks_at_most_once_and_never_before_its_minutes(language, columns):
    profile = Profile(columns=columns)
    late, *_ = every(ticket(replace(SLIP, late_minutes=120), language=language), Banner)
    rows = [row for row in typeset([late], profile) if isinstance(row, Row)]
    assert len(rows) <= (2 if profile.narrow else 1)
    assert any("120 MIN" in row.spans[0].text for row in rows)


def test_how_late_it_is_stands_at_the_top_alone():
    blocks = ticket(replace(SLIP, late_minutes=12))
    assert top(blocks) == ["12 MIN VERSPÄTET"]
    assert bottom(blocks) == []
    assert top(ticket(replace(SLIP, late_minutes=0))) == []


@pytest.mark.parametrize(
    ("document", "stop", "twice"),
    [
        (Document.STATION, "DO NOT COOK", "DO NOT COOK TWICE"),
        (Document.PASS, "DO NOT COOK", "DO NOT COOK TWICE"),
        (Document.COURIER, "DO NOT DELIVER", "DO NOT DELIVER TWICE"),
        (Document.BAG, "DO NOT PACK", "DO NOT PACK TWICE"),
    ],
)
def test_who_holds_it_is_told_what_not_to_do(document, stop, twice):
    english = {"document": document, "language": Language.ENGLISH}
    assert top(ticket(kind=JobKind.CANCEL, **english)) == ["STOP! CANCELLED", stop]
    assert top(ticket(kind=JobKind.CHANGE, **english)) == ["CHANGE", twice]
