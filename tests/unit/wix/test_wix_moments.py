from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from order_ingest.wix.moments import read_moment

MOMENT = datetime(2025, 9, 24, 17, 53, 25, tzinfo=UTC)
SECONDS = int(MOMENT.timestamp())


@pytest.mark.parametrize(
    "value",
    [
        "2025-09-24T17:53:25Z",
        "2025-09-24T17:53:25.000Z",
        "2025-09-24T17:53:25",
        "2025-09-24T19:53:25+02:00",
        {"seconds": SECONDS},
        {"seconds": str(SECONDS), "nanos": 0},
        {"seconds": SECONDS - 1, "nanos": 1_000_000_000},
        SECONDS,
        SECONDS * 1000,
        float(SECONDS),
    ],
    ids=str,
)
def test_every_spelling_is_the_same_moment_in_utc(value):
    assert read_moment(value) == MOMENT
    assert str(read_moment(value)) == "2025-09-24 17:53:25+00:00"


def test_fractions_of_a_second_are_kept():
    moment = MOMENT.replace(microsecond=532_000)
    assert read_moment("2025-09-24T17:53:25.532Z") == moment
    assert read_moment({"seconds": SECONDS, "nanos": 532_000_000}) == moment


@pytest.mark.parametrize(
    "value",
    [
        *(None, True, [], {}, "", "bald", "0001-01-01T00:00:00+23:00"),
        *({"seconds": None}, {"seconds": "x"}, {"seconds": 1e300}, {"seconds": 1, "nanos": [1]}),
        *(float("inf"), float("nan"), 10**400),
    ],
    ids=str,
)
def test_what_is_no_moment_is_none(value):
    assert read_moment(value) is None


scalars = st.text() | st.integers() | st.floats()


@given(scalars | st.dictionaries(st.sampled_from(["seconds", "nanos"]), scalars))
def test_any_value_is_a_moment_or_none(value):
    moment = read_moment(value)
    assert moment is None or moment.tzinfo is not None
