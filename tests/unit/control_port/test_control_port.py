"""What the simulators' control ports share, without a network."""

from __future__ import annotations

import argparse
import errno
import math
from enum import StrEnum

import pytest
from aiohttp import web

from control_port import (
    CannotServe,
    ControlClient,
    ControlError,
    InvalidFault,
    fault_named,
    number,
    run,
    whole,
    why,
)
from control_port.arguments import asks_control_port, fault_list, port


class Trouble(StrEnum):
    WET = "wet"
    ON_FIRE = "on-fire"


def test_a_fault_is_found_by_its_name():
    assert fault_named(Trouble, "on-fire") is Trouble.ON_FIRE


def test_a_fault_that_there_is_not_is_refused_with_those_that_there_are():
    with pytest.raises(InvalidFault, match="no fault 'dry'; there are: wet, on-fire"):
        fault_named(Trouble, "dry")


def test_faults_are_listed_with_what_they_mean():
    told = fault_list({Trouble.WET: "drips", Trouble.ON_FIRE: "burns"}).splitlines()
    assert [line.split() for line in told] == [["faults:"], ["wet", "drips"], ["on-fire", "burns"]]


@pytest.mark.parametrize("text", ["0", "9180", "65535"])
def test_a_port_is_a_number(text):
    assert port(text) == int(text)


@pytest.mark.parametrize("text", ["", "-1", "65536", "http", "1.5"])
def test_what_is_no_port_is_refused(text):
    with pytest.raises(argparse.ArgumentTypeError, match="is no port"):
        port(text)


def test_a_command_asks_where_it_is_told_or_where_a_simulator_usually_is():
    parser = asks_control_port("http://127.0.0.1:1")
    assert parser.parse_args([]).control == "http://127.0.0.1:1"
    assert parser.parse_args(["--control", "http://x"]).control == "http://x"


@pytest.mark.parametrize("url", ["localhost:9180", "file:///etc/passwd", ""])
def test_an_address_that_is_no_url_is_refused(url):
    with pytest.raises(ControlError, match="no http address"):
        ControlClient(url)


def test_numbers_are_taken_as_numbers():
    assert (number(None, "value"), number(2, "value"), number(2.5, "value")) == (None, 2.0, 2.5)
    assert (whole(None, "at_byte"), whole(7, "at_byte")) == (None, 7)


@pytest.mark.parametrize("value", ["2", True, math.inf, math.nan, [2]])
def test_what_is_no_number_is_refused_by_its_field(value):
    with pytest.raises(web.HTTPBadRequest) as refusal:
        number(value, "value")
    assert refusal.value.text == "value must be a number"


@pytest.mark.parametrize("value", ["2", True, 2.0])
def test_what_is_no_whole_number_is_refused_by_its_field(value):
    with pytest.raises(web.HTTPBadRequest) as refusal:
        whole(value, "at_byte")
    assert refusal.value.text == "at_byte must be a whole number"


def test_a_place_that_is_taken_is_told_in_words():
    taken = OSError(errno.EADDRINUSE, "Address already in use")
    assert why(taken, "127.0.0.1:1") == "127.0.0.1:1 is taken by another program"
    assert why(OSError(errno.EACCES, "no"), "/a/b") == "/a/b: [Errno 13] no"


def test_a_simulator_that_cannot_start_says_why_and_ends_with_1(capsys):
    async def serving() -> None:
        raise CannotServe("it is night")

    assert run("owl", serving()) == 1
    assert capsys.readouterr().err == "owl: it is night\n"


def test_a_simulator_that_was_stopped_ends_with_0():
    async def serving() -> None:
        return

    assert run("owl", serving()) == 0
