"""Errors as problem details."""

from __future__ import annotations

import json
from http import HTTPStatus

import pytest

from bonfire.errors import CLASS_OF, Permanent, Reason, ReasonClass
from bonfire.web.problem import STATUS_OF, problem


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_has_an_answer_that_says_whose_turn_it_is(reason: Reason):
    answer = problem(Permanent(reason, "do this"))
    assert isinstance(answer.body, bytes)
    told = json.loads(answer.body)
    assert answer.content_type == "application/problem+json"
    assert told == {
        "type": f"urn:bonfire:problem:{reason}",
        "title": HTTPStatus(answer.status).phrase,
        "status": answer.status,
        "detail": "do this",
    }
    assert ("Retry-After" in answer.headers) is (answer.status == 503)
    assert ("WWW-Authenticate" in answer.headers) is (answer.status == 401)


def test_what_the_store_or_the_broker_cannot_do_now_is_to_be_sent_again():
    ours = (ReasonClass.STORE, ReasonClass.BROKER, ReasonClass.CONFIG)
    assert not [reason for reason in STATUS_OF if CLASS_OF[reason] in ours]
