"""The gallery as it is, against the gallery as it was kept. `make goldens` keeps it anew."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from difflib import unified_diff
from itertools import islice
from typing import NoReturn

import pytest
from PIL import Image

import escpos_paper
from escpos_paper import FontMissing, Ticket
from gallery import goldens
from gallery.cases import Case, all_cases
from gallery.drawing import draw
from gallery.goldens import (
    FOLDER,
    FONTS,
    alphabet_fonts,
    differ,
    has_pictures,
    opened,
    paper_fonts,
    pictured,
    side_by_side,
    texts,
    tickets_in,
)
from print_agent.preview.engine import paper
from print_agent.ticket import render_ticket
from print_agent.ticket.raster import INSTALLED
from tests.support.rabbit import lacking

_SHOWN_LINES = 40


@pytest.fixture(scope="module")
def now() -> dict[str, str]:
    """What is to be kept of every ticket, by its name."""
    return {case.name: goldens.kept(paper_of(case)) for case in all_cases()}


@pytest.fixture(scope="module")
def before() -> dict[str, str]:
    files = (file.read_text("utf-8") for file in FOLDER.glob("*.txt"))
    return {name: text for file in files for name, text in tickets_in(file).items()}


def paper_of(case: Case) -> Ticket:
    return paper(render_ticket(case.job, case.slip, case.look), case.look)


def changes(now: Mapping[str, str], before: Mapping[str, str], names: set[str]) -> str:
    """In words; empty if there are none."""
    changed = []
    for name in sorted(names):
        if now.get(name) != before.get(name):
            was, is_ = (one.get(name, "").splitlines() for one in (before, now))
            shown = islice(unified_diff(was, is_, lineterm="", n=2), _SHOWN_LINES)
            changed.append("\n".join((name, *shown)))
    return "\n\n".join((f"{len(changed)} tickets changed:", *changed[:5])) if changed else ""


def with_pictures(now: Mapping[str, str], before: Mapping[str, str]) -> set[str]:
    return {name for texts in (now, before) for name, text in texts.items() if has_pictures(text)}


def differs(how: str, fonts: Mapping[str, str]) -> NoReturn:
    """It fails, except at home where other fonts draw other letters: nothing can be told there."""
    known = json.loads((FOLDER / FONTS).read_text())
    others = [name for name, letters in fonts.items() if known.get(name) != letters]
    if not others:
        pytest.fail(how)
    report = pytest.fail if os.environ.get("CI") else pytest.skip
    report(
        f"{how}\nThe letters of {', '.join(others)} are other ones than those of the kept tickets. "
        "If these are the fonts to test with from now on, write the tickets anew with them "
        "(`make goldens`), and look at what changed."
    )


def require_alphabets() -> None:
    if missing := INSTALLED.missing():
        lacking("; ".join(missing))


def test_every_ticket_in_the_printers_own_letters_is_as_it_was(now, before):
    """On every machine: no font has a part in it."""
    if how := changes(now, before, (set(now) | set(before)) - with_pictures(now, before)):
        pytest.fail(how)


def test_every_ticket_with_other_alphabets_is_as_it_was(now, before):
    require_alphabets()
    if how := changes(now, before, with_pictures(now, before)):
        differs(how, alphabet_fonts())


@pytest.mark.parametrize("case", pictured(), ids=lambda case: case.name)
def test_a_ticket_looks_as_it_did(case):
    try:
        fonts = paper_fonts()
    except FontMissing as error:
        lacking(str(error))
    if has_pictures(paper_of(case).text()):
        require_alphabets()
        fonts |= alphabet_fonts()
    kept, shown = opened((FOLDER / f"{case.name}.png").read_bytes()), opened(draw(case).png)
    if differ(kept, shown):
        differs(f"it looks different: see {side_by_side(case.name, kept, shown)}", fonts)


def test_a_difference_is_a_failure_where_the_letters_are_the_kept_ones(monkeypatch):
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.fail.Exception, match="it is taller"):
        differs("it is taller", json.loads((FOLDER / FONTS).read_text()))


def test_with_other_letters_it_skips_at_home_and_fails_in_ci_with_what_to_do(monkeypatch):
    others = {"DejaVuSansMono.ttf": "of another version"}
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match=r"letters of DejaVuSansMono\.ttf are other"):
        differs("it is taller", others)
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match=r"(?s)it is taller.*`make goldens`"):
        differs("it is taller", others)


def test_style_and_place_are_kept_where_the_text_is_the_same():
    lines = (b"A\n", b"\x1bE\x01A\n", b"\x1d!\x01A\n", b"\x1dB\x01A\n", b"\x1b$\x03\x00A\n")
    tickets = [ticket for data in lines for ticket in escpos_paper.tickets(data)]
    assert {ticket.text() for ticket in tickets} == {"A"}
    assert len({goldens.kept(ticket) for ticket in tickets}) == len(lines)


def test_every_kept_file_has_its_ticket(now):
    kept = texts((case, now[case.name]) for case in all_cases())
    pictures = {f"{case.name}.png" for case in pictured()}
    assert {file.name for file in FOLDER.iterdir()} == {*kept, *pictures, FONTS}


def test_every_picture_that_is_to_be_kept_is_of_a_ticket_in_the_gallery():
    assert {case.name for case in pictured()} == goldens.PICTURES


def test_kept_texts_are_read_as_they_were_written():
    written = {case.name: f"\n\n{case.station}\n===\n  {case.kind}" for case in all_cases()[:7]}
    files = texts((case, written[case.name]) for case in all_cases()[:7])
    assert {n: text for file in files.values() for n, text in tickets_in(file).items()} == written


def test_a_difference_of_one_dot_is_seen_and_shown(tmp_path, monkeypatch):
    monkeypatch.setattr(goldens, "DIFFERENCES", tmp_path / "differences")
    before, now = Image.new("RGB", (20, 30), "white"), Image.new("RGB", (20, 34), "white")
    same = before.copy()
    assert not differ(before, same)
    same.putpixel((3, 4), (0, 0, 0))
    assert differ(before, same)
    assert differ(before, now)
    with Image.open(side_by_side("ticket", before, now)) as sheet:
        assert sheet.size == (20 * 3 + 32, 34)
