"""Faults: which there are, what they need, and when those with a byte are due."""

from __future__ import annotations

import pytest

from virtual_printer import Fault, FaultName, InvalidFault
from virtual_printer.fault import MEANING, STOPPING, Faults


def test_every_fault_says_what_it_means():
    assert set(MEANING) == set(FaultName)


@pytest.mark.parametrize(
    ("name", "numbers", "complaint"),
    [
        ("paper-gone", {}, "no fault 'paper-gone'; there are: paper-near-end, "),
        ("rst", {}, "rst needs at_byte"),
        ("rst", {"at_byte": 0}, "counts from 1"),
        ("slow", {}, "slow needs a value"),
        ("slow", {"value": 0}, "above 0"),
        ("late-confirmation", {}, "needs a value"),
        ("late-confirmation", {"value": -1}, "not negative"),
        ("power-cycle", {"value": float("nan")}, "must be a number"),
        ("power-cycle", {"value": float("inf")}, "must be a number"),
    ],
)
def test_a_fault_that_makes_no_sense_says_why(name, numbers, complaint):
    with pytest.raises(InvalidFault, match=complaint):
        Fault.of(name, **numbers)


def test_a_fault_is_in_effect_from_when_it_is_set_until_it_is_cleared():
    faults = Faults()
    faults.set(Fault.of("silent"))
    faults.set(Fault.of("slow", value=20))
    assert faults.active == {FaultName.SILENT, FaultName.SLOW}
    assert faults.slow_mm_s == 20
    faults.clear(FaultName.SLOW)
    assert faults.slow_mm_s is None
    assert FaultName.SILENT in faults
    faults.clear()
    assert not list(faults)


@pytest.mark.parametrize("name", STOPPING)
def test_a_stopping_fault_stops_printing(name):
    faults = Faults()
    assert not faults.stop_printing
    faults.set(Fault.of(name))
    assert faults.stop_printing
    faults.clear(name)
    assert not faults.stop_printing


def test_an_armed_fault_is_due_once_when_its_byte_is_printed():
    faults = Faults()
    fault = Fault.of("paper-out", at_byte=100)
    faults.arm(fault)
    assert list(faults) == [fault]
    assert FaultName.PAPER_OUT not in faults
    assert faults.due(99) == []
    assert faults.due(100) == [fault]
    assert faults.due(200) == []
    assert not faults.are_armed


def test_the_next_reset_is_the_nearest_and_is_no_fault_of_the_mechanism():
    faults = Faults()
    assert faults.reset_at_byte is None
    faults.arm(Fault.of("rst", at_byte=200))
    faults.arm(Fault.of("rst", at_byte=50))
    assert faults.reset_at_byte == 50
    assert faults.due(300) == []
    faults.disarm_reset()
    assert faults.reset_at_byte is None


def test_clearing_a_fault_disarms_it_too():
    faults = Faults()
    faults.arm(Fault.of("paper-out", at_byte=10))
    faults.arm(Fault.of("cover-open", at_byte=10))
    faults.clear(FaultName.PAPER_OUT)
    assert [fault.name for fault in faults] == [FaultName.COVER_OPEN]
