"""The operations port's closed doors: who may ask, who may change, and the trace of it."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator, Iterator

import pytest
from aiohttp import web

from bonfire.errors import Reason, Retryable
from bonfire.metrics import new_registry
from bonfire.ops_api import OpsApi
from bonfire.testing import FakeClock
from bonfire.tokens import Scope, Tokens
from bonfire.web.doorkeeper import CALLER, MOST_CHANGES, WINDOW_S
from tests.support.raw_http import Answer, peer

READER, OPERATOR, OTHER = ("reader-" + "r" * 20, "operator-" + "o" * 20, "other-" + "x" * 20)
TOKENS = Tokens(
    {"anna": READER.encode(), "ben": OPERATOR.encode(), "cron": OTHER.encode()},
    {"ben": frozenset(Scope), "cron": frozenset({Scope.OPERATE})},
)


class House:
    def __init__(self, tokens: Tokens | None = TOKENS) -> None:
        self.clock = FakeClock()
        self.api = OpsApi(
            "127.0.0.1", 0, new_registry("notifier"), list, tokens=tokens, clock=self.clock
        )
        self.api.add_get("/fleet", self.fleet)
        self.api.add_post("/reset", self.reset)
        self.resets: list[str] = []
        self.error: Exception | None = None

    async def fleet(self, request: web.Request) -> web.Response:
        if self.error is not None:
            raise self.error
        return web.json_response({"for": request[CALLER]})

    async def reset(self, request: web.Request) -> web.Response:
        if self.error is not None:
            raise self.error
        self.resets.append(request[CALLER])
        return web.json_response({}, status=202)

    async def ask(self, method: str, path: str, token: str | None) -> Answer:
        fields = f"Authorization: Bearer {token}\r\n" if token else ""
        async with peer(self.api.port) as caller:
            head = f"{method} {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n{fields}\r\n"
            await caller.send(head.encode())
            return await caller.answer()


@pytest.fixture
async def house() -> AsyncIterator[House]:
    found = House()
    await found.api.start()
    yield found
    await found.api.stop()


@pytest.fixture(autouse=True)
def _everything_is_logged(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    with caplog.at_level(logging.INFO):
        yield


def trace(caplog: pytest.LogCaptureFixture) -> list[tuple[str, ...]]:
    keys = ("event", "token", "method", "path", "status")
    return [
        tuple(str(record.__dict__[key]) for key in keys if key in record.__dict__)
        for record in caplog.records
    ]


async def test_who_has_the_scope_is_let_in_by_the_name_of_the_token(house: House):
    answer = await house.ask("GET", "/fleet", READER)
    assert (answer.status, answer.json) == (200, {"for": "anna"})
    answer = await house.ask("POST", "/reset", OPERATOR)
    assert (answer.status, house.resets) == (202, ["ben"])


@pytest.mark.parametrize("token", [None, "wrong-" + "w" * 20])
@pytest.mark.parametrize(("method", "path"), [("GET", "/fleet"), ("POST", "/reset")])
async def test_who_has_no_token_that_we_know_is_asked_for_one(
    house: House, method: str, path: str, token: str | None, caplog: pytest.LogCaptureFixture
):
    answer = await house.ask(method, path, token)
    assert answer.status == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert answer.json["type"] == "urn:bonfire:problem:unauthorized"
    assert house.resets == []
    assert trace(caplog) == []  # strangers cannot fill the log


@pytest.mark.parametrize(
    ("method", "path", "token", "lacks"),
    [("POST", "/reset", READER, "operate"), ("GET", "/fleet", OTHER, "read")],
)
async def test_a_token_without_the_scope_is_told_which_one_it_lacks(
    house: House,
    method: str,
    path: str,
    token: str,
    lacks: str,
    caplog: pytest.LogCaptureFixture,
):
    answer = await house.ask(method, path, token)
    assert answer.status == 403
    assert answer.json["type"] == "urn:bonfire:problem:scope_missing"
    assert f"lacks the scope '{lacks}'" in answer.json["detail"]
    assert house.resets == []
    assert trace(caplog)[0][0] == "ops.refused"


async def test_without_a_file_of_tokens_nobody_is_let_in_and_is_told_why():
    house = House(tokens=None)
    await house.api.start()
    try:
        for method, path in (("GET", "/fleet"), ("POST", "/reset")):
            answer = await house.ask(method, path, OPERATOR)
            assert answer.status == 403
            assert answer.json["type"] == "urn:bonfire:problem:no_tokens"
            assert "BONFIRE_OPS_TOKENS_FILE" in answer.json["detail"]
        assert (await house.ask("GET", "/livez", None)).status == 200
    finally:
        await house.api.stop()
    assert house.resets == []


async def test_each_change_leaves_its_trace_before_and_after(
    house: House, caplog: pytest.LogCaptureFixture
):
    await house.ask("POST", "/reset?printer=bar%0d%0a", OPERATOR)
    assert trace(caplog) == [
        ("ops.asked", "ben", "POST", "/reset?printer=bar%0d%0a"),
        ("ops.answered", "ben", "POST", "/reset?printer=bar%0d%0a", "202"),
    ]
    assert OPERATOR not in json.dumps([str(record.__dict__) for record in caplog.records])


async def test_a_question_leaves_none(house: House, caplog: pytest.LogCaptureFixture):
    await house.ask("GET", "/fleet", READER)
    assert trace(caplog) == []


async def test_a_long_path_is_cut_in_the_trace(house: House, caplog: pytest.LogCaptureFixture):
    await house.ask("POST", f"/reset?why={'x' * 1_000}", OPERATOR)
    assert {len(entry[3]) for entry in trace(caplog)} == {200}


async def test_more_changes_than_a_person_makes_have_to_wait(
    house: House, caplog: pytest.LogCaptureFixture
):
    for _ in range(MOST_CHANGES):
        assert (await house.ask("POST", "/reset", OPERATOR)).status == 202
    await house.clock.advance(WINDOW_S - 10)
    answer = await house.ask("POST", "/reset", OPERATOR)
    assert (answer.status, answer.headers["retry-after"]) == (429, "10")
    assert answer.json["type"] == "urn:bonfire:problem:too_many_changes"
    assert len(house.resets) == MOST_CHANGES
    assert trace(caplog)[-1] == ("ops.refused", "ben", "POST", "/reset", "429")
    assert (await house.ask("GET", "/fleet", OPERATOR)).status == 200  # to look is no change
    assert (await house.ask("POST", "/reset", OTHER)).status == 202  # nor is it the other's fault
    await house.clock.advance(10)
    assert (await house.ask("POST", "/reset", OPERATOR)).status == 202


@pytest.mark.parametrize(("method", "path"), [("GET", "/fleet"), ("POST", "/reset")])
async def test_what_fails_for_a_known_reason_is_a_problem_detail(
    house: House, method: str, path: str, caplog: pytest.LogCaptureFixture
):
    house.error = Retryable(Reason.STORE_FULL, "no room")
    answer = await house.ask(method, path, OPERATOR)
    assert (answer.status, answer.json["detail"]) == (503, "no room")
    assert answer.headers["retry-after"]
    if method == "POST":
        assert trace(caplog)[-1] == ("ops.answered", "ben", "POST", "/reset", "503")


async def test_a_mistake_of_ours_is_one_also_here(house: House, caplog: pytest.LogCaptureFixture):
    house.error = KeyError("Anna Huber")
    answer = await house.ask("POST", "/reset", OPERATOR)
    assert answer.status == 500
    assert "Huber" not in answer.body.decode()
    assert trace(caplog)[0] == ("ops.asked", "ben", "POST", "/reset")
