"""How long a printer may take."""

from __future__ import annotations

from bonfire.errors import Reason
from print_agent.printers import Status
from print_agent.printers.patience import Patience

READY = Status()
PAPER_OUT = Status(Reason.PAPER_OUT)
COVER_OPEN = Status(Reason.COVER_OPEN)


def _patience() -> tuple[Patience, list[Reason | None]]:
    told: list[Reason | None] = []
    return Patience(100.0, timeout_s=15, hold_s=3600, on_trouble=told.append), told


def test_it_ends_after_the_timeout_with_a_ready_printer():
    patience, told = _patience()
    patience.saw(READY, 105)
    assert patience.left(114) == 1
    assert patience.left(115) == 0
    assert told == []


def test_it_does_not_end_while_the_printer_is_in_trouble():
    patience, told = _patience()
    patience.saw(PAPER_OUT, 105)
    assert patience.left(2000) > 0
    assert told == [Reason.PAPER_OUT]


def test_it_counts_anew_when_the_trouble_ends():
    patience, told = _patience()
    patience.saw(PAPER_OUT, 105)
    patience.saw(READY, 500)
    assert patience.left(500) == 15
    assert told == [Reason.PAPER_OUT, None]


def test_every_trouble_is_told_once():
    patience, told = _patience()
    for trouble in (PAPER_OUT, PAPER_OUT, COVER_OPEN, COVER_OPEN, PAPER_OUT):
        patience.saw(trouble, 105)
    assert told == [Reason.PAPER_OUT, Reason.COVER_OPEN, Reason.PAPER_OUT]


def test_not_even_a_trouble_lasts_for_ever():
    patience, _ = _patience()
    patience.saw(PAPER_OUT, 105)
    assert patience.left(3700) == 0


def test_a_trouble_that_comes_and_goes_does_not_last_for_ever_either():
    patience, _ = _patience()
    patience.saw(PAPER_OUT, 105)
    patience.saw(READY, 3699)
    assert patience.left(3699) == 1
