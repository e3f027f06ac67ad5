"""What the status bits mean."""

from __future__ import annotations

import pytest

from bonfire.errors import Reason
from print_agent.printers import Status
from print_agent.printers.status import of_realtime, of_status_back

REALTIME = {
    "1212 1212": Status(),
    "1612 1212": Status(),  # the drawer
    "5212 1212": Status(),  # the feed button, while online
    "1a12 1212": Status(Reason.OFFLINE),
    "3212 1212": Status(Reason.OFFLINE),
    "1a1a 1212": Status(Reason.OFFLINE),  # somebody feeds paper
    "1a16 1212": Status(Reason.COVER_OPEN),
    "1a32 1212": Status(Reason.PAPER_OUT),
    "1a32 127e": Status(Reason.PAPER_OUT, near_end=True),
    "1212 1272": Status(Reason.PAPER_OUT),
    "1a36 127e": Status(Reason.COVER_OPEN, near_end=True),
    "1a52 1a12": Status(Reason.CUTTER_ERROR),
    "1a52 1612": Status(Reason.PRINTER_ERROR),
    "1a52 3212": Status(Reason.PRINTER_ERROR),
    "1a52 5212": Status(Reason.HEAD_HOT),
    "1a52 1212": Status(Reason.PRINTER_ERROR),
    "1212 121e": Status(near_end=True),
}

STATUS_BACK = {
    "10000000": Status(),
    "14000000": Status(),
    "18000000": Status(Reason.OFFLINE),
    "10010000": Status(Reason.OFFLINE),
    "38000000": Status(Reason.COVER_OPEN),
    "18000c00": Status(Reason.PAPER_OUT),
    "38000f00": Status(Reason.COVER_OPEN, near_end=True),
    "18080000": Status(Reason.CUTTER_ERROR),
    "18040000": Status(Reason.PRINTER_ERROR),
    "18200000": Status(Reason.PRINTER_ERROR),
    "18400000": Status(Reason.HEAD_HOT),
    "10000300": Status(near_end=True),
}


@pytest.mark.parametrize("answers", REALTIME)
def test_the_four_realtime_answers_name_what_a_person_should_care_for_first(answers):
    assert of_realtime(bytes.fromhex(answers)) == REALTIME[answers]


@pytest.mark.parametrize("status", STATUS_BACK)
def test_an_automatic_status_names_the_same_troubles(status):
    assert of_status_back(bytes.fromhex(status)) == STATUS_BACK[status]


def test_paper_near_its_end_is_no_trouble():
    assert of_realtime(bytes.fromhex("1212121e")).ready
