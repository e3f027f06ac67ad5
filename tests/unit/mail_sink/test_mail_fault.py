"""The faults of the mail sink: what makes sense, and what each counts."""

from __future__ import annotations

import pytest

from control_port import InvalidFault
from mail_sink.fault import MEANING, MOST_FAULTS, Fault, FaultName, Faults


def faults(*given: Fault) -> Faults:
    made = Faults()
    for fault in given:
        made.set(fault)
    return made


def test_every_fault_has_a_meaning():
    assert set(MEANING) == set(FaultName)


@pytest.mark.parametrize(
    ("name", "value", "address", "complaint"),
    [
        ("fire", None, None, "no fault 'fire'; there are: refuse, greylist"),
        ("greylist", None, None, "greylist takes a value"),
        ("slow", None, None, "slow takes a value"),
        ("refuse", 1.0, None, "refuse takes no value"),
        ("unknown-address", None, None, "unknown-address takes an address"),
        ("unknown-address", None, "", "unknown-address takes an address"),
        ("hang", None, "a@b.example", "hang takes no address"),
        ("greylist", 1.5, None, "whole tries"),
        ("greylist", 0.0, None, "above 0"),
        ("slow", -1.0, None, "above 0"),
        ("slow", float("nan"), None, "above 0"),
        ("slow", float("inf"), None, "above 0"),
    ],
)
def test_a_fault_that_makes_no_sense_is_refused(name, value, address, complaint):
    with pytest.raises(InvalidFault, match=complaint):
        Fault.of(name, value, address)


def test_a_greylist_counts_the_tries_of_each_pair():
    some = faults(Fault.of("greylist", 2))
    tries = [some.is_greylisted("a@x.example", "b@x.example") for _ in range(4)]
    assert tries == [True, True, False, False]
    assert some.is_greylisted("a@x.example", "c@x.example")


def test_a_greylist_that_is_set_again_begins_again():
    some = faults(Fault.of("greylist", 1))
    assert some.is_greylisted("a@x.example", "b@x.example")
    assert not some.is_greylisted("a@x.example", "b@x.example")
    some.set(Fault.of("greylist", 1))
    assert some.is_greylisted("a@x.example", "b@x.example")


def test_several_addresses_can_be_unknown_however_they_are_spelled():
    some = faults(Fault.of("unknown-address", address="A@x.example"))
    some.set(Fault.of("unknown-address", address="b@x.example"))
    assert some.is_unknown("a@X.example")
    assert some.is_unknown("B@x.example")
    assert not some.is_unknown("c@x.example")
    some.clear(FaultName.UNKNOWN_ADDRESS)
    assert not some.is_unknown("a@x.example")


def test_one_fault_is_cleared_or_all_of_them():
    some = faults(Fault.of("refuse"), Fault.of("slow", 0.5))
    assert some.delay_s == 0.5
    some.clear(FaultName.SLOW)
    assert some.delay_s == 0.0
    assert FaultName.REFUSE in some
    some.clear()
    assert list(some) == []


def test_there_is_an_end_to_the_number_of_faults():
    some = Faults()
    for number in range(MOST_FAULTS):
        some.set(Fault.of("unknown-address", address=f"{number}@x.example"))
    with pytest.raises(InvalidFault, match="already"):
        some.set(Fault.of("refuse"))
