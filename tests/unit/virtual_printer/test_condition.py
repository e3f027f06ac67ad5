"""Status bytes, bit by bit as in Epson's tables."""

from __future__ import annotations

from itertools import combinations

import pytest

from virtual_printer import FaultName
from virtual_printer.condition import Condition
from virtual_printer.fault import STOPPING

FINE = Condition()


def answers(*faults: FaultName) -> tuple[int, ...]:
    condition = Condition.of(faults)
    return tuple(condition.real_time(question)[0] for question in (1, 2, 3, 4))


@pytest.mark.parametrize(
    ("fault", "wanted"),
    [
        (None, (0x12, 0x12, 0x12, 0x12)),
        (FaultName.PAPER_NEAR_END, (0x12, 0x12, 0x12, 0x1E)),
        (FaultName.PAPER_OUT, (0x1A, 0x32, 0x12, 0x7E)),
        (FaultName.COVER_OPEN, (0x1A, 0x16, 0x12, 0x12)),
        (FaultName.CUTTER_ERROR, (0x1A, 0x52, 0x1A, 0x12)),
        (FaultName.CUTTER_JAM, (0x1A, 0x52, 0x1A, 0x12)),
        (FaultName.HEAD_HOT, (0x1A, 0x52, 0x52, 0x12)),
        (FaultName.OFFLINE, (0x1A, 0x1A, 0x12, 0x12)),
        (FaultName.SILENT, (0x12, 0x12, 0x12, 0x12)),
    ],
)
def test_real_time_answers_have_the_right_bits(fault, wanted):
    assert answers(*([fault] if fault else [])) == wanted


@pytest.mark.parametrize(
    ("fault", "sensor", "automatic"),
    [
        (None, 0x00, (0x10, 0, 0x00, 0)),
        (FaultName.PAPER_NEAR_END, 0x03, (0x10, 0, 0x03, 0)),
        (FaultName.PAPER_OUT, 0x0F, (0x18, 0, 0x0F, 0)),
        (FaultName.COVER_OPEN, 0x00, (0x38, 0, 0x00, 0)),
        (FaultName.CUTTER_ERROR, 0x00, (0x18, 0x08, 0x00, 0)),
        (FaultName.HEAD_HOT, 0x00, (0x18, 0x40, 0x00, 0)),
        (FaultName.OFFLINE, 0x00, (0x58, 0, 0x00, 0)),
    ],
)
def test_sensor_and_automatic_status_have_the_right_bits(fault, sensor, automatic):
    condition = Condition.of([fault] if fault else [])
    assert condition.paper_sensor() == bytes((sensor,))
    assert condition.automatic() == bytes(automatic)


def test_every_answer_keeps_the_fixed_bits_that_tell_answers_apart():
    physical = [*STOPPING, FaultName.PAPER_NEAR_END]
    for size in range(len(physical) + 1):
        for faults in combinations(physical, size):
            condition = Condition.of(faults)
            assert all(condition.real_time(n)[0] & 0x93 == 0x12 for n in (1, 2, 3, 4))
            first, *others = condition.automatic()
            assert first & 0x93 == 0x10
            assert all(byte & 0x90 == 0 for byte in others)
            assert condition.paper_sensor()[0] & 0x90 == 0


@pytest.mark.parametrize(
    ("fault", "mask"),
    [
        (FaultName.COVER_OPEN, 0x02),
        (FaultName.OFFLINE, 0x02),
        (FaultName.CUTTER_ERROR, 0x04),
        (FaultName.HEAD_HOT, 0x04),
        (FaultName.PAPER_NEAR_END, 0x08),
        (FaultName.PAPER_OUT, 0x08),
        (FaultName.PAPER_OUT, 0x02),
    ],
)
def test_a_change_matters_to_those_who_asked_for_it(fault, mask):
    now = Condition.of([fault])
    assert now.differs(FINE, mask)
    assert now.differs(FINE, 0xFF)
    assert not now.differs(now, 0xFF)
    assert not now.differs(FINE, 0)
    assert not now.differs(FINE, 0x01)


def test_a_cover_that_opens_is_no_news_for_who_asked_for_paper_only():
    assert not Condition.of([FaultName.COVER_OPEN]).differs(FINE, 0x08)
