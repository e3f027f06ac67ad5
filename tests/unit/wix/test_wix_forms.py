"""A form that the guest filled in is not in the order: somebody has to read it online."""

from __future__ import annotations

from typing import Any

import pytest

from bonfire.order import AlertCode, Order
from order_ingest.wix.mapping import map_order
from tests.support.wix import raw_line, raw_order, with_options

SUBMISSION = "7a410001-0000-4000-8000-000000000001"
FORM = {"formSubmissionId": SUBMISSION, "lineItemIds": ["1"]}


def alerts(order: Order) -> list[tuple[str, str]]:
    return [(alert.code, alert.detail) for alert in order.alerts]


def fields(*forms: Any) -> list[tuple[str, str]]:
    order = map_order(raw_order(forms=list(forms)))
    return [(field.label, field.text) for field in order.custom_fields]


def test_a_form_sends_somebody_online():
    order = map_order(raw_order(forms=[FORM, FORM]))
    assert alerts(order) == [
        (AlertCode.ANSWERS_ELSEWHERE, "order.forms[0]"),
        (AlertCode.ANSWERS_ELSEWHERE, "order.forms[1]"),
    ]
    assert order.custom_fields == ()


@pytest.mark.parametrize("form", [{"id": SUBMISSION}, {"title": "Allergien"}, {"new": "x"}, "x"])
def test_it_does_so_without_an_id_and_in_another_shape(form):
    assert (AlertCode.ANSWERS_ELSEWHERE, "order.forms[0]") in alerts(
        map_order(raw_order(forms=[form]))
    )


@pytest.mark.parametrize("forms", [None, [], [{}], [None]])
def test_where_there_is_no_form_nobody_is_sent(forms):
    order = map_order(raw_order(forms=forms))
    assert (order.alerts, order.custom_fields) == ((), ())


@pytest.mark.parametrize(
    ("texts", "field"),
    [
        ({"title": "Allergien"}, ("Allergien", "")),
        ({"title": "Torte", "subtitles": ["Für Anna", "8 Jahre"]}, ("Torte", "Für Anna, 8 Jahre")),
        ({"subtitles": ["Für Anna"]}, ("", "Für Anna")),
        ({"subtitles": "Für Anna"}, ("", "Für Anna")),
        (
            {
                "title": {"original": "Torte", "translated": "Cake"},
                "subtitles": [{"original": "Für Anna", "translated": "For Anna"}],
            },
            ("Torte", "Für Anna"),
        ),
    ],
    ids=str,
)
def test_the_words_of_a_form_are_a_field_of_the_order(texts, field):
    assert fields(FORM | texts) == [field]


def test_a_form_of_another_shape_is_shown_whole():
    assert fields("ohne Nüsse") == [("", "ohne Nüsse")]


@pytest.mark.parametrize(
    "form",
    [
        FORM | {"new": "ohne Nüsse"},
        FORM | {"title": {"new": "ohne Nüsse", "original": "Torte"}},
        FORM | {"subtitles": [{"new": "ohne Nüsse", "original": "Für Anna"}]},
    ],
    ids=str,
)
def test_a_text_in_a_new_field_of_a_form_is_shown(form):
    assert ("new", "ohne Nüsse") in fields(form)


@pytest.mark.parametrize(
    ("raw", "place"),
    [
        (raw_order(raw_line(form=FORM)), "order.lineItems[0]"),
        (raw_order(raw_line(formSubmissionId=SUBMISSION)), "order.lineItems[0]"),
        (raw_order(with_options(forms=[FORM])), "order.lineItems[0]"),
        (raw_order(formSubmissionId=SUBMISSION), "order"),
    ],
)
def test_the_id_of_a_form_in_an_unknown_field_sends_somebody_online_too(raw, place):
    assert alerts(map_order(raw)) == [(AlertCode.ANSWERS_ELSEWHERE, place)]
