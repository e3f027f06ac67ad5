"""One JSON line a record, whatever is in it."""

from __future__ import annotations

import io
import json
import logging
import math
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bonfire.logs import LogLevelInvalid, start_logging

log = logging.getLogger("bonfire.example")


class Unspeakable:
    def __repr__(self) -> str:
        raise RuntimeError("no words")


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    noisy = [logging.getLogger(name) for name in ("aio_pika", "aiormq", "aiohttp.server")]
    before = root.handlers[:], root.level, [logger.level for logger in noisy]
    yield
    root.handlers[:], root.level = before[0], before[1]
    for logger, level in zip(noisy, before[2], strict=True):
        logger.setLevel(level)


def started(level: str = "INFO") -> io.StringIO:
    stream = io.StringIO()
    start_logging("print-agent", level, stream)
    return stream


def strict(constant: str) -> Any:
    raise AssertionError(f"{constant} is no JSON")


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    text = stream.getvalue()
    assert text.endswith("\n")
    return [json.loads(line, parse_constant=strict) for line in text[:-1].split("\n")]


def test_a_record_has_its_time_level_logger_service_message_and_fields():
    stream = started()
    log.info("a job printed", extra={"event": "job.printed", "job_id": "07", "seconds": 1.5})
    (record,) = lines(stream)
    moment = datetime.fromisoformat(record.pop("time"))
    assert moment.tzinfo is not None
    assert abs((datetime.now(UTC) - moment).total_seconds()) < 60
    assert record == {
        "level": "INFO",
        "logger": "bonfire.example",
        "service": "print-agent",
        "message": "a job printed",
        "event": "job.printed",
        "job_id": "07",
        "seconds": 1.5,
    }


def test_an_exception_is_a_field_of_the_same_line():
    stream = started()
    try:
        raise ValueError("two\nlines")
    except ValueError:
        log.exception("failed", extra={"event": "x"})
    (record,) = lines(stream)
    assert record["exc_info"].startswith("Traceback (most recent call last):\n")
    assert record["exc_info"].endswith("ValueError: two\nlines")


@given(st.text(st.characters()), st.dictionaries(st.text(st.characters()), st.text(), max_size=3))
def test_no_text_breaks_out_of_its_line(text: str, more: dict[str, str]):
    stream = started()
    log.info("constant", extra={"guest": text, "more": more})
    (record,) = lines(stream)
    assert (record["guest"], record["more"]) == (text, more)
    assert stream.getvalue().isascii()  # no ESC reaches a terminal
    assert "\x1b" not in stream.getvalue()


def _endless() -> list[Any]:
    ring: list[Any] = []
    ring.append(ring)
    return ring


def _deep() -> list[Any]:
    nested: list[Any] = []
    for _ in range(10_000):
        nested = [nested]
    return nested


@pytest.mark.parametrize(
    "value",
    [
        math.nan,
        math.inf,
        {"a": math.nan},
        b"\xff\x00",
        {1, 2},
        {(1, 2): 3},
        _endless(),
        _deep(),
        Unspeakable(),
        [Unspeakable()],
        object(),
        10**5_000,
        ValueError("x"),
        datetime(2026, 5, 12, tzinfo=UTC),
    ],
    ids=lambda value: type(value).__name__,
)
def test_an_odd_value_costs_no_record_and_no_other_field(
    value: object, capsys: pytest.CaptureFixture[str]
):
    stream = started()
    log.info("odd", extra={"event": "odd", "value": value})
    (record,) = lines(stream)
    assert (record["message"], record["event"]) == ("odd", "odd")
    assert "value" in record
    assert capsys.readouterr().err == ""  # where logging complains of itself


def test_what_others_log_all_the_time_is_left_out():
    stream = started()
    for name in ("aio_pika", "aiormq.connection", "aiohttp.access", "aiohttp.server"):
        logging.getLogger(name).error("again")
    log.debug("below the level")
    logging.getLogger("asyncio").error("this one counts")
    assert [record["logger"] for record in lines(stream)] == ["asyncio"]


@pytest.mark.parametrize("level", ["debug", "DEBUG"])
def test_the_level_is_taken_in_any_case(level: str):
    stream = started(level)
    log.debug("seen")
    assert lines(stream)[0]["level"] == "DEBUG"


def test_a_level_that_does_not_exist_is_told_with_those_that_do():
    with pytest.raises(LogLevelInvalid, match="BONFIRE_LOG_LEVEL is 'LOUD': give one of DEBUG, "):
        start_logging("print-agent", "LOUD")


def test_the_standard_error_is_where_records_go(capsys: pytest.CaptureFixture[str]):
    start_logging("print-agent")
    log.info("hello")
    assert json.loads(capsys.readouterr().err)["message"] == "hello"
