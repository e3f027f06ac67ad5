from __future__ import annotations

import pytest

from bonfire.errors import (
    CLASS_OF,
    BonfireError,
    Permanent,
    Reason,
    ReasonClass,
    Retryable,
    reasons_of,
)


def test_every_reason_has_one_class():
    assert set(CLASS_OF) == set(Reason)


def test_every_class_has_a_reason():
    assert set(CLASS_OF.values()) == set(ReasonClass)


def test_reasons_of_all_classes_are_all_reasons_in_their_order():
    assert reasons_of(*ReasonClass) == tuple(Reason)


def test_reasons_of_no_class_are_none():
    assert reasons_of() == ()


@pytest.mark.parametrize("wanted", ReasonClass)
def test_reasons_of_one_class_are_those_that_the_table_gives_it(wanted):
    assert set(reasons_of(wanted)) == {r for r, found in CLASS_OF.items() if found is wanted}


@pytest.mark.parametrize("kind", [BonfireError, Retryable, Permanent])
def test_an_error_tells_its_reason_and_a_sentence(kind):
    error = kind(Reason.PAPER_OUT, "KITCHEN-1 has no paper")

    assert error.reason is Reason.PAPER_OUT
    assert error.detail == str(error) == "KITCHEN-1 has no paper"


def test_a_reason_is_a_metric_label_as_it_is():
    assert all(reason.value.isascii() and reason.value.isidentifier() for reason in Reason)
